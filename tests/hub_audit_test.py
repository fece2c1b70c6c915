#!/usr/bin/env python3
"""A hub seen by a stranger: the source's examples, races, forgeries, strange HTTP and damaged
disks. usage: hub_audit_test.py BIN_DIR CASE

What hub_rig.py shows is not shown again; its helpers, exit codes and SEED are used here too.
"""
import base64, hashlib, hmac, http.client, json, os, shutil, socket, subprocess, sys, threading
import time

sys.dont_write_bytecode = True
import hub_rig
from hub_client import Failure, Hub, Key, User, WebSocket, canonical, check
from hub_rig import FREE, code_of, mark, people, verify, with_unit


def together(count, what):
    """what(i) on count threads that begin at once; the results, in order."""
    gate, out = threading.Barrier(count), [None] * count

    def one(i):
        gate.wait()
        out[i] = what(i)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(None not in out, f"{out.count(None)} of {count} clients got no answer")
    return out


def same_person(user):
    """The same key and token on a connection of its own."""
    twin = User(user.hub, user.name, user.key)
    twin.token, twin.seq = user.token, user.seq
    return twin


def line_of(owner, debtor, equivalent="UAH"):
    return next(
        l for l in owner.get(f"/trustlines?direction=outgoing&equivalent={equivalent}")["items"]
        if l["to"] == debtor.pid)


def change(owner, debtor, equivalent="UAH", want=200, **what):
    line = line_of(owner, debtor, equivalent)
    status, answer = owner.send("PATCH", f"/trustlines/{line['id']}", "line.update",
                                {"id": line["id"], "version": line["version"]} | what)
    check(status == want, f"change of a line: {status} {answer}")
    return answer


def close(owner, debtor, **what):
    line = line_of(owner, debtor)
    return owner.send("DELETE", f"/trustlines/{line['id']}", "line.close",
                      {"id": line["id"], "version": line["version"]} | what)


# ---- the source's examples, over HTTP ----

def case_examples(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    for code, precision in (("UAH", 2), ("USD", 2), ("HOUR", 2), ("HOUR_DEV", 2), ("LOCAL", 2)):
        check(with_unit(hub, code, precision)["precision"] == precision, f"section 2: {code}")
    alice, bob = people(hub, "Алиса", "Боб")
    # section 3: Alice lets Bob owe her 500; he does nothing for it, and nothing follows for the
    # other direction or another equivalent
    line = alice.trust(bob, "500")
    check((line["from"], line["to"], line["limit"], line["used"],
           line["available"]) == (alice.pid, bob.pid, "500.00", "0.00", "500.00"),
          f"section 3: {line}")
    check(
        bob.get("/trustlines?direction=outgoing")["items"] == []
        and len(bob.get("/trustlines?direction=incoming")["items"]) == 1, "one line, one direction")
    check(code_of(alice.pay_raw(bob, "1")[1]) == "E001", "the line does not let Alice owe Bob")
    check(bob.pay_raw(alice, "1", "USD")[0] == 400, "a line is of one equivalent")
    # section 4: X owes Y 300, one record for the pair however many deals there were; available =
    # limit - debt
    for amount in ("100", "150", "50"):
        bob.pay(alice, amount)
    debts = bob.get("/balance/debts?equivalent=UAH")
    check(
        debts["incoming"] == []
        and [(d["creditor"], d["amount"]) for d in debts["outgoing"]] == [(alice.pid, "300.00")],
        f"section 4: {debts}")
    line = line_of(alice, bob)
    check(line["used"] == "300.00" and line["available"] == "200.00",
          f"section 5, available credit: {line}")
    check(
        bob.pay_raw(alice, "200.01")[0] == 400 and bob.pay(alice, "200")["status"] == "COMMITTED",
        "the limit is the last that goes")
    # section 5: 100 as 60 over X and 40 over Y and Z; nobody in the middle gains or loses
    a, c, x, y, z = people(hub, "A", "C", "X", "Y", "Z")
    for owner, debtor, limit in ((x, a, "60"), (c, x, "60"), (y, a, "50"), (z, y, "50"), (c, z,
                                                                                          "50")):
        owner.trust(debtor, limit)
    paid = a.pay(c, "100")
    routes = sorted((r["amount"], r["path"]) for r in paid["routes"])
    check(routes == [("40.00", [a.pid, y.pid, z.pid, c.pid]), ("60.00", [a.pid, x.pid, c.pid])],
          f"section 5, two paths: {routes}")
    nets = {
        u.name: next(e
                     for e in u.get("/balance")["equivalents"]
                     if e["code"] == "UAH")["net_balance"]
        for u in (a, c, x, y, z)
    }
    check(nets == {"A": "-100.00", "C": "100.00", "X": "0.00", "Y": "0.00", "Z": "0.00"},
          f"I5: {nets}")
    # section 6: a ring of three debts of 100 vanishes, and of four; the history says what it took
    for size in (3, 4):
        ring = people(hub, *[f"ring{size}{i}" for i in range(size)])
        for i in range(size):
            ring[(i + 1) % size].trust(ring[i], "100", "HOUR")
        for i in range(size):
            ring[i].pay(ring[(i + 1) % size], "100", "HOUR")
        check(
            all(
                u.get("/balance/debts?equivalent=HOUR") == {"outgoing": [], "incoming": []}
                for u in ring), f"section 6: a ring of {size}")
        cleared = ring[0].get("/clearing?equivalent=HOUR")["items"]
        check(
            len(cleared) == 1 and cleared[0]["status"] == "COMMITTED"
            and cleared[0]["total"] == f"{size}00.00" and len(cleared[0]["edges"]) == 2,
            f"its record: {cleared}")
        check(line_of(ring[1], ring[0], "HOUR")["available"] == "100.00", "the limit is free again")
    # five do not clear by themselves, but when they are asked to (section 6, periodic)
    ring = people(hub, *[f"five{i}" for i in range(5)])
    for i in range(5):
        ring[(i + 1) % 5].trust(ring[i], "10", "HOUR")
    for i in range(5):
        ring[i].pay(ring[(i + 1) % 5], "10", "HOUR")
    check(ring[0].debt_to(ring[1], "HOUR") == "10.00", "five are left to the schedule")
    cycles = "/clearing/cycles?equivalent=HOUR&max_depth=5"
    for u in (ring[0], ring[1]):
        (cycle,) = u.get(cycles)["cycles"]
        check(
            len(cycle) == 2 and all(u.pid in (x["debtor"], x["creditor"]) for x in cycle),
            f"the cycle, with what is one's own: {cycle}")
    check(
        len(hub.admin("GET", "/admin" + cycles)["equivalents"]["HOUR"]["cycles"][0]) == len(ring),
        "officers see the whole cycle")
    check(
        ring[0].call("POST", "/clearing/auto?equivalent=HOUR&max_depth=5")[1]["cleared_cycles"] == 1
        and ring[0].debt_to(ring[1], "HOUR") == "0", "and cleared")
    # section 7: the types of transactions, each with what was signed; section 1: names, types and
    # statuses
    own = a.get(f"/payments/{paid['tx_id']}")
    signed = json.loads(own["signed"])
    check(signed["signer"] == a.pid and signed["body"]["amount"] == "100" and own["signature"],
          "a payment is kept as it was signed")
    check({p["type"]
           for p in hub.admin("GET", "/admin/payments?per_page=200")["items"]} == {"PAYMENT"},
          "types")
    me = alice.get("/participants/me")
    check((me["status"], me["verification_level"], me["type"]) == ("active", 0, "person"),
          f"section 1: {me}")
    hub.stop()
    verify(bin_dir, base)


# ---- policies, failures that explain themselves ----

def case_policies(bin_dir, base, rng):
    """Each policy of a line at its bound and one past it; what is refused moves nothing, and
    following the advice makes it go."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Alice", "Bob", "Clara", "Dora")
    b.trust(a, "100.00", policy={"daily_limit": "30.00"})
    c.trust(b, "60.00")

    def refused(amount, code, available, to=None):
        before = [u.get("/balance") for u in (a, b, c, d)]
        status, answer = a.pay_raw(to or c, amount)
        details = (answer["error"] or {"details": {}})["details"]
        check(
            status == 400 and code_of(answer) == code
            and [details.get(k)
                 for k in ("requested", "available", "status")] == [amount, available, "ABORTED"],
            f"{amount}: {status} {answer}, wanted {code} with {available} available")
        check(before == [u.get("/balance") for u in (a, b, c, d)],
              f"{amount}: a refused payment moved something")
        row = a.get("/payments?direction=sent")["items"][0]
        check(
            row["status"] == "ABORTED" and row["amount"] == amount and row["error"]["code"] == code
            and row["routes"] == [], f"the row of {amount}: {row}")
        return details

    refused("30.01", "E002", "30.00")
    a.pay(c, "30.00")
    refused("0.01", "E002", "0.00")
    change(b, a, policy={"max_hop_usage": "5.00"})
    refused("5.01", "E002", "5.00")
    a.pay(c, "5.00")
    a.pay(c, "5.00")
    change(b, a, policy={"can_be_intermediate": False})
    refused("1.00", "E002", "0.00")
    a.pay(b, "1.00")
    change(b, a, policy={})
    change(c, b, policy={"blocked_participants": [b.pid]})
    refused("1.00", "E002", "0.00")
    b.pay(c, "1.00")
    change(c, b, policy={"blocked_participants": [a.pid]})
    a.pay(c, "1.00")
    d.trust(c, "50.00", policy={"blocked_participants": [b.pid]})
    refused("1.00", "E002", "0.00", d)
    change(d, c, policy={})
    a.pay(d, "1.00")
    # what is missing, who gives it: 19.00 more from Clara, and it goes
    change(c, b, policy={})
    details = refused("36.00", "E002", "17.00")
    check(details["raises"] == [] and details["raises_elsewhere"] == 1,
          f"whose the line is that would have to be raised is not Alice's to know: {details}")
    why = a.get(f"/payments/capacity?to={c.pid}&equivalent=UAH&amount=36.00")
    check(
        why["can_pay"] is False and why["max_amount"] == "17.00" and why["cut"] == []
        and why["elsewhere"] == [{"cause": "full", "lines": 1}]
        and "too little left" in why["explanation"], f"why: {why}")
    change(c, b, limit="79.00")
    a.pay(c, "36.00")
    # frozen by its owner, then by an operator, then closing: no new debt, but repayment
    change(b, a, status="frozen")
    check(
        a.pay_raw(b, "1.00")[0] == 400 and b.pay(a, "1.00")["status"] == "COMMITTED",
        "a frozen line nets")
    change(b, a, status="active")
    line = line_of(b, a)
    hub.admin("POST", f"/admin/trustlines/{line['id']}/freeze", {"reason": "dispute"})
    check(
        a.pay_raw(b, "1.00")[0] == 400 and line_of(b, a)["disputed"] is True,
        "frozen by an operator")
    hub.admin("POST", f"/admin/trustlines/{line_of(b, a)['id']}/unfreeze", {"reason": "settled"})
    a.pay(b, "1.00")
    owed = a.debt_to(b)
    status, answer = close(b, a)
    check(status == 400 and code_of(answer) == "E009", f"closing with debt: {status} {answer}")
    check(
        close(b, a, when_repaid=True)[0] == 200 and line_of(b, a)["status"] == "closing"
        and line_of(b, a)["limit"] == owed, "closing")
    check(a.pay_raw(b, "0.01")[0] == 400, "a closing line takes no new debt")
    b.pay(a, owed)
    check(
        all(l["status"] == "closed"
            for l in b.get("/trustlines?direction=outgoing")["items"]
            if l["to"] == a.pid), "repaid, so closed")
    check(b.trust(a, "5.00")["status"] == "active", "and may be opened anew")
    hub.stop()
    verify(bin_dir, base)


def case_untouched(bin_dir, base, rng):
    """What is refused for its form leaves neither a record nor a row."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    a.pay(b, "1.00")

    def everything():
        return a.get("/integrity/checksum/UAH")["seq"], len(a.get("/payments")["items"]), hub.admin(
            "GET", "/admin/payments")["items"], a.get("/trustlines"), hub.admin(
                "GET", "/admin/audit-log")

    before = everything()
    text = canonical(
        a.envelope("payment", {"tx_id": "t", "to": b.pid, "equivalent": "UAH", "amount": "1.00"},
                   "t"))
    swapped = text.replace('"amount":"1.00","equivalent":"UAH"',
                           '"equivalent":"UAH","amount":"1.00"')
    escaped = text.replace('"UAH"', '"U\\u0041H"')
    check(swapped != text and escaped != text, "the texts differ")
    for what, bad in (("keys not sorted", swapped), ("a needless escape",
                                                     escaped), ("a blank at the end", text + " "),
                      ("a byte order mark", "\ufeff" + text), ("-0", text.replace(
                          '"ts":', '"ts":-0'))):
        status, answer = a.call("POST", "/payments", {"signed": bad, "signature": a.key.sign(bad)})
        check(status == 400 and code_of(answer) == "E009", f"{what}: {status} {answer}")
    for amount in ("-1", "1e2", "1.001", "01", "99999999999999999999", "10000000000000000.01", "0",
                   "0.00"):
        check(a.pay_raw(b, amount)[0] == 400, f"amount {amount}")
    check(a.pay_raw(a, "1.00")[0] == 400, "to oneself")
    for constraints in ({"max_hops": 0}, {"max_hops": 11}, {"max_paths": 0}, {"timeout_ms": -1}, {
            "avoid": ["x"]
    }, {"fee": 1}, None):
        check(a.pay_raw(b, "1.00", constraints=constraints)[0] == 400, f"constraints {constraints}")
    for tx_id in ("x" * 65, "a b", "../x", "ü"):
        check(a.pay_raw(b, "1.00", tx_id=tx_id)[0] == 400, f"tx_id {tx_id!r}")
    status, answer = a.send("POST", "/trustlines", "line.create",
                            {"to": a.pid, "equivalent": "UAH", "limit": "1.00"})
    check(status in (400, 422), f"a line to oneself: {status} {answer}")
    for policy in ({"daily_limit": "-1"}, {"max_hop_usage": "1.001"}, {
            "blocked_participants": ["x"]
    }, {"auto_clearing": "yes"}, {"nothing": 1}):
        status, answer = a.send(
            "POST", "/trustlines", "line.create",
            {"to": b.pid, "equivalent": "UAH", "limit": "1.00", "policy": policy})
        check(status == 422 and code_of(answer) == "E009", f"policy {policy}: {status} {answer}")
    deep = '{"pid":' + "[" * 30000 + "]" * 30000 + "}"
    check(hub.raw("POST", "/api/v1/auth/challenge", deep)[0] == 400, "30,000 brackets")
    check(before == everything(), "something was written")
    # the largest numbers are exact
    with_unit(hub, "BIG", 0)
    b.trust(a, "1" + "0" * 18, "BIG")
    check(
        a.pay_raw(b, "1" + "0" * 17 + "1", "BIG")[0] == 400
        and a.pay(b, "9" * 18, "BIG")["amount"] == "9" * 18 and a.pay(b, "1", "BIG"),
        "10^18 in two parts")
    check(
        a.debt_to(b, "BIG") == "1" + "0" * 18 and a.pay_raw(b, "1", "BIG")[0] == 400,
        "and not one more")
    hub.stop()


# ---- canonical text, against another implementation ----

def is_canonical(text):
    """LG-19 by Python's own JSON: what it reads with these rules and writes back is the same
    text."""
    def pairs(items):
        if len({k for k, _ in items}) != len(items):
            raise ValueError("a key twice")
        return dict(items)

    def integer(digits):
        if not -2**63 <= int(digits) < 2**63:
            raise ValueError("out of range")
        return int(digits)

    def fraction(digits):
        raise ValueError("not an integer")

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_int=integer, parse_float=fraction,
                           parse_constant=fraction)
    except ValueError:
        return False
    return isinstance(value.get("body", {}).get("profile"), dict) and canonical(value) == text


def case_canonical(bin_dir, base, rng):
    """Random profiles, half of them spoilt somewhere: the hub takes a text if and only if Python
    would have written it so."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    (a,) = people(hub, "Alice")
    a.keep_connection()
    ranges = ((0x20, 0x7F), (0x20, 0x7F), (0, 0x20), (0x7F, 0xD800), (0xE000, 0x10000), (0x10000,
                                                                                         0x110000))

    def text():
        return "".join(
            rng.choice('"\\/\x7f\b\f\n\r\t') if rng.random() <
            0.1 else chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randrange(8)))

    def value(depth):
        kind = rng.randrange(8) if depth < 4 else 7
        if kind < 2:
            return {text(): value(depth + 1)
                    for _ in range(rng.randrange(5))
                    } if kind else [value(depth + 1) for _ in range(rng.randrange(5))]
        return rng.choice([
            None, True, False,
            rng.randrange(-2**63, 2**63),
            rng.randrange(-9, 10),
            text(),
            text()
        ])

    def spoil(t):
        at = rng.randrange(
            t.index('"profile":') + 11, max(t.index('"profile":') + 12, t.rindex('},"domain"')))
        put = rng.choice([
            " ", t[at], "\\/", "\\u001f", "\\u001F", "\\u0008", "-0", "1.0", "1e1",
            rng.choice('0123456789-.eE+"\\{}[],:')
        ])
        return rng.choice([
            t[:at] + put + t[at:], t[:at] + t[at + 1:],
            t.replace(":0", ":-0", 1), t[:at] + f"\\u{min(ord(t[at]), 0xFFFF):04x}" + t[at + 1:]
        ])

    taken = 0
    for _ in range(2000):
        signed = canonical(
            a.envelope("participant.profile",
                       {"profile": {text(): value(0)
                                    for _ in range(rng.randrange(5))}}))
        if rng.random() < 0.5:
            signed = spoil(signed)
        status, answer = a.call("PATCH", "/participants/me",
                                {"signed": signed, "signature": a.key.sign(signed)})
        check((status == 200) == is_canonical(signed), f"{ascii(signed)}: {status} {answer}")
        taken += status == 200
        a.seq += status == 200
    print(f"{taken} of 2000 texts taken")
    check(200 < taken < 1800, "both kinds must come")
    hub.stop()
    verify(bin_dir, base)


# ---- races and replays ----

def case_races(bin_dir, base, rng):
    with open(base + ".conf", "w") as f:
        f.write("rate-failed = 0\n")  # many of these payments fail
    free = (*FREE, "--config", base + ".conf")
    hub = Hub(bin_dir, base, *free)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100000.00")
    c.trust(b, "100000.00")
    # one tx_id from 32 clients: paid once, and all are told so
    out = together(32, lambda i: same_person(a).pay_raw(c, "1.00", tx_id="same"))
    check([s for s, _ in out] == [200] * 32 and len({x["seq"]
                                                     for _, x in out}) == 1
          and a.debt_to(b) == "1.00",
          f"one tx_id, one body: {sorted(s for s, _ in out)}, {a.debt_to(b)}")
    # with 32 bodies: one wins
    out = together(32, lambda i: same_person(a).pay_raw(c, f"{i + 1}.00", tx_id="other"))
    won = [x["amount"] for s, x in out if s == 200]
    check(
        len(won) == 1 and sum(s == 409 and code_of(x) == "E008" for s, x in out) == 31,
        f"one tx_id, 32 bodies: {sorted(s for s, _ in out)}")
    check(a.debt_to(b) == f"{1 + float(won[0]):.2f}", "and it alone is owed")
    # one sequence number from 8 clients
    bodies = [a.signed("participant.profile", {"display_name": f"A{i}"}) for i in range(8)]
    out = together(8, lambda i: same_person(a).call("PATCH", "/participants/me", bodies[i]))
    check(
        sorted(s for s, _ in out) == [200] + [409] * 7,
        f"one sequence number: {sorted(s for s, _ in out)}")
    a.seq += 1
    # payments while the line is changed, frozen and closed, and the payee suspended: the right
    # refusals alone
    done, stop = [], threading.Event()

    def payer():
        twin = same_person(a)
        twin.keep_connection()
        while not stop.is_set():
            done.append(twin.pay_raw(c, "1.00"))

    threads = [threading.Thread(target=payer) for _ in range(8)]
    for t in threads:
        t.start()
    for i in range(40):
        kind = rng.randrange(4)
        if kind < 2:
            change(
                b, a,
                **({"status": rng.choice(["frozen", "active"])}
                   if kind else {"limit": rng.choice(["100000.00", "90000.00"])}))
        elif kind == 2:
            check(close(b, a)[0] == 400, "a line with debt on it was closed")
        else:
            hub.admin("POST", f"/admin/participants/{c.pid}/{rng.choice(['freeze', 'unfreeze'])}",
                      {"reason": "race"})
    stop.set()
    for t in threads:
        t.join()
    hub.admin("POST", f"/admin/participants/{c.pid}/unfreeze", {"reason": "race"})
    kinds = {(s, (x.get("error") or {}).get("code")) for s, x in done}
    check(kinds <= {(200, None), (400, "E002"), (400, "E004")}, f"answers of the race: {kinds}")
    check(
        a.debt_to(b) == f"{1 + float(won[0]) + sum(s == 200 for s, _ in done):.2f}",
        "what was told paid is what is owed")
    check(a.get("/integrity/status")["status"] == "healthy", "integrity")
    # yes and no to one prepared payment, from 16 clients: one outcome, and late or repeated answers
    # change nothing, also after kill -9
    change(c, b, policy={"ask": True})
    change(b, a, status="active", limit="200000.00")
    check(a.pay(c, "10.00", tx_id="two")["status"] == "PREPARE_IN_PROGRESS", "prepared")

    def vote(answer):
        return same_person(c).send("POST", "/payments/vote", "payment.vote",
                                   {"tx_id": "two", "initiator": a.pid, "answer": answer}, "two")

    outcomes = {x["status"] for _, x in together(16, lambda i: vote("yes" if i % 2 else "no"))}
    check(
        len(outcomes) == 1 and outcomes <= {"COMMITTED", "ABORTED"}
        and a.get("/payments/two")["status"] in outcomes, f"outcomes: {outcomes}")
    settled = a.get("/integrity/checksum/UAH")
    for answer in ("no", "yes", "no"):
        check(vote(answer)[1]["status"] in outcomes, "a late answer gets the outcome")
    check(
        hub.call("POST", "/admin/transactions/two/abort", {"initiator": a.pid, "reason": "late"},
                 admin=hub.admin_token)[0] == 409, "a late abort")
    request = a.signed(
        "payment", {"tx_id": "again", "to": b.pid, "equivalent": "UAH", "amount": "2.00"}, "again")
    status, first = a.call("POST", "/payments", request)
    check(status == 200, f"paid: {first}")
    late = a.get("/integrity/checksum/UAH")
    check(late["seq"] == settled["seq"] + 1, "late answers wrote records")
    hub.kill()
    hub = Hub(bin_dir, base, *free)
    for u in (a, b, c):
        u.hub = hub
    status, again = a.call("POST", "/payments", request)
    check(status == 200 and again["seq"] == first["seq"],
          f"a replay over kill -9: {status} {again}")
    check(vote("yes")[1]["status"] in outcomes, "an answer after the restart")
    check(
        a.call("PATCH", "/participants/me", bodies[0])[0] == 409,
        "a used sequence number after the restart")
    check(
        a.get("/integrity/checksum/UAH")["state_hash"] == late["state_hash"],
        "the state after all that")
    hub.stop()
    check(
        verify(bin_dir, base)["state_hash"] == late["state_hash"],
        "and by replay from the first record")


# ---- forgeries ----

def case_forgeries(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE, "--accept-v0", "yes")
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")

    def b64(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head, claims, mac = a.token.split(".")
    none = b64(b'{"alg":"none","typ":"JWT"}')
    other = b64(
        json.dumps({**json.loads(base64.urlsafe_b64decode(claims + "==")), "sub": b.pid},
                   sort_keys=True, separators=(",", ":")).encode())
    public = hmac.new(base64.b64decode(hub.public64), f"{head}.{claims}".encode(),
                      hashlib.sha256).digest()
    empty = hmac.new(b"", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    for what, token in (("alg none", f"{none}.{claims}."),
                        ("alg none, old mac", f"{none}.{claims}.{mac}"), ("another's name",
                                                                          f"{head}.{other}.{mac}"),
                        ("an empty key", f"{head}.{claims}.{b64(empty)}"),
                        ("the hub's public key as key", f"{head}.{claims}.{b64(public)}"),
                        ("a refresh token", a.refresh), ("cut", a.token[:-1]),
                        ("longer", a.token + "A"), ("padded", a.token + "="), ("four parts",
                                                                               a.token + ".x")):
        check(hub.call("GET", "/balance", token=token)[0] == 401, f"a token: {what}")
    check(
        hub.call("POST", "/auth/refresh", {"refresh_token": a.token})[0] == 401,
        "an access token does not refresh")

    def challenge(user):
        return hub.call("POST", "/auth/challenge", {"pid": user.pid})[1]["challenge"]

    def login(user, text, key=None, signed=None):
        return hub.call(
            "POST", "/auth/login", {
                "pid": user.pid, "challenge": text, "signature": (key or user.key).sign(
                    signed or user.login_text(text))
            })[0]

    text = challenge(a)
    check(login(a, text) == 200 and login(a, text) == 401, "a challenge is good once")
    check(login(b, challenge(a)) == 401, "a challenge is one person's")
    text = challenge(a)
    check(
        login(a, text, b.key) == 401 and login(a, text) == 200,
        "a stranger's signature does not use it up")
    text = challenge(a)
    check(
        login(a, text, signed=a.login_text(text).replace(hub.pid, b.pid)) == 401,
        "signed for another hub")
    # geo-v0: captured bytes do not reopen a closed line, do not undo a newer name, and are nobody
    # else's
    c, d = User(hub, "Clara", v0=True), User(hub, "Dora", v0=True)
    for user in (c, d):
        user.join()

    def v0(user, method, path, body, signed=None, key=None):
        return user.call(
            method, path, body
            | {"signature": (key or user.key).sign(canonical(body if signed is None else signed))})

    create = {"to": d.pid, "equivalent": "UAH", "limit": "10.00"}
    check(v0(c, "POST", "/trustlines", create)[0] == 201, "a v0 line")
    line = line_of(c, d)["id"]
    check(
        v0(c, "DELETE", f"/trustlines/{line}", {}, {"id": line})[0] == 200
        and v0(c, "POST", "/trustlines", create)[0] == 409, "closed, and its creation replayed")
    check([
        v0(c, "PATCH", "/participants/me", {"display_name": name})[0]
        for name in ("one", "two", "one")
    ] == [200, 200, 409], "an old name replayed")
    status, answer = v0(d, "POST", "/payments",
                        {"tx_id": "v0", "to": c.pid, "equivalent": "UAH", "amount": "1.00"},
                        key=c.key)
    check(status == 400 and code_of(answer) == "E005", f"another's v0 body: {status} {answer}")
    hub.stop()


def case_unsaid(bin_dir, base, rng):
    """A hub that writes more into a line's record than its owner signed is found out by `hub
    verify` (LG-25)."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    owner, debtor = people(hub, "Olga", "Dan")
    owner.trust(debtor, "10.00",
                policy={"ask": True, "auto_clearing": False, "can_be_intermediate": False})
    change(owner, debtor, status="active")
    hub.stop()
    verify = [os.path.join(bin_dir, "geonet"), "hub", "verify", "--data", base]
    out = subprocess.run(verify, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    check(out.returncode == 0, f"what an honest hub wrote: {out}")
    folder = os.path.join(base, "hub", "journal")
    path = os.path.join(folder, sorted(n for n in os.listdir(folder) if n.endswith(".log"))[-1])
    with open(path, "rb") as f:
        data = bytearray(f.read())
    salt, at, last = bytes(data[24:40]), 8192, 0
    while at < len(data) and data[at:at + 4] == b"GNLB":
        last, size = at, int.from_bytes(data[at + 8:at + 16], "big")
        at += (104 + size + 4095) // 4096 * 4096
    payload = data[last + 104:last + 104 + size]
    limit = payload.rfind((1000 | 0x4000).to_bytes(2, "big"))
    check(payload[4] == 7 and limit > 0, "the last record is the line's, with its limit")
    for what, change_at, byte in (("a raised limit", limit, 0x7e), ("no asking", limit + 3,
                                                                    payload[limit + 3] & ~4),
                                  ("clearing unasked", limit + 3, payload[limit + 3] | 1)):
        lie = bytearray(payload)
        lie[change_at] = byte
        chain = hashlib.sha256(salt + data[last:last + 56] + lie).digest()
        head = data[last:last + 56] + chain
        with open(path, "r+b") as f:
            f.seek(last)
            f.write(head + hashlib.sha256(salt + head).digest()[:16] + lie)
        out = subprocess.run(verify, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        check(out.returncode == 1, f"{what} under a signature that says nothing of it: {out}")


# ---- HTTP as it should not be ----

def case_http(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    (a,) = people(hub, "Alice")
    host = b"Host: localhost\r\n"
    post = b"POST /api/v1/auth/challenge HTTP/1.1\r\n" + host
    get = b"GET /health HTTP/1.1\r\n" + host
    smuggled = get + b"\r\n"

    def exchange(data):
        with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as s:
            s.sendall(data)
            out = b""
            while more := s.recv(65536):
                out += more
            return out

    for what, data, status in (
        ("both lengths",
         post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
         400), ("two lengths",
                post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + smuggled,
                400), ("a list of lengths", post + b"Content-Length: 2, 2\r\n\r\n{}" + smuggled,
                       400), ("a signed length", post + b"Content-Length: +2\r\n\r\n{}" + smuggled,
                              400), ("a hexadecimal length",
                                     post + b"Content-Length: 0x2\r\n\r\n{}" + smuggled, 400),
        ("an unknown coding", post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
         501), ("a negative chunk",
                post + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + smuggled, 400),
        ("a chunk of 2^68",
         post + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n" + smuggled,
         400), ("a blank before the colon", post + b"Content-Length : 2\r\n\r\n{}" + smuggled,
                400), ("a folded header", get + b"X-A: b\r\n c\r\n\r\n",
                       400), ("bare line feeds", b"GET /health HTTP/1.1\nHost: localhost\n\n",
                              400), ("no host", b"GET /health HTTP/1.1\r\n\r\n", 400),
        ("two hosts", get + host + b"\r\n",
         400), ("two tokens", get + b"Authorization: Bearer x\r\nAuthorization: Bearer y\r\n\r\n",
                400), ("100 kB of header", get + b"X-A: " + b"a" * 100000 + b"\r\n\r\n", 431),
        ("1,000 headers", get + b"".join(b"X-%d: a\r\n" % i for i in range(1000)) + b"\r\n",
         431), ("a long target", b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n" + host + b"\r\n",
                414), ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("no token, and a body that looks like a request", b"POST /api/v1/payments HTTP/1.1\r\n"
         + host + b"Content-Length: %d\r\n\r\n" % len(smuggled) + smuggled, 401)):
        out = exchange(data)
        check(
            out.startswith(b"HTTP/1.1 %d" % status) and out.count(b"HTTP/1.1 ") == 1,
            f"{what}: {out[:200]!r}")
        check(code_of(json.loads(out.split(b"\r\n\r\n", 1)[1])),
              f"{what}: no error envelope: {out!r}")
    # people who are slow hold up nobody
    slow = [socket.create_connection(("127.0.0.1", hub.port), timeout=20) for _ in range(300)]
    for i, s in enumerate(slow):
        s.sendall((post + b"Content-Length: 60000\r\n\r\n{") if i % 2 else get + b"X-Slow: ")
    check(all(s == 200 for s in together(16, lambda i: same_person(a).call("GET", "/balance")[0])),
          "beside 300 slow clients")
    for s in slow:
        s.close()
    # deaf WebSockets of as many as it takes (HB-49), one over the bound, and a flood
    deaf, crowd = [], [a, *people(hub, *[f"P{i}" for i in range(16)])]
    for user in crowd:
        for _ in range(16):
            try:
                deaf.append(WebSocket(hub, user.token))
            except Failure:
                break
    check(
        len(deaf) == 256 + 15,
        f"{len(deaf)} WebSockets: all places, and then each that the last one took from who had "
        "more"
    )
    for ws in deaf:
        try:
            ws.send({"type": "subscribe", "events": ["trustline.updated"]})
        except OSError:
            pass  # gave way
    (b,) = people(hub, "Bob")
    a.trust(b, "5.00")
    for i in range(20):
        change(a, b, limit=f"{i}.00")
    for ws in deaf:
        ws.s.close()
    deadline = time.monotonic() + 20
    while True:
        try:
            ws = WebSocket(hub, a.token)
            break
        except Failure:
            check(time.monotonic() < deadline, "closed WebSockets must make room")
            time.sleep(0.1)
    try:
        for _ in range(50000):
            ws.frame(0x81, b"ping")
    except OSError:
        pass
    check(hub.call("GET", "/health")[0] == 200, "after a flood of pings that nobody reads")
    hub.stop()


# ---- disks ----

def case_damage(bin_dir, base, rng):
    """Damage in the middle and acknowledged records that are gone stop the start; a torn tail is
    cut; nothing is changed by looking."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    for _ in range(20):
        a.pay(b, "1.00")
    want = mark(hub, a)[1]
    other = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "run", "--data", base, "--http", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    check(other.returncode == 1 and b"is running on this directory" in other.stderr,
          f"two hubs on one directory: {other}")
    hub.stop()
    whole = base + "-whole"
    shutil.copytree(base, whole)
    journal = os.path.join(
        base, "hub", "journal",
        sorted(
            n for n in os.listdir(os.path.join(base, "hub", "journal")) if n.endswith(".log"))[-1])
    size = os.path.getsize(journal)

    def flip(offset):
        def change(f):
            f.seek(offset)
            byte = f.read(1)[0]
            f.seek(offset)
            f.write(bytes([byte ^ 1]))
        return change

    for what, damage, starts in (("a bit in the middle", flip(4096 * 6 + 150),
                                  False), ("a bit of the last batch, which the history knows",
                                           flip(size - 4096 + 150),
                                           False), ("the last batch cut, which the history knows",
                                                    lambda f: f.truncate(size - 4000), False),
                                 ("a torn tail", lambda f: (f.seek(0, 2), f.write(b"x" * 5000)),
                                  True), ("one copy of the header", flip(10), True)):
        shutil.rmtree(base)
        shutil.copytree(whole, base)
        with open(journal, "r+b") as f:
            damage(f)
        with open(journal, "rb") as f:
            before = f.read()
        try:
            hub = Hub(bin_dir, base, *FREE)
        except Failure as refused:
            check(not starts, f"{what}: the hub does not start: {refused}")
            with open(journal, "rb") as f:
                check(f.read() == before, f"{what}: a hub that does not start changed its journal")
            continue
        check(starts, f"{what}: the hub started")
        a.hub = hub
        check(mark(hub, a)[1] == want, f"{what}: another state")
        hub.stop()
    shutil.rmtree(whole)


if __name__ == "__main__":
    sys.exit(hub_rig.main(globals()))
