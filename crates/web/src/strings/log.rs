//! What the log of the company says, in words.

use crate::numbers::shortened;

pub(crate) const LEAD: &str = "What was done on these pages and by the command line. No entry is ever \
    changed. The log itself names people by a serial number; names are those of the people list now.";
pub(crate) const NOTHING: &str = "Nothing has been done here yet.";

/// Longer than this, a word is a hash or an id.
const WORD_MAX: usize = 24;

/// `Request made: pause, request 3`
pub(crate) fn sentence(action: &str, detail: &str) -> String {
    let action = match action {
        "safe of batch named" => "Safe of the batch named".to_owned(),
        "person exported" => "Everything kept about a person exported".to_owned(),
        "people exported" => "The whole people list exported".to_owned(),
        other => capital(other),
    };
    match detail {
        "" => action,
        detail => format!("{action}: {}", short(detail)),
    }
}

/// With a capital; an address stays as it is written.
pub(crate) fn capital(text: &str) -> String {
    match text.starts_with("0x") {
        true => text.to_owned(),
        false => crate::numbers::capital(text),
    }
}

/// Hashes and ids in a text are shortened in the middle.
pub(crate) fn short(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.len() > WORD_MAX {
        true if word.is_ascii() => shortened(word),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_sentence_without_a_whole_hash() {
        let hash = format!("agreement 0x{}", "ab".repeat(32));
        assert_eq!(
            sentence("grant accepted", &hash),
            "Grant accepted: agreement 0xabab…abab"
        );
        assert_eq!(
            sentence("request made", "pause, request 3"),
            "Request made: pause, request 3"
        );
        assert_eq!(sentence("signed out", ""), "Signed out");
        assert_eq!(capital("0xabc"), "0xabc");
        assert_eq!(capital("command line"), "Command line");
    }
}
