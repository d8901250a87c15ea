//! Logs into facts.

mod access;
mod convert;
mod goals;
mod grants;
mod succession;
#[cfg(test)]
mod tests;
mod token;

use alloy::sol_types::{SolEvent, SolEventInterface};
use guerdon_core::fact::{Fact, Log};

use crate::bindings::{IAccessManager, IAccessToken, IGoals, IGrants, ISuccession};

/// A log that has the signature of one of our events and not its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("log {log_index} of block {block} cannot be decoded: {reason}")]
pub struct DecodeError {
    /// Block number.
    pub block: u64,
    /// Place of the log in its block.
    pub log_index: u64,
    /// What does not fit.
    pub reason: String,
}

/// The fact that a log states; `None` when it is no event of ours, or one that changes nothing we
/// keep (approvals, votes, used authorizations).
///
/// The caller asks for logs of the deployment's contracts only: this looks at the event alone.
///
/// # Errors
/// [`DecodeError`] when the signature is ours and the fields are not.
pub fn decode(log: &Log) -> Result<Option<Fact>, DecodeError> {
    let failed = |reason: String| DecodeError {
        block: log.origin.block,
        log_index: log.origin.log_index,
        reason,
    };
    let Some(signature) = log.topics.first() else {
        return Ok(None);
    };
    let topics = &log.topics;

    if IGrants::IGrantsEvents::SELECTORS.contains(&signature.0) {
        let event = IGrants::IGrantsEvents::decode_raw_log(topics, &log.data);
        return event
            .map(|event| Some(grants::fact(event)))
            .map_err(|e| failed(e.to_string()));
    }
    if ISuccession::ISuccessionEvents::SELECTORS.contains(&signature.0) {
        let event = ISuccession::ISuccessionEvents::decode_raw_log(topics, &log.data);
        return event
            .map(|event| Some(succession::fact(event)))
            .map_err(|e| failed(e.to_string()));
    }
    if IGoals::IGoalsEvents::SELECTORS.contains(&signature.0) {
        let event = IGoals::IGoalsEvents::decode_raw_log(topics, &log.data);
        let event = event.map_err(|error| failed(error.to_string()))?;
        return goals::fact(event).map(Some).map_err(failed);
    }
    if IAccessManager::IAccessManagerEvents::SELECTORS.contains(&signature.0) {
        let event = IAccessManager::IAccessManagerEvents::decode_raw_log(topics, &log.data);
        return event
            .map(|event| Some(access::fact(event)))
            .map_err(|e| failed(e.to_string()));
    }
    if *signature == IAccessToken::Transfer::SIGNATURE_HASH {
        let event = IAccessToken::Transfer::decode_raw_log(topics, &log.data);
        return event
            .map(|event| Some(event.into()))
            .map_err(|e| failed(e.to_string()));
    }
    Ok(None)
}

/// The name of the event of a log, of all events of the interfaces.
#[must_use]
pub fn event_name(log: &Log) -> Option<&'static str> {
    let signature = log.topics.first()?.0;
    IGrants::IGrantsEvents::name_by_selector(signature)
        .or_else(|| ISuccession::ISuccessionEvents::name_by_selector(signature))
        .or_else(|| IGoals::IGoalsEvents::name_by_selector(signature))
        .or_else(|| IAccessManager::IAccessManagerEvents::name_by_selector(signature))
        .or_else(|| IAccessToken::IAccessTokenEvents::name_by_selector(signature))
}
