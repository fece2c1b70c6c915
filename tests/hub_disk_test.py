#!/usr/bin/env python3
"""A hub whose disk is slow, full or failing: who is told what, and what is found after the restart.
usage: hub_disk_test.py BIN_DIR CASE

What the system does to the hub is done by hub_shim.py; exit codes and SEED are those of hub_rig.py.
"""
import json, os, subprocess, sys, threading, time

sys.dont_write_bytecode = True
from hub_client import Hub, Key, User, check
from hub_rig import FREE, code_of, main, people, with_unit
from hub_shim import Shim, geonet, in_thread, limited, until


def case_full(bin_dir, base, rng):
    """A journal at its size limit: everybody is answered, nobody is told that nothing was paid, and
    repeating settles it."""
    hub = Hub(limited(bin_dir, base, "ulimit -f 1600"), base, *FREE)
    with_unit(hub)
    users = people(hub, *[f"u{i}" for i in range(8)])
    bank = people(hub, "Bank")[0]
    for u in users:
        bank.trust(u, "100000.00")
    paid, unknown, wrong = [0] * 8, [None] * 8, []

    def client(i):
        u = users[i]
        for k in range(2000):
            body = u.signed(
                "payment",
                {"tx_id": f"{i}-{k}", "to": bank.pid, "equivalent": "UAH", "amount": "0.01"},
                f"{i}-{k}")
            status, answer = u.call("POST", "/payments", body)
            if status == 200:
                paid[i] += 1
                continue
            if status != 503 or code_of(answer) != "E010" or answer["error"]["details"] != {
                    "outcome": "unknown"
            } or "tx_id" not in answer["error"]["message"]:
                wrong.append((status, answer))
            unknown[i] = body
            return

    threads = [threading.Thread(target=client, args=(i,), daemon=True) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    check(not any(t.is_alive() for t in threads), "somebody waits for an answer for ever")
    check(not wrong and all(unknown), f"not told as unknown: {wrong[:2]}")
    for u, body in zip(users, unknown):
        status, answer = u.call("POST", "/payments", body)
        check(status == 503 and answer["error"]["details"] == {"outcome": "unknown"},
              f"a repeat on the stopped hub: {status} {answer}")
    u = users[0]
    for method, path, body in (("GET", "/balance", None), ("GET", "/payments/0-0", None),
                               ("GET", "/trustlines", None), ("GET", "/integrity/status",
                                                              None), ("POST", "/auth/challenge", {
                                                                  "pid": u.pid
                                                              }), ("POST", "/trustlines", {
                                                                  "signed": "", "signature": ""
                                                              }), ("POST", "/payments", {})):
        status, answer = u.call(method, path, body)
        check(status == 503 and code_of(answer) == "E010",
              f"{method} {path} on the stopped hub: {status} {answer}")
    status, answer = hub.call("GET", "/health")
    check(status == 503 and answer["status"] == "degraded" and "journal" in answer["reason"],
          f"health: {status} {answer}")
    check(
        hub.raw("GET", "/metrics")[0] == 200 and hub.call("GET", "/hub")[0] == 200,
        "the hub still says who it is")
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    for u in users + [bank]:
        u.hub = hub
    for i, (u, body) in enumerate(zip(users, unknown)):
        status, answer = u.call("POST", "/payments", body)
        check(status == 200 and answer["status"] == "COMMITTED",
              f"the repeat after the restart: {status} {answer}")
        owed = u.debt_to(bank)
        check(owed == f"{(paid[i] + 1) / 100:.2f}",
              f"{u.name} was told of {paid[i]} payments, repeated one, and owes {owed}")
    print(f"{sum(paid)} payments, 8 unknown outcomes settled")
    hub.stop()


def case_space(bin_dir, base, rng):
    """HB-51: what the hub has on its disk, and that the disk fills up: health, metrics, the
    command, doctor, one line of the log."""
    shim = Shim(bin_dir, base)
    shim.put("used", "79")
    hub = Hub(shim.bin, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")

    def disk():
        return hub.get("/health").get("disk", {})

    until(lambda: disk().get("used_percent") == 79, f"the disk is not looked at: {disk()}")
    check("warning" not in hub.get("/health"), f"79 %: {hub.get('/health')}")
    before = disk()["journal_bytes"]
    a.pay(b, "1.00")
    hub.admin("POST", "/admin/snapshot", {"reason": "a snapshot"}, want=202)
    a.pay(b, "1.00")  # with its batch the snapshot begins
    until(lambda: disk()["journal_bytes"] > before and disk()["snapshot_bytes"] > 0,
          f"a payment and a snapshot are seen: {disk()}")
    told, folder = disk(), os.path.join(base, "hub")
    journal = os.path.join(folder, "journal")
    size = sum(
        os.path.getsize(os.path.join(journal, name))
        for name in os.listdir(journal)
        if name.endswith(".log"))
    check(
        told["journal_bytes"] == size
        and told["history_bytes"] >= os.path.getsize(os.path.join(folder, "history.db")),
        f"{told}, and {size} bytes of journal")
    check((told["free_bytes"], told["total_bytes"]) == (210 << 20, 1000 << 20),
          f"the disk, without what is root's: {told}")
    check("disk.filling" not in hub.last_words(), "79 % is no news")
    shim.put("used", "80")
    until(lambda: "the disk is 80 % full" in hub.get("/health").get("warning", ""),
          "80 % is not told")
    check(
        hub.get("/health")["status"] == "ok" and a.pay(b, "1.00")["status"] == "COMMITTED",
        "nothing is wrong yet")
    check("geonet_hub_disk_free_bytes 209715200" in hub.raw("GET", "/metrics")[2].decode(),
          "metrics")
    words = geonet(bin_dir, "hub", "status", "--hub", hub.url, "--data", os.path.join(
        base, "u")).stdout.decode()
    check("80 % full" in words and "warning" in words and "200 MiB left" in words,
          f"hub status: {words}")
    doctor = geonet(bin_dir, "doctor", "--hub", hub.url, "--data", os.path.join(
        base, "u")).stdout.decode()
    check(f"the hub at {hub.url} says: the disk is 80 % full" in doctor, f"doctor: {doctor}")
    # at the edge the log is not filled; the next time is told again
    for used, warned in (("76", True), ("81", True), ("74", False), ("90", True)):
        shim.put("used", used)
        until(
            lambda: disk()["used_percent"] == int(used) and
            ("warning" in hub.get("/health")) == warned, f"{used} %: {hub.get('/health')}")
    lines = open(os.path.join(base, "log"), errors="replace").read()
    check(lines.count("disk.filling") == 2 and lines.count("disk.room") == 1, f"the log: {lines}")
    hub.stop()


def case_durable(bin_dir, base, rng):
    """A sync that takes long, then one that fails: nothing is shown before it is durable, and what
    was written is found after the restart."""
    shim = Shim(bin_dir, base)
    hub = Hub(shim.bin, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    line = b.get("/trustlines?direction=outgoing")["items"][0]["id"]

    def committed():
        return next(
            int(x.split()[1])
            for x in hub.raw("GET", "/metrics")[2].decode().splitlines()
            if x.startswith("geonet_hub_committed_total"))

    def reads():
        out = []
        for path in ("/balance", f"/trustlines/{line}", "/participants/me", "/payments/five",
                     f"/participants/{Key().pid}"):
            twin = User(hub, a.name, a.key)
            twin.token = a.token
            out.append(in_thread(lambda twin=twin, path=path: twin.call("GET", path)))
        return out

    shim.put("hold")
    before = committed()
    payment = in_thread(lambda: a.pay_raw(b, "1.00", tx_id="one"))
    until(lambda: committed() == before + 1, "the payment is taken")
    waiting = reads()
    one = in_thread(lambda: hub.call("GET", "/payments/one", token=a.token))
    time.sleep(0.5)
    check(not payment.done() and not one.done() and not any(r.done() for r in waiting),
          "somebody was told what is not durable")
    check(hub.call("GET", "/health")[0] == 200, "health does not wait")
    shim.drop("hold")
    check(payment()[0] == 200 and [r()[0] for r in waiting] == [200, 200, 200, 404, 404],
          "and all are answered")
    check(one()[0] == 200 and one()[1]["status"] == "COMMITTED",
          f"the payment that was asked for on its way: {one()}")
    check(waiting[0]()[1]["equivalents"][0]["total_debt"] == "1.00",
          f"what the read saw: {waiting[0]()}")
    # the same, but the sync fails
    shim.put("hold")
    body = a.signed("payment",
                    {"tx_id": "five", "to": b.pid, "equivalent": "UAH", "amount": "5.00"}, "five")
    payment = in_thread(lambda: a.call("POST", "/payments", body))
    until(lambda: committed() == before + 2, "the second payment is taken")
    waiting = reads()
    time.sleep(0.2)
    shim.put("bad")
    shim.drop("hold")
    status, answer = payment()
    check(status == 503 and answer["error"]["details"] == {"outcome": "unknown"},
          f"the payment whose sync failed: {status} {answer}")
    for r in waiting:
        status, answer = r()
        check(status == 503 and code_of(answer) == "E010",
              f"a read of what never became durable: {status} {answer}")
    status, answer = a.call("POST", "/payments", body)
    check(status == 503 and answer["error"]["details"] == {"outcome": "unknown"},
          f"the repeat: {status} {answer}")
    hub.stop()
    shim.drop("bad")
    hub = Hub(shim.bin, base, *FREE)
    a.hub = b.hub = hub
    status, answer = a.call("POST", "/payments", body)
    check(status == 200 and answer["status"] == "COMMITTED" and a.debt_to(b) == "6.00",
          f"after the restart: {status} {answer}")
    hub.stop()


def case_transactions(bin_dir, base, rng):
    """HB-44: all five types, the source's seven fields, every state; what has no record yet comes
    first."""
    shim = Shim(bin_dir, base)
    hub = Hub(shim.bin, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Alice", "Bob", "Clara", "Dora")

    def all_of(query="", who=None):
        path = "/transactions?" + query
        return who.get(path) if who else hub.get(path, admin=hub.admin_token)

    def states(query="", who=None):
        return [(t["type"], t["state"]) for t in all_of(query, who)["items"]]

    ring = ((b, a), (c, b), (a, c))
    for owner, debtor in ring:
        owner.trust(debtor, "100.00", policy={"auto_clearing": False})
    d.trust(a, "50.00", policy={"ask": True})
    line = b.get("/trustlines?direction=outgoing")["items"][0]
    check(
        b.send("PATCH", f"/trustlines/{line['id']}", "line.update",
               {"id": line["id"], "limit": "90.00", "version": 1})[0] == 200, "a change")
    d.trust(b, "1.00")
    own = [l for l in d.get("/trustlines?direction=outgoing")["items"] if l["to"] == b.pid][0]
    check(
        d.send("DELETE", f"/trustlines/{own['id']}", "line.close",
               {"id": own["id"], "version": 1})[0] == 200, "a line is closed")
    for payer, payee in ((a, b), (b, c), (c, a)):
        payer.pay(payee, "20.00", constraints={"max_hops": 1})
    check(a.pay_raw(b, "500.00", tx_id="much")[0] == 400, "one fails")
    check(a.pay_raw(d, "5.00", tx_id="asked")[1]["status"] == "PREPARE_IN_PROGRESS", "one asks")
    # all at rest
    seen = all_of("per_page=200")
    check(seen["total"] == len(seen["items"]) == 12, f"all of them: {seen['total']}")
    for t in seen["items"]:
        check(
            set(t) == {
                "tx_id", "type", "initiator", "payload", "signatures", "state", "created_at", "seq"
            }, f"the fields: {t}")
        check(
            t["signatures"][0]["signer"] == t["initiator"]
            and json.loads(t["signatures"][0]["signed"])["body"].items() <= t["payload"].items(),
            f"what was signed: {t}")
    check(
        sorted(states("per_page=200")) == [("PAYMENT", "ABORTED")] + [("PAYMENT", "COMMITTED")] * 3
        + [("PAYMENT", "PREPARE_IN_PROGRESS"),
           ("TRUST_LINE_CLOSE", "COMMITTED")] + [("TRUST_LINE_CREATE", "COMMITTED")] * 5
        + [("TRUST_LINE_UPDATE", "COMMITTED")], f"types and states: {states()}")
    check([t["seq"] for t in seen["items"]] == sorted((t["seq"] for t in seen["items"]),
                                                      reverse=True), "the newest first")
    for query, count in (("type=PAYMENT", 5), ("state=ABORTED",
                                               1), ("type=TRUST_LINE_CREATE&equivalent=UAH", 5),
                         (f"initiator={d.pid}", 3), ("tx_id=much", 1), ("to_date=2000-01-01", 0),
                         ("type=PAYMENT&state=COMMITTED&per_page=2",
                          2), ("type=PAYMENT&state=COMMITTED&per_page=2&page=2", 1)):
        check(len(all_of(query)["items"]) == count, f"{query}: {all_of(query)}")
    check(all_of("type=PAYMENT&state=COMMITTED&per_page=2")["total"] == 3, "the total")
    for query in ("type=x", "state=x", "initiator=x", "per_page=0"):
        check(hub.call("GET", "/transactions?" + query, admin=hub.admin_token)[0] == 422, query)
    check(
        len(states("per_page=200", d)) == 4 and ("PAYMENT", "ABORTED") not in states("", c),
        f"a participant sees his own: {states('', d)}")
    # who is asked signs too
    d.send("POST", "/payments/vote", "payment.vote",
           {"tx_id": "asked", "initiator": a.pid, "answer": "yes"}, "asked")
    t, = all_of("tx_id=asked")["items"]
    check(
        t["state"] == "COMMITTED" and [s["signer"] for s in t["signatures"]] == [a.pid, d.pid]
        and t["payload"]["routes"][0]["path"] == [a.pid, d.pid], f"with the vote: {t}")
    # an offer: WAITING_CONFIRMATIONS, then COMMITTED with the consents
    offer = hub.admin("POST", "/admin/clearing/exact",
                      {"equivalent": "UAH", "offer": True})["offer"]
    check(
        states("type=CLEARING") == [("CLEARING", "WAITING_CONFIRMATIONS")],
        f"an offer: {states('type=CLEARING')}")
    for who in (a, b, c):
        status, answer = who.send("POST", "/clearing/consent", "clearing.consent",
                                  {"tx_id": offer, "answer": "yes"}, offer)
        check(status == 200, f"consent: {status} {answer}")
    t, = all_of("type=CLEARING")["items"]
    check((t["tx_id"], t["state"], t["initiator"], t["payload"]["mode"], t["payload"]["total"])
          == (offer, "COMMITTED", hub.pid, "consent", "60.00") and len(t["payload"]["edges"]) == 3
          and {s["signer"]
               for s in t["signatures"]} == {a.pid, b.pid, c.pid}, f"the clearing: {t}")
    t, = all_of("type=CLEARING", a)["items"]
    check(
        len(t["payload"]["edges"]) == 2 and "total" not in t["payload"]
        and [s["signer"] for s in t["signatures"]] == [a.pid], f"to one of them: {t}")
    check(all_of("type=CLEARING", d)["items"] == [], "to a stranger")
    # what has no record yet, while the disk is held
    for payer, payee in ((a, b), (b, c), (c, a)):
        payer.pay(payee, "10.00", constraints={"max_hops": 1})
    shim.put("hold")

    def aside(who, method, path, body=None, admin=None):
        twin = User(hub, who.name, who.key) if who else None
        if twin:
            twin.token = who.token
        return in_thread(lambda: twin.call(method, path, body)
                         if twin else hub.call(method, path, body, admin=admin))

    def counted(name):
        return next(
            int(x.split()[1])
            for x in hub.raw("GET", "/metrics")[2].decode().splitlines()
            if x.startswith(f"geonet_hub_{name} "))

    before = counted("records_total")
    jobs = [
        aside(
            a, "POST", "/payments",
            a.signed("payment", {"tx_id": t, "to": b.pid, "equivalent": "UAH", "amount": amount},
                     t)) for t, amount in (("goes", "1.00"), ("fails", "700.00"))
    ]
    jobs.append(
        aside(None, "POST", "/admin/clearing/exact", {"equivalent": "UAH", "offer": True},
              admin=hub.admin_token))
    until(lambda: counted("records_total") >= before + 3, "all three are taken")
    waits = {
        who: aside(who, "GET", "/transactions?per_page=200") if who else aside(
            None, "GET", "/transactions?per_page=200", admin=hub.admin_token)
        for who in (a, d, None)
    }
    time.sleep(0.5)
    shim.drop("hold")
    shown = {
        who: [(t["type"], t["state"], t["tx_id"])
              for t in w()[1]["items"]
              if t["seq"] is None]
        for who, w in waits.items()
    }
    check(
        sorted(shown[a]) == [("PAYMENT", "NEW", "fails"), ("PAYMENT", "ROUTED", "goes")],
        f"on their way: {shown[a]}")
    check(shown[d] == [], f"to others: {shown[d]}")
    check({s
           for _, s, _ in shown[None]} == {"NEW", "ROUTED"}
          and ("CLEARING", "NEW") in {t[:2]
                                      for t in shown[None]}, f"to officers: {shown[None]}")
    for j in jobs:
        j()
    check(not [t for t in all_of("per_page=200")["items"] if t["seq"] is None],
          "nothing is on its way any more")
    tool = subprocess.run([
        os.path.join(bin_dir, "geonet"), "hub", "tx", "--type", "CLEARING", "--count", "1",
        "--json", "--data", base
    ], stdout=subprocess.PIPE, env=dict(os.environ, GEONET_HUB=hub.url))
    check(
        tool.returncode == 0
        and json.loads(tool.stdout)["items"] == all_of("type=CLEARING&per_page=1")["items"],
        f"geonet hub tx: {tool}")
    tool = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "tx", "--state", "ABORTED", "--data", base],
        stdout=subprocess.PIPE, env=dict(os.environ, GEONET_HUB=hub.url))
    check(
        tool.returncode == 0 and b"PAYMENT ABORTED  500.00 UAH  by " + a.pid.encode() + b" to "
        + b.pid.encode() + b"  much" in tool.stdout, f"for people: {tool}")
    hub.stop()


def case_turn(bin_dir, base, rng):
    """A sync fails, and in the same turn of the loop signatures were checked: whoever signed is not
    told that it cannot be done."""
    shim = Shim(bin_dir, base, workers=1)
    hub = Hub(shim.bin, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    boss = User(hub, "Boss", Key())
    hub.admin("POST", "/admin/roles", {
        "public_key": boss.key.public64, "role": "admin", "name": "Boss", "reason": "the beginning"
    })
    boss.login()
    b.trust(a, "100.00")

    def metric(name):
        return next(
            int(x.split()[1])
            for x in hub.raw("GET", "/metrics")[2].decode().splitlines()
            if x.startswith(f"geonet_hub_{name} "))

    new = User(hub, "New")
    signed = [
        (b, "POST", "/trustlines",
         b.signed("line.create", {"to": a.pid, "equivalent": "UAH", "limit": "5.00"})),
        (a, "POST", "/payments",
         a.signed("payment", {"tx_id": "two", "to": b.pid, "equivalent": "UAH", "amount": "2.00"},
                  "two")),
        (new, "POST", "/participants",
         new.signed("participant.register",
                    {"display_name": "New", "public_key": new.key.public64, "type": "person"})),
        (boss, "POST", "/admin/snapshot", boss.signed("admin", {"command": "snapshot"}, seq=1))
    ]
    shim.put("hold")
    before = metric("committed_total")
    calls = [in_thread(lambda: a.pay_raw(b, "1.00"))]
    until(lambda: metric("committed_total") == before + 1, "the payment is taken")
    for who, *what in signed:
        count = metric("requests_total")
        calls.append(in_thread(lambda: who.call(*what)))
        asked = iter(range(count + 1, 1 << 30))
        until(lambda: metric("requests_total") > next(asked), "the request is read")
    shim.put("stall")
    shim.put("bad")
    shim.drop("hold")
    # the one worker checks the signatures behind the sync; too short a time would only prove less
    time.sleep(0.5)
    shim.drop("stall")
    for call in calls:
        status, answer = call()
        check(
            status == 503 and code_of(answer) == "E010"
            and answer["error"]["details"] == {"outcome": "unknown"},
            f"told what is not known: {status} {answer}")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
