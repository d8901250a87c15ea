//! Reads one file of `vectors/`: a flat object of parallel arrays.

use std::{fmt::Debug, fs, str::FromStr};

use serde_json::Value;

pub(crate) struct Table(Value);

impl Table {
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/../../vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn scalar<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        self.0[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}"))
            .parse()
            .unwrap()
    }

    /// A column of decimal integers, hashes or addresses.
    pub(crate) fn all<T: FromStr<Err: Debug>>(&self, name: &str) -> Vec<T> {
        self.column(name)
            .iter()
            .map(|value| value.as_str().unwrap().parse().unwrap())
            .collect()
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<Vec<u8>> {
        let decode = |value: &Value| hex::decode(&value.as_str().unwrap()[2..]).unwrap();
        self.column(name).iter().map(decode).collect()
    }

    pub(crate) fn bools(&self, name: &str) -> Vec<bool> {
        self.column(name)
            .iter()
            .map(|value| value.as_bool().unwrap())
            .collect()
    }

    fn column(&self, name: &str) -> &[Value] {
        self.0[name]
            .as_array()
            .unwrap_or_else(|| panic!("no column {name}"))
    }
}
