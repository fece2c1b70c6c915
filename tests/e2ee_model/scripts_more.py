"""The second part of what is said to two drivers: forgeries, old prekeys, restored states, limits,
liars, and a random walk over everything."""
from .play import Device, Difference


def flips(world, envelope, every):
    """Each bit, or one of `every`: which, and the envelope without it."""
    data = bytes.fromhex(envelope)
    start = world.random.randrange(every)
    for bit in range(start, 8 * len(data), every):
        forged = bytearray(data)
        forged[bit // 8] ^= 1 << bit % 8
        yield bit, forged.hex()


def forgeries(world, long):
    """Bit by bit: a message, a message with a chunk to two devices, a set-up; lengths; nothing of
    it changes anything."""
    a, b, c = world.new("a1"), world.new("b1", 1), world.new("b2", 0)
    world.meet(a, b, c)
    box = world.box("forged")
    first = world.write(a, [b, c], b"set-up", box)
    cases = [(first, b"set-up", 40 + 2 * 1413, 1 if long else 97)]

    def check(data, content, end, every):
        """Of the bits flipped only those in the other's wrap may stay unseen."""
        state = world.save(b)
        for bit, forged in flips(world, data, every):
            if world.read(b, forged, box)["result"] == "opened":
                if not 40 * 8 <= bit < end * 8:
                    raise Difference(f"bit {bit} flipped and not seen")
                world.load(b, state)
        for cut in (data[:-2], data[2:], data + "00", "", data[:80], data[:1790]):
            world.read(b, cut, box)
        world.opens(b, data, content, a, box=box)

    check(*cases[0])
    world.opens(c, first, b"set-up", a, box=box)
    for other in (b, c):
        world.opens(a, world.write(other, [a], b"answer", box), b"answer", other, box=box)
    # b's answers carry chunks, a's next as well after some turns
    for n in range(6):
        for other in (b, c):
            world.opens(a, world.write(other, [a], b"turn", box), b"turn", other, box=box)
        both = world.write(a, [b, c], b"to both", box)
        world.opens(b, both, b"to both", a, box=box)
        world.opens(c, both, b"to both", a, box=box)
    both = world.write(a, [c, b], b"flipped", box)
    check(both, b"flipped", 40 + 2 * 429, 1 if long else 5)
    world.say(a, b)


def old_prekeys(world, long):
    """Prekeys replaced and erased, set-ups replayed, an answer to a `last` that is gone."""
    a, b = world.pair(2)
    first = world.write(a, [b], b"with the old")
    again = world.write(a, [b], b"once more")
    old = b.last["id"], [few["id"] for few in b.few]
    for number in (0, b.next_id - 1):  # a number whose half lives
        world.must(world.ask("prekeys", b.name, now=world.now, id=number, few=1), ok=False)
    old_last = b.last
    world.prekeys(b, 3)
    world.opens(b, first, b"with the old", a, True)
    world.ask("erase", b.name, ids=old[1])
    world.opens(b, again, b"once more", a, False)
    late, b.last, b.few = b.record(), old_last, []
    world.prekeys(b, 1)
    b.last, b.few, old_last = late["last"], late["few"], b.last
    world.ask("erase", b.name, ids=[old[0]])
    world.result(b, world.write(a, [b], b"too late"), "unknown")
    world.result(b, first, "again")
    world.say(b, a)
    world.say(a, b)
    # ids that are not of a `last` and a `few`
    for mixed in ({"few": [old_last]}, {"last": b.few[0], "few": []}, {"last": b.few[0]}):
        c = world.new("a2")
        world.know(b, c)
        world.ask("peer", c.name, **{**b.record(), **mixed})
        world.result(b, world.write(c, [b], b"mixed"), "unknown")
    # the state of before, replays of what it had opened
    for few in (0, 2):
        world.again()
        a, b = world.pair(few)
        before = world.save(b)
        sent = [world.write(a, [b], bytes([i])) for i in range(4)]
        world.opens(b, sent[2], b"\2", a, True)
        world.load(b, before)
        for i in (2, 0, 3, 1):
            world.opens(b, sent[i], bytes([i]), a, i == 2)
        # a replaces what b answers: b's CT finds no key, the session is made again
        old = a.last["id"]
        world.prekeys(a, 1)
        world.ask("erase", a.name, ids=[old])
        for _ in range(5):
            world.say(b, a)
            world.info(a, b)
        world.know(b, a)
        world.say(a, b, setup=True)
        for _ in range(6):
            world.say(b, a, setup=False)
            world.say(a, b, setup=False)
            world.info(a, b)
            world.info(b, a)


def restored(world, long):
    """A state put back reads again what it had read, and goes on; and talk on from saved states
    after every message."""
    a, b = world.pair(1)
    world.say(a, b, setup=True)
    kept, sent = world.save(b), []
    for i in range(40):
        sent.append((world.write(a, [b], bytes([i])), bytes([i])))
        world.opens(b, *sent[-1], a)
    world.load(b, kept)
    world.random.shuffle(sent)
    for data, content in sent:
        world.opens(b, data, content, a)
        world.load(b, world.save(b))
    for n in range(60):
        for one, other in ((a, b), (b, a)):
            world.say(one, other)
            world.load(one, world.save(one))
            world.load(other, world.save(other))
    world.info(a, b)
    world.must(world.ask("load", b.name, state="00"), ok=False)
    world.say(a, b)


def randomness(world, long):
    """Each draw, one byte short: the operation is undone, randomness too."""
    need = {"write set-up": 48 + 4 + 96 + 12, "read set-up": 64, "write": 60, "read": 32}

    def short(need, op, *args):
        """op with pools that are too small, then with what it needs; nothing is left of it"""
        have = 0
        for size in sorted({0, 1, 15, 31, 32, 47, 48, 51, 52, 63, 83, 84, 115, 116, 147, 148,
                            need - 1}):
            if size < need:
                world.all("feed", bytes=bytes(size - have).hex())
                have = size
                world.must(op(*args), ok=False, error="randomness")
        world.all("feed", bytes=world.hex(need - have))
        return world.must(op(*args), ok=True)

    def write(one, other, content):
        box = world.box(other.owner)
        return world.ask("write", one.name, now=world.now, box=box, hint=world.hint(box),
                         to=[other.key], content=content)

    def read(one, data):
        return world.ask("read", one.name, now=world.now, envelope=data,
                         hint=world.hint(world.box(one.owner)))

    a, b = bare(world, "a1"), bare(world, "b1")
    for one in (a, b):
        out = short(288, lambda: world.ask("prekeys", one.name, now=world.now, id=1, few=2))
        one.last, one.few, one.next_id = out["last"], out["few"], 4
    world.meet(a, b)
    data = short(need["write set-up"], write, a, b, "01")["envelope"]
    world.must(short(need["read set-up"], read, b, data), result="opened", setup=True)
    for _ in range(14):
        for one, other in ((b, a), (a, b)):
            data = short(need["write"], write, one, other, "02")["envelope"]
            answer = read(other, data)  # a turn: 32, with a seed 64 more, with m 32 more
            steps = 0
            while not answer["ok"]:
                world.must(answer, error="randomness")
                world.all("feed", bytes=world.hex(16))
                answer = read(other, data)
                steps += 1
            if steps not in (2, 4, 6):
                raise Difference(f"{16 * steps} bytes drawn by a turn")


def bare(world, name):
    """A device without prekeys: nothing was fed."""
    device = Device(name, world.hex())
    device.seed, device.mldsa_seed, device.private = world.hex(), world.hex(), world.hex()
    world.identity(device)
    return device


def rotation(world, long):
    """The owner key changes: set-ups to the one of before are opened while those halves live."""
    a, b = world.pair(2)
    first = world.write(a, [b], b"to the owner of before")
    old = b.record()
    b.owner = world.hex()
    world.identity(b)
    box = world.box(old["owner"])
    world.opens(b, first, b"to the owner of before", a, True, box)
    answer = world.opens(a, world.write(b, [a], b"answer"), b"answer")
    world.must(answer, owner=old["owner"])  # whom the session was set up with
    for few in (0, 2):
        c = world.new(f"a{few + 2}", few)
        world.meet(b, c)
        world.ask("peer", c.name, **old)
        data = world.write(c, [b], b"still", box)
        world.opens(b, data, b"still", c, True, box)
        d = world.new(f"a{few + 5}", few)
        world.meet(b, d)
        world.prekeys(b, few)
        world.know(d, b)
        world.say(d, b, setup=True)
        world.say(b, d)
    world.ask("erase", b.name, ids=[old["last"]["id"]])
    c = world.new("a9", 1)
    world.meet(b, c)
    world.ask("peer", c.name, **old)
    world.result(b, world.write(c, [b], b"gone", box), "unknown", box)


def safety(world, long):
    people = [{"ed25519": world.hex(), "mldsa": world.hex(1952)} for _ in range(12 if long else 4)]
    for one in people:
        for other in people:
            left = world.must(world.all("safety", a=one, b=other), ok=True)
            right = world.must(world.all("safety", a=other, b=one), ok=True)
            if left != right or len(left["number"]) != 60 or len(left["qr"]) != 43:
                raise Difference("a safety number that depends on who looks")
    a, b = world.pair()
    world.all("safety", a={"ed25519": a.owner, "mldsa": a.mldsa},
              b={"ed25519": b.owner, "mldsa": b.mldsa})


def jumps(world, long):
    """25,000 messages lost are fine; of the keys skipped the newest 2,000 stay, for 7 days."""
    a, b = world.pair(1)
    world.say(a, b, setup=True)
    world.say(b, a)
    early = [(world.write(a, [b], bytes([i])), bytes([i])) for i in range(5)]
    late = []
    for n in range(3):
        late += [(world.write(a, [b], b"%d" % i), b"%d" % i) for i in range(700)]
        world.say(a, b)
        world.info(b, a)
        if n == 1:
            world.opens(b, *early[4], a)  # 2,000 are not yet reached
            world.say(b, a)
            world.say(a, b)
    for data, content in late[:110] + early[:4]:
        world.read(b, data)
    world.info(b, a)
    world.now += 604_800
    for data, content in late[800:810]:
        world.opens(b, data, content, a)
    world.info(b, a)
    world.now += 1
    for data, content in late[810:820] + late[-3:]:
        world.read(b, data)
    world.info(b, a)
    world.say(a, b)
    world.info(b, a)
    for data, content in late[820:830]:
        world.read(b, data)


def evictions(world, long):
    """More set-ups than are kept: by boxes, from both sides, with answers in some."""
    for n in range(12 if long else 4):
        world.again()
        a, b = world.pair(n % 3)
        boxes = [world.box(f"evict {n} {i}") for i in range(7)]
        sent = []
        for i, box in enumerate(boxes):
            one, other = ((a, b), (b, a))[world.random.random() < (0, 0.3, 0.5)[n % 3]]
            world.now += world.random.randrange(-2, 4)  # clocks are put right
            sent.append((world.write(one, [other], b"%d" % i, box), other, box))
            if world.random.random() < 0.3:
                world.read(*sent[-1][1::-1], box)
            world.info(one, other)
        for data, other, box in world.random.sample(sent, len(sent)):
            world.now += world.random.randrange(-2, 4)
            world.read(other, data, box)
            world.info(a, b)
            world.info(b, a)
        for i in range(12):
            one, other = world.random.choice(((a, b), (b, a)))
            box = world.random.choice(boxes)
            world.read(other, world.write(one, [other], b"after %d" % i, box), box)
            world.info(a, b)
            world.info(b, a)


def longest_without(world, long):
    """Of five the one longest without a message goes, not the one made first."""
    for opened in range(4):
        world.again()
        a, b = world.pair(1)
        before, boxes, mine = world.save(b), [world.box(f"longest {i}") for i in range(4)], []
        for box in boxes:
            world.now += 10
            mine.append(world.write(a, [b], b"mine", box))
        world.now += 10
        world.opens(b, mine[opened], b"mine", a, True, boxes[opened])
        answers = [world.write(b, [a], b"answer", boxes[0]) for _ in range(2)]
        world.opens(a, answers[0], b"answer", b, False, boxes[0])
        world.load(b, before)  # put back, it sets up anew
        world.now += 10
        world.opens(a, world.write(b, [a], b"anew", boxes[0]), b"anew", b, True, boxes[0])
        world.must(world.info(a, b), sessions=4)
        world.opens(a, answers[1], b"answer", b, False, boxes[0])
        for i, data in enumerate(mine):  # theirs is gone, or answers what is gone
            world.read(b, data, boxes[i])
            world.read(a, world.write(b, [a], b"%d" % i, boxes[i]), boxes[i])
            world.info(a, b)


def walk(world, long):
    """Anything after anything, by four devices with two boxes each; nothing is expected but that
    both drivers say the same."""
    for n in range(30 if long else 5):
        world.again()
        people = [world.new(f"{'ab'[i % 2]}{i}", i) for i in range(4)]
        world.meet(*people)
        boxes = {(d.name, i): world.box(f"{d.name} {i}") for d in people for i in range(2)}
        sent, saved, r = [], {}, world.random
        for _ in range(400):
            who, dice = r.choice(people), r.random()
            others = [d for d in people if d is not who]
            if dice < 0.45:
                to = r.sample(others, r.choice((1, 1, 1, 2, 3)))
                box = boxes[to[0].name, r.random() < 0.2]
                answer = world.write_any(who, to, r.randbytes(r.randrange(700)), box)
                sent += [(d, answer["envelope"], box) for d in to if answer["ok"]]
            elif dice < 0.85 and sent:
                at = max(0, len(sent) - 1 - int(r.expovariate(0.3)))
                to, data, box = sent[at]
                if r.random() < 0.05:
                    digit = r.randrange(len(data))
                    data = data[:digit] + r.choice("0123456789abcdef") + data[digit + 1:]
                elif r.random() < 0.9:
                    sent.pop(at)
                world.read(to, data, box)
            elif dice < 0.87:
                world.prekeys(who, r.randrange(5))
                for other in others:
                    if r.random() < 0.8:
                        world.know(other, who)
            elif dice < 0.88:
                world.ask("erase", who.name, ids=[r.randrange(1, who.next_id)])
            elif dice < 0.90:
                saved[who.name] = world.save(who)
            elif dice < 0.91 and who.name in saved:
                world.load(who, saved[who.name])
            elif dice < 0.92:
                world.identity(who)
                for other in others:
                    world.know(other, who)
            elif dice < 0.94:
                world.now += r.choice((1, 60, 86_400, 400_000))
            else:
                world.info(who, r.choice(others))
