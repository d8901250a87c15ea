//! Tags of answers (`ETag`, RFC 9110): who sends the last one again is told when nothing changed.
//!
//! A tag is a hash of the key, the address and the answer, so it is the same in every copy of the
//! server and after a restart, and never one of another key. Where the database is still of the
//! version that an answer was read from, its tag is known without reading anything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::{B256, hex, keccak256};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use guerdon_store::Version;

use super::call::Call;
use super::endpoint::Run;
use super::problem::{Kind, Problem};
use crate::strings::api as words;

/// Tags that are kept at most.
const KEPT_MAX: usize = 4_096;
/// Bytes of the hash that stand in a tag.
const BYTES: usize = 16;

/// Whose answer, by the hash of the key, and which: path and query.
type Which = (B256, String);

/// The tags of what was read from one version of the database.
#[derive(Debug, Default)]
pub(super) struct Tags(Mutex<Option<(Version, HashMap<Which, String>)>>);

impl Tags {
    /// The tag of an answer, if the database is what it was read from.
    fn known(&self, version: &Version, which: &Which) -> Option<String> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, tags) = held.as_ref()?;
        tags.get(which).filter(|_| of == version).cloned()
    }

    fn keep(&self, version: Version, which: Which, tag: String) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_mut() {
            Some((of, tags)) if *of == version && tags.len() < KEPT_MAX => {
                tags.insert(which, tag);
            }
            _ => *held = Some((version, HashMap::from([(which, tag)]))),
        }
    }
}

/// Answers with the tag of what was read, or that the sender has it.
pub(super) async fn answered(
    call: &Call,
    (uri, headers): (&str, &HeaderMap),
) -> Result<Response, Problem> {
    let sent = headers.get(IF_NONE_MATCH);
    let sent = sent.and_then(|sent| sent.to_str().ok());
    let which = (call.key.key.hash, uri.to_owned());
    // What was final at the end of a day the node says, too, not the database alone.
    let version = match (sent, call.asked("as_of"), call.endpoint.run) {
        (Some(_), None, Run::Reads(_)) => Some(call.state.store.version().await?),
        _ => None,
    };
    let tags = &call.state.api().tags;
    if let Some(version) = &version
        && let Some(tag) = tags.known(version, &which)
        && sent.is_some_and(|sent| names(sent, &tag))
    {
        return Ok(unchanged(tag));
    }
    let body = read(call).await?;
    let tag = tag_of(&which, &body);
    if let Some(version) = version {
        tags.keep(version, which, tag.clone());
    }
    if sent.is_some_and(|sent| names(sent, &tag)) {
        return Ok(unchanged(tag));
    }
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)];
    Ok((headers, body).into_response())
}

async fn read(call: &Call) -> Result<String, Problem> {
    let value = match call.endpoint.run {
        Run::Reads(run) => {
            let mut read = call.state.store.read().await?;
            run(call, &mut read).await?
        }
        Run::Asks(run) => run(call).await?,
        _ => return Err(Problem::new(Kind::Failed, words::FAILED)),
    };
    Ok(value.to_string())
}

fn tag_of((key, uri): &Which, body: &str) -> String {
    let hash = keccak256([key.as_slice(), uri.as_bytes(), b"\n", body.as_bytes()].concat());
    let bytes = hash.get(..BYTES).unwrap_or_default();
    format!("\"{}\"", hex::encode(bytes))
}

/// Whether a tag is among those that were sent.
fn names(sent: &str, tag: &str) -> bool {
    let mut sent = sent.split(',').map(str::trim);
    sent.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn unchanged(tag: String) -> Response {
    (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_one_key_one_address_and_one_answer() {
        let of = |key: u8, uri: &str, body: &str| {
            tag_of(&(B256::repeat_byte(key), uri.to_owned()), body)
        };
        let tag = of(1, "/api/v1/grants", "{}");
        assert_eq!(tag.len(), 2 * BYTES + 2);
        assert_eq!(tag, of(1, "/api/v1/grants", "{}"));
        for other in [
            of(2, "/api/v1/grants", "{}"),
            of(1, "/api/v1/goals", "{}"),
            of(1, "/api/v1/grants", "[]"),
        ] {
            assert_ne!(tag, other);
        }
        for sent in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"a\", {tag}"),
            "*".to_owned(),
        ] {
            assert!(names(&sent, &tag), "{sent}");
        }
        for sent in ["", "\"\"", "W/", tag.trim_matches('"')] {
            assert!(!names(sent, &tag), "{sent}");
        }
    }
}
