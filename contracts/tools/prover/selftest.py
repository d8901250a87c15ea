"""Checks integers.py against z3's own bit vectors on random small conjunctions: `python selftest.py [COUNT [SEED]]`.

A conjunction that bit vectors satisfy and the translation does not would be a false proof; one such and it fails.
"""

import random
import sys

import z3

from integers import Integers, pieces

WIDTH = 6


def term(dice, width, depth):
    """A random term of `width` bits."""
    if depth == 0 or dice.random() < 0.15:
        if dice.random() < 0.3:
            return z3.BitVecVal(dice.randrange(1 << width), width)
        return z3.BitVec(f"{dice.choice('abc')}{width}", width)
    one, two = (lambda: term(dice, width, depth - 1) for _ in (0, 1))
    cut = dice.randrange(1, width) if width > 1 else 0
    shapes = [
        lambda: one() + two(),
        lambda: one() - two(),
        lambda: -one(),
        lambda: one() * two(),
        lambda: z3.BitVecVal(dice.randrange(1 << width), width) * one(),
        lambda: z3.UDiv(one(), two()),
        lambda: z3.URem(one(), two()),
        lambda: one() / two(),
        lambda: z3.SRem(one(), two()),
        lambda: ~one(),
        lambda: one() & two(),
        lambda: one() | two(),
        lambda: one() ^ two(),
        lambda: z3.LShR(one(), dice.randrange(width + 2)),
        lambda: one() << dice.randrange(width + 2),
        lambda: z3.If(formula(dice, depth - 1), one(), two()),
        lambda: z3.Extract(width + 1, 2, term(dice, width + 3, depth - 1)),
        lambda: z3.Extract(width - 1, 0, term(dice, width + 2, depth - 1)),
    ]
    if cut:
        shapes += [lambda: z3.Concat(term(dice, width - cut, depth - 1), term(dice, cut, depth - 1))] * 2
        shapes += [lambda: z3.Concat(z3.BitVecVal(0, width - cut), term(dice, cut, depth - 1))] * 3
        shapes += [lambda: z3.ZeroExt(width - cut, term(dice, cut, depth - 1))]
    return dice.choice(shapes)()


def formula(dice, depth):
    """A random truth about random terms."""
    width = dice.choice((2, 4, WIDTH))
    one, two = term(dice, width, max(depth, 0)), term(dice, width, max(depth, 0))
    relations = [z3.ULE, z3.ULT, z3.UGE, z3.UGT, lambda a, b: a == b, lambda a, b: a != b, lambda a, b: a <= b,
                 lambda a, b: a > b]
    simple = dice.choice(relations)(one, two)
    if depth <= 0 or dice.random() < 0.6:
        return z3.Not(simple) if dice.random() < 0.4 else simple
    other = formula(dice, depth - 1)
    return dice.choice([z3.And, z3.Or, lambda a, b: z3.Not(z3.Or(a, b)), z3.Implies, z3.Xor])(simple, other)


def holds(dice):
    """Whether a random conjunction and its translation agree: (agree, satisfied, exact)."""
    count = dice.randrange(2, 7)
    formulas = [z3.simplify(formula(dice, dice.choice((0, 0, 1, 2)))) for _ in range(count)]
    bits = z3.SolverFor("QF_BV")
    bits.add(*formulas)
    satisfied = bits.check() == z3.sat
    cut, joined = pieces(formulas)
    translated = Integers(cut)
    whole = z3.Solver()
    whole.set("timeout", 2000)
    whole.add(*translated.result)
    if satisfied:
        # the very model must carry over, so that the answer does not hang on a timeout
        model = joint(bits, joined)
        for original, variable in translated.variables.values():
            whole.add(meaning(model.eval(original, model_completion=True), variable))
        return whole.check() == z3.sat, True, True
    return True, False, whole.check() == z3.unsat


def joint(bits, joined):
    """A model of the bit vectors and of the parts that they were cut into."""
    bits.add(*(variable == parts for variable, parts in joined))
    assert bits.check() == z3.sat
    return bits.model()


def meaning(value, variable):
    return variable == (value.as_long() if z3.is_bv(value) else value)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    satisfied = exact = 0
    for number in range(count):
        agree, sat, same = holds(random.Random(f"{seed}.{number}"))
        if not agree:
            sys.exit(f"the translation of conjunction {seed}.{number} refuses a model of the bit vectors")
        satisfied += sat
        exact += same
    print(f"{count} random conjunctions, {satisfied} of them satisfied: every model carries over, {exact} are exact")


main()
