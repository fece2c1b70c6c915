"""Two drivers and what is said to them. Equal: each command goes to both, whose answers must be the
same byte for byte. Crossed: the devices whose names begin with a live in one, the others in the
other, and what they tell each other must arrive."""
import hashlib, json, random, subprocess

MASKED = {"state", "state_bytes"}  # what a driver may answer as it likes
WORDS = {"randomness", "not-found", "too-large"}  # of errors; the others only have to be errors
NOW = 1_800_000_000


class Difference(Exception):
    pass


class Process:
    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise Difference(f"{' '.join(self.command)} ended with {self.process.wait()}")
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def comparable(answer):
    out = {key: None if key in MASKED else value for key, value in answer.items()}
    if not answer.get("ok") and answer.get("error") not in WORDS:
        out["error"] = None
    return out


def short(value):
    text = json.dumps(value)
    return text if len(text) < 6000 else text[:4000] + f" ... ({len(text)} characters)"


class Device:
    """What everybody may know of a device, and its name."""

    def __init__(self, name, owner):
        self.name, self.owner = name, owner
        self.next_id = 1

    def record(self, history=()):
        return {"owner": self.owner, "device": self.key, "dh": self.dh, "seq": self.seq,
                "hash": self.hash, "last": self.last, "few": self.few,
                **({"history": [list(h) for h in history]} if history else {})}


class World:
    def __init__(self, processes, mode, seed, log=None):
        self.processes, self.mode, self.log = processes, mode, log
        self.random, self.now, self.line = random.Random(seed), NOW, 0
        self.asked = self.opened = 0
        self.again()

    def again(self):
        self.left = [0, 0]
        self.all("init")

    # ---- commands

    def side(self, name):
        """Which process has the device; None: both."""
        if self.mode == "equal":
            return None
        return int(name.startswith("a") == (self.mode == "crossed back"))

    def ask(self, op, dev=None, **fields):
        return self.tell(self.side(dev) if dev else None, op, dev=dev, **fields)

    def all(self, op, **fields):
        return self.tell(None, op, **fields)

    def tell(self, side, op, **fields):
        ask = {"op": op, **{key: value for key, value in fields.items() if value is not None}}
        line = (json.dumps(ask, separators=(",", ":")) + "\n").encode()
        self.line += 1
        self.asked += 1
        if self.log:
            self.log.write(line)
        if side is not None:
            self.processes[side].send(line)
            return self.processes[side].receive()
        for process in self.processes:
            process.send(line)
        try:
            left, right = [process.receive() for process in self.processes]
        except Difference as e:
            raise Difference(f"line {self.line}: {short(ask)}: {e}") from None
        if self.mode == "equal" and comparable(left) != comparable(right):
            raise Difference(f"line {self.line}: {short(ask)}\n  {self.processes[0].command[-1]}: "
                             f"{short(left)}\n  {self.processes[1].command[-1]}: {short(right)}")
        if op == "save":  # each gets its own back
            return {"ok": True, "state": [left["state"], right["state"]]}
        return left

    def feed(self, dev, need):
        """The pool of the device's process has so much at least."""
        side = self.side(dev)
        for i in (0, 1) if side is None else (side,):
            self.left[i] -= need
        if min(self.left) < 0:
            for i in (0, 1) if side is None else (side,):
                self.left[i] += 8192 + need
            self.tell(side, "feed", bytes=self.random.randbytes(8192 + need).hex())

    def must(self, answer, **fields):
        for key, value in fields.items():
            if answer.get(key) != value:
                raise Difference(f"line {self.line}: {key} is {short(answer.get(key))} instead of "
                                 f"{short(value)}: {short(answer)}")
        return answer

    # ---- devices

    def hex(self, n=32):
        return self.random.randbytes(n).hex()

    def identity(self, device, seq=None):
        device.seq, device.hash = seq or self.random.randrange(1, 1 << 40), self.hex()
        out = self.ask("identity", device.name, owner=device.owner, device_seed=device.seed,
                       mldsa_seed=device.mldsa_seed, dh=device.private, seq=device.seq,
                       hash=device.hash)
        device.key, device.dh, device.mldsa = out["device"], out["dh"], out["mldsa"]

    def prekeys(self, device, few):
        self.feed(device.name, 96 * (few + 1))
        out = self.ask("prekeys", device.name, now=self.now, id=device.next_id, few=few)
        device.next_id += few + 1
        device.last, device.few = out["last"], out["few"]

    def new(self, name, few=2, owner=None):
        device = Device(name, owner or self.hex())
        device.seed, device.mldsa_seed, device.private = self.hex(), self.hex(), self.hex()
        self.identity(device)
        self.prekeys(device, few)
        return device

    def know(self, who, *others):
        for other in others:
            self.ask("peer", who.name, **other.record())

    def meet(self, *devices):
        for one in devices:
            self.know(one, *(other for other in devices if other is not one))

    def pair(self, few=2):
        a, b = self.new("a1", few), self.new("b1", few)
        self.meet(a, b)
        return a, b

    # ---- messages

    @staticmethod
    def box(name):
        return hashlib.sha256(b"box" + name.encode()).hexdigest()

    @staticmethod
    def hint(box):
        return hashlib.sha256(b"hint" + bytes.fromhex(box)).hexdigest()

    def write_any(self, who, to, content, box=None):
        box = box or self.box(to[0].owner)
        self.feed(who.name, 48 + len(to) * 120)
        return self.ask("write", who.name, now=self.now, box=box, hint=self.hint(box),
                        to=[device.key for device in to], content=content.hex())

    def write(self, who, to, content, box=None):
        return self.must(self.write_any(who, to, content, box), ok=True)["envelope"]

    def read(self, who, envelope, box=None):
        box = box or self.box(who.owner)
        self.feed(who.name, 128)
        out = self.ask("read", who.name, now=self.now, hint=self.hint(box), envelope=envelope)
        self.must(out, ok=True)
        self.opened += out["result"] == "opened"
        return out

    def opens(self, who, envelope, content, sender=None, setup=None, box=None):
        out = self.must(self.read(who, envelope, box), result="opened")
        padded = bytes.fromhex(out["padded"])
        if padded[:len(content)] != content or any(padded[len(content):]):
            raise Difference(f"line {self.line}: another content than was written")
        if sender:
            self.must(out, device=sender.key, owner=sender.owner)
        if setup is not None:
            self.must(out, setup=setup)
        return out

    def result(self, who, envelope, result, box=None):
        return self.must(self.read(who, envelope, box), result=result)

    def say(self, who, to, content=None, setup=None):
        """Written, and read at once."""
        content = content or self.random.randbytes(self.random.randrange(1, 60))
        return self.opens(to, self.write(who, [to], content), content, who, setup)

    def save(self, who):
        return self.ask("save", who.name)["state"]

    def load(self, who, state):
        if isinstance(state, list):
            line = self.line
            for i, process in enumerate(self.processes):
                self.must(self.tell(i, "load", dev=who.name, state=state[i]), ok=True)
            self.line = line + 1
        else:
            self.must(self.ask("load", who.name, state=state), ok=True)

    def info(self, who, other):
        return self.must(self.ask("info", who.name, device=other.key), ok=True)
