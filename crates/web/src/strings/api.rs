//! What the API says, and the pages about it.

use super::access::Refusal;

pub(crate) const INVALID: &str =
    "Values are not as the document says; `errors` names each of them. Nothing was changed.";
pub(crate) const TOO_MANY: &str =
    "This key asks too often. Wait for the seconds that Retry-After names.";
pub(crate) const NO_PATH: &str =
    "Nothing has this path. `/api/openapi.json` names every path that there is.";
pub(crate) const NO_METHOD: &str =
    "This path does not take this method; Allow names those it does.";
pub(crate) const TOO_LARGE: &str = "The body is larger than 4 MiB. Send less at once.";
pub(crate) const NOT_JSON: &str = "The body must be JSON, with the content type application/json.";
pub(crate) const NOT_UNDERSTOOD: &str = "The request could not be read. Nothing was changed.";
pub(crate) const BODY_BROKEN: &str = "The body is no JSON. Nothing was changed.";
pub(crate) const FAILED: &str = "Something went wrong on this server, and nothing was changed. The \
                                 operator finds the reason in the log.";
pub(crate) const AWAY: &str = "The database of this server does not answer. Ask again in a few \
                               seconds; a write with the same Idempotency-Key.";
pub(crate) const NOT_READY: &str = "No block of the chain was read yet. Try again in a moment.";
pub(crate) const KEY_MISSING: &str = "Send a key: `Authorization: Bearer gdn_…`. An administrator \
                                      makes keys under Company, Integrations.";
pub(crate) const KEY_UNKNOWN: &str =
    "This key opens nothing: it is mistyped, revoked or expired. An administrator makes a new one.";
pub(crate) const KEY_WITH_COOKIE: &str =
    "A key came with a cookie. Keys are for other systems: send no cookies with them.";
pub(crate) const NAME_MISSING: &str =
    "Each POST needs an Idempotency-Key of its own, so that a second try does nothing twice.";
pub(crate) const NAME_WRONG: &str = "must be 1 to 255 visible ASCII characters without blanks";
pub(crate) const NAME_REUSED: &str =
    "This Idempotency-Key came with another request before. Use a new one for a new request.";
pub(crate) const PARAM_UNKNOWN: &str = "is not known here";
pub(crate) const MUST_BE_DAY: &str = "must be a day that there is, such as 2026-12-31";
pub(crate) const MUST_BE_MOMENT: &str =
    "must be a moment with its offset, such as 2026-12-31T12:00:00Z";
pub(crate) const MUST_BE_ADDRESS: &str =
    "must be an address: 0x and 40 hexadecimal digits, not zero, capitals by the checksum";
pub(crate) const LAST_EVENT_WRONG: &str =
    "must be the number of an event, as `id` of the stream gave it";
pub(crate) const PARAM_TWICE: &str = "was given twice";
pub(crate) const OTHER_LIST: &str =
    "This cursor belongs to another list or other filters. Begin at the first page.";
pub(crate) const CURSOR_GONE: &str = "The person whom the page before ended with is no longer on \
                                      the list. Begin at the first page.";
pub(crate) const TAKEN: &str = "The number, the e-mail address or a wallet is somebody's already, \
                                or a grant is paid to a wallet. Nothing was changed. An \
                                administrator adds such a person under Company, People.";
pub(crate) const REORGED: &str = "The chain was re-organised: the block of the page before is no \
                                  longer part of it. Begin at the first page.";
pub(crate) const DAY_NOT_OVER: &str = "No final block ends this day: the day is not over by the \
                                       chain's clock, or lies before the contracts.";
pub(crate) const NOTHING_TO_CLAIM: &str = "Nothing is claimable now.";
pub(crate) const NOT_COMMITTED: &str = "Its round is not committed on the chain.";
pub(crate) const OPENED: &str = "It is opened already.";

pub(crate) const SESSION_TOO_OFTEN: Refusal = Refusal {
    what: "These pages were asked too often in a minute.",
    hint: "Wait a moment and load the page again.",
};
pub(crate) const LABEL_WRONG: &str = "Give the key a name of 1 to 100 letters.";
pub(crate) const SCOPES_WRONG: &str = "Tick at least one thing that the key may do.";
pub(crate) const DAYS_WRONG: &str = "Days must be a whole number from 1 to 3,650.";

pub(crate) fn missing(noun: &str) -> String {
    match noun {
        "grant" | "round" | "goal" => format!(
            "No {noun} with this id is known here. It may stand in a block that was not read yet, \
             or belong to another deployment."
        ),
        _ => format!("No {noun} with this id is known here."),
    }
}

/// Of one key, or of all keys together.
pub(crate) fn streams_open(most: usize, of_key: bool) -> String {
    match of_key {
        true => format!("This key has {most} streams open, which is the most: close one."),
        false => format!(
            "{most} streams of all keys are open, which is the most here. Each ends within an \
             hour; the list of events can be read meanwhile."
        ),
    }
}

pub(crate) fn event_unknown(after: u64, newest: u64) -> String {
    format!(
        "There is no event {after}: the newest is {newest}. Numbers go on from lower ones where \
         the database was restored from a backup: read the list again, and take each id once."
    )
}

pub(crate) fn sheets_wait(most: usize) -> String {
    format!(
        "{most} sheets of this key wait already: import or discard some of them. Nothing was taken \
         in."
    )
}

pub(crate) fn scope_missing(scope: &str) -> String {
    format!("This key lacks the scope {scope}. An administrator can make a key that has it.")
}

pub(crate) fn not_binding(at: &str) -> String {
    format!("Its round can be taken back until {at}; nothing opens before.")
}

/// What a scope lets a key do.
pub(crate) fn scope(scope: guerdon_store::Scope) -> &'static str {
    use guerdon_store::Scope;
    match scope {
        Scope::ReadGrants => "read the pool, rounds, grants and what happened to them",
        Scope::ReadResults => "read goals, attempts and results",
        Scope::ReadPeople => "read the people list, names and addresses included",
        Scope::ReadJobs => "read scheduled calls and the keeper's transactions",
        Scope::PlanWrite => "get calls to sign; nothing is sent",
        Scope::PeopleWrite => {
            "add people to the list, without roles: they can sign in, and see the grants that are \
             imported for their numbers or paid to their wallets"
        }
        Scope::ReadEvents => "read what happens, as a list and as a stream",
        Scope::WebhooksWrite => {
            "say where events are sent, and so be told all that happens, wherever it wants"
        }
        Scope::ImportWrite => {
            "send sheets of grants, read what is wrong with them (numbers of people whose wallets \
             they use included), and make rounds of them; a round is promised only by a signature"
        }
    }
}

/// How a key stands, in a word.
pub(crate) const fn standing_word(is_revoked: bool, is_alive: bool) -> &'static str {
    match (is_revoked, is_alive) {
        (true, _) => "revoked",
        (false, true) => "good",
        (false, false) => "expired",
    }
}

/// How a key stands.
pub(crate) fn standing(revoked: Option<&str>, expires: Option<&str>, is_alive: bool) -> String {
    match (revoked, expires, is_alive) {
        (Some(day), _, _) => format!("revoked on {day}"),
        (None, Some(day), false) => format!("expired on {day}"),
        (None, Some(day), true) => format!("until {day}"),
        (None, None, _) => "without an end".to_owned(),
    }
}
