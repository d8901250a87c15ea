//! What is said around settings, links, and what is kept about a person.

use super::access::Refusal;
use crate::numbers::grouped;

pub(crate) const LABEL_TOO_LONG: Refusal = Refusal {
    what: "The name of the link is too long.",
    hint: "Go back and write at most 60 letters.",
};

pub(crate) const NOT_THE_HOLDER: Refusal = Refusal {
    what: "Only the wallet that a grant pays can share its page.",
    hint: "Sign in with the wallet that holds the grant now.",
};

pub(crate) const NO_ZONE: Refusal = Refusal {
    what: "That is no time zone.",
    hint: "Choose one of the list, such as Europe/Madrid.",
};

pub(crate) const ZONE_OF_GRANTS: &str = "each grant's own";
pub(crate) const ZONE_HINT: &str = "Days on your pages are those of this zone. Without a choice each \
    grant is shown in the zone of its own schedule.";
pub(crate) const ZONE_HINT_LISTED: &str = "Days on your pages are those of this zone. Without a \
    choice they are those of the zone that the people list has for you.";

/// The choice of none, where the people list knows a zone.
pub(crate) fn zone_of_list(zone: &str) -> String {
    format!("as on the people list: {zone}")
}

pub(crate) const NO_NOTICES: &str = "This server sends no notices about your grants. The calendar \
    below reminds you of days on which something vests.";
pub(crate) const MAIL_LINKS: &str = "This server sends one kind of e-mail: a link to sign in, when \
    you ask for it. It sends no notices about your grants; the calendar below reminds you of days \
    on which something vests.";

pub(crate) const CALENDAR: &str = "A link for your calendar program: the days on which a part of \
    your grants vests, without amounts. Whoever has the link can read those days, so keep it to \
    yourself.";
pub(crate) const NO_CALENDAR: &str = "There is no calendar link.";
pub(crate) const CALENDAR_MADE: &str = "Subscribe to this address in your calendar program. It is \
    shown once: if you lose it, make a new one, and this one ends.";

pub(crate) const NO_WALLETS: &str = "No wallet is known of you.";
pub(crate) const ADD_WALLET: &str = "Another wallet becomes yours here by two signatures: its own \
    and, to confirm it, the one of the wallet that you are signed in with. They move no money. \
    Whoever signs in with either wallet sees the grants of both.";
pub(crate) const WALLETS_BY_WALLET: &str =
    "To add or take off a wallet, sign in with one of yours.";

/// What both wallets sign: one line, whatever the company is called.
pub(crate) fn statement(company: &str, person: &str, (new, present): (String, String)) -> String {
    let company: String = company.chars().filter(|c| !c.is_control()).collect();
    format!(
        "Add the wallet {new} to person {person} of {company}, beside {present}. Whoever signs in \
         with either sees the grants of both. This signs no transaction and moves no money."
    )
}

pub(crate) const NOT_LISTED: &str = "The people list does not know this wallet, so there is no \
    person whom another wallet could be added to. Ask the people team.";

/// When the calendar link was made.
pub(crate) fn calendar_since(day: &str) -> String {
    format!("There is a calendar link, made on {day}.")
}

/// `proven by a signature on 1 Dec 2026`
pub(crate) fn proven(day: &str) -> String {
    format!("proven by a signature on {day}")
}

pub(crate) const NOT_PROVEN: &str = "on the people list, not proven by a signature yet";

pub(crate) const KEPT_LEAD: &str = "Everything that this company's database holds about you, and \
    what it cannot take back.";
pub(crate) const KEPT_NOWHERE: &str = "No name and no address of yours was ever written to the \
    chain. Your wallets, your grants' amounts and schedules once they were opened, and every \
    payment stand there for ever; nobody can erase them, and nobody but you and the company can \
    tell from the chain whose they are.";
pub(crate) const KEPT_ERASURE: &str = "To have your data erased, ask the people team. Erasing \
    clears every column above that names you, ends your sessions and links, and leaves entries of \
    the log with a serial number that names nobody. Your grants stay yours: their files and your \
    wallet are enough to claim.";
pub(crate) const KEPT_COMMAND: &str = "guerdon people export ID";

/// Why a wallet that is not listed has so little kept.
pub(crate) const KEPT_UNLISTED: &str = "The people list does not know this wallet: no name, no \
    e-mail address and no number of yours is kept here.";

/// `3 entries`
pub(crate) fn entries(number: u64) -> String {
    match number {
        1 => "1 entry".to_owned(),
        more => format!("{} entries", grouped(more)),
    }
}

pub(crate) const SIGNED_IN: &str = "signed in with it now";

pub(crate) const NO_PERSON: Refusal = Refusal {
    what: "The people list does not know you, so no wallet can be added to you.",
    hint: "Ask the people team to put you on the list.",
};

pub(crate) const OTHERS_WALLET: Refusal = Refusal {
    what: "This wallet belongs to somebody else on the people list.",
    hint: "If that is wrong, ask the people team.",
};

pub(crate) const WALLETS_BY_ADMINISTRATOR: Refusal = Refusal {
    what: "You have a role on the people list, so your wallets are not changed from here.",
    hint: "You have a role on the people list, so an administrator adds and takes off your wallets.",
};

pub(crate) const PRESENT_WALLET: Refusal = Refusal {
    what: "You are signed in with this wallet, so it stays.",
    hint: "Sign in with another of your wallets to take this one off.",
};

pub(crate) const NOT_YOUR_WALLET: Refusal = Refusal {
    what: "This wallet is none of yours, so nothing was changed.",
    hint: "Load the settings again.",
};

/// What the script of the sign-in says differently when a wallet is added.
pub(crate) const ISLAND: [(&str, &str); 9] = [
    (
        "ready",
        "Choose the account to add in your wallet program first.",
    ),
    ("button", "Add a wallet with {wallet}"),
    (
        "present",
        "The new wallet has signed. Now confirm it with {present}, which you are signed in with.",
    ),
    ("second", "Confirm with {wallet}"),
    (
        "same",
        "{wallet} shows the wallet that you are signed in with. Choose the one to add, then press \
         again.",
    ),
    (
        "absent",
        "{wallet} does not show {present} to this page. Choose it there, then press again.",
    ),
    ("rejected", "You declined in {wallet}. Nothing was changed."),
    ("signed", "Signed. Adding it…"),
    ("failed", "Adding it failed: {said} Nothing was changed."),
];
