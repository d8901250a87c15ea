//! Pages that could not be shown: a heading, and what to do.

use super::access::Refusal;

pub(crate) const NO_PAGE: (&str, &str) = (
    "Not found",
    "The address may be mistyped, or the page has moved.",
);
pub(crate) const NO_GRANT: (&str, &str) = (
    "No such grant here",
    "It is known here once it was opened or its round imported. If you hold its file, open it with \
     guerdon grant claim FILE, or check it with guerdon verify grant FILE.",
);
pub(crate) const MISSING: (&str, &str) = (
    "Not found",
    "It may stand in a block that was not read yet, or belong to another deployment.",
);
pub(crate) const NOT_AN_ID: (&str, &str) = ("Not found", "Copy the whole id and try again.");
pub(crate) const NOT_UNDERSTOOD: (&str, &str) = (
    "This request was not understood",
    "Go back, load the page again and send the form once more.",
);
pub(crate) const NO_DAY: (&str, &str) = (
    "No such day here",
    "Choose a day from the first block of these contracts on.",
);
pub(crate) const REORGED: (&str, &str) = (
    "The chain replaced this block",
    "Nothing that was reported at that block holds. Make the report again: it will name the block \
     that stands.",
);
pub(crate) const WORKBOOK: (&str, &str) = (
    "This workbook failed",
    "The same rows are there as CSV: put .csv in the place of .xlsx.",
);
pub(crate) const FAILED_WHAT: &str = "Something went wrong on this server.";
pub(crate) const AWAY: Refusal = Refusal {
    what: "The database of this server does not answer.",
    hint: "No money depends on it: the contracts pay without this server. Try again in a few \
           seconds.",
};
pub(crate) const AWAY_HEADING: &str = "Not now";
pub(crate) const FAILED: (&str, &str) = (
    "This page failed",
    "No money depends on it: the contracts pay without this server. Try again in a moment; if it \
     stays, the operator finds the reason in the log.",
);

/// Headings of refusals, which bring their own words.
pub(crate) const SIGN_IN: &str = "Sign in first";
pub(crate) const NOT_SIGNED_IN: &str = "Not signed in";
pub(crate) const TOO_MANY: &str = "Too many tries";
pub(crate) const BUSY: &str = "Too busy";
pub(crate) const FOREIGN: &str = "Not sent from here";
pub(crate) const NOT_PERMITTED: &str = "Not permitted";
pub(crate) const NOT_TAKEN: &str = "Not taken";
pub(crate) const NOT_HERE: &str = "Not here";
