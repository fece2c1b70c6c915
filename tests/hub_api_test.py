#!/usr/bin/env python3
"""A hub from outside, over HTTP with real processes: the API, its officers, the profile of the
reference, and its description. usage: hub_api_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, re, sys, uuid

sys.dont_write_bytecode = True
from hub_client import Hub, Key, ROOT, User, canonical, check
from hub_rig import FREE, code_of, main, matches, people, with_unit


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


if __name__ == "__main__":
    sys.exit(main(globals()))
