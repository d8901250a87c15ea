//! The part of JSON Schema that the document uses, checked by the same words that it prints: what
//! is taken and what is documented cannot differ.

use serde_json::{Map, Value, json};

use super::cursor;
use super::problem::Fault;
use crate::strings::api as words;

/// Whether a text fits.
type Fits = fn(&str) -> bool;

/// What a text may look like, as the document says it and as it is checked.
const PATTERNS: [(&str, Fits); 12] = [
    (ID, |text| hexadecimal(text, "0x", 64, false)),
    (ADDRESS, |text| hexadecimal(text, "0x", 40, true)),
    (BYTES, bytes),
    (UNITS, units),
    (PERSON, person),
    (IMPORT, |text| hexadecimal(text, "", 16, false)),
    (CURSOR, |text| hexadecimal(text, "", cursor::DIGITS, false)),
    (NAME, |text| {
        text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
    }),
    (LINE, |text| !text.chars().any(char::is_control)),
    (MAIL, mail),
    (WEBHOOK, |text| hexadecimal(text, "wh_", 16, false)),
    (COUNTRY, |text| {
        text.is_empty() || text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
    }),
];

pub(super) const ID: &str = "^0x[0-9a-f]{64}$";
pub(super) const ADDRESS: &str = "^0x[0-9a-fA-F]{40}$";
pub(super) const BYTES: &str = "^0x([0-9a-f]{2})*$";
pub(super) const UNITS: &str = "^(0|-?[1-9][0-9]*)$";
pub(super) const PERSON: &str = "^P[1-9][0-9]{0,8}$";
pub(super) const IMPORT: &str = "^[0-9a-f]{16}$";
pub(super) const CURSOR: &str = "^[0-9a-f]{152}$";
pub(super) const WEBHOOK: &str = "^wh_[0-9a-f]{16}$";
pub(super) const NAME: &str = "^[!-~]+$";
pub(super) const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
pub(super) const MAIL: &str = "^([!-?A-~]+@[!-?A-~]+)?$";
pub(super) const COUNTRY: &str = "^([A-Z]{2})?$";

fn hexadecimal(text: &str, prefix: &str, length: usize, capitals: bool) -> bool {
    let digits = text.strip_prefix(prefix);
    let is_digit = |byte: u8| {
        byte.is_ascii_digit()
            || (b'a'..=b'f').contains(&byte)
            || capitals && (b'A'..=b'F').contains(&byte)
    };
    digits.is_some_and(|digits| digits.len() == length && digits.bytes().all(is_digit))
}

fn bytes(text: &str) -> bool {
    text.len().is_multiple_of(2) && hexadecimal(text, "0x", text.len().saturating_sub(2), false)
}

fn units(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain && !digits.is_empty() && (!digits.starts_with('0') || text == "0")
}

fn mail(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|it| (0x21..=0x7e).contains(&it));
    let parts = text.split_once('@');
    text.is_empty()
        || parts.is_some_and(|(name, host)| plain(name) && plain(host) && !host.contains('@'))
}

fn person(text: &str) -> bool {
    let digits = text.strip_prefix('P').unwrap_or_default();
    units(digits) && digits.len() <= 9 && digits != "0" && !digits.starts_with('-')
}

/// Everything in a value that is not as a schema says. `parts` are the schemas that others name.
pub(super) fn faults(parts: &Map<String, Value>, schema: &Value, value: &Value) -> Vec<Fault> {
    let mut found = Vec::new();
    Check {
        parts,
        found: &mut found,
    }
    .value(schema, value, "");
    found
}

struct Check<'a> {
    parts: &'a Map<String, Value>,
    found: &'a mut Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, at: &str, detail: impl Into<String>) {
        self.found.push(Fault {
            at: at.to_owned(),
            detail: detail.into(),
        });
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            match self.parts.get(name) {
                Some(part) => self.value(part, value, at),
                None => self.fault(at, format!("no schema {name}")),
            }
            return;
        }
        if let Some(either) = schema["anyOf"].as_array() {
            let fits = |one: &Value| faults(self.parts, one, value).is_empty();
            if !either.iter().any(fits) {
                self.fault(at, "is none of what it may be");
            }
            return;
        }
        if !is_of(&schema["type"], value) {
            self.fault(at, format!("must be of the type {}", schema["type"]));
            return;
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            self.fault(at, format!("must be one of {}", schema["enum"]));
        }
        match value {
            Value::String(text) => self.text(schema, text, at),
            Value::Number(_) => self.number(schema, value, at),
            Value::Array(items) => self.array(schema, items, at),
            Value::Object(fields) => self.object(schema, fields, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        let length = text.chars().count() as u64;
        if schema["minLength"].as_u64().is_some_and(|min| length < min) {
            self.fault(at, "is too short");
        }
        if schema["maxLength"].as_u64().is_some_and(|max| length > max) {
            self.fault(at, "is too long");
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            let known = PATTERNS.iter().find(|(name, _)| *name == pattern);
            if !known.is_some_and(|(_, fits)| fits(text)) {
                self.fault(at, format!("must look like {pattern}"));
            }
        }
        let (fits, must) = match schema["format"].as_str() {
            Some("date") => (is_date(text), words::MUST_BE_DAY),
            Some("address") => {
                let wallet = guerdon_formats::sheet::parse_wallet(text);
                (wallet.is_ok(), words::MUST_BE_ADDRESS)
            }
            Some("date-time") => {
                let moment = text.parse::<jiff::Timestamp>();
                (moment.is_ok(), words::MUST_BE_MOMENT)
            }
            _ => (true, ""),
        };
        if !fits {
            self.fault(at, must);
        }
    }

    fn number(&mut self, schema: &Value, value: &Value, at: &str) {
        let (min, max) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
        let fits = value.as_i64().is_some_and(|number| {
            min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
        });
        if !fits {
            let range = min
                .zip(max)
                .map(|(min, max)| format!("must be from {min} to {max}"));
            self.fault(at, range.unwrap_or_else(|| "is out of range".to_owned()));
        }
    }

    fn array(&mut self, schema: &Value, items: &[Value], at: &str) {
        let count = items.len() as u64;
        if schema["maxItems"].as_u64().is_some_and(|max| count > max) {
            self.fault(at, "has too many items");
        }
        for (place, item) in items.iter().enumerate() {
            self.value(&schema["items"], item, &format!("{at}/{place}"));
        }
    }

    fn object(&mut self, schema: &Value, fields: &Map<String, Value>, at: &str) {
        let known = &schema["properties"];
        for (name, value) in fields {
            match known.get(name) {
                Some(part) => self.value(part, value, &format!("{at}/{name}")),
                None => self.fault(&format!("{at}/{name}"), "is not known here"),
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.fault(&format!("{at}/{name}"), "is missing");
            }
        }
    }
}

/// A day as calendars write it, `2026-12-31`.
pub(super) fn is_date(text: &str) -> bool {
    let day: Option<jiff::civil::Date> = text.parse().ok();
    day.is_some_and(|day| day.to_string() == text)
}

fn is_of(kind: &Value, value: &Value) -> bool {
    let one = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match kind {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(one),
        _ => false,
    }
}

/// A text.
pub(super) fn text(says: &str) -> Value {
    json!({"type": "string", "description": says})
}

/// A text of a form.
pub(super) fn pattern(pattern: &str, says: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": says})
}

/// A moment in UTC.
pub(super) fn moment(says: &str) -> Value {
    json!({"type": "string", "format": "date-time", "description": says})
}

/// A whole number of a range.
pub(super) fn number(least: i64, most: i64, says: &str) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most, "description": says})
}

/// Another schema by its name.
pub(super) fn part(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Any number of something.
pub(super) fn list(items: Value) -> Value {
    let mut schema = json!({"type": "array"});
    schema["items"] = items;
    schema
}

/// Something or nothing.
pub(super) fn maybe(schema: Value) -> Value {
    let mut either = json!({});
    either["anyOf"] = Value::Array(vec![schema, json!({"type": "null"})]);
    either
}

/// An object that always has all its fields.
pub(super) fn object(says: &str, fields: &[(&str, Value)]) -> Value {
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    optional(says, fields, &names)
}

/// An object of which some fields may be left away.
pub(super) fn optional(says: &str, fields: &[(&str, Value)], required: &[&str]) -> Value {
    let fields = fields.iter().cloned();
    let fields: Map<String, Value> = fields
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({
        "type": "object",
        "description": says,
        "properties": fields,
        "required": required,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_the_schema_says_is_named_with_its_place() {
        let schema = optional(
            "",
            &[
                ("id", pattern(ID, "")),
                ("days", number(1, 10, "")),
                ("day", json!({"type": "string", "format": "date"})),
                ("wallets", list(pattern(ADDRESS, ""))),
                ("zone", maybe(text(""))),
            ],
            &["id"],
        );
        let parts = Map::new();
        let at = |value: Value| -> Vec<String> {
            let found = faults(&parts, &schema, &value).into_iter();
            found.map(|fault| fault.at).collect()
        };
        let id = format!("0x{}", "0a".repeat(32));
        let wallet = format!("0x{}", "0A".repeat(20));
        let good = json!({
            "id": id, "days": 10, "day": "2026-02-28", "wallets": [wallet], "zone": null,
        });
        assert!(at(good).is_empty());
        assert_eq!(at(json!({})), ["/id"]);
        assert_eq!(at(json!([])), [""]);
        let bad = json!({
            "id": id.to_uppercase(), "days": 11, "day": "2026-02-30", "wallets": ["0x"],
            "zone": 1, "other": 1,
        });
        let mut found = at(bad);
        found.sort();
        let want = ["/day", "/days", "/id", "/other", "/wallets/0", "/zone"];
        assert_eq!(found, want);
        assert_eq!(at(json!({"id": id, "days": 1.5})), ["/days"]);
    }

    #[test]
    fn a_value_of_a_format_is_told_what_it_must_be() {
        let zero = format!("0x{}", "0".repeat(40));
        for (format, wrong, must) in [
            ("address", zero.as_str(), words::MUST_BE_ADDRESS),
            ("date", "2026-13-01", words::MUST_BE_DAY),
            ("date-time", "2026-12-31", words::MUST_BE_MOMENT),
        ] {
            let schema = json!({"type": "string", "format": format});
            let found = faults(&Map::new(), &schema, &json!(wrong));
            let details: Vec<&str> = found.iter().map(|fault| fault.detail.as_str()).collect();
            assert_eq!(details, [must]);
        }
    }

    #[test]
    fn texts_fit_their_patterns_or_do_not() {
        let fits = |pattern: &str, text: &str| {
            let known = PATTERNS.iter().find(|(name, _)| *name == pattern);
            known.unwrap().1(text)
        };
        for (pattern, good, bad) in [
            (
                UNITS,
                vec!["0", "17", "-17"],
                vec!["", "-0", "007", "1.5", "-"],
            ),
            (
                PERSON,
                vec!["P1", "P170"],
                vec!["P0", "P", "p1", "P-1", "P01"],
            ),
            (BYTES, vec!["0x", "0xab"], vec!["", "0xa", "ab", "0xAB"]),
            (COUNTRY, vec!["", "DE"], vec!["de", "DEU", "D"]),
            (NAME, vec!["run-1"], vec!["a b", "ü", "\n"]),
        ] {
            assert!(good.iter().all(|text| fits(pattern, text)), "{pattern}");
            assert!(bad.iter().all(|text| !fits(pattern, text)), "{pattern}");
        }
    }
}
