use guerdon_core::grant::Refused;
use guerdon_core::succession::{Power, SuccessionRefused};
use jiff::tz::TimeZone;

use crate::dates;
use crate::numbers::{Token, percent, shortened};

/// What refusals are told with.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) token: &'a Token,
    pub(crate) zone: &'a TimeZone,
    /// The state of the grant in a word or two.
    pub(crate) state: &'a str,
    /// What people call a goal.
    pub(crate) goal: &'a dyn Fn(alloy_primitives::B256) -> String,
}

impl Names<'_> {
    fn moment(&self, at: u64) -> String {
        dates::at(at, self.zone)
    }

    fn words(&self, amount: u128) -> String {
        self.token.words(amount)
    }
}

/// Why the contracts would refuse, in a sentence that says what, and what to do where there is
/// something to do.
pub(crate) fn refused(names: Names<'_>, refused: &SuccessionRefused) -> String {
    match refused {
        SuccessionRefused::Grant(refused) => of_grant(names, refused),
        SuccessionRefused::NotOpened => NOT_OPENED.to_owned(),
        SuccessionRefused::Closed => CLOSED.to_owned(),
        SuccessionRefused::NotHolder => NOT_HOLDER.to_owned(),
        SuccessionRefused::NoPower { power: Power::Move } => {
            "The terms do not let the holder move this grant.".to_owned()
        }
        SuccessionRefused::NoPower {
            power: Power::Recover,
        } => "The terms do not let the company recover this grant for a lost key.".to_owned(),
        SuccessionRefused::NotPayable { to } => format!(
            "{} cannot hold a grant: it is the zero address, the Grants contract or its token.",
            shortened(&to.to_checksum(None))
        ),
        SuccessionRefused::TooLate { until } => {
            format!(
                "It is too late: this was possible until {}.",
                names.moment(*until)
            )
        }
        SuccessionRefused::NotYet { until } => {
            format!("This is possible from {} on.", names.moment(*until))
        }
        SuccessionRefused::RecoveryOpen { until } => format!(
            "A recovery is announced already, until {}. After that it must be cleared first.",
            names.moment(*until)
        ),
        SuccessionRefused::NoRecovery => "No recovery is announced.".to_owned(),
        other => of_replacing(names, other),
    }
}

const NOT_OPENED: &str = "The grant is not opened yet, so there is nothing to change. Anyone with \
                          its file can open it; the first claim does it too.";
const CLOSED: &str = "The grant is closed: it was replaced, or was never valid.";
const NOT_HOLDER: &str = "Only the holder can do this.";

fn of_grant(names: Names<'_>, refused: &Refused) -> String {
    let state = names.state;
    match *refused {
        Refused::NotOpened => NOT_OPENED.to_owned(),
        Refused::Closed => CLOSED.to_owned(),
        Refused::NotHolder | Refused::HolderOnly => NOT_HOLDER.to_owned(),
        Refused::NoPower => "The terms do not let the company end this grant.".to_owned(),
        Refused::WrongState { .. } => {
            format!("The grant's state is {state}, which does not allow this.")
        }
        Refused::NoPauseLeft { pause_max: 0, .. } => "The terms do not allow pausing.".to_owned(),
        Refused::NoPauseLeft { pause_max, .. } => format!(
            "Pauses have used up the {} that the terms allow in all.",
            dates::length(pause_max.into())
        ),
        Refused::WithholdingNotLower { present: 0, .. } => {
            "Nothing is withheld from its payments, and the rate cannot fall below that.".to_owned()
        }
        Refused::WithholdingNotLower { present, .. } => format!(
            "{} of each payment is withheld, and that can only fall: give a lower rate.",
            rate(present)
        ),
        Refused::NotFreeEnough { wanted, free } => short_of(names.token, wanted, free),
        Refused::TooFarBack { stop_at, earliest } => format!(
            "The terms let an end reach back to {}, and {} is earlier.",
            names.moment(earliest),
            names.moment(stop_at)
        ),
        Refused::TimeTooLarge { .. } => "That day lies too far ahead.".to_owned(),
        Refused::ResultUnderWay {
            goal,
            last_registered_at,
        } => format!(
            "A result of the goal “{}” is under way since {}, and what is under way counts: end the \
             grant at that moment or later.",
            (names.goal)(goal),
            names.moment(last_registered_at)
        ),
        Refused::RevenueRises => {
            "This grant may only hold less: the end can only be moved earlier.".to_owned()
        }
        Refused::TimeNotOver => {
            "It can be settled once all of it is earned by time, or it has ended.".to_owned()
        }
        Refused::GoalNotFinal { goal } => format!(
            "The goal “{}” can still change, so the final amount is not known.",
            (names.goal)(goal)
        ),
        Refused::NothingClaimable { vested, .. } => {
            format!(
                "Nothing is claimable now; {} are vested.",
                names.words(vested)
            )
        }
        Refused::GateResults { .. } | Refused::StopResult { .. } => {
            "The results of its goals are not known here.".to_owned()
        }
    }
}

fn of_replacing(names: Names<'_>, refused: &SuccessionRefused) -> String {
    match refused {
        SuccessionRefused::BadSignature { holder } => format!(
            "The signature is not that of the holder {} for these grants.",
            shortened(&holder.to_checksum(None))
        ),
        SuccessionRefused::Count { count } => {
            format!("A grant is replaced by 1 to 8 grants, not by {count}.")
        }
        SuccessionRefused::BadTerms { place, reason } => {
            format!(
                "The terms of new grant {} are invalid: {reason}.",
                place.saturating_add(1)
            )
        }
        SuccessionRefused::GoalNotDefined { goal } => format!(
            "The goal “{}” of a gate is not defined on the chain: define it first.",
            (names.goal)(*goal)
        ),
        SuccessionRefused::AlreadyOpened { id } => format!(
            "The grant {} exists already: a new grant needs terms of its own. Another nonce in its \
             agreement is enough.",
            shortened(&id.to_string())
        ),
        SuccessionRefused::BelowReleased { amount, released } => format!(
            "The first new grant has {} and must cover the {} that were paid.",
            names.words(*amount),
            names.words(*released)
        ),
        SuccessionRefused::VestedFalls { before, after } => format!(
            "{} are vested, and the new grants together would have {}: nothing vested may be lost.",
            names.words(*before),
            names.words(*after)
        ),
        SuccessionRefused::NotHeir { heir, holder } => format!(
            "{} was paid of this grant, so the first new grant must be theirs, not of {}.",
            shortened(&holder.to_checksum(None)),
            shortened(&heir.to_checksum(None))
        ),
        SuccessionRefused::NotFreeEnough { wanted, free } => short_of(names.token, *wanted, *free),
        SuccessionRefused::RevenueRises => {
            "A grant of a revenue token cannot be replaced by more than it holds.".to_owned()
        }
        other => crate::numbers::capital(&format!("{other}.")),
    }
}

/// What the pool lacks.
pub(crate) fn short_of(token: &Token, wanted: u128, free: u128) -> String {
    format!(
        "{} more would be promised, and {} are free: fund the pool with at least {} first.",
        token.words(wanted),
        token.words(free),
        token.words(wanted.saturating_sub(free))
    )
}

/// Basis points as a share: one is 100,000 parts per billion.
pub(crate) fn rate(bps: u16) -> String {
    match u64::from(bps) {
        0 => "0\u{a0}%".to_owned(),
        bps => percent(bps * 100_000),
    }
}
