#!/usr/bin/env python3
"""Computes what the import of the sample sheet must give, independently of the Rust code.

Python 3.11 or later, standard library only. Dates come from `zoneinfo` (the system's time-zone
database, or the `tzdata` package); shares are exact fractions. Writes `vectors/sheet.json`.
The sheet's zones have the same rules in the releases 2025b and 2026f; a later release that changes
one of them changes the table, and the ids that an import finds.

    python3 vectors/sheet_oracle.py           writes the table
    python3 vectors/sheet_oracle.py --check   fails if the committed table differs
"""

import calendar
import csv
import json
import sys
from datetime import datetime, timezone
from fractions import Fraction
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
SHEET = HERE.parent / "crates/formats/tests/data/grants/acme-2026-h1.csv"
TABLE = HERE / "sheet.json"

CHAIN_ID = 31337
CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
SALT = bytes(range(32))
GOALS = {
    "product_500@0.80..0.90": bytes([0x11]) * 32,
    "launch-eu": bytes([0x22]) * 32,
}
DECIMALS = 18
# Days that begin oddly: gaps and repeated hours around midnight, a skipped day, old odd offsets.
MIDNIGHTS = [
    ("Asia/Beirut", "2022-03-27"),
    ("America/Havana", "2025-03-09"),
    ("America/Havana", "2025-11-02"),
    ("America/Toronto", "1919-03-31"),
    ("Pacific/Apia", "2011-12-30"),
    ("Atlantic/Azores", "2025-10-26"),
    ("America/Asuncion", "2023-10-01"),
    ("Africa/Cairo", "2024-04-26"),
    ("Asia/Kathmandu", "2026-06-01"),
    ("Africa/Monrovia", "1971-06-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
]
# Rows that the sample lacks, in years whose clocks are history; the columns as in WORDS_COLUMNS.
WORDS = [
    ("2016-02-29", "Europe/London", "standard", "12", "48", "1", "", "31"),
    ("2018-03-31", "America/Havana", "standard", "7", "36", "3", "", ""),
    ("2018-01-30", "Asia/Beirut", "standard", "6", "30", "5", "33.333333333", ""),
    ("2017-10-31", "Australia/Lord_Howe", "standard", "0", "13", "1", "0", ""),
    ("2017-01-15", "UTC", "standard", "24", "24", "", "", ""),
    ("2017-01-15", "Asia/Kathmandu", "standard", "12", "48", "7", "0", "1"),
    ("2018-02-28", "Africa/Cairo", "graded-12.5-37.500000001-49.999999999", "", "36", "", "", ""),
    ("2016-06-01", "Africa/Cairo", "any", "0", "0", "", "", ""),
]
WORDS_COLUMNS = (
    "vesting_start timezone template cliff_months duration_months interval_months cliff_percent "
    "vest_day"
).split()
PPB = 10**9
UTC = timezone.utc


# ------------------------------------------------------------------------------------- keccak256


def round_constants():
    """The 24 constants of Keccak-f[1600], from its shift register."""
    register = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        yield constant


def permute(lanes):
    def rotate(value, by):
        by %= 64
        return ((value << by) | (value >> (64 - by))) & (2**64 - 1)

    for constant in round_constants():
        columns = [0] * 5
        for x in range(5):
            for y in range(5):
                columns[x] ^= lanes[x][y]
        for x in range(5):
            twist = columns[(x - 1) % 5] ^ rotate(columns[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x][y] ^= twist
        x, y, held = 1, 0, lanes[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            held, lanes[x][y] = lanes[x][y], rotate(held, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & (2**64 - 1))
        lanes[0][0] ^= constant
    return lanes


def keccak256(data):
    rate = 136
    padded = bytearray(data) + bytearray(rate - len(data) % rate)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for begin in range(0, len(padded), rate):
        for place in range(rate // 8):
            word = padded[begin + 8 * place : begin + 8 * place + 8]
            lanes[place % 5][place // 5] ^= int.from_bytes(word, "little")
        permute(lanes)
    return b"".join(lanes[place % 5][place // 5].to_bytes(8, "little") for place in range(4))


# ----------------------------------------------------------------------------------------- dates


def first_instant(day, zone):
    """The first second of the local day: searched among all instants around it, so gaps and
    repeated hours need no rule of their own."""
    zone = ZoneInfo(zone)
    low = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 26 * 3600
    step = 15 * 60

    def local(seconds):
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).replace(tzinfo=None)

    midnight = datetime(day.year, day.month, day.day)
    while local(low) < midnight:
        low += step
    # Offsets of past centuries have odd minutes: find the very second.
    while local(low - 1) >= midnight:
        low -= 1
    return low


def month_date(start, months, vest_day):
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime(year, month + 1, min(vest_day or start.day, last))


# -------------------------------------------------------------------------------------- schedule


def vesting(row):
    """Start in unix seconds, and segments (end, cumulative, steps)."""
    start_day = datetime.fromisoformat(row["vesting_start"])
    start = first_instant(start_day, row["timezone"])
    duration = int(row["duration_months"] or 0)
    cliff = int(row["cliff_months"] or 0)
    vest_day = int(row["vest_day"] or 0)

    def segment(months, share):
        end = first_instant(month_date(start_day, months, vest_day), row["timezone"]) - start
        return [end, floor(PPB * share), 1]

    if duration == 0:
        return start, [[0, PPB, 1]]
    if row["template"].startswith("graded-"):
        parts = [Fraction(part) / 100 for part in row["template"].split("-")[1:]]
        assert sum(parts) == 1 and duration == 12 * len(parts)
        sums = [sum(parts[: place + 1]) for place in range(len(parts))]
        return start, [segment(12 * (place + 1), share) for place, share in enumerate(sums)]
    if row["cliff_percent"]:
        first = Fraction(row["cliff_percent"]) / 100
    else:
        first = Fraction(cliff, duration)
    interval = int(row["interval_months"] or duration)
    months = range(cliff + interval, duration + 1, interval)
    segments = [segment(cliff, first)] if cliff else []
    for place, month in enumerate(months, start=1):
        segments.append(segment(month, first + (1 - first) * Fraction(place, len(months))))
    return start, segments


# ------------------------------------------------------------------------------- terms, ids, tree


def gates(text):
    found = []
    for gate in filter(None, (part.strip() for part in text.split(";"))):
        name, share = gate.rsplit(":", 1)
        found.append((GOALS[name], floor(PPB * Fraction(share) / 100), 0))
    return found


def terms(row):
    start, segments = vesting(row)
    amount = Fraction(row["quantity"]) * 10**DECIMALS
    assert amount.denominator == 1
    row_gates = gates(row["gates"])
    parts = [
        bytes.fromhex(row["wallet"][2:]),
        int(amount).to_bytes(13, "big"),
        start.to_bytes(5, "big"),
        (7).to_bytes(2, "big"),
        (0).to_bytes(4, "big"),
        (2592000).to_bytes(4, "big"),
        (31536000).to_bytes(4, "big"),
        (0).to_bytes(2, "big"),
        keccak256(SALT + row["external_id"].encode()),
        bytes([len(row_gates), 0]),
    ]
    for goal, share, rule in row_gates:
        parts += [goal, share.to_bytes(4, "big"), bytes([rule])]
    for end, cumulative, steps in segments:
        parts += [end.to_bytes(4, "big"), cumulative.to_bytes(4, "big"), steps.to_bytes(2, "big")]
    return b"".join(parts), int(amount), start, segments


def domain():
    tag = keccak256(b"guerdon.grant.v1")
    address = bytes(12) + bytes.fromhex(CONTRACT[2:])
    return keccak256(tag + CHAIN_ID.to_bytes(32, "big") + address)


def root_of(leaves):
    level = sorted(leaves)
    while len(level) > 1:
        if len(level) % 2:
            level.append((bytes(32), 0))
        pairs = zip(level[::2], level[1::2])
        level = [
            (
                keccak256(
                    left + left_sum.to_bytes(16, "big") + right + right_sum.to_bytes(16, "big")
                ),
                left_sum + right_sum,
            )
            for (left, left_sum), (right, right_sum) in pairs
        ]
    return level[0]


def table():
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty
    separator = domain()
    grants, leaves = [], []
    with SHEET.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            encoded, amount, start, segments = terms(row)
            identity = keccak256(separator + encoded)
            leaves.append((identity, amount))
            grants.append(
                {
                    "external_id": row["external_id"],
                    "id": "0x" + identity.hex(),
                    "amount": str(amount),
                    "start": str(start),
                    "segments": segments,
                    "terms": "0x" + encoded.hex(),
                }
            )
    root, total = root_of(leaves)
    return {
        "chain_id": str(CHAIN_ID),
        "contract": CONTRACT,
        "salt": "0x" + SALT.hex(),
        "goals": {name: "0x" + goal.hex() for name, goal in GOALS.items()},
        "decimals": DECIMALS,
        "root": "0x" + root.hex(),
        "total": str(total),
        "midnights": [
            [zone, day, str(first_instant(datetime.fromisoformat(day), zone))]
            for zone, day in MIDNIGHTS
        ],
        "words": [
            {"row": list(row), "start": str(start), "segments": segments}
            for row in WORDS
            for start, segments in [vesting(dict(zip(WORDS_COLUMNS, row)))]
        ],
        "grants": grants,
    }


def main():
    text = json.dumps(table(), separators=(",", ":")).replace('{"external_id"', '\n{"external_id"')
    text += "\n"
    if "--check" in sys.argv[1:]:
        if TABLE.read_text(encoding="utf-8") != text:
            sys.exit("vectors/sheet.json differs from what vectors/sheet_oracle.py computes")
    else:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
