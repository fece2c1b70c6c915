"""Both ratchets of one pair of devices: Signal's double ratchet with encrypted headers, and the
post-quantum epochs beside it.

    KEY(e):  SEND_EK -> (first CT chunk of e) RECV_CT -> (four) decap, send in e -> TEXT(e+1)
    TEXT(e): COLLECT_EK -> (four chunks) encap, e is read -> SEND_CT -> (a message sent in e
             arrives) send in e -> KEY(e+1)

read() works on a copy and draws no randomness; settle() finishes the copy after tag, commitment
and body were verified. a is who set the session up."""
import copy, struct

from . import chunk as chunks, mlkem
from .primitives import Refused, dh, be, hkdf, hmac, seal, sha256, unseal, x25519_public

HEADER = struct.Struct(">32sIIIIH")
HEADER_LEN, JUMP_MAX, SKIPPED_MAX, SKIPPED_SECONDS = 78, 25_000, 2_000, 604_800
NONE, EK, CT = 0, 1, 2
COUNT_MAX, CHUNK_FORCED_AFTER = 65_535, 4


class NoKey(Exception):
    """A header opened, but no key is left or the tag is wrong."""


def chain_step(key):
    """(message key, next chain key)"""
    return hmac(key, b"\x01"), hmac(key, b"\x02")


def root_step(root, secret):
    """(root, chain key, next header key)"""
    out = hkdf(secret, b"geonet/e2ee/rk/1", 96, root)
    return out[:32], out[32:64], out[64:]


def epoch_step(p, secret, e):
    """(p, chain e a to b, chain e b to a)"""
    out = hkdf(secret, b"geonet/e2ee/pq/1" + be(e, 4), 96, p)
    return out[:32], out[32:64], out[64:]


class Session:
    def __init__(self, is_a, t, sk, owner, device):
        part = [sk[32 * i:32 * (i + 1)] for i in range(6)]
        self.is_a, self.t, self.owner, self.device = is_a, t, owner, device
        self.root, self.p = part[0], part[3]
        self.cks = self.ckr = self.hks = self.hkr = None
        self.nhks, self.nhkr = (None, part[2]) if is_a else (part[2], part[1])
        if is_a:
            self.hks = part[1]
        self.ns = self.nr = self.pn = 0
        self.dhs = None
        self.skipped = {}  # (header key, n): (message key, made)
        send, receive = (part[4], part[5]) if is_a else (part[5], part[4])
        self.epoch, self.tx, self.en, self.count = 0, send, 0, 0
        self.tx_next = None  # in TEXT(e), SEND_CT: the chain e to send in
        self.rx = {0: [receive, 0]}  # epoch: [chain key, next number]; two while both are open
        self.pq_skipped = {}  # (epoch, en): (message key, made)
        self.e, self.state = 1, "RECV_CT" if is_a else "SEND_CT"
        self.seed = None  # KEY(e), e > 1: d || z
        self.object, self.index, self.since, self.got = None, 0, 0, {}

    # ---- the beginning

    def begin_a(self, private, s_b):
        self.dhs = private
        self.root, self.cks, self.nhks = root_step(self.root, dh(private, s_b))

    def begin_b(self, private):
        self.dhs = private

    # ---- sending

    def has_chunk(self):
        return self.state in ("SEND_EK", "SEND_CT")

    def is_forced(self):
        return self.has_chunk() and self.since >= CHUNK_FORCED_AFTER

    def write(self, nonce, content_key, with_chunk, bh):
        """header || sealed rest of a wrap"""
        fields = HEADER.pack(self.public(), self.pn, self.ns, self.epoch, self.en, self.count)
        header = nonce + seal(self.hks, nonce, fields, self.t)
        mk_dh, self.cks = chain_step(self.cks)
        mk_pq, self.tx = chain_step(self.tx)
        self.ns += 1
        self.en += 1
        plain = content_key + self.chunk_field(with_chunk)
        return header + seal(self.message_key(mk_dh, mk_pq), nonce, plain, self.t + header + bh)

    def public(self):
        return x25519_public(self.dhs)

    def chunk_field(self, with_chunk):
        if not with_chunk:
            self.since += self.has_chunk()
            return bytes([NONE, 0])
        index, self.index, self.since = self.index, (self.index + 1) % chunks.INDICES, 0
        kind = EK if self.state == "SEND_EK" else CT
        return bytes([kind, index]) + chunks.make(self.object, index)

    def message_key(self, mk_dh, mk_pq):
        return hkdf(mk_pq, b"geonet/e2ee/mk/1" + self.t, 32, mk_dh)

    # ---- reading: on a copy, nothing drawn

    def copy(self):
        other = copy.copy(self)
        other.skipped, other.pq_skipped = dict(self.skipped), dict(self.pq_skipped)
        other.rx, other.got = {e: list(c) for e, c in self.rx.items()}, dict(self.got)
        return other

    def open_header(self, header):
        """(header key, fields), or None when no header key opens it."""
        keys = [key for key in (self.hkr, self.nhkr) if key]
        keys += {key for key, _ in self.skipped}
        for key in keys:
            fields = unseal(key, header[:12], header[12:], self.t)
            if fields:
                return key, HEADER.unpack(fields)
        return None

    def read(self, wrap, bh, now):
        """(copy, content key, kind, index, chunk or None), or None when no header opens."""
        header, sealed = wrap[:HEADER_LEN], wrap[HEADER_LEN:]
        opened = self.open_header(header)
        if not opened:
            return None
        key, (public, pn, n, epoch, en, count) = opened
        new = self.copy()
        new.stepped = new.entered = False
        mk_dh = new.dh_key(key, public, pn, n, now)
        mk_pq = new.pq_key(epoch, en, count, now)
        plain = unseal(self.message_key(mk_dh, mk_pq), header[:12], sealed, self.t + header + bh)
        if plain is None:
            raise NoKey()
        kind, index, data = plain[32], plain[33], plain[34:]
        if kind == NONE:
            good = index == 0 and not data
        else:
            good = kind <= CT and index < chunks.INDICES and len(data) == chunks.LEN
        if not good:
            raise Refused("chunk")
        new.heard_epoch = epoch
        return new, plain[:32], kind, index, data

    def dh_key(self, key, public, pn, n, now):
        if key == self.hkr:
            if n < self.nr:
                return taken(self.skipped, (key, n), now)
        elif key == self.nhkr:
            if self.ckr:
                self.skip_dh(pn, now)
            self.step_receiving(public)
        else:
            return taken(self.skipped, (key, n), now)
        self.skip_dh(n, now)
        mk, self.ckr = chain_step(self.ckr)
        self.nr += 1
        return mk

    def skip_dh(self, until, now):
        if until - self.nr > JUMP_MAX:
            raise NoKey()
        while self.nr < until:
            mk, self.ckr = chain_step(self.ckr)
            self.skipped[self.hkr, self.nr] = mk, now
            self.nr += 1

    def step_receiving(self, public):
        self.stepped, self.dhr = True, public
        self.pn, self.ns, self.nr = self.ns, 0, 0
        self.hks, self.hkr = self.nhks, self.nhkr
        self.root, self.ckr, self.nhkr = root_step(self.root, dh(self.dhs, public))

    def pq_key(self, epoch, en, count, now):
        current = min(self.rx)
        if epoch < current or epoch == current and en < self.rx[epoch][1]:
            return taken(self.pq_skipped, (epoch, en), now)
        if epoch not in self.rx:
            raise NoKey()
        if epoch > current:
            self.skip_pq(current, count, now)
            del self.rx[current]
            self.entered = True
        self.skip_pq(epoch, en, now)
        chain = self.rx[epoch]
        mk, chain[0] = chain_step(chain[0])
        chain[1] += 1
        return mk

    def skip_pq(self, epoch, until, now):
        chain = self.rx[epoch]
        if until - chain[1] > JUMP_MAX:
            raise NoKey()
        while chain[1] < until:
            mk, chain[0] = chain_step(chain[0])
            self.pq_skipped[epoch, chain[1]] = mk, now
            chain[1] += 1

    # ---- finishing the copy: what draws randomness

    def settle(self, draw, kind, index, data, now, lasts, ek_of_a=None):
        """lasts: the device's {SHA-256(ek): seed}; ek_of_a: b's first message, a's `last` key.
        False when the session is to be made again."""
        for keys in (self.skipped, self.pq_skipped):
            for name in [name for name, (_, made) in keys.items() if not fresh(made, now)]:
                del keys[name]
            for name in list(keys)[:max(0, len(keys) - SKIPPED_MAX)]:
                del keys[name]
        if self.stepped:
            self.dhs = draw(32)
            self.root, self.cks, self.nhks = root_step(self.root, dh(self.dhs, self.dhr))
        if ek_of_a:
            self.answer(ek_of_a, draw(32))
        if self.entered and self.state == "SEND_CT":
            self.send_in_next(self.tx_next)
            self.seed = draw(64)
            self.begin_sending("SEND_EK", mlkem.keygen(self.seed)[0])
        if kind == NONE or self.heard_epoch + 1 != self.e:
            return True
        if kind == CT and self.state in ("SEND_EK", "RECV_CT"):
            return self.collect_ct(index, data, lasts)
        if kind == EK and self.state == "COLLECT_EK":
            return self.collect_ek(index, data, draw)
        return True

    def begin_sending(self, state, data):
        self.state, self.object, self.index, self.since, self.got = state, data, 0, 0, {}

    def send_in_next(self, chain):
        """The epoch self.e, which all that is sent is in from now on; then self.e + 1 begins."""
        self.epoch, self.tx, self.count, self.en = self.e, chain, min(self.en, COUNT_MAX), 0
        self.tx_next = None
        self.e += 1

    def mix(self, secret):
        """(chain to send in, chain to receive in) of the epoch self.e"""
        self.p, from_a, from_b = epoch_step(self.p, secret, self.e)
        return (from_a, from_b) if self.is_a else (from_b, from_a)

    def collect_ct(self, index, data, lasts):
        self.state, self.object = "RECV_CT", None
        self.got.setdefault(index, data)
        if len(self.got) < 4:
            return True
        whole, self.got = chunks.rebuild(self.got), {}
        ct, answered, zeros = whole[:1088], whole[1088:1120], whole[1120:]
        mine = lasts if self.e == 1 else {sha256(mlkem.keygen(self.seed)[0]): self.seed}
        if any(zeros) or answered not in mine:
            return False
        send, receive = self.mix(mlkem.decapsulate(mine[answered], ct))
        self.rx[self.e] = [receive, 0]
        self.send_in_next(send)
        self.seed, self.state = None, "COLLECT_EK"
        return True

    def collect_ek(self, index, data, draw):
        self.got.setdefault(index, data)
        if len(self.got) < 4:
            return True
        ek, self.got = chunks.rebuild(self.got), {}
        if not mlkem.valid(ek):
            return False
        self.answer(ek, draw(32))
        return True

    def answer(self, ek, m):
        ct, secret = mlkem.encapsulate(ek, m)
        self.tx_next, receive = self.mix(secret)
        self.rx[self.e] = [receive, 0]
        self.begin_sending("SEND_CT", ct + sha256(ek) + bytes(64))


def fresh(made, now):
    return now - made <= SKIPPED_SECONDS


def taken(keys, name, now):
    mk, made = keys.pop(name, (None, 0))
    if mk is None or not fresh(made, now):
        raise NoKey()
    return mk
