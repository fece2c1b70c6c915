"""ML-KEM-768 of FIPS 203 with every input given, in plain Python: the libraries do not offer
encapsulation with chosen randomness, which vectors need. Names and numbers are the standard's."""
import hashlib
from functools import lru_cache

Q, N, K, DU, DV = 3329, 256, 3, 10, 4
EK_LEN, CT_LEN = 1184, 1088


def bit_reversed(i, bits):
    return int(format(i, f"0{bits}b")[::-1], 2)


ZETA = [pow(17, bit_reversed(i, 7), Q) for i in range(128)]
GAMMA = [pow(17, 2 * bit_reversed(i, 7) + 1, Q) for i in range(128)]


def ntt(f):
    f, i, length = list(f), 1, 128
    while length >= 2:
        for start in range(0, N, 2 * length):
            zeta = ZETA[i]
            i += 1
            for j in range(start, start + length):
                t = zeta * f[j + length] % Q
                f[j + length] = (f[j] - t) % Q
                f[j] = (f[j] + t) % Q
        length //= 2
    return f


def ntt_inverse(f):
    f, i, length = list(f), 127, 2
    while length <= 128:
        for start in range(0, N, 2 * length):
            zeta = ZETA[i]
            i -= 1
            for j in range(start, start + length):
                t = f[j]
                f[j] = (t + f[j + length]) % Q
                f[j + length] = zeta * (f[j + length] - t) % Q
        length *= 2
    return [x * 3303 % Q for x in f]


def dot(left, right):
    """The sum of the products of two vectors of polynomials in NTT form."""
    out = [0] * N
    for f, g in zip(left, right):
        for i in range(128):
            a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
            out[2 * i] += a0 * b0 + a1 * b1 % Q * GAMMA[i]
            out[2 * i + 1] += a0 * b1 + a1 * b0
    return [x % Q for x in out]


def plus(f, g):
    return [(x + y) % Q for x, y in zip(f, g)]


def encode(f, d):
    n = 0
    for x in reversed(f):
        n = n << d | x
    return n.to_bytes(32 * d, "little")


def decode(data, d):
    n, mask = int.from_bytes(data, "little"), (1 << d) - 1
    return [n >> d * i & mask for i in range(N)]


def compress(f, d):
    return [((x << d) + Q // 2) // Q % (1 << d) for x in f]


def decompress(f, d):
    return [(x * Q + (1 << d - 1)) >> d for x in f]


def sample_ntt(seed):
    out, data = [], hashlib.shake_128(seed).digest(1344)
    for i in range(0, len(data), 3):
        d1 = data[i] + 256 * (data[i + 1] % 16)
        d2 = data[i + 1] // 16 + 16 * data[i + 2]
        out += [d for d in (d1, d2) if d < Q]
    if len(out) < N:
        raise ArithmeticError("1,344 bytes were too few")  # one in 2^200
    return out[:N]


def sample_cbd(key, n):
    """SamplePolyCBD of eta 2 over PRF(key, n)."""
    data = hashlib.shake_256(key + bytes([n])).digest(128)
    out = []
    for byte in data:
        for half in (byte & 15, byte >> 4):
            out.append(((half & 1) + (half >> 1 & 1) - (half >> 2 & 1) - (half >> 3)) % Q)
    return out


def g(data):
    both = hashlib.sha3_512(data).digest()
    return both[:32], both[32:]


def h(data):
    return hashlib.sha3_256(data).digest()


@lru_cache(maxsize=256)
def matrix(rho):
    return [[sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


@lru_cache(maxsize=512)
def keygen(seed):
    """(ek, dk) of seed = d || z, 64 bytes; dk as (s, h(ek), z)."""
    d, z = seed[:32], seed[32:]
    rho, sigma = g(d + bytes([K]))
    a = matrix(rho)
    s = [ntt(sample_cbd(sigma, i)) for i in range(K)]
    e = [ntt(sample_cbd(sigma, K + i)) for i in range(K)]
    t = [plus(dot(a[i], s), e[i]) for i in range(K)]
    ek = b"".join(encode(f, 12) for f in t) + rho
    return ek, (s, h(ek), z)


def valid(ek):
    """FIPS 203's check of an encapsulation key: length, and no coefficient of q or more."""
    return len(ek) == EK_LEN and all(
        x < Q for i in range(K) for x in decode(ek[384 * i:384 * (i + 1)], 12))


def encrypt(ek, m, r):
    t = [decode(ek[384 * i:384 * (i + 1)], 12) for i in range(K)]
    a = matrix(ek[384 * K:])
    y = [ntt(sample_cbd(r, i)) for i in range(K)]
    u = [plus(ntt_inverse(dot([a[j][i] for j in range(K)], y)), sample_cbd(r, K + i))
         for i in range(K)]
    v = plus(ntt_inverse(dot(t, y)), sample_cbd(r, 2 * K))
    v = plus(v, decompress(decode(m, 1), 1))
    return b"".join(encode(compress(f, DU), DU) for f in u) + encode(compress(v, DV), DV)


def encapsulate(ek, m):
    """(ct, ss) of Encaps_internal; a key that is not valid is refused with ValueError."""
    if not valid(ek):
        raise ValueError("no ML-KEM key")
    key, r = g(m + h(ek))
    return encrypt(ek, m, r), key


def decapsulate(seed, ct):
    if len(ct) != CT_LEN:
        raise ValueError("no ML-KEM ciphertext")
    ek, (s, hashed, z) = keygen(seed)
    u = [decompress(decode(ct[320 * i:320 * (i + 1)], DU), DU) for i in range(K)]
    v = decompress(decode(ct[320 * K:], DV), DV)
    w = ntt_inverse(dot(s, [ntt(f) for f in u]))
    m = encode(compress([(x - y) % Q for x, y in zip(v, w)], 1), 1)
    key, r = g(m + hashed)
    return key if encrypt(ek, m, r) == ct else hashlib.shake_256(z + ct).digest(32)
