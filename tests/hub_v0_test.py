#!/usr/bin/env python3
"""The hub in the profile geo-v0, as clients of the reference see it: every operation of the
reference's published API, asked of a running hub. usage: hub_v0_test.py BIN_DIR CASE

What stays different, and why, is in docs/decisions/132-what-geo-v0-clients-find-different.md.
"""
import re, sys, uuid

sys.dont_write_bytecode = True
import hub_rig
from hub_rig import FREE
from hub_client import Hub, Key, User, canonical, check

# ---- the facts: shapes and operations ----

# name: fields. "?" behind a name: it may be missing or null, as everything that is not required. A
# closed shape ("!") has no other fields. Types: s text, i integer >= 0, b yes or no, o object, t
# date and time, u UUID, * anything, a|b one of these words, [x] list, {x} object of x, Name a
# shape.
SHAPES = """
Health            status:ok|degraded version:s environment?:s uptime_seconds:i timestamp:s
Ok                status:ok
Error             error:ErrorBody
ErrorBody         code:s message:s details?:o
Config            items:[ConfigItem]
ConfigItem        key:s value:* mutable:b
Updated           updated:[s]
WhoAmI            role:admin
Flags           ! multipath_enabled:b full_multipath_enabled:b clearing_enabled:b
Items             items:[o]
Any
Standing        ! pid:s status:active|suspended
Equivalent        code:s symbol?:s description?:s precision:i metadata?:o
                  is_active:b created_at:t updated_at:t
Equivalents       items:[Equivalent]
Deleted         ! deleted:s
Usage           ! code:s trustlines:i debts:i integrity_checkpoints:i
Migrations        current_revision?:s head_revision?:s is_up_to_date:b
Aborted         ! tx_id:s status:aborted
Challenge         challenge:s expires_at:t
Tokens            access_token:s refresh_token:s expires_in:i participant:Who token_type?:s
Who               pid:s display_name:s status:active|suspended|left|deleted
Participant       pid:s display_name?:s type?:person|business|hub
                  status:active|suspended|left|deleted verification_level?:i public_key?:s
                  created_at?:t updated_at?:t profile?:o public_stats?:Public
Public            total_incoming_trust:s member_since:t
Participants      items:[Participant]
Me                pid:s status:active|suspended|left|deleted stats:Stats public_stats?:Public
Stats             total_incoming_trust:s total_outgoing_trust:s total_debt:s total_credit:s
                  net_balance:s
TrustLine         id:u from:s to:s from_display_name?:s to_display_name?:s
                  equivalent:s limit:s used:s available?:s policy?:o status?:active|frozen|closed
                  created_at?:t
TrustLines        items:[TrustLine]
Success           status?:s message?:s
Cycles            cycles:[[Edge]]
Edge              debt_id:s debtor:s creditor:s amount:s
Cleared           equivalent:s cleared_cycles:i
Capacity          can_pay:b max_amount:s routes_count:i estimated_hops:i
MaxFlow           max_amount:s paths:[FlowPath] bottlenecks:[Bottleneck] algorithm:s computed_at:t
FlowPath          path:[s] capacity:s
Bottleneck        from:s to:s limit:s used:s available:s
Payment           tx_id:s status:COMMITTED|ABORTED from:s to:s equivalent:s amount:s
                  routes?:[Route] error?:ErrorBody created_at:t committed_at?:t
Route             path:[s] amount:s
Payments          items:[Payment]
Balances          equivalents:[Balance]
Balance           code:s total_debt:s total_credit:s net_balance:s
                  available_to_spend:s available_to_receive:s
Debts             outgoing:[Owed] incoming:[Claim]
Owed              creditor:s creditor_name?:s equivalent:s amount:s
Claim             debtor:s debtor_name?:s equivalent:s amount:s
Integrity       ! status:healthy|warning|critical last_check:t equivalents:{Sound} alerts:[s]
Verified        ! status:healthy|warning|critical checked_at:t equivalents:{Sound} alerts:[s]
Sound           ! status:healthy|warning|critical checksum:s last_verified?:t invariants:{Invariant}
Invariant       ! passed:b value?:s violations?:i details?:o
Checksum          equivalent:s checksum:s created_at:t invariants_status:o
Netted          ! ok:true action:net-mutual-debts netted_pairs:i updated:i deleted:i
Capped          ! ok:true action:cap-debts-to-trust-limits scanned:i updated:i deleted:i
Log               items:[LogItem]
LogItem           timestamp:t actor_id?:s action:s object_type?:s object_id?:s after_state?:o
"""

# method, path, whose credential (- none, J participant, A admin token), the shape of success, the
# errors that the reference names
OPERATIONS = """
GET    /health                              -  200 Health
GET    /healthz                             -  200 Ok
GET    /health/db                           -  200 Ok
GET    /admin/health/db                     A  200 Any           403
GET    /admin/config                        A  200 Config        403
PATCH  /admin/config                        A  200 Updated       400
GET    /admin/whoami                        A  200 WhoAmI        403
GET    /admin/feature-flags                 A  200 Flags
PATCH  /admin/feature-flags                 A  200 Flags
GET    /admin/participants                  A  200 Items
GET    /admin/participants/stats            A  200 Any
POST   /admin/participants/{pid}/freeze     A  200 Standing      404
POST   /admin/participants/{pid}/unfreeze   A  200 Standing      404
POST   /admin/participants/{pid}/ban        A  200 Any           404
POST   /admin/participants/{pid}/unban      A  200 Any           404
GET    /admin/audit-log                     A  200 Any
GET    /admin/equivalents                   A  200 Equivalents
POST   /admin/equivalents                   A  200 Equivalent
PATCH  /admin/equivalents/{code}            A  200 Equivalent    404 409
DELETE /admin/equivalents/{code}            A  200 Deleted       404
GET    /admin/equivalents/{code}/usage      A  200 Usage         404
GET    /admin/migrations                    A  200 Migrations
GET    /admin/trustlines                    A  200 Any           403
GET    /admin/trustlines/bottlenecks        A  200 Any
GET    /admin/liquidity/summary             A  200 Any
GET    /admin/incidents                     A  200 Any           403
POST   /admin/transactions/{tx_id}/abort    A  200 Aborted       404
GET    /admin/graph/snapshot                A  200 Any
GET    /admin/graph/ego                     A  200 Any
GET    /admin/clearing/cycles               A  200 Any
GET    /admin/participants/{pid}/metrics    A  200 Any
GET    /equivalents                         J  200 Equivalents   401
POST   /auth/challenge                      -  200 Challenge     400
POST   /auth/login                          -  200 Tokens        400 401
POST   /auth/refresh                        -  200 Tokens        400 401
GET    /participants                        J  200 Participants  401
POST   /participants                        -  201 Participant   400
GET    /participants/search                 J  200 Participants  401
GET    /participants/me                     J  200 Me            401
PATCH  /participants/me                     J  200 Participant   400 401
GET    /participants/{pid}                  J  200 Participant   401 404
GET    /trustlines                          J  200 TrustLines    401
POST   /trustlines                          J  201 TrustLine     400 401
GET    /trustlines/{id}                     J  200 TrustLine     401 404
PATCH  /trustlines/{id}                     J  200 TrustLine     400 401 404
DELETE /trustlines/{id}                     J  200 Success       400 401 404
GET    /clearing/cycles                     J  200 Cycles        401
POST   /clearing/auto                       J  200 Cleared       401
GET    /payments/capacity                   J  200 Capacity      400 401
GET    /payments/max-flow                   J  200 MaxFlow       400 401
POST   /payments                            J  200 Payment       400 401 403 404 409 422 429 500 504
GET    /payments                            J  200 Payments      401
GET    /payments/{tx_id}                    J  200 Payment       401 404
GET    /balance                             J  200 Balances      401
GET    /balance/debts                       J  200 Debts         401
GET    /integrity/status                    J  200 Integrity     401
GET    /integrity/checksum/{equivalent}     J  200 Checksum      401 404
POST   /integrity/verify                    J  200 Verified      401 404
POST   /integrity/repair/net-mutual-debts   A  200 Netted        401
POST   /integrity/repair/cap-debts-to-trust-limits A 200 Capped        401
GET    /integrity/audit-log                 J  200 Log           401
"""

# Errors that the reference names and that are not asked for here: they need a hub that is full or
# broken, or (decision 132) it is another one.
NOT_HERE = {("POST", "/payments"): {422, 429, 500, 504}, ("POST", "/auth/challenge"): {400},
            ("POST", "/auth/login"): {400}, ("POST", "/auth/refresh"): {400},
            ("PATCH", "/admin/config"): {400}}

SHAPE = {}
for line in re.sub(r"\n +", " ", SHAPES).strip().splitlines():
    name, *fields = line.split()
    closed = fields[:1] == ["!"]
    SHAPE[name] = (closed, [(f.split(":", 1)[0].rstrip("?"), "?" in f.split(
        ":", 1)[0], f.split(":", 1)[1]) for f in fields[closed:]])

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def wrong(kind, value, at):
    """What does not fit, as sentences."""
    if kind[0] == "[":
        return [w for i, v in enumerate(value) for w in wrong(kind[1:-1], v, f"{at}[{i}]")
                ] if isinstance(value, list) else [f"{at} is no list"]
    if kind[0] == "{":
        return [w for k, v in value.items() for w in wrong(kind[1:-1], v, f"{at}.{k}")
                ] if isinstance(value, dict) else [f"{at} is no object"]
    if kind in SHAPE:
        closed, fields = SHAPE[kind]
        if not isinstance(value, dict):
            return [f"{at} is no object"]
        out = [f"{at} has a field {k}" for k in value if closed and k not in [f[0] for f in fields]]
        for name, optional, inner in fields:
            if value.get(name) is not None:
                out += wrong(inner, value[name], f"{at}.{name}")
            elif not optional:
                out.append(f"{at} has no {name}")
        return out
    good = {
        "s": lambda v: isinstance(v, str),
        "i": lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
        "b": lambda v: isinstance(v, bool), "o": lambda v: isinstance(v, dict),
        "t": lambda v: isinstance(v, str) and TIME.match(v), "*": lambda v: True,
        "true": lambda v: v is True, "u": lambda v: isinstance(v, str) and re.match(
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", v)
    }.get(kind, lambda v: v in kind.split("|"))
    return [] if good(value) else [f"{at} is {value!r}, not {kind}"]


class Reference:
    """Operations as they are asked: each answer is looked at, and what was seen is remembered."""

    def __init__(self, hub):
        self.hub, self.table, self.seen = hub, {}, {}
        for line in OPERATIONS.strip().splitlines():
            method, path, who, status, shape, *errors = line.split()
            self.table[method, path] = (who, int(status), shape, {int(e) for e in errors})
            self.seen[method, path] = set()

    def ask(self, method, pattern, who=None, body=None, query="", want=None, **names):
        credential, success, shape, _ = self.table[method, pattern]
        path = re.sub(r"\{(\w+)\}", lambda m: names[m.group(1)], pattern) + query
        token, admin = (who.token, None) if isinstance(
            who, User) else (None, self.hub.admin_token if who == "admin" else None)
        status, answer = self.hub.call(method, path, body, token=token, admin=admin)
        check(status == (want or success),
              f"{method} {path}: {status} {answer}, wanted {want or success}")
        found = wrong(shape if status == success else "Error", answer, "answer")
        check(not found, f"{method} {path}: {status} {found[:6]}: {str(answer)[:600]}")
        self.seen[method, pattern].add(status)
        return answer

    def signed(self, method, pattern, user, body, signed=None, **more):
        return self.ask(
            method, pattern, user,
            body | {"signature": user.key.sign(canonical(body if signed is None else signed))},
            **more)

    def check_all(self):
        for operation, (who, success, _, errors) in self.table.items():
            left = ({success} | errors) - self.seen[operation] - NOT_HERE.get(operation, set())
            check(not left, f"{operation}: nobody asked for {sorted(left)}")


def start(bin_dir, base):
    hub = Hub(bin_dir, base, *FREE, "--accept-v0", "yes")
    hub_rig.with_unit(hub)
    people = [User(hub, name, v0=True) for name in ("Alice", "Bob", "Clara")]
    for p in people:
        p.join()
    return hub, *people


def case_operations(bin_dir, base, rng):
    hub, a, b, c = start(bin_dir, base)
    r = Reference(hub)
    nobody, why = Key(bytes(range(32))).pid, {"reason": "test"}
    none = "00000099-0000-8000-8000-000000000001"

    for path in ("/health", "/healthz", "/health/db"):
        r.ask("GET", path)

    # logging in and who one is
    challenge = r.ask("POST", "/auth/challenge", body={"pid": a.pid})["challenge"]
    good = {"pid": a.pid, "challenge": challenge, "signature": a.key.sign(challenge)}
    r.ask("POST", "/auth/login", body=good | {"signature": b.key.sign(challenge)}, want=401)
    tokens = r.ask("POST", "/auth/login", body=good)
    r.ask("POST", "/auth/refresh", body={"refresh_token": tokens["refresh_token"]})
    r.ask("POST", "/auth/refresh", body={"refresh_token": tokens["refresh_token"]}, want=401)
    new = User(hub, "Dora", v0=True)
    body = {"display_name": "Dora", "public_key": new.key.public64, "type": "person"}
    r.ask("POST", "/participants", body=body | {"signature": a.key.sign(canonical(body))}, want=400)
    r.ask("POST", "/participants", body=body | {"signature": new.key.sign(canonical(body))})
    new.login()
    r.signed("PATCH", "/participants/me", a,
             {"display_name": "Alise", "profile": {"description": "x"}})
    r.signed("PATCH", "/participants/me", a, {"display_name": "Al"}, signed={"display_name": "Bo"},
             want=400)
    r.ask("GET", "/participants/me", a)
    for path in ("/participants", "/participants/search"):
        check(
            len(r.ask("GET", path, a,
                      query="?q=clara&type=person&page=1&per_page=20")["items"]) == 1, path)
    r.ask("GET", "/participants/{pid}", a, pid=b.pid)
    r.ask("GET", "/participants/{pid}", a, pid=nobody, want=404)
    r.ask("GET", "/equivalents", a)

    # lines
    line = r.signed(
        "POST", "/trustlines", b,
        {"to": a.pid, "equivalent": "UAH", "limit": "100.00", "policy": {"auto_clearing": True}})
    r.signed("POST", "/trustlines", c, {"to": b.pid, "equivalent": "UAH", "limit": "50.00"})
    r.signed("POST", "/trustlines", c, {"to": a.pid, "equivalent": "UAH", "limit": "1.00"},
             signed={}, want=400)
    r.ask("GET", "/trustlines", a,
          query="?direction=all&equivalent=UAH&status=active&page=1&per_page=20")
    r.ask("GET", "/trustlines/{id}", a, id=line["id"])
    r.ask("GET", "/trustlines/{id}", a, id=none, want=404)
    r.signed("PATCH", "/trustlines/{id}", b, {"limit": "200.00"},
             signed={"limit": "200.00", "id": line["id"]}, id=line["id"])
    r.signed("PATCH", "/trustlines/{id}", b, {"limit": "300.00"},
             signed={"limit": "900.00", "id": line["id"]}, id=line["id"], want=400)
    r.signed("PATCH", "/trustlines/{id}", b, {"limit": "1.00"},
             signed={"limit": "1.00", "id": none}, id=none, want=404)

    # payments
    to = f"?to={c.pid}&equivalent=UAH"
    check(
        r.ask("GET", "/payments/capacity", a, query=to + "&amount=10.00")["can_pay"],
        "the way is there")
    r.ask("GET", "/payments/capacity", a, query=to + "&amount=ten", want=400)
    r.ask("GET", "/payments/max-flow", a, query=f"?to={a.pid}&equivalent=UAH", want=400)
    payment = {
        "tx_id": str(uuid.uuid4()), "to": c.pid, "equivalent": "UAH", "amount": "10.00",
        "description": "tea"
    }
    r.signed("POST", "/payments", a, payment)
    r.signed("POST", "/payments", a, payment | {"amount": "11.00"}, want=409)
    r.signed("POST", "/payments", a, payment | {"tx_id": "2", "amount": "1000.00"}, want=400)
    r.signed("POST", "/payments", a, payment | {"tx_id": "3", "to": nobody}, want=404)
    flow = r.ask("GET", "/payments/max-flow", a, query=f"?to={b.pid}&equivalent=UAH")
    check([(x["from"], x["to"], x["limit"], x["used"], x["available"])
           for x in flow["bottlenecks"]] == [(b.pid, a.pid, "200.00", "10.00", "190.00")],
          f"the line that bounds it: {flow}")
    r.ask("GET", "/payments", a, query="?direction=sent&equivalent=UAH&status=COMMITTED"
          "&from_date=2020-01-01T00:00:00Z&page=1&per_page=20")
    check([p["status"] for p in r.ask("GET", "/payments", a, query="?direction=all")["items"]] == [
        "ABORTED", "COMMITTED"
    ], "both outcomes are listed")
    r.ask("GET", "/payments/{tx_id}", c, tx_id=payment["tx_id"])
    r.ask("GET", "/payments/{tx_id}", new, tx_id=payment["tx_id"], want=404)
    r.ask("GET", "/balance", a)
    check(
        r.ask("GET", "/balance/debts", a, query="?equivalent=UAH&direction=all")["outgoing"],
        "Alice owes")
    r.ask("GET", "/balance/debts", b, query="?equivalent=UAH")
    r.signed("DELETE", "/trustlines/{id}", b, {}, signed={"id": line["id"]}, id=line["id"],
             want=400)

    # clearing: without inline clearing a ring stays to be looked at
    hub.admin("PATCH", "/admin/config", {"updates": {"clearing.inline": False}})
    r.signed("POST", "/trustlines", a, {"to": c.pid, "equivalent": "UAH", "limit": "5.00"})
    r.signed(
        "POST", "/payments", c, {
            "tx_id": "4", "to": a.pid, "equivalent": "UAH", "amount": "3.00",
            "constraints": {"max_hops": 1}
        })
    check(
        len(r.ask("GET", "/clearing/cycles", a,
                  query="?equivalent=UAH&max_depth=4")["cycles"]) == 1, "a ring")
    everything = r.ask("GET", "/admin/clearing/cycles", "admin")
    check([len(x["cycles"]) for x in everything["equivalents"].values()] == [1],
          f"the rings of all equivalents: {everything}")
    check(
        r.ask("GET", "/admin/clearing/cycles", "admin",
              query=f"?participant_pid={new.pid}&equivalent=UAH")["equivalents"]["UAH"]["cycles"] ==
        [], "Dora is in none")
    check(
        r.ask("POST", "/clearing/auto", a,
              query="?equivalent=UAH&max_depth=6")["cleared_cycles"] == 1, "cleared")

    # proofs
    r.ask("GET", "/integrity/status", a)
    check(
        r.ask("GET", "/integrity/checksum/{equivalent}", a,
              equivalent="UAH")["invariants_status"]["zero_sum"]["passed"],
        "the checksum's invariants")
    r.ask("GET", "/integrity/checksum/{equivalent}", a, equivalent="NONE", want=404)
    r.ask("POST", "/integrity/verify", a, {"equivalent": "UAH"})
    r.ask("POST", "/integrity/verify", a, {"equivalent": "NONE"}, want=404)
    r.ask("GET", "/integrity/audit-log", a, query="?page=1&per_page=20")
    r.ask("POST", "/integrity/repair/net-mutual-debts", "admin", {})
    r.ask("POST", "/integrity/repair/cap-debts-to-trust-limits", "admin", {})

    # officers
    for path in ("/admin/health/db", "/admin/config", "/admin/whoami", "/admin/participants",
                 "/admin/participants/stats", "/admin/audit-log", "/admin/equivalents",
                 "/admin/migrations", "/admin/trustlines", "/admin/trustlines/bottlenecks",
                 "/admin/liquidity/summary", "/admin/incidents", "/admin/graph/snapshot"):
        r.ask("GET", path, "admin")
    r.ask("GET", "/admin/graph/ego", "admin", query=f"?pid={a.pid}&depth=1")
    r.ask("GET", "/admin/participants/{pid}/metrics", "admin",
          query="?equivalent=UAH&threshold=0.1", pid=a.pid)
    r.ask("PATCH", "/admin/config", "admin", {"updates": {"routing.max_hops": 5}} | why)
    r.ask("PATCH", "/admin/config", "admin", {"updates": 5}, want=422)
    flags = r.ask("GET", "/admin/feature-flags", "admin")
    check(
        flags == {
            "multipath_enabled": True, "full_multipath_enabled": False, "clearing_enabled": False
        }, f"flags: {flags}")
    flags = r.ask(
        "PATCH", "/admin/feature-flags", "admin",
        {"multipath_enabled": False, "full_multipath_enabled": True, "clearing_enabled": True}
        | why)
    check(
        flags == {
            "multipath_enabled": False, "full_multipath_enabled": True, "clearing_enabled": True
        }, f"flags: {flags}")
    settings = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check((settings["routing.max_paths"], settings["routing.maxflow"],
           settings["clearing.inline"]) == (1, True, True), f"what the flags stand for: {settings}")
    flags = r.ask("PATCH", "/admin/feature-flags", "admin",
                  {"multipath_enabled": True, "full_multipath_enabled": None})
    check(
        flags == {
            "multipath_enabled": True, "full_multipath_enabled": True, "clearing_enabled": True
        }, f"what is not named stays: {flags}")
    for verb, status in (("freeze", "suspended"), ("unfreeze", "active"), ("ban", "suspended"),
                         ("unban", "active")):
        pattern = "/admin/participants/{pid}/" + verb
        check(
            r.ask("POST", pattern, "admin", why, pid=b.pid) == {"pid": b.pid, "status": status},
            verb)
        r.ask("POST", pattern, "admin", why, pid=nobody, want=404)
        if verb == "freeze":
            r.signed("POST", "/payments", b, payment | {"tx_id": "5"}, want=403)
    r.ask("POST", "/admin/equivalents", "admin",
          {"code": "HOUR", "symbol": "h", "precision": 1, "metadata": {"type": "time"}} | why)
    r.ask("PATCH", "/admin/equivalents/{code}", "admin", {"description": "an hour"} | why,
          code="HOUR")
    r.ask("PATCH", "/admin/equivalents/{code}", "admin", {"precision": 4} | why, code="UAH",
          want=409)
    r.ask("PATCH", "/admin/equivalents/{code}", "admin", why, code="NONE", want=404)
    usage = r.ask("GET", "/admin/equivalents/{code}/usage", "admin", code="UAH")
    check((usage["trustlines"], usage["debts"]) == (3, 2), f"three lines, two debts: {usage}")
    r.ask("GET", "/admin/equivalents/{code}/usage", "admin", code="NONE", want=404)
    check(
        r.ask("DELETE", "/admin/equivalents/{code}", "admin", why,
              code="HOUR") == {"deleted": "HOUR"}, "deleted")
    r.ask("DELETE", "/admin/equivalents/{code}", "admin", why, code="NONE", want=404)

    # what can be aborted: a payment that waits for somebody's word, which only a line of geo-v1
    # asks for
    v1 = User(hub, "Egon")
    v1.join()
    v1.trust(a, "5.00", policy={"ask": True})
    a.call("POST", "/payments", (waits := payment | {"tx_id": "6", "to": v1.pid, "amount": "1.00"})
           | {"signature": a.key.sign(canonical(waits))})
    r.ask("POST", "/admin/transactions/{tx_id}/abort", "admin", why | {"initiator": a.pid},
          tx_id="6")
    r.ask("POST", "/admin/transactions/{tx_id}/abort", "admin", why | {"initiator": a.pid},
          tx_id="7", want=404)

    # and a line without debt is closed
    v1.trust(b, "1.00")
    own = r.signed("POST", "/trustlines", new, {"to": a.pid, "equivalent": "UAH", "limit": "1.00"})
    r.signed("DELETE", "/trustlines/{id}", new, {}, signed={"id": none}, id=none, want=404)
    r.signed("DELETE", "/trustlines/{id}", new, {}, signed={"id": own["id"]}, id=own["id"])

    # who has no credential: 401 from what participants ask for, 403 from what officers do
    names = {"pid": a.pid, "id": own["id"], "code": "UAH", "equivalent": "UAH", "tx_id": "1"}
    for (method, pattern), (who, success, _, errors) in r.table.items():
        path = re.sub(r"\{(\w+)\}", lambda m: names[m.group(1)], pattern)
        status, answer = hub.call(method, path, None if method == "GET" else {})
        if who != "-":
            want = 403 if pattern.startswith("/admin/") else 401
            check(status == want and answer["error"]["code"] == "E006",
                  f"{method} {path} of nobody: {status} {answer}, wanted {want}")
            r.seen[method, pattern].add(status)
    r.check_all()
    hub.stop()


if __name__ == "__main__":
    sys.exit(hub_rig.main(globals()))
