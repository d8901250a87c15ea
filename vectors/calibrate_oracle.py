#!/usr/bin/env python3
"""Writes the table that holds the calibration of bounds: vectors/calibrate.json.

An implementation of its own in whole numbers and fractions: the exact tail of the binomial distribution, the exact
(Clopper-Pearson) bound by bisection over whole parts per billion, the smallest bound of the chain that never pays more
than it would, and the chance of a payment. Nothing but the Python standard library.

    vectors/calibrate_oracle.py           writes vectors/calibrate.json
    vectors/calibrate_oracle.py --check   compares it with what it would write

One flat object of parallel arrays; integers are decimal strings. Chances are in parts of 10**18, rounded down.
"""

import json
import math
import pathlib
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

sys.dont_write_bytecode = True

from goals import PROPORTION, bonett_price_holds, lower, payout  # noqa: E402

HERE = pathlib.Path(__file__).parent
PPB = 10**9
PARTS = 10**18
BOUND_MAX = 2**16 - 1

# samples, attempts, threshold, stretch, base
PROPORTIONS = [
    (500, 2, 800_000_000, 900_000_000, 500_000_000),
    (100, 1, 700_000_000, 700_000_000, 0),
    (100, 1, 700_000_000, 850_000_000, 1_000_000_000),
    (100, 1, 700_000_000, 850_000_000, 0),
    (164, 5, 600_000_000, 750_000_000, 250_000_000),
    (200, 32, 500_000_000, 650_000_000, 400_000_000),
    (60, 1, 950_000_000, 1_000_000_000, 500_000_000),
    (58, 1, 950_000_000, 1_000_000_000, 500_000_000),
    (20, 3, 100_000_000, 900_000_000, 100_000_000),
    (5, 1, 400_000_000, 500_000_000, 0),
    (1, 1, 50_000_000, 60_000_000, 500_000_000),
    (1, 1, 50_000_001, 60_000_000, 500_000_000),
    (30, 2, 333_333_333, 666_666_667, 123_456_789),
    (300, 4, 900_000_000, 960_000_000, 500_000_000),
]

# samples, right answers, skill in ppb
TAILS = [
    (500, 418, 800_000_000),
    (500, 417, 800_000_000),
    (500, 500, 800_000_000),
    (500, 1, 1_000_000),
    (500, 250, 800_000_000),
    (100, 0, 300_000_000),
    (1, 1, 999_999_999),
    (1000, 734, 700_000_000),
    (1000, 20, 10_000_000),
    (40, 40, 1),
    (257, 200, 654_321_987),
]


def tail(samples, right, skill):
    """The chance of at least so many right answers."""
    total, ways, wrong = 0, 1, 1  # so far, the ways to choose k of them, and what their wrong answers weigh
    for k in range(samples, right - 1, -1):
        total = total * skill + ways * wrong
        ways, wrong = ways * k // (samples - k + 1), wrong * (PPB - skill)
    return total * skill**right


def exact_allows(samples, attempts, right, skill):
    """Whether the exact lower bound of so many right answers is at least `skill`, at alpha = 0.05 / attempts."""
    return 20 * attempts * tail(samples, right, skill) <= PPB**samples


def exact_lower(samples, attempts, right):
    """The exact lower bound in whole ppb, rounded down."""
    low, high = 0, PPB
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if exact_allows(samples, attempts, right, middle) else (low, middle - 1)
    return low


def calibrate(samples, attempts, threshold, stretch, base):
    """The smallest bound that pays no result more than the exact bound would; 0 if that pays nothing at all."""
    pays = lambda bound: payout(threshold, stretch, base, bound)
    if not pays(exact_lower(samples, attempts, samples)):
        return 0
    first = smallest(0, samples, lambda k: exact_allows(samples, attempts, k, threshold))
    full = smallest(first, samples + 1, lambda k: exact_allows(samples, attempts, k, stretch))
    # Below `first` the exact bound pays nothing; there the most right answers are the first to be paid. From `full` on
    # it pays everything.
    allowed = {k: pays(exact_lower(samples, attempts, k)) for k in range(first, full)}
    if first > 0:
        allowed[first - 1] = 0
    fair = lambda bound: all(pays(lower(PROPORTION, bound, samples, k, 0)) <= most for k, most in allowed.items())
    return smallest(1, BOUND_MAX, fair)


def smallest(low, high, holds):
    """The smallest number for which it holds, or `high`: it holds for all above the first."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def proportion_rows(table):
    for samples, attempts, threshold, stretch, base in PROPORTIONS:
        bound = calibrate(samples, attempts, threshold, stretch, base)
        pays = lambda k: payout(threshold, stretch, base, lower(PROPORTION, bound, samples, k, 0))
        paid = [k for k in range(samples + 1) if bound and pays(k)]
        full = [k for k in paid if pays(k) == PPB]
        chance = Fraction(tail(samples, paid[0], threshold), PPB**samples) if paid else Fraction(0)
        table.row(
            samples=samples, attempts=attempts, threshold=threshold, stretch=stretch, base=base,
            # Where even the chain's bound then pays nothing, there is no bound either.
            bound=bound if paid else 0, needed=paid[0] if paid else 0, neededFull=full[0] if full else 0,
            falseOne=parts(chance), falseAll=parts(1 - (1 - chance) ** attempts),
        )  # fmt: skip
        if paid:
            skill = min(PPB, (paid[0] + samples) * PPB // (2 * samples))
            one = Fraction(tail(samples, paid[0], skill), PPB**samples)
            table.row(
                skill=skill, paysOne=parts(one), paysAll=parts(1 - (1 - one) ** attempts),
                expected=parts(expected(pays, samples, attempts, skill)),
            )  # fmt: skip
        else:
            table.row(skill=0, paysOne=0, paysAll=0, expected=0)


def expected(pays, samples, attempts, skill):
    """What the best of all attempts pays on average."""
    whole, total, below = PPB**samples, Fraction(0), 0
    for k in range(samples + 1):
        upto = below + math.comb(samples, k) * skill**k * (PPB - skill) ** (samples - k)
        paid = pays(k)
        if paid:
            total += Fraction(paid, PPB) * (Fraction(upto, whole) ** attempts - Fraction(below, whole) ** attempts)
        below = upto
    return total


def normal_tail(z):
    """The chance that a standard normal number is at least z: one half less the series of the error integral."""
    term, total, k = z, z, 0
    while abs(term) > Decimal(10) ** -45:
        k += 1
        term = -term * z * z * (2 * k - 1) / (2 * k * (2 * k + 1))
        total += term
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
    return Decimal("0.5") - total / (2 * pi).sqrt()


def other_rows(table):
    """The bounds of paired comparisons (1000 z) and measures (1000 ln(1/alpha)), rounded up."""
    getcontext().prec = 60
    for attempts in range(1, 33):
        alpha = Decimal(1) / (20 * attempts)
        z = smallest(1000, 5000, lambda b: normal_tail(Decimal(b) / 1000) <= alpha)
        log = math.ceil(1000 * Decimal(20 * attempts).ln())
        table.row(otherAttempts=attempts, paired=z, measure=log)


# samples, bound, threshold, chance of a win and of a loss in ppb
TRINOMIALS = [
    (100, 1645, 0, 200_000_000, 200_000_000),
    (100, 1960, 50_000_000, 400_000_000, 100_000_000),
    (120, 2394, -100_000_000, 300_000_000, 250_000_000),
]


def trinomial_rows(table):
    """The chance that a paired comparison reaches its threshold, over all wins and losses."""
    for samples, bound, threshold, win, loss in TRINOMIALS:
        total = 0
        for x in range(samples + 1):
            for y in range(samples + 1 - x):
                if bonett_price_holds(Fraction(threshold, PPB), Fraction(bound, 1000), samples, x, y):
                    ways = math.comb(samples, x) * math.comb(samples - x, y)
                    total += ways * win**x * loss**y * (PPB - win - loss) ** (samples - x - y)
        table.row(
            pairSamples=samples, pairBound=bound, pairThreshold=threshold, pairWin=win, pairLoss=loss,
            pairPasses=parts(Fraction(total, PPB**samples)),
        )  # fmt: skip


def tail_rows(table):
    for samples, right, skill in TAILS:
        chance = Fraction(tail(samples, right, skill), PPB**samples)
        # 30 digits after the first that counts, so that tiny chances keep theirs.
        scale = 0
        while chance and chance * 10**scale < 1:
            scale += 1
        table.row(
            tailSamples=samples, tailRight=right, tailSkill=skill,
            tail=math.floor(chance * 10 ** (scale + 18)), tailScale=scale + 18,
        )  # fmt: skip


class Table(dict):
    def row(self, **fields):
        for name, value in fields.items():
            self.setdefault(name, []).append(str(value))


def parts(chance):
    return math.floor(chance * PARTS)


def main():
    table = Table()
    for rows in (proportion_rows, other_rows, trinomial_rows, tail_rows):
        rows(table)
    columns = [f"{json.dumps(name)}:{json.dumps(column, separators=(',', ':'))}" for name, column in table.items()]
    text = "{" + ",\n".join(columns) + "}\n"
    path = HERE / "calibrate.json"
    if "--check" not in sys.argv:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        sys.exit("not what vectors/calibrate_oracle.py writes: run it and read the difference")


if __name__ == "__main__":
    main()
