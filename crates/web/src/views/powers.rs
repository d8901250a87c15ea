//! What the company may do to a grant, in words and with what it would mean today.

use guerdon_core::grant::{self, Refused};
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::terms::Terms;

use super::Goals;
use crate::dates;
use crate::numbers::{Token, percent};

/// Questions and answers, the gravest first.
pub(crate) fn powers(
    terms: &Terms,
    state: &State,
    goals: Goals<'_>,
    (token, now): (&Token, u64),
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
        ("Replace a lost wallet", recover(terms)),
        ("Withhold for tax", withhold(state)),
        ("Take back what was paid", "never".to_owned()),
        (
            "Change anything else",
            "never: no contract here can replace a grant".to_owned(),
        ),
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
    let results = goals.results(terms, state);
    let vested = |at| grant::amounts(terms, state, &results, at).map(|amounts| amounts.vested);
    let earliest = now.saturating_sub(terms.backdate_seconds.into());
    let stake = vested(now)?.saturating_sub(vested(earliest)?);
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

/// Grants are deployed without a contract that could move them, so the power in the terms is idle.
fn recover(terms: &Terms) -> String {
    match terms.powers.recover {
        true => "the terms allow it, but no contract here can do it".to_owned(),
        false => "no, the terms do not allow it".to_owned(),
    }
}

fn withhold(state: &State) -> String {
    // One basis point is 100,000 parts per billion.
    match u64::from(state.withhold_bps) {
        0 => "0\u{a0}%".to_owned(),
        bps => format!("{} of each payment, may only fall", percent(bps * 100_000)),
    }
}
