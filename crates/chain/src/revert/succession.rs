//! Errors of Succession.

use super::RevertKind::{Forbidden, Missing, Precondition};
use super::{Words, say, shared};
use crate::bindings::ISuccession::ISuccessionErrors as Error;
use crate::plan::date;

pub(super) fn words(error: Error) -> Words {
    match error {
        Error::BadDeployment(_) => shared::bad_deployment("Succession"),
        Error::NotHolder(e) => shared::not_holder(e.caller, e.holder),
        Error::NoPower(e) => shared::no_power(e.power),
        Error::NotPayable(e) => shared::not_payable(e.to),
        Error::TooLate(e) => shared::too_late(e.until),
        Error::NotYet(e) => shared::not_yet(e.until),
        Error::OutOfRange(e) => shared::out_of_range(e.value, e.limit),
        Error::RecoveryOpen(e) => say(
            Precondition,
            format!("a recovery stands already, until {}", date(e.until)),
            "execute it from its day on, or clear it when it has lapsed (`guerdon grant recover`)",
        ),
        Error::NoRecovery(e) => say(
            Missing,
            format!(
                "no recovery of grant {} stands, or not for this account",
                e.id
            ),
            "`guerdon grant show` says what is announced",
        ),
        Error::BadSignature(e) => say(
            Forbidden,
            format!(
                "the signature is not that of the holder {} for this message",
                e.holder
            ),
            "let the holder sign the terms as they stand now (`guerdon grant agree`)",
        ),
    }
}
