//! What stands in memory: who came how often, tags of answers.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::events::Places;
use super::limit::Limiter;
use super::tag::Tags;
use crate::access::Recognised;
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::api as words;

/// Kept between requests.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(super) limiter: Limiter,
    pub(super) streams: Places,
    pub(super) tags: Tags,
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
