"""The oracle's part about the life of a goal: attempts, demands, and what counts for a time that is over.

Nothing is kept in words here: a life is what happened, and what counts is read off it by the rules as IGoals states
them. Only the last step packs the words of the chain.
"""

from fractions import Fraction
import math

from oracle import DAY, PPB, Dice, Table

REGISTER, PROPOSE, EXPIRE, CHALLENGE, RESOLVE, FINALIZE, DEMAND, REFUSE, EXTEND, CLOSE = range(10)
UPHELD, OVERTURNED, VOID = 1, 2, 3
BLOCK = 1000
GOAL = {
    "threshold": 1, "stretch": 1000, "defaultPpb": 700_000_000, "attempts": 5, "maxVoids": 2, "opens": 1_782_864_000,
    "closes": 1_782_864_000 + 40 * DAY, "runSeconds": 5 * DAY, "challengeSeconds": 2 * DAY, "arbiterSeconds": 3 * DAY,
}  # fmt: skip
STATUS = {"registered": 1, "proposed": 2, "challenged": 3, "finished": 4, "void": 5}


def worth(count):
    """What a count pays: nothing below 1, in full from 1000 on, linear between."""
    return 0 if count < 1 else min(PPB, math.floor(PPB * Fraction(count - 1, 999)))


class Life:
    """All that happened to one goal. A call that the rules refuse leaves it as it was and answers False."""

    def __init__(self):
        self.attempts, self.demands = [], []
        self.closes, self.extended, self.final = GOAL["closes"], False, False

    # What the rules ask.

    def unfinished(self):
        return [a for a in self.attempts if a["is"] not in ("finished", "void")]

    def best(self):
        results = [a["result"] for a in self.attempts if a["is"] == "finished"]
        return max([0, *results, *(GOAL["defaultPpb"] for d in self.demands if d["is"] == "defaulted")])

    def standing(self):
        return next((d for d in self.demands if d["is"] == "stands"), None)

    def used_up(self):
        return len([a for a in self.attempts if a["is"] != "void"]) >= GOAL["attempts"]

    def find(self, number, *states):
        a = self.attempts[number] if number < len(self.attempts) else None
        return a if a and a["is"] in states else None

    # What may happen.

    def register(self, now):
        if self.final or not GOAL["opens"] <= now <= self.closes or self.used_up():
            return False
        until = now + GOAL["runSeconds"]
        self.attempts.append({"is": "registered", "at": now, "until": until, "result": 0, "signed": False})
        return True

    def propose(self, now, number, count):
        a = self.find(number, "registered")
        if not a or now > a["until"]:
            return False
        a.update({"is": "proposed", "until": now + GOAL["challengeSeconds"], "result": worth(count), "signed": True})
        return True

    def expire(self, now, number):
        a = self.find(number, "registered")
        if not a or now <= a["until"]:
            return False
        a.update({"is": "proposed", "until": now + GOAL["challengeSeconds"]})
        return True

    def challenge(self, now, number):
        a = self.find(number, "proposed")
        if not a or now > a["until"]:
            return False
        a.update({"is": "challenged", "until": now + GOAL["arbiterSeconds"]})
        return True

    def resolve(self, now, number, count, verdict):
        a = self.find(number, "challenged")
        if not a or now > a["until"]:
            return False
        if verdict == VOID:
            if len([b for b in self.attempts if b["is"] == "void"]) >= GOAL["maxVoids"]:
                return False
            a.update({"is": "void", "result": 0})
            return True
        if verdict == OVERTURNED:
            a["result"] = worth(count)
        return self.finish(a)

    def finalize(self, now, number):
        a = self.find(number, "proposed", "challenged")
        return bool(a and now > a["until"]) and self.finish(a)

    def finish(self, a):
        a["is"] = "finished"
        asked = self.standing()
        if asked and a["signed"] and a["at"] >= asked["at"]:
            asked.update({"is": "answered", "by": a})
        return True

    def demand(self, now):
        if self.final or self.standing() or GOAL["defaultPpb"] <= self.best():
            return False
        if now + GOAL["runSeconds"] >= self.closes or self.used_up():
            return False
        self.demands.append({"is": "stands", "at": now})
        return True

    def refuse(self):
        asked = self.standing()
        if self.final or not asked:
            return False
        asked["is"] = "refused"
        return True

    def extend(self, now, closes):
        if self.final or self.extended or now > self.closes:
            return False
        if not self.closes < closes <= 2 * self.closes - GOAL["opens"]:
            return False
        self.closes, self.extended = closes, True
        return True

    def close(self, now):
        if self.final or self.unfinished() or not (now > self.closes or self.best() == PPB):
            return False
        asked = self.standing()
        if asked:
            asked["is"] = "defaulted"
        self.final = True
        return True

    # What counts for a grant that lapsed at `time`.

    def counted(self, time):
        """The best of what counts from `time` or earlier, and whether something of then is not decided."""
        of_then = [a for a in self.attempts if a["at"] <= time]
        asked = [d for d in self.demands if d["at"] <= time and d["is"] != "refused"]
        results = [a["result"] for a in of_then if a["is"] == "finished"]
        results += [d["by"]["result"] for d in asked if d["is"] == "answered"]
        results += [GOAL["defaultPpb"] for d in asked if d["is"] == "defaulted"]
        undecided = any(a in self.unfinished() for a in of_then) or any(d["is"] == "stands" for d in asked)
        return max([0, *results]), undecided

    def lapses_from(self):
        stands = [d["at"] for d in self.demands if d["is"] in ("stands", "defaulted")]
        return max([0, *(a["at"] for a in self.attempts), *stands])

    # The words of the chain.

    def word(self):
        last = self.demands[-1] if self.demands else {"is": "refused", "at": 0}
        marks = 1 | 2 * (last["is"] in ("stands", "defaulted")) | 4 * self.extended | 8 * self.final
        voided = len([a for a in self.attempts if a["is"] == "void"])
        fields = [
            (self.best(), 32), (len(self.attempts), 16), (len(self.unfinished()), 16), (voided, 8), (marks, 8),
            (self.closes, 40), (0 if last["is"] == "refused" else last["at"], 40),
            (max([0, *(a["at"] for a in self.attempts)]), 40),
            (GOAL["defaultPpb"] if last["is"] == "defaulted" else 0, 32),
        ]  # fmt: skip
        return pack(fields)

    def attempt_word(self, number):
        if number >= len(self.attempts):
            return 0
        a = self.attempts[number]
        answered = next((d for d in self.demands if d["is"] == "answered" and d["by"] is a), None)
        status = STATUS[a["is"]] | 16 * a["signed"] | 32 * bool(answered)
        until = answered["at"] if answered else a["until"]
        return pack([(a["at"], 40), (BLOCK, 40), (until, 40), (a["result"], 32), (status, 8)])


def pack(fields):
    word = place = 0
    for value, bits in fields:
        word |= value << place
        place += bits
    return word


def random_call(dice, life, now):
    """Mostly what the life waits for, sometimes anything."""
    open_ones = [n for n, a in enumerate(life.attempts) if a in life.unfinished()]
    number = dice.pick(open_ones) if open_ones and dice.chance(85) else dice.between(0, 3)
    if dice.chance(30):
        return dice.pick([DEMAND, DEMAND, DEMAND, REFUSE, EXTEND, CLOSE, CLOSE, RESOLVE, CHALLENGE]), number
    if not open_ones or dice.chance(20):
        return dice.pick([REGISTER, REGISTER, REGISTER, CLOSE]), number
    a = life.attempts[number] if number < len(life.attempts) else {"is": "none", "until": 0}
    late = now > a["until"]
    due = {
        "registered": EXPIRE if late else PROPOSE, "proposed": FINALIZE if late else CHALLENGE,
        "challenged": FINALIZE if late else RESOLVE,
    }  # fmt: skip
    return due.get(a["is"], FINALIZE), number


def apply(life, now, call, number, value, verdict):
    return {
        REGISTER: lambda: life.register(now), PROPOSE: lambda: life.propose(now, number, value),
        EXPIRE: lambda: life.expire(now, number), CHALLENGE: lambda: life.challenge(now, number),
        RESOLVE: lambda: life.resolve(now, number, value, verdict), FINALIZE: lambda: life.finalize(now, number),
        DEMAND: lambda: life.demand(now), REFUSE: lambda: life.refuse(),
        EXTEND: lambda: life.extend(now, value), CLOSE: lambda: life.close(now),
    }[call]()  # fmt: skip


def demand_table():
    dice = Dice("demands")
    table = Table("life", "call", "now", "attempt", "value", "verdict", "ok", "word", "attemptWord", "lapsesFrom",
                  "time", "fraction", "pending")  # fmt: skip
    table.scalars = GOAL | {"block": BLOCK}
    for number in range(24):
        life, now = Life(), GOAL["opens"]
        for _ in range(30):
            row(table, dice, life, number, now, *random_call(dice, life, now))
            a = dice.pick(life.attempts) if life.attempts else {"until": now}
            jump = dice.pick([0, 1, dice.between(0, 2 * DAY), dice.between(0, 2 * DAY), dice.between(0, 4 * DAY)])
            now = a["until"] + dice.between(0, 1) if dice.chance(35) and a["until"] > now else now + jump
        ending(table, dice, life, number, now)
    return table


def ending(table, dice, life, number, now):
    """Nobody does anything any more but what anybody may do; then all is looked at again."""
    for due in (EXPIRE, FINALIZE):
        now += 10 * DAY
        for n, a in enumerate(life.attempts):
            if a["is"] == "registered" or due == FINALIZE and a in life.unfinished():
                row(table, dice, life, number, now, due, n)
    now = max(now, life.closes + 1)
    for call in (CLOSE, DEMAND, REFUSE, CLOSE, REGISTER, EXTEND):
        row(table, dice, life, number, now, call, 0)


def row(table, dice, life, number, now, call, attempt):
    """One call, and what is to be found after it, for a time that something happened at or just before."""
    if call == REGISTER:
        attempt = len(life.attempts)
    value = dice.pick([0, 1, dice.between(0, 1001), dice.between(2, 700), dice.between(2, 700), dice.between(2, 700)])
    if call == EXTEND:
        value = life.closes + dice.pick([0, 1, 5 * DAY, life.closes - GOAL["opens"], life.closes - GOAL["opens"] + 1])
    verdict = dice.pick([UPHELD, OVERTURNED, VOID])
    fine = apply(life, now, call, attempt, value, verdict)
    moments = [now] + [a["at"] for a in life.attempts] + [d["at"] for d in life.demands]
    time = dice.pick(moments) - dice.between(0, 1)
    fraction, pending = life.counted(time)
    table.row(life=number, call=call, now=now, attempt=attempt, value=value, verdict=verdict, ok=fine)
    table.row(word=life.word(), attemptWord=life.attempt_word(attempt), lapsesFrom=life.lapses_from())
    table.row(time=time, fraction=fraction, pending=pending)
