"""app/1 in plain Python (docs/spec/app.md): frames, the FlatBuffers that are in them, a connection.
Fields go and come by their numbers in src/wire/schemas/app*.fbs; nothing but the standard library.
"""
import os, signal, socket, struct, subprocess, sys

SIZES = {"B": 1, "H": 2, "I": 4, "Q": 8}
HELLO, READY, ERROR, BYE, EVENT, AGENT, CONTACT, CHAT, TOLD, JOB = (
    1, 4, 5, 10, 14, 18, 19, 20, 21, 23)


def put(buf, fields):
    """A FlatBuffers table at the end of buf. fields: {id: (kind, value)}, kind a letter of SIZES,
    "struct" (bytes), "text", "bytes" or "table" (fields again). Returns its place."""
    inline, at = {}, 4
    for n, (kind, value) in fields.items():
        size = len(value) if kind == "struct" else SIZES.get(kind, 4)
        at += -at % (1 if kind == "struct" else size)
        inline[n], at = at, at + size
    slots = max(fields, default=-1) + 1
    buf += bytes(-(len(buf) + 4 + 2 * slots) % 8)
    start = len(buf) + 4 + 2 * slots
    buf += struct.pack(f"<HH{slots}H", 4 + 2 * slots, at, *(inline.get(n, 0) for n in range(slots)))
    buf += struct.pack("<i", 4 + 2 * slots) + bytes(at - 4)
    for n, (kind, value) in fields.items():
        place = start + inline[n]
        if kind == "struct":
            buf[place:place + len(value)] = value
        elif kind in SIZES:
            struct.pack_into("<" + kind, buf, place, value)
        else:
            if kind in ("text", "bytes"):
                buf += bytes(-len(buf) % 4)
                child, text = len(buf), value.encode() if kind == "text" else value
                buf += struct.pack("<I", len(text)) + text + b"\0"
            else:
                child = put(buf, value)
            struct.pack_into("<I", buf, place, child - place)
    return start


class Table:
    """A table that came; get(id, kind) is None or 0 where it is absent."""
    def __init__(self, buf, at):
        self.buf, self.at, self.slots = buf, at, at - struct.unpack_from("<i", buf, at)[0]

    def get(self, n, kind="I", size=0):
        have = struct.unpack_from("<H", self.buf, self.slots)[0]
        slot = self.slots + 4 + 2 * n
        at = struct.unpack_from("<H", self.buf, slot)[0] if 4 + 2 * n < have else 0
        if not at:
            return 0 if kind in SIZES else [] if kind == "tables" else None
        at += self.at
        if kind in SIZES:
            return struct.unpack_from("<" + kind, self.buf, at)[0]
        if kind == "struct":
            return bytes(self.buf[at:at + size])
        at += struct.unpack_from("<I", self.buf, at)[0]
        if kind == "table":
            return Table(self.buf, at)
        count = struct.unpack_from("<I", self.buf, at)[0]
        if kind in ("text", "bytes"):
            data = bytes(self.buf[at + 4:at + 4 + count])
            return data.decode() if kind == "text" else data
        places = range(at + 4, at + 4 + 4 * count, 4)
        return [Table(self.buf, p + struct.unpack_from("<I", self.buf, p)[0]) for p in places]


class Refused(RuntimeError):
    """What was asked for was not done; code: a number of src/base/err.def."""
    def __init__(self, error):
        super().__init__(error.get(1, "text"))
        self.code = error.get(0, "H")


class App:
    """A connection of app/1 on which one call is made at a time."""
    def __init__(self, path, seconds=None):
        self.socket, self.calls, self.told = socket.socket(socket.AF_UNIX), 0, []
        self.socket.settimeout(seconds)
        self.socket.connect(path)
        self.send(0, HELLO, {0: ("H", 1), 1: ("H", 1), 5: ("struct", os.urandom(32))})
        self.ready = self.frame()[2]

    def send(self, call, area, body):
        buf = bytearray(4) + b"GNAP"
        root = put(buf, {0: ("Q", call), 4: ("B", area), 5: ("table", body)})
        struct.pack_into("<I", buf, 0, root)
        self.socket.sendall(struct.pack(">I", len(buf)) + buf)

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the agent is gone")
            data += more
        return data

    def frame(self):
        """(call, member of AppBody, its table) of the next frame."""
        buf = self.take(struct.unpack(">I", self.take(4))[0])
        root = Table(buf, struct.unpack_from("<I", buf)[0])
        return root.get(0, "Q"), root.get(4, "B"), root.get(5, "table")

    def ask(self, area, call, fields):
        """The answer's table; events that come meanwhile are kept in self.told."""
        self.calls += 1
        self.send(self.calls, area, {0: ("B", call), 1: ("table", fields)})
        while True:
            number, kind, body = self.frame()
            if number == self.calls:
                break
            self.told.append((kind, body))
        if kind in (ERROR, BYE):
            raise Refused(body)
        return body.get(1, "table")

    def listen(self):
        """Waits for one event."""
        return self.told.pop(0) if self.told else self.frame()[1:]


def connect(data, name, node=None):
    """To the agent of a directory, which is started where none runs, at the node of a socket or at
    that of this user; $GEONET names the tool."""
    path = os.path.join(data, "agent", "agent.sock")
    try:
        return App(path)
    except OSError:
        os.makedirs(data, 0o700, exist_ok=True)
        words = [os.environ.get("GEONET", "geonet"), "--data", data, "agent", "up", "--name", name]
        node = node or next((p for p in node_places(data) if os.path.exists(p)), None)
        subprocess.run(words + (["--node", node] if node else []), check=True)
        return App(path)


def node_places(data):
    """Where a node's socket may be, those of $GEONET_SOCKET and of the directory itself first."""
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    user = os.environ.get("GEONET_DATA") or os.path.join(home, "geonet")
    return [os.environ.get("GEONET_SOCKET", "")] + [
        os.path.join(place, "app.sock") for place in (data, user, "/run/geonet")]


def run(main, *words):
    """The exit status of main(*words): a sentence where it fails, 130 at Ctrl C, 143 at SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return main(*words)
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:  # the tool said why
        return error.returncode
    except (OSError, Refused) as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}", file=sys.stderr)
        return 1
