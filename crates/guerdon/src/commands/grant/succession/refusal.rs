//! Why Succession would refuse, in people's words, before anything is sent or signed.

use alloy_primitives::Address;
use guerdon_core::succession::{Power, SuccessionRefused};

use crate::commands::grant::change::{self, Subject};
use crate::error::{Failure, Kind, Outcome};
use crate::words::time;

/// A refusal in words: what, and what to do instead.
pub(super) fn refusal(subject: &Subject<'_>, refused: SuccessionRefused) -> Failure {
    let (grant, unit) = (&subject.grant.name, subject.unit());
    let show = format!("guerdon grant show {grant} tells what is possible");
    match refused {
        SuccessionRefused::NotOpened => change::not_opened(subject.grant),
        SuccessionRefused::Closed => {
            Failure::precondition(format!("{grant} is closed: it was replaced, or never valid"))
                .hint(show)
        }
        SuccessionRefused::NotHolder => not_holder(subject),
        SuccessionRefused::NoPower { power } => no_power(grant, power),
        SuccessionRefused::NotPayable { to } => Failure::input(format!(
            "{to} cannot hold a grant: it is Grants, its token or the zero address"
        ))
        .hint("name an account of a person or of their Safe"),
        SuccessionRefused::TooLate { until } => {
            Failure::precondition(format!("it is too late: this was possible until {}", time(until)))
                .hint("it is cleared and announced anew")
        }
        SuccessionRefused::NotYet { until } => {
            Failure::precondition(format!("this is possible from {} on", time(until)))
                .hint("wait until then")
        }
        SuccessionRefused::RecoveryOpen { until } => Failure::precondition(format!(
            "a recovery of {grant} stands already, until {}",
            time(until)
        ))
        .hint(format!(
            "let it be executed, or clear it once it has lapsed: guerdon grant recover clear {grant}"
        )),
        SuccessionRefused::NoRecovery => {
            Failure::precondition(format!("no recovery of {grant} is announced")).hint(show)
        }
        SuccessionRefused::NotFreeEnough { wanted, free } => Failure::precondition(format!(
            "the new grants hold {} more, and {} are free",
            unit.exact(wanted),
            unit.exact(free)
        ))
        .hint(format!(
            "fund the pool with at least {}: guerdon fund AMOUNT",
            unit.exact(wanted.saturating_sub(free))
        )),
        other => of_replacing(subject, other),
    }
}

/// The same for a replacement, whose time is its deadline.
pub(super) fn refusal_of_replacing(subject: &Subject<'_>, refused: SuccessionRefused) -> Failure {
    let SuccessionRefused::TooLate { until } = refused else {
        return refusal(subject, refused);
    };
    Failure::precondition(format!("the deadline is past: {}", time(until))).hint(format!(
        "name a later one, which the holder signs: guerdon grant replace {} --with NEW --deadline \
         DATE",
        subject.grant.name
    ))
}

/// Refusals that only a replacement meets.
fn of_replacing(subject: &Subject<'_>, refused: SuccessionRefused) -> Failure {
    let (grant, unit) = (&subject.grant.name, subject.unit());
    match refused {
        SuccessionRefused::BadSignature { holder } => Failure::new(
            Kind::NotPermitted,
            format!("the signature is not that of the holder {holder} for these grants"),
        )
        .hint(format!(
            "let the holder sign them: guerdon grant agree {grant} --with FILE"
        )),
        SuccessionRefused::Count { count } => Failure::input(format!(
            "{grant} can be replaced by 1 to 8 grants, not by {count}"
        )),
        SuccessionRefused::BadTerms { place, reason } => Failure::input(format!(
            "the terms of new grant {} are invalid: {reason}",
            place + 1
        )),
        SuccessionRefused::GoalNotDefined { goal } => {
            Failure::precondition(format!("the goal {goal} of a gate is not defined on chain"))
                .hint("define it first: guerdon goal define FILE")
        }
        SuccessionRefused::AlreadyOpened { id } => Failure::precondition(format!(
            "the grant {id} exists already"
        ))
        .hint("a new grant needs terms of its own; another nonce in its agreement is enough"),
        SuccessionRefused::BelowReleased { amount, released } => Failure::input(format!(
            "the first new grant has {} and must cover the {} that {grant} has paid",
            unit.exact(amount),
            unit.exact(released)
        ))
        .hint("give the first an amount that includes what was paid"),
        SuccessionRefused::VestedFalls { before, after } => Failure::precondition(format!(
            "{} of {grant} are vested and the new grants together would have {}",
            unit.exact(before),
            unit.exact(after)
        ))
        .hint("give terms under which nothing vested is lost"),
        SuccessionRefused::NotHeir { heir, holder } => Failure::precondition(format!(
            "{holder} was paid of {grant}, so the first new grant must be of {holder}, not of {heir}"
        ))
        .hint("put a grant that covers what was paid first, for the holder"),
        SuccessionRefused::Grant(refused) => change::refusal(&subject.words(), &refused),
        other => Failure::precondition(other.to_string()),
    }
}

/// Giving a grant to whom it belongs changes nothing and costs gas, or bars claims for weeks.
pub(super) fn require_other(subject: &Subject<'_>, to: Address) -> Outcome {
    if to != subject.holder {
        return Ok(());
    }
    let text = format!("{to} holds {} already", subject.grant.name);
    Err(Failure::precondition(text).hint("name another account with --to"))
}

pub(super) fn not_holder(subject: &Subject<'_>) -> Failure {
    let text = format!(
        "only the holder of {}, {}, may do this",
        subject.grant.name, subject.holder
    );
    Failure::new(Kind::NotPermitted, text).hint("sign with the holder's account")
}

fn no_power(grant: &str, power: Power) -> Failure {
    let what = match power {
        Power::Move => "its holder move it",
        Power::Recover => "the company recover it for a lost key",
    };
    Failure::new(
        Kind::NotPermitted,
        format!("the terms of {grant} do not let {what}"),
    )
    .hint("what the terms do not allow needs the holder's signature under new terms")
}
