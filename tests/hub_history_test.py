#!/usr/bin/env python3
"""A hub and its history: long questions beside payments, a history that stands or lags, lists of
who has little beside rows of many. usage: hub_history_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, re, select, signal, socket, sqlite3, subprocess, sys, threading, time

sys.dont_write_bytecode = True
from hub_client import Hub, check
from hub_rig import FREE, code_of, eventually, main, metric, people, with_unit


# ---- long questions ----

def case_long(bin_dir, base, rng):
    """Payments go on while the graph is searched and hashed; too many long questions are refused,
    not queued."""
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
    paths = [
        "/integrity/status", "/integrity/checksum/UAH", "/clearing/cycles?equivalent=UAH",
        "/clearing/gap?equivalent=UAH", "/trustlines", "/balance/debts",
        f"/payments/max-flow?to={who[1].pid}&equivalent=UAH",
        f"/payments/capacity?to={who[1].pid}&equivalent=UAH&amount=1.00"
    ]
    failures, stop = [], threading.Event()

    def ask(user):
        while not stop.is_set():
            for path in paths:
                status, answer = hub.call("GET", path, token=user.token)
                if status not in (200, 429) or (path == paths[0] and status == 200
                                                and answer["status"] != "healthy"):
                    failures.append((path, status, answer))

    def pay(user, to):
        for i in range(40):
            status, answer = user.pay_raw(to, "0.10")
            if status != 200:
                failures.append(("payment", status, answer))
            elif i % 10 == 0: # who was told "done" and then asks, sees it
                debts = user.get("/balance/debts")
                if not any(d["creditor"] == to.pid
                           for d in debts["outgoing"]) and not any(d["debtor"] == to.pid
                                                                   for d in debts["incoming"]):
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
    check(
        set(statuses) == {200, 429} and statuses.count(200) >= 16,
        f"60 long questions at once: {sorted(statuses)}")
    check(all(code_of(a) == "E009" for s, a in answers if s == 429), "a refused one is E009")
    check(all(len(a["trustlines"]) == 380 for s, a in answers if s == 200),
          "an answered one is whole")
    check(
        hub.call("GET", "/admin/graph/snapshot", admin=hub.admin_token)[0] == 200,
        "and then there is room again")
    # of one participant there are not so many that another finds no place, neither at the copy nor
    # at the history
    def greedy_and_other(path):
        asked = {"greedy": [], "other": []}

        def ask_once(name, user):
            asked[name].append(hub.call("GET", path, token=user.token))

        hub.process.send_signal(signal.SIGSTOP)
        threads = [threading.Thread(target=ask_once, args=("greedy", who[10])) for _ in range(40)]
        for t in threads:
            t.start()
        time.sleep(0.5)  # accepted before the other's
        threads += [threading.Thread(target=ask_once, args=("other", who[11])) for _ in range(2)]
        for t in threads[40:]:
            t.start()
        time.sleep(0.5)
        hub.process.send_signal(signal.SIGCONT)
        for t in threads:
            t.join()
        greedy = [status for status, _ in asked["greedy"]]
        check([status for status, _ in asked["other"]] == [200, 200],
              f"two questions beside 40 of another: {path}: {asked['other']}, {sorted(greedy)}")
        check(
            set(greedy) == {200, 429} and all("of your questions" in a["error"]["message"]
                                              for s, a in asked["greedy"]
                                              if s == 429), f"40 of one: {path}: {sorted(greedy)}")

    greedy_and_other("/balance/debts")
    greedy_and_other("/participants/search?q=&limit=200")
    greedy_and_other("/payments?limit=200")
    check(who[0].get(f"/trustlines/{who[0].get('/trustlines')['items'][0]['id']}")["created_at"],
          "one line, with its dates")
    page = hub.admin("GET", f"/admin/trustlines?creditor={who[3].pid}&per_page=5&page=4")
    check(
        page["total"] == 19 and len(page["items"]) == 4
        and all(l["from"] == who[3].pid and l["created_at"] for l in page["items"]),
        f"a page of lines: {page}")
    hub.stop()
    done = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0 and json.loads(done.stdout)["state_hash"] == told["state_hash"],
          f"the copy's hash: {told} {done.stdout.decode()} {done.stderr.decode()}")


# ---- who waits for the history ----

def memory(process):
    return int(re.search(r"VmRSS:\s+(\d+)",
                         open(f"/proc/{process.pid}/status").read()).group(1)) // 1024


def case_waiting(bin_dir, base, rng):
    """While the history stands: what waits for it is bounded, of one asker too; what nobody listens
    to is not asked; the end waits for none of it."""
    hub = Hub(bin_dir, base, *FREE)
    who = people(hub, *(f"P{i}" for i in range(12)))
    rest, open_sockets = who[2:], []

    def send(path, token=None, body=b"", length=None):
        s = socket.create_connection(("127.0.0.1", hub.port), timeout=60)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n" + (f"Authorization: Bearer {token}\r\n"
                                                                if token else "")
        s.sendall(head.encode()
                  + f"Content-Length: {len(body) if length is None else length}\r\n\r\n".encode()
                  + body)
        open_sockets.append(s)
        return s

    def answered(sockets):
        return len(select.select(sockets, [], [], 0)[0])

    # a GET's body is of no use, and not kept
    before = memory(hub.process)
    half = [send("/api/v1/payments/none", who[0].token, b"x" * 60000, 60001) for _ in range(400)]
    hub.get("/hub")
    check(
        memory(hub.process) - before < 24,
        f"400 bodies of GET in memory: {before} MiB, then {memory(hub.process)}")
    for s in half:
        s.close()
    # a refresh wants to write beside a test that writes: that is what the history stands for, 5 s
    # each
    lock = sqlite3.connect(os.path.join(base, "hub", "tokens.db"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    refreshes = []

    def refresh(user):
        refreshes.append(hub.call("POST", "/auth/refresh", {"refresh_token": user.refresh})[0])

    threads = [threading.Thread(target=refresh, args=(u,)) for u in rest]
    for t in threads:
        t.start()
    waits = lambda: metric(hub, "history_questions")
    eventually("ten refreshes wait", lambda: waits() == 10)
    greedy = [send("/api/v1/payments/none", who[0].token) for _ in range(200)]
    eventually("200 of one key: 64 places are taken, the rest is refused",
               lambda: waits() == 64 and answered(greedy) == 146)
    check(
        all(s.recv(100).startswith(b"HTTP/1.1 429 ") for s in select.select(greedy, [], [], 0)[0]),
        "what is refused is 429")
    other = send("/api/v1/payments/none", who[1].token)
    eventually("another's finds a place", lambda: waits() == 65)
    for s in greedy:
        s.close()
    eventually("those that nobody listens to are given up", lambda: waits() == 11)
    nobody = [send("/health/db") for _ in range(200)]
    eventually("200 of one address without a login",
               lambda: waits() == 64 and answered(nobody) == 147)
    # when all places are taken, one of who has most gives way to who has less
    asked = [send("/api/v1/payments", u.token) for u in rest[:8] for _ in range(2)]
    eventually("two pages of eight keys", lambda: metric(hub, "history_pages") == 16)
    asked += [send("/api/v1/payments", rest[8].token), send("/api/v1/payments", rest[9].token)]
    eventually(
        "newcomers find room", lambda: answered(asked) == 2 and answered(asked[-2:]) == 0 and
        metric(hub, "history_pages") == 16)
    asked.append(send("/api/v1/payments", rest[9].token))
    eventually("who would have as much does not",
               lambda: answered(asked) == 3 and answered(asked[-1:]) == 1)
    hub.process.terminate()
    check(
        other.recv(100).startswith(b"HTTP/1.1 503 "),
        "at the end what waits is told so, and not worked off")
    lock.execute("ROLLBACK")
    for t in threads:
        t.join()
    hub.process.wait(60)
    check(hub.process.returncode == 0 and refreshes.count(503) >= 4,
          f"the end: {hub.process.returncode}, {refreshes}")
    for s in open_sockets:
        s.close()


def processor_seconds(process):
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def case_rows(bin_dir, base, rng):
    """What others did costs nothing: each list of a newcomer beside hundreds of thousands of rows
    of others; and the indexes come to a database that has none."""
    n = 60000
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, z = people(hub, "Alice", "Bob", "Zoe")
    b.trust(a, "100.00")
    paid = a.pay(b, "1.00")
    z.trust(a, "5.00")
    z.pay_raw(a, "50.00")  # ABORTED
    short = a.get("/transactions")
    eventually("the payment has a row",
               lambda: a.call("GET", f"/payments/{paid['tx_id']}")[0] == 200)
    hub.stop()
    db = sqlite3.connect(os.path.join(base, "hub", "history.db"))
    db.execute("PRAGMA synchronous=OFF")
    row = db.execute("SELECT * FROM transactions WHERE tx_id = ?", (paid["tx_id"],)).fetchone()
    at = {name: i for i, (_, name, *_) in enumerate(db.execute("PRAGMA table_info(transactions)"))}
    payer, payee = row[at["initiator"]], row[at["other"]]
    row = [("x" * 3000 if i == at["description"] else v)
           for i, v in enumerate(row)]  # so that a list that reads whole rows is seen

    def many(table, rows):
        rows = iter(rows)
        first = next(rows)
        marks = ",".join("?" * len(first))
        db.execute(f"INSERT INTO {table} VALUES ({marks})", first)
        db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    many("transactions", ((-1 - i, *row[1:2], f"id-{i}", f"{i:032x}", *row[4:]) for i in range(n)))
    many("clearings",
         ((-1 - i, 0, 0, "1.00", None, None, None, None, None, None, "COMMITTED", 0, 1, 1)
          for i in range(n)))
    many("clearing_edges", ((-1 - i, payer, payee, 100) for i in range(n)))
    many("audit", ((-1 - i, 1, "", 2, "trustline.freeze", f"{a.pid} -> {b.pid}", "", None, None)
                   for i in range(2 * n)))
    for index in ("transactions_made", "transactions_got", "clearings_open", "audit_public",
                  "audit_head", "audit_tail"):
        db.execute(f"DROP INDEX {index}")
    db.commit()
    db.close()
    db = sqlite3.connect(os.path.join(base, "hub", "tokens.db"))
    db.execute("DROP INDEX used_exp")
    db.executemany("INSERT INTO used VALUES (?, ?)", ((f"{i:032x}", 1 << 40) for i in range(5 * n)))
    db.commit()
    db.close()
    hub = Hub(bin_dir, base, *FREE)
    for u in (a, b, z):
        u.hub = hub

    def cheap(what, ask, most=0.6):
        before = processor_seconds(hub.process)
        for _ in range(20):
            ask()
        took = processor_seconds(hub.process) - before
        print(f"{what}: {took / 20 * 1000:.1f} ms")
        check(
            took < most,
            f"{what}: {took / 20 * 1000:.0f} ms of the processor each, of which nearly all went by "
            "rows that were not asked for"
        )

    def refresh():
        status, answer = hub.call("POST", "/auth/refresh", {"refresh_token": z.refresh})
        check(status == 200, f"refresh: {status} {answer}")
        z.refresh = answer["refresh_token"]

    for path in ("/payments", "/payments?status=ABORTED", "/payments?direction=sent",
                 "/payments?direction=received&equivalent=UAH", "/transactions",
                 "/transactions?type=PAYMENT&state=ABORTED", "/transactions?type=CLEARING",
                 "/clearing", "/clearing/offers", "/integrity/audit-log"):
        cheap(path, lambda: z.get(path))
    for path in ("/payments?status=PREPARE_IN_PROGRESS", "/payments?from_date=2200-01-01",
                 "/payments?offset=55000&limit=10"):
        cheap(path, lambda: a.get(path), 1.6)
    cheap("/health/db", lambda: hub.call("GET", "/health/db", prefix=""))
    cheap("/auth/refresh", refresh)
    own = z.get("/payments")["items"], z.get("/transactions")
    check(
        len(own[0]) == 1 and own[1]["total"] == len(own[1]["items"]) == 2,
        f"a newcomer's own: {own}")
    # a date behind all that can be told
    check(
        all(
            len(z.get(f"/payments?{q}")["items"]) == n
            for q, n in (("from_date=9999-12-31", 0), ("to_date=9999-12-31", 1),
                         ("from_date=2262-04-12", 0), ("to_date=2262-04-11T23:47:17Z", 1))),
        "dates of 9999")
    check(
        z.get("/transactions?from_date=9999-12-31")["items"] == []
        and len(z.get("/transactions?to_date=9999-12-31")["items"]) == 2, "dates of 9999")
    # who has many: their total is counted so far and no further, and pages go on
    page = a.get("/transactions?per_page=200")
    check(page["total"] == 10000 and page["total_more"] is True, f"a long list: {page['total']}")
    check(
        [i["seq"] for i in page["items"]] == sorted((i["seq"] for i in page["items"]), reverse=True)
        and page["items"][:len(short["items"])] == short["items"], "the newest first, of all kinds")
    check(
        len(a.get("/transactions?per_page=200&page=200")["items"]) == 200, "beyond what is counted")
    check(
        len(a.get("/payments?limit=200&offset=50000")["items"]) == 200
        and len(b.get("/clearing?limit=200")["items"]) == 200, "other lists of many")
    log = a.get("/integrity/audit-log?per_page=200")
    check(
        log["total_more"] is True and {i["target"]
                                       for i in log["items"]} >= {f"{a.pid} -> {b.pid}"},
        "what was decided about one's line")
    check(
        b.get("/integrity/audit-log")["total_more"] is True
        and "total_more" not in z.get("/integrity/audit-log"),
        "to the other end of the line as well, and to nobody else")
    hub.stop()


# ---- a history that lags ----

def case_odd(bin_dir, base, rng):
    """Numbers that no journal gave, in a history somebody wrote into, end no hub."""
    hub = Hub(bin_dir, base, *FREE)
    alice, bob = people(hub, "Alice", "Bob")
    eventually("Alice is found", lambda: bob.get("/participants/search?q=alice")["items"])
    hub.stop()
    db = sqlite3.connect(os.path.join(base, "hub", "history.db"))
    db.execute("UPDATE participants SET kind = -2, status = -1 WHERE pid = ?", (alice.pid,))
    db.commit()
    db.close()
    hub = Hub(bin_dir, base, *FREE)
    alice.hub = bob.hub = hub
    for path in ("/participants/search?q=alice", f"/participants/{alice.pid}"):
        check(bob.call("GET", path)[0] == 200, f"{path} is answered")
    hub.stop()


def case_behind(bin_dir, base, rng):
    """Records that did not fit the history's queue are read back from the journal, without a
    restart."""
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
    check(status == 503 and answer["status"] == "degraded" and "history" in answer["reason"],
          f"health while the history lags: {status} {answer}")
    check(a.debt_to(b) == "0.41", "payments went on")
    other.execute("ROLLBACK")
    eventually("the history catches up", current)
    check({p["tx_id"]
           for p in a.get("/payments?per_page=200")["items"]} == set(paid),
          "every payment is in the history")
    check(
        metric(hub, "history_caught_up_total") > 0
        and metric(hub, "history_watermark") == metric(hub, "records_total"),
        "what was missing came from the journal")
    check(a.pay(b, "0.01")["status"] == "COMMITTED", "and on it goes")
    # a database that was away for long and came back empty
    before = [
        a.get("/payments?per_page=200"),
        hub.admin("GET", "/admin/audit-log"),
        b.get("/participants/me")
    ]
    other.execute("BEGIN EXCLUSIVE")
    a.pay(b, "0.01")
    for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        other.execute(f"DROP TABLE {name}")
    other.execute("COMMIT")
    a.pay(b, "0.01")
    eventually(
        "the empty history is filled",
        lambda: current() and metric(hub, "history_watermark") == metric(hub, "records_total"))
    after = [
        a.get("/payments?per_page=200"),
        hub.admin("GET", "/admin/audit-log"),
        b.get("/participants/me")
    ]
    check(
        len(after[0]["items"]) == 44 and after[0]["items"][2:] == before[0]["items"]
        and after[1] == before[1] and after[2]["display_name"] == "Bob",
        f"the history made again: {after}")
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    a.hub = hub
    check(
        hub.get("/health", prefix="")["status"] == "ok"
        and len(a.get("/payments?per_page=200")["items"]) == 44, "after a restart")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
