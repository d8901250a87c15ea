use guerdon_chain::plan::length;
use guerdon_core::act::{Act, After, Effect};
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::succession::{QUIET_SECONDS, Recovery, Stage};
use guerdon_core::terms::Terms;
use jiff::tz::TimeZone;

use super::refusals::rate;
use crate::dates;
use crate::numbers::Token;

/// What consequences are told with.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) token: &'a Token,
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: u64,
    pub(crate) terms: &'a Terms,
    pub(crate) before: &'a State,
    pub(crate) recovery: &'a Recovery,
}

/// What the act means, sentence by sentence: what the figures beside it cannot say.
pub(crate) fn consequences(
    told: Told<'_>,
    act: Act,
    after: &After,
    effect: &Effect,
) -> Vec<String> {
    let mut said = match act {
        Act::End { stop_at, grace } => told.end(stop_at, grace),
        Act::WithdrawEnd => vec!["Its clock runs on as before the announcement.".to_owned()],
        Act::Pause => told.pause(),
        Act::Resume => told.resume(after),
        Act::Accelerate { by } => vec![format!(
            "The clock goes {} forward, {} in all.",
            length(by.into()),
            length(after.state.clock().credit.into())
        )],
        Act::LowerWithholding { withhold_bps } => vec![format!(
            "{} of each payment is withheld from now on; so far it was {}.",
            rate(withhold_bps),
            rate(told.before.withhold_bps)
        )],
        Act::Settle | Act::Waive => told.settled(after, effect),
        Act::Hold { .. } => Vec::new(),
        _ => told.succession(act, after),
    };
    said.extend(told.money(effect));
    said
}

impl Told<'_> {
    fn moment(&self, at: u64) -> String {
        dates::at(at, self.zone)
    }

    fn end(&self, stop_at: u64, grace: bool) -> Vec<String> {
        let mut said = vec![match stop_at > self.now {
            true => format!(
                "Nothing changes before {}; then vesting stops.",
                self.moment(stop_at)
            ),
            false => format!("Vesting stops as of {}.", self.moment(stop_at)),
        }];
        match (grace, self.terms.grace_seconds) {
            (true, seconds @ 1..) => said.push(format!(
                "As a good leaver's, its clock runs on for the {} of grace that the terms give, \
                 until {}.",
                dates::length(seconds.into()),
                self.moment(stop_at.saturating_add(seconds.into()))
            )),
            (true, 0) => said.push("The terms give no grace, so none runs on.".to_owned()),
            (false, 1..) => said.push(format!(
                "The {} of grace that the terms give to a good leaver are not given.",
                dates::length(self.terms.grace_seconds.into())
            )),
            (false, 0) => {}
        }
        if self.before.has(Flags::PAUSED) {
            said.push("Its pause ends with it.".to_owned());
        }
        if self.terms.unlock.is_some() {
            said.push(
                "Its unlock clock runs on after the end: what is vested leaves by that clock."
                    .to_owned(),
            );
        }
        said.push("What was paid is never taken back, and a claim has no last day.".to_owned());
        said
    }

    fn pause(&self) -> Vec<String> {
        let clock = self.before.clock();
        let left = self.terms.pause_max.saturating_sub(clock.lost);
        let until = self.now.saturating_add(left.into());
        vec![format!(
            "The pause is over on {} at the latest: then the clock runs again by itself, and the grant \
             goes on. Pauses have used {} of the {} that the terms allow in all.",
            self.moment(until),
            length(clock.lost.into()),
            dates::length(self.terms.pause_max.into())
        )]
    }

    fn resume(&self, after: &After) -> Vec<String> {
        let (before, lost) = (self.before.clock().lost, after.state.clock().lost);
        vec![format!(
            "This pause cost {} of the clock; pauses have used {} of {} in all.",
            length(lost.saturating_sub(before).into()),
            length(lost.into()),
            dates::length(self.terms.pause_max.into())
        )]
    }

    fn settled(&self, after: &After, effect: &Effect) -> Vec<String> {
        let Phase::Settled { value } = after.state.phase else {
            return Vec::new();
        };
        vec![format!(
            "The final amount is {}, of which {} were paid.",
            self.token.words(value),
            self.token.words(effect.after.amounts.released)
        )]
    }

    fn succession(&self, act: Act, after: &After) -> Vec<String> {
        let mut said = Vec::new();
        match act {
            Act::Move { to } => {
                said.push(format!("{to} holds it and is paid from then on, for good."));
                if self.recovery.stands() {
                    said.push(format!(
                        "The announced recovery is cancelled. {}",
                        self.quiet()
                    ));
                }
            }
            Act::AnnounceRecovery { to } => said.extend(self.announced(&after.recovery, to)),
            Act::ExecuteRecovery => said.push(format!(
                "{} holds it and is paid from then on, for good.",
                after.holder
            )),
            Act::Veto => said.push(format!(
                "It would have gone to {}. {}",
                self.recovery.to,
                self.quiet()
            )),
            Act::ClearRecovery => {
                said.push(format!("It would have gone to {}.", self.recovery.to));
            }
            _ => {}
        }
        said
    }

    fn announced(&self, recovery: &Recovery, to: alloy_primitives::Address) -> Vec<String> {
        let mut said = Vec::new();
        if let Stage::Announced { from, until, .. } = recovery.stage(self.now) {
            said.push(format!(
                "Unless the holder vetoes it, it can go to {to} from {} until {}.",
                self.moment(from),
                self.moment(until)
            ));
        }
        said.push(
            "Until then only the holder's own call is paid: keepers skip this grant.".to_owned(),
        );
        said
    }

    fn quiet(&self) -> String {
        let until = self.now.saturating_add(QUIET_SECONDS);
        format!("None can be announced before {}.", self.moment(until))
    }

    /// What it frees or takes.
    fn money(&self, effect: &Effect) -> Option<String> {
        let amount = self.token.words(effect.freed.unsigned_abs());
        match effect.freed {
            0 => None,
            1.. => Some(format!("{amount} go back to the pool and are free.")),
            _ => Some(format!(
                "{amount} of the free money are promised to it again."
            )),
        }
    }
}

/// What a gate can still pay after an end, and until when somebody may answer.
pub(crate) fn gate_line(
    token: &Token,
    (amount, goal): (u128, &str),
    lapse: Option<&str>,
    closes: Option<&str>,
) -> String {
    let amount = token.words(amount);
    let last = match closes {
        Some(day) => format!(" The goal's window closes on {day}."),
        None => String::new(),
    };
    match lapse {
        Some(stop) => format!(
            "{amount} wait for the goal “{goal}”: attempts registered by {stop} still count, later \
             ones do not.{last}"
        ),
        None => format!(
            "{amount} wait for the goal “{goal}”: results that come after the end count as well.{last}"
        ),
    }
}
