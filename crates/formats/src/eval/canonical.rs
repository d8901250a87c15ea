//! The one canonical JSON of Guerdon's evaluation readers, and the hash of it.
//!
//! The task hash of a reading is keccak256 of this serialisation, so that anyone can recompute it:
//!
//! - no white space; the keys of an object ascend by their UTF-8 bytes;
//! - in strings only `"`, `\` and the control characters below U+0020 are escaped, as `\"`, `\\`
//!   and `\u00xx` (four lower-case hexadecimal digits); everything else stands as UTF-8;
//! - a number is its exact decimal value: the digits without leading or trailing zeros, then, if
//!   the power of ten is not 0, `e` and that power. `2.0` and `2` are `2`, `1.2` is `12e-1`,
//!   `500` is `5e2`, `-0.0` is `0`.

use alloy_primitives::{B256, keccak256};

use super::json::Json;

/// keccak256 of the canonical serialisation.
pub(super) fn hash(value: &Json<'_>) -> B256 {
    keccak256(serialise(value).as_bytes())
}

/// The canonical serialisation of a value.
pub(super) fn serialise(value: &Json<'_>) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Json<'_>, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => out.push_str(&number(text)),
        Json::Text(text) => write_text(text, out),
        Json::List(list) => {
            out.push('[');
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Json::Map(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// The exact decimal value of a JSON number, as digits and a power of ten.
pub(super) fn number(text: &str) -> String {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text),
    };
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let dropped = digits.len() - significant.len();
    let power = exponent.parse::<i64>().unwrap_or(0) - length(fraction.len()) + length(dropped);
    let leading = significant.trim_start_matches('0');
    match (leading, power) {
        ("", _) => "0".to_owned(),
        (_, 0) => format!("{sign}{leading}"),
        _ => format!("{sign}{leading}e{power}"),
    }
}

/// A length of digits; the reader bounds numbers to 512 bytes.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::super::parse::{Keep, parse};
    use super::{number, serialise};

    #[test]
    fn numbers_of_the_same_value_are_written_the_same() {
        let rows = [
            ("2.0", "2"),
            ("2", "2"),
            ("0.2e1", "2"),
            ("20E-1", "2"),
            ("1.20", "12e-1"),
            ("500", "5e2"),
            ("-0.0", "0"),
            ("0e9", "0"),
            ("-0.05", "-5e-2"),
            ("1e+3", "1e3"),
            ("90071992547409931", "90071992547409931"),
        ];
        for (text, want) in rows {
            assert_eq!(number(text), want, "{text}");
        }
    }

    #[test]
    fn keys_ascend_and_only_what_must_be_escaped_is() {
        let text = r#" {"b": [1, 2.50, true, null], "a": "q\"\\\n\u00e9/\/", "": {}} "#;
        let value = parse(text.as_bytes(), Keep::InSamples(&[])).unwrap();
        let want = "{\"\":{},\"a\":\"q\\\"\\\\\\u000aé//\",\"b\":[1,25e-1,true,null]}";
        assert_eq!(serialise(&value), want);
    }
}
