//! What the page of auditors' links says.

pub(crate) const LEAD: &str = "A link opens what auditors read, to whoever has it, until it ends: \
                               states at the ends of days, the register, contracts, reports, the \
                               bundle, grants by their ids and the log. No name, no agreement, and \
                               nothing that changes anything. An auditor who stays is better on the \
                               people list.";
pub(crate) const NOTHING: &str = "None yet.";
/// How long a link lives, unless another number is typed.
pub(crate) const DAYS: &str = "14";
pub(crate) const LABEL_WRONG: &str = "Say in 1 to 100 letters whom it is for.";
pub(crate) const DAYS_WRONG: &str = "Say how long it lives: 1 to 90 days, in digits.";

/// The detail of an entry in the log.
pub(crate) fn until(time: &str) -> String {
    format!("until {time}")
}

/// What the company calls a link; its number once that was erased.
pub(crate) fn label(label: &str, id: u64) -> String {
    match label {
        "" => format!("Link {id}"),
        label => label.to_owned(),
    }
}

/// When a link was used.
pub(crate) fn used(first: Option<&str>, last: Option<&str>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first == last => format!("on {first}"),
        (Some(first), Some(last)) => format!("first on {first}, last on {last}"),
        _ => "never".to_owned(),
    }
}

/// Until when a link is good.
pub(crate) fn standing(revoked: Option<&str>, expires: &str, is_alive: bool) -> String {
    match (revoked, is_alive) {
        (Some(day), _) => format!("revoked on {day}"),
        (None, true) => format!("until {expires}"),
        (None, false) => format!("ended on {expires}"),
    }
}

/// The same in one word, beside the times.
pub(crate) const fn standing_word(is_revoked: bool, is_alive: bool) -> &'static str {
    match (is_revoked, is_alive) {
        (true, _) => "revoked",
        (false, true) => "good",
        (false, false) => "ended",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_how_a_link_stands() {
        assert_eq!(used(None, None), "never");
        assert_eq!(used(Some("2 Nov"), Some("2 Nov")), "on 2 Nov");
        assert_eq!(
            used(Some("2 Nov"), Some("4 Nov")),
            "first on 2 Nov, last on 4 Nov"
        );
        assert_eq!(standing(None, "9 Nov", true), "until 9 Nov");
        assert_eq!(standing(None, "9 Nov", false), "ended on 9 Nov");
        assert_eq!(standing(Some("3 Nov"), "9 Nov", false), "revoked on 3 Nov");
        assert_eq!(
            (label("", 3).as_str(), label("a", 3).as_str()),
            ("Link 3", "a")
        );
    }
}
