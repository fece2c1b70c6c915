#!/usr/bin/env python3
"""Lines and payments of a hub as a stranger sees them: the source's examples, policies at their
bounds, races and replays. usage: hub_lines_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, sys, threading

sys.dont_write_bytecode = True
from hub_client import Hub, check
from hub_rig import FREE, change, code_of, line_of, main, people, same_person, together, verify
from hub_rig import with_unit


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


if __name__ == "__main__":
    sys.exit(main(globals()))
