//! A round's page: whether it is funded, and what became of its grants.

use guerdon_core::grant::Reason;
use jiff::tz::TimeZone;

use crate::dates;
use crate::numbers::{count, grouped};

pub(crate) const PROMISED: &str = "Promised";
pub(crate) const PAID: &str = "Paid";
pub(crate) const BACK: &str = "Back to free";
pub(crate) const BACK_NOTE: &str = "ended, settled or replaced";
pub(crate) const STILL: &str = "Still promised";

pub(crate) const RESCINDED: (&str, &str) = (
    "It was taken back.",
    "Its total is 0 and its root can never be used again.",
);
pub(crate) const FUNDED: &str = "Yes, in full.";
pub(crate) const NOT_FUNDED: &str = "The records say no, which the contract forbids.";
pub(crate) const NOT_BINDING_WHY: &str = "Until then nothing of it opens, and the company may take \
    it back.";

/// In the place of an amount.
pub(crate) const NOTHING: &str = "nothing";
pub(crate) const UNKNOWN_TERMS: &str = "terms not known";

/// `Round 2026 H1`
pub(crate) fn heading(title: &str) -> String {
    format!("Round {title}")
}

/// `Committed 1 Jul 2026, binding since 4 Jul 2026.`
pub(crate) fn lead(committed: &str) -> String {
    format!("Committed {committed}.")
}

pub(crate) fn unopened(left: u64) -> String {
    format!(
        "{} not opened yet; nothing about them is shown.",
        count(left, "grant")
    )
}

/// `6 of 9 grants opened; 1 replaced by 2`
pub(crate) fn opened((opened, all): (u64, Option<u64>), (old, new): (u64, u64)) -> String {
    let grants = match all {
        Some(all) => format!("{} of {} opened", grouped(opened), count(all, "grant")),
        None => format!("{} opened", count(opened, "grant")),
    };
    match (old, new) {
        (0, 0) => grants,
        (old, new) => format!("{grants}; {} replaced by {}", grouped(old), grouped(new)),
    }
}

/// `in 5 payments; 12.00 ACC withheld`
pub(crate) fn payments(payments: u64, withheld: Option<&str>) -> String {
    let payments = count(payments, "payment");
    match withheld {
        Some(kept) => format!("in {payments}; {kept} withheld"),
        None => format!("in {payments}"),
    }
}

pub(crate) fn funded(open: &str, held: &str) -> String {
    format!(
        "All rounds together are promised {open}, and the contract holds {held} against it. It \
         refuses to commit a round that its free money does not cover, and the sums are part of \
         the round's root, so all grants of it together fit into its total."
    )
}

pub(crate) fn not_binding(day: &str) -> String {
    format!("Not binding before {day}.")
}

/// A grant that took the place of the one of a leaf.
pub(crate) fn instead_of(leaf: u128) -> String {
    format!("instead of {}", grouped(leaf))
}

/// Why nothing is claimable, in two or three words; the grant's page says all of it.
pub(crate) fn nothing_yet(reasons: &[Reason], zone: &TimeZone) -> String {
    let words = reasons.iter().find_map(|reason| match *reason {
        Reason::NotStarted { until } | Reason::BeforeCliff { until } => {
            Some(format!("nothing before {}", dates::day(until, zone)))
        }
        Reason::WaitsForTime {
            next: Some((at, _)),
            ..
        } => Some(format!("next on {}", dates::day(at, zone))),
        Reason::UnlockClock { until, .. } => {
            Some(format!("unlocks on {}", dates::day(until, zone)))
        }
        Reason::WaitsForResult { .. } => Some("waits for a result".to_owned()),
        _ => None,
    });
    words.unwrap_or_else(|| "all claimed".to_owned())
}
