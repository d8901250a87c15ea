//! What charts say: their titles, messages, keys and marks.

use crate::numbers::Token;

/// Titles for those who hear the page.
pub(crate) const TIMELINE: &str = "When the grant vests";
pub(crate) const FORECAST: &str = "Tokens that vest in each of the next twelve months";
pub(crate) const RESULTS: &str = "Results on the line between threshold and stretch";

/// The line of time and the one ahead, on a wide page and on a phone.
pub(crate) const LINES: (&str, &str) = ("by time alone", "if nothing more happens");
pub(crate) const LINES_SHORT: (&str, &str) = ("by time", "as of now");
pub(crate) const AFTER_END: &str = "after the end";
pub(crate) const END: &str = "the end";
/// An open gate, on a wide page and on a phone.
pub(crate) const LAST_DAY: (&str, &str) = ("last day for an attempt", "last day");

/// `result: 428 of 500`
pub(crate) fn result(raw: &str) -> String {
    format!("result: {raw}")
}

/// What the lines of a timeline are.
pub(crate) const fn key(shows_time: bool, goes_on: bool) -> &'static str {
    match (shows_time, goes_on) {
        (false, false) => "Solid: vested; darker: claimed.",
        (true, false) => "Solid: vested; darker: claimed. Dotted: what time alone would give.",
        (true, true) => {
            "Solid: so far; darker: claimed. Dashed: if nothing more happens. Dotted: what time \
             alone would give."
        }
        (false, true) => "Solid: so far; darker: claimed. Dashed: what time will add.",
    }
}

pub(crate) fn settled(value: &str, amount: &str) -> String {
    format!("Settled at {value} of {amount}.")
}

/// `52.0 % of 7,300.00 ACC is earned by time; results have opened 84.4 % of that.`
pub(crate) fn earned(earned: &str, amount: &str, opened: Option<&str>) -> String {
    match opened {
        Some(opened) => {
            format!("{earned} of {amount} is earned by time; results have opened {opened} of that.")
        }
        None => format!("{earned} of {amount} is earned by time."),
    }
}

/// What vests in twelve months, by time and if goals are reached, in base units.
pub(crate) fn forecast((time, goal): (u128, u128), token: &Token) -> String {
    let by_time = format!("{} {}", token.key(time), token.symbol);
    match (time, goal) {
        (0, 0) => "Next 12 months: nothing more vests.".to_owned(),
        (_, 0) => format!("Next 12 months: {by_time} vest by time."),
        _ => format!(
            "Next 12 months: {by_time} vest by time; up to {} more if goals are reached.",
            token.key(goal)
        ),
    }
}

/// What the columns are, and which grants they count.
pub(crate) fn forecast_note(first: &str, covers: &str) -> String {
    format!(
        "Filled: by time. Dashed: only if goals are reached, drawn as if all were reached today. \
         The first column is the rest of {first}. {covers}"
    )
}
