#!/usr/bin/env python3
"""Writes the tables that hold Rust and Solidity together.

An implementation of its own of terms, schedules, grants, rounds, bounds and typed messages: exact rationals, nothing
but the Python standard library, no line shared with either language. Bounds are decided by the inequality that
defines them, not by the formula that the product computes.

    vectors/oracle.py           writes vectors/*.json
    vectors/oracle.py --check   compares them with what it would write

Every file is one flat object of parallel arrays. Integers are decimal strings, bytes are 0x hex.
"""

import json
import math
import pathlib
import sys
from fractions import Fraction

sys.dont_write_bytecode = True

from keccak import keccak  # noqa: E402

HERE = pathlib.Path(__file__).parent
PPB = 10**9
DAY = 86_400
CHAIN_ID = 31_337
GRANTS = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
TOKEN = bytes.fromhex("e7f1725e7734ce288f8367e1bb143e90bb3f0512")
GOALS = bytes.fromhex("9fe46736679d2d9a65f0992f2272de9f3c7fa6e0")


class Dice:
    """splitmix64: the same numbers on every machine and with every Python."""

    def __init__(self, name):
        self.state = int.from_bytes(keccak(name.encode())[:8], "big")

    def word(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    def between(self, low, high):
        span = high - low + 1
        return low + (self.word() * 2**128 + self.word() * 2**64 + self.word()) % span

    def pick(self, options):
        return options[self.between(0, len(options) - 1)]

    def bytes(self, count):
        return b"".join(self.word().to_bytes(8, "big") for _ in range(-(-count // 8)))[:count]

    def chance(self, percent):
        return self.between(1, 100) <= percent


def big(value, count):
    return value.to_bytes(count, "big")


def words(*values):
    """abi.encode of static values: integers, or bytes (addresses padded left, hashes as they are)."""
    return b"".join(
        (v % 2**256).to_bytes(32, "big") if isinstance(v, int) else v.rjust(32, b"\0") for v in values
    )


class Table:
    """Parallel arrays of one file."""

    def __init__(self, *names):
        self.columns = {name: [] for name in names}
        self.scalars = {}

    def row(self, **values):
        for name, value in values.items():
            self.columns[name].append(value)

    def text(self):
        def plain(value):
            if isinstance(value, bool):
                return value
            return str(value) if isinstance(value, int) else "0x" + value.hex()

        fields = {name: plain(value) for name, value in self.scalars.items()}
        fields.update({name: [plain(v) for v in values] for name, values in self.columns.items()})
        lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"


# ------------------------------------------------------------------------------------------------ schedules


def released(segments, elapsed):
    """The share (exact, then floored where the rules say so) after `elapsed` seconds."""
    begin, base = 0, 0
    if elapsed < 0:
        return 0
    for end, share, steps in segments:
        if elapsed < end:
            passed = Fraction(elapsed - begin, end - begin)
            if steps:
                passed = Fraction(math.floor(passed * steps), steps)
            return base + math.floor((share - base) * passed)
        begin, base = end, share
    return PPB


def pack(segments):
    return b"".join(big(end, 4) + big(share, 4) + big(steps, 2) for end, share, steps in segments)


def random_schedule(dice, most):
    count = dice.pick([1, 1, 2, 2, 3, 5, dice.between(1, most)])
    ends, end = [], dice.pick([0, 1, 30 * DAY, 365 * DAY, dice.between(1, 10**6)])
    for _ in range(count):
        ends.append(end)
        end += dice.pick([1, 2, 7, 30 * DAY, 365 * DAY, dice.between(1, 10**7)])
    shares = sorted(dice.pick([0, PPB, dice.between(0, PPB)]) for _ in range(count - 1)) + [PPB]
    steps = [dice.pick([0, 1, 1, 2, 3, 12, 36, 65_535, dice.between(0, 65_535)]) for _ in ends]
    return list(zip(ends, shares, steps))


YEAR = 365 * DAY
NAMED_SCHEDULES = [
    [(0, PPB, 1)],
    [(0, 250_000_000, 1), (4 * YEAR, PPB, 0)],
    [(YEAR, 250_000_000, 1), (4 * YEAR, PPB, 36)],
    [(YEAR, 50_000_000, 1), (2 * YEAR, 200_000_000, 1), (3 * YEAR, 600_000_000, 1), (4 * YEAR, PPB, 1)],
    [(2**32 - 1, PPB, 0)],
    [(2**32 - 1, PPB, 65_535)],
    [(1, PPB, 0)],
    [(i * 30 * DAY, i * PPB // 256 if i < 256 else PPB, 1) for i in range(1, 257)],
]


def schedule_table():
    dice, table = Dice("schedule"), Table("schedules", "schedule", "elapsed", "want")
    schedules = NAMED_SCHEDULES + [random_schedule(dice, 64) for _ in range(40)]
    for number, segments in enumerate(schedules):
        table.row(schedules=pack(segments))
        last = segments[-1][0]
        moments = {-1, 0, 1, last - 1, last, last + 1, 2**40}
        ends = [segment[0] for segment in segments]
        moments |= {dice.pick(ends) + offset for offset in (-1, 0, 1)}
        moments |= {dice.between(0, last) for _ in range(6)}
        for elapsed in sorted(m for m in moments if m >= -1):
            table.row(schedule=number, elapsed=elapsed, want=released(segments, elapsed))
    return table


# ------------------------------------------------------------------------------------------------ terms


def domain():
    return keccak(words(keccak(b"guerdon.grant.v1"), CHAIN_ID, GRANTS))


def grant_id(terms):
    return keccak(domain() + terms)


def encode(t):
    unlock = big(t["unlockStart"], 5) + pack(t["unlock"]) if t["unlock"] else b""
    return (
        t["recipient"] + big(t["amount"], 13) + big(t["start"], 5) + big(t["powers"], 2)
        + big(t["graceSeconds"], 4) + big(t["backdateSeconds"], 4) + big(t["pauseMax"], 4)
        + big(t["withholdBps"], 2) + t["document"] + big(len(t["gates"]), 1) + big(len(t["unlock"]), 1)
        + b"".join(goal + big(share, 4) + big(rule, 1) for goal, share, rule in t["gates"])
        + unlock + pack(t["vesting"])
    )  # fmt: skip


def random_terms(dice):
    left, gates = PPB, []
    for _ in range(dice.pick([0, 0, 1, 1, 2, 3, 8])):
        rule = dice.between(0, 3)
        share = 0 if rule & 2 else dice.pick([0, left, dice.between(0, left)])
        left -= share
        gates.append((dice.bytes(32), share, rule))
    unlock = random_schedule(dice, 20) if dice.chance(40) else []
    return {
        "recipient": dice.bytes(20),
        "amount": dice.pick([1, 2**104 - 1, 10**18, dice.between(1, 2**104 - 1), dice.between(1, 10**24)]),
        "start": dice.pick([0, 1_782_864_000, dice.between(0, 2**33), dice.between(1_700_000_000, 1_900_000_000)]),
        "powers": dice.between(0, 7),
        "graceSeconds": dice.pick([0, 90 * DAY, dice.between(0, 2**32 - 1)]),
        "backdateSeconds": dice.pick([0, 30 * DAY, 366 * DAY]),
        "pauseMax": dice.pick([0, 365 * DAY, dice.between(0, 2**32 - 1)]),
        "withholdBps": dice.pick([0, 0, 4_200, 10_000, dice.between(0, 10_000)]),
        "document": dice.bytes(32),
        "gates": gates,
        "unlockStart": dice.between(1_700_000_000, 1_900_000_000) if unlock else 0,
        "unlock": unlock,
        "vesting": random_schedule(dice, 30),
    }


SCALARS = (
    "recipient amount start powers graceSeconds backdateSeconds pauseMax withholdBps document unlockStart"
).split()


def refusals(dice):
    """Terms that break exactly one rule of opening, as bytes."""
    base = random_terms(dice) | {"gates": [], "unlock": [], "unlockStart": 0, "vesting": [(YEAR, PPB, 12)]}
    gate = (dice.bytes(32), 0, 0)
    changes = [
        {"recipient": bytes(20)}, {"recipient": GRANTS}, {"recipient": TOKEN}, {"amount": 0},
        {"powers": 8}, {"powers": 0x8001}, {"backdateSeconds": 366 * DAY + 1}, {"withholdBps": 10_001},
        {"gates": [gate] * 9}, {"gates": [(gate[0], PPB, 0), (gate[0], 1, 1)]},
        {"gates": [(gate[0], 1, 2)]}, {"gates": [(gate[0], 0, 4)]}, {"gates": [(gate[0], 0, 0x80)]},
        {"vesting": [(YEAR, PPB - 1, 1)]}, {"vesting": [(YEAR, PPB + 1, 1)]},
        {"vesting": [(YEAR, PPB, 1), (YEAR, PPB, 1)]}, {"vesting": [(2, 5, 1), (1, PPB, 1)]},
        {"vesting": [(1, 6, 1), (2, 5, 1), (3, PPB, 1)]}, {"vesting": [(0, 5, 1), (0, PPB, 1)]},
        {"vesting": [(i, PPB, 1) for i in range(257)]},
        {"unlock": [(YEAR, PPB - 1, 1)]}, {"unlock": [(2, PPB, 1), (1, PPB, 1)]},
        {"unlock": [(i, PPB, 1) for i in range(65)]},
    ]  # fmt: skip
    whole = encode(base)
    yield from (encode(base | change) for change in changes)
    yield from (whole + b"\0", whole[:-1] + b"\0\0", whole + whole[-10:-1])
    yield from (whole[:86] + b"\1" + whole[87:], whole[:87] + b"\1" + whole[88:])
    yield from (whole[:88] + whole[:9], whole[:64], b"")


def terms_table():
    dice = Dice("terms")
    table = Table("terms", "id", *SCALARS, "nGates", "nUnlock", "nVesting", "refusedTerms", "refusedShort")
    table.scalars = {"chainId": CHAIN_ID, "grants": GRANTS, "token": TOKEN, "domain": domain()}
    for _ in range(40):
        terms = random_terms(dice)
        raw = encode(terms)
        counts = {"nGates": "gates", "nUnlock": "unlock", "nVesting": "vesting"}
        table.row(terms=raw, id=grant_id(raw), **{name: terms[name] for name in SCALARS})
        table.row(**{name: len(terms[field]) for name, field in counts.items()})
    for raw in refusals(dice):
        table.row(refusedTerms=raw, refusedShort=len(raw) < 98)
    return table


# ------------------------------------------------------------------------------------------------ rounds


def node(left, right):
    return keccak(left[0] + big(left[1], 16) + right[0] + big(right[1], 16)), left[1] + right[1]


def climb(leaves, index):
    """Root and total, and the path of one leaf, level by level."""
    level, path = list(leaves), b""
    while len(level) > 1:
        if len(level) % 2:
            level.append((bytes(32), 0))
        sibling = level[index ^ 1]
        path += sibling[0] + big(sibling[1], 16)
        level = [node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        index //= 2
    return level[0], path


def tree_table():
    dice = Dice("tree")
    table = Table("treeRoot", "treeTotal", "treeSize", "leafTree", "leafId", "leafAmount",
                  "root", "total", "id", "amount", "index", "proof", "ok")  # fmt: skip
    for number, size in enumerate([1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33]):
        leaves = sorted((dice.bytes(32), dice.pick([1, 10**18, dice.between(1, 2**100)])) for _ in range(size))
        (root, total), _ = climb(leaves, 0)
        table.row(treeRoot=root, treeTotal=total, treeSize=size)
        for ident, amount in leaves:
            table.row(leafTree=number, leafId=ident, leafAmount=amount)
        for index in sorted({0, size - 1, size // 2, dice.between(0, size - 1)}):
            proven(table, dice, leaves, index)
    overflowing(table, dice)
    return table


def proven(table, dice, leaves, index):
    (root, total), path = climb(leaves, index)
    ident, amount = leaves[index]

    def row(ok, root=root, total=total, ident=ident, amount=amount, index=index, path=path):
        table.row(root=root, total=total, id=ident, amount=amount, index=index, proof=path, ok=ok)

    row(True)
    levels = len(path) // 48
    row(False, amount=amount + 1)
    row(False, total=total + 1)
    row(False, root=dice.bytes(32))
    row(False, ident=dice.bytes(32))
    row(False, index=index + 2**levels)
    row(False, path=path + bytes(48))
    row(False, path=path + b"\0")
    if levels:
        row(False, index=index ^ 1)
        row(False, path=path[:-48])
        row(False, path=path[:-1])
        # the same sums, shifted from the sibling to the leaf: the hash tells
        moved = big(int.from_bytes(path[32:48], "big") ^ 1, 16)
        row(False, path=path[:32] + moved + path[48:])
        # a node is not a leaf: the parent of the leaf with the rest of the path proves only if its id is a hash of
        # terms, which is at least 130 bytes long; as raw values it leads to the root
        right = (path[:32], int.from_bytes(path[32:48], "big"))
        above = node((ident, amount), right) if index % 2 == 0 else node(right, (ident, amount))
        row(True, ident=above[0], amount=above[1], index=index // 2, path=path[48:])


def overflowing(table, dice):
    """Sums that pass 2^128, and paths of 32 and 33 levels."""
    ident, other = dice.bytes(32), dice.bytes(32)
    path = other + big(2**128 - 1, 16)
    root = keccak(ident + big(1, 16) + path)
    for total in (0, 2**128 - 1):
        table.row(root=root, total=total, id=ident, amount=1, index=0, proof=path, ok=False)
    for levels in (32, 33):
        reached, path = (ident, 5), b""
        for level in range(levels):
            sibling = (dice.bytes(32), level)
            reached, path = node(sibling, reached), path + sibling[0] + big(sibling[1], 16)
        table.row(root=reached[0], total=reached[1], id=ident, amount=5, index=2**32 - 1, proof=path, ok=levels == 32)


# ------------------------------------------------------------------------------------------------ grants

OPENED, PAUSED, ENDED, GRACED, SETTLED, MOVED, HOLDER_ONLY = 1, 4, 8, 16, 32, 64, 128


def state_word(s):
    low = s["released"] + (s["flags"] << 104) + (s["withhold"] << 120)
    if s["flags"] & SETTLED:
        return low + (s["value"] << 152)
    return low + (s["stopAt"] << 152) + (s["credit"] << 192) + (s["lost"] << 224)


def answer(t, s, gates, now):
    """What a grant amounts to: every rule of "What a grant pays", in rationals."""
    amount, flags = t["amount"], s["flags"]
    unlocked = amount
    if t["unlock"]:
        unlocked = math.floor(Fraction(amount * released(t["unlock"], now - t["unlockStart"]), PPB))
    ended = bool(flags & ENDED) and now >= s["stopAt"]
    lapsed = [bool(rule & 1) and ended for _, _, rule in t["gates"]]
    done = all(g["final"] or (over and not g["stopPending"]) for over, g in zip(lapsed, gates))
    if flags & SETTLED:
        time = gate = PPB
        vested = held = s["value"]
    else:
        stop = s["stopAt"] + (t["graceSeconds"] if flags & GRACED else 0)
        clock = now
        if ended:
            clock = stop
        elif flags & PAUSED:
            clock = max(s["stopAt"], now - (t["pauseMax"] - s["lost"]))
        shift = s["credit"] - s["lost"] - t["start"]
        time, gate = released(t["vesting"], clock + shift), opened(t, gates, ended)
        vested = max(s["released"], math.floor(amount * Fraction(time, PPB) * Fraction(gate, PPB)))
        held = amount
        if flags & ENDED:
            held = max(s["released"], math.floor(amount * Fraction(released(t["vesting"], stop + shift), PPB)))
    payable = max(0, min(vested, unlocked) - s["released"])
    return {
        "timePpb": time, "openPpb": gate, "vested": vested, "unlocked": unlocked,
        "released": s["released"], "held": held, "payable": payable, "doneAll": done,
    }  # fmt: skip


def opened(t, gates, ended):
    counted = [g["stopFraction"] if rule & 1 and ended else g["fraction"] for (_, _, rule), g in zip(t["gates"], gates)]
    shares = [(share, f) for (_, share, rule), f in zip(t["gates"], counted) if not rule & 2]
    ppb = PPB - sum(share for share, _ in shares) + sum(math.floor(Fraction(share * f, PPB)) for share, f in shares)
    for (_, _, rule), f in zip(t["gates"], counted):
        if rule & 2:
            ppb = math.floor(Fraction(ppb * f, PPB))
    return ppb


def random_state(dice, t, now):
    kind = dice.pick(["running", "running", "paused", "ended", "ended", "ahead", "settled"])
    amount = t["amount"]
    s = {
        "released": dice.pick([0, 0, dice.between(0, amount), dice.between(0, amount // 10)]),
        "flags": OPENED | dice.pick([0, 0, HOLDER_ONLY]),
        "withhold": dice.between(0, t["withholdBps"]),
        "stopAt": 0,
        "credit": dice.pick([0, 0, 30 * DAY, dice.between(0, 2**32 - 1)]),
        "lost": dice.pick([0, 0, dice.between(0, t["pauseMax"])]),
        "value": 0,
    }
    if kind == "paused":
        s["flags"] |= PAUSED
        s["stopAt"] = now - min(now, dice.pick([0, 1, dice.between(0, 10**8)]))
    if kind in ("ended", "ahead"):
        s["flags"] |= ENDED | dice.pick([0, GRACED])
        away = dice.pick([1, 30 * DAY, dice.between(1, 10**8)])
        s["stopAt"] = now + away if kind == "ahead" else now - min(now - 1, dice.pick([0, away]))
    if kind == "settled":
        s["flags"] |= SETTLED
        s["value"] = dice.between(s["released"], amount)
    return s


def grant_table():
    dice = Dice("grant")
    wanted = "timePpb openPpb vested unlocked released held payable doneAll".split()
    table = Table("termsBytes", "terms", "word", "now", "gateFirst", "gateCount", "gateFraction", "gateFinal",
                  "gateStopFraction", "gateStopPending", "gateLastRegisteredAt", *wanted)  # fmt: skip
    for number in range(80):
        t = random_terms(dice)
        table.row(termsBytes=encode(t))
        for _ in range(4):
            end = t["start"] + t["vesting"][-1][0]
            moments = [t["start"], end, end - 1, dice.between(0, 2 * end + 2), dice.between(t["start"], end)]
            now = max(2, dice.pick(moments))
            s = random_state(dice, t, now)
            table.row(terms=number, word=state_word(s), now=now)
            gates = random_gates(table, dice, t, now)
            table.row(**answer(t, s, gates, now))
    return table


def random_gates(table, dice, t, now):
    """A result for each gate; where it stands in the table's flat columns is written into the row."""
    table.row(gateFirst=len(table.columns["gateFraction"]), gateCount=len(t["gates"]))
    gates = []
    for _ in t["gates"]:
        best = dice.pick([0, PPB, dice.between(0, PPB)])
        gates.append({
            "fraction": best, "final": dice.chance(50), "stopFraction": dice.pick([0, best, dice.between(0, best)]),
            "stopPending": dice.chance(40), "lastRegisteredAt": dice.between(0, now),
        })  # fmt: skip
        table.row(**{"gate" + name[0].upper() + name[1:]: value for name, value in gates[-1].items()})
    return gates


def main():
    from demands import demand_table
    from goals import bounds_table, draw_table, goal_table
    from moves import move_table
    from succession import replace_table, succeed_table

    tables = {
        "schedule": schedule_table, "terms": terms_table, "tree": tree_table, "grant": grant_table, "moves": move_table,
        "bounds": bounds_table, "draw": draw_table, "goal": goal_table, "replace": replace_table,
        "succeed": succeed_table, "demands": demand_table,
    }  # fmt: skip
    stale = []
    for name, make in tables.items():
        path, text = HERE / f"{name}.json", make().text()
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        sys.exit(f"not what the oracle writes: {', '.join(stale)}; run vectors/oracle.py and read the difference")


if __name__ == "__main__":
    main()
