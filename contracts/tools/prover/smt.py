"""The solver that halmos calls: `python smt.py [--seconds N] FILE.smt2`.

Asks in turn, each for a share of the time: z3 and cvc5 over integers (integers.py), cvc5 over bit vectors. Answers in
the SMT-LIB way: unsat, sat with a model that was checked against the query itself, or unknown.
"""

import sys
from functools import reduce

import z3

from integers import Integers, pieces


def arithmetic(formulas):
    """The formulas with halmos's stand-ins for arithmetic (f_evm_bvudiv_256 ...) replaced by the EVM's operations."""
    names = {}

    def visit(term, seen=set()):
        if term.get_id() in seen:
            return
        seen.add(term.get_id())
        if z3.is_app(term):
            if term.decl().name().startswith("f_evm_bv"):
                names[term.decl().name()] = term.decl()
            for child in term.children():
                visit(child)

    for formula in formulas:
        visit(formula)
    make = {
        "bvmul": lambda a, b: a * b,
        "bvudiv": z3.UDiv,
        "bvurem": z3.URem,
        "bvsdiv": lambda a, b: a / b,
        "bvsrem": z3.SRem,
    }
    pairs = []
    for name, function in names.items():
        operation = name.split("_")[2]
        a, b = (z3.Var(i, function.domain(i)) for i in (0, 1))
        value = make[operation](a, b)
        pairs.append((function, value if operation == "bvmul" else z3.If(b == 0, z3.BitVecVal(0, a.size()), value)))
    return [z3.substitute_funs(formula, *pairs) for formula in formulas] if pairs else formulas


def chosen(formulas):
    """The formulas with a choice written as `b ^ ((a ^ b) * c)`, c being 0 or 1, written as a choice."""
    done = {}  # by id, which is that of no other term while the term is kept

    def rebuild(term):
        key = term.get_id()
        if key not in done:
            args = [rebuild(arg) for arg in term.children()]
            kind = term.decl().kind() if z3.is_app(term) else None
            same = all(new.eq(old) for new, old in zip(args, term.children()))
            new = term if same or kind is None else term.decl()(*args) if len(args) < 3 else again(kind, term, args)
            done[key] = (term, switched(new, kind, args))
        return done[key][1]

    for _ in range(2):  # what simplifying moves together can be a choice once more
        formulas = [z3.simplify(rebuild(formula)) for formula in formulas]
    return formulas


def again(kind, term, args):
    """`term` with other arguments, for operations that take any number of them."""
    folds = {z3.Z3_OP_BADD: lambda a, b: a + b, z3.Z3_OP_BMUL: lambda a, b: a * b, z3.Z3_OP_BXOR: lambda a, b: a ^ b,
             z3.Z3_OP_BAND: lambda a, b: a & b, z3.Z3_OP_BOR: lambda a, b: a | b}
    if kind in folds:
        return reduce(folds[kind], args)
    makes = {z3.Z3_OP_AND: z3.And, z3.Z3_OP_OR: z3.Or, z3.Z3_OP_CONCAT: z3.Concat, z3.Z3_OP_DISTINCT: z3.Distinct}
    return makes[kind](*args) if kind in makes else term.decl()(*args)


def switched(term, kind, args):
    if kind == z3.Z3_OP_BMUL and len(args) == 2:
        for flag, other in (args, args[::-1]):
            if z3.is_app_of(flag, z3.Z3_OP_ITE) and all(z3.is_bv_value(arg) for arg in flag.children()[1:]):
                yes, no = (arg.as_long() for arg in flag.children()[1:])
                if {yes, no} == {0, 1}:
                    zero = z3.BitVecVal(0, term.size())
                    return z3.If(flag.arg(0), other if yes else zero, zero if yes else other)
    if kind == z3.Z3_OP_BXOR and len(args) == 2:
        for choice, other in (args, args[::-1]):
            if z3.is_app_of(choice, z3.Z3_OP_ITE):
                return z3.If(choice.arg(0), apart(choice.arg(1), other), apart(choice.arg(2), other))
    return term


def apart(a, b):
    """a ^ b, where what appears in both falls out."""
    def parts(term):
        if z3.is_app_of(term, z3.Z3_OP_BXOR):
            return [part for arg in term.children() for part in parts(arg)]
        return [term]

    left = []
    for part in parts(a) + parts(b):
        twin = next((other for other in left if other.eq(part)), None)
        if twin is None:
            left.append(part)
        else:
            left = [other for other in left if other is not twin]
    return reduce(lambda x, y: x ^ y, left) if left else z3.BitVecVal(0, a.size())


def by_z3(formulas, milliseconds):
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(*formulas)
    answer = solver.check()
    return str(answer), solver.model() if answer == z3.sat else None


def by_cvc5(formulas, milliseconds, **options):
    """Only ever proves: its models are not read."""
    import cvc5  # takes longer to load than most queries take to answer

    text = z3.Solver()
    text.add(*formulas)
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(milliseconds))
    for name, value in options.items():
        solver.setOption(name.replace("_", "-"), value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "(set-logic ALL)\n" + text.to_smt2(), "query")
    symbols = parser.getSymbolManager()
    answers = []
    while not (command := parser.nextCommand()).isNull():
        answers.append(command.invoke(solver, symbols).strip())
    return next((answer for answer in answers if answer in ("sat", "unsat")), "unknown")


def checked(formulas, model, variables, whole):
    """The model as bit vectors if it makes the formulas true, or None."""
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(*formulas)
    solver.add(*(variable == joined for variable, joined in whole))
    for term, variable in variables.values():
        if z3.is_bv(term) and z3.is_const(term):
            value = model.eval(variable, model_completion=True)
            solver.add(term == value.as_long())
    return solver.model() if solver.check() == z3.sat else None


def answer(path, seconds):
    formulas = arithmetic(list(z3.parse_smt2_file(path)))
    cut, whole = pieces(chosen(formulas))
    translated = Integers(cut)
    share = seconds * 1000 // 3
    verdict, model = by_z3(translated.result, share)
    if verdict == "unsat":
        return "unsat", None
    if verdict == "sat" and (found := checked(formulas, model, translated.variables, whole)):
        return "sat", found
    if verdict == "unknown" and by_cvc5(translated.result, share, nl_ext_tplanes="true") == "unsat":
        return "unsat", None
    return by_cvc5(formulas, share), None


def main():
    *options, path = sys.argv[1:]
    seconds = int(options[1]) if options[:1] == ["--seconds"] else 60
    verdict, model = answer(path, seconds)
    print(verdict)
    for name in model or []:
        value = model[name]
        if z3.is_bv_value(value):
            print(f"(define-fun {name} () (_ BitVec {value.size()}) (_ bv{value.as_long()} {value.size()}))")


main()
