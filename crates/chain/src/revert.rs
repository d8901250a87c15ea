//! What a contract meant by refusing: a name, a sentence, a hint.

mod goals;
mod grants;
mod libraries;
mod succession;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{Panic, Revert, SolError, SolInterface};
use alloy::transports::{RpcError, TransportError};

use crate::bindings::{IAccessManager, IAccessToken, IGoals, IGrants, ILibraries, ISuccession};
use crate::error::ChainError;
use crate::plan::{date, decimal};

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevertKind {
    /// The caller may not do this, ever or in this role.
    Forbidden,
    /// What it names does not exist.
    Missing,
    /// It cannot be done now, or not any more, or not with this money.
    Precondition,
    /// The input makes no sense to the contract.
    Input,
    /// Everything else.
    Other,
}

/// A contract's refusal, in words. Displays as its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverted {
    /// The error's name in the interface, for example `NothingClaimable`.
    pub name: String,
    /// What went wrong and where, in one sentence without a full stop.
    pub sentence: String,
    /// What to do.
    pub hint: String,
    /// What kind of refusal it is.
    pub kind: RevertKind,
    /// The error's numbers, one word each.
    pub args: Vec<U256>,
}

impl fmt::Display for Reverted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Reverted {}

impl From<Reverted> for ChainError {
    fn from(reverted: Reverted) -> Self {
        Self::Reverted(Box::new(reverted))
    }
}

impl Reverted {
    /// Reads the data that a revert carries.
    #[must_use]
    pub fn from_data(data: &[u8]) -> Self {
        let (name, words) = words(data).unwrap_or_else(|| unknown(data));
        let args = data.get(4..).unwrap_or_default().chunks_exact(32);
        Self {
            name,
            sentence: words.sentence,
            hint: words.hint,
            kind: words.kind,
            args: args.map(U256::from_be_slice).collect(),
        }
    }

    /// `None` when the node's error is no revert.
    pub(crate) fn from_error(error: &TransportError) -> Option<Self> {
        let RpcError::ErrorResp(payload) = error else {
            return None;
        };
        if let Some(data) = payload.as_revert_data() {
            return Some(Self::from_data(&data));
        }
        // Some nodes say "revert" without data, and code 3 means it too.
        let says_so = payload.code == 3 || payload.message.contains("revert");
        says_so.then(|| Self::from_data(&[]))
    }

    /// A transaction that is in a block, failed, and would not fail again.
    pub(crate) fn in_block(tx: B256) -> Self {
        Self {
            name: "Reverted".to_owned(),
            sentence: format!("transaction {tx} is in a block and was reverted"),
            hint: "something changed just before it; look at the state and try again".to_owned(),
            kind: RevertKind::Other,
            args: Vec::new(),
        }
    }
}

/// What is said about one error.
pub(crate) struct Words {
    sentence: String,
    hint: String,
    kind: RevertKind,
}

pub(crate) fn say(kind: RevertKind, sentence: impl Into<String>, hint: impl Into<String>) -> Words {
    Words {
        sentence: sentence.into(),
        hint: hint.into(),
        kind,
    }
}

/// The interfaces share the words for the errors they share, so the order does not matter.
fn words(data: &[u8]) -> Option<(String, Words)> {
    let selector: [u8; 4] = data.get(..4)?.try_into().ok()?;
    if let Ok(error) = IGrants::IGrantsErrors::abi_decode(data) {
        return named::<IGrants::IGrantsErrors>(selector, grants::words(error));
    }
    if let Ok(error) = ISuccession::ISuccessionErrors::abi_decode(data) {
        return named::<ISuccession::ISuccessionErrors>(selector, succession::words(error));
    }
    if let Ok(error) = IGoals::IGoalsErrors::abi_decode(data) {
        return named::<IGoals::IGoalsErrors>(selector, goals::words(error));
    }
    if let Ok(error) = IAccessToken::IAccessTokenErrors::abi_decode(data) {
        return named::<IAccessToken::IAccessTokenErrors>(selector, token::words(error));
    }
    if let Ok(error) = IAccessManager::IAccessManagerErrors::abi_decode(data) {
        return named::<IAccessManager::IAccessManagerErrors>(selector, libraries::manager(error));
    }
    if let Ok(error) = ILibraries::ILibrariesErrors::abi_decode(data) {
        return named::<ILibraries::ILibrariesErrors>(selector, libraries::words(error));
    }
    if let Ok(error) = Revert::abi_decode(data) {
        let sentence = format!("the contract refused: {}", error.reason);
        return Some((
            "Error".to_owned(),
            say(RevertKind::Other, sentence, "see what it says"),
        ));
    }
    let panic = Panic::abi_decode(data).ok()?;
    let sentence = format!("a contract failed in itself ({panic})");
    let hint = "this is a fault of the contract or an amount beyond all limits; do not repeat it";
    Some(("Panic".to_owned(), say(RevertKind::Other, sentence, hint)))
}

fn named<E: ErrorNames>(selector: [u8; 4], words: Words) -> Option<(String, Words)> {
    Some((E::name(selector)?.to_owned(), words))
}

fn unknown(data: &[u8]) -> (String, Words) {
    let (name, sentence) = match data.get(..4) {
        None => (
            "Reverted".to_owned(),
            "the contract refused and gave no reason".to_owned(),
        ),
        Some(selector) => {
            let selector = Bytes::copy_from_slice(selector);
            (
                selector.to_string(),
                format!("the contract refused with unknown error {selector}"),
            )
        }
    };
    let hint = "check the addresses: the contract may be another one than you think";
    (name, say(RevertKind::Other, sentence, hint))
}

/// Names of generated errors by their selectors.
pub(crate) trait ErrorNames {
    fn name(selector: [u8; 4]) -> Option<&'static str>;
}

macro_rules! error_names {
    ($($errors:ty),+ $(,)?) => {$(
        impl ErrorNames for $errors {
            fn name(selector: [u8; 4]) -> Option<&'static str> {
                Self::name_by_selector(selector)
            }
        }
    )+};
}

error_names!(
    IGrants::IGrantsErrors,
    ISuccession::ISuccessionErrors,
    IGoals::IGoalsErrors,
    IAccessToken::IAccessTokenErrors,
    IAccessManager::IAccessManagerErrors,
    ILibraries::ILibrariesErrors,
);

/// An amount whose token we do not know: all tokens of ours have 18 decimals.
fn tokens(amount: U256) -> String {
    decimal(amount, 18)
}

/// Words for the errors that several interfaces declare.
mod shared {
    use super::{Address, B256, RevertKind, U256, Words, date, say};

    pub(super) fn not_yet(until: U256) -> Words {
        let sentence = format!("it is too early: this is possible from {} on", date(until));
        say(
            RevertKind::Precondition,
            sentence,
            "wait until then (times are UTC)",
        )
    }

    pub(super) fn too_late(until: U256) -> Words {
        let sentence = format!("it is too late: this was possible until {}", date(until));
        say(
            RevertKind::Precondition,
            sentence,
            "this one is over; a signature or a recovery can be made anew",
        )
    }

    pub(super) fn bad_deployment(contract: &str) -> Words {
        say(
            RevertKind::Input,
            format!("{contract} was deployed with an argument that is zero or no fitting contract"),
            "deploy all contracts together (`guerdon deploy`)",
        )
    }

    pub(super) fn not_payable(to: Address) -> Words {
        say(
            RevertKind::Input,
            format!("nobody can be paid at {to}: it is Grants, the token or the zero address"),
            "name an account of a person or of their Safe",
        )
    }

    pub(super) fn not_holder(caller: Address, holder: Address) -> Words {
        say(
            RevertKind::Forbidden,
            format!("only the holder {holder} may do this, and {caller} is not"),
            "sign with the holder's account",
        )
    }

    pub(super) fn no_power(power: U256) -> Words {
        let power = match u64::try_from(power) {
            Ok(1) => "end it",
            Ok(2) => "move it",
            Ok(4) => "recover it",
            _ => "do this",
        };
        let kind = match power {
            "do this" => RevertKind::Other,
            _ => RevertKind::Forbidden,
        };
        say(
            kind,
            format!("the terms of the grant give nobody the power to {power}"),
            "what the terms do not allow cannot be done; agree on a replacement with the holder",
        )
    }

    pub(super) fn out_of_range(value: U256, limit: U256) -> Words {
        let sentence = format!("{} lies beyond the limit {}", number(value), number(limit));
        say(RevertKind::Input, sentence, "give a value within the limit")
    }

    pub(super) fn goal_not_defined(goal: B256) -> Words {
        let sentence = format!("goal {goal} is not defined in the Goals contract");
        say(
            RevertKind::Missing,
            sentence,
            "define it first (`guerdon goal define`)",
        )
    }

    /// Seconds of this century read better as dates.
    fn number(value: U256) -> String {
        let digits = crate::plan::grouped(&value.to_string());
        if (1_000_000_000..10_000_000_000).contains(&u64::try_from(value).unwrap_or(0)) {
            return format!("{digits} ({})", date(value));
        }
        digits
    }
}
