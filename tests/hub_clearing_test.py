#!/usr/bin/env python3
"""Clearing by a hub: what people who are asked learn, exact clearing by the clock and within a
time. usage: hub_clearing_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, sys, time

sys.dont_write_bytecode = True
from hub_client import Failure, Hub, Key, ROOT, User, check
from hub_rig import FREE, main, matches, people, verify, with_unit


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
        wrong = matches({"$ref": "#/components/schemas/Offer"}, item[0], spec, "offer")
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
    wrong = matches({"$ref": "#/components/schemas/Asked"}, asked[0], spec, "asked")
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
        raise Failure(f"{code} was not cleared")

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
    verify(bin_dir, base)


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


if __name__ == "__main__":
    sys.exit(main(globals()))
