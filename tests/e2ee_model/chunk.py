"""Objects of 1,184 bytes in chunks of 296 of which any four are enough: at byte j, chunk i is the
polynomial of degree <= 3 over GF(2^8) mod 0x11d through byte j of the quarters at 0, 1, 2, 3."""
LEN, OBJECT_LEN, INDICES = 296, 1184, 255

EXP, LOG = [0] * 510, [0] * 256
_x = 1
for _i in range(255):
    EXP[_i] = EXP[_i + 255] = _x
    LOG[_x] = _i
    _x = _x << 1 ^ (0x11D if _x & 0x80 else 0)


def multiply(a, b):
    return EXP[LOG[a] + LOG[b]] if a and b else 0


def divide(a, b):
    return EXP[LOG[a] - LOG[b] + 255] if a else 0


TIMES = [bytes(multiply(a, b) for b in range(256)) for a in range(256)]


def at(points, x):
    """The value at x of the polynomial through four points {element: bytes}."""
    out = 0
    for i, data in points.items():
        weight = 1
        for j in points:
            if j != i:
                weight = multiply(weight, divide(x ^ j, i ^ j))
        out ^= int.from_bytes(data.translate(TIMES[weight]), "big")
    return out.to_bytes(LEN, "big")


def make(data, index):
    assert len(data) == OBJECT_LEN and 0 <= index < INDICES
    return at({i: data[LEN * i:LEN * (i + 1)] for i in range(4)}, index)


def rebuild(chunks):
    """The object of four chunks {index: bytes}."""
    assert len(chunks) == 4
    return b"".join(at(chunks, i) for i in range(4))
