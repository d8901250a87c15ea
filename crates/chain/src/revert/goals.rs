//! Errors of Goals.

use alloy::primitives::U256;

use super::RevertKind::{Forbidden, Input, Precondition};
use super::{Words, say, shared, tokens};
use crate::bindings::IGoals::IGoalsErrors as Error;
use crate::plan::{date, grouped};

pub(super) fn words(error: Error) -> Words {
    match error {
        Error::BadGoal(_) => say(
            Input,
            "the definition of the goal breaks a rule",
            "check kind, threshold, stretch, times, attempts and samples in the definition file",
        ),
        Error::GoalNotDefined(e) => shared::goal_not_defined(e.goal),
        Error::AlreadyDefined(e) => say(
            Precondition,
            format!("goal {} is defined already", e.goal),
            "use it as it is: a definition is its id",
        ),
        Error::IsFinal(e) => say(
            Precondition,
            format!(
                "goal {} is final and nothing about it changes any more",
                e.goal
            ),
            "`guerdon goal show` tells its result",
        ),
        Error::NotOpen(e) => not_open(e.opens, e.closes),
        Error::NotFinal(e) => not_final(e.pending, e.closes),
        Error::NoAttemptsLeft(e) => say(
            Precondition,
            format!("all {} attempts at the goal are used", e.attempts),
            "close the goal when its window is over",
        ),
        Error::NoVoidsLeft(e) => say(
            Precondition,
            format!("the arbiter has used all {} voids of the goal", e.maxVoids),
            "uphold or overturn the proposal",
        ),
        Error::NotSponsor(e) => say(
            Forbidden,
            format!("{} is not the sponsor of the goal", e.caller),
            "sign with the sponsor's account, or bring the signatures of m panel members",
        ),
        Error::NotArbiter(e) => say(
            Forbidden,
            format!("{} is not the arbiter of the goal", e.caller),
            "sign with the arbiter's account",
        ),
        Error::BadPanel(_) => say(
            Input,
            "the panel is not the goal's, or the signatures are too few, malformed or of others",
            "bring signature files of this goal, attempt and model by m different members",
        ),
        Error::WrongStatus(e) => wrong_status(e.status),
        other => attempt_words(other),
    }
}

fn attempt_words(error: Error) -> Words {
    match error {
        Error::WrongModel(e) => say(
            Input,
            format!(
                "the result is of another model than {}, which was registered",
                e.registered
            ),
            "bring the result of the registered model",
        ),
        Error::WrongSamples(e) => say(
            Input,
            format!(
                "the result has {} samples and the goal asks for {}",
                e.given, e.samples
            ),
            "run the evaluation on exactly as many samples as the goal says",
        ),
        Error::WrongCount(e) => say(
            Input,
            format!(
                "x = {} and y = {} are impossible for this kind of goal and its samples",
                grouped(&e.x.to_string()),
                grouped(&e.y.to_string())
            ),
            "check the counts against the evaluation file (`guerdon eval read`)",
        ),
        Error::WrongVerdict(e) => say(
            Input,
            format!("{} is no verdict of an arbiter", e.verdict),
            "the verdicts are 1 upheld, 2 overturned and 3 void",
        ),
        Error::SeedNotReady(e) => say(
            Precondition,
            format!(
                "the items can be drawn after block {}",
                grouped(&e.readyBlock.to_string())
            ),
            "wait for that block",
        ),
        Error::SeedLost(_) => say(
            Precondition,
            "the block that draws the items is more than 256 blocks back and its hash is gone",
            "the attempt expires as zero; the arbiter may declare it void",
        ),
        Error::NoSeedDue(_) => say(
            Precondition,
            "the items of the attempt are drawn already, or the goal draws none",
            "go on to the result",
        ),
        Error::NotSealed(_) => say(
            Precondition,
            "the items of the attempt are not drawn yet",
            "draw them first (`guerdon goal seal`)",
        ),
        other => timing_words(other),
    }
}

fn timing_words(error: Error) -> Words {
    match error {
        Error::NotYet(e) => shared::not_yet(e.until),
        Error::TooLate(e) => shared::too_late(e.until),
        Error::OutOfRange(e) => shared::out_of_range(e.value, e.limit),
        Error::WindowClosed(e) => say(
            Precondition,
            format!("the window for challenges closed at {}", date(e.until)),
            "the proposal stands; finalize it (`guerdon goal finalize`)",
        ),
        Error::AlreadyDemanded(_) => say(
            Precondition,
            "a run is demanded already",
            "wait for the run, or for the close",
        ),
        Error::NothingToDemand(e) => say(
            Precondition,
            format!(
                "the default of {} ppb is no more than the {} ppb that the goal pays now",
                grouped(&e.defaultPpb.to_string()),
                grouped(&e.fraction.to_string())
            ),
            "ask only where a default is left to gain",
        ),
        Error::NotDemanded(_) => say(
            Precondition,
            "no run of this goal is demanded",
            "nothing is left to refuse",
        ),
        Error::AlreadyExtended(_) => say(
            Precondition,
            "the window was extended before, which is possible once",
            "leave it",
        ),
        Error::BondNotReceived(e) => say(
            Precondition,
            format!(
                "{} of the bond of {} tokens arrived",
                tokens(e.received),
                tokens(e.bond)
            ),
            "approve Goals for the whole bond in the bond's token first",
        ),
        Error::NothingOwed(_) => say(
            Precondition,
            "no bond in this token is owed to the caller",
            "check the account and the token",
        ),
        // Those of the functions above, which call this one for what they do not know.
        _ => say(
            Input,
            "the Goals contract refused",
            "check the goal and the attempt",
        ),
    }
}

fn not_open(opens: U256, closes: U256) -> Words {
    say(
        Precondition,
        format!(
            "attempts can be registered from {} to {}",
            date(opens),
            date(closes)
        ),
        "register inside that window (times are UTC)",
    )
}

fn not_final(pending: U256, closes: U256) -> Words {
    say(
        Precondition,
        format!(
            "the goal can still change: {pending} attempts are unfinished and registration is \
             open until {}",
            date(closes)
        ),
        "finish the attempts and wait for that time",
    )
}

fn wrong_status(status: U256) -> Words {
    let status = match u64::try_from(status) {
        Ok(0) => "not registered",
        Ok(1) => "registered and waits for its result",
        Ok(2) => "proposed and open to challenge",
        Ok(3) => "challenged and waits for the arbiter",
        Ok(4) => "finished",
        Ok(5) => "void",
        _ => "in a state unknown to us",
    };
    say(
        Precondition,
        format!("the attempt is {status}, which does not allow this"),
        "`guerdon goal show` tells what each attempt waits for",
    )
}
