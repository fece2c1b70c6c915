#!/usr/bin/env python3
"""Who may come in to a hub, and how often: crowds, WebSockets, logins, registration. usage:
hub_doors_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import base64, json, os, select, socket, sys

sys.dont_write_bytecode = True
from hub_client import Hub, Key, User, WebSocket, check
from hub_rig import FREE, code_of, main, people, with_unit
from hub_shim import in_thread, limited, refused, until


# ---- crowds ----

def case_crowd(bin_dir, base, rng):
    """64 open files and 200 clients that never finish: payments go on, and so does the journal."""
    check(
        "at least 64 open files" in refused(limited(bin_dir, base + "-few", "ulimit -n 40"), base),
        "too few files are said at the start")
    hub = Hub(limited(bin_dir, base, "ulimit -n 64"), base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "100.00")
    crowd = []
    for i in range(200):
        s = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
        s.sendall(
            b"POST /api/v1/auth/challenge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n"
            b"\r\n{"
            if i % 2 else b"GET /health HTTP/1.1\r\nX-Slow: ")
        crowd.append(s)
        if i % 20 == 19:
            a.pay(b, "1.00")
    check(a.debt_to(b) == "10.00", "all of them are paid")
    hub.admin("POST", "/admin/snapshot", {"reason": "more files"}, want=202)
    check(hub.get("/health", prefix="")["status"] == "ok", "the hub is well")
    for s in crowd:
        s.close()
    hub.stop()


def case_sockets(bin_dir, base, rng):
    """HB-49: one participant holds 16 WebSockets and no more; a network 64 once half of all are
    taken; when all are, who has most gives way to who has none."""
    hub = Hub(bin_dir, base, *FREE, "--trust-proxy", "yes")
    with_unit(hub)
    people(hub, "Anna")
    crowd = people(hub, *[f"P{i}" for i in range(18)])

    class FromAfar(WebSocket):
        """Behind a proxy that names the address."""

        def __init__(self, user, address):
            key = base64.b64encode(os.urandom(16)).decode()
            self.s = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
            self.s.sendall((
                f"GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Protocol: bearer, {user.token}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode())
            head = b""
            while b"\r\n\r\n" not in head:
                more = self.s.recv(1)
                check(more, f"closed during the handshake: {head!r}")
                head += more
            self.status = int(head.split()[1])
            if self.status == 101:
                check(self.expect()["type"] == "hello", "hello")

    def local(i):
        return f"10.{i}.0.1"

    def far(i):
        return f"203.0.113.{i}"

    def full(user, address):
        ws = FromAfar(user, address)
        ws.s.close()
        return ws.status == 429

    open_ = {u: [FromAfar(u, local(0)) for _ in range(16)] for u in crowd[:1]}
    check(
        all(w.status == 101 for w in open_[crowd[0]]) and full(crowd[0], local(0)),
        "16 of one, and not one more")
    check(full(crowd[0], far(1)), "from wherever he comes")
    open_[crowd[17]] = [FromAfar(crowd[17], local(0)) for _ in range(2)]
    check([w.status for w in open_[crowd[17]]] == [101, 101], "another has his own")
    open_[crowd[0]].pop().s.close()
    until(lambda: FromAfar(crowd[0], local(0)).status == 101, "what is closed is free again")
    # private networks have no share, others do while more than half are taken
    for u in crowd[1:8]:
        open_[u] = [FromAfar(u, local(1)) for _ in range(16)]
        check(all(w.status == 101 for w in open_[u]), "of one private network")
    for i, u in enumerate(crowd[8:12]):
        open_[u] = [FromAfar(u, far(i)) for _ in range(16)]
        check(all(w.status == 101 for w in open_[u]), "64 of a network")
    check(
        full(crowd[16], far(99)) and FromAfar(crowd[16], "198.51.100.1").status == 101,
        "not a 65th, but one of another network")
    # full: one of who has most gives way to who has none
    for u in crowd[12:16]:
        open_[u] = [FromAfar(u, local(2)) for _ in range(16 if u is not crowd[15] else 15)]
        check(all(w.status == 101 for w in open_[u]), "up to all there are")
    check(FromAfar(crowd[15], local(2)).status == 503, "nobody has more than he would have")
    newcomer = FromAfar(crowd[16], local(3))
    check(newcomer.status == 101, f"a newcomer comes in: {newcomer.status}")
    newcomer.send("ping")
    check(newcomer.expect() == "pong", "and is served")
    gone = [w for w in sum(open_.values(), []) if select.select([w.s], [], [], 0)[0]]
    check(1 <= len(gone) <= 3 and all(w.receive() == ("close", 1013) for w in gone),
          f"those that gave way are told: {len(gone)}")
    hub.stop()


# ---- who may, and how often ----

def case_login(bin_dir, base, rng):
    """Nobody can keep somebody else from logging in; a challenge is good once, for its key, for
    this start of the hub."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")

    def challenge(user):
        return hub.call("POST", "/auth/challenge", {"pid": user.pid})[1]["challenge"]

    def login(user, text, key=None):
        return hub.call(
            "POST", "/auth/login", {
                "pid": user.pid, "challenge": text, "signature": (key or user.key).sign(
                    user.login_text(text))
            })[0]

    mine = challenge(a)
    check(len(base64.urlsafe_b64decode(mine + "=")) == 32, f"32 bytes: {mine}")
    others = [challenge(a) for _ in range(2000)]
    check(len(set(others + [mine])) == 2001, "each is another one")
    check([login(a, t, b.key) for t in (mine, others[5])] == [401, 401], "a stranger's signature")
    check(login(a, mine) == 200, "a stranger's challenges and tries do not shut the owner out")
    check(login(a, mine) == 401, "a used one")
    check(login(b, others[0]) == 401, "another's")
    for at in (0, 9, 20, 42):
        bad = others[1][:at] + ("A" if others[1][at] != "A" else "Q") + others[1][at + 1:]
        check(login(a, bad) == 401, f"changed at {at}")
    results = [in_thread(lambda: login(a, others[2])) for _ in range(8)]
    check(sorted(r() for r in results) == [200] + [401] * 7, "one of eight at once")
    hub.stop()
    hub = Hub(bin_dir, base, *FREE)
    check(login(a, others[3]) == 401, "of the start before")
    check(login(a, challenge(a)) == 200, "of this one")
    hub.stop()


def case_doors(bin_dir, base, rng):
    """Failing payments have a rate of their own; registration may be the officers'; names show what
    they are; every answer has an id."""
    config = base + ".conf"
    with open(config, "w") as f:
        f.write("rate-failed = 5\nrate-key = 0\nrate-address = 0\n")
    hub = Hub(bin_dir, base, "--config", config)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "10.00")
    codes = [a.pay_raw(b, "50.00")[0] for _ in range(8)]
    check(codes == [400] * 5 + [429] * 3, f"failing payments: {codes}")
    body = json.dumps(
        a.signed("payment", {"tx_id": "more", "to": b.pid, "equivalent": "UAH", "amount": "1.00"},
                 "more"))
    status, head, data = hub.raw("POST", "/api/v1/payments", body,
                                 {"Authorization": "Bearer " + a.token})
    check(
        status == 429 and int(head["Retry-After"]) >= 1
        and "failed" in json.loads(data)["error"]["message"], f"{status} {data}")
    check(
        len(a.get("/payments")["items"]) == 5 and b.pay_raw(a, "50.00")[0] == 400,
        "reading goes on, and others pay")
    # names
    for name in ("a\x00b", "a\x1b[31mb", "a\nb", "a\u202eb", "a\u2066b", "a\u200bb", "a\x85b",
                 "\ufeffa"):
        user = User(hub, name)
        status, answer = user.send(
            "POST", "/participants", "participant.register",
            {"display_name": name, "public_key": user.key.public64, "type": "person"})
        check(status == 422 and "display_name" in answer["error"]["message"],
              f"the name {name!r}: {status} {answer}")
        status, answer = a.send("PATCH", "/participants/me", "participant.profile",
                                {"display_name": name})
        check(status == 422 and "display_name" in answer["error"]["message"],
              f"renamed to {name!r}: {status} {answer}")
    people(hub, "Жінка 👩\u200d🌾", "می\u200cخواهم", "שלום", 'a"\\b')
    # the scheme's name in any case; an id on every answer
    check(
        hub.raw("GET", "/api/v1/balance", None, {"Authorization": "bearer " + a.token})[0] == 200,
        "bearer")
    for what in (
            b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 30000 + b"\r\n\r\n",
            b"POST /api/v1/auth/challenge HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: mine\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
    ):
        with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as s:
            s.sendall(what)
            out = b""
            while more := s.recv(65536):
                out += more
        check(b"\r\nX-Request-ID: " + (b"mine" if b"mine" in what else b"") in out,
              f"no id: {out[:300]!r}")
    hub.stop()
    with open(config, "a") as f:
        f.write("registration = officers\n")
    hub = Hub(bin_dir, base, "--config", config)
    for u in (a, b):
        u.hub = hub
    new = User(hub, "New")
    body = new.signed("participant.register",
                      {"display_name": "New", "public_key": new.key.public64, "type": "person"})
    status, answer = hub.call("POST", "/participants", body)
    check(status == 403 and code_of(answer) == "E006" and "officers" in answer["error"]["message"],
          f"a closed door: {status} {answer}")
    check(a.call("POST", "/participants", body)[0] == 403, "a participant opens it for nobody")
    check(
        hub.call("POST", "/participants", body, admin=hub.admin_token)[0] == 201,
        "the bootstrap token does")
    operator, boss, second = Key(), Key(), User(hub, "Second")
    for key, role in ((operator, "operator"), (boss, "admin")):
        hub.admin(
            "POST", "/admin/roles",
            {"public_key": key.public64, "role": role, "name": role, "reason": "the beginning"})
    officer = User(hub, "Operator", operator)
    officer.login()
    check(
        officer.call(
            "POST", "/participants",
            second.signed(
                "participant.register",
                {"display_name": "Second", "public_key": second.key.public64, "type": "person"
                 }))[0] == 201, "an operator registers people")
    new.login()
    second.login()
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
