"""A hub as a process and a participant as a key, for tests/hub_*_test.py: the profiles geo-v1 and
geo-v0 written from docs/spec/ledger.md, not from the C sources. WebSocket is spoken by hand,
strictly."""
import base64, hashlib, http.client, json, os, re, secrets, socket, struct, subprocess, sys, time
import uuid

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as missing:
    print(f"skipped: {missing} (tools/setup dev installs it)")
    sys.exit(77)

from node_rig import Failure, ROOT, check

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data):
    n, out = int.from_bytes(data, "big"), ""
    while n:
        n, digit = divmod(n, 58)
        out = ALPHABET[digit] + out
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + out


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Described:
    """docs/openapi-hub.json: which statuses an operation may answer with."""
    operations = None

    @classmethod
    def statuses(cls, method, path):
        """None: no such operation is described."""
        if cls.operations is None:
            paths = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))["paths"]
            # a path with fewer names in it is meant first
            cls.operations = [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), {
                m.upper(): set(o["responses"])
                for m, o in item.items()
            })
                              for path, item in sorted(paths.items(), key=lambda i: i[0].count("{"))
                              ]
        for pattern, methods in cls.operations:
            if pattern.match(path.split("?")[0]) and method in methods:
                return methods[method]
        return None


class Key:
    def __init__(self, seed=None):
        self.private = Ed25519PrivateKey.from_private_bytes(seed or secrets.token_bytes(32))
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public64 = base64.b64encode(self.public).decode()
        self.pid = base58(hashlib.sha256(self.public).digest())

    def sign(self, text):
        return base64.b64encode(self.private.sign(text.encode())).decode()


class Hub:
    started = []  # processes, so that a failed test leaves none behind

    def __init__(self, bin_dir, data, *args, http_port=0):
        self.bin, self.data, self.args = bin_dir, data, args
        self.log = open(os.path.join(data, "log"), "ab") if os.path.isdir(data) else None
        if not self.log:
            os.makedirs(data)
            self.log = open(os.path.join(data, "log"), "ab")
        read, write = os.pipe()
        self.process = subprocess.Popen([
            os.path.join(bin_dir, "geonet"), "hub", "run", "--data", data, "--http",
            str(http_port), "--ready-fd",
            str(write), *args
        ], stdout=self.log, stderr=self.log, pass_fds=[write])
        Hub.started.append(self.process)
        os.close(write)
        with os.fdopen(read) as f:
            line = f.readline()
        if not line.startswith("ready "):
            self.process.wait()
            raise Failure(f"the hub did not start: {self.last_words()}")
        self.port = int(line.split()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        about = self.get("/hub")
        self.pid, self.public64 = about["pid"], about["public_key"]
        self.admin_token = open(os.path.join(data, "hub", "admin-token")).read()

    def last_words(self):
        self.log.flush()
        return open(os.path.join(self.data, "log"), errors="replace").read()[-3000:]

    def raw(self, method, path, body=None, headers=(), connection=None):
        """(status, headers, bytes)"""
        c = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request(method, path, body, dict(headers), encode_chunked="Transfer-Encoding"
                  in dict(headers))
        answer = c.getresponse()
        data = answer.read()
        if not connection:
            c.close()
        return answer.status, answer.headers, data

    def call(self, method, path, body=None, token=None, admin=None, connection=None,
             prefix="/api/v1"):
        """(status, decoded JSON); the promises that every answer keeps are checked here."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if admin:
            headers["X-Admin-Token"] = admin
        status, head, data = self.raw(method, prefix + path,
                                      json.dumps(body) if body is not None else None, headers,
                                      connection)
        try:
            answer = json.loads(data)
        except ValueError:
            raise Failure(f"{method} {path}: {status} is not JSON: {data[:200]!r}")
        check(head.get("X-Request-ID"), f"{method} {path}: there is no X-Request-ID")
        described = Described.statuses(method, prefix + path)
        check(described is None or str(status) in described,
              f"{method} {path}: nobody described that it may answer {status}: {answer}")
        if status >= 400 and "/health" not in path:
            error = answer.get("error", {})
            check(
                set(error) == {"code", "message", "details"} and error["code"].startswith("E0")
                and isinstance(error["details"], dict),
                f"{method} {path}: {status} has no error envelope: {answer}")
        return status, answer

    def get(self, path, token=None, **kw):
        status, answer = self.call("GET", path, token=token, **kw)
        check(status == 200, f"GET {path}: {status} {answer}")
        return answer

    def admin(self, method, path, body=None, want=200):
        status, answer = self.call(method, path, body, admin=self.admin_token)
        check(status == want, f"{method} {path}: {status} {answer}, wanted {want}")
        return answer

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        check(self.process.returncode == 0,
              f"the hub ended with {self.process.returncode}: {self.last_words()}")

    def kill(self):
        self.process.kill()
        self.process.wait()


class User:
    def __init__(self, hub, name, key=None, v0=False):
        self.hub, self.name, self.key, self.v0 = hub, name, key or Key(), v0
        self.pid, self.seq, self.token = self.key.pid, 0, None
        self.connection = None

    def envelope(self, op, body, tx_id=None, seq=None, **changes):
        e = {
            "body": body, "domain": "geo/v1", "hub": self.hub.pid, "op": op, "signer": self.pid,
            "ts": int(time.time())
        }
        if tx_id is not None:
            e["tx_id"] = tx_id
        else:
            e["seq"] = self.seq + 1 if seq is None else seq
        e.update(changes)
        return e

    def signed(self, op, body, tx_id=None, key=None, **changes):
        text = canonical(self.envelope(op, body, tx_id, **changes))
        return {"signed": text, "signature": (key or self.key).sign(text)}

    def command(self, method, path, body):
        """An officer's command, signed; the sequence is that of /admin/whoami."""
        seq = self.get("/admin/whoami")["seq"] + 1
        return self.call(method, path, self.signed("admin", body, seq=seq))

    def send(self, method, path, op, body, tx_id=None):
        status, answer = self.call(method, path, self.signed(op, body, tx_id))
        if tx_id is None and status < 300:
            self.seq += 1
        return status, answer

    def call(self, method, path, body=None):
        return self.hub.call(method, path, body, token=self.token, connection=self.connection)

    def get(self, path):
        status, answer = self.call("GET", path)
        check(status == 200, f"GET {path}: {status} {answer}")
        return answer

    def keep_connection(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)

    def login_text(self, challenge):
        return challenge if self.v0 else f"geo/v1/login\n{self.hub.pid}\n{challenge}"

    def login(self):
        status, answer = self.hub.call("POST", "/auth/challenge", {"pid": self.pid})
        check(status == 200, f"challenge: {status} {answer}")
        c = answer["challenge"]
        status, answer = self.hub.call(
            "POST", "/auth/login", {
                "pid": self.pid, "challenge": c, "signature": self.key.sign(self.login_text(c)),
                "device_info": {"platform": "test", "app_version": "1"}
            })
        check(status == 200, f"login: {status} {answer}")
        self.token, self.refresh = answer["access_token"], answer["refresh_token"]
        return answer

    def join(self, type="person"):
        body = {"display_name": self.name, "public_key": self.key.public64, "type": type}
        if self.v0:
            status, answer = self.hub.call("POST", "/participants",
                                           body | {"signature": self.key.sign(canonical(body))})
        else:
            status, answer = self.send("POST", "/participants", "participant.register", body)
        check(status == 201, f"register: {status} {answer}")
        self.login()
        return answer

    def trust(self, to, limit, equivalent="UAH", policy=None, want=201):
        body = {"to": to.pid, "equivalent": equivalent, "limit": limit
                } | ({"policy": policy} if policy else {})
        status, answer = self.send("POST", "/trustlines", "line.create", body)
        check(status == want, f"trust: {status} {answer}, wanted {want}")
        return answer

    def pay_raw(self, to, amount, equivalent="UAH", tx_id=None, **more):
        tx_id = tx_id or str(uuid.uuid4())
        body = {
            "tx_id": tx_id, "to": to if isinstance(to, str) else to.pid, "equivalent": equivalent,
            "amount": amount
        } | more
        return self.send("POST", "/payments", "payment", body, tx_id)

    def pay(self, to, amount, equivalent="UAH", **more):
        status, answer = self.pay_raw(to, amount, equivalent, **more)
        check(status == 200, f"pay: {status} {answer}")
        return answer

    def debt_to(self, other, equivalent="UAH"):
        return next((d["amount"]
                     for d in self.get(f"/balance/debts?equivalent={equivalent}")["outgoing"]
                     if d["creditor"] == other.pid), "0")


class WebSocket:
    """RFC 6455, a client that accepts nothing unusual."""

    def __init__(self, hub, token, path="/api/v1/ws"):
        self.s = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        protocol = f"Sec-WebSocket-Protocol: bearer, {token}\r\n" if token is not None else ""
        self.s.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: "
            f"Upgrade\r\nSec-WebSocket-Key: {key}\r\n{protocol}Sec-WebSocket-Version: 13\r\n\r\n"
            .encode())
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.s.recv(1)
            check(more, f"the hub closed during the handshake: {head!r}")
            head += more
        lines = head.decode().split("\r\n")
        check(lines[0].startswith("HTTP/1.1 101"), f"no upgrade: {lines[0]}")
        fields = {
            l.split(":", 1)[0].lower(): l.split(":", 1)[1].strip()
            for l in lines[1:]
            if ":" in l
        }
        want = base64.b64encode(
            hashlib.sha1(
                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        check(fields.get("sec-websocket-accept") == want, "the accept key is wrong")
        check(token is None or fields.get("sec-websocket-protocol") == "bearer",
              "the subprotocol is not the one offered")

    def exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.s.recv(n - len(data))
            if not more:
                return None
            data += more
        return data

    def receive(self):
        """('text', str), ('close', code), ('pong', bytes), ('ping', bytes) or ('end', None)"""
        head = self.exactly(2)
        if head is None:
            return "end", None
        check(head[0] & 0x80 and not head[0] & 0x70 and not head[1] & 0x80, f"frame head {head!r}")
        n = head[1] & 0x7F
        if n == 126:
            n = struct.unpack(">H", self.exactly(2))[0]
        elif n == 127:
            n = struct.unpack(">Q", self.exactly(8))[0]
        data = self.exactly(n)
        kind = {1: "text", 8: "close", 9: "ping", 10: "pong"}[head[0] & 15]
        if kind == "close":
            return kind, struct.unpack(">H", data[:2])[0] if data else None
        return kind, data.decode() if kind == "text" else data

    def frame(self, first, data):
        mask = secrets.token_bytes(4)
        n = len(data)
        length = bytes([0x80 | n]) if n < 126 else bytes([0x80 | 126]) + struct.pack(">H", n)
        self.s.sendall(
            bytes([first]) + length + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(data)))

    def send(self, value):
        self.frame(0x81, (value if isinstance(value, str) else json.dumps(value)).encode())

    def expect(self):
        kind, data = self.receive()
        check(kind == "text", f"expected a text, got {kind} {data}")
        return json.loads(data) if data != "pong" else data
