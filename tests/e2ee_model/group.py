"""Messages of a group, and the secret of an epoch on its way to a device (docs/spec/e2ee.md, from
EE-40)."""
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from . import envelope, mlkem
from .primitives import (Refused, ZERO_NONCE, be, dh, hkdf, hmac, seal, sha256, unseal,
                         x25519_public)
from .session import JUMP_MAX, NoKey, SKIPPED_MAX, SKIPPED_SECONDS, chain_step

LEAVES_MAX, SIG, NUMBER_MAX = 4_096, 64, (1 << 32) - 1


def commitment(secret):
    return sha256(b"geonet/e2ee/commit/1" + secret)[:16]


def said(group, e, leaf, n, text):
    return b"geonet/group/message/1" + group + be(e, 4) + be(leaf, 4) + be(n, 4) + text


class Epoch:
    """One epoch as one member has it."""

    def __init__(self, group, e, secret, leaves, own):
        if not e or not 0 < len(leaves) <= LEAVES_MAX or sorted(set(leaves)) != leaves:
            raise Refused("leaves")
        if own not in leaves:
            raise Refused("own")
        self.group, self.e, self.own = group, e, own
        self.header = hkdf(secret, b"geonet/group/header/1" + be(e, 4), 32, group)
        self.chains = {leaf: [hkdf(secret, b"geonet/group/chain/1" + be(e, 4) + be(leaf, 4), 32,
                                   group), 0] for leaf in leaves}
        self.skipped = {}  # (leaf, n): (key, made), in the order they were made

    def write(self, device_seed, content, draw):
        size = envelope.size_for(50 + SIG + len(content) + 16)
        if size is None:
            raise Refused("too large")
        nonce = draw(16)
        key, n = self.chains[self.own]
        mk, self.chains[self.own][0] = chain_step(key)
        self.chains[self.own][1] += 1
        text = content + bytes(size - 50 - SIG - 16 - len(content))
        first = b"GNE\x01\x00\x01" + nonce + be(self.e, 4)
        head = first + seal(self.header, nonce[:12], be(self.own, 4) + be(n, 4), first)
        sig = Ed25519PrivateKey.from_private_bytes(device_seed).sign(
            said(self.group, self.e, self.own, n, text))
        return head + seal(mk, nonce[:12], sig + text, head), n

    def read(self, message, devices, now):
        if len(message) not in envelope.SIZES or message[:6] != b"GNE\x01\x00\x01":
            return {"result": "refused"}
        nonce = message[6:18]
        plain = unseal(self.header, nonce, message[26:50], message[:26])
        if message[22:26] != be(self.e, 4) or plain is None:
            return {"result": "unknown"}
        leaf, n = int.from_bytes(plain[:4], "big"), int.from_bytes(plain[4:], "big")
        missing = {"result": "resend", "leaf": leaf, "n": n}
        if leaf not in self.chains or str(leaf) not in devices:
            return missing
        key, at = self.chains[leaf]
        made = []
        if n < at:
            mk, when = self.skipped.get((leaf, n), (None, 0))
            if mk is None or now - when > SKIPPED_SECONDS:
                return missing
        else:
            if n - at > JUMP_MAX or n >= NUMBER_MAX - 1:
                return missing
            while at <= n:
                mk, key = chain_step(key)
                made.append(((leaf, at), (mk, now)))
                at += 1
            made.pop()
        body = unseal(mk, nonce, message[50:], message[:50])
        if body is None:
            return {"result": "refused"}
        sig, text = body[:SIG], body[SIG:]
        try:
            Ed25519PublicKey.from_public_bytes(devices[str(leaf)]).verify(
                sig, said(self.group, self.e, leaf, n, text))
        except InvalidSignature:
            return {"result": "refused"}
        self.chains[leaf] = [key, at]
        self.skipped.pop((leaf, n), None)
        self.skipped.update(made)
        while len(self.skipped) > SKIPPED_MAX:
            del self.skipped[next(iter(self.skipped))]
        return {"result": "opened", "leaf": leaf, "n": n, "padded": text}


# ---- seals


def seal_hash(group, e):
    return sha256(b"geonet/group/seal/1" + group + be(e, 4))


def hint(group, e, device):
    return hmac(group, device + seal_hash(group, e)[:16])[:2]


def leaf_key(group, e, to, ek, ct, agreed, secret):
    about = sha256(seal_hash(group, e) + to["device"] + to["x25519"] + to["kem"] + ek + ct)
    return hkdf(agreed + secret, b"geonet/group/leaf/1" + about)


def seal_leaf(group, e, to, secret, draw):
    if not mlkem.valid(to["kem"]):
        raise Refused("kem")
    private = draw(32)
    agreed = dh(private, to["x25519"])
    ct, shared = mlkem.encapsulate(to["kem"], draw(32))
    ek = x25519_public(private)
    key = leaf_key(group, e, to, ek, ct, agreed, shared)
    return (be(1170, 2) + hint(group, e, to["device"]) + ek + ct
            + seal(key, ZERO_NONCE, secret))


def unseal_leaf(group, e, to, private, seed, promised, data):
    if len(data) != 1172 or data[:2] != be(1170, 2):
        raise Refused("length")
    ek, ct = data[4:36], data[36:1124]
    key = leaf_key(group, e, to, ek, ct, dh(private, ek), mlkem.decapsulate(seed, ct))
    secret = unseal(key, ZERO_NONCE, data[1124:])
    if secret is None or commitment(secret) != promised:
        raise Refused("seal")
    return secret


def seal_session(device, to, group, e, secret, draw):
    kept = device.written_in(to)
    if kept is None:
        return None
    return (be(131, 2) + hint(group, e, to) + bytes([envelope.MESSAGE])
            + kept.session.write(draw(12), secret, False, seal_hash(group, e)))


def unseal_session(device, group, e, promised, data, now, draw):
    if len(data) != 133 or data[:2] != be(131, 2) or data[4] != envelope.MESSAGE:
        raise Refused("length")
    for peer, all_kept in device.kept.items():
        for kept in all_kept:
            try:
                opened = kept.session.read(data[5:], seal_hash(group, e), now)
            except NoKey:
                raise Refused("seal") from None
            if not opened:
                continue
            if commitment(opened[1]) != promised:
                raise Refused("promise")
            device.accept(kept, opened, now, draw)
            if not kept.only_read:
                device.write_in(peer, kept)
            return opened[1]
    raise Refused("no session")
