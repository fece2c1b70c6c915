#!/usr/bin/env python3
"""What a hub keeps: many clients at once, kill -9 under load, a history that is made anew and in
PostgreSQL, and the proof of the journal. usage: hub_journal_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py. KILLS=100 makes the case `kill` long.
"""
import hashlib, json, os, random, shutil, signal, socket, subprocess, sys, threading, time, uuid

sys.dont_write_bytecode = True
from hub_client import Failure, Hub, check
from hub_rig import FREE, main, people, star, verify, with_unit


def case_concurrent(bin_dir, base, rng):
    """64 clients over shared lines: no spurious conflict, no 5xx, and the books agree."""
    hub = Hub(bin_dir, base, *FREE)
    middle, users = star(hub, 64)
    each, bad, done = 8, [], []

    def client(i):
        mine = random.Random(rng.random() + i)
        user = users[i]
        user.keep_connection()
        try:
            for _ in range(each):
                to = users[mine.randrange(len(users))]
                if to is user:
                    continue
                status, answer = user.pay_raw(to, f"{mine.randrange(1, 500) / 100:.2f}")
                (done if status == 200 else bad).append((status, answer))
        except Exception as error:
            bad.append((0, repr(error)))

    def rude():
        """Clients that send and go away: their outcome has nobody to go to."""
        for i in range(100):
            user = users[i % 64]
            tx = str(uuid.uuid4())
            body = json.dumps(
                user.signed(
                    "payment",
                    {"tx_id": tx, "to": middle[0].pid, "equivalent": "UAH", "amount": "0.01"},
                    tx)).encode()
            for path, data in (("POST /api/v1/payments", body), ("GET /api/v1/payments", b""),
                               ("GET /api/v1/clearing/gap?equivalent=UAH", b"")):
                with socket.create_connection(("127.0.0.1", hub.port)) as s:
                    s.sendall(
                        f"{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        f"{user.token}\r\nContent-Length: {len(data)}\r\n\r\n"
                        .encode() + data[:len(data) - i % 2])

    threads = [threading.Thread(target=client, args=(i, ))
               for i in range(64)] + [threading.Thread(target=rude)]
    begin = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(not bad, f"{len(bad)} of {len(bad) + len(done)} failed: {bad[:3]}")
    print(f"{len(done)} payments of 64 clients in {time.monotonic() - begin:.1f} s")
    check(users[0].get("/integrity/status")["status"] == "healthy", "integrity after the rush")
    hub.stop()
    report = verify(bin_dir, base)
    hub = Hub(bin_dir, base, *FREE)
    check(
        hub.get("/integrity/checksum/UAH",
                token=users[0].token)["state_hash"] == report["state_hash"],
        "replay and live agree")
    hub.stop()


def case_kill(bin_dir, base, rng):
    """kill -9 under load: after the restart everything acknowledged is there, once, and the journal
    proves it."""
    kills = int(os.environ.get("KILLS", "4"))
    hub = Hub(bin_dir, base, *FREE)
    middle, users = star(hub, 8)
    acknowledged, unsure = {}, {}
    for round in range(kills):
        stop = threading.Event()

        def client(user, seed):
            mine = random.Random(seed)
            user.keep_connection()
            while not stop.is_set():
                to, tx = users[mine.randrange(len(users))], str(uuid.uuid4())
                if to is user:
                    continue
                amount = f"{mine.randrange(1, 500) / 100:.2f}"
                unsure[tx] = (user, to, amount)
                try:
                    status, answer = user.pay_raw(to, amount, tx_id=tx)
                except Exception:
                    return
                del unsure[tx]
                if status == 200:
                    acknowledged[tx] = (user, to, amount)
                elif status >= 500:
                    raise Failure(f"{status} {answer}")

        threads = [threading.Thread(target=client, args=(u, rng.random())) for u in users]
        for t in threads:
            t.start()
        time.sleep(0.2 + rng.random() * 0.6)
        hub.kill()
        stop.set()
        for t in threads:
            t.join()
        hub = Hub(bin_dir, base, *FREE)
        for u in users + middle:
            u.hub, u.connection = hub, None
        check(
            hub.get("/integrity/status", token=users[0].token)["status"] == "healthy",
            "integrity after the kill")
        for tx, (user, to, amount) in list(unsure.items()):
            status, answer = user.call("GET", f"/payments/{tx}")
            if status == 200 and answer["status"] == "COMMITTED":
                acknowledged[tx] = (user, to, amount)
            else:
                check(status == 404 or answer["status"] == "ABORTED",
                      f"an unanswered payment is {status} {answer}")
            del unsure[tx]
    net = {u.pid: 0 for u in users}
    for tx, (user, to, amount) in acknowledged.items():
        cents = int(amount.replace(".", ""))
        net[user.pid] -= cents
        net[to.pid] += cents
    for u in users:
        got = u.get("/balance")["equivalents"][0]["net_balance"]
        check(
            int(got.replace(".", "")) == net[u.pid],
            f"{u.name} has {got}, acknowledged payments sum to {net[u.pid]} cents")
        listed = sum(1 for tx in acknowledged if acknowledged[tx][0] is u)
        rows, page = 0, 1
        while True:
            items = u.get(
                f"/payments?direction=sent&status=COMMITTED&per_page=200&page={page}")["items"]
            rows += len(items)
            if len(items) < 200:
                break
            page += 1
        check(rows == listed,
              f"{u.name}: the history has {rows} payments, {listed} were acknowledged or found")
    live = hub.get("/integrity/checksum/UAH", token=users[0].token)
    report = verify(bin_dir, base)
    check(report["copy"] is True and report["state_hash"] == live["state_hash"],
          f"verify of the running hub: {report} {live}")
    print(f"{kills} kills, {len(acknowledged)} payments, all there once")
    hub.stop()


# ---- history, export ----

def case_history(bin_dir, base, rng):
    """Dropped tables come back from the journal; an export brings the ledger elsewhere."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00")
    a.trust(c, "100.00")
    paid = [a.pay(b, "5.00"), b.pay(c, "3.00"), c.pay(a, "2.00")]
    a.pay_raw(b, "5000.00")
    before = [
        u.get(path)
        for u in (a, b, c)
        for path in ("/payments", "/clearing", "/participants/me", "/trustlines")
    ]
    log = hub.admin("GET", "/admin/audit-log")
    hub.stop()
    for name in os.listdir(os.path.join(base, "hub")):
        if name.startswith("history.db"):
            os.remove(os.path.join(base, "hub", name))
    hub = Hub(bin_dir, base, *FREE)
    for u in (a, b, c):
        u.hub = hub
    after = [
        u.get(path)
        for u in (a, b, c)
        for path in ("/payments", "/clearing", "/participants/me", "/trustlines")
    ]
    check(before == after, f"the history after it was dropped:\n{before}\n{after}")
    check(log == hub.admin("GET", "/admin/audit-log"), "the audit log after it was dropped")
    check(any(x["mode"] == "inline" and x["edges"] for x in after[1]["items"]),
          f"the clearing of the cycle: {after[1]}")
    live = hub.get("/integrity/checksum/UAH", token=a.token)["state_hash"]
    geonet = os.path.join(bin_dir, "geonet")
    out = os.path.join(base, "journal.gnx")
    done = subprocess.run([geonet, "hub", "export", "--data", base, out], stderr=subprocess.PIPE)
    check(done.returncode == 0, f"export: {done.stderr.decode()}")
    other = os.path.join(base, "other")
    done = subprocess.run([geonet, "hub", "import", "--json", "--data", other, out],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0 and json.loads(done.stdout)["state_hash"] == live,
          f"import: {done.stdout.decode()} {done.stderr.decode()}")
    # what the ledger does not read as its first file proves nothing
    with open(out, "rb") as f:
        whole = f.read()
    for lie in (whole.replace(b"00000001.log", b"00000000.log", 1), b"GNEXPORT1\nend\n"):
        done = subprocess.run([geonet, "hub", "import", "--data", other + "0", "-"], input=lie,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        check(done.returncode == 1 and b"holds" not in done.stdout,
              f"an export without a first file: {done.stdout.decode()} {done.stderr.decode()}")
        check(not os.path.exists(os.path.join(other + "0", "hub", "journal", "00000000.log")),
              "and leaves none")
    # nor does a header alone
    os.makedirs(os.path.join(other + "1", "hub", "journal"))
    os.chmod(os.path.join(other + "1", "hub"), 0o700)
    with open(os.path.join(other + "1", "hub", "journal", "00000001.log"), "wb") as f:
        f.write(whole[whole.index(b"GNLEDGER"):][:8192])
    done = subprocess.run([geonet, "hub", "verify", "--json", "--data", other + "1"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 1 and b"not one record" in done.stdout,
          f"verify of a header: {done.stdout.decode()} {done.stderr.decode()}")
    with open(out, "r+b") as f:
        f.seek(os.path.getsize(out) // 2)
        byte = f.read(1)[0]
        f.seek(-1, 1)
        f.write(bytes([byte ^ 1]))
    done = subprocess.run([geonet, "hub", "import", "--data", other + "2", out],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 1, "a damaged export is refused")
    check(not os.path.exists(os.path.join(other + "2", "hub", "journal", "00000001.log")),
          "and leaves no journal")
    hub.stop()
    # a flipped bit in the middle of the journal is found, never guessed over
    path = sorted(
        os.path.join(base, "hub", "journal", n)
        for n in os.listdir(os.path.join(base, "hub", "journal"))
        if n.endswith(".log"))[0]
    with open(path, "r+b") as f:
        f.seek(8192 + 140)
        byte = f.read(1)[0]
        f.seek(-1, 1)
        f.write(bytes([byte ^ 1]))
    done = subprocess.run([geonet, "hub", "verify", "--data", base], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    check(done.returncode == 1 and done.stderr,
          f"verify of a damaged journal: {done.returncode} {done.stderr.decode()}")


# ---- proof ----

def compared(bin_dir, base, url=None):
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
    code, report = compared(bin_dir, base, hub.url)
    check(
        code == 0 and report["compared_with"] == "hub" and report["copy"]
        and report["compared_at"] == report["records"], f"with the running hub: {report}")
    code, report = compared(bin_dir, base, "http://127.0.0.1:1")
    check(
        code == 0 and report["compared_with"] == "history" and report["copy"]
        and report["end_known"], f"a hub that cannot be asked: {report}")
    # a copy of the directory goes its own way: the journal here is not the one of the hub there
    twin = os.path.join(base, "twin")
    os.makedirs(twin, 0o700)
    shutil.copytree(os.path.join(base, "hub"), os.path.join(twin, "hub"))
    a.pay(b, "1.00")
    code, text = compared(bin_dir, twin, hub.url)
    check(code == 1 and "durable records are gone" in text,
          f"a journal that is too short: {code} {text}")
    second = Hub(bin_dir, twin, *FREE)
    a.hub = b.hub = second
    a.login()
    a.pay(b, "2.00")
    a.pay(b, "2.00")
    a.pay(b, "2.00")
    code, text = compared(bin_dir, twin, hub.url)
    check(code == 1 and "is not that of its journal" in text, f"another state: {code} {text}")
    second.admin("POST", "/admin/snapshot", {"reason": "test"}, want=202)
    a.pay(b, "2.00")
    second.stop()
    hub.stop()
    code, report = compared(bin_dir, twin, hub.url)
    check(
        code == 0 and report["compared_with"] == "checkpoint"
        and 0 < report["compared_at"] <= report["records"], f"with the last checkpoint: {report}")
    spoil_checkpoint(os.path.join(twin, "hub", "journal", "00000001.log"))
    code, text = compared(bin_dir, twin)
    check(code == 1 and "CHECKPOINT" in text, f"a checkpoint that lies: {code} {text}")


def spoil_checkpoint(path):
    """Another state hash in the last CHECKPOINT, everything behind it sealed anew as LG-49 says."""
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


# ---- PostgreSQL ----

def case_postgresql(bin_dir, base, rng):
    """The same history in a real PostgreSQL that this test starts and stops."""
    tools = sorted(
        os.path.join("/usr/lib/postgresql", v, "bin") for v in (
            os.listdir("/usr/lib/postgresql") if os.path.isdir("/usr/lib/postgresql") else []))
    if not tools or not os.path.exists(os.path.join(tools[-1], "initdb")):
        print("skipped: there is no PostgreSQL server (tools/setup scale installs it)")
        return 77
    tools, db = tools[-1], os.path.join(base, "pg")
    os.makedirs(db)
    as_user = []
    if os.geteuid() == 0:
        os.chmod(base, 0o755)
        shutil.chown(db, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def pg(*words):
        done = subprocess.run([*as_user, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              cwd="/", timeout=300)
        check(done.returncode == 0, f"{words[0]}: {done.stdout.decode()[-800:]}")

    pg(os.path.join(tools, "initdb"), "-D", db + "/data", "-A", "trust", "-U", "hub", "-E", "UTF8",
       "--no-sync")
    start = [
        os.path.join(tools, "pg_ctl"), "-D", db + "/data", "-w", "-l", db + "/log", "-o",
        f"-k {db} -c listen_addresses= -c fsync=off", "start"
    ]
    stop = [os.path.join(tools, "pg_ctl"), "-D", db + "/data", "-m", "fast", "-w", "stop"]
    pg(*start)
    running = True
    try:
        data = os.path.join(base, "d")
        where = ("--history", f"postgresql host={db} user=hub dbname=postgres")
        hub = Hub(bin_dir, data, *FREE, *where)
        with_unit(hub)
        a, b, c = people(hub, "Alice", "Bob", "Clara")
        for x, y in ((b, a), (c, b), (a, c)):
            x.trust(y, "100.00")
        a.pay(b, "5.00", description="хліб")
        b.pay(c, "3.00")
        c.pay(a, "2.00")
        a.pay_raw(b, "5000.00")
        check(hub.get("/health/db")["backend"] == "postgresql", "the backend")
        paths = ("/payments", "/payments?direction=received&status=COMMITTED&equivalent=UAH",
                 "/clearing", "/participants/me", "/trustlines", "/participants?q=aLI&type=person",
                 "/clearing/offers", "/integrity/audit-log", "/payments/asked",
                 "/transactions?type=CLEARING",
                 "/transactions?state=COMMITTED&equivalent=UAH&from_date=2020-01-01",
                 f"/transactions?initiator={a.pid}&type=PAYMENT&tx_id=x")
        before = [u.get(p) for u in (a, b, c) for p in paths]
        log = hub.admin("GET", "/admin/audit-log")
        # the database goes away: payments go on, and what was missed is made up
        pg(*stop)
        running = False
        late = a.pay(b, "1.00")
        pg(*start)
        running = True
        deadline = time.monotonic() + 30
        while a.call("GET", f"/payments/{late['tx_id']}")[0] != 200:
            check(time.monotonic() < deadline, "the history did not come back")
            time.sleep(0.3)
        # a server that stands still: payments go on, a question is not waited for for ever, nor at
        # the end; words that are none are not asked
        check(
            a.call("GET", "/payments/%ff")[0] == 404
            and a.call("GET", "/payments/%ed%a0%80")[0] == 404
            and a.call("GET", "/payments/a%00b")[0] == 404, "an id that is no text")
        shown = subprocess.run([
            *as_user,
            os.path.join(tools, "psql"), "-h", db, "-U", "hub", "-d", "postgres", "-Atc",
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> "
            "pg_backend_pid()"
        ], stdout=subprocess.PIPE, cwd="/", timeout=60)
        still = int(shown.stdout)
        os.kill(still, signal.SIGSTOP)
        try:
            check(
                a.pay_raw(b, "0.50", tx_id=(unseen := str(uuid.uuid4())))[0] == 200,
                "a payment while the database stands still")
            told = []
            asking = threading.Thread(
                target=lambda: told.append(a.call("GET", "/participants/me")[0]))
            asking.start()
            time.sleep(0.5)
            hub.process.terminate()
            asking.join()
            hub.process.wait(120)
            check(told in ([200], [503]) and hub.process.returncode == 0,
                  f"it stood still: {told}, {hub.process.returncode}")
        finally:
            os.kill(still, signal.SIGCONT)
        hub = Hub(bin_dir, data, *FREE, *where)
        for u in (a, b, c):
            u.hub = hub
        deadline = time.monotonic() + 60
        while a.call("GET", f"/payments/{unseen}")[0] != 200:
            check(time.monotonic() < deadline, "what it missed is made up")
            time.sleep(0.3)
        hub.stop()
        # and the same from the journal alone, in SQLite
        hub = Hub(bin_dir, data, *FREE)
        for u in (a, b, c):
            u.hub = hub
        after = [[
            i
            for i in (x["items"] if "items" in x else [x])
            if i.get("tx_id") not in (late["tx_id"], unseen)
        ]
                 for x in (u.get(p) for u in (a, b, c) for p in paths)]
        want = [x["items"] if "items" in x else [x] for x in before]
        for got, wanted in zip(after, want):
            for g, w in zip(got, wanted):
                for volatile in ("stats", "stats_by_equivalent", "used", "available",
                                 "pay_capacity"):
                    g.pop(volatile, None), w.pop(volatile, None)
            check(got == wanted, f"PostgreSQL and SQLite differ:\n{wanted}\n{got}")
        check(log == hub.admin("GET", "/admin/audit-log"), "the audit log")
        hub.stop()
    finally:
        if running:
            pg(*stop)


if __name__ == "__main__":
    sys.exit(main(globals()))
