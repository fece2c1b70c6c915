"""app/1 on a WebSocket, for tests: frames are made and read by the official flatc, so that nothing
of ours says on both ends what is right."""
import base64, hashlib, hmac, json, os, shutil, socket, struct, subprocess, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMAS = os.path.join(ROOT, "src", "wire", "schemas")


def flatc(*words):
    done = subprocess.run(["flatc", "-I", SCHEMAS, *words], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f"flatc {words}: {done.stdout}{done.stderr}")


def encode(frame):
    """A frame as JSON of flatc, {"call": .., "body_type": .., "body": ..}, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(frame, f)
        flatc("-b", "-o", folder, os.path.join(SCHEMAS, "app.fbs"), path)
        with open(os.path.join(folder, "f.bin"), "rb") as f:
            return f.read()


def decode(data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f.bin")
        with open(path, "wb") as f:
            f.write(data)
        flatc("--json", "--strict-json", "--raw-binary", "-o", folder,
              os.path.join(SCHEMAS, "app.fbs"), "--", path)
        with open(os.path.join(folder, "f.json"), encoding="utf-8") as f:
            return json.load(f)


def raw(data):
    return {"b": list(data)}


def code_of(url):
    """The id and the secret that a pairing code is (AG-121)."""
    text = url.split("#pair=")[1].split("&")[0]
    secret = base64.urlsafe_b64decode(text + "=")
    return hashlib.sha256(b"geonet/agent/pair/1" + secret).digest(), secret


class Refused(Exception):
    """AppBye, or no WebSocket at all."""


class Socket:
    """A WebSocket of binary messages (RFC 6455), as a client."""
    def __init__(self, port, path, origin):
        self.socket = socket.create_connection(("localhost", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket",
                "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        head += [f"Origin: {origin}"] if origin else []
        self.socket.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        status = self.file.readline().decode()
        while self.file.readline() not in (b"\r\n", b""):
            pass
        if " 101 " not in status:
            raise Refused(status.strip())

    def send(self, data, kind=2, final=True):
        mask = os.urandom(4)
        size = len(data)
        head = bytes([kind | 128 * final])
        if size < 126:
            head += bytes([128 | size])
        else:
            head += bytes([128 | 126]) + struct.pack(">H", size) if size < 65536 else bytes(
                [128 | 127]) + struct.pack(">Q", size)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
        self.socket.sendall(head + mask + masked)

    def recv(self):
        """The next binary message."""
        while True:
            head = self.file.read(2)
            if len(head) < 2:
                raise Refused("it was closed")
            size = head[1] & 127
            if size > 125:
                size, = struct.unpack(">H" if size == 126 else ">Q",
                                      self.file.read(2 if size == 126 else 8))
            data = self.file.read(size)
            if head[0] & 15 == 8:
                raise Refused(f"closed: {data[:2].hex()} {data[2:]!r}")
            if head[0] & 15 == 9:
                self.send(data, 10)
            if head[0] & 15 == 2:
                assert head[0] & 128, "a frame of app/1 is one WebSocket frame"
                return data

    def close(self):
        self.socket.close()


class Link:
    """A connection that has proved its secret. check: is the other end asked for its proof?"""
    def __init__(self, port, client, secret, origin=None, dial=None, check=True):
        self.call = 0
        self.ws = Socket(dial or port, "/api/v1/app", origin)
        mine = os.urandom(32)
        self.put("AppHello", {"version_min": 1, "version_max": 1, "client": raw(client),
                              "nonce": raw(mine)})
        said = self.take("AppChallenge")
        theirs = bytes(said["nonce"]["b"])
        place = f"http://localhost:{dial or port}".encode()
        proof = lambda who: hmac.new(secret, b"geonet/app/" + who + b"/1" + mine + theirs + place,
                                     hashlib.sha256).digest()
        if check and bytes(said["mac"]["b"]) != proof(b"server"):
            raise Refused("the other end does not know the secret")
        self.put("AppProof", {"mac": raw(proof(b"client"))})
        self.ready = self.take("AppReady")

    def put(self, body, table, call=0, ms=0):
        self.ws.send(encode({"call": call, "deadline_ms": ms, "body_type": body, "body": table}))

    def take(self, want=None):
        frame = decode(self.ws.recv())
        if frame["body_type"] == "AppBye":
            raise Refused(frame["body"].get("detail", ""))
        if want and frame["body_type"] != want:
            raise AssertionError(f"{want} was wanted: {frame}")
        return frame["body"] if want else frame

    def ask(self, area, name, table=None):
        """The answer's (name, table); AppError is one."""
        self.call += 1
        self.put("App" + area, {"body_type": name, "body": table or {}}, self.call)
        while True:
            frame = self.take()
            if frame.get("call", 0) != self.call:
                continue
            if frame["body_type"].startswith("App") and "body_type" in frame["body"]:
                return frame["body"]["body_type"], frame["body"].get("body", {})
            return frame["body_type"], frame["body"]

    def end(self):
        self.ws.close()


def here():
    """Why it cannot be run here; None: it can."""
    return None if shutil.which("flatc") else "flatc is not installed"
