"""What one device keeps and decides: prekeys, what it believes about others, which session is
written in, and the work on a whole envelope. Nothing changes before the last thing was verified.

Of a peer's sessions one is *written in*: not only read, and the last message was opened in it.
Own set-ups that nothing was opened in yet are *unanswered* and serve one box each. Of set-ups that
cross the peer's may *lose*: only read, but better than one more set-up while none is answered."""
from . import envelope as env, mlkem
from .primitives import (Refused, ZERO_NONCE, be, dh, ed25519_public, hkdf, seal, sha256, unseal,
                         x25519_public)
from .session import NoKey, Session

SESSIONS_MAX, FEW_MAX = 4, 4
TRIED_MAX = {env.SETUP: 2, env.MESSAGE: 4}
STRENGTH = ("none", "unknown", "refused", "resend", "wait")


class Failed(Exception):
    """An operation of this device's own that cannot be done; the word says why."""


class Half:
    """The private halves of one prekey."""

    def __init__(self, number, is_last, private, seed, owner):
        self.number, self.is_last, self.private, self.seed = number, is_last, private, seed
        self.owner, self.public = owner, x25519_public(private)
        self.ek = mlkem.keygen(seed)[0]


class Kept:
    """A session and what is known about it."""

    def __init__(self, session, made, order, setup=None, box=None):
        self.session, self.made, self.order = session, made, order
        self.setup, self.box = setup, box  # of an own one: ids, then ek || ct || block; its box
        self.only_read = False
        self.lost = False  # a crossing: only read unless a set-up would have to be made
        self.opened_at, self.is_opened = None, False

    def is_unanswered(self):
        return self.setup is not None and not self.is_opened


def setup_hash(owner_a, owner_b, dev_a, dev_b, dh_a, dh_b, ids, s_b, x_b, kem_b, ek, ct):
    return sha256(b"geonet/e2ee/set-up/1" + owner_a + owner_b + dev_a + dev_b + dh_a + dh_b + ids
                  + s_b + x_b + sha256(kem_b) + ek + ct)


def block_key(ek_s, ek_x, secret, ek, ct):
    return hkdf(ek_s + ek_x + secret, b"open" + sha256(ek + ct))


def session_keys(a_s, ek_b, ek_s, ek_x, secret, t):
    return hkdf(b"\xff" * 32 + a_s + ek_b + ek_s + ek_x + secret, b"geonet/e2ee/sk/1" + t, 192)


class Device:
    def __init__(self, owner, seed, private, seq, number):
        self.owner, self.key = owner, ed25519_public(seed)
        self.private, self.dh = private, x25519_public(private)
        self.seq, self.hash = seq, number
        self.halves = {}  # id: Half
        self.peers = {}  # device: what `peer` said
        self.kept = {}  # device: [Kept]
        self.known = {}  # SHA-256(ek): (device, order of the Kept, ids)
        self.last_opened = {}  # device: order of the Kept, of those not only read
        self.seen = set()  # SHA-256 of the envelopes opened
        self.order = 0

    def next_order(self):
        self.order += 1
        return self.order

    def lasts(self):
        return {sha256(h.ek): h.seed for h in self.halves.values() if h.is_last}

    def prekeys(self, number, few, draw):
        if any(number + i in self.halves for i in range(few + 1)):
            raise Failed("exists")
        made = [Half(number + i, i == 0, draw(32), draw(64), self.owner) for i in range(few + 1)]
        self.halves.update({half.number: half for half in made})
        return made

    def erase(self, ids):
        for number in ids:
            self.halves.pop(number, None)
        self.known = {ek: known for ek, known in self.known.items()
                      if any(number in self.halves for number in known[2])}

    def believes(self, owner, device, public, seq, number):
        peer = self.peers.get(device)
        return (peer is not None and peer["owner"] == owner and peer["dh"] == public
                and (seq, number) in [(peer["seq"], peer["hash"])] + peer["history"])

    # ---- which session

    def written_in(self, device):
        """The last that something was opened in; none once that one is to be made again, though
        others be there: the next write makes a set-up."""
        last = self.last_opened.get(device)
        return next((k for k in self.kept.get(device, ()) if k.order == last and not k.only_read),
                    None)

    def unanswered(self, device):
        return [k for k in self.kept.get(device, ()) if k.is_unanswered() and not k.only_read]

    def keep(self, device, kept):
        """The fifth displaces the one longest without a message, never the one written in."""
        mine = self.kept.setdefault(device, [])
        if len(mine) == SESSIONS_MAX:
            spared = self.written_in(device)
            mine.remove(min((k for k in mine if k is not spared),
                            key=lambda k: (max(k.made, k.opened_at or k.made), k.order)))
        mine.append(kept)

    # ---- writing

    def set_up(self, device, box, now, draw):
        peer = self.peers[device]
        last = chosen = peer["last"]
        if peer["few"]:
            chosen = peer["few"][int.from_bytes(draw(4), "big") % len(peer["few"])]
        private, m = draw(32), draw(32)
        ek = x25519_public(private)
        ct, secret = mlkem.encapsulate(chosen["kem"], m)
        ids = be(last["id"], 4) + be(chosen["id"], 4)
        s_b, x_b = last["x25519"], chosen["x25519"]
        t = setup_hash(self.owner, peer["owner"], self.key, device, self.dh, peer["dh"], ids, s_b,
                       x_b, chosen["kem"], ek, ct)
        ek_s, ek_x = dh(private, s_b), dh(private, x_b)
        block = seal(block_key(ek_s, ek_x, secret, ek, ct), ZERO_NONCE,
                     self.owner + self.key + self.dh + be(self.seq, 8) + self.hash)
        sk = session_keys(dh(self.private, s_b), dh(private, peer["dh"]), ek_s, ek_x, secret, t)
        session = Session(True, t, sk, peer["owner"], device)
        session.begin_a(draw(32), s_b)
        return Kept(session, now, 0, (ids, ek + ct + block), box)

    def choose(self, device, box, now, draw):
        if device not in self.peers:
            raise Failed("not-found")
        kept = self.written_in(device)
        for own in self.unanswered(device) if kept is None else ():
            if own.box == box:
                kept = own
        lost = [k for k in self.kept.get(device, ()) if k.lost]
        return (kept or max(lost, key=lambda k: k.order, default=None)
                or self.set_up(device, box, now, draw))

    def write_in(self, device, kept):
        """From now on, and sessions that lost a crossing are only read for good."""
        self.last_opened[device] = kept.order
        self.forget_lost(device)
        kept.only_read = False

    def forget_lost(self, device):
        for k in self.kept.get(device, ()):
            k.lost = False

    def write(self, now, box, secret, to, content, draw):
        if not 1 <= len(to) <= env.WRAPS_MAX or len(set(to)) < len(to):
            raise Failed("bad")
        content_key, nonce = draw(32), draw(16)
        chosen, nonces = [], []
        for device in to:
            chosen.append(self.choose(device, box, now, draw))
            nonces.append(draw(12))
        is_setup = [kept.is_unanswered() for kept in chosen]
        with_chunk = [kept.session.is_forced() for kept in chosen]
        wraps_len = (len(to) * env.WRAP_LEN + sum(is_setup) * env.SETUP_LEN
                     + sum(with_chunk) * env.CHUNK_LEN)
        rest = env.HEAD_LEN + len(content) + env.TAG_LEN
        size = env.size_for(wraps_len + rest)
        if size is None:  # what fits without chunks is never refused for their sake
            wraps_len -= sum(with_chunk) * env.CHUNK_LEN
            with_chunk = [False] * len(to)
            size = env.size_for(wraps_len + rest)
        if size is None:
            raise Failed("too-large")
        order = sorted(range(len(to)), key=lambda i: -chosen[i].session.since)
        for i in order:
            if (chosen[i].session.has_chunk() and not with_chunk[i]
                    and wraps_len + env.CHUNK_LEN + rest <= size):
                with_chunk[i] = True
                wraps_len += env.CHUNK_LEN
        head = env.head(len(to), nonce, wraps_len, content_key)
        body = env.seal_body(content_key, content, size - env.HEAD_LEN - wraps_len)
        bh, out = sha256(head + body), head
        for i, (device, kept) in enumerate(zip(to, chosen)):
            wrap = env.hint(secret, device, nonce) + bytes([env.MESSAGE])
            if is_setup[i]:
                ids, public = kept.setup
                wrap = (wrap[:2] + bytes([env.SETUP]) + env.masked(secret, public[:32], ids)
                        + public)
            wrap += kept.session.write(nonces[i], content_key, with_chunk[i], bh)
            out += be(len(wrap), 2) + wrap
            if kept.lost:
                self.write_in(device, kept)
            if not kept.order:
                kept.order = self.next_order()
                self.keep(device, kept)
        assert len(out + body) == size
        return out + body

    # ---- reading

    def read(self, now, secret, data, draw):
        """A dictionary as the driver answers it; only "opened" changes anything or draws."""
        name = sha256(data)
        if name in self.seen:
            return {"result": "again"}
        try:
            parsed = env.Parsed(data)
        except Refused:
            return {"result": "refused"}
        worst, tried, self.header = {"result": "none"}, {env.SETUP: 0, env.MESSAGE: 0}, False
        for wrap_hint, kind, setup, rest in parsed.wraps:
            if wrap_hint != env.hint(secret, self.key, parsed.nonce):
                continue
            tried[kind] += 1
            if tried[kind] > TRIED_MAX[kind]:
                continue
            try:
                answer = self.read_wrap(now, secret, parsed, kind, setup, rest, draw)
            except Refused:
                answer = {"result": "refused"}
            if answer["result"] == "opened":
                self.seen.add(name)
                return answer
            if STRENGTH.index(answer["result"]) > STRENGTH.index(worst["result"]):
                worst = answer
            if self.header:
                break
        return worst

    def open_in(self, session, rest, bh, now):
        """Notes that a header opened, whatever follows."""
        self.header = True
        opened = session.read(rest, bh, now)
        self.header = bool(opened)
        return opened

    def read_wrap(self, now, secret, parsed, kind, setup, rest, draw):
        if kind == env.MESSAGE:
            candidates = [(d, k) for d, kept in self.kept.items() for k in kept]
        else:
            known = self.known.get(sha256(setup[8:40]))
            if known is None:
                return self.read_setup(now, secret, parsed, setup, rest, draw)
            candidates = [(known[0], k) for k in self.kept[known[0]] if k.order == known[1]]
        for device, kept in candidates:
            try:
                opened = self.open_in(kept.session, rest, parsed.bh, now)
            except NoKey:
                return {"result": "resend", "device": device}
            if opened:
                padded = parsed.open_body(opened[1])
                self.accept(kept, opened, now, draw)
                if not kept.only_read:
                    self.write_in(device, kept)
                return self.answer(kept.session, False, padded)
        return {"result": "unknown"}

    @staticmethod
    def answer(session, setup, padded):
        return {"result": "opened", "owner": session.owner, "device": session.device,
                "setup": setup, "padded": padded}

    def accept(self, kept, opened, now, draw, ek_of_a=None):
        new, _, kind, index, data = opened
        good = new.settle(draw, kind, index, data, now, self.lasts(), ek_of_a)
        if kept.is_unanswered():
            kept.only_read = False  # the peer has taken it, whatever lost or was replaced here
        if not good:
            kept.only_read = True
            for k in self.unanswered(new.device):
                k.only_read = True  # the next write makes a new set-up
            self.forget_lost(new.device)
        kept.session, kept.opened_at = new, now
        kept.is_opened = True

    def read_setup(self, now, secret, parsed, setup, rest, draw):
        ek, ct, block = setup[8:40], setup[40:1128], setup[1128:]
        ids = env.masked(secret, ek, setup[:8])
        numbers = int.from_bytes(ids[:4], "big"), int.from_bytes(ids[4:], "big")
        last, chosen = self.halves.get(numbers[0]), self.halves.get(numbers[1])
        if not last or not last.is_last or not chosen or chosen.is_last and chosen is not last:
            return {"result": "unknown"}
        ek_s, ek_x = dh(last.private, ek), dh(chosen.private, ek)
        shared = mlkem.decapsulate(chosen.seed, ct)
        plain = unseal(block_key(ek_s, ek_x, shared, ek, ct), ZERO_NONCE, block)
        if plain is None:
            return {"result": "unknown"}
        owner, device, public, number = plain[:32], plain[32:64], plain[64:96], plain[104:]
        seq = int.from_bytes(plain[96:104], "big")
        if not self.believes(owner, device, public, seq, number):
            return {"result": "wait", "owner": owner, "device": device, "dh": public, "seq": seq,
                    "hash": number}
        a_s, ek_b = dh(last.private, public), dh(self.private, ek)
        for mine in dict.fromkeys((self.owner, last.owner, chosen.owner)):
            t = setup_hash(owner, mine, device, self.key, public, self.dh, ids, last.public,
                           chosen.public, chosen.ek, ek, ct)
            sk = session_keys(a_s, ek_b, ek_s, ek_x, shared, t)
            session = Session(False, t, sk, owner, device)
            session.begin_b(last.private)
            try:
                opened = self.open_in(session, rest, parsed.bh, now)
            except NoKey:
                return {"result": "resend", "device": device}
            if opened:
                padded = parsed.open_body(opened[1])
                self.accept_setup(device, opened, now, draw, sha256(ek), numbers)
                return self.answer(session, True, padded)
        return {"result": "unknown"}

    def accept_setup(self, device, opened, now, draw, ek_hash, numbers):
        kept = Kept(opened[0], now, 0)
        self.accept(kept, opened, now, draw, self.peers[device]["last"]["kem"])
        kept.order = self.next_order()
        own = self.unanswered(device)
        if self.written_in(device) is None and own:
            smaller = all(kept.session.t < k.session.t for k in own)
            for k in own if smaller else [kept]:
                k.only_read = True
            kept.lost = not smaller
        else:
            for k in self.kept.get(device, ()):
                k.only_read = True
        if not kept.only_read:
            self.write_in(device, kept)
        self.keep(device, kept)
        self.known[ek_hash] = (device, kept.order, numbers)

    # ---- asked

    def info(self, device):
        kept = self.kept.get(device, [])
        shown = self.written_in(device) or max(kept, key=lambda k: k.order, default=None)
        if shown is None:
            return {"sessions": 0, "epoch": 0, "state_bytes": 0, "skipped": 0}
        s = shown.session
        return {"sessions": len(kept), "epoch": s.epoch, "state_bytes": 0,
                "skipped": len(s.skipped) + len(s.pq_skipped)}
