"""What is said to two drivers about groups: messages in any order, what is forged, seals."""
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .primitives import raw


class Member:
    def __init__(self, world, name, leaf):
        self.name, self.leaf, self.seed = name, leaf, world.hex()
        self.key = raw(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.seed))).hex()


def tell(world, who, op, **fields):
    """Of a member, whose name says in which process it lives."""
    return world.tell(world.side(who), op, **fields)


def gather(world, count, epoch, secret=None, group=None):
    group, secret = group or world.hex(), secret or world.hex()
    leaves = sorted(world.random.sample(range(1 << 32), count))
    members = [Member(world, "ab"[i % 2] + str(i), leaf) for i, leaf in enumerate(leaves)]
    for m in members:
        made = tell(world, m.name, "epoch", ep=m.name, group=group, epoch=epoch, secret=secret,
                    leaves=leaves, own=m.leaf)
        world.must(made, ok=True)
    return members, group, secret, made["commitment"]


def write(world, m, content):
    world.feed(m.name, 16)
    made = tell(world, m.name, "epoch-write", ep=m.name, device_seed=m.seed,
                content=content.hex())
    return world.must(made, ok=True)["message"], made["n"]


def read(world, m, members, message):
    return tell(world, m.name, "epoch-read", ep=m.name, message=message, now=world.now,
                devices={str(other.leaf): other.key for other in members})


def group_talk(world, long):
    for epoch in (1, 77, 0xFFFFFFFF):
        world.again()
        members, *_ = gather(world, 5, epoch)
        sent = []
        for size in (0, 1, 766, 767, 1918, 1919, 3967, 8063, 16255, 32639, 61310):
            content = world.random.randbytes(size)
            writer = world.random.choice(members)
            message, n = write(world, writer, content)
            sent.append((writer, message, n, content))
        for reader in members:
            world.random.shuffle(sent)
            for writer, message, n, content in sent:
                answer = read(world, reader, members, message)
                if writer is reader:
                    world.must(answer, result="resend", leaf=reader.leaf, n=n)
                    continue
                world.must(answer, result="opened", leaf=writer.leaf, n=n)
                text = bytes.fromhex(answer["padded"])
                world.must({"text": text[:len(content)] == content
                            and not any(text[len(content):])}, text=True)
                world.must(read(world, reader, members, message), result="resend")
                world.opened += 1
    tell(world, "a", "epoch", ep="a9", group=world.hex(), epoch=0, secret=world.hex(),
         leaves=[1], own=1)
    tell(world, "a", "epoch", ep="a9", group=world.hex(), epoch=1, secret=world.hex(),
         leaves=[2, 1], own=1)
    tell(world, "a", "epoch-write", ep="a0", device_seed=world.hex(), content="00" * 61311)


def group_forgeries(world, long):
    """Both refuse the same, whatever byte is changed, whoever signs."""
    members, *_ = gather(world, 3, 9)
    message, _ = write(world, members[0], b"as it was")
    for at in range(0, 896, 1 if long else 7):
        changed = bytearray.fromhex(message)
        changed[at] ^= 1 << world.random.randrange(8)
        read(world, members[1], members, changed.hex())
    other = Member(world, "a0", members[0].leaf)
    other.name = members[0].name  # signs with a key that is not the leaf's
    forged, _ = write(world, other, b"forged")
    world.must(read(world, members[1], members, forged), result="refused")
    world.must(read(world, members[1], members, message), result="opened")
    world.must(read(world, members[2], members[1:], message), result="resend")
    # far ahead; too old
    last = [write(world, members[0], b"x") for _ in range(2_300 if long else 40)][-1][0]
    early, _ = write(world, members[2], b"early")
    late, _ = write(world, members[2], b"late")
    world.must(read(world, members[1], members, last), result="opened")
    world.must(read(world, members[1], members, late), result="opened")
    world.now += 604_801
    world.must(read(world, members[1], members, early), result="resend")


def group_seals(world, long):
    a, b = world.pair()
    group, secret = world.hex(), world.hex()
    _, _, _, promised = gather(world, 2, 3, secret, group)
    world.say(a, b)
    world.feed(a.name, 12)
    world.must(world.ask("seal-session", a.name, device=b.key, group=group, epoch=3,
                         secret=secret), ok=False, error="not-found")
    for i in range(12):
        world.say(b, a)
        for one, other in ((a, b), (b, a)):
            world.feed(one.name, 12)
            made = world.ask("seal-session", one.name, device=other.key, group=group, epoch=3,
                             secret=secret)
            seal = world.must(made, ok=True)["seal"]
            world.feed(other.name, 256)
            wrong = world.ask("unseal-session", other.name, group=group, epoch=4, now=world.now,
                              commitment=promised, seal=seal)
            world.must(wrong, ok=False)
            got = world.ask("unseal-session", other.name, group=group, epoch=3, now=world.now,
                            commitment=promised, seal=seal)
            world.must(got, ok=True, secret=secret)
        world.say(a, b)
    for one, other in ((a, b), (b, a)):
        world.feed(other.name, 96)
        leaf = world.ask("leaf", other.name, device=other.key)
        to = {"device": other.key, "x25519": leaf["x25519"], "kem": leaf["kem"],
              "group": group, "epoch": 3}
        world.feed(one.name, 64)
        seal = world.must(world.ask("seal-leaf", one.name, secret=secret, **to), ok=True)["seal"]
        own = {"private": leaf["private"], "seed": leaf["seed"], "commitment": promised}
        world.must(world.ask("unseal-leaf", other.name, seal=seal, **to, **own), ok=True,
                   secret=secret)
        changed = bytearray.fromhex(seal)
        changed[world.random.randrange(1172)] ^= 4
        world.ask("unseal-leaf", other.name, seal=changed.hex(), **to, **own)
        world.must(world.ask("unseal-leaf", other.name, seal=seal, **to,
                             **{**own, "commitment": world.hex(16)}), ok=False)
