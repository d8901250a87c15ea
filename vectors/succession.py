"""The oracle's part about replacing a grant: what takes its place, and the message that its holder signs."""

from keccak import keccak
from oracle import (
    CHAIN_ID, DAY, GRANTS, OPENED, PPB, TOKEN, Dice, Table, answer, encode, grant_id, random_state, random_terms,
    state_word, words,
)  # fmt: skip

SUCCESSION = bytes.fromhex("cf7ed3acca5a467e9e704c703e8d87f634fb0fc9")

# ------------------------------------------------------------------------------------------------ the message

GATE = "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)"
SEGMENT = "Segment(uint32 end,uint32 cumulative,uint16 steps)"
TERMS = (
    "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,uint32 backdateSeconds,"
    "uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,uint40 unlockStart,Segment[] unlock,"
    "Segment[] vesting)"
)
REPLACE = "Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)"


def struct(kind, *values):
    """hashStruct of EIP-712: the hash of the type and of each field, lists being hashes already."""
    return keccak(keccak(kind.encode()) + words(*values))


def array(hashes):
    return keccak(b"".join(hashes))


def segments_hash(segments):
    return array(struct(SEGMENT, *segment) for segment in segments)


def terms_hash(t):
    head = "recipient amount start powers graceSeconds backdateSeconds pauseMax withholdBps document".split()
    gates = array(struct(GATE, *gate) for gate in t["gates"])
    unlock, vesting = segments_hash(t["unlock"]), segments_hash(t["vesting"])
    values = [t[name] for name in head]
    return struct(TERMS + GATE + SEGMENT, *values, gates, t["unlockStart"], unlock, vesting)


def replace_digest(old_id, old_word, successors, deadline):
    unpaid = old_word >> 104 << 104
    kind = REPLACE + GATE + SEGMENT + TERMS
    message = struct(kind, old_id, unpaid, array(terms_hash(t) for t in successors), deadline)
    domain = struct(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
        keccak(b"Guerdon Succession"), keccak(b"1"), CHAIN_ID, SUCCESSION,
    )  # fmt: skip
    return keccak(b"\x19\x01" + domain + message)


def replace_table():
    dice = Dice("replace")
    table = Table("oldTerms", "oldWord", "deadline", "first", "count", "digest", "successorTerms")
    table.scalars = {"chainId": CHAIN_ID, "grants": GRANTS, "token": TOKEN, "succession": SUCCESSION}
    for number in range(40):
        old = random_terms(dice)
        word = state_word(random_state(dice, old, dice.between(2, 2**33)))
        successors = [random_terms(dice) for _ in range(number % 8 + 1)]
        deadline = dice.pick([0, 1_800_000_000, 2**64 - 1, dice.between(0, 2**40)])
        first = len(table.columns["successorTerms"])
        digest = replace_digest(grant_id(encode(old)), word, successors, deadline)
        table.row(oldTerms=encode(old), oldWord=word, deadline=deadline, digest=digest)
        table.row(first=first, count=len(successors))
        for terms in successors:
            table.row(successorTerms=encode(terms))
    return table


# ------------------------------------------------------------------------------------------------ what takes its place

FINE, BELOW_RELEASED, VESTED_FALLS, NOT_FREE, BAD_TERMS, TWICE, NOT_HOLDER = range(7)
ROW = "oldTerms oldWord now before held released free first count goalFirst goalCount want after freed".split()
EACH = "successorTerms successorWord successorFreed".split()
GOALS = "goal goalFraction goalFinal goalStopFraction goalStopPending".split()


def successor_state(t, since_released):
    s = {"released": since_released, "flags": OPENED, "withhold": t["withholdBps"]}
    return s | {"stopAt": 0, "credit": 0, "lost": 0, "value": 0}


def succeed(old, state, successors, results, now):
    """What the call comes to but for free money: a verdict, and each word with what it frees."""
    found = answer(old, state, [results[goal] for goal, _, _ in old["gates"]], now)
    born, taken, vested, held = [], set(), 0, found["held"]
    for place, t in enumerate(successors):
        if is_bad(t):
            return BAD_TERMS, [], 0
        if encode(t) in taken:
            return TWICE, [], 0
        taken.add(encode(t))
        inherited = state["released"] if place == 0 else 0
        if t["amount"] < inherited:
            return BELOW_RELEASED, [], 0
        s = successor_state(t, inherited)
        vested += answer(t, s, [results[goal] for goal, _, _ in t["gates"]], now)["vested"]
        born.append((state_word(s), held - t["amount"]))
        held = 0
    # each part after the first may lose less than one unit to rounding
    if found["vested"] - vested >= len(successors):
        return VESTED_FALLS, born, vested
    if state["released"] > 0 and successors[0]["recipient"] != old["recipient"]:
        return NOT_HOLDER, born, vested
    return FINE, born, vested


def is_bad(t):
    return t["recipient"] in (bytes(20), GRANTS, TOKEN) or t["withholdBps"] > 10_000 or t["powers"] > 7


def random_successors(dice, old, state, vested):
    """Parts of the old grant, a new one that pays at once, or anything; sometimes flawed."""
    kind = dice.pick(["parts", "parts", "parts", "at once", "anything"])
    fresh = lambda t, amount: t | {"amount": amount, "document": dice.bytes(32), "recipient": dice.bytes(20)}
    if kind == "parts":
        count, left, made = dice.pick([1, 2, 3, 8]), old["amount"], []
        for place in range(count):
            least = max(1, state["released"]) if place == 0 else 1
            most = max(least, left - (count - place - 1))
            part = most if place == count - 1 else dice.pick([least, dice.between(least, most)])
            made.append(fresh(old, part))
            left = max(0, left - part)
    elif kind == "at once":
        amount = max(1, vested + dice.pick([-1, 0, 0, 1, DAY]))
        made = [fresh(old, min(amount, 2**104 - 1)) | {"gates": [], "start": 0, "vesting": [(0, PPB, 1)]}]
    else:
        made = [random_terms(dice) for _ in range(dice.between(1, 3))]
    if dice.chance(90):
        made[0] = made[0] | {"recipient": old["recipient"]}
    return flawed(dice, made, state)


def flawed(dice, made, state):
    at = dice.between(0, len(made) - 1)
    flaw = dice.between(0, 19)
    if flaw == 0 and state["released"] > 1:
        made[0] = made[0] | {"amount": state["released"] - 1}
    if flaw == 1:
        made[at] = made[at] | dice.pick([{"recipient": bytes(20)}, {"recipient": GRANTS}, {"recipient": TOKEN}])
    if flaw == 2:
        made[at] = made[at] | dice.pick([{"withholdBps": 10_001}, {"powers": 8}])
    if flaw == 3 and len(made) < 8:
        made.append(made[at])
    return made


def random_result(dice):
    best = dice.pick([0, PPB, dice.between(0, PPB)])
    return {
        "fraction": best, "final": dice.chance(50), "stopFraction": dice.pick([0, best, dice.between(0, best)]),
        "stopPending": dice.chance(40),
    }  # fmt: skip


def succeed_table():
    dice, table = Dice("succeed"), Table(*ROW, *EACH, *GOALS)
    table.scalars = {"chainId": CHAIN_ID, "grants": GRANTS, "token": TOKEN}
    for _ in range(240):
        succeed_row(table, dice)
    return table


def succeed_row(table, dice):
    old = random_terms(dice)
    last = old["start"] + old["vesting"][-1][0]
    now = max(2, dice.pick([last + DAY, dice.between(old["start"], last + DAY), dice.between(0, last + DAY)]))
    state = random_state(dice, old, now)
    results = {goal: random_result(dice) for goal, _, _ in old["gates"]}
    found = answer(old, state, list(results.values()), now)
    successors = random_successors(dice, old, state, found["vested"])
    for t in successors:
        results.update({goal: random_result(dice) for goal, _, _ in t["gates"] if goal not in results})
    want, born, after = succeed(old, state, successors, results, now)

    wanted = max(0, sum(t["amount"] for t in successors) - found["held"])
    free = dice.pick([2**120, 2**120, wanted, max(0, wanted - 1), 0])
    if want == FINE and wanted > free:
        want = NOT_FREE
    if want != FINE:
        born = [(0, 0)] * len(successors)
    table.row(oldTerms=encode(old), oldWord=state_word(state), now=now, before=found["vested"], held=found["held"])
    table.row(released=state["released"], free=free, want=want, after=after, freed=sum(freed for _, freed in born))
    table.row(first=len(table.columns["successorTerms"]), count=len(successors))
    table.row(goalFirst=len(table.columns["goal"]), goalCount=len(results))
    for t, (word, freed) in zip(successors, born):
        table.row(successorTerms=encode(t), successorWord=word, successorFreed=freed)
    for goal, result in results.items():
        table.row(goal=goal, **{"goal" + name[0].upper() + name[1:]: value for name, value in result.items()})
