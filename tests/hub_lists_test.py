#!/usr/bin/env python3
"""Lists, sums and graphs as a hub's API table has them. usage: hub_lists_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, sys

sys.dont_write_bytecode = True
from hub_client import Hub, Key, ROOT, User, canonical, check
from hub_rig import FREE, code_of, line_of, main, mark, matches, people, with_unit


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
        not matches({"$ref": "#/components/schemas/Equivalent"}, old, spec, "e")
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
    before = mark(hub, d)
    status, answer = v0(d, "DELETE", f"/trustlines/{own}", {}, {"id": own})
    check(status == 400 and code_of(answer) == "E009" and mark(hub, d) == before,
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


if __name__ == "__main__":
    sys.exit(main(globals()))
