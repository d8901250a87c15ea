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

/// What a term says. As text it is whole: every digit of a hash, every decimal of an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Who is paid.
    Account(Address),
    /// Base units of the token.
    Amount(u128, (String, u8)),
    /// An agreement, by the hash of its text.
    Agreement(B256),
    /// A schedule, and to the second: words name no date between the first and the last, and count
    /// stages where there are many.
    Clock {
        /// In words.
        words: String,
        /// Every date of it, in UTC.
        exact: String,
    },
    /// Anything else, in words; hashes in it are whole.
    Words(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(account) => write!(formatter, "{account}"),
            Self::Amount(units, (symbol, decimals)) => {
                formatter.write_str(&amount(*units, (symbol, *decimals)))
            }
            Self::Agreement(hash) => write!(formatter, "the text with the hash {hash}"),
            Self::Clock { words, exact } => write!(formatter, "{words}; exactly, in UTC: {exact}"),
            Self::Words(words) => formatter.write_str(words),
        }
    }
}

/// One term of a new grant that is not the old grant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which term: `withheld from each payment`.
    pub what: &'static str,
    /// What holds now.
    pub before: Value,
    /// What would hold.
    pub after: Value,
}

/// The terms of a new grant beside the old one's, each in one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Those that are not as they were, the gravest first.
    pub changed: Vec<Changed>,
    /// Those that stay, with what they say.
    pub same: Vec<(&'static str, Value)>,
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

/// All of them.
pub(super) fn compared(
    replaced: &Replaced<'_>,
    holder: Address,
    new: &NewGrant,
) -> Result<Compared, CalendarError> {
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
    let mut all = Compared::default();
    promise(&mut all, replaced, (old, new));
    powers(&mut all, (old, new));
    let document = |side: Side<'_>| Value::Agreement(side.terms.document);
    all.add("its agreement", [old, new].map(document));
    Ok(all)
}

impl Compared {
    /// A term that differs if its words do.
    fn add(&mut self, what: &'static str, [before, after]: [Value; 2]) {
        match before == after {
            true => self.same.push((what, before)),
            false => self.changed.push(Changed {
                what,
                before,
                after,
            }),
        }
    }

    /// A term whose words may differ where it does not, as dates do in another zone.
    fn add_if(&mut self, differs: bool, what: &'static str, [before, after]: [Value; 2]) {
        match differs {
            true => self.changed.push(Changed {
                what,
                before,
                after,
            }),
            false => self.same.push((what, before)),
        }
    }
}

/// To whom, how much, when, for what.
fn promise(all: &mut Compared, replaced: &Replaced<'_>, (old, new): (Side<'_>, Side<'_>)) {
    let sides = [old, new];
    all.add("paid to", sides.map(|side| Value::Account(side.holder)));
    let unit = (replaced.unit.0.to_owned(), replaced.unit.1);
    let granted = |side: Side<'_>| Value::Amount(side.terms.amount, unit.clone());
    all.add("granted", sides.map(granted));
    let clocks = sides.map(|side| (&side.terms.vesting, side.terms.start));
    let words = sides.map(|side| clock(side, &side.terms.vesting, side.terms.start));
    all.add_if(clocks[0] != clocks[1], "earned by time", words);
    let differs = old.terms.gates != new.terms.gates;
    let words = sides.map(|side| Value::Words(results(&side.terms.gates, replaced)));
    all.add_if(differs, "results", words);
    let differs = old.terms.unlock != new.terms.unlock;
    all.add_if(differs, "vested money may leave", sides.map(leaves));
}

fn clock(side: Side<'_>, schedule: &Schedule, start: u64) -> Value {
    Value::Clock {
        words: describe_schedule(schedule, start, side.zone),
        exact: exact_segments(schedule, start, side.utc),
    }
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

fn leaves(side: Side<'_>) -> Value {
    match &side.terms.unlock {
        None => Value::Words("at once".to_owned()),
        Some(unlock) => clock(side, &unlock.schedule, unlock.start),
    }
}

/// What either side may do later.
fn powers(all: &mut Compared, (old, new): (Side<'_>, Side<'_>)) {
    let sides = [old, new];
    let may = |is: bool| Value::Words(if is { "yes" } else { "no" }.to_owned());
    let lasts = |seconds: u32, none: &str| match seconds {
        0 => Value::Words(none.to_owned()),
        seconds => Value::Words(span(seconds)),
    };
    let withheld =
        |side: Side<'_>| Value::Words(show_ppb(u32::from(side.withhold_bps) * PPB_OF_POINT));
    all.add("withheld for tax from each payment", sides.map(withheld));
    all.add(
        "the company may end it",
        sides.map(|side| may(side.terms.powers.end)),
    );
    all.add(
        "how far back an end may reach",
        sides.map(|side| lasts(side.terms.backdate_seconds, "not at all")),
    );
    all.add(
        "grace after an end as a good leaver",
        sides.map(|side| lasts(side.terms.grace_seconds, "none")),
    );
    all.add(
        "how long the company may pause it in all",
        sides.map(|side| lasts(side.terms.pause_max, "never")),
    );
    all.add(
        "the holder may move it to another account",
        sides.map(|side| may(side.terms.powers.r#move)),
    );
    all.add(
        "the company may recover it for a lost key",
        sides.map(|side| may(side.terms.powers.recover)),
    );
}
