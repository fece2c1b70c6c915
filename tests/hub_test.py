#!/usr/bin/env python3
"""A hub from outside: real processes over HTTP. usage: hub_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence. KILLS=100 makes the
case `kill` long.
"""
import calendar, base64, json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile
import threading, time, uuid

sys.dont_write_bytecode = True
try:
    from hub_client import ALPHABET, Failure, Hub, Key, User, WebSocket, canonical, check
except ImportError as missing:
    print(f"skipped: {missing} (tools/setup dev installs it)")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FREE = ("--rate-key", "0", "--rate-address", "0")


def with_unit(hub, code="UAH", precision=2):
    return hub.admin(
        "POST", "/admin/equivalents",
        {"code": code, "precision": precision, "description": "for tests", "reason": "test"})


def people(hub, *names):
    out = [User(hub, name) for name in names]
    for user in out:
        user.join()
    return out


def mark(hub, user):
    """What must not change when a request is refused."""
    c = user.get("/integrity/checksum/UAH")
    return c["checksum"], c["state_hash"]


def code_of(answer):
    return answer.get("error", {}).get("code")


# ---- the API, happily ----

def case_api(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    me = a.get("/participants/me")
    check(me["display_name"] == "Alice" and me["pid"] == a.pid and me["seq"] == 1, f"me: {me}")
    status, answer = a.send("PATCH", "/participants/me", "participant.profile",
                            {"display_name": "Алиса", "profile": {"city": "Львів"}})
    check(
        status == 200 and answer["display_name"] == "Алиса"
        and answer["profile"] == {"city": "Львів"}, f"profile: {status} {answer}")
    check([p["pid"] for p in b.get("/participants/search?q=clara")["items"]] == [c.pid],
          "search by name")
    check(len(b.get("/participants?limit=2")["items"]) == 2, "list with a limit")
    check(b.get(f"/participants/{a.pid}")["display_name"] == "Алиса", "another's profile")
    # the seed's chain in its consistent reading: B lets A owe 200, C lets B owe 150; A pays C 100
    line = b.trust(a, "200.00")
    check(
        line["limit"] == "200.00" and line["used"] == "0.00" and line["available"] == "200.00"
        and line["status"] == "active" and line["created_at"], f"line: {line}")
    c.trust(b, "150.00")
    status, answer = b.send("POST", "/trustlines", "line.create",
                            {"to": a.pid, "equivalent": "UAH", "limit": "1.00"})
    check(status == 409 and code_of(answer) == "E008", f"a second line: {status} {answer}")
    capacity = a.get(f"/payments/capacity?to={c.pid}&equivalent=UAH&amount=100.00")
    check(
        capacity["can_pay"] is True and capacity["max_amount"] == "150.00"
        and capacity["estimated_hops"] == 2, f"capacity: {capacity}")
    flow = a.get(f"/payments/max-flow?to={c.pid}&equivalent=UAH")
    check(flow["max_amount"] == "150.00" and flow["paths"][0]["path"] == [a.pid, b.pid, c.pid],
          f"max-flow: {flow}")
    paid = a.pay(c, "100.00", description="хліб")
    check(
        paid["status"] == "COMMITTED"
        and paid["routes"] == [{"path": [a.pid, b.pid, c.pid], "amount": "100.00"}]
        and paid["description"] == "хліб", f"paid: {paid}")
    check(a.debt_to(b) == "100.00" and b.debt_to(c) == "100.00", "the debts of the seed's example")
    again = a.send(
        "POST", "/payments", "payment", {
            "tx_id": paid["tx_id"], "to": c.pid, "equivalent": "UAH", "amount": "100.00",
            "description": "хліб"
        }, paid["tx_id"])
    got = a.get(f"/payments/{paid['tx_id']}")
    check(got["status"] == "COMMITTED" and got["amount"] == "100.00" and got["signed"],
          f"stored: {got}")
    check(c.get(f"/payments/{paid['tx_id']}")["from"] == a.pid, "the payee sees it")
    check(b.call("GET", f"/payments/{paid['tx_id']}")[0] == 404, "an intermediary does not see it")
    check(a.debt_to(b) == "100.00", f"a repeated request must not pay twice: {again}")
    sent, received = a.get("/payments?direction=sent")["items"], a.get(
        "/payments?direction=received")["items"]
    check([p["tx_id"] for p in sent] == [paid["tx_id"]] and received == [], "the list of payments")
    balance = a.get("/balance")["equivalents"][0]
    check(
        balance["code"] == "UAH" and balance["total_debt"] == "100.00"
        and balance["net_balance"] == "-100.00", f"balance: {balance}")
    # too much: E002 with what is missing, and a durable row
    status, answer = a.pay_raw(c, "60.00")
    details = answer["error"]["details"]
    check(
        status == 400 and code_of(answer) == "E002" and details["available"] == "50.00"
        and (details["raises"] or details["raises_elsewhere"]), f"E002: {status} {answer}")
    check(
        a.get("/payments?status=ABORTED")["items"][0]["error"]["code"] == "E002",
        "a failed payment leaves a row")
    # the limit under the debt: E003; a raise makes it go
    line = next(l for l in c.get("/trustlines?direction=outgoing")["items"] if l["to"] == b.pid)
    check(line["used"] == "100.00" and line["available"] == "50.00",
          f"line after the payment: {line}")
    status, answer = c.send("PATCH", f"/trustlines/{line['id']}", "line.update",
                            {"id": line["id"], "limit": "99.99", "version": line["version"]})
    check(
        status == 400 and code_of(answer) == "E003"
        and answer["error"]["details"] == {"limit": "150.00", "used": "100.00", "reserved": "0.00"},
        f"E003: {status} {answer}")
    status, answer = c.send("PATCH", f"/trustlines/{line['id']}", "line.update",
                            {"id": line["id"], "limit": "160.00", "version": line["version"]})
    check(
        status == 200 and answer["limit"] == "160.00"
        and (answer["id"], answer["version"]) == (line["id"], 2), f"update: {status} {answer}")
    a.pay(c, "60.00")
    # closing with debt is refused, repaying clears it, then it closes
    line = answer
    status, answer = c.send("DELETE", f"/trustlines/{line['id']}", "line.close",
                            {"id": line["id"], "version": line["version"]})
    check(status == 400 or status == 422, f"closing with debt: {status} {answer}")
    check(code_of(answer) == "E009", f"closing with debt: {answer}")
    # clearing: a cycle of three goes by itself
    a.trust(c, "500.00")
    c.pay(a, "50.00")
    check(
        a.debt_to(b) == "110.00" and b.debt_to(c) == "110.00",
        f"netting and inline clearing: {a.debt_to(b)} {b.debt_to(c)} {c.debt_to(a)}")
    check(a.get("/clearing/cycles?equivalent=UAH")["cycles"] == [], "no cycle is left")
    status, answer = a.call("POST", "/clearing/auto?equivalent=UAH&max_depth=6")
    check(status == 200 and answer["cleared_cycles"] == 0, f"clearing: {status} {answer}")
    gap = a.get("/clearing/gap?equivalent=UAH")
    check(gap["cleared_percent_of_optimum"] == 100.0, f"gap: {gap}")
    check(a.get("/integrity/status")["status"] == "healthy", "integrity")
    check(
        a.call("POST", "/integrity/verify",
               {"equivalent": "UAH"})[1]["equivalents"]["UAH"]["invariants"]["zero_sum"]["passed"],
        "verify")
    a.call("POST", "/integrity/verify", {})
    check(
        a.call("POST", "/integrity/verify", {"equivalent": "NONE"})[0] == 404,
        "of what is not there")
    told = [(e["actor"], e["role"], e["action"], e["target"])
            for e in hub.admin("GET", "/admin/audit-log")["items"][:2]]
    check(
        told == [(a.pid, "participant", "integrity.verify", "hub"),
                 (a.pid, "participant", "integrity.verify", "UAH")],
        f"who verified is in the audit log: {told}")
    check([(e["actor"], e["action"])
           for e in b.get("/integrity/audit-log")["items"][:2]] == [(None, "integrity.verify")] * 2,
          "and that it was done, for everybody")
    # refresh rotates
    old = a.refresh
    status, answer = hub.call("POST", "/auth/refresh", {"refresh_token": old})
    check(status == 200 and answer["refresh_token"] != old, f"refresh: {status} {answer}")
    status, answer = hub.call("POST", "/auth/refresh", {"refresh_token": old})
    check(status == 401 and code_of(answer) == "E006", f"a refresh token twice: {status} {answer}")
    # health, metrics
    check(
        hub.get("/health", prefix="")["status"] == "ok" and hub.get("/healthz")["status"] == "ok"
        and hub.get("/health/db")["status"] == "ok", "health")
    metrics = hub.raw("GET", "/metrics")[2].decode()
    check(re.search(r"^geonet_hub_committed_total [1-9]", metrics, re.M),
          f"metrics: {metrics[:500]}")
    hub.stop()


def case_admin(bin_dir, base, rng):
    """Roles as keys, the audit log, the bootstrap token that ends."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    check(hub.admin("GET", "/admin/whoami")["bootstrap"] is True, "whoami by token")
    check(hub.call("GET", "/admin/whoami", admin="wrong" * 12)[0] == 403, "a wrong admin token")
    check(a.call("GET", "/admin/whoami")[0] == 403, "a participant is no officer")
    check(hub.call("GET", "/admin/whoami")[0] == 403, "nobody is no officer")
    a.trust(b, "5.00")
    boss, op, auditor = Key(), Key(), Key()
    for key, role in ((auditor, "auditor"), (op, "operator"), (boss, "admin")):
        hub.admin(
            "POST", "/admin/roles",
            {"public_key": key.public64, "role": role, "name": role, "reason": "the beginning"})
    status, answer = hub.call("GET", "/admin/whoami", admin=hub.admin_token)
    check(status == 403, f"the bootstrap token ends with the first admin: {status} {answer}")
    tokens, officers = {}, {}
    for key, role in ((auditor, "auditor"), (op, "operator"), (boss, "admin")):
        officer = User(hub, role, key)
        check(officer.login()["participant"]["role"] == role, "login of an officer")
        tokens[role], officers[role] = officer.token, officer

    def as_role(role, method, path, command=None):
        if method == "GET":
            return hub.call(method, path, token=tokens[role])
        return officers[role].command(method, path, command)

    def person(user, status, reason="test"):
        return {"command": "participant", "pid": user.pid, "status": status, "reason": reason}

    def settings(values, reason="test"):
        return {"command": "settings", "settings": values, "reason": reason}

    check(as_role("auditor", "GET", "/admin/audit-log")[0] == 200, "an auditor reads")
    check(
        as_role("auditor", "POST", f"/admin/participants/{b.pid}/freeze", person(
            b, "suspended"))[0] == 403, "an auditor does not act")
    check(
        as_role("operator", "PATCH", "/admin/config", settings({"routing.max_hops": 4}))[0] == 403,
        "an operator does not configure")
    status, answer = as_role("operator", "POST", f"/admin/participants/{b.pid}/freeze",
                             person(b, "suspended", "dispute 7"))
    check(status == 200 and answer["status"] == "suspended", f"freeze: {status} {answer}")
    status, answer = b.pay_raw(a, "1.00")
    check(
        status == 403 and code_of(answer) == "E004"
        and "you are suspended" in answer["error"]["message"],
        f"a suspended participant does not pay: {status} {answer}")
    line = b.signed("line.create", {"to": a.pid, "equivalent": "UAH", "limit": "1.00"})
    status, answer = b.call("POST", "/trustlines", line)
    check(status == 403 and code_of(answer) == "E004", f"nor lend: {status} {answer}")
    status, answer = a.pay_raw(b, "1.00")
    check(
        status == 400 and code_of(answer) == "E004" and "you are" not in answer["error"]["message"],
        f"nor is paid: {status} {answer}")
    check(
        as_role("operator", "POST", f"/admin/participants/{b.pid}/unfreeze", person(
            b, "active"))[1]["status"] == "active", "unfreeze")
    status, answer = as_role(
        "admin", "PATCH", "/admin/config",
        settings({"routing.max_hops": 4, "rate.key_per_minute": 5000}, "shorter"))
    check(status == 200 and set(answer["updated"]) == {"routing.max_hops", "rate.key_per_minute"},
          f"config: {status} {answer}")
    items = {i["key"]: i["value"] for i in as_role("auditor", "GET", "/admin/config")[1]["items"]}
    check(items["routing.max_hops"] == 4 and items["rate.key_per_minute"] == 5000,
          f"config: {items}")
    check(
        as_role("admin", "PATCH", "/admin/config", settings({"routing.max_hops": 11}))[0] == 422,
        "a setting out of range")
    check(
        as_role("admin", "PATCH", "/admin/config", settings({"nothing": 1}))[0] == 422,
        "an unknown setting")
    log = as_role("auditor", "GET", "/admin/audit-log")[1]["items"]
    entry = next(
        e for e in log if e["action"] == "participant.status" and e["reason"] == "dispute 7")
    check(
        entry["actor"] == op.pid and entry["role"] == "operator" and entry["target"] == b.pid
        and entry["before"]["status"] == "active" and entry["after"]["status"] == "suspended",
        f"audit: {entry}")
    entry = next(e for e in log if e["action"] == "settings" and e["reason"] == "shorter")
    check(entry["before"]["max_hops"] == 6 and entry["after"]["max_hops"] == 4,
          f"audit of settings: {entry}")
    check(any(e["action"] == "role.grant" and e["target"] == boss.pid for e in log),
          "audit of roles")
    status, answer = as_role("admin", "DELETE", f"/admin/roles/{boss.pid}",
                             {"command": "role", "public_key": boss.public64, "role": "none"})
    check(status == 409, f"the last admin stays: {status} {answer}")
    check(
        as_role(
            "admin", "DELETE", f"/admin/roles/{auditor.pid}",
            {"command": "role", "public_key": auditor.public64, "role": "none", "reason": "left"
             })[0] == 200, "a role is taken away")
    check(as_role("auditor", "GET", "/admin/audit-log")[0] == 403, "and its token with it")
    # the other routes answer
    for path in ("/admin/participants", "/admin/participants/stats",
                 f"/admin/participants/{a.pid}/metrics", "/admin/equivalents",
                 "/admin/equivalents/UAH/usage", "/admin/trustlines",
                 "/admin/trustlines/bottlenecks", "/admin/liquidity/summary", "/admin/incidents",
                 "/admin/graph/snapshot", f"/admin/graph/ego?pid={a.pid}&depth=2",
                 "/admin/clearing/cycles?equivalent=UAH", "/admin/feature-flags",
                 "/admin/migrations", "/admin/health/db", "/admin/roles", "/admin/payments"):
        status, answer = as_role("admin", "GET", path)
        check(status == 200, f"GET {path}: {status} {answer}")
    line = next(
        l for l in as_role("admin", "GET", "/admin/trustlines")[1]["items"] if l["from"] == a.pid)
    check(
        as_role(
            "operator", "POST", f"/admin/trustlines/{line['id']}/freeze",
            {"command": "line", "equivalent": "UAH", "from": a.pid, "to": b.pid, "frozen": True
             })[0] == 200, "a line is frozen")
    check(b.pay_raw(a, "1.00")[0] == 400, "no new debt over a frozen line")
    check(
        as_role(
            "admin", "DELETE", "/admin/equivalents/UAH",
            {"command": "equivalent", "code": "UAH", "precision": 2, "active": False, "info": {}
             })[0] == 409, "an equivalent in use is not deleted")
    check(
        as_role("admin", "POST", "/admin/transactions/" + "0" * 32 + "/abort",
                {"command": "abort", "key": "0" * 32})[0] == 404, "nothing to abort")
    status, answer = as_role("admin", "POST", "/admin/clearing/exact",
                             {"command": "clear", "equivalent": "UAH", "mode": "exact"})
    check(status == 200 and answer["cleared_cycles"] == 0, f"exact clearing: {status} {answer}")
    # over a restart
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    status, answer = hub.call("GET", "/admin/config", token=tokens["admin"])
    check(
        status == 200 and {i["key"]: i["value"]
                           for i in answer["items"]}["routing.max_hops"] == 4,
        f"settings after a restart: {status} {answer}")
    hub.stop()


# ---- refusals ----

def case_errors(bin_dir, base, rng):
    """The right code, and no row changed."""
    hub = Hub(bin_dir, base, *FREE, "--access-seconds", "3")
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "200.00")
    paid = a.pay(b, "10.00")
    now = [mark(hub, a)]

    def refused(what, answer, status, code):
        got, body = answer
        check(
            got in (status if isinstance(status, tuple) else (status, )) and code_of(body) == code,
            f"{what}: {got} {body}, wanted {status} {code}")
        a.login()
        after = mark(hub, a)
        check(after == now[0], f"{what}: the state changed")

    for amount in ("-1.00", "0", "1000000000000000000000", "1.001", "1e2", "+1", " 1", "1.", ".5",
                   "01", "1,00", "١", "NaN", "", "1.00 "):
        refused(f"amount {amount!r}", a.pay_raw(b, amount), 400, "E009")
        a.login()
    for amount in (1, 1.5, None, True, ["1.00"]):
        refused(f"amount {amount!r}", a.pay_raw(b, amount), 400, "E009")
    for limit in ("-1.00", "1.001", "1e9", "99999999999999999999"):
        a.login()
        refused(
            f"limit {limit!r}",
            a.send("POST", "/trustlines", "line.create",
                   {"to": c.pid, "equivalent": "UAH", "limit": limit}), 422, "E009")
    a.login()
    refused("an unknown field in the signed body", a.pay_raw(b, "1.00", bonus="1"), 400, "E009")
    tx = str(uuid.uuid4())
    body = {"tx_id": tx, "to": b.pid, "equivalent": "UAH", "amount": "1.00"}
    refused("an unknown field in the envelope",
            a.call("POST", "/payments", a.signed("payment", body, tx, extra=1)), 400, "E009")
    refused("another domain",
            a.call("POST", "/payments", a.signed("payment", body, tx, domain="geo/v2")), 400,
            "E009")
    status, answer = a.call("POST", "/payments", a.signed("payment", body, tx, hub=c.pid))
    check(status in (400, 403), f"another hub: {status} {answer}")
    text = canonical(a.envelope("payment", body, tx))
    spaced = json.dumps(json.loads(text), sort_keys=True)
    refused("not canonical",
            a.call("POST", "/payments", {"signed": spaced, "signature": a.key.sign(spaced)}), 400,
            "E009")
    unsorted = text.replace('{"body"', '{"zz":1,"body"')
    refused("not sorted",
            a.call("POST", "/payments", {"signed": unsorted, "signature": a.key.sign(unsorted)}),
            400, "E009")
    twice = text.replace('"amount":"1.00"', '"amount":"1.00","amount":"1.00"')
    for where, again in (("amount", twice), ("ts", text.replace('"ts":', '"ts":1,"ts":'))):
        answer = a.call("POST", "/payments", {"signed": again, "signature": a.key.sign(again)})
        refused("a key twice", answer, 400, "E009")
        check(f"{where} stands there twice" in json.dumps(answer[1]), f"which key: {answer}")
    exponent = text.replace('"amount":"1.00"', '"amount":1e2')
    refused("an exponent",
            a.call("POST", "/payments", {"signed": exponent, "signature": a.key.sign(exponent)}),
            400, "E009")
    refused("a field beside the signed text",
            a.call("POST", "/payments",
                   a.signed("payment", body, tx) | {"amount": "5.00"}), 400, "E009")
    refused("a wrong signer", a.call("POST", "/payments", a.signed("payment", body, tx, key=c.key)),
            400, "E005")
    refused(
        "a damaged signature",
        a.call("POST", "/payments",
               {"signed": text, "signature": base64.b64encode(bytes(64)).decode()}), 400, "E005")
    refused("no signature", a.call("POST", "/payments", {"signed": text}), 400, "E005")
    changed = text.replace('"1.00"', '"9.00"')
    refused("a changed text",
            a.call("POST", "/payments", {"signed": changed, "signature": a.key.sign(text)}), 400,
            "E005")
    refused("signed by another than the token",
            a.call("POST", "/payments", c.signed("payment", body, tx)), 403, "E006")
    refused("the old profile is off",
            a.call("POST", "/payments", body | {"signature": a.key.sign(canonical(body))}), 400,
            "E009")
    for ts in (int(time.time()) - 25 * 3600, int(time.time()) + 3600):
        got, answer = a.call("POST", "/payments", a.signed("payment", body, tx, ts=ts))
        check(got in (400, 401, 403, 409, 410, 504) and code_of(answer),
              f"a text of another time: {got} {answer}")
        check(mark(hub, a) == now[0], "a text of another time changed the state")
    # replays
    old = a.signed("payment",
                   {"tx_id": paid["tx_id"], "to": b.pid, "equivalent": "UAH", "amount": "11.00"},
                   paid["tx_id"])
    refused("a tx_id with another body", a.call("POST", "/payments", old), 409, "E008")
    request = a.signed("line.create", {"to": c.pid, "equivalent": "UAH", "limit": "1.00"})
    status, answer = a.call("POST", "/trustlines", request)
    check(status == 201, f"line: {status} {answer}")
    a.seq += 1
    now[0] = mark(hub, a)
    refused("a line's request again", a.call("POST", "/trustlines", request), 409, "E008")
    refused(
        "a sequence that goes back",
        a.call("PATCH", "/participants/me",
               a.signed("participant.profile", {"display_name": "X"}, seq=1)), 409, "E008")
    line = a.get("/trustlines?direction=outgoing")["items"][0]
    refused(
        "a version that was",
        a.send("PATCH", f"/trustlines/{line['id']}", "line.update",
               {"id": line["id"], "limit": "2.00", "version": 7}), 409, "E008")
    b.login() # tokens are good for 3 s here
    other = b.get("/trustlines?direction=outgoing")["items"][0]
    status, answer = a.send("PATCH", f"/trustlines/{other['id']}", "line.update",
                            {"id": other["id"], "limit": "2.00", "version": other["version"]})
    check(status in (400, 403, 404) and mark(hub, a) == now[0],
          f"another's line: {status} {answer}")
    # who, where, how much
    refused("nobody by this PID", a.pay_raw(Key().pid, "1.00"), 404, "E001")
    status, answer = a.pay_raw(b, "1.00", "XXX")
    check(status == 404 and code_of(answer) == "E001", f"no equivalent: {status} {answer}")
    check(mark(hub, a) == now[0], "no equivalent: the state changed")
    # tokens
    b.login()
    time.sleep(3.2)
    status, answer = b.call("GET", "/balance")
    check(status == 401 and code_of(answer) == "E006" and "expired" in answer["error"]["message"],
          f"an expired token: {status} {answer}")
    for token in ("x", a.token[:-2] + "AA", b.refresh, "eyJhbGciOiJub25lIn0.e30."):
        status, answer = hub.call("GET", "/balance", token=token)
        check(status == 401 and code_of(answer) == "E006", f"token {token[:20]}: {status} {answer}")
    status, answer = hub.call("POST", "/auth/login",
                              {"pid": a.pid, "challenge": "A" * 43, "signature": a.key.sign("A")})
    check(status == 401 and code_of(answer) == "E006",
          f"a challenge that is not open: {status} {answer}")
    status, answer = hub.call("POST", "/auth/challenge", {"pid": Key().pid})
    check(status == 404 and code_of(answer) == "E001", f"a stranger's challenge: {status} {answer}")
    # shapes
    a.login()
    refused("an oversized body",
            a.call("POST", "/payments", {"signed": "x" * 70000, "signature": ""}), 413, "E009")
    chunks = hub.raw("POST", "/api/v1/payments", iter([b"x" * 40000] * 3),
                     {"Authorization": "Bearer " + a.token, "Transfer-Encoding": "chunked"})
    check(chunks[0] == 413 and json.loads(chunks[2])["error"]["code"] == "E009",
          f"an oversized chunked body: {chunks}")
    for body in (b"{", b"[]", b"\xff", b'{"signed":1,"signature":"x"}', b'{"a":1,"a":2}', b""):
        got, _, data = hub.raw("POST", "/api/v1/payments", body,
                               {"Authorization": "Bearer " + a.token})
        check(400 <= got < 500 and code_of(json.loads(data)) in ("E009", "E005"),
              f"body {body!r}: {got} {data}")
    # what is cut for a message is cut between characters, and a path that is no text leads nowhere
    for i in range(50, 62):
        got, answer = a.call("POST", "/auth/challenge", {"pid": "x" * i + "💣é💣"})
        check(got == 404 and "participant x" in answer["error"]["message"],
              f"a PID of {i} letters and more: {got} {answer}")
    for path in ("/participants/%ff", "/payments/%ed%a0%80", "/trustlines/%c3",
                 "/integrity/checksum/%f0%9f%92", "/payments/%ff/why"):
        check(a.call("GET", path)[0] == 404, f"{path} is nothing")
    check(
        a.call("GET", "/nothing")[0] == 404 and a.call("DELETE", "/balance")[0] == 405,
        "unknown paths and methods")
    got, head, data = hub.raw("GET", "/api/v1/balance", None,
                              {"X-Request-ID": "abc-1", "Authorization": "Bearer x"})
    check(head["X-Request-ID"] == "abc-1" and got == 401, "the request's id is echoed")
    check(
        hub.raw("GET", "/api/v1/balance", None, {"X-Request-ID": "bad id"})[1]["X-Request-ID"]
        != "bad id", "a bad id is not")
    hub.stop()


def case_rates(bin_dir, base, rng):
    hub = Hub(bin_dir, base, "--rate-key", "30", "--rate-address", "40")
    with_unit(hub)
    a = User(hub, "Alice")
    a.join()
    codes = [a.call("GET", "/balance")[0] for _ in range(40)]
    check(codes.count(429) >= 5 and codes[0] == 200, f"the key's rate: {codes}")
    codes = [hub.call("GET", "/hub")[0] for _ in range(50)]
    check(429 in codes, f"the address's rate: {codes}")
    got, head, data = hub.raw("GET", "/api/v1/hub")
    check(got == 429 and int(head["Retry-After"]) >= 1 and code_of(json.loads(data)) == "E009",
          f"429: {got} {data}")
    hub.stop()
    # records for ever: a verification leaves one
    hub = Hub(bin_dir, base, *FREE, "--rate-failed", "3")
    a.hub = hub
    codes = [a.call("POST", "/integrity/verify", {})[0] for _ in range(6)]
    check(codes[0] == 200 and codes[-1] == 429, f"verifications: {codes}")
    hub.stop()
    hub = Hub(bin_dir, os.path.join(base, "page"), "--rate-address", "40")
    a = User(hub, "Alice")
    a.join()
    challenge = ("POST", "/api/v1/auth/challenge", json.dumps({"pid": a.pid}))
    # the address that a proxy names, however it writes it
    behind = Hub(bin_dir, os.path.join(base, "behind"), "--rate-address", "3", "--trust-proxy",
                 "yes")
    for forms in (("203.0.113.9", "198.51.100.1,\t203.0.113.9", "203.0.113.9:4711 "),
                  ("2001:db8::1", "203.0.113.9 , [2001:db8::1]", "[2001:db8::2]:65535"),
                  ("2001:DB8:0:1::7", " 2001:db8:0:1::8", "x,2001:db8:0:1::9\t")):
        codes = [
            behind.raw(*challenge, {"X-Forwarded-For": form})[0] for form in (*forms, forms[0])
        ]
        check(codes == [404] * 3 + [429], f"one address, written {forms}: {codes}")
    codes = [
        behind.raw(*challenge, {"X-Forwarded-For": f"203.0.113.{10 + i % 2}:{4000 + i}"})[0]
        for i in range(6)
    ]
    check(codes == [404] * 6, f"two more, each with its rate: {codes}")
    behind.stop()
    # a page of another site takes nothing from anybody
    for site in ["cross-site"] * 50 + ["same-site"]:
        check(
            hub.raw(*challenge, {"Content-Type": "text/plain", "Sec-Fetch-Site": site})[0] == 403,
            f"a {site} page")
    check([hub.raw(*challenge, {"Sec-Fetch-Site": site})[0]
           for site in ("same-origin", "none")] == [200, 200],
          "the hub's own pages, and what is typed")
    # looking has a bucket, and what is not looking another; the log says what a proxy makes of that
    codes = [hub.raw("GET", path)[0] for path in ("/health", "/metrics", "/api/v1/hub") * 20]
    check(codes[0] == 200 and codes[-1] == 429, f"looking: {codes}")
    check(
        hub.raw(*challenge)[0] == 200 and "rate.proxy" not in hub.last_words(),
        "who looks keeps nobody from logging in")
    codes = [hub.raw(*challenge, {"X-Forwarded-For": "203.0.113.9"})[0] for _ in range(60)]
    check(codes[-1] == 429 and hub.last_words().count("rate.proxy") == 1,
          f"behind a proxy: {codes} {hub.last_words()}")
    hub.stop()


def case_day(bin_dir, base, rng):
    """HB-50: what a key leaves for ever in a day is bounded."""
    hub = Hub(bin_dir, base, *FREE, "--rate-day", "5")
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")  # counts for their address: two of five
    asking = b.trust(a, "100.00", policy={"ask": True})
    tx_id = str(uuid.uuid4())
    check(b.pay_raw(a, "1.00")[0] == 400, "what fails leaves a record too")
    for _ in range(3):
        check(
            a.pay_raw(b, "1.00", tx_id=tx_id, constraints={"timeout_ms": 60000})[0] in (200, 202),
            "a repeat leaves nothing")
    check(
        b.send("POST", "/payments/vote", "payment.vote",
               {"tx_id": tx_id, "initiator": a.pid, "answer": "yes"}, tx_id)[0] == 200,
        "Bob says yes")
    for n in range(3):  # the payment is two of five: Bob's answer is hers
        status, answer = a.send("PATCH", "/participants/me", "participant.profile",
                                {"display_name": f"Alice {n}"})
        check(status == 200, f"operation {n + 3} of five: {status} {answer}")
    refused = [("PATCH", "/participants/me", "participant.profile", {"display_name": "Alice"}),
               ("POST", "/trustlines", "line.create", {
                   "to": b.pid, "equivalent": "UAH", "limit": "1.00"
               })]
    for method, path, op, body in refused:
        status, answer = a.send(method, path, op, body)
        check(
            status == 429 and code_of(answer) == "E009"
            and "rate.key_per_day" in answer["error"]["message"]
            and 10000 < answer["error"]["details"]["retry_after_s"] <= 17281,
            f"{op}: {status} {answer}")
    check(
        a.pay_raw(b, "1.00")[0] == 429 and a.call("POST", "/integrity/verify", {})[0] == 429,
        "payments and verifications count as well")
    check(a.get("/participants/me")["display_name"] == "Alice 2", "he reads as before")
    # others go on
    status, answer = b.send("PATCH", f"/trustlines/{asking['id']}", "line.update",
                            {"id": asking["id"], "limit": "90.00"})
    check(status == 200, f"Bob's day: {status} {answer}")
    for n in range(2):  # his answer cost him nothing
        check(
            b.send("PATCH", "/participants/me", "participant.profile",
                   {"display_name": f"Bob {n}"})[0] == 200, "Bob's fourth and fifth")
    check(
        b.send("PATCH", "/participants/me", "participant.profile",
               {"display_name": "Bob 3"})[0] == 429, "and no sixth")
    late = {"tx_id": tx_id, "initiator": a.pid, "answer": "no"}
    check(
        b.send("POST", "/payments/vote", "payment.vote", late, tx_id)[0] != 429,
        "whoever is asked may always answer")
    for name in ("Clara", "Dan", "Eve"):
        User(hub, name).join()
    stranger = Key()
    who = User(hub, "Fay", stranger)
    status, answer = who.send(
        "POST", "/participants", "participant.register",
        {"display_name": "Fay", "public_key": stranger.public64, "type": "person"})
    check(status == 429, f"newcomers of one address: {status} {answer}")
    # the hub's own word is not stopped, and opens it again; it is kept
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check(listed["rate.key_per_day"] == 5, f"the settings: {listed}")
    for n in range(6):
        hub.admin(
            "PATCH", "/admin/config",
            {"command": "settings", "settings": {"rate.key_per_day": 1000 + n}, "reason": "a fair"})
    hub.stop()
    hub = a.hub = b.hub = Hub(bin_dir, base, *FREE, "--rate-day", "5")
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check(listed["rate.key_per_day"] == 1005, f"after a restart: {listed}")
    for n in range(7):
        check(
            a.send("PATCH", "/participants/me", "participant.profile",
                   {"display_name": f"A {n}"})[0] == 200, "more in a day than before")
    hub.stop()
    # what a hub of before the setting wrote is read
    with open(os.path.join(base, "hub", "rates.json"), "w") as f:
        f.write('{"rate_key": 7000, "rate_address": 700}\n')
    hub = Hub(bin_dir, base)
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check((listed["rate.key_per_minute"], listed["rate.address_per_minute"],
           listed["rate.key_per_day"]) == (7000, 700, 20000), f"an older file: {listed}")
    hub.stop()


def case_names(bin_dir, base, rng):
    """HB-54: the hub answers under the names of this machine and those that it was given, and no
    page of another origin."""
    hub = Hub(bin_dir, base, "--rate-address", "40")
    port, nonce = hub.port, "/api/v1/hub?nonce=" + "ab" * 32

    def asked(host, path="/health", **more):
        return hub.raw("GET", path, None,
                       {"Host": host} | {k.replace("_", "-"): v
                                         for k, v in more.items()})[0]

    for good in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}",
                 "LOCALHOST"):
        check(asked(good) == 200, f"{good} is this machine")
    # a site whose name was bound anew to 127.0.0.1 is a page of the same origin to its browser
    for bad in ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.2",
                "0.0.0.0", "[::]", "a@localhost", "hub.example.net"):
        for path in ("/health", "/metrics", nonce, "/api/v1/balance"):
            check(
                asked(bad, path, Origin="http://" + bad, Sec_Fetch_Site="same-origin") == 403,
                f"Host {bad} is answered at {path}")
    status, _, data = hub.raw("POST", "/api/v1/auth/challenge", "{}", {"Host": "hub.example.net"})
    check(status == 403 and "--host-name" in json.loads(data)["error"]["message"],
          f"which setting: {status} {data}")
    check(
        hub.last_words().count("host.name") == 1 and "--host-name evil.example" in hub.last_words(),
        f"the log says it once: {hub.last_words()}")
    for good in (f"http://localhost:{port}", f"https://localhost:{port}"):
        check(
            asked(f"localhost:{port}", Origin=good) == 200,
            f"a page of {good} at a proxy's or its own")
    for bad in ("http://evil.example", "null", f"http://localhost:{port + 1}",
                f"http://127.0.0.1:{port}", "http://localhost", "", "https://",
                f"ftp://localhost:{port}"):
        check(asked(f"localhost:{port}", Origin=bad) == 403, f"a page of {bad!r}")
    check(
        hub.raw("POST", "/api/v1/auth/challenge", json.dumps({"pid": Key().pid}))[0] == 404,
        "none of them took anything of this address' rate")
    hub.stop()
    # behind a proxy that answers for the names, as it did before there was a setting; and with the
    # setting, which is enough with and without one
    hub = Hub(bin_dir, base, "--trust-proxy", "yes")
    check(
        asked("hub.example.net") == asked("other.example.net",
                                          Origin="https://other.example.net") == 200
        and asked("hub.example.net", Origin="https://evil.example") == 403, "a proxy's names")
    hub.stop()
    for words in ([], ["--trust-proxy", "yes"]):
        hub = Hub(bin_dir, base, "--host-name", "Hub.example.net", *words, "--host-name",
                  "geo.example.org")
        check([
            asked(host) for host in ("hub.example.net", "HUB.example.net:443", "geo.example.org",
                                     "localhost", "example.net", "x.hub.example.net")
        ] == [200] * 4 + [403] * 2, f"its own names {words}")
        check(
            asked("hub.example.net", Origin="https://hub.example.net") == 200
            and asked("hub.example.net", Origin="https://geo.example.org") == 403,
            "pages that the proxy serves beside it")
        hub.stop()


# ---- geo-v0 ----

def case_v0(bin_dir, base, rng):
    """The vectors of docs/spec/ledger.md over HTTP, in the profile of the reference."""
    hub = Hub(bin_dir, base, *FREE, "--accept-v0", "yes")
    with_unit(hub)
    alice = User(hub, "Alice", Key(bytes(32)), v0=True)
    check(
        alice.pid == "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"
        and alice.key.public64 == "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=",
        "the vector's key")
    status, answer = hub.call(
        "POST", "/participants", {
            "display_name": "Alice", "public_key": alice.key.public64,
            "signature": "BPHQJ2v9JYqx6gUDfKr8MF2U+HN8kKOa6H/M850sKyjr7pDyNbz0sE8j/TLKqK+ARthiCgPiibybgUXg18YoBg=="
        })
    check(status == 201 and answer["pid"] == alice.pid and answer["type"] == "person",
          f"the vector of registration: {status} {answer}")
    status, answer = hub.call(
        "POST", "/participants", {
            "display_name": "Alice", "public_key": alice.key.public64,
            "signature": "BPHQJ2v9JYqx6gUDfKr8MF2U+HN8kKOa6H/M850sKyjr7pDyNbz0sE8j/TLKqK+ARthiCgPiibybgUXg18YoBg=="
        })
    check(status == 409 and code_of(answer) == "E008", f"again: {status} {answer}")
    alice.login()
    for text, want in (
        (canonical({
            "amount": "100.00", "equivalent": "UAH", "to": "X",
            "tx_id": "00000000-0000-4000-8000-000000000001"
        }),
         "qO/4YmRMm0vu30LB929NQ7ax6059uTPyF24ClCvCOIjQZ+v00pdzL284GkSUY2RwMgFClysDHRbMnYzryTndBg=="
         ),
        (canonical({
            "equivalent": "UAH", "limit": "1000.00",
            "policy": {"auto_clearing": True, "can_be_intermediate": True}, "to": "X"
        }),
         "dni4Ac/Oqdq5NJv42ju3miCDWuJxOvsSzocIBhYarxdawkqmKZyJlmiK0SJUEYlEtqP2eTgs59risVS9DnETDg=="
         )):
        check(alice.key.sign(text) == want, f"the vector's bytes: {text}")
    # the signatures verify here too: what is wrong is only that nobody is called X
    status, answer = alice.call(
        "POST", "/payments", {
            "tx_id": "00000000-0000-4000-8000-000000000001", "to": "X", "equivalent": "UAH",
            "amount": "100.00",
            "signature": "qO/4YmRMm0vu30LB929NQ7ax6059uTPyF24ClCvCOIjQZ+v00pdzL284GkSUY2RwMgFClysDHRbMnYzryTndBg=="
        })
    check(code_of(answer) == "E001", f"a payment to X: {status} {answer}")
    bob = User(hub, "Bob", v0=True)
    bob.join()

    def v0(user, method, path, body, signed=None):
        return user.call(
            method, path,
            body | {"signature": user.key.sign(canonical(signed if signed is not None else body))})

    line = {
        "to": alice.pid, "equivalent": "UAH", "limit": "1000.00",
        "policy": {"auto_clearing": True, "can_be_intermediate": True}
    }
    status, answer = v0(bob, "POST", "/trustlines", line)
    check(status == 201 and answer["limit"] == "1000.00", f"line: {status} {answer}")
    answer_id = answer["id"]
    status, again = v0(bob, "POST", "/trustlines", line)
    check(status == 409, f"the same bytes again: {status} {again}")
    body = {
        "tx_id": str(uuid.uuid4()), "to": bob.pid, "equivalent": "UAH", "amount": "100.00",
        "description": "кава"
    }
    status, paid = alice.call("POST", "/payments",
                              body | {"signature": alice.key.sign(canonical(body)), "ignored": 5})
    check(status == 200 and paid["status"] == "COMMITTED" and paid["amount"] == "100.00",
          f"payment: {status} {paid}")
    status, same = alice.call("POST", "/payments",
                              body | {"signature": alice.key.sign(canonical(body))})
    check(status == 200 and same["tx_id"] == paid["tx_id"] and alice.debt_to(bob) == "100.00",
          f"repeated: {status} {same}")
    bad = body | {"tx_id": str(uuid.uuid4()), "constraints": {"unknown": 1}}
    status, answer = v0(alice, "POST", "/payments", bad)
    check(status == 400 and code_of(answer) == "E009", f"unknown constraint: {status} {answer}")
    status, answer = alice.call(
        "POST", "/payments", {
            "tx_id": "x", "to": bob.pid, "equivalent": "UAH", "amount": 1.5,
            "signature": alice.key.sign("x")
        })
    check(status == 400 and code_of(answer) == "E009", f"a float: {status} {answer}")
    got = bob.get("/trustlines?direction=outgoing")["items"][0]
    change = {"limit": "900.00"}
    status, answer = bob.call(
        "PATCH", f"/trustlines/{got['id']}",
        change | {"signature": bob.key.sign(canonical(change | {"id": got["id"]}))})
    check(status == 200 and answer["limit"] == "900.00", f"change: {status} {answer}")
    status, answer = bob.call(
        "PATCH", f"/trustlines/{got['id']}",
        change | {"signature": bob.key.sign(canonical(change | {"id": got["id"]}))})
    check(status == 409 and "another way" in answer["error"]["message"],
          f"the same words again: {status} {answer}")
    check(
        bob.get("/trustlines?direction=outgoing")["items"][0]["id"] == got["id"] == answer_id,
        f"a line keeps its first id: {answer_id}")
    for limit in ("800.00", "900.0"):
        change = {"limit": limit}
        status, answer = bob.call(
            "PATCH", f"/trustlines/{got['id']}",
            change | {"signature": bob.key.sign(canonical(change | {"id": got["id"]}))})
        check(
            status == 200 and answer["id"] == got["id"]
            and answer["limit"] == f"{float(limit):.2f}", f"by the first id: {status} {answer}")
    check(bob.get(f"/trustlines/{got['id']}")["version"] == 4, "its changes are counted")
    hub.stop()


# ---- many at once ----

def state_of(hub, users):
    users[0].login()
    return users[0].get("/integrity/checksum/UAH")["state_hash"]


def star(hub, count, limit="100000.00"):
    """A hub-shaped graph: all pay over the lines of three in the middle."""
    with_unit(hub)
    middle = people(hub, "M0", "M1", "M2")
    users = people(hub, *[f"u{i}" for i in range(count)])
    for i, u in enumerate(users):
        for m in middle[:2]:
            m.trust(u, limit)
            u.trust(m, limit)
    return middle, users


def case_concurrent(bin_dir, base, rng):
    """64 clients over shared lines: no spurious conflict, no 5xx, and the books agree."""
    hub = Hub(bin_dir, base, *FREE)
    middle, users = star(hub, 64)
    each, bad, done = 8, [], []

    def client(i):
        mine = random.Random(rng.random() + i)
        user = users[i]
        user.keep_connection()
        try:
            for _ in range(each):
                to = users[mine.randrange(len(users))]
                if to is user:
                    continue
                status, answer = user.pay_raw(to, f"{mine.randrange(1, 500) / 100:.2f}")
                (done if status == 200 else bad).append((status, answer))
        except Exception as error:
            bad.append((0, repr(error)))

    def rude():
        """Clients that send and go away: their outcome has nobody to go to."""
        for i in range(100):
            user = users[i % 64]
            tx = str(uuid.uuid4())
            body = json.dumps(
                user.signed(
                    "payment",
                    {"tx_id": tx, "to": middle[0].pid, "equivalent": "UAH", "amount": "0.01"},
                    tx)).encode()
            for path, data in (("POST /api/v1/payments", body), ("GET /api/v1/payments", b""),
                               ("GET /api/v1/clearing/gap?equivalent=UAH", b"")):
                with socket.create_connection(("127.0.0.1", hub.port)) as s:
                    s.sendall(
                        f"{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        f"{user.token}\r\nContent-Length: {len(data)}\r\n\r\n"
                        .encode() + data[:len(data) - i % 2])

    threads = [threading.Thread(target=client, args=(i, ))
               for i in range(64)] + [threading.Thread(target=rude)]
    begin = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(not bad, f"{len(bad)} of {len(bad) + len(done)} failed: {bad[:3]}")
    print(f"{len(done)} payments of 64 clients in {time.monotonic() - begin:.1f} s")
    check(users[0].get("/integrity/status")["status"] == "healthy", "integrity after the rush")
    hub.stop()
    report = verify(bin_dir, base)
    hub = Hub(bin_dir, base, *FREE)
    check(
        hub.get("/integrity/checksum/UAH",
                token=users[0].token)["state_hash"] == report["state_hash"],
        "replay and live agree")
    hub.stop()


def verify(bin_dir, base):
    out = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    check(out.returncode == 0, f"verify: {out.stdout.decode()} {out.stderr.decode()}")
    return json.loads(out.stdout)


def case_kill(bin_dir, base, rng):
    """kill -9 under load: after the restart everything acknowledged is there, once, and the journal
    proves it."""
    kills = int(os.environ.get("KILLS", "4"))
    hub = Hub(bin_dir, base, *FREE)
    middle, users = star(hub, 8)
    acknowledged, unsure = {}, {}
    for round in range(kills):
        stop = threading.Event()

        def client(user, seed):
            mine = random.Random(seed)
            user.keep_connection()
            while not stop.is_set():
                to, tx = users[mine.randrange(len(users))], str(uuid.uuid4())
                if to is user:
                    continue
                amount = f"{mine.randrange(1, 500) / 100:.2f}"
                unsure[tx] = (user, to, amount)
                try:
                    status, answer = user.pay_raw(to, amount, tx_id=tx)
                except Exception:
                    return
                del unsure[tx]
                if status == 200:
                    acknowledged[tx] = (user, to, amount)
                elif status >= 500:
                    raise Failure(f"{status} {answer}")

        threads = [threading.Thread(target=client, args=(u, rng.random())) for u in users]
        for t in threads:
            t.start()
        time.sleep(0.2 + rng.random() * 0.6)
        hub.kill()
        stop.set()
        for t in threads:
            t.join()
        hub = Hub(bin_dir, base, *FREE)
        for u in users + middle:
            u.hub, u.connection = hub, None
        check(
            hub.get("/integrity/status", token=users[0].token)["status"] == "healthy",
            "integrity after the kill")
        for tx, (user, to, amount) in list(unsure.items()):
            status, answer = user.call("GET", f"/payments/{tx}")
            if status == 200 and answer["status"] == "COMMITTED":
                acknowledged[tx] = (user, to, amount)
            else:
                check(status == 404 or answer["status"] == "ABORTED",
                      f"an unanswered payment is {status} {answer}")
            del unsure[tx]
    net = {u.pid: 0 for u in users}
    for tx, (user, to, amount) in acknowledged.items():
        cents = int(amount.replace(".", ""))
        net[user.pid] -= cents
        net[to.pid] += cents
    for u in users:
        got = u.get("/balance")["equivalents"][0]["net_balance"]
        check(
            int(got.replace(".", "")) == net[u.pid],
            f"{u.name} has {got}, acknowledged payments sum to {net[u.pid]} cents")
        listed = sum(1 for tx in acknowledged if acknowledged[tx][0] is u)
        rows, page = 0, 1
        while True:
            items = u.get(
                f"/payments?direction=sent&status=COMMITTED&per_page=200&page={page}")["items"]
            rows += len(items)
            if len(items) < 200:
                break
            page += 1
        check(rows == listed,
              f"{u.name}: the history has {rows} payments, {listed} were acknowledged or found")
    live = hub.get("/integrity/checksum/UAH", token=users[0].token)
    report = verify(bin_dir, base)
    check(report["copy"] is True and report["state_hash"] == live["state_hash"],
          f"verify of the running hub: {report} {live}")
    print(f"{kills} kills, {len(acknowledged)} payments, all there once")
    hub.stop()


# ---- history, export ----

def case_history(bin_dir, base, rng):
    """Dropped tables come back from the journal; an export brings the ledger elsewhere."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00")
    a.trust(c, "100.00")
    paid = [a.pay(b, "5.00"), b.pay(c, "3.00"), c.pay(a, "2.00")]
    a.pay_raw(b, "5000.00")
    before = [
        u.get(path)
        for u in (a, b, c)
        for path in ("/payments", "/clearing", "/participants/me", "/trustlines")
    ]
    log = hub.admin("GET", "/admin/audit-log")
    hub.stop()
    for name in os.listdir(os.path.join(base, "hub")):
        if name.startswith("history.db"):
            os.remove(os.path.join(base, "hub", name))
    hub = Hub(bin_dir, base, *FREE)
    for u in (a, b, c):
        u.hub = hub
    after = [
        u.get(path)
        for u in (a, b, c)
        for path in ("/payments", "/clearing", "/participants/me", "/trustlines")
    ]
    check(before == after, f"the history after it was dropped:\n{before}\n{after}")
    check(log == hub.admin("GET", "/admin/audit-log"), "the audit log after it was dropped")
    check(any(x["mode"] == "inline" and x["edges"] for x in after[1]["items"]),
          f"the clearing of the cycle: {after[1]}")
    live = hub.get("/integrity/checksum/UAH", token=a.token)["state_hash"]
    geonet = os.path.join(bin_dir, "geonet")
    out = os.path.join(base, "journal.gnx")
    done = subprocess.run([geonet, "hub", "export", "--data", base, out], stderr=subprocess.PIPE)
    check(done.returncode == 0, f"export: {done.stderr.decode()}")
    other = os.path.join(base, "other")
    done = subprocess.run([geonet, "hub", "import", "--json", "--data", other, out],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0 and json.loads(done.stdout)["state_hash"] == live,
          f"import: {done.stdout.decode()} {done.stderr.decode()}")
    # what the ledger does not read as its first file proves nothing
    with open(out, "rb") as f:
        whole = f.read()
    for lie in (whole.replace(b"00000001.log", b"00000000.log", 1), b"GNEXPORT1\nend\n"):
        done = subprocess.run([geonet, "hub", "import", "--data", other + "0", "-"], input=lie,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        check(done.returncode == 1 and b"holds" not in done.stdout,
              f"an export without a first file: {done.stdout.decode()} {done.stderr.decode()}")
        check(not os.path.exists(os.path.join(other + "0", "hub", "journal", "00000000.log")),
              "and leaves none")
    # nor does a header alone
    os.makedirs(os.path.join(other + "1", "hub", "journal"))
    os.chmod(os.path.join(other + "1", "hub"), 0o700)
    with open(os.path.join(other + "1", "hub", "journal", "00000001.log"), "wb") as f:
        f.write(whole[whole.index(b"GNLEDGER"):][:8192])
    done = subprocess.run([geonet, "hub", "verify", "--json", "--data", other + "1"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 1 and b"not one record" in done.stdout,
          f"verify of a header: {done.stdout.decode()} {done.stderr.decode()}")
    with open(out, "r+b") as f:
        f.seek(os.path.getsize(out) // 2)
        byte = f.read(1)[0]
        f.seek(-1, 1)
        f.write(bytes([byte ^ 1]))
    done = subprocess.run([geonet, "hub", "import", "--data", other + "2", out],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 1, "a damaged export is refused")
    check(not os.path.exists(os.path.join(other + "2", "hub", "journal", "00000001.log")),
          "and leaves no journal")
    hub.stop()
    # a flipped bit in the middle of the journal is found, never guessed over
    path = sorted(
        os.path.join(base, "hub", "journal", n)
        for n in os.listdir(os.path.join(base, "hub", "journal"))
        if n.endswith(".log"))[0]
    with open(path, "r+b") as f:
        f.seek(8192 + 140)
        byte = f.read(1)[0]
        f.seek(-1, 1)
        f.write(bytes([byte ^ 1]))
    done = subprocess.run([geonet, "hub", "verify", "--data", base], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    check(done.returncode == 1 and done.stderr,
          f"verify of a damaged journal: {done.returncode} {done.stderr.decode()}")


# ---- WebSocket ----

def case_ws(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    for token in (None, "nonsense", a.refresh):
        ws = WebSocket(hub, token)
        check(ws.receive() == ("close", 1008) and ws.receive()[0] == "end",
              f"without a good token: {token}")
    ws = WebSocket(hub, b.token)
    hello = ws.expect()
    check(hello["type"] == "hello" and hello["pid"] == b.pid and hello["ts"], f"hello: {hello}")
    ws.send("{")
    check(ws.expect() == {"type": "error", "error": "invalid_json"}, "invalid_json")
    ws.send({"type": "subscribe", "events": ["no.such"]})
    check(ws.expect() == {"type": "error", "error": "invalid_events"}, "invalid_events")
    ws.send({"type": "dance"})
    check(ws.expect() == {"type": "error", "error": "unknown_message"}, "unknown_message")
    names = ["payment.received", "trustline.updated", "clearing.completed"]
    ws.send({"type": "subscribe", "events": names})
    check(ws.expect() == {"type": "subscribed", "events": names}, "subscribed")
    ws.send("ping")
    check(ws.expect() == "pong", "ping as text")
    ws.frame(0x89, b"abc")
    check(ws.receive() == ("pong", b"abc"), "ping as a frame")
    ws.s.sendall(b"\x89\x80\0\0\0\0" * 50 + b"\x89\x81\0\0\0\0z")
    pongs = [ws.receive()]
    while pongs[-1] != ("pong", b"z"):
        pongs.append(ws.receive())
    check(all(p == ("pong", b"") for p in pongs[:-1]),
          f"of pings at once the last is answered: {pongs}")
    b.trust(a, "50.00")
    event = ws.expect()
    check(event["event"] == "trustline.updated" and event["payload"]["limit"] == "50.00",
          f"{event}")
    paid = a.pay(b, "7.00")
    event = ws.expect()
    check(
        event["event"] == "payment.received" and event["payload"]["tx_id"] == paid["tx_id"]
        and event["payload"]["amount"] == "7.00" and event["payload"]["from"] == a.pid, f"{event}")
    c.trust(b, "50.00")
    check(ws.expect()["event"] == "trustline.updated", "a line to Bob")
    a.trust(c, "50.00")
    b.pay(c, "5.00")
    c.pay(a, "5.00")
    events = [ws.expect(), ws.expect()]
    check(
        all(e["event"] == "clearing.completed" and e["payload"]["amount"] == "5.00"
            for e in events), f"clearing: {events}")
    ws.frame(0x88, b"\x03\xe8bye")
    check(ws.receive() == ("close", 1000) and ws.receive()[0] == "end", "a close is echoed")
    for first, data, code in ((0x81, b"\xff", 1007), (0x82, b"x", 1003), (0xC1, b"x", 1002),
                              (0x80, b"x", 1002), (0x81, b"x" * 5000, 1009)):
        ws = WebSocket(hub, b.token)
        ws.expect()
        ws.frame(first, data)
        check(ws.receive() == ("close", code), f"frame {first:x} must close with {code}")
    ws = WebSocket(hub, b.token)
    ws.expect()
    ws.s.sendall(b"\x81\x01x")
    check(ws.receive() == ("close", 1002), "an unmasked frame")
    got, _, data = hub.raw("GET", "/api/v1/ws")
    check(got == 400, f"without an upgrade: {got} {data}")
    outside(hub, b)
    hub.stop()


def case_ws_token(bin_dir, base, rng):
    """A WebSocket ends with the token that opened it."""
    hub = Hub(bin_dir, base, *FREE, "--access-seconds", "6")
    (a,) = people(hub, "Alice")
    a.login()
    ws = WebSocket(hub, a.token)
    check(ws.expect()["type"] == "hello", "open")
    check(ws.receive() == ("close", 1008), "closed when the token is over")
    check(a.call("GET", "/participants/me")[0] == 401, "it is over")
    ws.s.close()
    hub.stop()


def case_pings(bin_dir, base, rng):
    """Pings count as requests do. Whoever sends them without a bound and takes no answer costs no
    memory, and holds up nobody."""
    resident = lambda: int(open(f"/proc/{hub.process.pid}/statm").read().split()[1]) * os.sysconf(
        "SC_PAGE_SIZE")
    flood = b"\x89\x80\0\0\0\0" * 10000
    hub = Hub(bin_dir, os.path.join(base, "limited"))
    (a,) = people(hub, "Alice")
    ws = WebSocket(hub, a.token)
    ws.expect()
    ws.s.sendall(flood)
    got = ws.receive()
    while got[0] == "pong":
        got = ws.receive()
    check(got == ("close", 1008), f"10,000 pings at once: {got}")
    hub.stop()
    hub = Hub(bin_dir, os.path.join(base, "free"), *FREE)
    (a,) = people(hub, "Alice")
    ws = WebSocket(hub, a.token)
    ws.expect()
    before, sent = resident(), 0
    ws.s.settimeout(5)
    try:
        while sent < 400 * len(flood):
            sent += ws.s.send(flood)
    except TimeoutError:
        pass  # it does not listen to whoever does not take its answers
    check(hub.raw("GET", "/api/v1/health")[0] == 200, "the hub answers others")
    grown = resident() - before
    check(grown < 16 << 20, f"{sent} bytes of pings made the hub grow by {grown >> 20} MiB")
    ws.s.close()
    hub.stop()


def outside(hub, user):
    """An implementation that is not ours, where there is one."""
    program = """
import asyncio, json, sys, websockets
async def main(port, token):
    at = f"ws://127.0.0.1:{port}/api/v1/ws"
    async with websockets.connect(at, subprotocols=["bearer", token]) as ws:
        assert json.loads(await ws.recv())["type"] == "hello"
        await ws.send(json.dumps({"type": "subscribe", "events": ["payment.received"]}))
        assert json.loads(await ws.recv())["type"] == "subscribed"
        await (await ws.ping())
asyncio.run(main(sys.argv[1], sys.argv[2]))
"""
    for python in ("/usr/bin/python3", sys.executable):
        if subprocess.run([python, "-c", "import websockets"],
                          stderr=subprocess.DEVNULL).returncode == 0:
            done = subprocess.run(
                [python, "-c", program, str(hub.port), user.token], stderr=subprocess.PIPE,
                timeout=30)
            check(done.returncode == 0, f"python3-websockets: {done.stderr.decode()[-600:]}")
            return
    print("python3-websockets is not there; only the client of this test was used")


# ---- people who are asked ----

def case_asked(bin_dir, base, rng):
    """Two-phase payments over HTTP: yes, no, silence, an operator's abort; clearing that asks."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00", policy={"ask": True})
    ws = WebSocket(hub, c.token)
    ws.expect()
    ws.send({"type": "subscribe", "events": ["payment.received"]})
    ws.expect()

    def vote(tx, answer):
        return c.send("POST", "/payments/vote", "payment.vote",
                      {"tx_id": tx, "initiator": a.pid, "answer": answer}, tx)

    def prepared(amount, **more):
        status, answer = a.pay_raw(c, amount, **more)
        check(
            status == 200 and answer["status"] == "PREPARE_IN_PROGRESS"
            and answer["committed_at"] is None, f"prepared: {status} {answer}")
        row = a.get(f"/payments/{answer['tx_id']}")
        check(row["status"] == "PREPARE_IN_PROGRESS" and row["expires_at"] == answer["expires_at"],
              f"the state while people are asked, and until when: {row} {answer}")
        given = calendar.timegm(time.strptime(
            answer["expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - calendar.timegm(
                time.strptime(answer["created_at"], "%Y-%m-%dT%H:%M:%SZ"))
        wanted = min(more.get("constraints", {}).get("timeout_ms", 60000) // 1000, 3600)
        check(abs(given - wanted) <= 1, f"{given} s to answer, wanted {wanted}")
        asked = c.get("/payments/asked")["items"]
        check(
            len(asked) == 1 and asked[0]["answered"] is False
            and a.get("/payments/asked")["items"] == [], f"asked: {asked}")
        return answer["tx_id"]

    tx = prepared("10.00")
    line = next(l for l in b.get("/trustlines?direction=incoming")["items"] if l["from"] == c.pid)
    check(line["reserved"] == "10.00" and line["used"] == "0.00", f"reserved: {line}")
    status, answer = a.send("POST", "/payments/vote", "payment.vote",
                            {"tx_id": tx, "initiator": a.pid, "answer": "yes"}, tx)
    check(status >= 400, f"only who is asked may answer: {status} {answer}")
    status, answer = vote(tx, "yes")
    check(status == 200 and answer["status"] == "COMMITTED", f"yes: {status} {answer}")
    row = a.get(f"/payments/{tx}")
    check(row["status"] == "COMMITTED" and row["expires_at"] is None and a.debt_to(b) == "10.00",
          f"committed by the last yes: {row}")
    event = ws.expect()
    check(
        event["event"] == "payment.received" and event["payload"]["tx_id"] == tx
        and event["payload"]["status"] == "COMMITTED", f"{event}")
    tx = prepared("20.00")
    status, answer = vote(tx, "no")
    check(status == 200 and answer["status"] == "ABORTED", f"no: {status} {answer}")
    check(
        a.get(f"/payments/{tx}")["status"] == "ABORTED" and a.debt_to(b) == "10.00",
        "aborted by a no")
    tx = prepared("5.00", constraints={"timeout_ms": 1000})
    deadline = time.monotonic() + 20
    while a.get(f"/payments/{tx}")["status"] != "ABORTED":
        check(time.monotonic() < deadline, "a reservation must end by its expiry")
        time.sleep(0.2)
    check(a.get(f"/payments/{tx}")["error"]["code"] == "E007", "expired")
    status, answer = vote(tx, "yes")
    check(answer.get("status") == "ABORTED" or status >= 400, f"too late: {status} {answer}")
    for asked_for in (86400000, 600000):
        tx = prepared("7.00", constraints={"timeout_ms": asked_for})
        check(vote(tx, "no")[0] == 200, "no")
    check(a.pay_raw(c, "1.00", constraints={"timeout_ms": 86400001})[0] == 400, "more than a day")
    tx = prepared("7.00")
    hub.admin("POST", f"/admin/transactions/{tx}/abort",
              {"initiator": a.pid, "reason": "asked by phone"})
    check(
        a.get(f"/payments/{tx}")["status"] == "ABORTED" and c.get("/payments/asked")["items"] == [],
        "aborted by an operator")
    check(
        any(e["action"] == "payment.abort" and e["reason"] == "asked by phone"
            for e in hub.admin("GET", "/admin/audit-log")["items"]), "and written down")
    tx = prepared("8.00")
    hub.kill()
    hub = Hub(bin_dir, base, *FREE)
    for u in (a, b, c):
        u.hub = hub
    check(
        a.get(f"/payments/{tx}")["status"] == "PREPARE_IN_PROGRESS",
        "a reservation outlives a crash")
    status, answer = vote(tx, "yes")
    check(status == 200 and answer["status"] == "COMMITTED" and a.debt_to(b) == "18.00",
          f"answered after the crash: {status} {answer}")
    # a cycle through a line that does not clear by itself: an offer, and the consent of its owner
    d, e, f = people(hub, "Dora", "Emil", "Fay")
    e.trust(d, "100.00", policy={"auto_clearing": False})
    f.trust(e, "100.00")
    d.trust(f, "100.00")
    d.pay(e, "10.00")
    e.pay(f, "10.00")
    f.pay(d, "10.00")
    check(d.debt_to(e) == "10.00", "a line with auto_clearing=false is left alone")
    offer = hub.admin("POST", "/admin/clearing/exact",
                      {"equivalent": "UAH", "offer": True, "reason": "monthly"}).get("offer")
    check(offer and d.get("/clearing/offers")["items"][0]["offer"] == offer, f"offer: {offer}")
    asked = e.get("/payments/asked")["items"]
    check(
        len(asked) == 1 and asked[0]["key"] == offer and asked[0]["payment"] is None,
        f"asked: {asked}")
    check(
        e.get("/clearing")["items"][0]["status"] == "WAITING_CONFIRMATIONS",
        "the offer in the history")
    status, answer = e.send("POST", "/clearing/consent", "clearing.consent",
                            {"tx_id": offer, "answer": "yes"}, offer)
    check(status == 200 and answer["status"] == "COMMITTED", f"consent: {status} {answer}")
    check(d.debt_to(e) == "0" and e.debt_to(f) == "0" and f.debt_to(d) == "0", "cleared by consent")
    check({x["mode"]
           for x in e.get("/clearing")["items"]} == {"consent"}, "the clearing in the history")
    hub.stop()


# ---- the wallet ----

def case_wallet(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    geonet = os.path.join(bin_dir, "geonet")
    env = dict(os.environ, GEONET_HUB=hub.url, NO_COLOR="1")

    def run(who, *words, want=0, js=True):
        out = subprocess.run(
            [geonet, *words, "--data",
             os.path.join(base, who), *(["--json"] if js else [])], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=env, timeout=60)
        check(
            out.returncode == want,
            f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: "
            f"{out.stdout.decode()} {out.stderr.decode()}"
        )
        return json.loads(out.stdout) if js else out.stdout.decode()

    check(
        run(".", "hub", "equivalent", "add", "UAH", "--precision", "2", "--reason",
            "test")["code"] == "UAH", "an equivalent by the command line")
    pids = {}
    for who in ("ann", "ben", "cay"):
        run(who, "id", "new", "--no-passphrase", "--no-publish")
        check(
            run(who, "wallet", "balance", want=4)["error"]["code"] == "E001",
            "a stranger is told to join")
        pids[who] = run(who, "wallet", "join", "--name", who.capitalize())["pid"]
    check(run("ben", "wallet", "trust", pids["ann"], "200", "UAH")["limit"] == "200.00", "trust")
    check(
        run("cay", "wallet", "trust", pids["ben"], "150.00", "UAH", "--daily-limit",
            "120")["policy"]["daily_limit"] == "120.00", "trust with a policy")
    for amount in ("1.001", "1e2", "1-", "0x10", "1,5"):
        out = run("ann", "wallet", "pay", pids["cay"], amount, "UAH", want=2)
        check(out["error"]["code"] == "E009" and "Nothing was signed" in out["error"]["message"],
              f"amount {amount}: {out}")
    check(
        run("ann", "wallet", "pay", "Cay", "1", "UAH", want=2)["error"]["message"].count(
            pids["cay"]) == 1, "a name is answered with its PIDs")
    check(
        run("ann", "wallet", "why", pids["cay"], "100", "UAH")["can_pay"] is True,
        "why, when it can be")
    request = run("cay", "wallet", "request", "100.00", "UAH", "--note", "хліб & сіль")
    check(
        request["uri"].startswith(
            f"geo://pay/{pids['cay']}?equivalent=UAH&amount=100.00&hub={hub.pid}&note="),
        f"request: {request}")
    text = run("cay", "wallet", "request", "100.00", "UAH", js=False)
    check("▀" in text and "geo://pay/" in text, "a QR code")
    paid = run("ann", "wallet", "pay", request["uri"])
    check(
        paid["status"] == "COMMITTED" and paid["description"] == "хліб & сіль"
        and len(paid["routes"][0]["path"]) == 3, f"paid: {paid}")
    run("ann", "wallet", "pay", request["uri"], "--tx-id", paid["tx_id"])
    check(
        run("ann", "wallet", "balance")["equivalents"][0]["total_debt"] == "100.00",
        "a repeated payment is paid once")
    check(
        run("ann", "wallet", "pay", pids["cay"], "90", "UAH", want=1)["error"]["code"] == "E002",
        "too much")
    out = run("ann", "wallet", "why", pids["cay"], "90", "UAH", js=False, want=1)
    check("50.00" in out or "20.00" in out, f"why not: {out}")
    check(run("ann", "wallet", "debts")["outgoing"][0]["amount"] == "100.00", "debts")
    check(
        [p["status"] for p in run("ann", "wallet", "history")["items"]] == ["ABORTED",
                                                                            "COMMITTED"], "history")
    run("ann", "wallet", "trust", pids["cay"], "300", "UAH")
    run("cay", "wallet", "pay", pids["ann"], "40", "UAH")
    check("you owe less" in run("ann", "wallet", "clearings", js=False), "clearings")
    for words in (("wallet", "balance"), ("wallet", "debts"), ("wallet", "history"),
                  ("hub", "status"), ("hub", "equivalent", "list")):
        check(run("." if words[0] == "hub" else "ann", *words, js=False), f"text of {words}")
    run("cay", "wallet", "trust", pids["ben"], "UAH", "--ask")
    waits = run("ann", "wallet", "pay", pids["cay"], "3", "UAH")
    check(waits["status"] == "PREPARE_IN_PROGRESS", f"a payment that asks: {waits}")
    asked = run("cay", "wallet", "asked")["items"]
    check(
        len(asked) == 1 and asked[0]["payment"]["tx_id"] == waits["tx_id"]
        and asked[0]["payment"]["amount"] == "3.00", f"asked: {asked}")
    check(asked[0]["key"] in run("cay", "wallet", "asked", js=False), "asked, in words")
    check(
        run("cay", "wallet", "answer", asked[0]["key"], "yes")["status"] == "COMMITTED",
        "the answer")
    check(
        run("cay", "wallet", "answer", asked[0]["key"], "yes", want=4)["error"]["code"] == "E001",
        "nothing is left to answer")
    admin = run("ann", "id", "show")
    check(
        run(".", "hub", "role", "grant", admin["key"], "admin", "--reason",
            "founder")["role"] == "admin", "the first admin")
    check(run("ann", "hub", "role", "list")["items"][0]["pid"] == pids["ann"], "an admin by key")
    check(run("ben", "hub", "role", "list", want=1)["error"]["code"] == "E006", "no officer")
    check(verify(bin_dir, base)["copy"], "verify beside the running hub")
    hub.stop()
    env["GEONET_HUB"] = "http://127.0.0.1:1"
    check(run("ann", "wallet", "balance", want=3)["error"]["code"] == "no-hub", "no hub")


# ---- the description ----

def matches(schema, value, spec, where):
    """The few words of JSON Schema that docs/openapi-hub.json uses; returns what is wrong."""
    if "$ref" in schema:
        return matches(spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, spec,
                       where)
    kinds = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None)
    }
    kind = schema.get("type")
    allowed = kind if isinstance(kind, list) else [kind] if kind else []
    if allowed and not any(
            isinstance(value, kinds[k]) and not (k in
                                                 ("integer", "number") and isinstance(value, bool))
            for k in allowed):
        return [f"{where} is not {kind}: {value!r}"]
    wrong = []
    if isinstance(value, dict):
        wrong += [
            f"{where} lacks {name}" for name in schema.get("required", []) if name not in value
        ]
        if schema.get("additionalProperties") is False:
            wrong += [
                f"{where} has {name}, which nobody described" for name in value
                if name not in schema.get("properties", {})
            ]
        for name, sub in schema.get("properties", {}).items():
            if name in value:
                wrong += matches(sub, value[name], spec, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            wrong += matches(schema["items"], item, spec, f"{where}[{i}]")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        wrong.append(f"{where}: {value!r} does not match {schema['pattern']}")
    return wrong


def case_waits(bin_dir, base, rng):
    """LG-66: one payer does not hold all that waits for answers, and the list of what waits is
    one's own, in pages."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Ann", "Ben", "Cay", "Dan")
    for payer in (a, c):
        b.trust(payer, "100.00", policy={"ask": True})
    for user in (a, b, c):
        user.keep_connection()
    keep = [str(uuid.uuid4()) for _ in range(257)]
    for i, tx in enumerate(keep[:256]):
        check(a.pay_raw(b, "0.01", tx_id=tx)[1]["status"] == "PREPARE_IN_PROGRESS", f"payment {i}")
    status, answer = a.pay_raw(b, "0.01", tx_id=keep[256])
    check(
        status == 429 and answer["error"]["code"] == "E009"
        and "256 of your payments wait" in answer["error"]["message"], f"{status} {answer}")
    check(a.call("GET", f"/payments/{keep[256]}")[0] == 404, "what was refused is not recorded")
    check(c.pay_raw(b, "0.02")[1]["status"] == "PREPARE_IN_PROGRESS", "another payer")
    first, second = b.get("/payments/asked"), b.get("/payments/asked?page=2")
    check((len(first["items"]), len(second["items"]), first["total"], first["per_page"],
           second["page"]) == (200, 57, 257, 200, 2), f"pages: {first['total']} {second}")
    check([i["payment"]["tx_id"] for i in first["items"] + second["items"][:56]] == keep[:256]
          and second["items"][56]["payment"]["from_name"] == "Cay", "the oldest first")
    check([i["payment"]["tx_id"]
           for i in b.get("/payments/asked?per_page=3&page=3")["items"]] == keep[6:9],
          "pages of three")
    check(
        b.call("GET", "/payments/asked?per_page=201")[0] == 422
        and d.get("/payments/asked") == {"items": [], "page": 1, "per_page": 200, "total": 0},
        "bounds, and who is asked nothing")
    check(
        b.send("POST", "/payments/vote", "payment.vote",
               {"tx_id": keep[0], "initiator": a.pid, "answer": "yes"},
               keep[0])[1]["status"] == "COMMITTED", "yes")
    check(
        a.pay_raw(b, "0.01", tx_id=keep[256])[1]["status"] == "PREPARE_IN_PROGRESS",
        "the very same request, once there is room")
    def tool(*words):
        out = subprocess.run([
            os.path.join(bin_dir, "geonet"), *words, "--json", "--data",
            os.path.join(base, "eve")
        ], stdout=subprocess.PIPE, env=dict(os.environ, GEONET_HUB=hub.url), timeout=120)
        check(out.returncode == 0, f"geonet {' '.join(words)}: {out.returncode} {out.stdout}")
        return json.loads(out.stdout)

    # the wallet shows all of them, and finds the last one
    tool("id", "new", "--no-passphrase", "--no-publish")
    eve = tool("wallet", "join", "--name", "Eve")["pid"]
    d.keep_connection()
    tool("wallet", "trust", d.pid, "100", "UAH", "--ask")
    keep = [str(uuid.uuid4()) for _ in range(202)]
    for tx in keep:
        check(d.pay_raw(eve, "0.01", tx_id=tx)[0] == 200, "a payment to the wallet")
    shown = tool("wallet", "asked")["items"]
    check([i["payment"]["tx_id"] for i in shown] == keep, f"the wallet shows {len(shown)}")
    check(tool("wallet", "answer", shown[-1]["key"], "yes")["status"] == "COMMITTED", "answered")
    print("257 wait for one participant, 256 of one payer; 202 for a wallet")
    hub.stop()


def case_waits_share(bin_dir, base, rng):
    """LG-66: keys behind one neighbour do not keep a participant from being asked by others."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    asked, payee, honest, front, *behind = people(hub, "Ann", "Ben", "Cay", "Mal", "M1", "M2")
    for neighbour in (honest, front):
        asked.trust(neighbour, "100.00", policy={"ask": True})
    payee.trust(asked, "100.00")
    for key in behind:
        front.trust(key, "100.00")
    later = {"constraints": {"timeout_ms": 3600000}}
    for user in behind:
        user.keep_connection()
        for i in range(256):
            status, answer = user.pay_raw(payee, "0.01", **later)
            check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
                  f"{user.name}'s {i}: {status} {answer}")
    tx = str(uuid.uuid4())
    status, answer = front.pay_raw(payee, "0.01", tx_id=tx, **later)
    check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
          f"a third key over the same line has its place of who has most: {status} {answer}")
    gave = [(user, user.pay_raw(payee, "0.01", tx_id=tx, **later)) for user in behind]
    gave = [(user, status, answer)
            for user, (status, answer) in gave
            if "as this one does" in str(answer)]
    check(
        len(gave) == 1 and gave[0][1] == 429 and code_of(gave[0][2]) == "E009",
        f"who gave way has most, and no more over that line: {gave}")
    check(gave[0][0].call("GET", f"/payments/{tx}")[0] == 404, "what was refused is not recorded")
    for i in range(16):
        status, answer = honest.pay_raw(payee if i % 2 else asked, "0.01", **later)
        check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
              f"another neighbour's {i}: {status} {answer}")
    status, answer = honest.pay_raw(payee, "0.01", **later)
    check(status == 429, f"one more than his share: {status} {answer}")
    check(asked.get("/payments/asked")["total"] == 528, "all of them wait")
    hub.stop()


def case_openapi(bin_dir, base, rng):
    """docs/openapi-hub.json and the hub say the same: the table of routes, and the shape of every
    answer that can be had by asking."""
    spec = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))
    check(spec["openapi"].startswith("3.1"), "OpenAPI 3.1")
    source = open(os.path.join(ROOT, "src", "hub", "routes.c")).read()
    routes = {(m.group(1).lower(),
               re.sub(r"\*", "{}", (("/api/v1" if m.group(2) else "") + m.group(3))))
              for m in re.finditer(r'\{GN_HTTP_(\w+), (P )?"([^"]+)"', source)}
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                check(status.isdigit(), f"{method} {path}: {status} is no status")
                name = response.get("$ref", "").rsplit("/", 1)[-1]
                check(
                    not name or
                    spec["components"]["responses"][name]["content"]["application/json"]["schema"]
                    == {"$ref": "#/components/schemas/Error"}, f"{method} {path}: {status}")
    described = {(method, re.sub(r"\{[^}]+\}", "{}", path))
                 for path, item in spec["paths"].items()
                 for method in item
                 if method != "parameters"}
    check(
        routes == described,
        f"only in the hub: {sorted(routes - described)}; only described: "
        f"{sorted(described - routes)}"
    )
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    line = b.trust(a, "50.00")
    paid = a.pay(b, "1.00")
    a.pay_raw(b, "900.00")
    arguments = {
        "pid": b.pid, "id": b.get("/trustlines?direction=outgoing")["items"][0]["id"],
        "tx_id": paid["tx_id"], "code": "UAH", "equivalent": "UAH"
    }
    queries = {
        "/payments/capacity": f"?to={b.pid}&equivalent=UAH&amount=1.00",
        "/payments/max-flow": f"?to={b.pid}&equivalent=UAH", "/clearing/cycles": "?equivalent=UAH",
        "/clearing/gap": "?equivalent=UAH", "/admin/clearing/cycles": "?equivalent=UAH",
        "/admin/graph/ego": f"?pid={b.pid}"
    }
    seen = 0
    for path, item in sorted(spec["paths"].items()):
        if "get" not in item or path in ("/api/v1/ws", "/metrics"):
            continue
        full = re.sub(r"\{(\w+)\}", lambda m: arguments[m.group(1)], path) + queries.get(
            path.replace("/api/v1", ""), "")
        admin = "/admin/" in path or path.endswith("/integrity/audit-log")
        status, answer = hub.call("GET", full, token=None if admin else a.token,
                                  admin=hub.admin_token if admin else None, prefix="")
        check(status == 200, f"GET {full}: {status} {answer}")
        schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        wrong = matches(schema, answer, spec, "answer")
        check(not wrong, f"GET {full}: {wrong[:5]}")
        seen += 1
    for operation, answer in (("/api/v1/trustlines", line), ("/api/v1/payments", paid)):
        responses = spec["paths"][operation]["post"]["responses"]
        schema = responses["201" if "201" in
                           responses else "200"]["content"]["application/json"]["schema"]
        wrong = matches(schema, answer, spec, "answer")
        check(not wrong, f"POST {operation}: {wrong[:5]}")
    print(f"{seen} answers have the shape that is described")
    hub.stop()


# ---- PostgreSQL ----

def case_postgresql(bin_dir, base, rng):
    """The same history in a real PostgreSQL that this test starts and stops."""
    tools = sorted(
        os.path.join("/usr/lib/postgresql", v, "bin") for v in (
            os.listdir("/usr/lib/postgresql") if os.path.isdir("/usr/lib/postgresql") else []))
    if not tools or not os.path.exists(os.path.join(tools[-1], "initdb")):
        print("skipped: there is no PostgreSQL server (tools/setup scale installs it)")
        return 77
    tools, db = tools[-1], os.path.join(base, "pg")
    os.makedirs(db)
    as_user = []
    if os.geteuid() == 0:
        os.chmod(base, 0o755)
        shutil.chown(db, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def pg(*words):
        done = subprocess.run([*as_user, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              cwd="/", timeout=300)
        check(done.returncode == 0, f"{words[0]}: {done.stdout.decode()[-800:]}")

    pg(os.path.join(tools, "initdb"), "-D", db + "/data", "-A", "trust", "-U", "hub", "-E", "UTF8",
       "--no-sync")
    start = [
        os.path.join(tools, "pg_ctl"), "-D", db + "/data", "-w", "-l", db + "/log", "-o",
        f"-k {db} -c listen_addresses= -c fsync=off", "start"
    ]
    stop = [os.path.join(tools, "pg_ctl"), "-D", db + "/data", "-m", "fast", "-w", "stop"]
    pg(*start)
    running = True
    try:
        data = os.path.join(base, "d")
        where = ("--history", f"postgresql host={db} user=hub dbname=postgres")
        hub = Hub(bin_dir, data, *FREE, *where)
        with_unit(hub)
        a, b, c = people(hub, "Alice", "Bob", "Clara")
        for x, y in ((b, a), (c, b), (a, c)):
            x.trust(y, "100.00")
        a.pay(b, "5.00", description="хліб")
        b.pay(c, "3.00")
        c.pay(a, "2.00")
        a.pay_raw(b, "5000.00")
        check(hub.get("/health/db")["backend"] == "postgresql", "the backend")
        paths = ("/payments", "/payments?direction=received&status=COMMITTED&equivalent=UAH",
                 "/clearing", "/participants/me", "/trustlines", "/participants?q=aLI&type=person",
                 "/clearing/offers", "/integrity/audit-log", "/payments/asked",
                 "/transactions?type=CLEARING",
                 "/transactions?state=COMMITTED&equivalent=UAH&from_date=2020-01-01",
                 f"/transactions?initiator={a.pid}&type=PAYMENT&tx_id=x")
        before = [u.get(p) for u in (a, b, c) for p in paths]
        log = hub.admin("GET", "/admin/audit-log")
        # the database goes away: payments go on, and what was missed is made up
        pg(*stop)
        running = False
        late = a.pay(b, "1.00")
        pg(*start)
        running = True
        deadline = time.monotonic() + 30
        while a.call("GET", f"/payments/{late['tx_id']}")[0] != 200:
            check(time.monotonic() < deadline, "the history did not come back")
            time.sleep(0.3)
        # a server that stands still: payments go on, a question is not waited for for ever, nor at
        # the end; words that are none are not asked
        check(
            a.call("GET", "/payments/%ff")[0] == 404
            and a.call("GET", "/payments/%ed%a0%80")[0] == 404
            and a.call("GET", "/payments/a%00b")[0] == 404, "an id that is no text")
        shown = subprocess.run([
            *as_user,
            os.path.join(tools, "psql"), "-h", db, "-U", "hub", "-d", "postgres", "-Atc",
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> "
            "pg_backend_pid()"
        ], stdout=subprocess.PIPE, cwd="/", timeout=60)
        still = int(shown.stdout)
        os.kill(still, signal.SIGSTOP)
        try:
            check(
                a.pay_raw(b, "0.50", tx_id=(unseen := str(uuid.uuid4())))[0] == 200,
                "a payment while the database stands still")
            told = []
            asking = threading.Thread(
                target=lambda: told.append(a.call("GET", "/participants/me")[0]))
            asking.start()
            time.sleep(0.5)
            hub.process.terminate()
            asking.join()
            hub.process.wait(120)
            check(told in ([200], [503]) and hub.process.returncode == 0,
                  f"it stood still: {told}, {hub.process.returncode}")
        finally:
            os.kill(still, signal.SIGCONT)
        hub = Hub(bin_dir, data, *FREE, *where)
        for u in (a, b, c):
            u.hub = hub
        deadline = time.monotonic() + 60
        while a.call("GET", f"/payments/{unseen}")[0] != 200:
            check(time.monotonic() < deadline, "what it missed is made up")
            time.sleep(0.3)
        hub.stop()
        # and the same from the journal alone, in SQLite
        hub = Hub(bin_dir, data, *FREE)
        for u in (a, b, c):
            u.hub = hub
        after = [[
            i
            for i in (x["items"] if "items" in x else [x])
            if i.get("tx_id") not in (late["tx_id"], unseen)
        ]
                 for x in (u.get(p) for u in (a, b, c) for p in paths)]
        want = [x["items"] if "items" in x else [x] for x in before]
        for got, wanted in zip(after, want):
            for g, w in zip(got, wanted):
                for volatile in ("stats", "stats_by_equivalent", "used", "available",
                                 "pay_capacity"):
                    g.pop(volatile, None), w.pop(volatile, None)
            check(got == wanted, f"PostgreSQL and SQLite differ:\n{wanted}\n{got}")
        check(log == hub.admin("GET", "/admin/audit-log"), "the audit log")
        hub.stop()
    finally:
        if running:
            pg(*stop)


def main(cases):
    bin_dir, case = sys.argv[1], sys.argv[2]
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"case {case}, seed {seed} (repeat with SEED={seed})", flush=True)
    base = tempfile.mkdtemp(prefix="geonet-hub-")
    failed = True
    try:
        code = cases["case_" + case](bin_dir,
                                     os.path.join(base, "d") if case != "postgresql" else base,
                                     random.Random(seed))
        failed = False
        if code:
            return code
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        if failed:
            for path in (os.path.join(base, "d", "log"), os.path.join(base, "d", "d", "log")):
                if os.path.exists(path):
                    sys.stdout.write(
                        "---- log of the hub\n"
                        + "".join(open(path, encoding="utf-8", errors="replace").readlines()[-40:]))
        for process in Hub.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(base, ignore_errors=True)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(globals()))
