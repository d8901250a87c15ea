//! What a replacement means, before and after: the same words for the company and for the holder.

use alloy_primitives::B256;
use guerdon_core::grant::{Desk, GateResult, amounts, payment};
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::{self, Around, Born, Found, Lookup, Recovery, Replacement, Signed};
use guerdon_core::terms::Terms;
use guerdon_formats::replacement_file::ReplacementFile;
use serde_json::{Value, json};

use super::refusal::refusal_of_replacing;
use super::sides::{self, Hers, Shut, goal_names, shut};
use crate::commands::grant::change::{Subject, both};
use crate::error::{Failure, Outcome};
use crate::session::results_at;
use crate::words::{Unit, time};

/// Two figures: before, and after.
pub(super) type Pair = (u128, u128);

/// A replacement that the contract would carry out now, weighed.
#[derive(Debug)]
pub(super) struct Weighed {
    born: Vec<Born>,
    /// The grant in one sentence.
    was: String,
    /// One sentence for each new grant.
    words: Vec<String>,
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
}

/// The chain's answers as the events tell them.
#[derive(Debug)]
struct Known<'a>(&'a Ledger);

impl Lookup for Known<'_> {
    fn is_taken(&self, id: B256) -> bool {
        self.0.grants.contains_key(&id)
    }

    fn goal(&self, goal: B256) -> Option<GateResult> {
        self.0.goals.get(&goal).map(|goal| goal.gate_result(None))
    }
}

/// The moment and the contracts.
pub(super) fn desk(subject: &Subject<'_>) -> Desk {
    let session = subject.session;
    Desk {
        domain: Domain::new(session.deployment.chain_id_at_deployment, session.grants()),
        grants: session.grants(),
        token: session.token(),
        now: subject.now,
    }
}

/// The recovery of a grant, as its events tell it.
pub(super) fn recovery(subject: &Subject<'_>) -> Recovery {
    let record = subject.history.ledger.grants.get(&subject.grant.id);
    record.map_or_else(Recovery::default, |record| record.recovery)
}

/// Checks all that the contract would check and weighs what comes of it.
pub(super) fn weigh(
    subject: &Subject<'_>,
    file: &ReplacementFile,
    is_good: bool,
) -> Outcome<Weighed> {
    let ledger = &subject.history.ledger;
    let around = Around {
        desk: &desk(subject),
        lookup: &Known(ledger),
        free: subject.free(),
    };
    let recovery = recovery(subject);
    let found = Found {
        terms: subject.terms(),
        state: &subject.state,
        recovery: &recovery,
    };
    let order = Replacement {
        successors: &encoded(file)?,
        deadline: file.deadline,
        signed: Signed {
            holder: subject.holder,
            is_good,
        },
    };
    let gates = subject.gates(&subject.state);
    let (_, born) = succession::replace(&around, &found, &gates, &order)
        .map_err(|refused| refusal_of_replacing(subject, refused))?;
    weighed(subject, file, born)
}

/// The bytes of the new terms, in order.
pub(super) fn encoded(file: &ReplacementFile) -> Outcome<Vec<Vec<u8>>> {
    let terms = file.successors.iter().map(|new| new.file.terms.encode());
    terms
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::input(error.to_string()))
}

fn weighed(subject: &Subject<'_>, file: &ReplacementFile, born: Vec<Born>) -> Outcome<Weighed> {
    let ledger = &subject.history.ledger;
    let figures = |terms: &Terms, state: &State, gates: &[GateResult]| {
        let found = amounts(terms, state, gates, subject.now);
        let found = found.map_err(|refused| Failure::failed(refused.to_string()))?;
        let net = payment(found.payable, state.withhold_bps).net;
        Ok::<_, Failure>((found.vested, net))
    };
    let gates = subject.gates(&subject.state);
    let before = figures(subject.terms(), &subject.state, &gates)?;
    let (mut after, mut ahead) = ((0, 0), 0_u128);
    let mut hers = Hers {
        granted: (subject.terms().amount, 0),
        vested: (before.0, 0),
        claimable: (before.1, 0),
        others: 0,
    };
    for one in &born {
        let gates = results_at(ledger, &one.terms, None);
        let (vested, claimable) = figures(&one.terms, &one.state, &gates)?;
        after = (after.0 + vested, after.1 + claimable);
        if one.terms.recipient == subject.holder {
            hers.granted.1 += one.terms.amount;
            hers.vested.1 += vested;
            hers.claimable.1 += claimable;
        } else {
            hers.others += one.terms.amount;
        }
        let unpaid = State {
            released: 0,
            ..one.state
        };
        let (earned, _) = figures(&one.terms, &unpaid, &gates)?;
        ahead += one.state.released.saturating_sub(earned);
    }
    let goals = goal_names(subject, file)?;
    let words = file.successors.iter().zip(&born);
    let words = words.map(|(new, one)| sides::new(new, one.id, &goals, &subject.unit()));
    Ok(Weighed {
        was: sides::old(subject, &goals)?,
        hers,
        shut: shut(subject, &born, &goals),
        words: words.collect::<Outcome<_>>()?,
        granted: (
            subject.terms().amount,
            born.iter().map(|one| one.terms.amount).sum(),
        ),
        vested: (before.0, after.0),
        claimable: (before.1, after.1),
        freed: born.iter().map(|one| one.freed).sum(),
        lost: lost(&subject.state),
        ahead,
        deadline: file.deadline,
        born,
    })
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

const PLACES: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

impl Weighed {
    /// What a person must know before she agrees.
    pub(super) fn facts(&self, unit: &Unit) -> Vec<(&'static str, String)> {
        let amount = |base_units| unit.exact(base_units);
        let mut facts = vec![("was", self.was.clone())];
        facts.extend(PLACES.into_iter().zip(self.words.iter().cloned()));
        facts.push(("granted", both(self.granted, amount)));
        facts.push(("vested", both(self.vested, amount)));
        facts.push(("claimable", both(self.claimable, amount)));
        facts.extend(self.hers.facts(unit));
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

    pub(super) fn value(&self, file: &ReplacementFile) -> Value {
        let new = file.successors.iter().zip(&self.born).zip(&self.words);
        let new = new.map(|((new, one), words)| {
            json!({
                "name": new.name,
                "id": one.id,
                "recipient": one.terms.recipient,
                "amount": one.terms.amount.to_string(),
                "words": words,
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
            "digest": file.digest(),
            "signed": file.signature.is_some(),
        })
    }
}

/// Refuses a replacement that is of another grant, contract or state than it was written for.
pub(super) fn require_same(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome {
    let grant = subject.grant;
    if file.old != grant.id {
        return Err(Failure::input(format!(
            "the replacement is of the grant {}, not of {}",
            file.old, grant.name
        )));
    }
    if file.domain != domain(subject)? {
        return Err(Failure::input(
            "the replacement is for another chain or Succession contract",
        ));
    }
    if file.old_word == succession::signed_word(&subject.state) {
        return Ok(());
    }
    let text = format!(
        "{} has changed since the replacement was written",
        grant.name
    );
    Err(Failure::precondition(text).hint(format!(
        "write it anew and let the holder sign that: guerdon grant replace {} --with FILE",
        grant.name
    )))
}

/// Where the holder's signature counts.
pub(super) fn domain(subject: &Subject<'_>) -> Outcome<succession::SuccessionDomain> {
    Ok(succession::SuccessionDomain {
        chain_id: subject.session.chain.chain_id(),
        succession: subject.session.succession()?,
    })
}
