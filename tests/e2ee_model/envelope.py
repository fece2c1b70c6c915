"""The bytes around sessions: sizes, hints, wraps, commitment, and safety numbers.

    0 "GNE" 01 | 4 wraps | 5 kind | 6 nonce 16 | 22 length of all wraps 2 | 24 commitment 16 | 40 ..
    wrap: length of what follows 2, hint 2, type 1, [1,280], header 78, 50 or 346"""
import base64

from .primitives import Refused, be, hmac, seal, sha256, unseal, ZERO_NONCE

SIZES = (896, 2_048, 4_096, 8_192, 16_384, 32_768, 61_440)
HEAD_LEN, WRAPS_MAX, TAG_LEN = 40, 32, 16
SETUP_LEN, HEADER_LEN = 1_280, 78
WRAP_LEN, CHUNK_LEN = 133, 296
MESSAGE, SETUP = 1, 0


def size_for(needed):
    """The smallest of the seven that holds so much, or None."""
    return next((size for size in SIZES if size >= needed), None)


def hint(secret, device, nonce):
    return hmac(secret, device + nonce)[:2]


def masked(secret, ek, ids):
    return bytes(x ^ y for x, y in zip(ids, hmac(secret, b"ids" + ek)))


def commitment(content_key):
    return sha256(b"geonet/e2ee/commit/1" + content_key)[:16]


def head(count, nonce, wraps_len, content_key):
    return b"GNE\x01" + bytes([count, 0]) + nonce + be(wraps_len, 2) + commitment(content_key)


def seal_body(content_key, content, length):
    return seal(content_key, ZERO_NONCE, content + bytes(length - TAG_LEN - len(content)))


class Parsed:
    """An envelope taken apart: head, wraps [(hint, type, set-up, rest)], body, bh."""

    def __init__(self, data):
        if len(data) not in SIZES or data[:4] != b"GNE\x01" or data[5] != 0:
            raise Refused("envelope")
        self.head, count = data[:HEAD_LEN], data[4]
        self.nonce, self.commitment = data[6:22], data[24:40]
        end = HEAD_LEN + int.from_bytes(data[22:24], "big")
        if not 1 <= count <= WRAPS_MAX or end + TAG_LEN > len(data):
            raise Refused("wraps")
        self.body, at, self.wraps = data[end:], HEAD_LEN, []
        for _ in range(count):
            if at + 2 > end:
                raise Refused("wraps")
            wrap = data[at + 2:at + 2 + int.from_bytes(data[at:at + 2], "big")]
            at += 2 + int.from_bytes(data[at:at + 2], "big")
            if at > end or len(wrap) < 3 or wrap[2] not in (MESSAGE, SETUP):
                raise Refused("wrap")
            setup_len = SETUP_LEN if wrap[2] == SETUP else 0
            rest = wrap[3 + setup_len:]
            if len(rest) not in (HEADER_LEN + 50, HEADER_LEN + 346):
                raise Refused("wrap")
            self.wraps.append((wrap[:2], wrap[2], wrap[3:3 + setup_len], rest))
        if at != end:
            raise Refused("wraps")
        self.bh = sha256(self.head + self.body)

    def open_body(self, content_key):
        if commitment(content_key) != self.commitment:
            raise Refused("commitment")
        plain = unseal(content_key, ZERO_NONCE, self.body)
        if plain is None:
            raise Refused("body")
        return plain


def safety_hash(ed25519, mldsa):
    out = sha256(b"geonet/safety/1" + ed25519 + mldsa)
    for _ in range(5199):
        out = sha256(out + ed25519 + mldsa)
    return out


def safety(a, b):
    """(60 digits, what the QR code carries) of two pairs (Ed25519 key, ML-DSA key)"""
    hashes = sorted(safety_hash(*keys) for keys in (a, b))
    digits = sorted("".join(f"{int.from_bytes(h[5 * k:5 * k + 5], 'big') % 100_000:05d}"
                            for k in range(6)) for h in hashes)
    code = base64.urlsafe_b64encode(sha256(b"geonet/safety/1" + hashes[0] + hashes[1]))
    return "".join(digits), code.decode().rstrip("=")
