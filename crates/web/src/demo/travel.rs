//! Time travel: only the chain's clock moves, and only forward.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{dates, guard};
use crate::access;
use crate::error::PageError;
use crate::load;
use crate::state::AppState;
use crate::strings::demo as words;

const DAY: u64 = 86_400;
/// The indexer follows within moments; a page that comes sooner would show the day before.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(50);

/// How far.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Journey {
    /// `day`, `month`, `next`, or Unix seconds.
    to: String,
}

pub(super) async fn travel(
    access::Demo(viewer): access::Demo,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(Journey { to }): Form<Journey>,
) -> Result<Response, PageError> {
    let stage = guard::stage(&state, &headers)?;
    let mut read = state.store.read().await?;
    let now = load::as_of(&mut read, &state).await?.now();
    let wanted = match to.as_str() {
        "day" => Some(now + DAY),
        "month" => Some(now + 30 * DAY),
        "next" => {
            let dates = dates::ahead(&mut read, &state, viewer.as_ref()).await?;
            dates.first().map(|date| date.at)
        }
        text => text.parse().ok(),
    };
    drop(read);
    let Some(wanted) = wanted.filter(|wanted| (now..=now + dates::FAR).contains(wanted)) else {
        return Err(PageError::NotPermitted(words::NOT_A_DATE));
    };
    let reached = stage.travel(wanted).await.map_err(|reason| {
        tracing::warn!(%reason, "the demonstration's clock was not moved");
        PageError::NotPermitted(words::CLOCK_STANDS)
    })?;
    follow(&state, reached).await?;
    Ok(Redirect::to(&super::switch::back(&headers)).into_response())
}

/// Waits until the pages have read the new day, or long enough.
async fn follow(state: &AppState, time: u64) -> Result<(), PageError> {
    let until = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < until {
        let mut read = state.store.read().await?;
        if load::as_of(&mut read, state).await?.now() >= time {
            break;
        }
        drop(read);
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}
