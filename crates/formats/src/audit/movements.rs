use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::grant::Refused;
use guerdon_core::ledger::{Flow, Flows, PoolRecord};

use super::register::{RoundLine, Standing};

/// What a row of movements counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Deposited in the pool; what is withheld goes back there.
    Funded,
    /// Promised to grants, opened or not, paid or not.
    Promised,
    /// Funded and not promised.
    Free,
    /// Earned by time and results.
    Vested,
    /// Paid to holders.
    Claimed,
    /// Kept back for tax.
    Withheld,
}

impl Measure {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Funded => "funded",
            Self::Promised => "promised",
            Self::Free => "free",
            Self::Vested => "vested",
            Self::Claimed => "claimed",
            Self::Withheld => "withheld",
        }
    }

    /// What makes it more, and what less.
    #[must_use]
    pub const fn causes(self) -> (&'static str, &'static str) {
        match self {
            Self::Funded => ("deposited and withheld", "withdrawn"),
            Self::Promised => ("granted", "freed"),
            Self::Free => ("deposited, withheld and freed", "withdrawn and granted"),
            Self::Vested => ("vested", "given up"),
            Self::Claimed | Self::Withheld => ("claims", ""),
        }
    }
}

/// One measure of one round, or of the whole pool, between two blocks. Base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Root of the round; `None` for the whole pool.
    pub root: Option<B256>,
    /// What is counted.
    pub measure: Measure,
    /// At the first block, from the records.
    pub opening: u128,
    /// What came, from the events between the blocks.
    pub more: u128,
    /// What went, from the events between the blocks.
    pub less: u128,
    /// At the second block, from the records.
    pub closing: u128,
}

impl Row {
    /// Whether opening and movements make the closing balance.
    #[must_use]
    pub fn closes(&self) -> bool {
        let sum = self.opening.checked_add(self.more);
        sum.and_then(|sum| sum.checked_sub(self.less)) == Some(self.closing)
    }
}

/// Movements between two blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movements {
    /// The pool first, then each round by root.
    pub rows: Vec<Row>,
}

impl Movements {
    /// From the records at two blocks and the flow of the events between them.
    ///
    /// # Errors
    /// Terms and state of a grant do not fit together.
    pub fn between(
        opening: &Standing<'_>,
        flows: &Flows,
        closing: &Standing<'_>,
    ) -> Result<Self, Refused> {
        let (before, after) = (by_root(opening)?, by_root(closing)?);
        let mut rows = pool((&opening.ledger.pool, &closing.ledger.pool), &flows.all);
        rows.extend(vested(
            None,
            (before.get(&B256::ZERO), after.get(&B256::ZERO)),
        ));
        for (root, line) in after.iter().filter(|(root, _)| !root.is_zero()) {
            let flow = flows.rounds.get(root).copied().unwrap_or_default();
            rows.extend(round(*root, (before.get(root), line), &flow));
        }
        Ok(Self { rows })
    }

    /// Whether every row closes.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.rows.iter().all(Row::closes)
    }
}

fn by_root(standing: &Standing<'_>) -> Result<BTreeMap<B256, RoundLine>, Refused> {
    let lines = standing.rounds()?.into_iter();
    Ok(lines.map(|line| (line.root, line)).collect())
}

fn pool((before, after): (&PoolRecord, &PoolRecord), flow: &Flow) -> Vec<Row> {
    let row = |measure, (opening, closing), (more, less)| Row {
        root: None,
        measure,
        opening,
        more,
        less,
        closing,
    };
    let into = flow.funded.saturating_add(flow.withheld);
    let (granted, freed) = (
        flow.committed.saturating_add(flow.added),
        flow.rescinded.saturating_add(flow.freed),
    );
    vec![
        row(
            Measure::Funded,
            (before.funded, after.funded),
            (into, flow.withdrawn),
        ),
        row(
            Measure::Promised,
            (before.promised, after.promised),
            (granted, freed),
        ),
        row(
            Measure::Free,
            (before.free(), after.free()),
            (
                into.saturating_add(freed),
                flow.withdrawn.saturating_add(granted),
            ),
        ),
        row(
            Measure::Claimed,
            (before.paid_net(), after.paid_net()),
            (flow.paid_net(), 0),
        ),
        row(
            Measure::Withheld,
            (before.withheld, after.withheld),
            (flow.withheld, 0),
        ),
    ]
}

fn round(root: B256, (before, after): (Option<&RoundLine>, &RoundLine), flow: &Flow) -> Vec<Row> {
    let none = RoundLine::default();
    let opening = before.unwrap_or(&none);
    let row = |measure, (opening, closing), (more, less)| Row {
        root: Some(root),
        measure,
        opening,
        more,
        less,
        closing,
    };
    let mut rows = vec![
        row(
            Measure::Promised,
            (opening.promised, after.promised),
            (
                flow.committed.saturating_add(flow.added),
                flow.rescinded.saturating_add(flow.freed),
            ),
        ),
        row(
            Measure::Claimed,
            (opening.claimed, after.claimed),
            (flow.paid_net(), 0),
        ),
        row(
            Measure::Withheld,
            (opening.withheld, after.withheld),
            (flow.withheld, 0),
        ),
    ];
    rows.extend(vested(Some(root), (before, Some(after))));
    rows
}

/// What vests says no event: the movement is the difference of what core makes of both blocks.
fn vested(
    root: Option<B256>,
    (before, after): (Option<&RoundLine>, Option<&RoundLine>),
) -> Option<Row> {
    let of = |line: Option<&RoundLine>| line.map_or(0, |line| line.vested);
    let (opening, closing) = (of(before), of(after));
    Some(Row {
        root,
        measure: Measure::Vested,
        opening,
        more: closing.saturating_sub(opening),
        less: opening.saturating_sub(closing),
        closing,
    })
}
