//! What the company may do to a grant, in words and with what it would mean today.

use guerdon_core::act::at_stake;
use guerdon_core::grant::Refused;
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::terms::Terms;

use crate::dates;
use crate::numbers::{Token, percent};
use crate::views::Goals;

/// Questions and answers, the gravest first.
pub(crate) fn powers(
    terms: &Terms,
    state: &State,
    goals: Goals<'_>,
    (token, now, has_succession): (&Token, u64, bool),
) -> Result<Vec<(&'static str, String)>, Refused> {
    let over = matches!(state.phase, Phase::Settled { .. }) || state.has(Flags::CLOSED);
    let done = over || state.has_ended(now);
    Ok(vec![
        (
            "End the grant",
            if over {
                "no, it is over".to_owned()
            } else {
                end(terms, state, goals, token, now)?
            },
        ),
        (
            "Pause its clock",
            if done {
                "no, it is over".to_owned()
            } else {
                pause(terms, state)
            },
        ),
        ("Replace a lost wallet", recover(terms, has_succession)),
        ("Withhold for tax", withhold(state)),
        ("Take back what was paid", "never".to_owned()),
        ("Give it to somebody else", moves(terms, has_succession)),
        ("Change anything else", replace(has_succession)),
    ])
}

/// The most that an end sent now would take back: what vested since the earliest day it may name.
fn end(
    terms: &Terms,
    state: &State,
    goals: Goals<'_>,
    token: &Token,
    now: u64,
) -> Result<String, Refused> {
    if !terms.powers.end {
        return Ok("no, the terms do not allow it".to_owned());
    }
    if state.has_ended(now) {
        return Ok("it has ended".to_owned());
    }
    let grace = match terms.grace_seconds {
        0 => String::new(),
        seconds => format!("; with grace it vests {} on", dates::length(seconds.into())),
    };
    if terms.backdate_seconds == 0 {
        return Ok(format!("yes, from now on; it takes back nothing{grace}"));
    }
    let stake = at_stake(terms, state, &goals, now)?;
    let back = dates::length(terms.backdate_seconds.into());
    let stake = if stake == 0 {
        "nothing".to_owned()
    } else {
        token.words(stake)
    };
    Ok(format!(
        "yes, at most {back} back: {stake} at stake today{grace}"
    ))
}

fn pause(terms: &Terms, state: &State) -> String {
    if terms.pause_max == 0 {
        return "never".to_owned();
    }
    let used = match state.clock().lost {
        0 => "0".to_owned(),
        lost => dates::length(lost.into()),
    };
    format!(
        "at most {} in all, {used} used",
        dates::length(terms.pause_max.into())
    )
}

/// What no contract of a deployment from before Succession can do.
const NOBODY: &str = "never: no contract here can do it";

fn recover(terms: &Terms, has_succession: bool) -> String {
    match (terms.powers.recover, has_succession) {
        (false, _) => "no, the terms do not allow it".to_owned(),
        (true, false) => NOBODY.to_owned(),
        (true, true) => {
            "yes, announced 30 days before; its holder can veto until it is done".to_owned()
        }
    }
}

fn moves(terms: &Terms, has_succession: bool) -> String {
    match (terms.powers.r#move, has_succession) {
        (true, true) => "no, only its holder may".to_owned(),
        (true, false) => NOBODY.to_owned(),
        (false, _) => "no, nor may its holder".to_owned(),
    }
}

/// Replacing needs the company's call and the holder's signature of exactly the new terms.
fn replace(has_succession: bool) -> String {
    match has_succession {
        true => "only with its holder's signature, and nothing vested can be lost".to_owned(),
        false => NOBODY.to_owned(),
    }
}

fn withhold(state: &State) -> String {
    // One basis point is 100,000 parts per billion.
    match u64::from(state.withhold_bps) {
        0 => "0\u{a0}%".to_owned(),
        bps => format!("{} of each payment, may only fall", percent(bps * 100_000)),
    }
}
