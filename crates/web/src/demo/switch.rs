//! The role switcher: signs in as a wallet does, with a message and its signature. The one thing
//! that is different is whose hand signs: the binary's, which holds the play keys.

use alloy_primitives::hex;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::REFERER;
use axum::response::Response;
use guerdon_chain::message_digest;
use serde::Deserialize;

use super::guard;
use crate::access;
use crate::error::PageError;
use crate::sign_in::{Signed, message_for, take};
use crate::state::AppState;
use crate::strings::demo as words;

/// Whom to be.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Choice {
    actor: String,
}

pub(super) async fn switch(
    access::Demo(_): access::Demo,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(Choice { actor }): Form<Choice>,
) -> Result<Response, PageError> {
    let stage = guard::stage(&state, &headers)?;
    let unknown = PageError::NotPermitted(words::NOBODY_OF_THAT_NAME);
    let actor = stage.cast().iter().find(|known| known.key == actor);
    let actor = actor.ok_or(unknown)?;
    let message = message_for(&state, actor.account).await?;
    let signature = stage
        .sign(actor.account, &message_digest(message.as_bytes()))
        .map_err(|reason| {
            tracing::warn!(%reason, "nobody was signed in");
            PageError::NotPermitted(words::NOBODY_OF_THAT_NAME)
        })?;
    let signed = Signed {
        message,
        signature: hex::encode_prefixed(signature),
        next: Some(actor.home.clone()),
    };
    take(&state, &headers, signed).await
}

/// The page of ours that a form stood on, else the demonstration's own.
pub(super) fn back(headers: &HeaderMap) -> String {
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok());
    let path = from
        .and_then(|from| from.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    match path {
        Some(path) if !path.starts_with("//") && !path.contains('\\') => path.to_owned(),
        _ => "/demo".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_own_page_and_nowhere_else() {
        for (from, want) in [
            ("http://127.0.0.1:8080/me?from=1", "/me?from=1"),
            ("http://127.0.0.1:8080", "/demo"),
            ("http://127.0.0.1:8080//evil.example/", "/demo"),
            ("nonsense", "/demo"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REFERER, from.parse().unwrap());
            assert_eq!(back(&headers), want, "{from}");
        }
        assert_eq!(back(&HeaderMap::new()), "/demo");
    }
}
