"""The public key of ML-DSA-65 (FIPS 204, KeyGen) for a seed: what a safety number hashes."""
import hashlib
from functools import lru_cache

Q, N, ROWS, COLUMNS, ETA, DROPPED = 8380417, 256, 6, 5, 4, 13
ZETA = [pow(1753, int(format(i, "08b")[::-1], 2), Q) for i in range(N)]


def ntt(f):
    f, m, length = list(f), 0, 128
    while length:
        for start in range(0, N, 2 * length):
            m += 1
            zeta = ZETA[m]
            for j in range(start, start + length):
                t = zeta * f[j + length] % Q
                f[j + length] = (f[j] - t) % Q
                f[j] = (f[j] + t) % Q
        length //= 2
    return f


def ntt_inverse(f):
    f, m, length = list(f), N, 1
    while length < N:
        for start in range(0, N, 2 * length):
            m -= 1
            zeta = Q - ZETA[m]
            for j in range(start, start + length):
                t = f[j]
                f[j] = (t + f[j + length]) % Q
                f[j + length] = zeta * (t - f[j + length]) % Q
        length *= 2
    return [x * 8347681 % Q for x in f]


def uniform(seed):
    out, data = [], hashlib.shake_128(seed).digest(1344)
    for i in range(0, len(data), 3):
        x = int.from_bytes(data[i:i + 3], "little") & 0x7FFFFF
        if x < Q:
            out.append(x)
    return out[:N]


def bounded(seed):
    out = []
    for byte in hashlib.shake_256(seed).digest(1088):
        out += [(ETA - half) % Q for half in (byte & 15, byte >> 4) if half < 9]
    return out[:N]


@lru_cache(maxsize=64)
def public_key(seed):
    both = hashlib.shake_256(seed + bytes([ROWS, COLUMNS])).digest(128)
    rho, rho2 = both[:32], both[32:96]
    s = [bounded(rho2 + i.to_bytes(2, "little")) for i in range(COLUMNS + ROWS)]
    s1 = [ntt(f) for f in s[:COLUMNS]]
    out = rho
    for r in range(ROWS):
        total = [0] * N
        for c in range(COLUMNS):
            total = [x + y * z for x, y, z in zip(total, uniform(rho + bytes([c, r])), s1[c])]
        t = [(x + y) % Q for x, y in zip(ntt_inverse([x % Q for x in total]), s[COLUMNS + r])]
        n = 0
        for x in reversed(t):
            low = x % (1 << DROPPED)
            if low > 1 << DROPPED - 1:
                low -= 1 << DROPPED
            n = n << 10 | (x - low) >> DROPPED
        out += n.to_bytes(320, "little")
    return out
