#!/usr/bin/env python3
"""What a hub does with the forged, the unusual and the damaged: texts that are not canonical,
signatures, what a record does not say, strange HTTP, damaged disks. usage: hub_forgery_test.py
BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import base64, hashlib, hmac, json, os, shutil, socket, subprocess, sys, time

sys.dont_write_bytecode = True
from hub_client import Failure, Hub, User, WebSocket, canonical, check
from hub_rig import FREE, change, code_of, line_of, main, mark, people, same_person, together
from hub_rig import verify, with_unit


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
    sys.exit(main(globals()))
