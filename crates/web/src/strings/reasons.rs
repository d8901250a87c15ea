//! Why a part of a grant is where it is: the bar, its legend, and one block per reason.

use alloy_primitives::{Address, B256};
use guerdon_core::grant::Reason;
use guerdon_core::ledger::GrantRecord;
use guerdon_core::succession::Stage;
use jiff::tz::TimeZone;

use super::goal_words;
use super::next::{Stop, who_acts_next};
use crate::charts::bar::Part;
use crate::dates;
use crate::html::Money;
use crate::numbers::{Token, shortened};
use crate::views::{Goals, Why};

/// One entry below the bar.
#[derive(Debug)]
pub(crate) struct LegendEntry {
    pub(crate) class: &'static str,
    pub(crate) word: String,
    pub(crate) amount: Money,
}

/// What reasons are told with.
#[derive(Clone, Copy)]
pub(crate) struct Teller<'a> {
    pub(crate) token: &'a Token,
    pub(crate) goals: Goals<'a>,
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: u64,
    /// Withheld so far, out of what was released.
    pub(crate) withheld: u128,
    /// Released by the grants it replaced, out of what was released.
    pub(crate) inherited: u128,
    /// Where its recovery stands.
    pub(crate) recovery: Stage,
    /// Whether others took its place.
    pub(crate) was_replaced: bool,
    /// From when on its round binds the company.
    pub(crate) binding_at: u64,
}

impl Teller<'_> {
    /// The parts of the bar in order, each with its word.
    pub(crate) fn parts(&self, reasons: &[Reason]) -> Vec<(Part, u128, String)> {
        let mut parts = Vec::new();
        for reason in reasons {
            self.parts_of(reason, &mut parts);
        }
        // Claimed and claimable are always said, even as nothing: the reasons tell why.
        for (part, word) in [
            (Part::Claimed, "claimed"),
            (Part::Claimable, "claimable now"),
        ] {
            if !parts.iter().any(|(have, _, _)| *have == part) {
                parts.push((part, 0, word.to_owned()));
            }
        }
        parts.sort_by_key(|(part, _, _)| *part);
        merged(parts)
    }

    /// What events alone tell, when the terms are not known here.
    pub(crate) fn parts_of_events(record: &GrantRecord) -> Vec<(Part, u128, String)> {
        let rest = record.held().saturating_sub(record.state.released);
        let freed = record.amount.saturating_sub(record.held());
        let all = [
            (Part::Claimed, record.paid_net, "claimed"),
            (Part::Withheld, record.withheld, "withheld for tax"),
            (Part::Unvested, rest, "not known here"),
            (Part::Freed, freed, "freed"),
        ];
        // What a replaced grant held went to those in its place; how much of it was freed is told
        // by their round.
        let passed_on = [
            (Part::Claimed, record.paid_net, "claimed"),
            (Part::Withheld, record.withheld, "withheld for tax"),
            (
                Part::Freed,
                record.amount.saturating_sub(record.handed_on()),
                "passed on to other grants or freed",
            ),
        ];
        let all = match record.was_replaced() {
            true => passed_on.to_vec(),
            false => all.to_vec(),
        };
        let shown = all.into_iter().filter(|(_, amount, _)| *amount > 0);
        shown
            .map(|(part, amount, word)| (part, amount, word.to_owned()))
            .collect()
    }

    fn parts_of(&self, reason: &Reason, parts: &mut Vec<(Part, u128, String)>) {
        let mut push = |part, amount, word: &str| parts.push((part, amount, word.to_owned()));
        match *reason {
            Reason::Paid { amount } => {
                let own = amount.saturating_sub(self.inherited);
                push(Part::Claimed, own.saturating_sub(self.withheld), "claimed");
                if self.inherited > 0 {
                    let word = "claimed of the grant it replaced";
                    push(Part::Claimed, self.inherited, word);
                }
                if self.withheld > 0 {
                    push(Part::Withheld, self.withheld, "withheld for tax");
                }
            }
            Reason::Claimable { amount } => push(Part::Claimable, amount, "claimable now"),
            Reason::UnlockClock { amount, .. } => {
                push(Part::Clock, amount, "vested, not unlocked yet");
            }
            Reason::WaitsForResult { amount, .. } => {
                push(Part::Waiting, amount, "earned by time, waits for a result");
            }
            Reason::WaitsForTime {
                amount, full_at, ..
            } => {
                let until = dates::month(full_at, self.zone);
                push(
                    Part::Unvested,
                    amount,
                    &format!("not earned yet, until {until}"),
                );
            }
            Reason::NotReached { amount, .. } => push(Part::Freed, amount, "result not reached"),
            Reason::Settled { freed: amount, .. } | Reason::Ended { amount, .. } if amount > 0 => {
                push(Part::Freed, amount, "freed");
            }
            _ => {}
        }
    }

    /// One block for each reason that holds something back, the nearest first.
    pub(crate) fn whys(&self, reasons: &[Reason]) -> Vec<Why> {
        reasons
            .iter()
            .filter_map(|reason| self.why(reason))
            .collect()
    }

    fn why(&self, reason: &Reason) -> Option<Why> {
        let time = who_acts_next(Stop::Time);
        let block = |what: String, why: String| Some(Why::new(what, why, time));
        match *reason {
            Reason::NotOpened => Some(self.not_opened()),
            Reason::WaitsForResult { goal, amount } => Some(self.waits(goal, amount)),
            Reason::NotReached { goal, amount } => Some(self.not_reached(goal, amount)),
            Reason::NotStarted { until } => block(
                format!("Vesting starts on {}.", self.day(until)),
                String::new(),
            ),
            Reason::BeforeCliff { until } => block(
                format!("Nothing is earned before {}.", self.day(until)),
                "The first part of the schedule ends then.".to_owned(),
            ),
            Reason::UnlockClock { amount, until } => block(
                format!("{} are vested and may not leave yet.", self.words(amount)),
                format!(
                    "The terms have an unlock clock; more may leave on {}.",
                    self.day(until)
                ),
            ),
            _ => self.state(reason),
        }
    }

    /// A grant that the chain has no word for yet.
    fn not_opened(&self) -> Why {
        if self.binding_at > self.now {
            let what = format!(
                "Its round is not binding before {}.",
                self.day(self.binding_at)
            );
            let why = "Until then nothing of it opens, and the company may take it back.";
            return Why::new(what, why.to_owned(), who_acts_next(Stop::Time));
        }
        Why::new(
            "This grant is not opened yet.".to_owned(),
            "Nothing is lost by that: its first claim opens and pays it in one transaction."
                .to_owned(),
            who_acts_next(Stop::NotOpened),
        )
    }

    /// Blocks about the state of the whole grant.
    fn state(&self, reason: &Reason) -> Option<Why> {
        let (what, why, stop) = match *reason {
            Reason::Paused { since, until } => (
                format!("The clock has been stopped since {}.", self.day(since)),
                format!("The terms let it stand at most until {}.", self.day(until)),
                Stop::Paused,
            ),
            Reason::HeldByHolder => (
                "Only the holder may call for payment.".to_owned(),
                "The holder asked for that, and can undo it.".to_owned(),
                Stop::HeldByHolder,
            ),
            Reason::Recovering => return Some(self.recovering()),
            Reason::Closed if self.was_replaced => (
                "This grant was replaced and pays nothing any more.".to_owned(),
                "Its holder signed for the grants that took its place.".to_owned(),
                Stop::Replaced,
            ),
            Reason::Closed => (
                "This grant is closed and pays nothing.".to_owned(),
                "Its terms were invalid.".to_owned(),
                Stop::Invalid,
            ),
            Reason::Settled { value, .. } => (
                format!("The final amount is fixed: {}.", self.words(value)),
                "No clock and no goal can change it.".to_owned(),
                Stop::Settled,
            ),
            Reason::Ended {
                stop_at,
                amount,
                grace,
            } => (
                self.ended(stop_at, grace),
                format!("{} went back to the pool.", self.words(amount)),
                match stop_at > self.now {
                    true => Stop::Time,
                    false => Stop::Ended,
                },
            ),
            _ => return None,
        };
        let done = matches!(
            reason,
            Reason::Closed | Reason::Settled { .. } | Reason::Ended { .. }
        );
        Some(Why::new(what, why, who_acts_next(stop)).done(done))
    }

    /// A recovery that stands: to whom, when, and who can stop it.
    fn recovering(&self) -> Why {
        let short = |to: Address| shortened(&to.to_checksum(None));
        let own = "Until then only the holder's own call is paid.";
        let said = "A recovery is announced: the company says that the holder's key is lost.";
        let (what, why) = match self.recovery {
            Stage::Announced { to, from, until } => (
                said.to_owned(),
                format!(
                    "Unless the holder vetoes, the grant can go to {} from {} until {}. {own}",
                    short(to),
                    self.day(from),
                    self.day(until)
                ),
            ),
            Stage::Open { to, until } => (
                said.to_owned(),
                format!(
                    "The grant can go to {} now, until {}. {own}",
                    short(to),
                    self.day(until)
                ),
            ),
            Stage::Lapsed { until, .. } => (
                format!("A recovery lapsed on {}.", self.day(until)),
                "Nobody executed it. Until it is cleared, only the holder's own call is paid."
                    .to_owned(),
            ),
            Stage::None | Stage::Quiet { .. } => (said.to_owned(), own.to_owned()),
        };
        Why::new(what, why, who_acts_next(Stop::Recovery(self.recovery)))
    }

    fn ended(&self, stop_at: u64, grace: bool) -> String {
        let verb = if stop_at > self.now { "ends" } else { "ended" };
        let grace = if grace {
            ", with the grace of its terms"
        } else {
            ""
        };
        format!("The grant {verb} on {}{grace}.", self.day(stop_at))
    }

    fn waits(&self, goal: B256, amount: u128) -> Why {
        let title = self.goals.title(goal);
        let what = format!(
            "{} are earned by time but wait for a result.",
            self.words(amount)
        );
        let Some(known) = self.goals.get(goal) else {
            let why = format!("The goal “{title}” is not known here.");
            return Why::new(what, why, who_acts_next(Stop::UnknownGoal));
        };
        let standing = goal_words::standing(&known.record, self.zone, self.now);
        let why = format!("Goal “{title}”: {}", standing.state_sentence());
        Why::new(what, why, &standing.next).of_goal(goal)
    }

    fn not_reached(&self, goal: B256, amount: u128) -> Why {
        let what = format!("{} stay shut.", self.words(amount));
        let title = self.goals.title(goal);
        let why = format!("The result of the goal “{title}” is final and does not open them.");
        Why::new(what, why, who_acts_next(Stop::NotReached)).of_goal(goal)
    }

    fn words(&self, amount: u128) -> String {
        self.token.words(amount)
    }

    fn day(&self, at: u64) -> String {
        dates::day(at, self.zone)
    }
}

/// The words under a bar.
pub(crate) fn legend(parts: &[(Part, u128, String)], token: &Token) -> Vec<LegendEntry> {
    let entry = |(part, amount, word): &(Part, u128, String)| LegendEntry {
        class: part.class(),
        word: word.clone(),
        amount: Money::plain(*amount, token),
    };
    parts.iter().map(entry).collect()
}

/// Joins neighbours with the same word, as the waits for two goals.
fn merged(parts: Vec<(Part, u128, String)>) -> Vec<(Part, u128, String)> {
    let mut out: Vec<(Part, u128, String)> = Vec::new();
    for (part, amount, word) in parts {
        match out.last_mut() {
            Some(last) if last.0 == part && last.2 == word => {
                last.1 = last.1.saturating_add(amount)
            }
            _ => out.push((part, amount, word)),
        }
    }
    out
}
