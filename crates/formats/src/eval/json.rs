//! JSON values as the readers see them: numbers as they were written, nothing converted.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The keys of an object, in the order of their UTF-8 bytes.
pub(super) type Map<'a> = BTreeMap<Cow<'a, str>, Json<'a>>;

/// One JSON value; strings without escapes and numbers borrow from the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// The number as written, valid by the JSON grammar.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Map(Map<'a>),
}

impl<'a> Json<'a> {
    /// A copy of the value, `null` for none.
    pub(super) fn or_null(value: Option<&Self>) -> Self {
        value.cloned().unwrap_or(Json::Null)
    }

    pub(super) fn map(&self) -> Option<&Map<'a>> {
        if let Json::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Json::List(list) = self {
            Some(list)
        } else {
            None
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        if let Json::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The nearest double; none for what is not a number or too large for one.
    pub(super) fn float(&self) -> Option<f64> {
        let Json::Number(text) = self else {
            return None;
        };
        text.parse::<f64>().ok().filter(|value| value.is_finite())
    }

    /// A whole number from 0, also when written as `500.0`.
    pub(super) fn whole(&self) -> Option<u64> {
        let Json::Number(text) = self else {
            return None;
        };
        if let Ok(whole) = text.parse::<u64>() {
            return Some(whole);
        }
        let (digits, fraction) = text.split_once('.')?;
        if fraction.bytes().all(|byte| byte == b'0') {
            digits.parse().ok()
        } else {
            None
        }
    }

    /// The value under `key`; `null` and an absent key are the same.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.get(key).filter(|value| **value != Json::Null)
    }

    /// The value under a path of keys.
    pub(super) fn path(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The text under a path of keys, if it is not empty.
    pub(super) fn text_at(&self, keys: &[&str]) -> Option<&str> {
        self.path(keys)?.text().filter(|text| !text.is_empty())
    }

    /// The whole number under a path of keys.
    pub(super) fn whole_at(&self, keys: &[&str]) -> Option<u64> {
        self.path(keys)?.whole()
    }
}
