//! Canonical JSON, and reading it with errors that name the field.

use std::str::FromStr;

use alloy_primitives::{Address, B256};
use serde_json::{Map, Value};
use thiserror::Error;

/// Why a JSON file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// Not JSON at all, or not an object.
    #[error("the file is not JSON: {0}")]
    NotJson(String),
    /// A field is missing.
    #[error("the field `{0}` is missing")]
    Missing(String),
    /// A field that no such file has.
    #[error("there is no field `{0}` in such a file")]
    Unknown(String),
    /// A field of a wrong form.
    #[error("the field `{field}` must be {wanted}")]
    Form {
        /// Its path.
        field: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A field that contradicts another or a rule.
    #[error("the field `{field}` is wrong: {why}")]
    Wrong {
        /// Its path.
        field: String,
        /// A clause.
        why: String,
    },
    /// Right in content, but not the bytes that writing it gives.
    #[error(
        "the file is not in its canonical form (first difference at byte {at}): somebody edited \
         or formatted it; export it again"
    )]
    NotCanonical {
        /// Offset of the first difference.
        at: usize,
    },
}

impl FileError {
    pub(crate) fn wrong(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Wrong {
            field: field.into(),
            why: why.into(),
        }
    }
}

/// Canonical bytes: keys in their order, no spaces, one newline at the end.
pub(crate) fn canonical(value: &Value) -> Vec<u8> {
    let mut text = value.to_string();
    text.push('\n');
    text.into_bytes()
}

/// Refuses bytes that are not what writing their content gives.
pub(crate) fn same_bytes(given: &[u8], canonical: &[u8]) -> Result<(), FileError> {
    if given == canonical {
        return Ok(());
    }
    let pairs = given.iter().zip(canonical);
    Err(FileError::NotCanonical {
        at: pairs.take_while(|(left, right)| left == right).count(),
    })
}

/// `0x…` in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// An object that is being read; each field is taken once.
#[derive(Debug)]
pub(crate) struct Fields {
    path: String,
    map: Map<String, Value>,
}

impl Fields {
    /// The object of a whole file.
    pub(crate) fn of_file(bytes: &[u8]) -> Result<Self, FileError> {
        let value = serde_json::from_slice(bytes);
        match value.map_err(|error| FileError::NotJson(error.to_string()))? {
            Value::Object(map) => Ok(Self {
                path: String::new(),
                map,
            }),
            _ => Err(FileError::NotJson(
                "it must be one object in braces".to_owned(),
            )),
        }
    }

    /// An object inside of another.
    pub(crate) fn of(path: &str, value: Value) -> Result<Self, FileError> {
        match value {
            Value::Object(map) => Ok(Self {
                path: format!("{path}."),
                map,
            }),
            _ => Err(FileError::Form {
                field: path.to_owned(),
                wanted: "an object",
            }),
        }
    }

    /// The path of a field.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    /// Refuses a field for a reason.
    pub(crate) fn wrong(&self, name: &str, why: impl Into<String>) -> FileError {
        FileError::wrong(self.path(name), why)
    }

    /// Whatever stands there.
    pub(crate) fn take(&mut self, name: &str) -> Result<Value, FileError> {
        self.map
            .remove(name)
            .ok_or_else(|| FileError::Missing(self.path(name)))
    }

    /// A field that may be missing or `null`.
    pub(crate) fn optional(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, FileError> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            _ => Err(self.form(name, "a text in double quotes")),
        }
    }

    /// A whole number, or its decimal digits in a text.
    pub(crate) fn integer<T: FromStr>(&mut self, name: &str) -> Result<T, FileError> {
        let digits = match self.take(name)? {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text,
            _ => String::new(),
        };
        let plain = !digits.starts_with('+');
        let number = digits.parse().ok().filter(|_| plain);
        number.ok_or_else(|| self.form(name, "a whole number in its range"))
    }

    /// 32 bytes in hexadecimal.
    pub(crate) fn hash(&mut self, name: &str) -> Result<B256, FileError> {
        let bytes = self.bytes(name)?;
        B256::try_from(bytes.as_slice())
            .map_err(|_| self.form(name, "0x and 64 hexadecimal digits"))
    }

    /// Bytes in hexadecimal.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, FileError> {
        let text = self.text(name)?;
        let bytes = text
            .strip_prefix("0x")
            .and_then(|digits| hex::decode(digits).ok());
        bytes.ok_or_else(|| self.form(name, "0x and pairs of hexadecimal digits"))
    }

    /// An address; letters of both cases must be its checksum.
    pub(crate) fn address(&mut self, name: &str) -> Result<Address, FileError> {
        let text = self.text(name)?;
        parse_address(&text).ok_or_else(|| self.form(name, ADDRESS))
    }

    /// A list of addresses.
    pub(crate) fn addresses(&mut self, name: &str) -> Result<Vec<Address>, FileError> {
        let list = self.list(name)?;
        let parsed = list
            .iter()
            .map(|value| value.as_str().and_then(parse_address))
            .collect();
        let parsed: Option<Vec<_>> = parsed;
        parsed.ok_or_else(|| self.form(name, "a list of addresses"))
    }

    /// A list.
    pub(crate) fn list(&mut self, name: &str) -> Result<Vec<Value>, FileError> {
        match self.take(name)? {
            Value::Array(list) => Ok(list),
            _ => Err(self.form(name, "a list in brackets")),
        }
    }

    /// A list of objects.
    pub(crate) fn objects(&mut self, name: &str) -> Result<Vec<Self>, FileError> {
        let path = self.path(name);
        let list = self.list(name)?.into_iter().enumerate();
        list.map(|(place, value)| Self::of(&format!("{path}[{place}]"), value))
            .collect()
    }

    /// An object.
    pub(crate) fn object(&mut self, name: &str) -> Result<Self, FileError> {
        let value = self.take(name)?;
        Self::of(&self.path(name), value)
    }

    /// The version of the file, which must be 1.
    pub(crate) fn version(&mut self) -> Result<(), FileError> {
        match self.integer::<u64>("version")? {
            1 => Ok(()),
            other => Err(self.wrong("version", format!("{other} is not known; this reads 1"))),
        }
    }

    /// All that is left; consumes an object whose keys are free.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.map
    }

    /// Refuses fields that were not taken.
    pub(crate) fn finish(self) -> Result<(), FileError> {
        match self.map.keys().next() {
            Some(name) => Err(FileError::Unknown(self.path(name))),
            None => Ok(()),
        }
    }

    fn form(&self, name: &str, wanted: &'static str) -> FileError {
        FileError::Form {
            field: self.path(name),
            wanted,
        }
    }
}

const ADDRESS: &str = "an address: 0x and 40 hexadecimal digits with a right checksum";

/// Reads an address; letters of both cases must be its checksum.
pub(crate) fn parse_address(text: &str) -> Option<Address> {
    let digits = text
        .strip_prefix("0x")
        .filter(|digits| digits.len() == 40)?;
    let address: Address = text.parse().ok()?;
    let mixed = digits.contains(|letter: char| letter.is_ascii_lowercase())
        && digits.contains(|letter: char| letter.is_ascii_uppercase());
    (!mixed || address.to_checksum(None) == text).then_some(address)
}
