"""What is said to two drivers: each script is a function of a world, and how long it may be. The
first part: set-ups, talk over bad nets, many devices, sizes."""
from .play import Difference, NOW

DAY = 86_400


def setups(world, long):
    """Both roles, with and without few, type 0 until answered, and known ones opened again."""
    for few in (0, 1, 2, 4):
        for turned in (False, True):
            world.again()
            one, other = world.pair(few)
            if turned:
                one, other = other, one
            first = [world.write(one, [other], bytes([i]) * i) for i in range(1, 4)]
            world.opens(other, first[1], b"\2\2", one, True)
            world.opens(other, first[0], b"\1", one, False)
            world.result(other, first[1], "again")
            world.say(other, one, setup=False)
            world.opens(other, first[2], b"\3\3\3", one, False)
            for _ in range(3):
                world.say(one, other, setup=False)
                world.say(other, one, setup=False)
            world.info(one, other)
            world.info(other, one)


def strangers(world, long):
    """A set-up by somebody not believed waits, and leaves nothing; so does one whose records
    differ in any field."""
    a, b = world.new("a1"), world.new("b1")
    world.know(a, b)
    first = world.write(a, [b], b"hello")
    waiting = world.result(b, first, "wait")
    world.must(waiting, owner=a.owner, device=a.key, dh=a.dh, seq=a.seq, hash=a.hash)
    for field, value in (("owner", world.hex()), ("dh", world.hex()), ("seq", a.seq + 1),
                         ("hash", world.hex())):
        world.ask("peer", b.name, **{**a.record(), field: value})
        world.result(b, first, "wait")
    world.info(b, a)
    world.ask("peer", b.name, **{**a.record(), "seq": a.seq + 1, "hash": world.hex(),
                                 "history": [[a.seq + 9, a.hash], [a.seq, a.hash]]})
    world.opens(b, first, b"hello", a, True)
    world.must(world.write_any(b, [world.new("a2")], b""), ok=False, error="not-found")
    world.say(b, a)
    # for another device, another hint secret, another box
    c = world.new("b2")
    world.result(c, world.write(a, [b], b"not for c"), "none")
    world.result(b, world.write(a, [b], b"x", world.box("other")), "none")
    # nobody of this name, nothing known
    world.must(world.ask("read", "b9", now=world.now, hint=world.hex(), envelope="00"), ok=False)


def crossing(world, long):
    """Both set up at once, several boxes, every order of arrival; afterwards both write in one."""
    for n in range(24 if long else 10):
        world.again()
        a, b = world.pair(n % 3)
        boxes = [world.box(f"{n}-{i}") for i in range(2)]  # four sessions at most
        sent = []
        for i in range(world.random.randrange(2, 7)):
            one, other = world.random.choice(((a, b), (b, a)))
            box, content = world.random.choice(boxes), world.random.randbytes(9)
            sent.append((world.write(one, [other], content, box), one, other, box, content))
        for one, other in ((a, b), (b, a)):
            box = boxes[0]
            sent.append((world.write(one, [other], b"both", box), one, other, box, b"both"))
        world.random.shuffle(sent)
        for i, (data, one, other, box, content) in enumerate(sent):
            if world.random.random() < 0.4:  # in between, more is written
                again = world.write(other, [one], b"between", box)
                sent.append((again, other, one, box, b"between"))
            world.read(other, data, box)
            world.info(other, one)
            if i > 20:
                break
        for _ in range(4):
            for one, other in ((a, b), (b, a)):
                for box in boxes[:2]:
                    world.opens(other, world.write(one, [other], b"after", box), b"after", one,
                                box=box)


def unread_setups(world, long):
    """A set-up that can never be opened crosses another: the two meet in one session all the same,
    which heals."""
    for n in range(24 if long else 6):
        world.again()
        a, b = world.pair(1)
        boxes = [world.box("first"), world.box("second")]
        world.write(a, [b], b"never opened", boxes[0])
        world.ask("erase", b.name, ids=[1, 2])
        b.next_id = 10
        world.prekeys(b, 1)
        world.know(a, b)
        world.opens(a, world.write(b, [a], b"mine", boxes[0]), b"mine", b, True, boxes[0])
        for i in range(30):
            for one, other in ((a, b), (b, a)):
                box = boxes[i % 5 == 4]
                data = world.write(one, [other], b"x", boxes[1] if i < 2 else box)
                world.opens(other, data, b"x", one, box=boxes[1] if i < 2 else box)
        if world.info(a, b)["epoch"] < 2 or world.info(b, a)["epoch"] < 2:
            raise Difference("they do not meet")


def meetings(world, long):
    """After set-ups of both in any order, some never read or not to be opened any more: as soon as
    all arrives, both write in one session that heals."""
    for n in range(60 if long else 8):
        world.again()
        r, (a, b) = world.random, world.pair(n % 3)
        boxes = [world.box(f"meet {i}") for i in range(3)]
        waiting = []
        for _ in range(r.randrange(2, 14)):
            one, other = r.choice(((a, b), (b, a)))
            if r.random() < 0.5:
                box = boxes[r.random() < 0.3]
                waiting.append((other, world.write(one, [other], b"before", box), box))
            elif waiting:
                world.read(*waiting.pop(r.randrange(len(waiting))))
            if n % 2 == 0 and r.random() < 0.2:  # renewed: what waits cannot be opened any more
                old = list(range(1, one.next_id))
                world.prekeys(one, r.randrange(3))
                world.know(other, one)
                world.ask("erase", one.name, ids=old)
        box = boxes[0] if n % 2 else boxes[2]
        for i in range(30):
            for one, other in ((a, b), (b, a)):
                if waiting and r.random() < 0.4:
                    world.read(*waiting.pop(r.randrange(len(waiting))))
                data = world.write(one, [other], b"after", box)
                if i < 25 and r.random() < 0.3:
                    waiting.append((other, data, box))
                else:
                    world.read(other, data, box)
        for late in waiting:
            world.read(*late)
        before = world.info(a, b)["epoch"], world.info(b, a)["epoch"]
        for i in range(30):
            for one, other in ((a, b), (b, a)):
                world.opens(other, world.write(one, [other], b"then", box), b"then", one, box=box)
        after = world.info(a, b)["epoch"], world.info(b, a)["epoch"]
        if after[0] <= before[0] or after[1] <= before[1]:
            raise Difference(f"epochs {before} and then {after}: they do not meet")


class Net:
    """Between two devices: envelopes are lost, late, doubled and forged."""

    def __init__(self, world, loss=0.0, late=1, double=0.0, forge=0.0):
        self.world, self.loss, self.late = world, loss, late
        self.double, self.forge, self.waiting, self.clock = double, forge, [], 0

    def send(self, who, to, content):
        data = self.world.write(who, [to], content)
        if self.world.random.random() >= self.loss:
            due = self.clock + self.world.random.randrange(self.late)
            self.waiting.append((due, len(self.waiting), data, who, to, content))
        self.clock += 1
        self.deliver(self.clock)

    def deliver(self, until=None):
        due = sorted(w for w in self.waiting if until is None or w[0] < until)
        self.waiting = [w for w in self.waiting if until is not None and w[0] >= until]
        world = self.world
        for _, _, data, who, to, content in due:
            if world.random.random() < self.forge:
                at = world.random.randrange(len(data))
                digit = "0123456789abcdef".replace(data[at], "")[world.random.randrange(15)]
                forged = world.read(to, data[:at] + digit + data[at + 1:])
                if forged["result"] == "opened":  # a bit that is not ours to know
                    world.result(to, data, "resend")
                    continue
            world.opens(to, data, content, who)
            if world.random.random() < self.double:
                world.result(to, data, "again")


def talk(world, long):
    """Ping-pong, bursts and 9:1 over good and bad nets, well past epoch 5."""
    turns = {"ping-pong": lambda r: (1, 1), "bursts": lambda r: (r.randrange(1, 12),
             r.randrange(1, 12)), "9:1": lambda r: (9, 1)}
    nets = [{}, {"loss": 0.1, "late": 8, "double": 0.1, "forge": 0.1},
            {"loss": 0.5, "late": 60, "double": 0.2, "forge": 0.05},
            {"loss": 0.2, "late": 500, "double": 0.3, "forge": 0.02}]
    for name, turn in turns.items():
        for i, net in enumerate(nets):
            world.again()
            a, b = world.pair(i)
            world.say(a, b, setup=True)
            lane = Net(world, **net)
            messages = 420 if i < 3 else 700
            if long:
                messages *= 8
            elif i:
                messages //= 2
            while lane.clock < messages:
                for who, to, n in zip((a, b), (b, a), turn(world.random)):
                    for _ in range(n):
                        size = 1100 if world.random.random() < 0.02 else 120
                        lane.send(who, to, world.random.randbytes(world.random.randrange(size)))
                world.now += world.random.randrange(60)
                if lane.clock % 10 == 0:
                    world.info(a, b)
                    world.info(b, a)
            lane.deliver()
            epoch = min(world.info(a, b)["epoch"], world.info(b, a)["epoch"])
            if epoch < (6 if i == 0 or long else 1):
                raise Difference(f"{name}, net {i}: only epoch {epoch}")


def many(world, long):
    """Up to 32 wraps, set-ups and messages and chunks in one envelope, chunks where there is
    room."""
    a = world.new("a1", 3)
    others = [world.new(f"b{i}", i % 5) for i in range(32)]
    box = world.box("many")
    for other in others:
        world.know(a, other)
        world.know(other, a)
    for n in (1, 2, 5, 9, 32):
        content = world.random.randbytes(n)
        data = world.write(a, others[:n], content, box)
        for other in others[:n]:
            if world.random.random() < 0.7:
                world.opens(other, data, content, a, box=box)
    for n in range(60 if long else 14):
        for other in world.random.sample(others, 12):
            answered = world.read(a, world.write(other, [a], b"and you", box), box)
            world.must(answered, result="opened")
        some = world.random.sample(others, world.random.randrange(1, 33))
        content = world.random.randbytes(world.random.choice((1, 300, 2000, 7000, 20000)))
        data = world.write(a, some, content, box)
        for other in some:
            if world.random.random() < 0.8:
                world.opens(other, data, content, a, box=box)
    world.must(world.write_any(a, others + [world.new("b32")], b"", box), ok=False)
    world.must(world.write_any(a, [], b"", box), ok=False)
    world.must(world.write_any(a, [others[0], others[0]], b"", box), ok=False)


def sizes(world, long):
    """Each of the seven sizes filled to the last byte, and one byte more."""
    a, b = world.pair(1)
    world.say(a, b, setup=True)
    world.say(b, a)
    for size in (896, 2_048, 4_096, 8_192, 16_384, 32_768, 61_440):
        for more in (-297, -296, -1, 0, 1):
            for one, other in ((a, b), (b, a)):
                content = world.random.randbytes(size - 40 - 133 - 16 + more)
                answer = world.write_any(one, [other], content)
                if size == 61_440 and more == 1:
                    world.must(answer, ok=False, error="too-large")
                else:
                    world.opens(other, world.must(answer, ok=True)["envelope"], content, one)
    for size in (2_048, 61_440):
        c = world.new(f"b{size}", 0)
        world.meet(a, c)
        room = size - 40 - 1413 - 16
        if size == 61_440:
            world.must(world.write_any(a, [c], bytes(room + 1)), ok=False, error="too-large")
        world.opens(c, world.write(a, [c], bytes(room)), bytes(room), a, True)
    world.say(a, b, b"")
    # the largest content is never refused for a forced chunk's sake
    b, c = world.new("b1"), world.new("b2")
    world.meet(a, b, c)
    box = world.box("full")
    for other in (b, c):
        world.opens(a, world.write(other, [a], b"x", box), b"x", other, True, box)
    for i in range(12):
        content = world.random.randbytes(61_440 - 40 - 2 * 133 - 16 - (0, 0, 296)[i % 3])
        data = world.write(a, [b, c], content, box)
        for other in (b, c):
            world.opens(other, data, content, a, box=box)


def chunks_forced(world, long):
    """One way full to the brim: the fifth message without room for a chunk gets one."""
    a, b = world.pair(2)
    world.say(a, b, setup=True)
    for length in (896 - 40 - 133 - 16 - 295, 10, 600, 896 - 40 - 133 - 16, 2_000, 1_900):
        for i in range(30 if long else 14):
            content = world.random.randbytes(length)
            world.opens(a, world.write(b, [a], content), content, b)
        world.say(a, b)
        world.info(a, b)
        world.info(b, a)
    world.now = NOW + DAY


def index_wraps(world, long):
    """One way for more than 255 chunks: any four are enough, also over the end."""
    a, b = world.pair(1)
    world.say(a, b, setup=True)
    sent = [world.write(b, [a], bytes([i % 256])) for i in range(255 + 6)]
    for i in (253, 254, 259, 260):
        world.opens(a, sent[i], bytes([i % 256]), b)
    world.say(a, b)
    world.must(world.info(a, b), epoch=1)
    for i in (0, 255, 256, 100):
        world.opens(a, sent[i], bytes([i % 256]), b)


def rooms(world, long):
    """Room for some of the chunks only: who waited longest goes first."""
    a, others = world.new("a1", 1), [world.new(f"b{i}") for i in range(6)]
    box = world.box("rooms")
    for other in others:
        world.meet(a, other)
        world.opens(a, world.write(other, [a], b"x", box), b"x", other, True, box)
    for n in range(200 if long else 60):
        to = world.random.sample(others, world.random.randrange(1, 7))
        room = 296 * world.random.randrange(len(to)) + world.random.choice((0, 1, 295))
        size = world.random.choice((2_048, 4_096))
        content = bytes(max(0, size - 40 - 16 - 133 * len(to) - room))
        data = world.write(a, to, content, box)
        for other in to:
            if world.random.random() < 0.6:
                world.opens(other, data, content, a, box=box)
            if world.random.random() < 0.4:
                world.opens(a, world.write(other, [a], b"y", box), b"y", other, box=box)
