"""Turns a conjunction over bit vectors into one over integers that is at most weaker.

Bit-blasted, a product or quotient of 256 bits is out of reach; over the integers the same query takes a second, once
the wraps that cannot happen are gone. Where a wrap is impossible is derived from the query's own bounds: `x < 2**32`,
`a <= b`. Every model of the bit vectors is a model of the integers, so `unsat` carries over; a model found is checked
against the bit vectors by the caller. What has no translation becomes an unknown of its own (weaker, never stronger).
"""

from functools import reduce

import z3

ROUNDS = 4  # of deriving bounds from bounds


def conjuncts(formulas):
    """The parts of a conjunction, with negations of disjunctions opened up."""
    for formula in formulas:
        inner = formula.arg(0) if z3.is_not(formula) else None
        if z3.is_and(formula):
            yield from conjuncts(formula.children())
        elif inner is not None and z3.is_or(inner):
            yield from conjuncts(z3.Not(part) for part in inner.children())
        elif inner is not None and z3.is_not(inner):
            yield from conjuncts([inner.arg(0)])
        else:
            yield formula


def as_signed(value, width):
    return value - (1 << width) if value >> (width - 1) else value


UNSIGNED = {z3.Z3_OP_ULEQ: (0, 1, 0), z3.Z3_OP_UGEQ: (1, 0, 0), z3.Z3_OP_ULT: (0, 1, 1), z3.Z3_OP_UGT: (1, 0, 1)}
SIGNED = {z3.Z3_OP_SLEQ: (0, 1, 0), z3.Z3_OP_SGEQ: (1, 0, 0), z3.Z3_OP_SLT: (0, 1, 1), z3.Z3_OP_SGT: (1, 0, 1)}


def at_most(formula, forms):
    """(a, b, gap) if the formula says a + gap <= b of bit vectors, by one of the relations `forms`."""
    negated = z3.is_not(formula)
    if negated:
        formula = formula.arg(0)
    kind = formula.decl().kind() if z3.is_app(formula) else None
    if kind not in forms:
        return None
    low, high, gap = forms[kind]
    if negated:
        low, high, gap = high, low, 1 - gap
    return formula.arg(low), formula.arg(high), gap


def pieces(formulas):
    """The formulas with each variable that is only ever read in parts cut into these parts, and how to put it together.

    Equal in every model; a cut variable spares the integers its remainders and quotients by powers of two.
    """
    cuts, seen = {}, set()

    def visit(term):
        if term.get_id() in seen:
            return
        seen.add(term.get_id())
        if z3.is_app_of(term, z3.Z3_OP_EXTRACT) and is_variable(term.arg(0)):
            top, bottom = term.params()
            cuts.setdefault(term.arg(0).decl().name(), (term.arg(0), set()))[1].update((top + 1, bottom))
        for child in term.children():
            visit(child)

    for formula in formulas:
        visit(formula)
    whole = []
    for name, (variable, ends) in cuts.items():
        ends = sorted(ends | {0, variable.size()})
        parts = [z3.BitVec(f"{name}[{low}:{high}]", high - low) for low, high in zip(ends, ends[1:])]
        if len(parts) > 1:
            whole.append((variable, z3.Concat(*reversed(parts))))
    return [z3.simplify(z3.substitute(formula, *whole)) for formula in formulas], whole


def is_variable(term):
    return z3.is_app_of(term, z3.Z3_OP_UNINTERPRETED) and term.num_args() == 0 and z3.is_bv(term)


class Contradiction(Exception):
    """The bounds alone refute the formulas."""


class Integers:
    """A translation of `formulas`; `result` holds the formulas over integers."""

    def __init__(self, formulas):
        self.formulas = list(conjuncts(formulas))
        self.low, self.high, self.pairs, self.keep = {}, {}, {}, []
        self.differences = {}  # sums known to be the difference of two terms in order: their range
        self.terms, self.truths, self.variables = {}, {}, {}
        try:
            for _ in range(ROUNDS):
                self.ranges = {}
                for formula in self.formulas:
                    self.learn(formula)
            self.ranges, self.side = {}, []
            self.result = [self.truth(formula) for formula in self.formulas] + self.side
        except Contradiction:
            self.result = [z3.BoolVal(False)]

    # ------------------------------------------------------------------ bounds

    def learn(self, formula):
        order = at_most(formula, UNSIGNED) or at_most(formula, SIGNED)
        if order and (at_most(formula, UNSIGNED) or all(map(self.is_positive, order[:2]))):
            a, b, gap = order
            self.bound(a, 0, self.range(b)[1] - gap)
            self.bound(b, self.range(a)[0] + gap, self.range(b)[1])
            self.order(a, b, gap)
        elif z3.is_eq(formula) and z3.is_bv(formula.arg(0)):
            for a, b in (formula.children(), formula.children()[::-1]):
                self.bound(a, *self.range(b))
        elif z3.is_not(formula) and z3.is_eq(formula.arg(0)) and z3.is_bv(formula.arg(0).arg(0)):
            for a, b in (formula.arg(0).children(), formula.arg(0).children()[::-1]):
                if (self.core(a).get_id(), self.core(b).get_id()) in self.pairs:
                    self.order(a, b, 1)
                if z3.is_bv_value(a) and a.as_long() == self.range(b)[0]:
                    self.bound(b, a.as_long() + 1, self.range(b)[1])

    def is_positive(self, term):
        return self.range(term)[1] < 1 << (term.size() - 1)

    def order(self, small, large, gap):
        """small + gap <= large"""
        key = (self.core(small).get_id(), self.core(large).get_id())
        self.pairs[key] = max(gap, self.pairs.get(key, 0))
        if self.is_exact(small) and self.is_exact(large):
            constant, parts = self.sum(large)
            constant += self.sum(small, -1, parts)[0]
            low, high = self.pairs[key], self.range(large)[1] - self.range(small)[0]
            self.differences[self.name(constant, parts)] = low, high

    def is_exact(self, term):
        """Whether the term, if it is a sum, does not wrap."""
        low, high = self.sum_range(*self.sum(term))
        return 0 <= low and high < 1 << term.size()

    def name(self, constant, parts):
        """What makes two sums one."""
        return constant, frozenset((self.core(term).get_id(), factor) for term, factor in parts.values() if factor)

    def bound(self, term, low, high):
        """`term` lies in low..high, and so does what it merely widens or narrows."""
        if z3.is_bv_value(term):
            return
        key = term.get_id()
        self.keep.append(term)
        self.low[key] = max(self.low.get(key, 0), low)
        self.high[key] = min(self.high.get(key, (1 << term.size()) - 1), high)
        self.ranges.pop(key, None)
        kind = term.decl().kind()
        if kind == z3.Z3_OP_EXTRACT:
            top, bottom = term.params()
            inner = term.arg(0)
            if self.range(inner)[1] < 2 << top:
                self.bound(inner, low << bottom, ((high + 1) << bottom) - 1)
        elif self.core(term).get_id() != key:
            self.bound(self.core(term), low, high)

    def core(self, term):
        """The term below what widens it by zeros or narrows it without loss."""
        kind = term.decl().kind()
        if kind == z3.Z3_OP_CONCAT and all(self.range(part)[1] == 0 for part in term.children()[:-1]):
            return self.core(term.children()[-1])
        if kind == z3.Z3_OP_ZERO_EXT:
            return self.core(term.arg(0))
        if kind == z3.Z3_OP_EXTRACT and term.params()[1] == 0 and self.range(term.arg(0))[1] < 2 << term.params()[0]:
            return self.core(term.arg(0))
        return term

    def range(self, term):
        key = term.get_id()
        if key not in self.ranges:
            self.keep.append(term)
            low, high = self.natural(term)
            low, high = max(low, self.low.get(key, 0)), min(high, self.high.get(key, high))
            if low > high:
                raise Contradiction
            self.ranges[key] = low, high
        return self.ranges[key]

    def natural(self, term):
        """The range of a term by its shape."""
        top = (1 << term.size()) - 1
        if z3.is_bv_value(term):
            return term.as_long(), term.as_long()
        kind, args = term.decl().kind(), term.children()
        if kind in (z3.Z3_OP_BADD, z3.Z3_OP_BSUB, z3.Z3_OP_BNEG):
            low, high = self.sum_range(*self.sum(term))
            return (low, high) if low >= 0 and high <= top else (0, top)
        if kind == z3.Z3_OP_BMUL:
            low, high = self.product_range(args)
            return (low, high) if high <= top else (0, top)
        if kind in (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I) and self.range(args[1])[0] > 0:
            (low, high), (least, most) = self.range(args[0]), self.range(args[1])
            return low // most, high // least
        if kind in (z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I) and self.range(args[1])[0] > 0:
            return 0, min(self.range(args[0])[1], self.range(args[1])[1] - 1)
        if kind == z3.Z3_OP_CONCAT:
            return tuple(reduce(lambda sum, i: (sum << args[i].size()) + self.range(args[i])[j], range(len(args)), 0)
                         for j in (0, 1))
        if kind == z3.Z3_OP_ZERO_EXT:
            return self.range(args[0])
        if kind == z3.Z3_OP_EXTRACT:
            high_bit, low_bit = term.params()
            low, high = self.range(args[0])
            return (low >> low_bit, high >> low_bit) if high < 2 << high_bit else (0, top)
        if kind == z3.Z3_OP_ITE:
            ranges = [self.range(arg) for arg in args[1:]]
            return min(low for low, _ in ranges), max(high for _, high in ranges)
        if kind == z3.Z3_OP_BAND:
            return 0, min(self.range(arg)[1] for arg in args)
        if kind in (z3.Z3_OP_BOR, z3.Z3_OP_BXOR):
            return 0, (1 << max(self.range(arg)[1].bit_length() for arg in args)) - 1
        if kind == z3.Z3_OP_BLSHR and z3.is_bv_value(args[1]):
            return tuple(side >> args[1].as_long() for side in self.range(args[0]))
        return 0, top

    # ------------------------------------------------------------------ sums

    def sum(self, term, factor=1, parts=None):
        """`term` as a constant and {id: [term, factor]}, right up to multiples of 2**width."""
        constant, parts = 0, {} if parts is None else parts
        kind, args = term.decl().kind(), term.children()
        if z3.is_bv_value(term):
            constant = factor * as_signed(term.as_long(), term.size())
        elif kind in (z3.Z3_OP_BADD, z3.Z3_OP_BSUB, z3.Z3_OP_BNEG):
            for i, arg in enumerate(args):
                turned = kind == z3.Z3_OP_BNEG or kind == z3.Z3_OP_BSUB and i > 0
                constant += self.sum(arg, -factor if turned else factor, parts)[0]
        elif kind == z3.Z3_OP_BMUL and len(args) == 2 and z3.is_bv_value(args[0]):
            constant += self.sum(args[1], factor * as_signed(args[0].as_long(), term.size()), parts)[0]
        else:
            parts.setdefault(term.get_id(), [term, 0])[1] += factor
        return constant, parts

    def sum_range(self, constant, parts):
        """The range of a sum before it wraps, minding which parts are known to be in order."""
        up = {key: part[1] for key, part in parts.items() if part[1] > 0}
        down = {key: -part[1] for key, part in parts.items() if part[1] < 0}
        low = high = constant
        for small in list(down):
            for large in list(up):
                ids = (self.core(parts[small][0]).get_id(), self.core(parts[large][0]).get_id())
                both = min(down[small], up[large])
                if both and ids in self.pairs:
                    low += both * self.pairs[ids]
                    high += both * (self.range(parts[large][0])[1] - self.range(parts[small][0])[0])
                    down[small] -= both
                    up[large] -= both
        for key, factor in up.items():
            low, high = low + factor * self.range(parts[key][0])[0], high + factor * self.range(parts[key][0])[1]
        for key, factor in down.items():
            low, high = low - factor * self.range(parts[key][0])[1], high - factor * self.range(parts[key][0])[0]
        least, most = self.differences.get(self.name(constant, parts), (low, high)) if self.differences else (low, high)
        return max(low, least), min(high, most)

    def product_range(self, args):
        return tuple(reduce(lambda product, arg: product * self.range(arg)[side], args, 1) for side in (0, 1))

    # ------------------------------------------------------------------ terms

    def term(self, term):
        """The integer that a bit vector stands for."""
        key = term.get_id()
        if key not in self.terms:
            self.keep.append(term)
            value = self.translated(term)
            if value is None:
                value = self.variables.setdefault(key, (term, z3.Int(f"v{key}")))[1]
            low, high = self.range(term)
            if not z3.is_int_value(value):
                self.side += [value >= low, value <= high]
            self.terms[key] = value
        return self.terms[key]

    def wrapped(self, value, low, high, width):
        """`value`, known to lie in low..high, modulo 2**width."""
        size = 1 << width
        if low >= 0 and high < size:
            return value
        if low >= -size and high < 2 * size:
            less = z3.If(value >= size, value - size, value) if high >= size else value
            return z3.If(value < 0, value + size, less) if low < 0 else less
        return value % size

    def translated(self, term):
        if z3.is_bv_value(term):
            return z3.IntVal(term.as_long())
        kind, args, width = term.decl().kind(), term.children(), term.size()
        if kind in (z3.Z3_OP_BADD, z3.Z3_OP_BSUB, z3.Z3_OP_BNEG) or (
            kind == z3.Z3_OP_BMUL and len(args) == 2 and z3.is_bv_value(args[0])
        ):
            constant, parts = self.sum(term)
            value = z3.IntVal(constant)
            for part, factor in parts.values():
                value = value + factor * self.term(part)
            return self.wrapped(value, *self.sum_range(constant, parts), width)
        if kind == z3.Z3_OP_BMUL:
            value = reduce(lambda product, arg: product * arg, map(self.term, args))
            return self.wrapped(value, *self.product_range(args), width)
        if kind in (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I):
            by = self.term(args[1])
            return self.unless_zero(args[1], (1 << width) - 1, self.term(args[0]) / by)
        if kind in (z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I):
            by = self.term(args[1])
            return self.unless_zero(args[1], self.term(args[0]), self.term(args[0]) % by)
        if kind in (z3.Z3_OP_BSDIV, z3.Z3_OP_BSDIV_I, z3.Z3_OP_BSREM, z3.Z3_OP_BSREM_I):
            return self.divided(kind, *args)
        if kind == z3.Z3_OP_ITE:
            return z3.If(self.truth(args[0]), self.term(args[1]), self.term(args[2]))
        return self.shifted(kind, args, term)

    def divided(self, kind, number, by):
        """Signed division towards zero by what is known to be positive, and its remainder."""
        low, high = self.range(by)
        half = 1 << (by.size() - 1)
        if low == 0 or high >= half:
            return None
        value, by = self.signed(number), self.term(by)
        quotient = z3.If(value >= 0, value / by, -(-value / by))
        wanted = quotient if kind in (z3.Z3_OP_BSDIV, z3.Z3_OP_BSDIV_I) else value - by * quotient
        return self.wrapped(wanted, -half, half - 1, number.size())

    def unless_zero(self, divisor, at_zero, otherwise):
        if self.range(divisor)[0] > 0:
            return otherwise
        return z3.If(self.term(divisor) == 0, at_zero, otherwise)

    def shifted(self, kind, args, term):
        """What moves or keeps bits."""
        if kind == z3.Z3_OP_CONCAT:
            value = self.term(args[0])
            for arg in args[1:]:
                value = value * (1 << arg.size()) + self.term(arg)
            return value
        if kind == z3.Z3_OP_ZERO_EXT:
            return self.term(args[0])
        if kind == z3.Z3_OP_EXTRACT:
            top, bottom = term.params()
            value = self.term(args[0])
            if self.range(args[0])[1] >= 2 << top:
                value = value % (2 << top)
            return value / (1 << bottom) if bottom else value
        if kind == z3.Z3_OP_BNOT:
            return (1 << term.size()) - 1 - self.term(args[0])
        if kind in (z3.Z3_OP_BAND, z3.Z3_OP_BOR, z3.Z3_OP_BXOR) and all(self.range(arg)[1] <= 1 for arg in args):
            flags = [self.term(arg) == 1 for arg in args]
            make = {z3.Z3_OP_BAND: z3.And, z3.Z3_OP_BOR: z3.Or, z3.Z3_OP_BXOR: lambda *all: reduce(z3.Xor, all)}[kind]
            return z3.If(make(*flags), 1, 0)
        if kind in (z3.Z3_OP_BAND, z3.Z3_OP_BOR, z3.Z3_OP_BXOR):
            times = {z3.Z3_OP_BOR: 1, z3.Z3_OP_BXOR: 2}.get(kind)
            value = self.term(args[0])
            for i, arg in enumerate(args[1:]):
                other, both = self.term(arg), z3.Int(f"both{term.get_id()}.{i}")
                self.side += [0 <= both, both <= value, both <= other]  # the bits that are in both: weaker
                value = both if times is None else value + other - times * both
            return value
        if kind == z3.Z3_OP_BLSHR and z3.is_bv_value(args[1]):
            return self.term(args[0]) / (1 << args[1].as_long())
        if kind == z3.Z3_OP_BSHL and z3.is_bv_value(args[1]):
            by = args[1].as_long()
            low, high = (side << by for side in self.range(args[0]))
            return self.wrapped(self.term(args[0]) * (1 << by), low, high, term.size())
        return None

    # ------------------------------------------------------------------ formulas

    def truth(self, formula):
        """The formula over integers; what has no translation becomes an unknown truth."""
        key = formula.get_id()
        if key not in self.truths:
            self.keep.append(formula)
            self.truths[key] = self.judged(formula)
        return self.truths[key]

    def judged(self, formula):
        if z3.is_true(formula) or z3.is_false(formula):
            return formula
        kind, args = formula.decl().kind(), formula.children()
        logic = {z3.Z3_OP_AND: z3.And, z3.Z3_OP_OR: z3.Or, z3.Z3_OP_NOT: z3.Not, z3.Z3_OP_IMPLIES: z3.Implies,
                 z3.Z3_OP_XOR: z3.Xor}
        if kind in logic:
            return logic[kind](*map(self.truth, args))
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT, z3.Z3_OP_ITE) and z3.is_bool(args[-1]):
            make = {z3.Z3_OP_EQ: lambda a, b: a == b, z3.Z3_OP_DISTINCT: z3.Distinct, z3.Z3_OP_ITE: z3.If}[kind]
            return make(*map(self.truth, args))
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT) and z3.is_bv(args[0]):
            equal = [self.term(arg) for arg in args]
            return equal[0] == equal[1] if kind == z3.Z3_OP_EQ else z3.Distinct(*equal)
        if order := at_most(formula, UNSIGNED):
            return self.term(order[0]) + order[2] <= self.term(order[1])
        if order := at_most(formula, SIGNED):
            return self.signed(order[0]) + order[2] <= self.signed(order[1])
        return self.variables.setdefault(formula.get_id(), (formula, z3.Bool(f"b{formula.get_id()}")))[1]

    def signed(self, term):
        width, value = term.size(), self.term(term)
        if self.is_positive(term):
            return value
        return z3.If(value >= 1 << (width - 1), value - (1 << width), value)
