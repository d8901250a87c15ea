use alloy_primitives::B256;
use guerdon_core::act::{Results, Standing};
use guerdon_core::grant::{Desk, Refused, amounts, holder, payment};
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::{
    self, Around, Born, Lookup, Replacement, Signed, SuccessionRefused,
};
use guerdon_core::terms::{Terms, TermsError};
use serde_json::{Value, json};

mod changes;
mod sides;
mod text;

pub use changes::{Changed, Compared, Value as TermValue};
use sides::{Hers, Shut};
use text::{both, time};

use crate::agreement::Agreement;
use crate::calendar::{CalendarError, Zone};
use crate::replacement_file::ReplacementFile;

/// Two figures: before, and after.
type Pair = (u128, u128);

/// The grant that is to be replaced, and what is known around it.
#[derive(Clone, Copy)]
pub struct Replaced<'a> {
    /// What the chain's events tell.
    pub ledger: &'a Ledger,
    /// The contracts and the moment.
    pub desk: Desk,
    /// Its record.
    pub record: &'a GrantRecord,
    /// Its terms.
    pub terms: &'a Terms,
    /// The company's own name for it.
    pub name: &'a str,
    /// The zone of its dates.
    pub zone: &'a Zone,
    /// What people call a goal.
    pub goal: &'a dyn Fn(B256) -> String,
    /// Symbol and decimals of the token.
    pub unit: (&'a str, u8),
}

impl std::fmt::Debug for Replaced<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Replaced")
            .field("record", self.record)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Figures before and after, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Granted, of the old grant and of all new ones.
    pub granted: (u128, u128),
    /// Vested.
    pub vested: (u128, u128),
    /// What a claim would bring net.
    pub claimable: (u128, u128),
    /// The same three of the present holder alone, where new grants are for others too.
    pub holders: Option<[(u128, u128); 3]>,
}

/// Why a replacement cannot be weighed.
#[derive(Debug, thiserror::Error)]
pub enum Unweighed {
    /// The contract would refuse it.
    #[error(transparent)]
    Refused(#[from] SuccessionRefused),
    /// New terms that no contract would take.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// Dates that no calendar has.
    #[error(transparent)]
    Dates(#[from] CalendarError),
}

impl From<Refused> for Unweighed {
    fn from(refused: Refused) -> Self {
        Self::Refused(SuccessionRefused::Grant(refused))
    }
}

/// A replacement that the contract would carry out now, weighed: the same words for the company,
/// for the holder, on the command line and on the page.
#[derive(Debug)]
pub struct Weighed {
    born: Vec<Born>,
    /// The grant in one sentence.
    was: String,
    /// One sentence for each new grant.
    words: Vec<String>,
    /// For each new grant its terms beside the old one's.
    compared: Vec<Compared>,
    hers: Hers,
    shut: Vec<Shut>,
    granted: Pair,
    vested: Pair,
    claimable: Pair,
    freed: i128,
    lost: Vec<&'static str>,
    /// What the first takes over as paid beyond what its own terms have earned.
    ahead: u128,
    deadline: u64,
    unit: (String, u8),
}

/// The chain's answers as the events tell them.
#[derive(Debug)]
struct Known<'a>(&'a Ledger);

impl Lookup for Known<'_> {
    fn is_taken(&self, id: B256) -> bool {
        self.0.grants.contains_key(&id)
    }

    fn goal(&self, goal: B256) -> Option<guerdon_core::grant::GateResult> {
        self.0.goals.get(&goal).map(|goal| goal.gate_result(None))
    }
}

/// The bytes of the new terms, in order.
///
/// # Errors
/// [`TermsError`] for terms that could not be opened.
pub fn encoded(file: &ReplacementFile) -> Result<Vec<Vec<u8>>, TermsError> {
    let terms = file.successors.iter().map(|new| new.file.terms.encode());
    terms.collect()
}

/// The zone of a grant's dates, which its agreement names; UTC when it names none.
///
/// # Errors
/// Only if the bundled database lacked UTC.
pub fn zone_of(agreement: Option<&Agreement>) -> Result<Zone, CalendarError> {
    let text = agreement.map_or("", |agreement| agreement.text.as_str());
    let line = text
        .lines()
        .find(|line| line.starts_with("Earned by time: "));
    let name = line
        .and_then(|line| line.strip_suffix(')')?.rsplit_once('('))
        .map(|it| it.1);
    let named = name.and_then(|name| Zone::named(name).ok());
    named.map_or_else(|| Zone::named("UTC"), Ok)
}

impl Replaced<'_> {
    /// The grant as it stands.
    fn standing(&self) -> Standing<'_> {
        Standing {
            desk: self.desk,
            terms: self.terms,
            state: &self.record.state,
            recovery: &self.record.recovery,
            holder: holder(self.terms, &self.record.state, self.record.moved_to),
            results: self.ledger,
            free: self.ledger.pool.free(),
        }
    }

    /// Checks all that the contract would check and weighs what comes of it. `is_good`: whether the
    /// holder's signature is there, or is to be taken as given.
    ///
    /// # Errors
    /// [`Unweighed`] says what the contract would refuse.
    pub fn weigh(&self, file: &ReplacementFile, is_good: bool) -> Result<Weighed, Unweighed> {
        let standing = self.standing();
        let around = Around {
            desk: &self.desk,
            lookup: &Known(self.ledger),
            free: standing.free,
        };
        let order = Replacement {
            successors: &encoded(file)?,
            deadline: file.deadline,
            signed: Signed {
                holder: standing.holder,
                is_good,
            },
        };
        let gates = standing.gates(standing.state);
        let (_, born) = succession::replace(&around, &standing.found(), &gates, &order)?;
        self.weighed(&standing, file, born)
    }

    /// Vested, and what a claim would bring net.
    fn figures(&self, terms: &Terms, state: &State) -> Result<Pair, Refused> {
        let stop_at = Some(state.clock().stop_at).filter(|time| *time != 0);
        let gates = self.ledger.gates(terms, stop_at);
        let found = amounts(terms, state, &gates, self.desk.now)?;
        let net = payment(found.payable, state.withhold_bps).net;
        Ok((found.vested, net))
    }

    fn weighed(
        &self,
        standing: &Standing<'_>,
        file: &ReplacementFile,
        born: Vec<Born>,
    ) -> Result<Weighed, Unweighed> {
        let before = self.figures(self.terms, standing.state)?;
        let (mut after, mut ahead) = ((0_u128, 0_u128), 0_u128);
        let mut hers = Hers::before(self.terms.amount, before);
        for one in &born {
            let (vested, claimable) = self.figures(&one.terms, &one.state)?;
            after.0 = after.0.saturating_add(vested);
            after.1 = after.1.saturating_add(claimable);
            let is_hers = one.terms.recipient == standing.holder;
            hers.add(is_hers, one.terms.amount, (vested, claimable));
            let unpaid = State {
                released: 0,
                ..one.state
            };
            let (earned, _) = self.figures(&one.terms, &unpaid)?;
            ahead = ahead.saturating_add(one.state.released.saturating_sub(earned));
        }
        let words = file.successors.iter().map(|new| sides::new(self, new));
        let compared = file.successors.iter();
        let compared = compared.map(|new| changes::compared(self, standing.holder, new));
        let granted = born.iter().map(|one| one.terms.amount);
        Ok(Weighed {
            was: sides::old(self, standing.holder),
            hers,
            shut: sides::shut(self, &born),
            words: words.collect::<Result<_, _>>()?,
            compared: compared.collect::<Result<_, _>>()?,
            granted: (self.terms.amount, granted.sum()),
            vested: (before.0, after.0),
            claimable: (before.1, after.1),
            freed: born.iter().map(|one| one.freed).sum(),
            lost: lost(standing.state),
            ahead,
            deadline: file.deadline,
            unit: (self.unit.0.to_owned(), self.unit.1),
            born,
        })
    }
}

/// What of the old grant's state nobody inherits.
fn lost(state: &State) -> Vec<&'static str> {
    let clock = state.clock();
    let all = [
        (state.has(Flags::PAUSED), "its pause"),
        (state.has(Flags::ENDED), "its end"),
        (state.has(Flags::SETTLED), "its final amount"),
        (clock.credit > 0, "the time its clock was set forward"),
        (clock.lost > 0, "the time it lost in pauses"),
        (state.has(Flags::HOLDER_ONLY), "its holder's hold on claims"),
        (
            state.has(Flags::RECOVERING),
            "its recovery, which is cancelled",
        ),
    ];
    all.into_iter()
        .filter_map(|(is_there, words)| is_there.then_some(words))
        .collect()
}

/// Said behind the terms that change.
const AS_BEFORE: &str = "every other term as before";

const PLACES: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// What changes in each of them.
const IN_PLACES: [&str; 8] = [
    "in the first",
    "in the second",
    "in the third",
    "in the fourth",
    "in the fifth",
    "in the sixth",
    "in the seventh",
    "in the eighth",
];

impl Weighed {
    /// What takes its place, in order.
    #[must_use]
    pub fn born(&self) -> &[Born] {
        &self.born
    }

    /// What it frees in base units (below 0: what it takes of the free money).
    #[must_use]
    pub fn freed(&self) -> i128 {
        self.freed
    }

    /// For each new grant, in order, its terms beside the old one's.
    #[must_use]
    pub fn compared(&self) -> &[Compared] {
        &self.compared
    }

    /// Before and after, of all and of the present holder.
    #[must_use]
    pub const fn figures(&self) -> Figures {
        Figures {
            granted: self.granted,
            vested: self.vested,
            claimable: self.claimable,
            holders: self.hers.figures(),
        }
    }

    /// A sentence for each goal of the new grants for which no attempt can come any more.
    #[must_use]
    pub fn shut(&self) -> Vec<String> {
        self.shut.iter().map(|one| one.words().to_owned()).collect()
    }

    /// What of the old grant's state nobody inherits.
    #[must_use]
    pub fn lost(&self) -> &[&'static str] {
        &self.lost
    }

    /// What the first takes over as paid beyond what its own terms have earned, in base units.
    #[must_use]
    pub const fn ahead(&self) -> u128 {
        self.ahead
    }

    /// What a person must know before she agrees: a label, and the words. A label may stand on
    /// several lines, one for each term that changes.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let amount = |base_units| text::amount(base_units, (&self.unit.0, self.unit.1));
        let mut facts = vec![("was", self.was.clone())];
        let places = PLACES.into_iter().zip(IN_PLACES);
        for ((place, inside), (words, compared)) in
            places.zip(self.words.iter().zip(&self.compared))
        {
            facts.push((place, words.clone()));
            let changed = compared.changed.iter();
            facts.extend(changed.map(|changed| (inside, changed.to_string())));
            facts.push((inside, AS_BEFORE.to_owned()));
        }
        facts.push(("granted", both(self.granted, amount)));
        facts.push(("vested", both(self.vested, amount)));
        facts.push(("claimable", both(self.claimable, amount)));
        facts.extend(self.hers.facts(&amount));
        facts.extend(sides::shut_facts(&self.shut));
        if self.ahead > 0 {
            let ahead = amount(self.ahead);
            let text = format!(
                "the first takes over {ahead} more as paid than its own terms have earned: it pays \
                 nothing until they have, and meanwhile that much more is vested in all"
            );
            facts.push(("note", text));
        }
        match u128::try_from(self.freed) {
            Ok(0) => {}
            Ok(freed) => facts.push(("frees", amount(freed))),
            Err(_) => {
                let more = amount(self.freed.unsigned_abs());
                facts.push(("needs", format!("{more} of the free money")));
            }
        }
        if !self.lost.is_empty() {
            facts.push(("not carried over", self.lost.join(", ")));
        }
        facts.push(("signature good until", time(self.deadline)));
        facts
    }

    /// The same as data.
    #[must_use]
    pub fn value(&self, file: &ReplacementFile) -> Value {
        let new = file.successors.iter().zip(&self.born).zip(&self.words);
        let new = new
            .zip(&self.compared)
            .map(|(((new, one), words), compared)| {
                let changes = compared.changed.iter().map(|it| {
                    let (before, after) = (it.before.to_string(), it.after.to_string());
                    json!({"term": it.what, "before": before, "after": after})
                });
                json!({
                    "name": new.name,
                    "id": one.id.to_string(),
                    "recipient": format!("{:#x}", one.terms.recipient),
                    "amount": one.terms.amount.to_string(),
                    "words": words,
                    "changes": changes.collect::<Vec<_>>(),
                })
            });
        json!({
            "was": self.was,
            "successors": new.collect::<Vec<_>>(),
            "holders": self.hers.value(),
            "goals": sides::shut_value(&self.shut),
            "granted_before": self.granted.0.to_string(),
            "granted_after": self.granted.1.to_string(),
            "vested_before": self.vested.0.to_string(),
            "vested_after": self.vested.1.to_string(),
            "claimable_before": self.claimable.0.to_string(),
            "claimable_after": self.claimable.1.to_string(),
            "freed": self.freed.to_string(),
            "ahead": self.ahead.to_string(),
            "deadline": self.deadline,
            "digest": file.digest().to_string(),
            "signed": file.signature.is_some(),
        })
    }
}
