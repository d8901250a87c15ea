//! Sentences of the pages on which results are made and disputed.

use guerdon_core::goal::GoalRefused;
use jiff::tz::TimeZone;

use crate::access::Part;
use crate::dates;
use crate::numbers::{count, ordinal, percent};
use crate::results::Task;

mod acts;
mod work;

pub(crate) use acts::*;
pub(crate) use work::*;

/// What is due, as a link says it.
pub(crate) const fn task(task: Task) -> &'static str {
    match task {
        Task::Begin => "Name the model of the next attempt",
        Task::Accept => "Accept the next attempt",
        Task::Register => "Register the attempt",
        Task::Draw => "Let the chain draw the items",
        Task::Bring => "Run the items and bring the result file",
        Task::BringBoth => "Run candidate and baseline and bring both result files",
        Task::BringScores => "Measure the items and bring the file of their scores",
        Task::BringNumber => "Bring the number and its evidence",
        Task::Sign => "Check the result and sign it",
        Task::Propose => "Put the signed result on the chain",
        Task::Object => "Check the proposal, and challenge it if it is wrong",
        Task::Expire => "Let the attempt expire",
        Task::Finalize => "Finalize the attempt",
        Task::Decide => "Decide the challenge",
        Task::AnswerDemand => "A run is demanded: refuse it, or let it stand",
        Task::Close => "Close the goal",
        Task::TakeBond => "Take the bonds that are owed to you",
    }
}

/// What the reader is to a goal.
pub(crate) const fn part(part: Option<Part>) -> &'static str {
    match part {
        Some(Part::Sponsor) => "sponsor",
        Some(Part::Member) => "panel member",
        Some(Part::Arbiter) => "arbiter",
        None => "owner of the bond",
    }
}

/// `1st attempt`
pub(crate) fn attempt(number: u16) -> String {
    format!("{} attempt", ordinal(number))
}

/// How much is due.
pub(crate) fn due(rows: usize) -> String {
    match u64::try_from(rows).unwrap_or(u64::MAX) {
        0 => "Nothing is due from you.".to_owned(),
        1 => "One thing is due from you.".to_owned(),
        many => format!("{} are due from you.", count(many, "thing")),
    }
}

pub(crate) const NOTHING_DUE: &str =
    "Nothing waits for you now. What goes on at your goals stands below.";
pub(crate) const NO_GOALS: &str = "No goal names a wallet of yours as its sponsor, on its panel or \
     as its arbiter. Sign in with the wallet that the definition names.";

/// Which definition is missing here, and what that stops.
pub(crate) fn definition_unknown(title: &str) -> String {
    format!(
        "The definition of {title} is not known here, so no file can be compared with what it \
         measures. Ask the company to import the goal's file: `guerdon goal define FILE`."
    )
}

/// Why the contract would not take it now; dates in the reader's zone.
pub(crate) fn refused(why: &GoalRefused, zone: &TimeZone) -> String {
    let at = |seconds| dates::moment(seconds, zone);
    match why {
        GoalRefused::NotOpen { opens, closes } => format!(
            "Attempts can be registered from {} to {} only.",
            at(*opens),
            at(*closes)
        ),
        GoalRefused::TooLate { deadline } => {
            format!(
                "It is too late: this could be done until {}.",
                at(*deadline)
            )
        }
        GoalRefused::NotYet { until } => format!("This can be done from {} on.", at(*until)),
        GoalRefused::NotSponsor => "Only the sponsor's wallet may do this.".to_owned(),
        GoalRefused::NotArbiter => "Only the arbiter's wallet may do this.".to_owned(),
        GoalRefused::WrongStatus { status } => wrong_status(*status).to_owned(),
        GoalRefused::NothingToDemand {
            default_ppb,
            fraction,
        } => format!(
            "A demand could gain nothing: the goal pays {} now, and its default is {}.",
            percent((*fraction).into()),
            percent((*default_ppb).into())
        ),
        GoalRefused::BadExtension { before, latest, .. } => format!(
            "The window closes on {} and can be moved to {} at most.",
            at(*before),
            at(*latest)
        ),
        GoalRefused::NotFinal { pending, closes } => match pending {
            0 => format!("The window is open until {}.", at(*closes)),
            many => format!("{} not finished.", attempts_are(*many)),
        },
        other => {
            let text = crate::numbers::capital(&other.to_string());
            format!("{}.", text.trim_end_matches('.'))
        }
    }
}

fn attempts_are(pending: u16) -> String {
    match pending {
        1 => "One attempt is".to_owned(),
        many => format!("{many} attempts are"),
    }
}

#[cfg(test)]
mod tests;
