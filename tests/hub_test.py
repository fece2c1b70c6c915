#!/usr/bin/env python3
"""A hub from outside: real processes over HTTP. usage: hub_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence. KILLS=100 makes the
case `kill` long.
"""
import json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile
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
