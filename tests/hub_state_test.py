#!/usr/bin/env python3
"""What a hub does around its journal: long questions, a history that lags, officers' signatures,
proof. usage: hub_state_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence."""
import base64, json, os, re, select, shutil, signal, socket, sqlite3, subprocess, sys, threading
import time

sys.dont_write_bytecode = True
from hub_client import ROOT, Hub, Key, User, check
from hub_rig import FREE, code_of, main, mark, people, with_unit


def metric(hub, name):
    return int(
        re.search(rf"^geonet_hub_{name} (\d+)$",
                  hub.raw("GET", "/metrics")[2].decode(), re.M).group(1))


def until(what, condition, seconds=60):
    end = time.time() + seconds
    while not condition():
        check(time.time() < end, f"{what}: not within {seconds} s")
        time.sleep(0.1)


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
    until("ten refreshes wait", lambda: waits() == 10)
    greedy = [send("/api/v1/payments/none", who[0].token) for _ in range(200)]
    until("200 of one key: 64 places are taken, the rest is refused",
          lambda: waits() == 64 and answered(greedy) == 146)
    check(
        all(s.recv(100).startswith(b"HTTP/1.1 429 ") for s in select.select(greedy, [], [], 0)[0]),
        "what is refused is 429")
    other = send("/api/v1/payments/none", who[1].token)
    until("another's finds a place", lambda: waits() == 65)
    for s in greedy:
        s.close()
    until("those that nobody listens to are given up", lambda: waits() == 11)
    nobody = [send("/health/db") for _ in range(200)]
    until("200 of one address without a login", lambda: waits() == 64 and answered(nobody) == 147)
    # when all places are taken, one of who has most gives way to who has less
    asked = [send("/api/v1/payments", u.token) for u in rest[:8] for _ in range(2)]
    until("two pages of eight keys", lambda: metric(hub, "history_pages") == 16)
    asked += [send("/api/v1/payments", rest[8].token), send("/api/v1/payments", rest[9].token)]
    until(
        "newcomers find room", lambda: answered(asked) == 2 and answered(asked[-2:]) == 0 and
        metric(hub, "history_pages") == 16)
    asked.append(send("/api/v1/payments", rest[9].token))
    until("who would have as much does not",
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
    until("the payment has a row", lambda: a.call("GET", f"/payments/{paid['tx_id']}")[0] == 200)
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
    until("Alice is found", lambda: bob.get("/participants/search?q=alice")["items"])
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
    until("the history catches up", current)
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
    until("the empty history is filled",
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


# ---- officers ----

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


# ---- proof ----

def verify(bin_dir, base, url=None):
    env = {k: v
           for k, v in os.environ.items()
           if k != "GEONET_HUB"} | ({"GEONET_HUB": url} if url else {})
    done = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    return done.returncode, json.loads(
        done.stdout) if done.returncode == 0 else done.stdout.decode() + done.stderr.decode()


def case_verify(bin_dir, base, rng):
    """The replayed state against the running hub's, or against the last checkpoint; a difference is
    an error."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    a.pay(b, "1.00")
    code, report = verify(bin_dir, base, hub.url)
    check(
        code == 0 and report["compared_with"] == "hub" and report["copy"]
        and report["compared_at"] == report["records"], f"with the running hub: {report}")
    code, report = verify(bin_dir, base, "http://127.0.0.1:1")
    check(
        code == 0 and report["compared_with"] == "history" and report["copy"]
        and report["end_known"], f"a hub that cannot be asked: {report}")
    # a copy of the directory goes its own way: the journal here is not the one of the hub there
    twin = os.path.join(base, "twin")
    os.makedirs(twin, 0o700)
    shutil.copytree(os.path.join(base, "hub"), os.path.join(twin, "hub"))
    a.pay(b, "1.00")
    code, text = verify(bin_dir, twin, hub.url)
    check(code == 1 and "durable records are gone" in text,
          f"a journal that is too short: {code} {text}")
    second = Hub(bin_dir, twin, *FREE)
    a.hub = b.hub = second
    a.login()
    a.pay(b, "2.00")
    a.pay(b, "2.00")
    a.pay(b, "2.00")
    code, text = verify(bin_dir, twin, hub.url)
    check(code == 1 and "is not that of its journal" in text, f"another state: {code} {text}")
    second.admin("POST", "/admin/snapshot", {"reason": "test"}, want=202)
    a.pay(b, "2.00")
    second.stop()
    hub.stop()
    code, report = verify(bin_dir, twin, hub.url)
    check(
        code == 0 and report["compared_with"] == "checkpoint"
        and 0 < report["compared_at"] <= report["records"], f"with the last checkpoint: {report}")
    spoil_checkpoint(os.path.join(twin, "hub", "journal", "00000001.log"))
    code, text = verify(bin_dir, twin)
    check(code == 1 and "CHECKPOINT" in text, f"a checkpoint that lies: {code} {text}")


def spoil_checkpoint(path):
    """Another state hash in the last CHECKPOINT, everything behind it sealed anew as LG-49 says."""
    import hashlib
    data = bytearray(open(path, "rb").read())
    salt, chain, at, last = bytes(data[24:40]), None, 8192, None
    while data[at:at + 4] == b"GNLB":
        length = int.from_bytes(data[at + 8:at + 16], "big")
        record = at + 104
        while record < at + 104 + length:
            if data[record + 4] == 20:
                last = (at, record)
            record += int.from_bytes(data[record:record + 4], "big")
        at += (104 + length + 4095) // 4096 * 4096
    check(last, "there is a checkpoint")
    at, record = last
    data[record + 16] ^= 1
    while data[at:at + 4] == b"GNLB":
        length = int.from_bytes(data[at + 8:at + 16], "big")
        if chain:
            data[at + 24:at + 56] = chain
        chain = hashlib.sha256(salt + bytes(data[at:at + 56])
                               + bytes(data[at + 104:at + 104 + length])).digest()
        data[at + 56:at + 88] = chain
        data[at + 88:at + 104] = hashlib.sha256(salt + bytes(data[at:at + 88])).digest()[:16]
        at += (104 + length + 4095) // 4096 * 4096
    open(path, "wb").write(data)


if __name__ == "__main__":
    sys.exit(main(globals()))
