"""A device of the model's own, outside both drivers, that says what nobody should: chunk fields out
of place, objects that are none, numbers far away, points of low order, envelopes that hold
together only outside."""
import itertools

from . import envelope as env
from .device import Device, STRENGTH
from .driver import outward
from .play import Difference
from .session import Session, chain_step

POINTS = (bytes(32), (1).to_bytes(32, "little"), (2**255 - 20).to_bytes(32, "little"))


class LyingSession(Session):
    """A session whose chunk field and ratchet key can be set."""
    field = point = None

    def has_chunk(self):
        return len(self.field) > 2 if self.field else super().has_chunk()

    def is_forced(self):
        return len(self.field) > 2 if self.field else super().is_forced()

    def chunk_field(self, with_chunk):
        return self.field or super().chunk_field(with_chunk)

    def public(self):
        return self.point or super().public()


class Liar:
    def __init__(self, world, victim):
        self.world, self.victim, r = world, victim, world.random
        self.device = Device(r.randbytes(32), r.randbytes(32), r.randbytes(32), 7, r.randbytes(32))
        last = self.device.prekeys(1, 0, r.randbytes)[0]
        world.ask("peer", victim.name, **outward({
            "owner": self.device.owner, "device": self.device.key, "dh": self.device.dh, "seq": 7,
            "hash": self.device.hash, "few": [],
            "last": {"id": last.number, "x25519": last.public, "kem": last.ek}}))
        self.key, self.box = bytes.fromhex(victim.key), world.box(victim.owner)
        self.device.peers[self.key] = {
            "owner": bytes.fromhex(victim.owner), "dh": bytes.fromhex(victim.dh),
            "seq": victim.seq, "hash": bytes.fromhex(victim.hash), "few": [], "history": [],
            "last": {"id": victim.last["id"], "x25519": bytes.fromhex(victim.last["x25519"]),
                     "kem": bytes.fromhex(victim.last["kem"])}}
        self.tell()
        self.hear()

    @property
    def session(self):
        session = self.device.written_in(self.key).session
        session.__class__ = LyingSession
        return session

    def write(self):
        return self.device.write(self.world.now, bytes.fromhex(self.box),
                                 bytes.fromhex(self.world.hint(self.box)), [self.key], b"lie",
                                 self.world.random.randbytes).hex()

    def tell(self, result="opened", data=None):
        """Read by the victim, with this result; a lie opened is told apart by info."""
        self.world.result(self.victim, data or self.write(), result)
        world = self.world
        return world.must(world.ask("info", self.victim.name, device=self.device.key.hex()),
                          ok=True)

    def hear(self):
        """The victim writes, in both drivers the same, and the liar reads: what comes of it."""
        world, box = self.world, self.world.box("liar")
        world.feed(self.victim.name, 200)
        data = world.must(world.ask(
            "write", self.victim.name, now=world.now, box=box, hint=world.hint(box),
            to=[self.device.key.hex()], content="00"), ok=True)["envelope"]
        return self.device.read(world.now, bytes.fromhex(world.hint(box)), bytes.fromhex(data),
                                world.random.randbytes)

    def until(self, state):
        """Honest turns until the liar's session is there."""
        for _ in range(80):
            if self.session.state == state:
                return
            self.hear()
            if self.session.state == state:
                return
            self.tell()
        raise Difference(f"never {state}")


def chunk_fields(world, long):
    """Kinds, indices and lengths that do not fit, and chunks nobody waits for."""
    victim, data = world.new("b1", 0), bytes(296)
    for field, result in ((b"\0\1", "refused"), (b"\0\0" + data, "refused"),
                          (b"\3\0" + data, "refused"), (b"\xff\0" + data, "refused"),
                          (b"\1\0", "refused"), (b"\2\7", "refused"), (b"\3\0", "refused"),
                          (b"\1\xff" + data, "refused"), (b"\2\xff" + data, "refused"),
                          (b"\1\xfe" + data, "opened"), (b"\2\x09" + data, "opened")):
        liar = Liar(world, victim)
        liar.session.field = field
        liar.tell(result)
        liar.session.field = None
        liar.tell()
        liar.hear()


def objects(world, long):
    """Objects spoiled in one byte. What the victim says to it is compared; where it begins the
    session again, the liar hears a set-up."""
    victim = world.new("b1", 0)
    again = 0
    for state, at, value in (("SEND_CT", 1183, 1), ("SEND_CT", 1120, 1), ("SEND_CT", 1088, 1),
                             ("SEND_CT", 1119, 1), ("SEND_CT", 5, 1), ("SEND_EK", 1, 0xFF),
                             ("SEND_EK", 3, 1), ("SEND_EK", 1170, 1)):
        liar = Liar(world, victim)
        liar.until(state)
        data = bytearray(liar.session.object)
        data[at] |= value
        if bytes(data) == liar.session.object:
            data[at] ^= value
        if value == 0xFF:
            data[0] = 0xFF
        liar.session.object = bytes(data)
        for _ in range(4):
            for _ in range(3):
                liar.tell()
            heard = liar.hear()
            again += heard.get("setup", False)
            if heard["result"] != "opened" or heard["setup"]:
                break
    # the same index twice: what came first stays
    for junk_first in (False, True):
        liar = Liar(world, victim)
        liar.until("SEND_CT")
        data = liar.session.object
        honest = b"\2\3" + data[888:]
        junk = b"\2\3" + bytes(296)
        for field in (junk, honest) if junk_first else (honest, junk):
            liar.session.field = field
            liar.tell()
        liar.session.field = None
        for _ in range(5):
            liar.tell()
        again += liar.hear().get("setup", False)
    if again != 5 + 1:
        raise Difference(f"{again} sessions begun again, not 6")


def numbers(world, long):
    """Jumps of 25,000 and one more, epochs that are not there, counts of every kind."""
    victim = world.new("b1", 0)
    for name, value, result in (
            ("ns", 25_000, "opened"), ("ns", 25_001, "resend"), ("ns", 2**32 - 1, "resend"),
            ("en", 25_000, "opened"), ("en", 25_001, "resend"), ("en", 2**32 - 1, "resend"),
            ("epoch", 1, "resend"), ("epoch", 2**32 - 1, "resend"), ("count", 65_535, "opened")):
        liar = Liar(world, victim)
        liar.tell()
        session, chain = liar.session, {"ns": "cks", "en": "tx"}.get(name)
        before = dict(vars(session))
        if chain and value <= 25_001:
            for _ in range(value):
                setattr(session, chain, chain_step(getattr(session, chain))[1])
            value += getattr(session, name)
        setattr(session, name, value)
        liar.tell(result)
        if result == "resend":
            vars(session).update(before)
        liar.tell()
        liar.hear()
    for count, result in ((25_000, "opened"), (25_001, "resend"), (65_535, "resend"),
                          (0, "opened"), (1, "opened")):
        liar = Liar(world, victim)
        while liar.session.epoch == 0:
            liar.tell()
            liar.hear()
        liar.hear()
        session = liar.session
        sent, before = session.count, dict(vars(session))
        session.count = sent + count if count in (25_000, 25_001) else count
        liar.tell(result)
        if result == "resend":
            vars(session).update(before)
        session.count = sent
        for _ in range(4):
            liar.tell()
            liar.hear()
    # pn of the chain before
    for jump, result in ((25_000, "opened"), (25_001, "resend"), (-1, "opened")):
        liar = Liar(world, victim)
        liar.tell()
        liar.tell()
        liar.hear()
        liar.session.pn += jump
        liar.tell(result)
        liar.session.pn -= jump
        liar.tell()
        liar.hear()


def low_order(world, long):
    """Points whose products are zero, where a point can be."""
    victim = world.new("b1", 0)
    for point in POINTS:
        liar = Liar(world, victim)
        liar.hear()
        liar.session.point = point
        liar.tell("refused")
        liar.session.point = None
        liar.tell()
        other = world.new("b2", 0)
        record = other.record()
        for spoiled in ({"dh": point.hex()}, {"last": {**record["last"], "x25519": point.hex()}}):
            world.ask("peer", victim.name, **{**record, **spoiled})
            world.must(world.write_any(victim, [other], b"x"), ok=False)
        for key in (b"\xff" * 1184, bytes(1183)):
            world.must(world.ask("peer", victim.name,
                                 **{**record, "last": {**record["last"], "kem": key.hex()}}),
                       ok=False)
        world.know(victim, other)
        world.know(other, victim)
        world.say(victim, other, setup=True)


def outsides(world, long):
    """Wraps that open around a commitment or a body that is not theirs, counts and kinds that do
    not fit."""
    victim = world.new("b1", 0)
    for name, wrong, result in (
            ("commitment", lambda key: bytes(16), "refused"),
            ("seal_body", lambda key, content, length: bytes(length), "refused"),
            ("hint", lambda secret, device, nonce: b"\0\0", "none"),
            ("SIZES", (895, 2047), "refused"), ("SIZES", (2048,), "opened")):
        liar = Liar(world, victim)
        right = getattr(env, name)
        setattr(env, name, wrong)
        try:
            data = liar.write()
        finally:
            setattr(env, name, right)
        liar.tell(result, data)
        liar.tell()
        good = bytes.fromhex(liar.write())
        for at in (0, 3, 4, 5, 22, 23, 40, 41, 44):
            for value in (0, 1, 2, 33, 255):
                bad = good[:at] + bytes([value]) + good[at + 1:]
                if bad != good:
                    world.read(victim, bad.hex())
        liar.tell(data=good.hex())


def strengths(world, long):
    """Several wraps with the own hint in one envelope, each with a result of its own: the strongest
    is said, up to the first whose header opens. And more of each type than are tried, no wrap, more
    wraps than may be."""
    victim, known, unknown = world.new("b1", 0), world.new("b2", 0), world.new("b3", 0)
    world.meet(victim, known)
    world.know(unknown, victim)
    box, key = world.box(victim.owner), bytes.fromhex(victim.key)
    secret = bytes.fromhex(world.hint(box))
    world.say(known, victim, setup=True)
    world.say(victim, known)
    message = bytes.fromhex(world.write(known, [victim], b"good", box))
    stranger = bytes.fromhex(world.write(unknown, [victim], b"strange", box))
    ids = victim.last["id"].to_bytes(4, "big") * 2

    def envelope(wraps):
        nonce = world.random.randbytes(16)
        all_wraps = b"".join((2 + len(wrap)).to_bytes(2, "big") + env.hint(secret, key, nonce)
                             + wrap for wrap in wraps)
        head = (b"GNE\1" + bytes([len(wraps), 0]) + nonce + len(all_wraps).to_bytes(2, "big")
                + bytes(16))
        size = env.size_for(len(head + all_wraps) + 16)
        return (head + all_wraps + bytes(size - len(head + all_wraps))).hex()

    wraps = {"unknown": b"\1" + world.random.randbytes(128),
             "resend": message[44:44 + 129],
             "refused": b"\0" + env.masked(secret, bytes(32), ids) + bytes(32)
             + world.random.randbytes(1240 + 128),
             "wait": stranger[44:44 + 1409]}
    for n in range(1, 5):
        for some in itertools.permutations(wraps, n):
            seen = some[:some.index("resend") + 1] if "resend" in some else some
            world.result(victim, envelope([wraps[name] for name in some]),
                         max(seen, key=STRENGTH.index))
    spent = b"\0" + world.random.randbytes(1408)
    for n in (1, 2, 3, 4):
        world.result(victim, envelope([spent] * (n - 1) + [wraps["wait"]]),
                     "wait" if n <= 2 else "unknown")
    for n, result in ((1, "resend"), (4, "resend"), (5, "unknown"), (32, "unknown")):
        world.result(victim, envelope([wraps["unknown"]] * (n - 1) + [wraps["resend"]]), result)
    for n, result in ((0, "refused"), (1, "unknown"), (32, "unknown"), (33, "refused")):
        world.result(victim, envelope([wraps["unknown"]] * n), result)
    world.opens(victim, message.hex(), b"good", known)
    world.know(victim, unknown)
    world.opens(victim, stranger.hex(), b"strange", unknown, True)
