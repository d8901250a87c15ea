//! What stands in memory: who came how often, and the last folded ledger of a day.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guerdon_core::ledger::Ledger;

use super::limit::Limiter;
use crate::access::Recognised;
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::api as words;

/// Kept between requests.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(super) limiter: Limiter,
    folded: Mutex<Option<(B256, Arc<Ledger>)>>,
}

impl Kept {
    /// The ledger of a block, if it is the last one that was folded.
    pub(super) fn folded(&self, hash: B256) -> Option<Arc<Ledger>> {
        let held = self.folded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.as_ref().filter(|(of, _)| *of == hash);
        known.map(|(_, ledger)| Arc::clone(ledger))
    }

    pub(super) fn keep_folded(&self, hash: B256, ledger: &Arc<Ledger>) {
        let mut held = self.folded.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some((hash, Arc::clone(ledger)));
    }
}

/// Refuses a session that asks too often.
pub(crate) async fn by_session(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let recognised = request.extensions().get::<Recognised>();
    let session = recognised.and_then(|Recognised(viewer)| viewer.as_ref().map(|it| it.session));
    if let Some((session, a_minute)) = session.zip(state.options.limits.session) {
        let taken = state.api().limiter.take(session, a_minute, (state.wall)());
        if let Err(seconds) = taken {
            return PageError::TooMany(words::SESSION_TOO_OFTEN, seconds).into_response();
        }
    }
    next.run(request).await
}
