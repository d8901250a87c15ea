//! Who something here belongs to: a person of the list, or a wallet that the list does not know.

use std::fmt::{self, Display};
use std::str::FromStr;

use alloy_primitives::Address;

use crate::StoreError;
use crate::text::{address, corrupt};

/// A person's serial number in this database, shown as `P17`. It says nothing about the person,
/// is given once, and stays after the person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub(crate) i64);

/// Whose settings, links and sessions: shown as `P17`, or as the wallet's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A person of the list.
    Person(PersonId),
    /// A wallet that belongs to nobody on the list.
    Wallet(Address),
}

impl Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}", self.0)
    }
}

impl FromStr for PersonId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        text.strip_prefix('P')
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .filter(|digits| !digits.starts_with('0'))
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| corrupt("person", text))
    }
}

impl Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            Self::Wallet(wallet) => f.write_str(&address(wallet)),
        }
    }
}

impl FromStr for Owner {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.parse() {
            Ok(wallet) => Ok(Self::Wallet(wallet)),
            Err(_) => text.parse().map(Self::Person),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_read_back_as_they_are_shown() {
        for text in ["P17", "0x00000000000000000000000000000000000000ab"] {
            let owner: Result<Owner, _> = text.parse();
            assert_eq!(owner.map(|it| it.to_string()).ok().as_deref(), Some(text));
        }
        for wrong in [
            "",
            "P",
            "P-1",
            "P+1",
            "P01",
            "17",
            "p17",
            "P99999999999999999999",
            "0xab",
        ] {
            assert!(wrong.parse::<Owner>().is_err(), "{wrong}");
        }
    }
}
