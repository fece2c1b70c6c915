"""What the model takes from others: hashes of hashlib, curves and seals of `cryptography`."""
import hashlib, hmac as _hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ZERO_NONCE = bytes(12)


class Refused(Exception):
    """An object with a field, length or result out of place."""


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac(key, data):
    return _hmac.digest(key, data, "sha256")


def hkdf(ikm, info, length=32, salt=b""):
    key = hmac(salt or bytes(32), ikm)
    out, block, i = b"", b"", 1
    while len(out) < length:
        block = hmac(key, block + info + bytes([i]))
        out += block
        i += 1
    return out[:length]


def be(value, length):
    return value.to_bytes(length, "big")


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def x25519_public(private):
    return raw(X25519PrivateKey.from_private_bytes(private))


def ed25519_public(seed):
    return raw(Ed25519PrivateKey.from_private_bytes(seed))


def dh(private, public):
    try:
        out = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Refused("X25519 of zeros") from None
    if out == bytes(32):
        raise Refused("X25519 of zeros")
    return out


def seal(key, nonce, data, ad=b""):
    return ChaCha20Poly1305(key).encrypt(nonce, data, ad)


def unseal(key, nonce, data, ad=b""):
    """The bytes, or None."""
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, data, ad)
    except InvalidTag:
        return None
