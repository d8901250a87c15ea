//! A strict JSON reader for files that decide money.
//!
//! It differs from a general reader in four ways: a key that stands twice is refused (two readers
//! could see two results in it), numbers are kept as they were written, `NaN` and `Infinity` are
//! named in the error, and depth and size of the tree are bounded.

use std::borrow::Cow;

use super::json::{Json, Map};
use super::token::{is_number, unescape};

/// Deepest nesting of lists and objects.
const DEPTH_MAX: usize = 128;
/// Most values kept in memory for one document, about 300 MB of tree.
const VALUES_MAX: usize = 4_000_000;

/// Which keys to keep; whatever else is checked for syntax and not stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keep<'k> {
    /// Everything, but for the objects in the top-level list `samples`: of those only these keys.
    InSamples(&'k [&'k str]),
    /// Of the top-level object only these keys.
    AtRoot(&'k [&'k str]),
}

/// Where and why a text is not acceptable JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Line, from 1.
    pub(super) line: usize,
    /// Column in bytes, from 1.
    pub(super) column: usize,
    pub(super) message: String,
}

/// Reads one document that fills `bytes` whole.
pub(super) fn parse<'a>(bytes: &'a [u8], keep: Keep<'_>) -> Result<Json<'a>, Fault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| fault_at(bytes, error.valid_up_to(), "not UTF-8 text"))?;
    let mut parser = Parser {
        text,
        at: 0,
        values: 0,
        keep,
    };
    let place = match keep {
        Keep::InSamples(_) => Place::Root,
        Keep::AtRoot(_) => Place::Trimmed,
    };
    let value = parser.value(0, place)?;
    parser.blank();
    if parser.at < text.len() {
        return parser.fail("more text after the end of the JSON value");
    }
    Ok(value)
}

/// Where the parser stands in relation to the trimmed objects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the whole document, whose `samples` are trimmed.
    Root,
    /// At the list of samples.
    Samples,
    /// At an object of which only some keys are kept.
    Trimmed,
    /// Below anything else.
    Inside,
}

struct Parser<'a, 'k> {
    text: &'a str,
    at: usize,
    values: usize,
    keep: Keep<'k>,
}

impl<'a> Parser<'a, '_> {
    fn value(&mut self, depth: usize, place: Place) -> Result<Json<'a>, Fault> {
        self.values += 1;
        if self.values > VALUES_MAX {
            return self.fail("too many values in one document");
        }
        match self.start(depth)? {
            b'{' => self.object(depth, place),
            b'[' => {
                let inner = if place == Place::Samples {
                    Place::Trimmed
                } else {
                    Place::Inside
                };
                let mut list = Vec::new();
                self.items(b']', |parser| {
                    list.push(parser.value(depth + 1, inner)?);
                    Ok(())
                })?;
                Ok(Json::List(list))
            }
            b'"' => Ok(Json::Text(self.string()?)),
            b'-' | b'0'..=b'9' => Ok(Json::Number(self.number()?)),
            _ => Ok(match self.word()? {
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => Json::Null,
            }),
        }
    }

    fn object(&mut self, depth: usize, place: Place) -> Result<Json<'a>, Fault> {
        let mut map = Map::new();
        self.items(b'}', |parser| {
            let key_at = parser.at;
            let key = parser.key()?;
            if map.contains_key(&key) {
                parser.at = key_at;
                return parser.fail(&format!("the key \"{key}\" stands twice in one object"));
            }
            if parser.drops(&key, place) {
                return parser.skip(depth + 1);
            }
            let samples = place == Place::Root && key == "samples";
            let inner = if samples {
                Place::Samples
            } else {
                Place::Inside
            };
            let value = parser.value(depth + 1, inner)?;
            map.insert(key, value);
            Ok(())
        })?;
        Ok(Json::Map(map))
    }

    fn drops(&self, key: &str, place: Place) -> bool {
        let (Keep::InSamples(kept) | Keep::AtRoot(kept)) = self.keep;
        place == Place::Trimmed && !kept.contains(&key)
    }

    /// Passes over a value, checking its syntax only.
    fn skip(&mut self, depth: usize) -> Result<(), Fault> {
        match self.start(depth)? {
            b'{' => self.items(b'}', |parser| {
                parser.key_end()?;
                parser.skip(depth + 1)
            }),
            b'[' => self.items(b']', |parser| parser.skip(depth + 1)),
            b'"' => self.string_end().map(|_| ()),
            b'-' | b'0'..=b'9' => self.number().map(|_| ()),
            _ => self.word().map(|_| ()),
        }
    }

    /// The first byte of the value that comes next.
    fn start(&mut self, depth: usize) -> Result<u8, Fault> {
        self.blank();
        if depth > DEPTH_MAX {
            return self.fail(&format!("nested deeper than {DEPTH_MAX} levels"));
        }
        self.peek()
            .map_or_else(|| self.fail("the file ends in the middle of a value"), Ok)
    }

    /// The members between an opening bracket and `close`.
    fn items(
        &mut self,
        close: u8,
        mut each: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.at += 1;
        self.blank();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blank();
            each(self)?;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("expected a comma or the closing bracket"),
            }
        }
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.peek() != Some(b'"') {
            return self.fail("expected a key in quotation marks");
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    fn key_end(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return self.fail("expected a key in quotation marks");
        }
        self.string_end()?;
        self.colon()
    }

    fn colon(&mut self) -> Result<(), Fault> {
        self.blank();
        if self.peek() != Some(b':') {
            return self.fail("expected a colon after the key");
        }
        self.at += 1;
        Ok(())
    }

    /// The raw text of a string, without its quotation marks; says whether it has escapes.
    fn string_end(&mut self) -> Result<(&'a str, bool), Fault> {
        let start = self.at + 1;
        let mut escaped = false;
        let mut at = start;
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return Ok((self.text.get(start..at).unwrap_or_default(), escaped));
                }
                b'\\' => {
                    escaped = true;
                    at += 2;
                }
                0..=0x1f => {
                    self.at = at;
                    return self.fail("a control character stands in a string");
                }
                _ => at += 1,
            }
        }
        self.at = self.text.len();
        self.fail("the file ends in the middle of a string")
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        let (raw, escaped) = self.string_end()?;
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        match unescape(raw) {
            Some(text) => Ok(Cow::Owned(text)),
            None => {
                self.at = start;
                self.fail("a string holds an escape that stands for no character")
            }
        }
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .count();
        if rest.starts_with("-Infinity") {
            return self.fail(NOT_A_NUMBER);
        }
        match rest.get(..length).filter(|text| is_number(text)) {
            Some(text) => {
                self.at += length;
                Ok(text)
            }
            None => self.fail("not a number, or one that is too long"),
        }
    }

    fn word(&mut self) -> Result<&'a str, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with("NaN") || rest.starts_with("Infinity") {
            return self.fail(NOT_A_NUMBER);
        }
        match ["true", "false", "null"]
            .into_iter()
            .find(|word| rest.starts_with(word))
        {
            Some(word) => {
                self.at += word.len();
                Ok(word)
            }
            None => self.fail("expected a value"),
        }
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, message: &str) -> Result<T, Fault> {
        Err(fault_at(self.text.as_bytes(), self.at, message))
    }
}

const NOT_A_NUMBER: &str = "NaN and Infinity are not JSON, and no score";

fn fault_at(bytes: &[u8], at: usize, message: &str) -> Fault {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    Fault {
        line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
        column: 1 + before.len() - line_start,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::json::Json;
    use super::{Keep, parse};

    fn same(ours: &Json<'_>, theirs: &Value) -> bool {
        match (ours, theirs) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
            (Json::Number(text), Value::Number(number)) => *text == number.to_string(),
            (Json::Text(ours), Value::String(theirs)) => ours == theirs,
            (Json::List(ours), Value::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
            }
            (Json::Map(ours), Value::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().all(|(key, value)| {
                        theirs
                            .get(key.as_ref())
                            .is_some_and(|other| same(value, other))
                    })
            }
            _ => false,
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_another_writer_wrote_is_read_the_same(value in any_value()) {
            let text = serde_json::to_string_pretty(&value).unwrap();
            let ours = parse(text.as_bytes(), Keep::InSamples(&[])).unwrap();
            if value.get("samples").is_none() {
                prop_assert!(same(&ours, &value));
            }
        }

        #[test]
        fn what_is_accepted_another_reader_accepts(text in "[\\[\\]{}\",:0-3eE.+\\-\\\\ un]{0,12}") {
            if parse(text.as_bytes(), Keep::InSamples(&[])).is_ok() {
                let theirs = serde_json::from_str::<Value>(&text);
                let range = theirs.as_ref().is_err_and(|error| error.to_string().contains("range"));
                prop_assert!(theirs.is_ok() || range, "{text}");
            }
        }
    }

    #[test]
    fn only_the_asked_keys_of_samples_are_kept() {
        let text = br#"{"samples":[{"id":1,"events":[{"id":2}]}],"x":{"events":3}}"#;
        let value = parse(text, Keep::InSamples(&["id"])).unwrap();
        let sample = value
            .get("samples")
            .and_then(Json::list)
            .and_then(<[_]>::first)
            .unwrap();
        assert_eq!(sample.whole_at(&["id"]), Some(1));
        assert!(sample.get("events").is_none());
        assert_eq!(value.whole_at(&["x", "events"]), Some(3));
    }
}
