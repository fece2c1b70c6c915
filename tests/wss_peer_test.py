#!/usr/bin/env python3
"""The TLS carrier (RE-45) and peers of other makes: curl, openssl, Python's ssl with frames made by
hand, servers that answer wrongly. usage: wss_peer_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence."""
import base64, hashlib, os, shutil, socket, ssl, struct, subprocess, sys, tempfile, threading, time

WAIT_MAX = 60  # seconds, for what takes far less
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = base64.b64encode(b"0123456789abcdef")
UPGRADE = {"Host": "x", "Upgrade": "websocket", "Connection": "Upgrade",
           "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY.decode(),
           "Sec-WebSocket-Protocol": "geonet.1"}


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def check(ok, sentence):
    if not ok:
        raise Failure(sentence)


class Program:
    """wss_echo; its lines, and the counters that a server says at its end."""

    def __init__(self, *words):
        path = os.path.join(os.path.dirname(sys.argv[1].rstrip("/")), "tests", "wss_echo")
        self.process = subprocess.Popen([path, *map(str, words)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def line(self):
        return self.process.stdout.readline().strip()

    def end(self):
        rest = self.process.communicate(timeout=WAIT_MAX)[0]
        check(self.process.returncode == 0, f"wss_echo ended with {self.process.returncode}")
        pairs = (line.rsplit(" ", 1) for line in rest.splitlines())
        return {p[0]: int(p[1]) for p in pairs if p[-1].isdigit()}


class Server(Program):
    def __init__(self, *words):
        super().__init__("serve", *words)
        self.port = int(self.line())


def context(alpn=("http/1.1",), highest=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    if alpn:
        c.set_alpn_protocols(list(alpn))
    if highest:
        c.maximum_version = highest
    return c


def tls(port, **words):
    s = socket.create_connection(("127.0.0.1", port), timeout=WAIT_MAX)
    return context(**words).wrap_socket(s, server_hostname="x.example")


def request(path="/geonet/1", method="GET", **changes):
    fields = dict(UPGRADE)
    for name, value in changes.items():
        fields[name.replace("_", "-")] = value
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{n}: {v}" for n, v in fields.items() if v is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_to_end(s):
    raw = b""
    try:
        while part := s.recv(65536):
            raw += part
    except (ConnectionResetError, ssl.SSLError):
        pass
    return raw


def read_head(s):
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = s.recv(1)
        check(part, f"the end came in the head: {raw}")
        raw += part
    return raw


def frame(payload, first=0x82, mask=b"\x01\x02\x03\x04"):
    n = len(payload)
    bit = 0x80 if mask else 0
    head = bytes([first, bit | n]) if n < 126 else bytes([first, bit | 126]) + struct.pack(">H", n)
    if mask:
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return head + (mask or b"") + payload


def read_exactly(s, n):
    raw = b""
    while len(raw) < n:
        part = s.recv(n - len(raw))
        check(part, "the end came within a frame")
        raw += part
    return raw


def read_frame(s):
    first, n = read_exactly(s, 2)
    check(not n & 0x80, "a server's frame is masked")
    if n == 126:
        n = struct.unpack(">H", read_exactly(s, 2))[0]
    return first, read_exactly(s, n)


def joined(port):
    s = tls(port)
    s.sendall(request())
    head = read_head(s)
    accept = base64.b64encode(hashlib.sha1(KEY + GUID).digest())
    check(head.startswith(b"HTTP/1.1 101 ") and accept in head, f"not joined: {head}")
    check(b"Sec-WebSocket-Protocol: geonet.1\r\n" in head, "the subprotocol is not named")
    return s


def closes_with(s, code, what):
    """One close frame, then the end."""
    first, payload = read_frame(s)
    check(first == 0x88 and struct.unpack(">H", payload[:2])[0] == code,
          f"{what}: {first:x} {payload}")
    check(read_to_end(s) == b"", f"{what}: something after the close")


# ---- our server ----

def browse():
    """To curl and openssl it is a web server that has nothing: TLS 1.3, a key of P-256, 404."""
    if not shutil.which("curl") or not shutil.which("openssl"):
        raise Skipped("no curl or no openssl here")
    server = Server()
    url = f"https://127.0.0.1:{server.port}"
    for path in ("/", "/geonet/1", "/geonet/2", "/geonet/1/"):
        out = subprocess.run(["curl", "-sk", "--noproxy", "*", "-o", os.devnull, "-w",
                              "%{http_code} %{http_version}", url + path],
                             capture_output=True, text=True, timeout=WAIT_MAX)
        check(out.stdout == "404 1.1", f"{path}: {out.stdout}")
    out = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-alpn",
                          "h2,http/1.1"], input="", capture_output=True, text=True,
                         timeout=WAIT_MAX).stdout
    for word in ("TLSv1.3", "ALPN protocol: http/1.1", "Server public key is 256 bit", "localhost"):
        check(word in out, f"no {word} in {out}")
    check(server.end()["wss-not-found"] == 4, "not four requests were refused")


def refused():
    server = Server()
    wrong = [request("/"), request("/geonet/1?x=1"), request(method="POST"),
             request(Upgrade=None), request(Connection="close"), request(Origin="https://evil"),
             request(Sec_WebSocket_Version="12"), request(Sec_WebSocket_Key="short"),
             request(Sec_WebSocket_Protocol="chat"), request(Sec_WebSocket_Protocol=None)]
    for text in wrong:
        with tls(server.port) as s:
            s.sendall(text)
            answer = read_to_end(s)
        check(answer.startswith(b"HTTP/1.1 404 "), f"{text} is answered {answer}")
    for text in (b"GARBAGE\r\n\r\n", request().replace(b"\r\n", b"\n"), request(Host=None)):
        with tls(server.port) as s:
            s.sendall(text)
            answer = read_to_end(s)
        check(answer.startswith(b"HTTP/1.1 400 "), f"{text} is answered {answer}")
    with tls(server.port) as s:
        s.sendall(request(Cookie="x" * 5000))
        check(read_to_end(s).startswith(b"HTTP/1.1 431 "), "a head without bounds is taken")
    for words in ({"highest": ssl.TLSVersion.TLSv1_2}, {"alpn": ["h2"]}):
        try:
            tls(server.port, **words)
            raise Failure(f"{words} is taken")
        except ssl.SSLError:
            pass
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(request())
        check(not read_to_end(s).startswith(b"HTTP"), "plain HTTP is answered")
    with joined(server.port) as s:  # and it goes on
        s.sendall(frame(b"alive"))
        check(read_frame(s) == (0x82, b"alive"), "no echo")
    counts = server.end()
    check(counts["wss-not-found"] == len(wrong) and counts["wss-broken"] == 7, f"{counts}")
    check(counts["wss-opened"] == 1, f"{counts}")


def frames():
    server = Server()
    with joined(server.port) as s:
        for size in (1, 125, 126, 1499, 1500):
            data = os.urandom(size)
            s.sendall(frame(data))
            check(read_frame(s) == (0x82, data), f"no echo of {size} bytes")
        s.sendall(frame(b"a" * 700, 2) + frame(b"", 0x89) + frame(b"b" * 800, 0x80))
        check(read_frame(s) == (0x8a, b""), "no pong between fragments")
        check(read_frame(s) == (0x82, b"a" * 700 + b"b" * 800), "fragments are not joined")
        for b in frame(b"byte by byte"):
            s.sendall(bytes([b]))
        check(read_frame(s) == (0x82, b"byte by byte"), "no echo")
        s.sendall(frame(struct.pack(">H", 1000) + b"bye", 0x88))
        closes_with(s, 1000, "a close")
    bad = {"no mask": (frame(b"x", mask=b""), 1002), "a text": (frame(b"x", 0x81), 1003),
           "too large": (frame(b"x" * 1501), 1009),
           "too large in parts": (frame(b"x" * 1000, 2) + frame(b"x" * 501, 0x80), 1009),
           "a reserved bit": (frame(b"x", 0xc2), 1002),
           "nothing to go on with": (frame(b"x", 0x80), 1002),
           "a long ping": (frame(b"x" * 126, 0x89), 1002),
           "a ping in parts": (frame(b"x", 0x09), 1002)}
    for what, (text, code) in bad.items():
        with joined(server.port) as s:
            s.sendall(text)
            closes_with(s, code, what)
    counts = server.end()
    check(counts["wss-broken"] == len(bad), f"{counts}")
    check(counts["wss-packets-in"] == 7, f"{counts}")


def stalled():
    """Silent, half-open and slow ones end by themselves; one who does not read is held within
    bounds; whoever comes after them is served."""
    server = Server()
    silent = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_MAX)
    half = tls(server.port)
    slow = tls(server.port)
    slow.sendall(request()[:20])
    check(silent.recv(1) == b"", "a silent one is kept")
    for s, what in ((half, "one that asks for nothing"), (slow, "half a request")):
        check(read_to_end(s) == b"", f"{what} is answered")
        s.close()
    silent.close()
    deaf = joined(server.port)
    deaf.settimeout(1)
    sent = 0
    try:
        while sent < 1 << 24:
            sent += deaf.send(frame(b"x" * 1500) * 10)
    except (TimeoutError, ssl.SSLError, OSError):
        pass
    with joined(server.port) as s:
        s.sendall(frame(b"alive"))
        check(read_frame(s) == (0x82, b"alive"), "who does not read keeps out others")
    deaf.close()
    half = joined(server.port)
    half.shutdown(socket.SHUT_WR)  # without an end of TLS
    read_to_end(half)
    half.close()
    counts = server.end()
    check(counts["wss-timeout-tls"] == 1 and counts["wss-timeout-upgrade"] == 2, f"{counts}")


def given():
    """A certificate of files, with what stands above it, is what clients are shown."""
    if not shutil.which("openssl"):
        raise Skipped("no openssl here")
    with tempfile.TemporaryDirectory() as folder:
        cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                        "-out", cert, "-subj", "/CN=node.example", "-days", "2"], check=True,
                       capture_output=True, timeout=WAIT_MAX)
        server = Server(cert, key)
        c = ssl.create_default_context(cafile=cert)
        c.check_hostname = False
        with c.wrap_socket(socket.create_connection(("127.0.0.1", server.port))) as s:
            names = [pair[0] for pair in s.getpeercert()["subject"]]
        check(("commonName", "node.example") in names, f"{names}")
        server.end()
        program = Program("serve", key, cert)
        check(program.line() == "error key", "the wrong way round is taken")
        program.process.communicate()


def behind():
    """A web server that speaks plain HTTP to it."""
    server = Server("behind")
    with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_MAX) as s:
        s.sendall(request(X_Forwarded_For="203.0.113.9"))
        check(read_head(s).startswith(b"HTTP/1.1 101 "), "not joined")
        s.sendall(frame(b"through"))
        check(read_frame(s) == (0x82, b"through"), "no echo")
    with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_MAX) as s:
        s.sendall(request("/else"))
        check(read_to_end(s).startswith(b"HTTP/1.1 404 "), "no 404")
    server.end()


# ---- our client ----

class Stranger:
    """A server of Python's ssl that does once what it is told, with what was asked."""

    def __init__(self, folder, act):
        cert, key = os.path.join(folder, "c.pem"), os.path.join(folder, "k.pem")
        if not os.path.exists(cert):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                            key, "-out", cert, "-subj", "/CN=x"], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.act, self.error = act, None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            s, _ = self.listener.accept()
            s.settimeout(WAIT_MAX)
            with self.context.wrap_socket(s, server_side=True) as c:
                check(c.version() == "TLSv1.3", f"it speaks {c.version()}")
                self.act(c, read_head(c))
                read_to_end(c)
        except Exception as e:  # said by who waits for us
            self.error = e

    def end(self):
        self.thread.join(WAIT_MAX)
        self.listener.close()
        if self.error and not isinstance(self.error, OSError):
            raise self.error


def grant(c, asked, **changes):
    lines = dict(line.split(": ", 1) for line in asked.decode().split("\r\n")[1:] if line)
    check(asked.startswith(b"GET /geonet/1 HTTP/1.1\r\n"), f"asked: {asked}")
    check(lines["Sec-WebSocket-Protocol"] == "geonet.1" and "Origin" not in lines, f"{lines}")
    accept = hashlib.sha1(lines["Sec-WebSocket-Key"].encode() + GUID).digest()
    fields = {"Upgrade": "websocket", "Connection": "Upgrade",
              "Sec-WebSocket-Accept": base64.b64encode(accept).decode(),
              "Sec-WebSocket-Protocol": "geonet.1"}
    fields.update({n.replace("_", "-"): v for n, v in changes.items()})
    c.sendall(("HTTP/1.1 101 x\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items() if v) +
               "\r\n").encode())


def hello_of(c):
    first, n = read_exactly(c, 2)
    check(first == 0x82 and n & 0x80, f"a client's frame is {first:x} {n:x}")
    mask = read_exactly(c, 4)
    check(mask != b"\0\0\0\0", "the mask is none")
    return bytes(b ^ mask[i % 4] for i, b in enumerate(read_exactly(c, n & 0x7f)))


def dial():
    if not shutil.which("openssl"):
        raise Skipped("no openssl here")

    def talk(*frames):
        def act(c, asked):
            grant(c, asked)
            check(hello_of(c) == b"hello", "the client says something else")
            for f in frames:
                c.sendall(f)
        return act

    def answers(text):
        return lambda c, asked: c.sendall(text)

    close = frame(struct.pack(">H", 1000), 0x88, b"")
    big = frame(b"y" * 1500, mask=b"")
    cases = [
        ("echo", talk(frame(b"hi", mask=b""), close), ["heard 2 hi", "closed closed"]),
        ("parts", talk(frame(b"a", 2, b""), frame(b"b", 0x80, b""), close),
         ["heard 2 ab", "closed closed"]),
        ("the largest", talk(big, close), ["heard 1500 " + "y" * 40, "closed closed"]),
        ("one more", talk(frame(b"y" * 1501, mask=b"")), ["closed too-large"]),
        ("a mask", talk(frame(b"hi")), ["closed protocol"]),
        ("a text", talk(frame(b"hi", 0x81, b"")), ["closed unsupported"]),
        ("an end", lambda c, asked: (grant(c, asked), c.unwrap()), ["closed closed"]),
        ("404", answers(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
         ["closed not-found"]),
        ("200", answers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), ["closed not-found"]),
        ("junk", answers(b"hello there\r\n\r\n"), ["closed protocol"]),
        ("a head without end", answers(b"HTTP/1.1 101 x\r\nX: " + b"x" * 5000),
         ["closed too-large"]),
        ("another's accept", lambda c, asked: grant(c, asked, Sec_WebSocket_Accept="AAAA"),
         ["closed protocol"]),
        ("another protocol", lambda c, asked: grant(c, asked, Sec_WebSocket_Protocol="chat"),
         ["closed protocol"]),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for what, act, expected in cases:
            stranger = Stranger(folder, act)
            program = Program("dial", f"wss://localhost:{stranger.port}/geonet/1")
            said = [program.line() for _ in expected]
            program.end()
            stranger.end()
            check(said == expected, f"{what}: {said} instead of {expected}")


CASES = {f.__name__: f for f in (browse, refused, frames, stalled, given, behind, dial)}


def main():
    try:
        CASES[sys.argv[2]]()
    except Skipped as e:
        print(e)
        return 77
    except Failure as e:
        print(f"wss_peer_test {sys.argv[2]}: {e}")
        return 1
    return 0


sys.exit(main())
