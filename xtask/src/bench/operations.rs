//! What is measured, by name: our sentence in contracts/snapshots, the target, what the peers do.

/// One row of the table.
pub(super) struct Operation {
    /// The name, as programs read it; the peers' tests use the same.
    pub(super) name: &'static str,
    /// The sentence under which contracts/test/gas records ours.
    pub(super) sentence: &'static str,
    /// Gas of the whole transaction, at most.
    pub(super) target: u64,
    /// What to know when a peer is compared.
    pub(super) note: &'static str,
}

const fn row(
    name: &'static str,
    sentence: &'static str,
    target: u64,
    note: &'static str,
) -> Operation {
    Operation {
        name,
        sentence,
        target,
        note,
    }
}

/// Targets are those of the design, and never moved to meet a figure.
pub(super) const OPERATIONS: [Operation; 12] = [
    row(
        "commit",
        "commit a round of any number of grants, pool funded (target 67000)",
        67_000,
        "ours once for all grants of a round; a peer per grant, of 100 made in one transaction",
    ),
    row(
        "fund and commit",
        "fund and commit in one transaction (target 88000)",
        88_000,
        "ours once for all grants of a round, by multicall; a peer makes and funds one grant",
    ),
    row(
        "first claim one leaf",
        "first claim, round of one, balance zero (target 88000)",
        88_000,
        "ours opens the grant too, which a peer has paid for when it was made",
    ),
    row(
        "first claim proof 20",
        "first claim, proof of 20 levels, balance zero (target 108000)",
        108_000,
        "a tree of a million; no package on npm vests out of a tree",
    ),
    row("later claim", "later claim (target 48500)", 48_500, ""),
    row(
        "later claim 48 segments",
        "later claim, 48 calendar segments (target 56500)",
        56_500,
        "",
    ),
    row(
        "later claim two gates",
        "later claim, two gates (target 59000)",
        59_000,
        "a peer has one gate, a price",
    ),
    row(
        "keeper of 100 each",
        "keeper pays 100, each (target 20500)",
        20_500,
        "balances not zero",
    ),
    row("end", "end (target 56000)", 56_000, ""),
    row(
        "register",
        "register an attempt (target 95000)",
        95_000,
        "no package on npm has it",
    ),
    row(
        "propose 3 signatures",
        "propose a result, 3 signatures (target 80000)",
        80_000,
        "no package on npm has it",
    ),
    row(
        "finalize",
        "finalize (target 38000)",
        38_000,
        "no package on npm has it",
    ),
];
