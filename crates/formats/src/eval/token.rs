//! The two tokens of JSON that have a grammar of their own: numbers and escaped strings.

/// Longest number, in bytes.
const NUMBER_BYTES_MAX: usize = 512;

/// The JSON grammar of numbers; the exponent has at most six digits.
pub(super) fn is_number(text: &str) -> bool {
    if text.len() > NUMBER_BYTES_MAX {
        return false;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let exponent_digits = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent_digits.is_none_or(|text| digits(text) && text.len() <= 6)
}

/// Resolves the escapes of a string; none if one of them is wrong or half of a surrogate pair.
pub(super) fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut parts = raw.split('\\');
    text.push_str(parts.next()?);
    while let Some(part) = parts.next() {
        let mut rest = part.chars();
        match rest.next() {
            // A doubled backslash: the next part is plain text.
            None => {
                text.push('\\');
                text.push_str(parts.next()?);
                continue;
            }
            Some('u') => {
                let unit = hex_unit(part.get(1..5)?)?;
                let after = part.get(5..)?;
                if !(0xd800..0xdc00).contains(&unit) {
                    text.push(char::from_u32(unit)?);
                    text.push_str(after);
                    continue;
                }
                let low = parts
                    .next()
                    .filter(|_| after.is_empty())?
                    .strip_prefix('u')?;
                let low_unit = hex_unit(low.get(..4)?).filter(|u| (0xdc00..0xe000).contains(u))?;
                text.push(char::from_u32(
                    0x10000 + ((unit - 0xd800) << 10) + (low_unit - 0xdc00),
                )?);
                text.push_str(low.get(4..)?);
                continue;
            }
            Some(letter) => text.push(match letter {
                '"' | '/' => letter,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => return None,
            }),
        }
        text.push_str(rest.as_str());
    }
    Some(text)
}

fn hex_unit(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{is_number, unescape};

    #[test]
    fn escapes_become_their_characters() {
        let rows = [
            (r#"\u0041\n\t\r\b\f\/\""#, "A\n\t\r\u{8}\u{c}/\""),
            (r"a\\\\b\\\n", "a\\\\b\\\n"),
            (r"\ud83d\ude00é", "😀é"),
        ];
        for (raw, want) in rows {
            assert_eq!(unescape(raw).as_deref(), Some(want), "{raw}");
        }
        for raw in [
            r"\ud83d",
            r"\ud83d\n",
            r"\ud83dx\ude00",
            r"\ude00",
            r"\x",
            r"\u12",
            r"\u+123",
        ] {
            assert_eq!(unescape(raw), None, "{raw}");
        }
    }

    #[test]
    fn numbers_follow_the_grammar() {
        for text in ["0", "-0", "10", "1.50", "1e5", "1E+05", "-0.0e-3"] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "1e1234567",
            "--1",
            "1-1",
        ] {
            assert!(!is_number(text), "{text}");
        }
        assert!(!is_number(&"1".repeat(513)));
    }
}
