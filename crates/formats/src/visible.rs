//! Text of somebody else, as a terminal may show it.

/// Whether a letter is not seen itself and moves or hides others: a control character, the end of a
/// line among them, or one that turns the direction of reading.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || turns
}

/// The text with a sign in place of each such letter; lines end where they ended.
#[must_use]
pub fn visible(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' => '\n',
        letter if is_hidden(letter) => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_reaches_a_terminal() {
        let hostile = "a\u{1b}[2Kb\r\u{9b}1Ac\u{202e}d\u{2066}e\u{7f}\n\tf";
        let shown = visible(hostile);
        assert_eq!(
            shown,
            "a\u{fffd}[2Kb\u{fffd}\u{fffd}1Ac\u{fffd}d\u{fffd}e\u{fffd}\n\u{fffd}f"
        );
        assert!(shown.lines().all(|line| !line.contains(is_hidden)));
    }

    #[test]
    fn other_letters_stay_as_they_are() {
        let plain = "Zoë, שרה, 李: 25 % – “fine”\n";
        assert_eq!(visible(plain), plain);
    }
}
