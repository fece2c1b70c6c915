#!/usr/bin/env python3
"""How a hub starts: what it needs, which clock it believes, keys and files that are not as they
were. usage: hub_start_test.py BIN_DIR CASE

Helpers are those of hub_shim.py, exit codes and SEED those of hub_rig.py."""
import calendar, json, os, shutil, socket, sys, time, uuid

sys.dont_write_bytecode = True
from hub_client import Hub, Key, WebSocket, check
from hub_rig import FREE, code_of, main, people, with_unit
from hub_shim import Shim, geonet, in_thread, refused, until


def case_start(bin_dir, base, rng):
    """While the journal is read, everything but health, /hub and metrics is 503, whoever asks."""
    shim = Shim(bin_dir, base)
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    a.pay(b, "1.00")
    hub.stop()
    shim.put("unread")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    starting = in_thread(lambda: Hub(shim.bin, base, *FREE, http_port=port))

    def listening():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False

    until(listening, "the listener is there before the journal is read")
    hub.port = port
    new = Key()
    for method, path, token, body in (("GET", "/balance", a.token,
                                       None), ("GET", "/balance", None,
                                               None), ("GET", "/admin/whoami", a.token, None),
                                      ("GET", "/admin/health/db",
                                       None, None), ("POST", "/auth/challenge", None, {
                                           "pid": a.pid
                                       }), ("POST", "/auth/login", None, {
                                           "pid": a.pid, "challenge": "A" * 43, "signature": "x"
                                       }), ("POST", "/auth/refresh", None, {
                                           "refresh_token": a.refresh
                                       }), ("POST", "/participants", None, {
                                           "signed": "{}", "signature": new.sign("{}")
                                       }), ("POST", "/payments", a.token, {}), ("GET", "/ws", None,
                                                                                None)):
        status, head, data = hub.raw(method, "/api/v1" + path,
                                     json.dumps(body) if body is not None else None,
                                     {"Authorization": "Bearer " + token} if token else {})
        check(
            status == 503 and code_of(json.loads(data)) == "E010" and int(head["Retry-After"]) >= 1,
            f"{method} {path} while the journal is read: {status} {data}")
    check(hub.call("GET", "/admin/whoami", admin="x" * 64)[0] == 503, "an admin token")
    check(
        hub.call("GET", "/health")[0] == 503 and hub.call("GET", "/health")[1]["ready"] is False
        and hub.call("GET", "/hub")[0] == 200 and hub.raw("GET", "/metrics")[0] == 200,
        "what is always told")
    shim.drop("unread")
    hub = starting()
    a.hub = hub
    check(a.debt_to(b) == "1.00", "and then the hub is there")
    hub.stop()


def case_clock(bin_dir, base, rng):
    """A journal whose last record lies ahead of the clock: the start and health say so, and
    payments go on."""
    shim = Shim(bin_dir, base)
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    a.pay(b, "1.00")
    check("clock" not in hub.get("/health").get("warning", ""), "a good clock")
    hub.stop()
    check("clock.behind" not in hub.last_words(), "a good clock is no news")
    shim.put("clock", "7200")
    hub = Hub(shim.bin, base, *FREE)
    hub.admin("POST", "/admin/snapshot", {"reason": "a record of later"}, want=202)
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    check("clock.behind" in hub.last_words(), "the start says it")
    health = hub.get("/health")
    check(health["status"] == "ok" and "behind the last record" in health["warning"],
          f"health says it: {health}")
    a.hub = hub
    a.login()
    a.pay(b, "1.00")
    hub.stop()


def case_set(bin_dir, base, rng):
    """HB-53: a clock that is set by days while the hub runs ends nothing, and is told; so is one
    that is set back."""
    if float(open("/proc/uptime").read().split()[0]) < 1800:
        print("skipped: this machine has just started, whose clock is believed at once")
        return 77
    shim = Shim(bin_dir, base)
    hub = Hub(shim.bin, base, *FREE, "--rate-day", "1000")
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00", policy={"ask": True})
    tx_id = str(uuid.uuid4())
    status, answer = a.pay_raw(b, "1.00", tx_id=tx_id, constraints={"timeout_ms": 3600000})
    check(status in (200, 202) and answer["status"] not in ("COMMITTED", "ABORTED"),
          f"a payment that waits for Bob: {status} {answer}")
    events = WebSocket(hub, a.token)
    check(events.expect()["type"] == "hello", "the hub greets")

    def warning():
        return hub.get("/health").get("warning", "")

    def seconds(text):
        return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))

    shim.put("clock", str(400 * 86400))
    until(lambda: "was set 3455" in warning() and "ahead" in warning(),
          f"a clock that is set ahead is told: {warning()}")
    check(
        a.get(f"/payments/{tx_id}")["status"] not in ("ABORTED", "COMMITTED"),
        "what waits goes on waiting")
    events.send("ping")
    check(events.expect() == "pong", "the WebSocket is open")
    a.send("PATCH", "/participants/me", "participant.profile", {"display_name": "Alice A."})
    check(time.time() - 86400 < seconds(hub.get("/health")["timestamp"]) < time.time() + 86400,
          "the hub's time is that of before")
    check(
        seconds(a.get("/participants/me")["updated_at"]) < time.time() + 86400,
        "and that of its records")
    a.login()
    check(
        b.send("POST", "/payments/vote", "payment.vote",
               {"tx_id": tx_id, "initiator": a.pid, "answer": "yes"},
               tx_id)[1]["status"] == "COMMITTED", "and Bob may still say yes")
    doctor = geonet(bin_dir, "doctor", "--hub", hub.url, "--data", os.path.join(
        base, "u")).stdout.decode()
    check(
        "this machine's clock was set" in doctor
        and "clock was set" in geonet(bin_dir, "hub", "status", "--hub", hub.url, "--data",
                                      os.path.join(base, "u")).stdout.decode(), f"doctor: {doctor}")
    shim.put("clock", "0")
    until(lambda: "clock" not in warning(), f"right again: {warning()}")
    shim.put("clock", "-7200")
    until(lambda: "back" in warning(), f"a clock that is set back is told: {warning()}")
    check(b.trust(a, "1.00", want=409) and a.get("/balance"), "and everything goes on")
    shim.put("clock", "0")
    until(lambda: "clock" not in warning(), f"right again: {warning()}")
    lines = open(os.path.join(base, "log"), errors="replace").read()
    check(lines.count("clock.set") == 2 and lines.count("clock.agrees") == 2, f"the log: {lines}")
    hub.stop()


def case_keys(bin_dir, base, rng):
    """A journal without its hub's key: nothing is made, and the key is named."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    hub.stop()
    folder, key = os.path.join(base, "hub"), os.path.join(base, "hub", "hub.key")
    check(
        geonet(bin_dir, "hub", "export", "--data", base, base + "/x.gnx").returncode == 0, "export")
    other = base + "-other"
    check(
        geonet(bin_dir, "hub", "import", "--data", other, base + "/x.gnx").returncode == 0,
        "import")
    with open(base + "/x.gnx", "rb") as f:
        first, entry, rest = f.read().split(b"\n", 2)
    name, size, digest = entry.split()
    for i, odd in enumerate((name + b" +" + size + b" " + digest, entry + b" ", entry + b" more",
                             name + b" -" + size + b" " + digest, name + b"  " + size + digest)):
        with open(base + "/odd.gnx", "wb") as f:
            f.write(b"\n".join((first, odd, rest)))
        done = geonet(bin_dir, "hub", "import", "--data", f"{base}-odd{i}", base + "/odd.gnx")
        check(done.returncode == 1, f"an export has one form: {odd}: {done.stderr}")
    before = sorted(os.listdir(os.path.join(other, "hub")))
    for words in (refused(bin_dir, other), geonet(bin_dir, "hub", "init", "--data",
                                                  other).stderr.decode()):
        check(f"key of hub {hub.pid} is needed" in words, f"the key that is needed: {words}")
    check(
        sorted(os.listdir(os.path.join(other, "hub"))) == before,
        f"something was made: {os.listdir(os.path.join(other, 'hub'))}")
    os.rename(key, key + ".away")
    check(f"key of hub {hub.pid} is needed" in refused(bin_dir, base) and not os.path.exists(key),
          "a key that went away")
    stranger = base + "-stranger"
    check(geonet(bin_dir, "hub", "init", "--data", stranger).returncode == 0, "another hub")
    shutil.copy(os.path.join(stranger, "hub", "hub.key"), key)
    check(f"key of hub {hub.pid} is needed" in refused(bin_dir, base), "another hub's key")
    os.replace(key + ".away", key)
    hub = Hub(bin_dir, base, *FREE)
    check("Is the hub well?\n" in geonet(bin_dir, "hub", "status", "--help").stdout.decode(),
          "a question ends as one")
    words = refused(bin_dir, base)
    check("is running on this directory" in words and words.count(folder) == 1,
          f"two hubs on one directory: {words}")
    hub.stop()


def case_files(bin_dir, base, rng):
    """Damaged files say what may be done; a torn tail is told by verify, and against the
    history."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    for _ in range(5):
        a.pay(b, "1.00")
    hub.stop()
    folder = os.path.join(base, "hub")
    journal = os.path.join(folder, "journal", "00000001.log")
    for made in ("new", "by an older hub"):  # wherever they are copied to
        for name in ("history.db", "tokens.db"):
            mode = os.stat(os.path.join(folder, name)).st_mode & 0o777
            check(mode == 0o600, f"{name}, {made}, is its owner's alone: {mode:o}")
            os.chmod(os.path.join(folder, name), 0o644)
        Hub(bin_dir, base, *FREE).stop()
    shutil.copytree(base, base + "-whole")

    def again():
        shutil.rmtree(base)
        shutil.copytree(base + "-whole", base)

    def verify():
        done = geonet(bin_dir, "hub", "verify", "--data", base)
        return done.returncode, (done.stdout + done.stderr).decode()

    check(verify()[0] == 0 and "tail" not in verify()[1], f"a whole journal: {verify()}")
    with open(os.path.join(folder, "history.db"), "wb") as f:
        f.write(b"garbage" * 1000)
    words = refused(bin_dir, base)
    check("history.db" in words and "delete" in words and "made again" in words,
          f"a damaged history: {words}")
    for name in os.listdir(folder):
        if name.startswith("history.db"):
            os.remove(os.path.join(folder, name))
    hub = Hub(bin_dir, base, *FREE)
    a.hub = hub
    check(len(a.get("/payments")["items"]) == 5, "and is made again")
    hub.stop()
    again()
    with open(os.path.join(folder, "tokens.db"), "wb") as f:
        f.write(b"garbage" * 1000)
    words = refused(bin_dir, base)
    check("tokens.db" in words and "log in again" in words, f"damaged tokens: {words}")
    # what cannot be read is neither damaged nor absent: nothing is said to go, and nothing is made
    # in its stead
    for name in ("history.db", "tokens.db", "rates.json", "admin-token", "tokens.key"):
        again()
        for old in os.listdir(folder):
            if old.startswith(name):
                os.remove(os.path.join(folder, old))
        os.makedirs(os.path.join(folder, name, "kept"))
        words = refused(bin_dir, base)
        check(f"{folder}/{name}" in words and "cannot be" in words and "delete" not in words,
              f"{name} is a folder: {words}")
        check(os.listdir(os.path.join(folder, name)) == ["kept"], f"{name} was changed")
        if name == "history.db":
            code, words = verify()
            check(code == 1 and "cannot be read" in words and name in words,
                  f"verify without knowing how far: {code} {words}")
    again()
    os.rename(os.path.join(folder, "hub.key"), os.path.join(folder, "away"))
    os.rename(os.path.join(folder, "journal"), os.path.join(folder, "elsewhere"))
    with open(os.path.join(folder, "journal"), "w", encoding="ascii"):
        pass
    words = refused(bin_dir, base)
    check("journal cannot be read" in words and not os.path.exists(os.path.join(folder, "hub.key")),
          f"a journal that cannot be read: {words}")
    again()
    os.makedirs(os.path.join(base, "hub", "hub.conf"))
    check(b"hub.conf" in geonet(bin_dir, "hub", "run", "--data", base, "--http", "0").stderr,
          "a configuration that cannot be read")
    # without the tokens that were used none of before counts
    again()
    check(os.path.getsize(os.path.join(folder, "tokens.db")) > 0, "a hub that ran has tokens.db")
    hub = Hub(bin_dir, base, *FREE)
    check(
        hub.call("POST", "/auth/refresh", {"refresh_token": b.refresh})[0] == 200,
        "a refresh token over a restart")
    check(
        hub.call("POST", "/auth/refresh", {"refresh_token": b.refresh})[0] == 401,
        "a refresh token twice")
    hub.stop()
    for old in os.listdir(folder):
        if old.startswith("tokens.db"):
            os.remove(os.path.join(folder, old))
    hub = Hub(bin_dir, base, *FREE)
    check(
        hub.call("POST", "/auth/refresh", {"refresh_token": b.refresh})[0] == 401,
        "a used refresh token counts again without tokens.db")
    hub.stop()
    # a tail that was never finished
    again()
    with open(journal, "ab") as f:
        f.write(b"x" * 5000)
    code, words = verify()
    check(code == 0 and "5000 bytes behind record" in words and "torn tail" in words,
          f"a torn tail: {code} {words}")
    # the last batch damaged: the history knows it, so nobody calls it a torn tail
    again()
    with open(journal, "r+b") as f:
        f.seek(-4096 + 150, 2)
        f.write(b"\xff\xfe")
    with open(journal, "rb") as f:
        damaged = f.read()
    code, words = verify()
    check(code == 1 and "history" in words and "4096 bytes behind record" in words,
          f"a damaged end: {code} {words}")
    words = refused(bin_dir, base)
    check("history knows record" in words and "Nothing was changed" in words, f"the start: {words}")
    with open(journal, "rb") as f:
        check(f.read() == damaged, "the start changed the journal")
    # no journal at all, but a history of it
    again()
    shutil.rmtree(os.path.join(folder, "journal"))
    check("history knows record" in refused(bin_dir, base) and not os.path.exists(journal),
          "a journal was begun beside the history of another")
    shutil.rmtree(base + "-whole")


if __name__ == "__main__":
    sys.exit(main(globals()))
