//! What the form holds, field by field, as it was typed.

use std::collections::BTreeMap;

use super::fields::names;
use crate::company::forms::Fields;

/// The form as it stands; a field that is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet(BTreeMap<&'static str, String>);

impl Sheet {
    /// What was sent.
    pub(crate) fn of(fields: &Fields) -> Self {
        let pairs = names().map(|name| (name, fields.get(name)));
        let filled = pairs.filter(|(_, value)| !value.is_empty());
        Self(
            filled
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
        )
    }

    pub(super) fn with<'a>(
        mut self,
        pairs: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()));
        self.0.extend(pairs);
        self
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// What is filled in, to be sent again.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let filled = self.0.iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| (*name, value.clone())).collect()
    }

    /// The same as the query of an address.
    pub(super) fn query(&self) -> String {
        let pair = |(name, value): (&'static str, String)| format!("{name}={}", encoded(&value));
        let pairs: Vec<_> = self.fields().into_iter().map(pair).collect();
        pairs.join("&")
    }
}

fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    value.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_goes_into_an_address_whole() {
        let sheet = Sheet::default().with([("name", "a&b=c d"), ("panel", "1\n2"), ("spec", "")]);
        assert_eq!(sheet.query(), "name=a%26b%3Dc%20d&panel=1%0A2");
        assert_eq!(sheet.fields().len(), 2);
        assert_eq!(sheet.get("kind"), "");
    }
}
