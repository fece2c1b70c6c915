#!/usr/bin/env python3
"""What an officer's signature is good for: commands that are forged, replayed or not theirs to
give, and the least role of each route. usage: hub_roles_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import base64, json, os, subprocess, sys, time

sys.dont_write_bytecode = True
from hub_client import Hub, Key, ROOT, User, check
from hub_rig import FREE, code_of, main, mark, people, with_unit


def case_officers(bin_dir, base, rng):
    """An officer's command is a signature: what is forged, replayed, changed or not his to give
    changes no row; the CLI signs."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    a.trust(b, "5.00")
    keys = {role: Key() for role in ("auditor", "operator", "admin")}
    for role in ("auditor", "operator", "admin"):
        hub.admin("POST", "/admin/roles", {
            "public_key": keys[role].public64, "role": role, "name": role, "reason": "the beginning"
        })
    officers = {role: User(hub, role, key) for role, key in keys.items()}
    for officer in officers.values():
        officer.login()
    op, boss = officers["operator"], officers["admin"]
    log = lambda: op.get("/admin/audit-log?per_page=200")["items"]
    check(all(e["actor"] == "" for e in log()), "the bootstrap token's records name nobody")
    freeze = {"command": "participant", "pid": b.pid, "status": "suspended", "reason": "dispute 7"}
    path = f"/admin/participants/{b.pid}/freeze"
    before = [mark(hub, a), log()]

    def refused(what, answer, status, code):
        got, body = answer
        check(got == status and code_of(body) == code,
              f"{what}: {got} {body}, wanted {status} {code}")
        check([mark(hub, a), log()] == before, f"{what}: something changed")

    signed = op.signed("admin", freeze, seq=1)
    refused("a token alone", op.call("POST", path, {"reason": "x"}), 403, "E006")
    refused("the bare command with a token", op.call("POST", path, freeze), 403, "E006")
    refused("a forged signature", op.call("POST", path, op.signed("admin", freeze, key=Key(),
                                                                  seq=1)), 400, "E005")
    refused("another officer's signature",
            op.call("POST", path, op.signed("admin", freeze, key=keys["admin"], seq=1)), 400,
            "E005")
    refused(
        "a changed body",
        op.call(
            "POST", path, {
                "signed": signed["signed"].replace("dispute 7", "dispute 8"),
                "signature": signed["signature"]
            }), 400, "E005")
    again = signed["signed"].replace('"seq":', '"seq":1,"seq":')
    answer = op.call("POST", path, {"signed": again, "signature": op.key.sign(again)})
    refused("a key twice", answer, 422, "E009")
    check("seq stands there twice" in json.dumps(answer[1]), f"which key: {answer}")
    refused("another's token", boss.call("POST", path, signed), 403, "E006")
    refused(
        "a wrong role", officers["auditor"].call("POST", path, officers["auditor"].signed(
            "admin", freeze, seq=1)), 403, "E006")
    refused(
        "an operator that configures",
        op.call(
            "PATCH", "/admin/config",
            op.signed("admin", {"command": "settings", "settings": {"routing.max_hops": 3}},
                      seq=1)), 403, "E006")
    refused("for another hub", op.call("POST", path, op.signed("admin", freeze, seq=1, hub=a.pid)),
            400, "E005")
    refused("for another path", op.call("POST", f"/admin/participants/{a.pid}/freeze", signed), 422,
            "E009")
    refused("the opposite of the path",
            op.call("POST", f"/admin/participants/{b.pid}/unfreeze", signed), 422, "E009")
    refused("a command of another path", op.call("POST", "/admin/snapshot", signed), 422, "E009")
    refused("an unknown word",
            op.call("POST", path, op.signed("admin", freeze | {"bonus": 1}, seq=1)), 422, "E009")
    refused(
        "a missing word",
        op.call("POST", path, op.signed("admin", {"command": "participant", "pid": b.pid}, seq=1)),
        422, "E009")
    refused(
        "another operation",
        op.call(
            "POST", path,
            op.signed("line.create", {"to": b.pid, "equivalent": "UAH", "limit": "1.00"}, seq=1)),
        422, "E009")
    spaced = json.dumps(json.loads(signed["signed"]), sort_keys=True)
    refused("not canonical",
            op.call("POST", path, {"signed": spaced, "signature": op.key.sign(spaced)}), 422,
            "E009")
    for ts in (time.time() - 25 * 3600, time.time() + 3600):
        got, body = op.call("POST", path, op.signed("admin", freeze, seq=1, ts=int(ts)))
        check(got >= 400 and [mark(hub, a), log()] == before,
              f"a text of another time: {got} {body}")
    # good, once
    status, answer = op.call("POST", path, signed)
    check(status == 200 and answer["status"] == "suspended", f"freeze: {status} {answer}")
    check(
        op.get("/admin/whoami")["seq"] == 1 and log()[0]["actor"] == op.pid
        and log()[0]["reason"] == "dispute 7", f"written down: {log()[0]}")
    unfreeze = freeze | {"status": "active"}
    check(
        op.command("POST", f"/admin/participants/{b.pid}/unfreeze", unfreeze)[0] == 200, "unfreeze")
    before = [mark(hub, a), log()]
    refused("a replay", op.call("POST", path, signed), 409, "E008")
    refused("a sequence that was", op.call("POST", path, op.signed("admin", freeze, seq=2)), 409,
            "E008")
    # every kind of command, and the names in the audit log
    line = b.get("/trustlines?direction=incoming")["items"][0]
    for officer, method, path, body in ((op, "POST", f"/admin/trustlines/{line['id']}/freeze", {
            "command": "line", "equivalent": "UAH", "from": a.pid, "to": b.pid, "frozen": True
    }), (op, "POST", f"/admin/participants/{b.pid}/level", {
            "command": "participant", "pid": b.pid, "level": 3
    }), (op, "POST", "/admin/clearing/exact", {
            "command": "clear", "equivalent": "UAH", "mode": "exact", "reason": "monthly"
    }), (op, "POST", "/admin/clearing/exact", {
            "command": "clear", "equivalent": "UAH", "mode": "cycles", "max_len": 5
    }), (op, "POST", "/admin/snapshot", {"command": "snapshot"}), (boss, "PATCH", "/admin/config", {
            "command": "settings", "settings": {"routing.max_hops": 5}
    }), (boss, "PATCH", "/admin/config", {
            "command": "settings", "settings": {"rate.key_per_minute": 0}
    }), (boss, "POST", "/admin/equivalents", {
            "command": "equivalent", "code": "HOUR", "precision": 1, "active": True,
            "info": {"description": "год"}
    }), (boss, "PATCH", "/admin/equivalents/HOUR", {
            "command": "equivalent", "code": "HOUR", "precision": 2, "active": True, "info": {}
    }), (boss, "POST", "/admin/roles", {
            "command": "role", "public_key": a.key.public64, "role": "operator", "name": "Аліса"
    }), (boss, "DELETE", f"/admin/roles/{a.pid}", {
            "command": "role", "public_key": a.key.public64, "role": "none"
    })):
        status, answer = officer.command(method, path, body)
        check(status in (200, 202), f"{method} {path}: {status} {answer}")
        check(log()[0]["actor"] == officer.pid and log()[0]["role"] == officer.name,
              f"{path}: {log()[0]}")
    refused_last = boss.command(
        "DELETE", f"/admin/roles/{boss.pid}",
        {"command": "role", "public_key": boss.key.public64, "role": "none"})
    check(refused_last[0] == 409, f"the last admin stays: {refused_last}")
    # who lost his role lost it for what he signed before too
    check(
        boss.command("DELETE", f"/admin/roles/{op.pid}",
                     {"command": "role", "public_key": op.key.public64, "role": "none"})[0] == 200,
        "the operator goes")
    check(
        op.call("POST", f"/admin/participants/{b.pid}/freeze", op.signed(
            "admin", freeze, seq=99))[0] == 403, "and commands no more")
    # the CLI signs with the user's key
    other = os.path.join(base, "boss")
    env = os.environ | {"GEONET_DATA": other, "GEONET_HUB": hub.url}
    geonet = lambda *args: subprocess.run([os.path.join(bin_dir, "geonet"), *args, "--data", other],
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    made = geonet("id", "new", "--no-passphrase", "--json")
    if made.returncode == 0:
        shown = json.loads(geonet("id", "show", "--json").stdout)
        pid = shown["pid"]
        public = shown.get("public_key") or shown.get("key")
        raw = bytes.fromhex(public) if len(public) == 64 else base64.b64decode(public)
        check(
            boss.command(
                "POST", "/admin/roles", {
                    "command": "role", "public_key": base64.b64encode(raw).decode(),
                    "role": "admin", "name": "CLI"
                })[0] == 200, "an admin with the CLI")
        for args in (("hub", "equivalent", "add", "BREAD", "--precision", "0", "--reason",
                      "bakers"), ("hub", "equivalent", "end", "BREAD"),
                     ("hub", "role", "grant", a.key.public.hex(), "auditor"), ("hub", "role",
                                                                               "revoke", a.pid)):
            done = geonet(*args)
            check(done.returncode == 0, f"{args}: {done.stdout.decode()} {done.stderr.decode()}")
            check(officers["auditor"].get("/admin/audit-log")["items"][0]["actor"] == pid,
                  f"{args}: signed by the CLI's key")
    else:
        check(False, f"geonet id new: {made.stderr.decode()}")
    seen = officers["auditor"].get("/admin/audit-log?per_page=200")["items"]
    hub.stop()
    done = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0, f"verify: {done.stderr.decode()}")
    hub = Hub(bin_dir, base, *FREE)
    for user in (*officers.values(), a, b):
        user.hub = hub
    check(
        officers["auditor"].get("/admin/audit-log?per_page=200")["items"] == seen
        and boss.get("/admin/whoami")["role"] == "admin", "after a restart")
    check(op.call("GET", "/admin/whoami")[0] == 403, "a role that was taken stays taken")
    status, answer = boss.call("POST", f"/admin/participants/{b.pid}/freeze",
                               boss.signed("admin", freeze, seq=1))
    check(status == 409, f"a sequence is remembered over a restart: {status} {answer}")
    hub.stop()


# HB-6: the least role of every route that changes something; those that only read are an auditor's.
LEAST = {
    "POST /integrity/repair/{action}": "admin", "PATCH /admin/config": "admin",
    "PATCH /admin/feature-flags": "admin", "POST /admin/roles": "admin",
    "DELETE /admin/roles/{pid}": "admin", "POST /admin/equivalents": "admin",
    "PATCH /admin/equivalents/{code}": "admin", "DELETE /admin/equivalents/{code}": "admin",
    "DELETE /admin/participants/{pid}": "operator",
    "POST /admin/participants/{pid}/freeze": "operator",
    "POST /admin/participants/{pid}/unfreeze": "operator",
    "POST /admin/participants/{pid}/ban": "operator",
    "POST /admin/participants/{pid}/unban": "operator",
    "POST /admin/participants/{pid}/level": "operator",
    "POST /admin/trustlines/{id}/{verb}": "operator", "POST /admin/clearing/exact": "operator",
    "POST /admin/transactions/{tx_id}/abort": "operator", "POST /admin/snapshot": "operator"
}


def case_roles(bin_dir, base, rng):
    """Every route of officers is shut to the role below, by itself: what the ledger thinks of a
    signed command is a second lock."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, = people(hub, "Alice")
    ranks = ("", "auditor", "operator", "admin")
    users = {"": a} | {role: User(hub, role) for role in ranks[1:]}
    for role in ranks[1:]:
        hub.admin(
            "POST", "/admin/roles", {
                "public_key": users[role].key.public64, "role": role, "name": role,
                "reason": "the beginning"
            })
        users[role].login()
    described = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))["paths"]
    routes = [
        f"{method.upper()} {path[len('/api/v1'):]}" for path, item in described.items()
        if "/admin/" in path or "/repair/" in path for method in item
    ]
    check({r
           for r in routes
           if not r.startswith("GET ")} == set(LEAST),
          "the table names every route that changes something")
    values = {
        "action": "net-mutual-debts", "pid": a.pid, "code": "UAH", "id": "1-1-1-1",
        "verb": "freeze", "tx_id": "none"
    }
    for route in routes:
        method, path = route.split()
        for name, value in values.items():
            path = path.replace("{%s}" % name, value)
        least = ranks.index(LEAST.get(route, "auditor"))
        for rank, role in enumerate(ranks):
            status, answer = users[role].call(method, path, None if method == "GET" else {})
            shut = status == 403 and "no role that may do this" in answer["error"]["message"]
            check(shut == (rank < least),
                  f"{route} for {role or 'a participant'}: {status} {answer}")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
