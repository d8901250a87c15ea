//! What the pages say about webhooks.

pub(crate) const EVERY_EVENT: &str = "every event";
pub(crate) const NO_DATA_KEY: &str = "This server has no data key to seal secrets with, so it sends \
                                      nothing. The operator gives it one with --data-key FILE.";
pub(crate) const EVENTS_WRONG: &str = "Tick events of the list, or none of them for all.";
pub(crate) const TOO_MANY: &str = "There are 20 webhooks already. Remove one first.";
pub(crate) const OFF_BY_HAND: &str = "An administrator switched it off.";
pub(crate) const NOTHING_TOLD: &str =
    "No final block was read yet, so nothing can be sent. Try again in a moment.";
pub(crate) const BOTH_SIGN: &str = "What is sent is signed with the secret before it as well, for a \
                                    day from now: change it at the receiver until then.";

pub(crate) const COMMAND_LINE: &str = "the command line";

/// How a webhook stands.
pub(crate) fn standing(off: Option<(String, &str)>, failing_since: Option<String>) -> String {
    match (off, failing_since) {
        (Some((since, why)), _) => format!("off since {since}. {why}"),
        (None, Some(since)) => format!("on, but nothing arrived since {since}"),
        (None, None) => "on".to_owned(),
    }
}

/// What became of a delivery.
pub(crate) fn outcome(tried: Option<String>, status: Option<u16>, failure: Option<&str>) -> String {
    let status = status.map_or_else(String::new, |status| format!(" ({status})"));
    match (tried, failure) {
        (None, _) => "not sent yet".to_owned(),
        (Some(at), None) => format!("arrived{status} at {at}"),
        (Some(at), Some(why)) => format!("failed at {at}: {why}{status}"),
    }
}

/// The same in a word or two, beside the times.
pub(crate) const fn outcome_word(was_tried: bool, has_failed: bool) -> &'static str {
    match (was_tried, has_failed) {
        (false, _) => "waiting",
        (true, false) => "arrived",
        (true, true) => "failed",
    }
}

/// How a webhook stands, in a word.
pub(crate) const fn standing_word(is_on: bool, is_failing: bool) -> &'static str {
    match (is_on, is_failing) {
        (false, _) => "off",
        (true, true) => "failing",
        (true, false) => "on",
    }
}

/// The key that made a webhook, and how it stands if it opens nothing any more.
pub(crate) fn of_key(label: &str, over: Option<&str>) -> String {
    match over {
        None => format!("the key {label}"),
        Some(over) => format!("the key {label}, {over}"),
    }
}
