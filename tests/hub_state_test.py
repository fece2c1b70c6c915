#!/usr/bin/env python3
"""What a hub does around its journal: long questions, a history that lags, officers' signatures, proof. usage: hub_state_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence."""
import json, os, signal, sqlite3, subprocess, sys, threading, time

sys.dont_write_bytecode = True
from hub_test import FREE, Failure, Hub, Key, User, base64, canonical, check, code_of, main, mark, people, re, shutil, with_unit


def metric(hub, name):
    return int(re.search(rf"^geonet_hub_{name} (\d+)$", hub.raw("GET", "/metrics")[2].decode(), re.M).group(1))


def until(what, condition, seconds=60):
    end = time.time() + seconds
    while not condition():
        check(time.time() < end, f"{what}: not within {seconds} s")
        time.sleep(0.1)


# ---- long questions ----

def case_long(bin_dir, base, rng):
    """Payments go on while the graph is searched and hashed; too many long questions are refused, not queued."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    who = people(hub, *(f"P{i}" for i in range(20)))

    def trust_all(user):
        user.keep_connection()
        for other in who:
            if other is not user:
                user.trust(other, "100.00")

    def together(jobs):
        threads = [threading.Thread(target=job) for job in jobs]
        for t in threads:
            t.start()
        for t in threads:
            t.join()

    together([lambda u=u: trust_all(u) for u in who])
    paths = ["/integrity/status", "/integrity/checksum/UAH", "/clearing/cycles?equivalent=UAH", "/clearing/gap?equivalent=UAH", "/trustlines", "/balance/debts",
             f"/payments/max-flow?to={who[1].pid}&equivalent=UAH", f"/payments/capacity?to={who[1].pid}&equivalent=UAH&amount=1.00"]
    failures, stop = [], threading.Event()

    def ask(user):
        while not stop.is_set():
            for path in paths:
                status, answer = hub.call("GET", path, token=user.token)
                if status not in (200, 429) or (path == paths[0] and status == 200 and answer["status"] != "healthy"):
                    failures.append((path, status, answer))

    def pay(user, to):
        for i in range(40):
            status, answer = user.pay_raw(to, "0.10")
            if status != 200:
                failures.append(("payment", status, answer))
            elif i % 10 == 0: # who was told "done" and then asks, sees it
                debts = user.get("/balance/debts")
                if not any(d["creditor"] == to.pid for d in debts["outgoing"]) and not any(d["debtor"] == to.pid for d in debts["incoming"]):
                    failures.append(("a payment that is not seen", debts))

    askers = [threading.Thread(target=ask, args=(u,)) for u in who[10:14]]
    for t in askers:
        t.start()
    together([lambda i=i: pay(who[i], who[i + 1]) for i in range(0, 10, 2)])
    stop.set()
    for t in askers:
        t.join()
    check(not failures, f"{len(failures)} failures, first {failures[:2]}")
    # the copy is the ledger: the journal's replay has the hash that it told
    told = hub.get("/integrity/checksum/UAH", token=who[0].token)
    # 60 at one instant: some are answered, the rest are refused in an orderly way
    answers = []

    def snapshot():
        answers.append(hub.call("GET", "/admin/graph/snapshot", admin=hub.admin_token))

    hub.process.send_signal(signal.SIGSTOP)
    threads = [threading.Thread(target=snapshot) for _ in range(60)]
    for t in threads:
        t.start()
    time.sleep(0.5)
    hub.process.send_signal(signal.SIGCONT)
    for t in threads:
        t.join()
    statuses = [status for status, _ in answers]
    check(set(statuses) == {200, 429} and statuses.count(200) >= 16, f"60 long questions at once: {sorted(statuses)}")
    check(all(code_of(a) == "E009" for s, a in answers if s == 429), "a refused one is E009")
    check(all(len(a["trustlines"]) == 380 for s, a in answers if s == 200), "an answered one is whole")
    check(hub.call("GET", "/admin/graph/snapshot", admin=hub.admin_token)[0] == 200, "and then there is room again")
    page = hub.admin("GET", f"/admin/trustlines?creditor={who[3].pid}&per_page=5&page=4")
    check(page["total"] == 19 and len(page["items"]) == 4 and all(l["from"] == who[3].pid and l["created_at"] for l in page["items"]), f"a page of lines: {page}")
    hub.stop()
    done = subprocess.run([os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0 and json.loads(done.stdout)["state_hash"] == told["state_hash"], f"the copy's hash: {told} {done.stdout.decode()} {done.stderr.decode()}")


# ---- a history that lags ----

def case_behind(bin_dir, base, rng):
    """Records that did not fit the history's queue are read back from the journal, without a restart."""
    os.makedirs(os.path.join(base, "hub"), 0o700)
    with open(os.path.join(base, "hub", "hub.conf"), "w") as f:
        f.write("history-queue-kib = 4\n")
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    path = os.path.join(base, "hub", "history.db")

    def current():
        return hub.call("GET", "/health", prefix="")[0] == 200

    def pay(count):
        return [a.pay(b, "0.01")["tx_id"] for _ in range(count)]

    paid = pay(1)
    other = sqlite3.connect(path, isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")
    paid += pay(40)
    status, answer = hub.call("GET", "/health", prefix="")
    check(status == 503 and answer["status"] == "degraded" and "history" in answer["reason"], f"health while the history lags: {status} {answer}")
    check(a.debt_to(b) == "0.41", "payments went on")
    other.execute("ROLLBACK")
    until("the history catches up", current)
    check({p["tx_id"] for p in a.get("/payments?per_page=200")["items"]} == set(paid), "every payment is in the history")
    check(metric(hub, "history_caught_up_total") > 0 and metric(hub, "history_watermark") == metric(hub, "records_total"), "what was missing came from the journal")
    check(a.pay(b, "0.01")["status"] == "COMMITTED", "and on it goes")
    # a database that was away for long and came back empty
    before = [a.get("/payments?per_page=200"), hub.admin("GET", "/admin/audit-log"), b.get("/participants/me")]
    other.execute("BEGIN EXCLUSIVE")
    a.pay(b, "0.01")
    for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        other.execute(f"DROP TABLE {name}")
    other.execute("COMMIT")
    a.pay(b, "0.01")
    until("the empty history is filled", lambda: current() and metric(hub, "history_watermark") == metric(hub, "records_total"))
    after = [a.get("/payments?per_page=200"), hub.admin("GET", "/admin/audit-log"), b.get("/participants/me")]
    check(len(after[0]["items"]) == 44 and after[0]["items"][2:] == before[0]["items"] and after[1] == before[1] and after[2]["display_name"] == "Bob", f"the history made again: {after}")
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    a.hub = hub
    check(hub.get("/health", prefix="")["status"] == "ok" and len(a.get("/payments?per_page=200")["items"]) == 44, "after a restart")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
