"""keccak-256 as the chain uses it: Keccak-f[1600], rate 136 bytes, padding 0x01."""

MASK = 2**64 - 1


def _round_constants():
    """The constants of iota, from the degree-8 linear feedback register of the definition."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


def _lanes():
    """The walk of rho and pi: from lane to lane, and by how much each is rotated."""
    x, y, walk = 1, 0, []
    for t in range(24):
        target = (y, (2 * x + 3 * y) % 5)
        walk.append((x + 5 * y, target[0] + 5 * target[1], (t + 1) * (t + 2) // 2 % 64))
        x, y = target
    return walk


CONSTANTS, WALK = _round_constants(), _lanes()


def _permute(a):
    for constant in CONSTANTS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[x - 1] ^ ((c[(x + 1) % 5] << 1 | c[(x + 1) % 5] >> 63) & MASK) for x in range(5)]
        a = [lane ^ d[i % 5] for i, lane in enumerate(a)]
        b = a[:]
        for source, target, turn in WALK:
            b[target] = (a[source] << turn | a[source] >> (64 - turn)) & MASK
        a = [b[i] ^ (~b[i - i % 5 + (i + 1) % 5] & b[i - i % 5 + (i + 2) % 5]) for i in range(25)]
        a[0] ^= constant
    return a


def keccak(data):
    padded = bytearray(data) + b"\x01" + bytes(135 - len(data) % 136)
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), 136):
        block = padded[start : start + 136]
        for i in range(17):
            state[i] ^= int.from_bytes(block[8 * i : 8 * i + 8], "little")
        state = _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
assert keccak(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
