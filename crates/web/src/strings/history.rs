//! Facts as lines of a history: when, what, how much, and the transaction that proves it.

use alloy_primitives::Address;
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::terms::Terms;
use jiff::tz::TimeZone;

use crate::dates;
use crate::html::{Hex, Money, When};
use crate::numbers::{self, Token, payout, percent, shortened};
use crate::views::HistoryRow;

/// What a history is told with.
#[derive(Clone, Copy)]
pub(crate) struct Telling<'a> {
    pub(crate) token: &'a Token,
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: u64,
}

impl Telling<'_> {
    /// The newest first.
    pub(crate) fn rows(&self, facts: &[(Origin, Fact)]) -> Vec<HistoryRow> {
        facts
            .iter()
            .rev()
            .filter(|(_, fact)| !is_half(fact))
            .map(|(origin, fact)| self.row(origin, fact))
            .collect()
    }

    pub(crate) fn row(&self, origin: &Origin, fact: &Fact) -> HistoryRow {
        let (what, amount) = self.grant(fact).unwrap_or_else(|| (self.goal(fact), None));
        let paid = matches!(fact, Fact::Claimed { .. }).then_some(origin.tx);
        HistoryRow {
            paid,
            ..self.line(origin, what, amount)
        }
    }

    pub(crate) fn line(&self, origin: &Origin, what: String, amount: Option<u128>) -> HistoryRow {
        HistoryRow {
            when: When::near(origin.block_time, self.zone, self.now),
            what,
            amount: amount.map(|units| Money::words(units, self.token)),
            proof: Hex::hash(&origin.tx),
            paid: None,
            receipt: None,
        }
    }

    fn grant(&self, fact: &Fact) -> Option<(String, Option<u128>)> {
        let day = |at| dates::day(at, self.zone);
        let with = |words: &str, amount| Some((words.to_owned(), Some(amount)));
        let plain = |words: String| Some((words, None));
        match *fact {
            Fact::Opened { amount, .. } => with("Opened: proven to be part of its round", amount),
            Fact::Invalid { freed, .. } => with("Closed: its terms were invalid; freed", freed),
            Fact::Claimed {
                gross, withheld, ..
            } if withheld > 0 => {
                let kept = self.token.words(withheld);
                let words = format!("Paid to its holder; {kept} withheld for tax");
                Some((words, Some(gross.saturating_sub(withheld))))
            }
            Fact::Claimed { gross, .. } => with("Paid to its holder", gross),
            Fact::ClaimFailed { gross, .. } => with("A payment failed and changed nothing", gross),
            Fact::Ended { stop_at, freed, .. } => {
                let words = format!("Ended by the company as of {}; freed", day(stop_at));
                Some((words, u128::try_from(freed).ok()))
            }
            Fact::EndWithdrawn { .. } => plain("The announced end was withdrawn".to_owned()),
            Fact::Paused { stop_at, .. } => plain(format!("Clock stopped on {}", day(stop_at))),
            Fact::Resumed { lost, .. } => plain(format!(
                "Clock runs again; {} lost in all",
                dates::length(lost.into())
            )),
            Fact::Accelerated { credit, .. } => plain(format!(
                "Advanced; {} gained in all",
                dates::length(credit.into())
            )),
            Fact::Settled { value, .. } => with("Settled: the final amount is fixed", value),
            Fact::Waived { value, .. } => {
                with("Waived by its holder: the final amount is fixed", value)
            }
            Fact::WithholdingLowered { withhold_bps, .. } => {
                let rate = percent(u64::from(withhold_bps) * 100_000);
                plain(format!("Withholding lowered to {rate}"))
            }
            Fact::ClaimsHeld { on: true, .. } => {
                plain("Its holder keeps payment to himself".to_owned())
            }
            Fact::ClaimsHeld { on: false, .. } => {
                plain("Anyone may call for payment again".to_owned())
            }
            _ => self.succession(fact),
        }
    }

    /// Who holds a grant, and what replaced it.
    fn succession(&self, fact: &Fact) -> Option<(String, Option<u128>)> {
        let plain = |words: String| Some((words, None));
        let short = |to: &Address| shortened(&to.to_checksum(None));
        match fact {
            Fact::Succeeded { old, terms, .. } => {
                let amount = Terms::decode(terms).ok().map(|terms| terms.amount);
                let old = shortened(&old.to_string());
                Some((format!("Took the place of grant {old}"), amount))
            }
            Fact::Replaced { count, .. } => {
                let count = numbers::count(count.saturating_to::<u64>(), "grant");
                plain(format!("Replaced by {count}, with its holder's signature"))
            }
            Fact::Moved { to, .. } => plain(format!("Moved by its holder to {}", short(to))),
            Fact::RecoveryAnnounced { to, .. } => plain(format!(
                "Recovery to {} announced, for a lost key",
                short(to)
            )),
            Fact::RecoveryExecuted { to, .. } => {
                plain(format!("Recovered: {} holds it", short(to)))
            }
            Fact::RecoveryVetoed { .. } => plain("Recovery cancelled by its holder".to_owned()),
            Fact::RecoveryLapsed { .. } => plain("Lapsed recovery cleared".to_owned()),
            _ => None,
        }
    }

    fn goal(&self, fact: &Fact) -> String {
        if let Some(number) = attempt_of(fact) {
            return self.attempt(fact, &numbers::ordinal(number));
        }
        match *fact {
            Fact::GoalDefined { m, ref panel, .. } => {
                format!("Defined, with a panel of {m} of {}", panel.len())
            }
            Fact::Demanded { .. } => "The sponsor asked for a run".to_owned(),
            Fact::DemandRefused { .. } => "The arbiter refused the demand".to_owned(),
            Fact::Extended { closes, .. } => {
                format!("Window extended to {}", dates::day(closes, self.zone))
            }
            Fact::GoalClosed { fraction, .. } => {
                format!("Closed for ever: pays {}", payout(fraction.into()))
            }
            _ => "Another event".to_owned(),
        }
    }

    /// What happened to the `nth` attempt.
    fn attempt(&self, fact: &Fact, nth: &str) -> String {
        let until = |at| dates::day(at, self.zone);
        let pays = |fraction: u32| payout(fraction.into());
        match *fact {
            Fact::Registered { deadline, .. } => {
                let until = until(deadline);
                format!("The {nth} attempt registered; its run may last until {until}")
            }
            Fact::Sealed { .. } => format!("Items of the {nth} attempt drawn by the chain"),
            Fact::Proposed {
                fraction,
                deadline,
                signers,
                ..
            } => format!(
                "Result of the {nth} attempt proposed with {} signatures: would pay {}; open to \
                 challenge until {}",
                signers.count_ones(),
                pays(fraction),
                until(deadline)
            ),
            Fact::Expired { .. } => format!("The {nth} attempt expired without a result"),
            Fact::Challenged { .. } => {
                format!("Result of the {nth} attempt challenged, with a bond")
            }
            Fact::Resolved {
                verdict,
                fraction,
                cleared_demand,
                ..
            } => {
                let verdict = match verdict {
                    1 => "upheld",
                    2 => "overturned",
                    _ => "declared void",
                };
                let pays = pays(fraction);
                let answers = answers(cleared_demand);
                format!("Challenge judged: the {nth} attempt {verdict}, pays {pays}{answers}")
            }
            Fact::Finalized {
                fraction,
                cleared_demand,
                ..
            } => {
                let (pays, answers) = (pays(fraction), answers(cleared_demand));
                format!("The {nth} attempt final: pays {pays}{answers}")
            }
            _ => "Another event".to_owned(),
        }
    }
}

/// What a result does to the sponsor's demand.
const fn answers(cleared_demand: bool) -> &'static str {
    if cleared_demand {
        ", and answers what the sponsor asked for"
    } else {
        ""
    }
}

/// Facts that tell again, in Grants, what Succession told in the same call.
pub(crate) fn is_half(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::HolderChanged { .. } | Fact::RecoveringSet { .. }
    )
}

/// The attempt that a fact is about, from 0.
pub(crate) fn attempt_of(fact: &Fact) -> Option<u16> {
    match *fact {
        Fact::Registered { attempt, .. }
        | Fact::Sealed { attempt, .. }
        | Fact::Proposed { attempt, .. }
        | Fact::Expired { attempt, .. }
        | Fact::Challenged { attempt, .. }
        | Fact::Resolved { attempt, .. }
        | Fact::Finalized { attempt, .. } => Some(attempt),
        _ => None,
    }
}
