#!/usr/bin/env python3
"""Fields of a hub's requests: which was wrong and what is allowed, in bodies and queries; codes of
equivalents, names in any letters. usage: hub_fields_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import os, sqlite3, sys, urllib.parse

sys.dont_write_bytecode = True
from hub_client import Hub, Key, canonical, check
from hub_rig import FREE, code_of, main, people, with_unit


# ---- codes of equivalents ----

def case_codes(bin_dir, base, rng):
    """docs/decisions/101: kWh is a code, and KWH beside it is none."""
    hub = Hub(bin_dir, base, *FREE)
    for code in ("kWh", "a", "Z_9", "x" * 16):
        check(with_unit(hub, code)["code"] == code, f"the code {code}")
    for code, status in (("KWH", 409), ("kwh", 409), ("kWh", 409), ("", 422), ("A B", 422),
                         ("x" * 17, 422), ("Ц", 422), ("a-b", 422), ("@", 422), ("`", 422),
                         ("[", 422), ("{", 422)):
        got, answer = hub.call("POST", "/admin/equivalents",
                               {"code": code, "precision": 2, "reason": "test"},
                               admin=hub.admin_token)
        check(got == status and code_of(answer) == ("E008" if status == 409 else "E009"),
              f"the code {code!r}: {got} {answer}")
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "10.00", "kWh")
    check(
        a.pay(b, "1.50", "kWh")["equivalent"] == "kWh" and a.pay_raw(b, "1.00", "KWH")[0] == 404,
        "a code is named as it was created")
    hub.stop()


# ---- refusals name the field ----

def locs(answer, where):
    items = answer["error"]["details"].get(where, [])
    check(items and all(set(x) == {"loc", "msg", "type"} and x["msg"] and x["type"] for x in items),
          f"{where}: {answer}")
    return [tuple(x["loc"]) for x in items]


def case_fields(bin_dir, base, rng):
    """Every refusal of a body says which field, what was wrong and what is allowed, in both
    profiles."""
    hub = Hub(bin_dir, base, *FREE, "--accept-v0", "yes")
    with_unit(hub)
    with_unit(hub, "kWh", 0)
    a, b = people(hub, "Alice", "Bob")
    line = b.trust(a, "10.00")
    good = {"tx_id": "t", "to": b.pid, "equivalent": "UAH", "amount": "1.00"}

    def payment(change, *fields, status=400):
        body = {k: v for k, v in (good | change).items() if v is not ...}
        for what, (got,
                   answer) in (("geo-v1", a.call("POST", "/payments", a.signed(
                       "payment", body,
                       "t"))), ("geo-v0",
                                a.call("POST", "/payments",
                                       body | {"signature": a.key.sign(canonical(body))}))):
            if what == "geo-v0" and "tx_id" in change and change["tx_id"] is ...:
                continue
            check(got == status and code_of(answer) == ("E001" if status == 404 else "E009"),
                  f"{what} {change}: {got} {answer}")
            wrong = [l for l in locs(answer, "validation") if l[0] == "body"]
            check(wrong == [("body", *f.split("/")) for f in fields], f"{what} {change}: {wrong}")
            check(fields[0].split("/")[-1] in answer["error"]["message"] or "tx_id" in change,
                  f"{what} {change}: {answer['error']['message']}")

    for amount in ("-1.00", "1e2", "1.001", "01", "", "0", "0.00", "99999999999999999999", 1, [],
                   {}):
        payment({"amount": amount}, "amount")
    payment({"equivalent": "kWh", "amount": "1.5"}, "amount")
    payment({"to": a.pid}, "to")
    payment({"to": "X"}, "to", status=404)
    payment({"to": Key().pid}, "to", status=404)
    payment({"to": "a b"}, "to", status=404)
    payment({"equivalent": "NONE"}, "equivalent", status=404)
    payment({"equivalent": "U-H"}, "equivalent")
    payment({"tx_id": "a b"}, "tx_id")
    payment({"amount": ...}, "amount")
    payment({"description": "x" * 1025}, "description")
    for constraints, field in (({"max_hops": 0}, "max_hops"), ({"max_paths": 11}, "max_paths"), ({
            "fee": 1
    }, "fee"), ({"avoid": ["x"]}, "avoid"), ({"timeout_ms": "1"}, "timeout_ms")):
        payment({"constraints": constraints}, f"constraints/{field}")
    # more than one at once
    status, answer = a.call("POST", "/payments",
                            a.signed("payment", good | {"amount": "-1", "constraints": 5}, "t"))
    check({l[1]
           for l in locs(answer, "validation")} == {"amount", "constraints"},
          f"two fields: {answer}")

    def signed(op, method, path, body, *fields, user=a, status=422, where="body", **envelope):
        got, answer = user.call(method, path, user.signed(op, body, **envelope))
        check(
            got == status
            and [l for l in locs(answer, "errors")] == [(where, *f.split("/")) for f in fields],
            f"{op} {body}: {got} {answer}")

    create = {"to": b.pid, "equivalent": "UAH", "limit": "1.00"}
    for limit in ("-1", "1.001", "1e9", 5, "99999999999999999999"):
        signed("line.create", "POST", "/trustlines", create | {"limit": limit}, "limit")
    signed("line.create", "POST", "/trustlines", create | {"to": a.pid}, "to")
    signed("line.create", "POST", "/trustlines", create | {"to": Key().pid}, "to", status=404)
    signed("line.create", "POST", "/trustlines", create | {"equivalent": "NONE"}, "equivalent",
           status=404)
    signed("line.create", "POST", "/trustlines", {"to": b.pid}, "equivalent", "limit")
    for policy, field in (({"daily_limit": "-1"}, "daily_limit"), ({
            "max_hop_usage": "1.001"
    }, "max_hop_usage"), ({"blocked_participants": ["x"]}, "blocked_participants"), ({
            "auto_clearing": "yes"
    }, "auto_clearing"), ({"nothing": 1}, "nothing")):
        signed("line.create", "POST", "/trustlines", create | {"policy": policy}, f"policy/{field}")
    update = {"id": line["id"], "version": line["version"]}
    signed("line.update", "PATCH", f"/trustlines/{line['id']}", update | {"limit": "1.001"},
           "limit", user=b)
    signed("line.update", "PATCH", f"/trustlines/{line['id']}", update | {"status": "cold"},
           "status", user=b)
    signed("participant.profile", "PATCH", "/participants/me", {"display_name": ""}, "display_name")
    signed("participant.profile", "PATCH", "/participants/me", {"display_name": "x" * 256},
           "display_name")
    signed("participant.profile", "PATCH", "/participants/me", {"profile": "x"}, "profile")
    signed("participant.profile", "PATCH", "/participants/me", {"name": "x"}, "name")
    # the envelope
    for change, field in (({"domain": "geo/v2"}, "domain"), ({"ts": "now"}, "ts"), ({
            "ts": 5
    }, "ts"), ({"extra": 1}, "extra"), ({"signer": "x"}, "signer")):
        signed("participant.profile", "PATCH", "/participants/me", {"display_name": "A"}, field,
               where="signed", **change)
    text = a.signed("participant.profile", {"display_name": "A"})["signed"].replace(":", ": ", 1)
    status, answer = a.call("PATCH", "/participants/me",
                            {"signed": text, "signature": a.key.sign(text)})
    check(status == 422 and locs(answer, "errors") == [("body", "signed")],
          f"not canonical: {answer}")
    # registration
    key = Key()
    for body, field in (({"type": "robot"}, "type"), ({"public_key": "x"}, "public_key"), ({
            "display_name": 5
    }, "display_name")):
        body = {"display_name": "Eve", "public_key": key.public64, "type": "person"} | body
        status, answer = hub.call("POST", "/participants",
                                  body | {"signature": key.sign(canonical(body))})
        check(status == 422 and locs(answer, "errors") == [("body", field)],
              f"registration: {status} {answer}")
    # a hub that takes no geo-v0 says what it wants
    hub.stop()
    hub = Hub(bin_dir, base + "-v1", *FREE)
    with_unit(hub)
    (c,) = people(hub, "Clara")
    status, answer = c.call("POST", "/payments", good)
    check(status == 400 and locs(answer, "validation") == [("body", "signed")],
          f"geo-v0 where it is off: {answer}")
    status, answer = c.call("POST", "/trustlines", {})
    check(status == 422 and locs(answer, "errors") == [("body", "signed")],
          f"an empty body: {answer}")
    # officers' bodies, too
    for method, path, body, field in (("PATCH", "/admin/config", {},
                                       "updates"), ("POST", f"/admin/participants/{c.pid}/level", {
                                           "level": 256
                                       }, "level"), ("POST", "/admin/roles", {}, "public_key"),
                                      ("POST", "/admin/equivalents", {"code": "a b"}, "code"),
                                      ("POST", "/admin/transactions/x/abort", {}, "initiator"),
                                      ("POST", "/admin/clearing/exact", {}, "equivalent")):
        status, answer = hub.call(method, path, body, admin=hub.admin_token)
        check(status == 422 and locs(answer, "errors") == [("body", field)],
              f"{path}: {status} {answer}")
    hub.stop()


def case_values(bin_dir, base, rng):
    """Values of queries are read strictly; a day that is named is whole."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "10.00")
    a.pay(b, "1.00")
    admin = {"admin": hub.admin_token}
    for path, name, bad, good in (("/payments", "direction", ("bogus", "Sent"), ("sent", "all")),
                                  ("/payments", "status", ("BOGUS", "committed"),
                                   ("COMMITTED", "ABORTED")), ("/payments", "type", ("x", ),
                                                               ("PAYMENT", "TRUST_LINE_UPDATE")),
                                  ("/payments", "page", ("0", "-1", "x"),
                                   ("1", "9")), ("/payments", "per_page", ("0", "201", "1.5"),
                                                 ("200", )), ("/trustlines", "direction",
                                                              ("sent", "x"), ("incoming", "all")),
                                  ("/trustlines", "status", ("zzz", ), ("active", "closing")),
                                  ("/balance/debts", "direction", ("x", ),
                                   ("outgoing", )), ("/participants", "type", ("robot", ),
                                                     ("person",
                                                      "hub")), ("/clearing/cycles?equivalent=UAH",
                                                                "max_depth", ("2", "11"), ("3", )),
                                  ("/payments/capacity?equivalent=UAH", "to", ("", "x", a.pid),
                                   (b.pid, )), ("/payments/max-flow?to=" + b.pid, "equivalent",
                                                ("", ), ("UAH", )),
                                  ("/payments", "from_date",
                                   ("2026-02-31", "2025-02-29", "2026-13-01", "2026-1-1",
                                    "2026-11-21T07:00:00zzz", "2026-11-21T24:00:00Z",
                                    "2026-11-21 07:00", "x", "1969-12-31"),
                                   ("2024-02-29", "2026-11-21T07:00:00Z", "2026-11-21T07:00",
                                    "2026-11-21T07:00:00.123Z", "2026-11-21T07:00:00%2B00:00"))):
        about_payments = path.startswith("/payments/")
        for values, status in ((bad, 400 if about_payments else 422), (good, 200)):
            for value in values:
                mark, quoted = "&" if "?" in path else "?", urllib.parse.quote(value, safe="%")
                got, answer = a.call("GET", f"{path}{mark}{name}={quoted}")
                check(got == status, f"{path} {name}={value}: {got} {answer}")
                check(
                    status == 200 or locs(answer, "validation" if about_payments else "errors")
                    == [("query", name)], f"{path} {name}={value}: {answer}")
    for path, name, bad, good in (("/admin/participants", "status", "gone",
                                   "suspended"), ("/admin/trustlines", "status", "none", "frozen"),
                                  ("/admin/trustlines", "creditor", "x",
                                   a.pid), ("/admin/graph/ego?pid=" + a.pid, "depth", "5", "4"),
                                  ("/admin/payments", "to_date", "2026-02-31",
                                   "2026-02-28"), ("/admin/graph/ego?depth=1", "pid", "x", a.pid)):
        for value, status in ((bad, 422), (good, 200)):
            got, answer = hub.call("GET", f"{path}{'&' if '?' in path else '?'}{name}={value}",
                                   **admin)
            check(got == status and (status == 200 or locs(answer, "errors") == [("query", name)]),
                  f"{path} {name}={value}: {got} {answer}")
    check(a.call("GET", "/participants/x")[0] == 422, "a PID in a path")
    # the day of the payment, from both ends
    made = a.get("/payments")["items"][0]["created_at"]
    day = made[:10]
    for query, count in ((f"from_date={day}&to_date={day}", 1), (f"to_date={made}", 1),
                         (f"from_date={made}", 1), (f"from_date={made}&to_date={made}", 1),
                         ("to_date=2000-01-01", 0), ("from_date=2100-01-01", 0)):
        check(
            len(a.get("/payments?" + query)["items"]) == count,
            f"{query}: {count} of the payment of {made}")
    hub.stop()


# ---- names ----

def case_search(bin_dir, base, rng):
    """Names are found whatever their letters' case, also beyond ASCII; a name of 255 long
    characters is kept; an older history is made anew."""
    hub = Hub(bin_dir, base, *FREE)
    names = ("Алиса", "ЁЖИК", "Σίσυφος", "Åse Öberg", "alice", "100%_sure", "Ж" * 255)
    members = people(hub, *names)

    def found(text):
        return [
            p["display_name"]
            for p in members[0].get("/participants/search?q=" + urllib.parse.quote(text))["items"]
        ]

    def look():
        for text, want in (("али", ["Алиса"]), ("АЛИСА", ["Алиса"]), ("ёжик", ["ЁЖИК"]),
                           ("ΣΊΣΥΦΟΣ", ["Σίσυφος"]), ("öBERG", ["Åse Öberg"]), ("ALI", ["alice"]),
                           ("%", ["100%_sure"]), ("_s", ["100%_sure"]),
                           ("ж" * 100, ["Ж" * 255]), ("никого", [])):
            check(found(text) == want, f"{text}: {found(text)}")
        check(
            members[0].pid in [
                p["pid"]
                for p in members[1].get("/participants/search?q=" + members[0].pid[:9])["items"]
            ], "by the beginning of a PID")

    look()
    status, answer = members[4].send("PATCH", "/participants/me", "participant.profile",
                                     {"display_name": "ЗАМЕНА"})
    check(status == 200 and found("замена") == ["ЗАМЕНА"] and found("alice") == [],
          "a new name is found, the old one is not")
    check(members[6].get("/participants/me")["display_name"] == "Ж" * 255, "a long name")
    hub.stop()
    # an older schema: dropped, made again from the journal
    db = sqlite3.connect(os.path.join(base, "hub", "history.db"))
    identity = db.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()[0]
    db.execute("UPDATE meta SET value = ? WHERE name = 'identity'", ("1 " + identity.split()[1],))
    db.execute("DROP TABLE asked")
    db.execute("DROP TABLE participants")
    db.execute(
        "CREATE TABLE participants (number BIGINT PRIMARY KEY, pid TEXT NOT NULL, name TEXT NOT "
        "NULL)"
    )
    db.commit()
    db.close()
    hub = Hub(bin_dir, base, *FREE)
    for user in members:
        user.hub = hub
    check(found("замена") == ["ЗАМЕНА"] and found("али") == ["Алиса"], "after an older schema")
    check(
        hub.admin("GET", "/admin/migrations")["schema"] == identity.split()[0],
        "the schema is told")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
