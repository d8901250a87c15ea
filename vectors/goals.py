"""The oracle's half about goals: bounds, payouts, drawn items, definitions, typed messages."""

import math
from fractions import Fraction

from keccak import keccak
from oracle import CHAIN_ID, DAY, GOALS, PPB, Dice, Table, big, words

PROPORTION, PAIRED, MEASURE, COUNT = range(4)


# ------------------------------------------------------------------------------------------------ bounds


def lower(kind, bound, n, x, y):
    """The largest whole number of ppb that does not pass the bound, by the inequality that defines it."""
    if kind == COUNT:
        return x
    if kind == PROPORTION:
        holds = lambda q: wilson_holds(Fraction(q, PPB), Fraction(bound, 1000), n, x)
    elif kind == PAIRED:
        holds = lambda q: bonett_price_holds(Fraction(q, PPB), Fraction(bound, 1000), n, x, y)
    else:
        holds = lambda q: hoeffding_holds(Fraction(q, PPB), Fraction(bound, 1000), n, Fraction(x, PPB))
    low, high = (0, PPB) if kind == PROPORTION else (-(2**40), PPB)
    assert holds(low)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def wilson_holds(p, z, n, k):
    """p lies at or below the score interval of k out of n: the standard error is that of p itself.

    At p = k/n = 1 that error vanishes, and the inequality with it; the interval ends strictly below k/n.
    """
    away = Fraction(k, n) - p
    return p == 0 or away > 0 and away**2 >= z**2 * p * (1 - p) / n


def bonett_price_holds(d, z, n, wins, losses):
    """d lies at or below the Wald interval of the difference after one more win and one more loss."""
    n = n + 2
    p, q = Fraction(wins + 1, n), Fraction(losses + 1, n)
    away, variance = (p - q) - d, (p + q - (p - q) ** 2) / n
    return away >= 0 and away**2 >= z**2 * variance


def hoeffding_holds(m, log, n, total):
    """m lies at or below mean - sqrt(ln(1/alpha) / 2n)."""
    away = total / n - m
    return away >= 0 and away**2 >= log / (2 * n)


def payout(threshold, stretch, base, bound):
    if bound < threshold:
        return 0
    if bound >= stretch:
        return PPB
    return base + math.floor((PPB - base) * Fraction(bound - threshold, stretch - threshold))


def bounds_table():
    dice = Dice("bounds")
    table = Table("kind", "bound", "samples", "x", "y", "lower",
                  "refusedKind", "refusedBound", "refusedSamples", "refusedX", "refusedY",
                  "payThreshold", "payStretch", "payBase", "payLower", "payWant")  # fmt: skip

    def row(kind, bound, samples, x, y=0):
        table.row(kind=kind, bound=bound, samples=samples, x=x, y=y, lower=lower(kind, bound, samples, x, y))

    largest = 2**32 - 1
    for k in (0, 1, 354, 355, 356, 400, 427, 428, 429, 499, 500):
        row(PROPORTION, 1983, 500, k)
    for bound, n in [(1, 1), (1645, 1), (1645, 7), (1960, 100), (3000, 541), (65_535, 1000), (1645, largest),
                     (65_535, largest)]:  # fmt: skip
        for k in sorted({0, 1, n // 2, n - 1, n, dice.between(0, n)}):
            row(PROPORTION, bound, n, k)
            row(MEASURE, bound, n, k * PPB if dice.chance(50) else k * PPB - min(k, 1) * dice.between(0, PPB))
        m = max(n, 100)
        for x, y in [(0, 0), (m, 0), (0, m), (m // 2, m // 2), (m // 3, m // 4), (m // 2 + 1, m // 2 - 1)]:
            row(PAIRED, bound, m, x, y)
    for _ in range(120):
        kind = dice.pick([PROPORTION, PAIRED, MEASURE])
        n = dice.pick([dice.between(100, 2000), dice.between(100, largest)])
        x = dice.between(0, n * PPB if kind == MEASURE else n)
        row(kind, dice.between(1, dice.pick([4000, 65_535])), n, x, dice.between(0, n - x) if kind == PAIRED else 0)
    for x in (0, 1, 2**32, 2**63 - 1):
        row(COUNT, 0, 1, x)
    for kind, samples, x, y in [(PROPORTION, 10, 11, 0), (PROPORTION, 10, 5, 1), (PAIRED, 100, 60, 41),
                                (PAIRED, 100, 101, 0), (MEASURE, 10, 10 * PPB + 1, 0), (MEASURE, 10, 5, 1),
                                (COUNT, 1, 2**63, 0), (COUNT, 1, 1, 1), (PROPORTION, 10, 2**128 - 1, 0),
                                (PAIRED, 100, 2**128 - 1, 2**128 - 1)]:  # fmt: skip
        table.row(refusedKind=kind, refusedBound=0 if kind == COUNT else 1645, refusedSamples=samples)
        table.row(refusedX=x, refusedY=y)
    pay_rows(table, dice)
    return table


def pay_rows(table, dice):
    def row(threshold, stretch, base, bound):
        table.row(payThreshold=threshold, payStretch=stretch, payBase=base, payLower=bound)
        table.row(payWant=payout(threshold, stretch, base, bound))

    for k in (355, 399, 400, 417, 418, 428, 450, 470, 500):
        row(800_000_000, 900_000_000, 500_000_000, lower(PROPORTION, 1983, 500, k, 0))
    for bound in (0, 1, 2, 2**63 - 1):
        row(1, 1, 0, bound)
        row(1, 2**63 - 1, dice.between(0, PPB), bound)
    for _ in range(60):
        threshold = dice.between(-500_000_000, PPB)
        stretch = dice.pick([threshold, PPB, dice.between(threshold, PPB)])
        bound = dice.pick([threshold - 1, threshold, stretch - 1, stretch, dice.between(threshold, stretch), -(2**40)])
        row(threshold, stretch, dice.pick([0, PPB, dice.between(0, PPB)]), bound)


# ------------------------------------------------------------------------------------------------ drawn items


def draw_table():
    dice, table = Dice("draw"), Table("seed", "pool", "samples", "itemFirst", "item")
    for pool, samples in [(1, 1), (2, 1), (10, 10), (200, 20), (500, 1), (1000, 37), (300, 300)]:
        seed = dice.pick([1, 2**96 - 1, dice.between(0, 2**96 - 1)])
        rank = lambda item: keccak(big(seed, 12) + big(item, 4))
        table.row(seed=seed, pool=pool, samples=samples, itemFirst=len(table.columns["item"]))
        for item in sorted(range(pool), key=rank)[:samples]:
            table.row(item=item)
    return table


# ------------------------------------------------------------------------------------------------ definitions

FIELDS = (
    "kind threshold stretch basePpb defaultPpb bound attempts maxVoids samples pool guards opens closes runSeconds "
    "challengeSeconds arbiterSeconds seedBlocks sponsor panel arbiter bondToken bond data spec"
).split()

PRODUCT_500 = {
    "kind": PROPORTION, "threshold": 800_000_000, "stretch": 900_000_000, "basePpb": 500_000_000, "defaultPpb": 0,
    "bound": 1983, "attempts": 2, "maxVoids": 0, "samples": 500, "pool": 500, "guards": 0,
    "opens": 1_782_864_000, "closes": 1_782_864_000 + 730 * DAY, "runSeconds": 7 * DAY, "challengeSeconds": 3 * DAY,
    "arbiterSeconds": 14 * DAY, "seedBlocks": 0,
}  # fmt: skip


def encode(goal):
    return words(*(goal[name] for name in FIELDS))


def panel_hash(m, members):
    return keccak(words(m, 64, len(members), *members))


def random_goal(dice):
    kind = dice.between(0, 3)
    whole = 2**63 - 1 if kind == COUNT else PPB
    threshold = dice.between(-500_000_000 if kind == PAIRED else 1, PPB - 1)
    samples = 1 if kind == COUNT else dice.between(100, 10_000)
    opens = dice.between(0, 2**32)
    return {
        "kind": kind, "threshold": threshold, "stretch": dice.pick([threshold, whole, dice.between(threshold, whole)]),
        "basePpb": dice.between(0, PPB), "defaultPpb": dice.pick([0, PPB]),
        "bound": 0 if kind == COUNT else dice.between(1, 3100 if kind == PAIRED else 65_535), "attempts": dice.between(1, 16),
        "maxVoids": dice.between(0, 16), "samples": samples, "pool": dice.pick([samples, 2**32 - 1]),
        "guards": dice.between(0, 2**32 - 1), "opens": opens, "closes": opens + dice.pick([1, DAY, 3650 * DAY]),
        "runSeconds": dice.between(0, 122 * DAY), "challengeSeconds": dice.between(1, 122 * DAY),
        "arbiterSeconds": dice.between(0, 122 * DAY), "seedBlocks": dice.between(0, 65_535),
    }  # fmt: skip


def parties(dice):
    return {
        "sponsor": dice.bytes(20), "panel": dice.bytes(32), "arbiter": dice.bytes(20), "bondToken": dice.bytes(20),
        "bond": dice.between(0, 2**128 - 1), "data": dice.pick([b"public".ljust(32, b"\0"), dice.bytes(32)]),
        "spec": dice.bytes(32),
    }  # fmt: skip


BROKEN = [
    {"threshold": 0}, {"threshold": -1}, {"threshold": PPB, "stretch": PPB}, {"stretch": PPB + 1},
    {"stretch": 799_999_999}, {"basePpb": PPB + 1}, {"defaultPpb": PPB + 1}, {"bound": 0}, {"attempts": 0},
    {"attempts": 32, "maxVoids": 1}, {"attempts": 255, "maxVoids": 255}, {"samples": 0}, {"samples": 501},
    {"closes": PRODUCT_500["opens"]}, {"closes": PRODUCT_500["opens"] - 1},
    {"closes": PRODUCT_500["opens"] + 3650 * DAY + 1}, {"challengeSeconds": 0}, {"runSeconds": 366 * DAY},
    {"arbiterSeconds": 2**32 - 1}, {"kind": PAIRED, "threshold": -500_000_001},
    {"kind": PAIRED, "samples": 99}, {"kind": PAIRED, "bound": 3101}, {"kind": PAIRED, "bound": 65_535}, {"kind": MEASURE, "threshold": 0}, {"kind": COUNT, "samples": 1},
    {"kind": COUNT, "bound": 0}, {"kind": COUNT, "bound": 0, "samples": 1, "threshold": 0},
]  # fmt: skip


def goal_table():
    dice = Dice("goal")
    table = Table("encoded", "id", "valid", "m", "members", "panelHash", "panelOk",
                  "attempt", "model", "deadline", "acceptDigest", "resAttempt", "resModel", "resX", "resY",
                  "resSamples", "resGuards", "resEvidence", "resultDigest")  # fmt: skip
    table.scalars = {"chainId": CHAIN_ID, "goals": GOALS}
    rest = parties(dice)
    definitions = [(PRODUCT_500 | rest, True)] + [(random_goal(dice) | parties(dice), True) for _ in range(25)]
    definitions += [(PRODUCT_500 | rest | change, False) for change in BROKEN]
    for goal, valid in definitions:
        ident = keccak(words(CHAIN_ID, GOALS) + encode(goal))
        table.row(encoded=encode(goal), id=ident, valid=valid)
    panel_rows(table, dice)
    message_rows(table, dice, table.columns["id"][0])
    return table


def panel_rows(table, dice):
    def row(m, members, fine):
        table.row(m=m, members=b"".join(members), panelHash=panel_hash(m, members), panelOk=fine)

    for size in range(1, 18):
        members = sorted(dice.bytes(20) for _ in range(size))
        row(size // 2 + 1, members, size <= 16)
        row(size // 2, members, False)
    row(2, members[:3][::-1], False)
    row(2, [members[0], members[0], members[1]], False)
    row(2, [bytes(20), *members[:2]], False)
    row(4, members[:3], False)
    row(0, [], False)


def message_rows(table, dice, goal):
    kinds = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    separator = keccak(words(keccak(kinds.encode()), keccak(b"Guerdon Goals"), keccak(b"1"), CHAIN_ID, GOALS))
    signed = lambda kind, *values: keccak(b"\x19\x01" + separator + keccak(words(keccak(kind), *values)))
    accept = b"Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)"
    result = (
        b"Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,"
        b"bytes32 evidence)"
    )
    for _ in range(8):
        attempt, model, deadline = dice.between(0, 65_535), dice.bytes(32), dice.between(0, 2**40 - 1)
        digest = signed(accept, goal, attempt, model, deadline)
        table.row(attempt=attempt, model=model, deadline=deadline, acceptDigest=digest)
    for _ in range(8):
        attempt, model, evidence = dice.between(0, 65_535), dice.bytes(32), dice.bytes(32)
        x, y, samples, guards = (dice.between(0, 2**bits - 1) for bits in (128, 128, 32, 32))
        digest = signed(result, goal, attempt, model, x, y, samples, guards, evidence)
        table.row(resAttempt=attempt, resModel=model, resX=x, resY=y, resSamples=samples, resGuards=guards)
        table.row(resEvidence=evidence, resultDigest=digest)
