//! What a new grant has otherwise than the one it replaces, term by term: nobody signs a power away
//! that stands in no sentence.

use alloy_primitives::{Address, B256};
use guerdon_core::terms::{Gate, Schedule, Terms};

use super::text::amount;
use super::{Replaced, zone_of};
use crate::agreement::span;
use crate::calendar::{CalendarError, Zone};
use crate::percent::show_ppb;
use crate::replacement_file::NewGrant;
use crate::words::{describe_gates, describe_schedule, exact_segments};

/// Parts per billion of a basis point.
const PPB_OF_POINT: u32 = 100_000;

/// One term of a new grant that is not the old grant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which term: `withheld from each payment`.
    pub what: &'static str,
    /// What holds now.
    pub before: String,
    /// What would hold.
    pub after: String,
}

impl std::fmt::Display for Changed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            what,
            before,
            after,
        } = self;
        write!(formatter, "{what}: {before} before, {after} after")
    }
}

/// A grant's terms as they hold: the holder may have changed, and the rate may have fallen.
#[derive(Clone, Copy)]
struct Side<'a> {
    terms: &'a Terms,
    holder: Address,
    withhold_bps: u16,
    zone: &'a Zone,
    utc: &'a Zone,
}

/// All of them, the gravest first.
pub(super) fn changed(
    replaced: &Replaced<'_>,
    holder: Address,
    new: &NewGrant,
) -> Result<Vec<Changed>, CalendarError> {
    let zone = zone_of(new.file.agreement.as_ref())?;
    let utc = Zone::named("UTC")?;
    let terms = &new.file.terms;
    let old = Side {
        terms: replaced.terms,
        holder,
        withhold_bps: replaced.record.state.withhold_bps,
        zone: replaced.zone,
        utc: &utc,
    };
    let new = Side {
        terms,
        holder: terms.recipient,
        withhold_bps: terms.withhold_bps,
        zone: &zone,
        utc: &utc,
    };
    let mut all = Vec::new();
    promise(&mut all, replaced, (old, new));
    powers(&mut all, (old, new));
    let document = |side: Side<'_>| format!("the text with the hash {}", side.terms.document);
    add(&mut all, "its agreement", [old, new].map(document));
    Ok(all)
}

/// Both in words, if they differ.
fn add(all: &mut Vec<Changed>, what: &'static str, [before, after]: [String; 2]) {
    if before != after {
        all.push(Changed {
            what,
            before,
            after,
        });
    }
}

/// To whom, how much, when, for what.
fn promise(all: &mut Vec<Changed>, replaced: &Replaced<'_>, (old, new): (Side<'_>, Side<'_>)) {
    let sides = [old, new];
    add(all, "paid to", sides.map(|side| side.holder.to_string()));
    let granted = |side: Side<'_>| amount(side.terms.amount, replaced.unit);
    add(all, "granted", sides.map(granted));
    if (&old.terms.vesting, old.terms.start) != (&new.terms.vesting, new.terms.start) {
        let clock = |side: Side<'_>| clock(side, &side.terms.vesting, side.terms.start);
        add(all, "earned by time", sides.map(clock));
    }
    if old.terms.gates != new.terms.gates {
        let words = sides.map(|side| results(&side.terms.gates, replaced));
        add(all, "results", words);
    }
    if old.terms.unlock != new.terms.unlock {
        add(all, "vested money may leave", sides.map(leaves));
    }
}

/// The words, and behind them the same to the second: words name no date between the first and the
/// last, and count stages where there are many.
fn clock(side: Side<'_>, schedule: &Schedule, start: u64) -> String {
    let words = describe_schedule(schedule, start, side.zone);
    let exact = exact_segments(schedule, start, side.utc);
    format!("{words}; exactly, in UTC: {exact}")
}

/// The words with the id of each goal: names are not unique.
fn results(gates: &[Gate], replaced: &Replaced<'_>) -> String {
    match gates {
        [] => "none decides it".to_owned(),
        gates => {
            let goal = |id: B256| match (replaced.goal)(id) {
                name if name == id.to_string() => name,
                name => format!("{name} ({id})"),
            };
            describe_gates(gates, &goal).join(" ")
        }
    }
}

fn leaves(side: Side<'_>) -> String {
    match &side.terms.unlock {
        None => "at once".to_owned(),
        Some(unlock) => clock(side, &unlock.schedule, unlock.start),
    }
}

/// What either side may do later.
fn powers(all: &mut Vec<Changed>, (old, new): (Side<'_>, Side<'_>)) {
    let sides = [old, new];
    let may = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let lasts = |seconds: u32, none: &str| match seconds {
        0 => none.to_owned(),
        seconds => span(seconds),
    };
    add(
        all,
        "withheld for tax from each payment",
        sides.map(|side| show_ppb(u32::from(side.withhold_bps) * PPB_OF_POINT)),
    );
    add(
        all,
        "the company may end it",
        sides.map(|side| may(side.terms.powers.end)),
    );
    add(
        all,
        "how far back an end may reach",
        sides.map(|side| lasts(side.terms.backdate_seconds, "not at all")),
    );
    add(
        all,
        "grace after an end as a good leaver",
        sides.map(|side| lasts(side.terms.grace_seconds, "none")),
    );
    add(
        all,
        "how long the company may pause it in all",
        sides.map(|side| lasts(side.terms.pause_max, "never")),
    );
    add(
        all,
        "the holder may move it to another account",
        sides.map(|side| may(side.terms.powers.r#move)),
    );
    add(
        all,
        "the company may recover it for a lost key",
        sides.map(|side| may(side.terms.powers.recover)),
    );
}
