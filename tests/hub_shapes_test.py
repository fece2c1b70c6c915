#!/usr/bin/env python3
"""What the hub's answers hold, beside that they come: explanations, offers, lists, refusals. usage:
hub_shapes_test.py BIN_DIR CASE

Helpers, exit codes and SEED are those of hub_rig.py.
"""
import json, os, re, sqlite3, sys, threading, time, urllib.parse

sys.dont_write_bytecode = True
import hub_rig
from hub_client import ROOT, Hub, Key, User, canonical, check
from hub_rig import FREE, change, code_of, line_of, people, with_unit


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


# ---- why a payment does not go ----

def case_causes(bin_dir, base, rng):
    """Each cause in the cut: in the failed payment's details, in /payments/capacity and in
    /payments/max-flow, with who is behind it."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00")
    spec = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))

    def cut(cause, owner, debtor, by, words, amount="50.00", available="0.00", raises=0):
        status, answer = a.pay_raw(c, amount)
        details, message = answer["error"]["details"], answer["error"]["message"]
        check(status == 400 and code_of(answer) == "E002" and details["available"] == available,
              f"{cause}: {status} {answer}")
        wrong = hub_rig.matches({"$ref": "#/components/schemas/Shortfall"}, details, spec,
                                 "details")
        check(not wrong, f"{cause}: {wrong[:5]}")
        capacity, flow = a.get("/payments/"
                               + details["explained_by"].split("/payments/")[1]), a.get(
                                   f"/payments/max-flow?to={c.pid}&equivalent=UAH")
        for where, items in (("the failure", details["cut"]), ("capacity", capacity["cut"]),
                             ("max-flow", flow["bottlenecks"])):
            got = [(x["cause"], x["owner"], x["debtor"], x["by"], x["by_name"]) for x in items]
            check(got == [(cause, owner.pid, debtor.pid, by.pid, by.name)],
                  f"{cause} in {where}: {got}")
        check(
            details["explanation"] == capacity["explanation"] and len(details["raises"]) == raises,
            f"{cause}: {details}")
        check(words in message and ("raises" in message) == (raises > 0),
              f"{cause} in words: {message}")
        repeated = a.get("/payments?direction=sent")["items"][0]["tx_id"]
        status, again = a.pay_raw(c, amount, tx_id=repeated)
        check(
            status == 400 and again["error"]["details"]["available"] == available
            and again["error"]["details"]["explained_by"] == details["explained_by"],
            f"repeated: {again}")

    change(b, a, status="frozen")
    cut("frozen", b, a, b, "frozen by its owner")
    change(b, a, status="active")
    hub.admin("POST", f"/admin/trustlines/{line_of(b, a)['id']}/freeze", {"reason": "dispute"})
    cut("dispute", b, a, b, "in dispute")
    hub.admin("POST", f"/admin/trustlines/{line_of(b, a)['id']}/unfreeze", {"reason": "settled"})
    hub.admin("POST", f"/admin/participants/{b.pid}/freeze", {"reason": "test"})
    cut("suspended", b, a, b, "is suspended")
    hub.admin("POST", f"/admin/participants/{b.pid}/unfreeze", {"reason": "test"})
    hub.admin("PATCH", "/admin/equivalents/UAH", {"is_active": False, "reason": "test"})
    cut("inactive", b, a, b, "takes no new debt")
    hub.admin("PATCH", "/admin/equivalents/UAH", {"is_active": True, "reason": "test"})
    change(b, a, policy={"can_be_intermediate": False})
    cut("no_middle", b, a, b, "does not pass on")
    change(b, a, policy={"daily_limit": "20.00"})
    cut("daily", b, a, b, "limit of the day", available="20.00")
    change(b, a, policy={"max_hop_usage": "5.00"})
    cut("hop", b, a, b, "what one payment may move", available="5.00")
    change(b, a, policy={})
    cut("full", b, a, b, "too little left", amount="150.00", available="100.00", raises=1)
    # seven hops, where six are the bound: not "no chain" either
    row = people(hub, *[f"row{i}" for i in range(9)])
    for i in range(8):
        row[i + 1].trust(row[i], "10.00")
    status, answer = row[0].pay_raw(row[7], "1.00")
    check(
        code_of(answer) == "E002" and answer["error"]["details"]["connected"]
        and answer["error"]["details"]["max_amount"] == "10.00", f"seven hops: {answer}")
    # the source's own example as people draw it: the lines run the other way (decision 131)
    status, answer = row[6].pay_raw(row[0], "1.00")
    details = answer["error"]["details"]
    check(
        code_of(answer) == "E001" and details["reversed"]
        and "run the other way" in answer["error"]["message"], f"reversed: {answer}")
    check(
        "row0 must let row6 owe" in details["explanation"] and "row3" not in details["explanation"],
        f"in words: {details}")
    # nobody's line leads there: E001, with its sentence too
    (d,) = people(hub, "Dora")
    status, answer = a.pay_raw(d, "1.00")
    check(
        code_of(answer) == "E001"
        and "no chain of trust lines" in answer["error"]["details"]["explanation"]
        and not answer["error"]["details"]["reversed"], f"E001: {status} {answer}")
    # a policy that is in no cut
    change(c, b, policy={"blocked_participants": [b.pid]})
    status, answer = a.pay_raw(c, "1.00")
    check(
        code_of(answer) == "E002" and "policies" in answer["error"]["message"]
        and "raises" not in answer["error"]["message"], f"blocked: {answer}")
    change(c, b, policy={})
    # a line that closes takes no new debt, but there is a chain
    a.pay(b, "3.00")
    line = line_of(b, a)
    check(
        b.send("DELETE", f"/trustlines/{line['id']}", "line.close",
               {"id": line["id"], "version": line["version"], "when_repaid": True})[0] == 200,
        "closing")
    cut("closing", b, a, b, "is closing", amount="1.00")
    hub.stop()


def case_private(bin_dir, base, rng):
    """What is in the way between others is told by its class and number alone (HB-37): no amount,
    name or PID of theirs is in any answer, neither to who pays nor to who would be paid; the
    officers are told."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d, e, f = people(hub, "Alice", "Bob", "Clara", "Dora", "Egon", "Frida")
    b.trust(a, "990.00")
    c.trust(b, "71.13")   # what Bob may owe Clara, and does in part
    b.pay(c, "29.58")     # 41.55 are left between them
    c.trust(a, "880.00")
    d.trust(c, "870.00", policy={"daily_limit": "63.37"})
    d.trust(b, "2000.00")
    change(d, b, limit="53.97")
    e.trust(d, "9000.00")
    f.trust(b, "10.19")
    e.trust(f, "3.07")    # a second way over Bob
    own = {"990.00", "880.00"}
    secrets = {
        "71.13", "29.58", "41.55", "63.37", "870.00", "53.97", "2000.00", "9000.00", "10.19", "3.07"
    }
    total = "120.41"      # 53.97 + 3.07 over Bob, and what the day allows over Clara

    def clean(what, answer, *strangers):
        text = json.dumps(answer)
        told = {s for s in secrets if s in text}
        check(not told, f"{what}: tells what others owe or allow: {told} in {text}")
        for u in strangers:
            check(u.pid not in text and u.name not in text, f"{what}: names {u.name}: {text}")

    status, answer = a.pay_raw(e, "1000.00", tx_id="t1")
    details = answer["error"]["details"]
    check(
        status == 400 and details["max_amount"] == total and details["raises_elsewhere"] >= 1
        and details["cut"] == [] and not details["raises_suffice"],
        f"the failure: {status} {answer}")
    check({x["cause"]: x["lines"]
           for x in details["elsewhere"]} == {"full": 2, "daily": 1} and details["cut_total"] == 3,
          f"classes: {details}")
    check(
        "Between others: a trust line has too little left, a trust line moves no more than its "
        "limit of the day"
        in details["explanation"], f"in words: {details}")
    clean("the failure", answer, b, c, d, f)
    clean("capacity", a.get(f"/payments/capacity?to={e.pid}&equivalent=UAH&amount=1000.00"), b, c,
          d, f)
    flow = a.get(f"/payments/max-flow?to={e.pid}&equivalent=UAH")
    check(flow["max_amount"] == total and flow["bottlenecks"] == [] and len(flow["elsewhere"]) == 2,
          f"max-flow: {flow}")
    # what goes over one neighbour is one amount: each way alone would tell what lies behind him
    check(
        sorted((p["path"], p["capacity"]) for p in flow["paths"]) == sorted(
            ([a.pid, n.pid, "", e.pid], x) for n, x in ((b, "57.04"), (c, "63.37"))),
        f"paths: {flow}")
    check(d.pid not in json.dumps(flow) and f.pid not in json.dumps(flow),
          f"who stands between: {flow}")
    flow = a.get(f"/payments/max-flow?to={c.pid}&equivalent=UAH")
    check([a.pid, c.pid] in [p["path"] for p in flow["paths"]], f"straight to the payee: {flow}")
    # what is one's own is told
    status, answer = a.pay_raw(e, "1000.00", tx_id="t1")
    clean("the repeated failure", answer, b, c, d, f)
    for what, user in (("the payer", a), ("the payee", e)):
        for path in ("/payments", "/payments/t1"):
            answer = user.get(path)
            row = answer["items"][0] if "items" in answer else answer
            check(row["tx_id"] == "t1" and "raises_elsewhere" in row["error"]["details"],
                  f"{what}, {path}: {row}")
            clean(f"{what}, {path}", answer, b, c, *([d, f] if user is a else []))
    everything = hub.admin("GET", "/admin/payments")["items"][0]["error"]["details"]
    check(
        len(everything["raises"]) == details["raises_elsewhere"]
        and "raises_elsewhere" not in everything, f"officers: {everything}")
    full = a.get(f"/payments/capacity?to={b.pid}&equivalent=UAH&amount=9999.00")
    check([(x["owner"], x["debtor"], x["limit"]) for x in full["cut"] if x["owner"] == b.pid] == [
        (b.pid, a.pid, "990.00")
    ] and full["raises"][0]["limit"] in own, f"one's own line: {full}")
    hub.stop()


def case_flow(bin_dir, base, rng):
    """Max-flow mode: what paths do not carry is looked for on the copy (HB-38), and is paid; of
    many who want the same at once, as many as it carries."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    hub.admin("PATCH", "/admin/config", {"updates": {"routing.maxflow": True}, "reason": "test"})
    a, b, *middle = people(hub, "Alice", "Bob", *[f"m{i}" for i in range(5)])

    def flows():
        text = hub.raw("GET", "/metrics")[2].decode()
        return int(re.search(r"^\w*flows_total (\d+)$", text, re.M).group(1))

    for m in middle:
        m.trust(a, "20.00")
        b.trust(m, "20.00")
    paid = a.pay(b, "60.00")
    check(paid["status"] == "COMMITTED" and flows() == 0 and paid["search"] == "paths",
          f"three paths carry it: {paid}")
    b.trust(a, "0.01")
    b.pay(a, "60.00")
    paid = a.pay(b, "100.01")
    check(
        paid["status"] == "COMMITTED" and len(paid["routes"]) == 6 and flows() >= 1
        and paid["search"] == "maxflow", f"six paths: {paid} {flows()}")
    before = flows()
    status, answer = a.pay_raw(b, "0.02")
    check(status == 400 and code_of(answer) == "E002" and flows() == before + 1,
          f"more than there is: {status} {answer}")
    check(
        a.get("/payments?status=ABORTED")["items"][0]["error"]["code"] == "E002", "it has its row")
    b.pay(a, "100.01")
    # 12 at once for 85.00, 100.01 are there: one goes, whoever looked at the same time is told what
    # is left
    answers = []

    def pay_once(tx_id):
        answer = a.pay_raw(b, "85.00", tx_id=tx_id)
        while answer[
                # more than one participant may look for at once (HB-46); nothing was recorded
                0] == 429:
            time.sleep(0.05)
            answer = a.pay_raw(b, "85.00", tx_id=tx_id)
        answers.append(answer)

    workers = [threading.Thread(target=pay_once, args=(f"at-once-{i}",)) for i in range(12)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    done = [x for s, x in answers if s == 200]
    check(
        len(done) == 1 and all(s == 200 or (s, code_of(x)) == (400, "E002") for s, x in answers),
        f"at once: {answers}")
    check(a.get("/balance")["equivalents"][0]["net_balance"] == "-85.00", "it was paid once")
    # a second search, before the flow: what it found is named at once, in the history and before
    # paying
    b.pay(a, "85.00")
    hub.admin("PATCH", "/admin/config",
              {"updates": {"routing.second_search": True}, "reason": "test"})
    check(
        a.get(f"/payments/capacity?to={b.pid}&equivalent=UAH&amount=90.00")["search"] ==
        "second_search", "before paying")
    before, paid = flows(), a.pay(b, "90.00")
    check(paid["search"] == "second_search" and len(paid["routes"]) == 5 and flows() == before,
          f"five paths: {paid}")
    rows = {p["amount"]: p["search"] for p in a.get("/payments?direction=sent")["items"]}
    check((rows["90.00"], rows["100.01"], rows["60.00"],
           rows["0.02"]) == ("second_search", "maxflow", "paths", None), f"in the history: {rows}")
    items = {i["key"]: i for i in hub.admin("GET", "/admin/config")["items"]}
    check(
        items["routing.second_search"]["value"] is True and items["routing.max_hops"]["value"] == 6,
        f"settings: {items}")
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


# ---- lists and sums as the API table has them ----

def case_table(bin_dir, base, rng):
    """Sums, pages, the audit log of a participant, closing in geo-v0, repairs."""
    hub = Hub(bin_dir, base, *FREE, "--accept-v0", "yes")
    with_unit(hub)
    with_unit(hub, "HOUR", 0)
    with_unit(hub, "FINE", 8)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.50")
    b.trust(a, "7", "HOUR")
    a.trust(c, "3.00")
    a.pay(b, "40.25")
    a.pay(b, "2", "HOUR")
    me = a.get("/participants/me")
    check(
        me["stats"] == {
            "total_incoming_trust": "107.50", "total_outgoing_trust": "3.00", "total_debt": "42.25",
            "total_credit": "0.00", "net_balance": "-42.25"
        }, f"stats: {me}")
    check([(x["equivalent"], x["total_debt"])
           for x in me["stats_by_equivalent"]] == [("UAH", "40.25"), ("HOUR", "2"),
                                                   ("FINE", "0.00000000")], f"by equivalent: {me}")
    for seen in (me, b.get(f"/participants/{a.pid}"),
                 next(p for p in b.get("/participants")["items"]
                      if p["pid"] == a.pid), b.get("/participants/search?q=alice")["items"][0]):
        check(
            seen["public_stats"] == {
                "total_incoming_trust": "107.50", "member_since": seen["created_at"]
            }, f"public_stats: {seen}")
    check("stats" not in b.get(f"/participants/{a.pid}"), "another's debts are his own")
    # pages
    for path, total in (("/admin/participants", 3), ("/admin/equivalents", 3),
                        ("/admin/participants?q=alic", 1), ("/admin/participants?status=suspended",
                                                          0), ("/admin/audit-log", 3)):
        whole = hub.admin("GET", path)
        check((whole["page"], whole["per_page"], whole["total"], len(
            whole["items"])) == (1, 50, total, total), f"{path}: {whole}")
        again = [
            i for n in range(1, total + 2) for i in hub.admin(
                "GET", f"{path}{'&' if '?' in path else '?'}per_page=1&page={n}")["items"]
        ]
        check(again == whole["items"], f"{path} page by page")
    # dates of equivalents
    old = next(e for e in a.get("/equivalents")["items"] if e["code"] == "UAH")
    spec = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))
    check(
        not hub_rig.matches({"$ref": "#/components/schemas/Equivalent"}, old, spec, "e")
        and old["created_at"] and old["updated_at"] == old["created_at"], f"dates: {old}")
    check(
        next(e for e in hub.admin("GET", "/admin/equivalents")["items"]
             if e["code"] == "UAH") == old, "the officers' list has them too")
    check(with_unit(hub, "LATE")["created_at"] >= old["created_at"], "a new one has its dates")
    # what a participant sees of the audit log
    hub.admin("POST", f"/admin/participants/{c.pid}/freeze", {"reason": "secret of Clara"})
    hub.admin("POST", f"/admin/trustlines/{line_of(a, c)['id']}/freeze", {"reason": "quarrel"})
    hub.admin("PATCH", "/admin/config", {"updates": {"routing.max_hops": 5}, "reason": "shorter"})
    hub.admin("POST", "/admin/clearing/exact", {"equivalent": "UAH", "reason": "monthly"})
    officer = Key()
    hub.admin(
        "POST", "/admin/roles",
        {"public_key": officer.public64, "role": "auditor", "name": "Mr X", "reason": "hired"})
    full = hub.admin("GET", "/integrity/audit-log")
    check(full["total"] == 9 and full["items"][0]["reason"] == "hired",
          f"an officer sees all: {full}")
    common = [
        "clear", "settings", "equivalent.create", "equivalent.create", "equivalent.create",
        "equivalent.create"
    ]
    for who, more in ((b, []), (c, ["trustline.freeze",
                                    "participant.status"]), (a, ["trustline.freeze"])):
        seen = who.get("/integrity/audit-log")
        check(
            sorted(x["action"] for x in seen["items"]) == sorted(common + more)
            and seen["total"] == len(common + more), f"{who.name} sees: {seen}")
        check(all(x["actor"] is None and x["reason"] is None for x in seen["items"]),
              f"without who and why: {seen}")
        check(
            not any(word in json.dumps(seen)
                    for word in ("secret", "quarrel", "Mr X", "monthly", "shorter")),
            f"nothing of the officers' own: {seen}")
    check(b.call("GET", "/admin/audit-log")[0] == 403, "the officers' list is theirs")
    # closing a line while one owes over the pair: refused in geo-v0, allowed in geo-v1
    hub.admin("POST", f"/admin/participants/{c.pid}/unfreeze", {"reason": "test"})
    d, e = User(hub, "Dora", v0=True), User(hub, "Emil", v0=True)
    for user in (d, e):
        user.join()

    def v0(user, method, path, body, signed=None):
        return user.call(
            method, path,
            body | {"signature": user.key.sign(canonical(body if signed is None else signed))})

    for owner, debtor in ((d, e), (e, d)):
        check(
            v0(owner, "POST", "/trustlines",
               {"to": debtor.pid, "equivalent": "UAH", "limit": "10.00"})[0] == 201, "a v0 line")
    check(
        v0(d, "POST", "/payments",
           {"tx_id": "1", "to": e.pid, "equivalent": "UAH", "amount": "4.00"})[0] == 200,
        "Dora owes Emil")
    own = line_of(d, e)["id"]
    before = hub_rig.mark(hub, d)
    status, answer = v0(d, "DELETE", f"/trustlines/{own}", {}, {"id": own})
    check(status == 400 and code_of(answer) == "E009" and hub_rig.mark(hub, d) == before,
          f"debt the other way: {status} {answer}")
    check(
        v0(e, "POST", "/payments",
           {"tx_id": "2", "to": d.pid, "equivalent": "UAH", "amount": "4.00"})[0] == 200, "repaid")
    status, answer = v0(d, "DELETE", f"/trustlines/{own}", {}, {"id": own})
    check(status == 200 and answer["status"] == "success", f"closed: {status} {answer}")
    a.trust(b, "1.00")
    line = line_of(a, b)
    check(
        a.send("DELETE", f"/trustlines/{line['id']}", "line.close",
               {"id": line["id"], "version": line["version"]})[0] == 200,
        "geo-v1: nobody must go on lending because he owes")
    # repairs
    for action, first in (("net-mutual-debts", "netted_pairs"), ("cap-debts-to-trust-limits",
                                                                 "scanned")):
        check(
            hub.admin("POST", f"/integrity/repair/{action}",
                      {}) == {"ok": True, "action": action, first: 0, "updated": 0, "deleted": 0},
            action)
    hub.admin("POST", "/integrity/repair/bogus", {}, want=404)
    hub.stop()


# ---- people who are asked know what about ----

def ring(hub, count, amount, asking=()):
    """Debts of `amount` in a ring; the lines of those whose number is in asking want to be
    asked."""
    members = people(hub, *[f"r{i}" for i in range(count)])
    for i in range(count):
        owner, debtor = members[(i + 1) % count], members[i]
        owner.trust(debtor, "100.00", policy={"auto_clearing": False} if
                    (i + 1) % count in asking else None)
    for i in range(count):
        members[i].pay(members[(i + 1) % count], amount)
    return members


def case_offers(bin_dir, base, rng):
    """Who is asked for a clearing sees what would clear of his own, what it brings to all, and how
    many are asked."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    (outsider,) = people(hub, "Outsider")
    five = ring(hub, 5, "10.00")           # clears without asking, but not by itself
    three = ring(hub, 3, "7.00", {1, 2})   # two of them are asked
    offer = hub.admin("POST", "/admin/clearing/exact",
                      {"equivalent": "UAH", "offer": True, "reason": "monthly"})["offer"]
    spec = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))

    def seen(user):
        item = user.get("/clearing/offers")["items"]
        check(len(item) == 1 and item[0]["offer"] == offer, f"offers: {item}")
        wrong = hub_rig.matches({"$ref": "#/components/schemas/Offer"}, item[0], spec, "offer")
        check(not wrong, f"{wrong[:5]}")
        return item[0]

    def figures(item):
        return tuple(item[k] for k in ("equivalent", "amount", "total", "without", "gain",
                                       "gain_percent", "asked_count", "answered_count"))

    check(
        figures(seen(three[1])) == ("UAH", "7.00", "71.00", "50.00", "21.00", 42.0, 2, 0),
        f"the offer for one who is asked: {seen(three[1])}")
    edges = [(x["debtor"], x["creditor"], x["amount"]) for x in seen(three[1])["edges"]]
    check(
        sorted(edges) == sorted([(three[1].pid, three[2].pid, "7.00"),
                                 (three[0].pid, three[1].pid, "7.00")]), f"own edges: {edges}")
    check(
        figures(seen(five[0]))[1] == "10.00" and figures(seen(outsider))[1] == "0.00"
        and seen(outsider)["edges"] == [], "others see their own")
    check(
        hub.admin("GET", "/clearing/offers")["items"][0]["gain"] == "21.00",
        "an officer sees the sums")
    asked = three[1].get("/payments/asked")["items"]
    wrong = hub_rig.matches({"$ref": "#/components/schemas/Asked"}, asked[0], spec, "asked")
    check(
        len(asked) == 1 and not wrong and figures(asked[0]) == figures(seen(three[1]))
        and asked[0]["expires_at"] and asked[0]["payment"] is None, f"asked: {asked} {wrong}")
    check(three[0].get("/payments/asked")["items"] == [], "who is not asked is not asked")
    status, answer = three[1].send("POST", "/clearing/consent", "clearing.consent",
                                   {"tx_id": offer, "answer": "yes"}, offer)
    check(status == 200 and seen(three[2])["answered_count"] == 1, f"one has answered: {answer}")
    # the figures come from the journal
    hub.stop()
    for name in os.listdir(os.path.join(base, "hub")):
        if name.startswith("history.db"):
            os.remove(os.path.join(base, "hub", name))
    hub = Hub(bin_dir, base, *FREE)
    for user in (*three, *five, outsider):
        user.hub = hub
    check(
        figures(seen(three[2])) == ("UAH", "7.00", "71.00", "50.00", "21.00", 42.0, 2, 1),
        "the same after a restart without history")
    status, answer = three[2].send("POST", "/clearing/consent", "clearing.consent",
                                   {"tx_id": offer, "answer": "yes"}, offer)
    check(
        status == 200 and answer["status"] == "COMMITTED"
        and outsider.get("/clearing/offers")["items"] == [], f"consent: {answer}")
    check(
        three[1].get("/balance/debts")["outgoing"] == []
        and five[0].get("/balance/debts")["outgoing"] == [], "all of it is cleared")
    lists = three[1].get("/clearing")["items"], hub.admin("GET", "/clearing")["items"]
    check([[x["certificate"] for x in items] for items in lists] == [[None], [None]],
          f"the clearing stands once, and no certificate is made up: {lists}")
    # without the others' ring, nothing clears without asking: no percentage
    ring(hub, 3, "1.00", {0})
    hub.admin("POST", "/admin/clearing/exact",
              {"equivalent": "UAH", "offer": True, "reason": "monthly"})
    item = outsider.get("/clearing/offers")["items"][0]
    check((item["without"], item["gain"], item["gain_percent"]) == ("0.00", "3.00", None),
          f"no percentage: {item}")
    hub.stop()


def case_strangers(bin_dir, base, rng):
    """HB-9: only payer, payee and who was asked learn of a payment that asked, while it waits and
    after its end."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Alice", "Bob", "Clara", "Dora")
    b.trust(a, "100.00", policy={"ask": True})
    c.trust(b, "100.00")

    def vote(user, answer="yes"):
        return user.send("POST", "/payments/vote", "payment.vote",
                         {"tx_id": "one", "initiator": a.pid, "answer": answer}, "one")

    check(vote(d)[0] == 404, "there is no such payment yet")
    check(a.pay(c, "5.00", tx_id="one")["status"] == "PREPARE_IN_PROGRESS", "prepared")
    asked = b.get("/payments/asked")["items"][0]
    check((asked["asked_count"], asked["answered_count"], asked["payment"]["from_name"],
           asked["payment"]["to_name"]) == (1, 0, "Alice", "Clara"), f"asked: {asked}")
    nobody = vote(d)
    check(nobody[0] == 404 and [vote(u)[0] for u in (a, c)] == [403, 403],
          f"while it waits: {nobody}")
    check(vote(b)[1].get("status") == "COMMITTED", "who is asked answers")

    def after():
        check([vote(u, "no")[1].get("status") for u in (a, b, c)] == ["COMMITTED"] * 3,
              "after its end: payer, payee and who was asked")
        status, answer = vote(d, "no")
        check((status, answer["error"]) == (nobody[0], nobody[1]["error"]),
              f"after its end, a stranger hears what he heard before: {status} {answer}")

    after()
    hub.kill()
    hub = Hub(bin_dir, base, *FREE)
    for user in (a, b, c, d):
        user.hub = hub
    after()
    hub.stop()


def case_schedule(bin_dir, base, rng):
    """Exact clearing by the clock (LG-63): in every equivalent, with a record of its own where
    something clears and none elsewhere, also after a restart."""
    hub = Hub(bin_dir, base, *FREE)
    for code in ("UAH", "HOUR", "IDLE"):
        with_unit(hub, code)
    hub.admin(
        "PATCH", "/admin/config", {
            "updates": {"clearing.inline": False, "clearing.cycle5_s": 0, "clearing.cycle6_s": 0},
            "reason": "by the clock alone"
        })

    def indebted(ring, code):
        for i, u in enumerate(ring):
            u.pay(ring[(i + 1) % len(ring)], "5.00", code)

    def wait_until_cleared(ring, code):
        for _ in range(600):
            if all(
                    u.get(f"/balance/debts?equivalent={code}") == {"outgoing": [], "incoming": []}
                    for u in ring):
                return
            time.sleep(0.1)
        raise hub_rig.Failure(f"{code} was not cleared")

    rings = {code: people(hub, *[f"{code}{i}" for i in range(7)]) for code in ("UAH", "HOUR")}
    for code, ring in rings.items():
        for i, u in enumerate(ring):
            ring[(i + 1) % 7].trust(u, "10.00", code)
        indebted(ring, code)
    hub.admin("PATCH", "/admin/config",
              {"updates": {"clearing.exact_s": 1}, "reason": "by the clock"})
    for code, ring in rings.items():
        wait_until_cleared(ring, code)
        (item,) = hub.admin("GET", f"/clearing?equivalent={code}")["items"]
        check((item["mode"], item["total"], item["status"]) == ("exact", "35.00", "COMMITTED"),
              f"the record: {item}")
    entry = hub.admin("GET", "/admin/audit-log")["items"][0]
    check(entry["before"]["exact_s"] == 0 and entry["after"]["exact_s"] == 1,
          f"the setting in the log: {entry}")
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    for ring in rings.values():
        for u in ring:
            u.hub = hub
            u.login()
    indebted(rings["UAH"], "UAH")
    wait_until_cleared(rings["UAH"], "UAH")
    hub.stop()
    hub_rig.verify(bin_dir, base)


# ---- exact clearing within a time ----

def case_anytime(bin_dir, base, rng):
    """An officer's clearing with a budget commits what it has when the time is over; the gap stays
    right, and only a proven optimum has a certificate."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    hub.admin("PATCH", "/admin/config", {"updates": {"clearing.inline": False}, "reason": "test"})
    members = people(hub, *[f"p{i}" for i in range(60)])
    for i, user in enumerate(members):
        user.keep_connection()
        for k in (1, 7, 11, 25, 38, 49):
            user.trust(members[(i + k) % 60], "1000.00")
    for i in range(60):
        for k in (1, 7, 11, 25, 38, 49):
            members[(i + k) % 60].pay(members[i], f"{rng.randrange(1, 10000) / 100:.2f}")

    def gap():
        return hub.admin("GET", "/clearing/gap?equivalent=UAH")

    def cents(text):
        return int(text.replace(".", ""))

    before = gap()
    check(
        cents(before["optimum"]) > 0 and before["cleared_percent_of_optimum"] < 100,
        f"there is something to clear: {before}")
    status, first = hub.call("POST", "/admin/clearing/exact",
                             {"equivalent": "UAH", "budget_ms": 0, "reason": "a look"},
                             admin=hub.admin_token)
    check(status == 200 and first["optimal"] is False, f"one look is too short: {status} {first}")
    middle = gap()
    check(
        middle["cleared"]["exact"]
        == (first["cleared_amount"] if cents(first["cleared_amount"]) else "0.00")
        and cents(first["cleared_amount"]) + cents(middle["optimum"]) <= cents(before["optimum"]),
        f"the gap after it: {first} {middle}")
    officer = User(hub, "op", Key())
    hub.admin(
        "POST", "/admin/roles",
        {"public_key": officer.key.public64, "role": "operator", "name": "op", "reason": "test"})
    officer.login()
    status, second = officer.command("POST", "/admin/clearing/exact", {
        "command": "clear", "equivalent": "UAH", "mode": "exact", "budget_ms": 600000,
        "reason": "all"
    })
    check(
        status == 200 and second["optimal"] is True
        and second["cleared_amount"] == middle["optimum"],
        f"with time enough: {status} {second}, {middle}")
    after = gap()
    check(
        cents(after["optimum"]) == 0 and after["cleared_percent_of_optimum"] == 100
        and cents(after["cleared"]["exact"])
        == cents(first["cleared_amount"]) + cents(second["cleared_amount"]),
        f"and nothing is left: {after}")
    check(hub.admin("GET", "/integrity/status")["status"] == "healthy", "integrity")
    made = hub.admin("GET", "/clearing")["items"]
    check(made[0]["certificate"] and all(x["certificate"] is None for x in made[1:]),
          f"certificates: {made}")
    notes = [
        x["after"] for x in hub.admin("GET", "/admin/audit-log")["items"] if x["action"] == "clear"
    ]
    check([n.get("budget_ms") for n in notes] == [600000, 0], f"the command is in the log: {notes}")
    for body, words in (({
            "budget_ms": -1
    }, "a negative budget"), ({"budget_ms": 600001}, "a budget over the bound"), ({
            "budget_ms": "5"
    }, "a text"), ({"budget_ms": 5, "offer": True}, "an offer has none")):
        check(
            hub.call("POST", "/admin/clearing/exact", {"equivalent": "UAH"} | body,
                     admin=hub.admin_token)[0] == 422, words)
    status, answer = hub.call("POST", "/admin/clearing/exact", {"equivalent": "UAH"},
                              admin=hub.admin_token)
    check(status == 200 and answer["optimal"] is True and answer["cleared_cycles"] == 0,
          f"nothing to clear is the optimum: {answer}")
    hub.stop()


# ---- graphs in pages ----

def case_graph(bin_dir, base, rng):
    """A graph comes in pages that neither repeat nor leave out; the neighbourhood of depth 4 is the
    whole of a small graph."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    with_unit(hub, "HOUR", 0)
    members = people(hub, *[f"p{i}" for i in range(12)])
    made = set()
    for i, user in enumerate(members):
        for k in (1, 3, 11):
            user.trust(members[(i + k) % 12], "5.00")
            made.add((user.pid, members[(i + k) % 12].pid, "UAH"))
    members[0].trust(members[6], "5", "HOUR")
    made.add((members[0].pid, members[6].pid, "HOUR"))
    everybody = {u.pid for u in members}

    def graph(path, page):
        lines, nodes, n = [], [], 1
        while True:
            got = hub.admin("GET", f"{path}{'&' if '?' in path else '?'}per_page={page}&page={n}")
            check(
                len(got["trustlines"]) <= page and len(got["participants"]) <= page
                and got["page"] == n, f"{path}: {got}")
            lines += [(l["from"], l["to"], l["equivalent"]) for l in got["trustlines"]]
            nodes += [p["pid"] for p in got["participants"]]
            if n * page >= max(got["total"], got["total_participants"]):
                check(
                    (len(lines), len(nodes)) == (got["total"], got["total_participants"]),
                    f"{path}: {len(lines)} {len(nodes)} {got['total']} {got['total_participants']}")
                return lines, nodes
            n += 1

    for path in ("/admin/graph/snapshot", f"/admin/graph/ego?pid={members[2].pid}&depth=4"):
        for page in (5, 36, 2000):
            lines, nodes = graph(path, page)
            check(
                len(lines) == len(set(lines)) and set(lines) == made
                and len(nodes) == len(set(nodes)) and set(nodes) == everybody,
                f"{path} by {page}: {len(lines)} lines, {len(nodes)} participants")
    lines, nodes = graph(f"/admin/graph/ego?pid={members[2].pid}&depth=1", 2000)
    check(
        set(nodes) == {members[i % 12].pid
                       for i in (2, 3, 5, 1, 11)}
        and all(members[2].pid in (f, t) for f, t, _ in lines) and len(lines) == 6,
        f"depth 1: {nodes} {lines}")
    check(
        graph(f"/admin/graph/ego?pid={members[2].pid}&depth=0", 2000) == ([], [members[2].pid]),
        "depth 0")
    check(
        set(graph("/admin/graph/snapshot?equivalent=HOUR",
                  2000)[0]) == {(members[0].pid, members[6].pid, "HOUR")}, "one equivalent")
    check(
        hub.call("GET", "/admin/graph/snapshot?per_page=2001", admin=hub.admin_token)[0] == 422,
        "one more than a page")
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
    sys.exit(hub_rig.main(globals()))
