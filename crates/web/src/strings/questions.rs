//! The two questions that stand first on a grant's page: what can be claimed, what comes next.

use guerdon_core::grant::{self, Reason};
use guerdon_core::state::{Flags, State};
use jiff::tz::TimeZone;

use crate::dates;
use crate::html::{Markup, Money, When};
use crate::numbers::Token;
use crate::views::markup;

#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) ask: &'static str,
    pub(crate) answer: Markup,
    pub(crate) note: String,
}

/// Answers from the reasons; `zone` and `now` say when.
pub(crate) fn questions(
    reasons: &[Reason],
    state: &State,
    token: &Token,
    (zone, now): (&TimeZone, u64),
) -> Vec<Question> {
    let claimable = reasons.iter().find_map(|reason| match reason {
        Reason::Claimable { amount } => Some(*amount),
        _ => None,
    });
    let payment = grant::payment(claimable.unwrap_or(0), state.withhold_bps);
    let note = match (claimable, payment.withheld) {
        (None, _) => nothing(reasons, token, zone),
        (Some(_), 0) => who_may_claim(state).to_owned(),
        (Some(_), kept) => {
            format!(
                "after {} withheld for tax. {}",
                token.words(kept),
                who_may_claim(state)
            )
        }
    };
    let unit = format!(
        " <span class=\"soft\">{}</span>",
        crate::charts::svg::Escaped(&token.symbol)
    );
    let now_cell = Question {
        ask: "Claimable now",
        answer: Markup(format!("{}{unit}", Money::plain(payment.net, token))),
        note,
    };
    let next = next(reasons, token, (zone, now));
    vec![now_cell, next]
}

/// Why nothing is claimable, in a sentence; the blocks below say who acts.
fn nothing(reasons: &[Reason], token: &Token, zone: &TimeZone) -> String {
    let why = reasons.iter().find_map(|reason| match *reason {
        Reason::NotStarted { until } | Reason::BeforeCliff { until } => Some(format!(
            "Nothing is earned before {}.",
            dates::day(until, zone)
        )),
        Reason::UnlockClock { amount, .. } => Some(format!(
            "{} are vested and may not leave yet.",
            token.words(amount)
        )),
        Reason::WaitsForResult { amount, .. } => {
            Some(format!("{} wait for a result.", token.words(amount)))
        }
        _ => None,
    });
    why.unwrap_or_else(|| "All that is vested is claimed.".to_owned())
}

fn who_may_claim(state: &State) -> &'static str {
    if state
        .flags
        .intersects(Flags::HOLDER_ONLY.with(Flags::RECOVERING))
    {
        return "Only the holder's own claim is paid.";
    }
    "Anyone may send the claim; only the holder is paid."
}

fn next(reasons: &[Reason], token: &Token, (zone, now): (&TimeZone, u64)) -> Question {
    let ask = "What comes next";
    let with = |answer: Markup, note: String| Question { ask, answer, note };
    let nothing = |note: &str| with(Markup("Nothing by time".to_owned()), note.to_owned());
    for reason in reasons {
        match *reason {
            Reason::WaitsForTime {
                next: Some((at, amount)),
                full_at,
                ..
            } => {
                let until = dates::day(full_at, zone);
                let note = format!("+{} vest, and so on until {until}.", token.words(amount));
                return with(markup(When::near(at, zone, now)), note);
            }
            Reason::UnlockClock { until, .. } => {
                let note = "More of what is vested may leave.".to_owned();
                return with(markup(When::near(until, zone, now)), note);
            }
            Reason::Settled { .. } => return nothing("The final amount is fixed."),
            Reason::Closed => return nothing("The grant is closed."),
            _ => {}
        }
    }
    let waits = reasons
        .iter()
        .any(|reason| matches!(reason, Reason::WaitsForResult { .. }));
    match waits {
        true => nothing("All is earned by time; the rest depends on results."),
        false => nothing("All that this grant can earn by time is earned."),
    }
}
