"""The oracle's part about ending and settling: the table "What may change a grant", one call a row."""

from oracle import (
    DAY, ENDED, GRACED, PAUSED, PPB, SETTLED, Dice, Table, answer, encode, random_gates, random_state, random_terms,
    state_word,
)  # fmt: skip

END, SETTLE = 0, 1
HEAD = "termsBytes terms word now gateFirst gateCount".split()
GATES = "gateFraction gateFinal gateStopFraction gateStopPending gateLastRegisteredAt".split()
CALL = "call stopAt grace free ok after freed".split()


def end(t, s, gates, now, stop_at, grace):
    """The state after an end, or None where the table says revert. What it holds more is the caller's matter."""
    ahead = announced(s, now)
    over = bool(s["flags"] & ENDED) and not ahead
    if s["flags"] & SETTLED or over or not t["powers"] & 1:
        return None
    if stop_at == 0:
        return s | {"flags": s["flags"] & ~(ENDED | GRACED), "stopAt": 0} if ahead else None
    if stop_at < now - t["backdateSeconds"]:
        return None
    if any(rule & 1 and stop_at < gate["lastRegisteredAt"] for (_, _, rule), gate in zip(t["gates"], gates)):
        return None
    lost = s["lost"]
    if s["flags"] & PAUSED:
        lost += min(max(0, min(stop_at, now) - s["stopAt"]), t["pauseMax"] - lost)
    flags = s["flags"] & ~(PAUSED | GRACED) | ENDED | (GRACED if grace else 0)
    return s | {"flags": flags, "stopAt": stop_at, "lost": lost}


def settle(t, s, gates, now):
    """The state after settling, or None: time or a goal could still change what the grant pays."""
    found = answer(t, s, gates, now)
    over = bool(s["flags"] & ENDED)
    if s["flags"] & SETTLED or (over and now <= s["stopAt"]):
        return None
    if not found["doneAll"] or not (over or found["timePpb"] == PPB):
        return None
    return s | {"flags": s["flags"] & ~(PAUSED | ENDED | GRACED) | SETTLED, "value": found["vested"]}


def random_stop(dice, t, s, now):
    back = t["backdateSeconds"]
    choices = [0, 0, now, now - min(now - 1, back), now - min(now - 1, back + 1), now + dice.between(1, 10**8)]
    return dice.pick(choices + [max(1, s["stopAt"] - DAY), s["stopAt"] + DAY, now])


def move_table():
    dice, table = Dice("moves"), Table(*HEAD, *GATES, *CALL)
    for number in range(100):
        t = random_terms(dice)
        t["powers"] |= dice.pick([1, 1, 1, 0])
        table.row(termsBytes=encode(t))
        for _ in range(5):
            last = t["start"] + t["vesting"][-1][0]
            now = max(2, dice.pick([last + DAY, dice.between(t["start"], last + DAY), dice.between(t["start"], last)]))
            s = random_state(dice, t, now)
            while dice.chance(60) and not announced(s, now):
                s = random_state(dice, t, now)
            table.row(terms=number, word=state_word(s), now=now)
            move_row(table, dice, t, s, random_gates(table, dice, t, now), now)
    return table


def announced(s, now):
    return bool(s["flags"] & ENDED) and s["stopAt"] > now


def move_row(table, dice, t, s, gates, now):
    call, stop_at, grace = dice.pick([END, END, SETTLE]), random_stop(dice, t, s, now), dice.chance(50)
    if call == SETTLE:
        stop_at, grace = 0, False
        if dice.chance(60):
            for place, gate in enumerate(gates, len(table.columns["gateFinal"]) - len(gates)):
                gate["final"] = table.columns["gateFinal"][place] = True
    after = end(t, s, gates, now, stop_at, grace) if call == END else settle(t, s, gates, now)
    held = lambda state: answer(t, state, gates, now)["held"]
    freed = held(s) - held(after) if after else 0
    free = dice.pick([0, 2**128 - 1, max(0, -freed - 1), max(0, -freed)])
    if after is None or -freed > free:
        after, freed, fine = s, 0, False
    else:
        fine = True
    table.row(call=call, stopAt=stop_at, grace=grace, free=free, ok=fine, after=state_word(after), freed=freed)
