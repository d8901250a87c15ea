//! A grant's page: whose it is, how it vests, what became of it.

use std::fmt::Display;

use crate::numbers::{capital, count, grouped, percent};

pub(crate) const UNKNOWN_TERMS: &str = "The terms of this grant are not known to this server, so \
    it cannot draw them. Its holder's file has them; the company imports its round with guerdon \
    round import.";
pub(crate) const REPLACED: &str = "It pays nothing any more: the grants in its place do, by their \
    own terms.";
pub(crate) const NO_TERMS: &str = "Its terms are not known here.";

/// `Grant G-1004`
pub(crate) fn title(name: &str) -> String {
    format!("Grant {name}")
}

/// `Round acme-2026-h1`
pub(crate) fn round(name: &str) -> String {
    format!("Round {name}")
}

/// `7,300 ACC for Dolores Ibárruri-Vega`
pub(crate) fn granted_to(amount: &str, person: &str) -> String {
    format!("{amount} for {person}")
}

/// `7,300 ACC granted`
pub(crate) fn granted(amount: &str) -> String {
    format!("{amount} granted")
}

/// Before the wallet that is paid.
pub(crate) const fn pays(was_replaced: bool) -> &'static str {
    match was_replaced {
        true => "paid only",
        false => "pays only",
    }
}

/// Where the company's powers would stand.
pub(crate) const fn no_powers(was_replaced: bool) -> &'static str {
    match was_replaced {
        true => "Nothing: it is over.",
        false => "The terms say it, and they are not known here.",
    }
}

/// `14 of 21`
pub(crate) fn leaf(leaf: u128, leaves: u64) -> String {
    format!("{} of {}", grouped(leaf), grouped(leaves))
}

pub(crate) fn took_the_place(old: &impl Display) -> String {
    format!("It took the place of grant {old}.")
}

pub(crate) fn grant_of(id: &impl Display, amount: &impl Display) -> String {
    format!("grant {id} of {amount}")
}

pub(crate) fn replaced_by(grants: &str) -> String {
    format!("Replaced by {grants}.")
}

/// Whom it pays since its holder, or a recovery, changed that.
pub(crate) fn moved(was_recovered: bool, to: &impl Display, from: &impl Display) -> String {
    let how = match was_recovered {
        true => "Recovered",
        false => "Moved",
    };
    format!("{how}: it pays {to}, no longer {from}, whom its terms name.")
}

pub(crate) fn quiet(until: &impl Display) -> String {
    format!("Its holder cancelled a recovery; none can be announced before {until}.")
}

pub(crate) fn replaced_on(day: &str) -> String {
    format!("Replaced on {day}")
}

pub(crate) fn vests_until(month: &str) -> String {
    format!("vests until {month}")
}

/// The schedule, and what depends on how many results; `shares` in parts per billion.
pub(crate) fn lead(schedule: &str, (results, triggers): (u64, bool), shares: u64) -> String {
    let schedule = capital(schedule);
    let share = percent(shares);
    match (results, triggers) {
        (0, _) => schedule,
        (_, true) => format!(
            "{schedule}; all of it depends on {}",
            count(results, "result")
        ),
        (1, _) => format!("{schedule}; {share} of it depends on one result"),
        _ => format!(
            "{schedule}; {share} of it depends on {}",
            count(results, "result")
        ),
    }
}

/// `State: ended.`
pub(crate) fn state(word: &str) -> String {
    format!("State: {word}.")
}

/// Beside the file: why it matters.
pub(crate) const FILE_LEAD: &str = "Needs no server of ours: any node, and the grant's file.";
pub(crate) const FILE_WHY: &str = "Keep this file: with it you verify and claim at any node, when \
    this server, this company or this project is gone. It holds the agreement, so keep it private.";
pub(crate) const FILE_ELSEWHERE: &str = "The file holds the agreement, so it is not public. Its \
    holder downloads it here, or asks the company for it.";
pub(crate) const VERIFY_COMMAND: &str = "guerdon verify grant GRANT.json --rpc-url NODE";

/// Under a bar.
pub(crate) const ROUNDED: &str = "Each part is rounded down; the sum is exact.";

/// What can be done with a grant: words of links.
pub(crate) const END_IT: &str = "End it";
pub(crate) const CHANGE_IT: &str = "Change it";
pub(crate) const AGREEMENT: &str = "Agreement";
pub(crate) const LEFT_BY_END: &str = "What an end would leave";
pub(crate) const IF_I_LEAVE: &str = "What if I leave, or am ended?";
pub(crate) const MY_CHANGES: &str = "What I may change";
pub(crate) const SHARE: &str = "Share this page";
