//! Why a change of a grant is refused before anything is sent: core's reasons in people's words.

use alloy_primitives::Address;
use guerdon_core::grant::Refused;

use crate::commands::grant::files::Grant;
use crate::commands::grant::list::{standing, state_words};
use crate::error::{Failure, Kind};
use crate::session::{History, Session};
use crate::words::{Unit, length, rate, time};

/// What refusals are told with.
#[derive(Debug)]
pub(crate) struct Words {
    /// The grant's name.
    pub(crate) grant: String,
    /// Its state, in words.
    pub(crate) state: String,
    /// Who may act for it.
    pub(crate) holder: Option<Address>,
    pub(crate) unit: Unit,
}

impl Words {
    pub(crate) fn of(
        session: &Session<'_>,
        grant: &Grant,
        history: &History,
        holder: Option<Address>,
    ) -> Self {
        let state = standing(history, grant);
        Self {
            grant: grant.name.clone(),
            state: state.map_or_else(|_| "closed".to_owned(), |now| state_words(&now)),
            holder,
            unit: session.unit(),
        }
    }
}

pub(crate) fn not_opened(grant: &Grant) -> Failure {
    Failure::precondition(format!("{} is not opened yet", grant.name))
        .hint(format!("open it first: guerdon grant open {}", grant.name))
}

/// A refusal in words: what, and what to do instead.
pub(crate) fn refusal(words: &Words, refused: &Refused) -> Failure {
    let (grant, state) = (&words.grant, &words.state);
    let show = format!("guerdon grant show {grant} tells what is possible");
    match *refused {
        Refused::NotHolder | Refused::HolderOnly => not_holder(words),
        Refused::NoPower => Failure::new(
            Kind::NotPermitted,
            format!("the terms of {grant} do not let the company end it"),
        )
        .hint("what the terms do not allow needs the holder's signature under new terms"),
        Refused::Closed => {
            Failure::precondition(format!("{grant} is closed: it pays nothing any more")).hint(show)
        }
        Refused::WrongState { .. } => {
            Failure::precondition(format!("{grant} is {state}, which does not allow this"))
                .hint(show)
        }
        Refused::NoPauseLeft { pause_max: 0, .. } => {
            Failure::precondition(format!("the terms of {grant} allow no pause"))
                .hint("what the terms do not allow needs the holder's signature under new terms")
        }
        Refused::NoPauseLeft { pause_max, .. } => Failure::precondition(format!(
            "pauses of {grant} have used up the {} that its terms allow",
            length(pause_max.into())
        ))
        .hint("it cannot be paused again"),
        Refused::WithholdingNotLower { present: 0, .. } => {
            Failure::precondition(format!("nothing is withheld from payments of {grant}"))
                .hint("the rate cannot fall below that")
        }
        Refused::WithholdingNotLower { present, .. } => Failure::precondition(format!(
            "{} of each payment of {grant} is withheld, and that may only fall",
            rate(present)
        ))
        .hint("give a lower rate"),
        Refused::NotFreeEnough { wanted, free } => not_free_enough(words, wanted, free),
        Refused::TooFarBack { stop_at, earliest } => Failure::precondition(format!(
            "an end of {grant} may reach back to {}, and {} is earlier",
            time(earliest),
            time(stop_at)
        ))
        .hint("its terms say how far back an end may reach"),
        Refused::ResultUnderWay {
            goal,
            last_registered_at,
        } => Failure::precondition(format!(
            "a result of the goal {goal} is under way: an attempt was registered, or a run demanded, \
             on {}",
            time(last_registered_at)
        ))
        .hint("end the grant then or later: a result that is under way counts"),
        Refused::TimeNotOver => Failure::precondition(format!(
            "{grant} is {state}: it can be settled once all of it is earned by time, or it has ended"
        ))
        .hint(show),
        Refused::GoalNotFinal { goal } => Failure::precondition(format!(
            "the goal {goal} can still change, so {grant} cannot be settled"
        ))
        .hint("wait until it is closed: guerdon goal close"),
        ref other => Failure::precondition(other.to_string()).hint(show),
    }
}

fn not_holder(words: &Words) -> Failure {
    let holder = words
        .holder
        .map_or_else(String::new, |holder| format!(", {holder},"));
    let text = format!("only the holder of {}{holder} may do this", words.grant);
    Failure::new(Kind::NotPermitted, text).hint("sign with the holder's account")
}

fn not_free_enough(words: &Words, wanted: u128, free: u128) -> Failure {
    let unit = &words.unit;
    let missing = unit.exact(wanted.saturating_sub(free));
    Failure::precondition(format!(
        "{} would hold {} more, and {} are free",
        words.grant,
        unit.exact(wanted),
        unit.exact(free)
    ))
    .hint(format!(
        "fund the pool with at least {missing}: guerdon fund AMOUNT"
    ))
}
