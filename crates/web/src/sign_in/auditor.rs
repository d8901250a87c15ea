//! A link for auditors: to read what they read, until it ends.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use guerdon_store::{Actor, Means, NewEntry, Session};
use jiff::tz::TimeZone;

use super::limits::WINDOW_SECONDS;
use super::open::{Opening, open};
use super::sessions;
use crate::access::{Client, Visitor, cookie, token};
use crate::dates;
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::sign_in as words;
use crate::views::shell::Shell;

#[derive(Debug, Template)]
#[template(path = "pages/auditor_link.html")]
struct LinkPage {
    shell: Shell,
    token: String,
    /// The last day on which it opens anything.
    until: String,
}

/// A button, since programs that scan e-mails follow links too.
pub(super) async fn button(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
) -> Answer {
    let dead = || PageError::SignInRefused(words::DEAD_AUDITOR_LINK);
    let hash = token::hash_of(&text).ok_or_else(dead)?;
    let now = (state.wall)();
    let link = state.store.read().await?.auditor_link(hash, now).await?;
    let link = link.ok_or_else(dead)?;
    let context = load::bare(&state, viewer.as_ref());
    html(&LinkPage {
        shell: Shell::bare(&context, "Read as an auditor"),
        token: text,
        until: dates::day(link.link.expires_at.saturating_sub(1), &TimeZone::UTC),
    })
}

/// Opens a session that reads what auditors read and ends with the link.
pub(super) async fn take(
    State(state): State<AppState>,
    _visitor: Visitor,
    client: Client,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let dead = || PageError::SignInRefused(words::DEAD_AUDITOR_LINK);
    let hash = token::hash_of(&text).ok_or_else(dead)?;
    let at = (state.wall)();
    // What was made up spends nobody's tries.
    let known = state.store.read().await?.auditor_link(hash, at).await?;
    known.ok_or_else(dead)?;
    // Each opening writes a session, and the link is good for many.
    if !state.attempts().mails.count(at, client) {
        return Err(PageError::TooMany(words::TOO_MANY, WINDOW_SECONDS));
    }
    let mut tx = state.store.write().await?;
    let link = tx.take_auditor_link(hash, at).await?.ok_or_else(dead)?;
    if link.first_used_at.is_none() {
        let entry = NewEntry {
            at,
            actor: Actor::Link(link.id),
            action: "link for auditors first used".to_owned(),
            subject: Actor::Link(link.id).to_string(),
            detail: String::new(),
        };
        tx.append_audit(&entry).await?;
    }
    tx.commit().await?;
    let opening = Opening {
        owner: None,
        session: Session {
            means: Means::AuditorLink(link.id),
            ..sessions::blank(&headers)
        },
        before: cookie::read(&headers, &state.options),
        until: link.link.expires_at,
        next: "/audit".to_owned(),
    };
    open(&state, opening).await
}
