//! Sessions as their owner sees them, and their ends.

use alloy_primitives::B256;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::response::{IntoResponse, Redirect, Response};
use guerdon_store::{Means, Read, Session};
use serde::Deserialize;

use super::open::note;
use crate::access::{SignedIn, Viewer, Visitor, WithWallet, cookie, token};
use crate::dates;
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::access::VIEW_ONLY;
use crate::strings::sign_in as words;

/// Where the list of sessions stands.
const LIST: &str = "/me/settings#sessions";

/// The list for `partials/sessions.html`.
#[derive(Debug)]
pub(crate) struct SessionsView {
    pub(crate) rows: Vec<SessionRow>,
    /// There are others than this one, and this one may end them.
    pub(crate) others: bool,
}

/// A session in the list.
#[derive(Debug)]
pub(crate) struct SessionRow {
    pub(crate) agent: String,
    pub(crate) means: &'static str,
    pub(crate) seen: String,
    pub(crate) hash: B256,
    /// The session that asks.
    pub(crate) this: bool,
    /// The session that asks may end it.
    pub(crate) endable: bool,
}

/// The living sessions of a viewer, the last used first.
pub(crate) async fn sessions_of(
    read: &mut Read,
    viewer: &Viewer,
    wall: u64,
) -> Result<SessionsView, PageError> {
    let mut rows = Vec::new();
    if let Some(owner) = viewer.owner() {
        let sessions = read.list_sessions(owner, wall).await?;
        rows.extend(sessions.iter().map(|session| row(session, viewer, wall)));
    }
    let others = rows.iter().any(|row| !row.this && row.endable);
    Ok(SessionsView { rows, others })
}

fn row(session: &Session, viewer: &Viewer, wall: u64) -> SessionRow {
    SessionRow {
        agent: session.agent.clone(),
        means: match session.means {
            Means::Wallet => words::BY_WALLET,
            Means::MailLink => words::BY_LINK,
            Means::AuditorLink(_) => words::BY_AUDITOR_LINK,
        },
        seen: words::last_used(&dates::duration(wall.saturating_sub(session.seen_at))),
        hash: session.hash,
        this: session.hash == viewer.session,
        endable: session.hash == viewer.session || viewer.wallet().is_some(),
    }
}

/// A session of a browser, before it is anybody's.
pub(super) fn blank(headers: &HeaderMap) -> Session {
    let sent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Session {
        hash: B256::ZERO,
        means: Means::MailLink,
        person: None,
        wallet: None,
        agent: agent(sent.unwrap_or_default()),
        created_at: 0,
        seen_at: 0,
        idle_at: 0,
        expires_at: 0,
    }
}

/// `Firefox on Linux`: what tells one's browsers apart, and no more.
fn agent(sent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        let found = names.find(|(needle, _)| sent.contains(needle));
        found.map(|(_, name)| *name)
    };
    // Browsers also name those that they resemble: the most special first.
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => words::OTHER_AGENT.to_owned(),
    }
}

/// Ends the session that asks, if there is one.
pub(super) async fn sign_out(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let sent = cookie::read(&headers, &state.options);
    if let Some(hash) = sent.as_deref().and_then(token::hash_of) {
        let mut tx = state.store.write().await?;
        tx.end_session(hash).await?;
        if let Some(owner) = viewer.as_ref().and_then(Viewer::owner) {
            let at = (state.wall)();
            note(&mut tx, (at, owner), ("signed out", "")).await?;
        }
        tx.commit().await?;
    }
    Ok(leave(&state))
}

/// Leads to the overview without a session.
fn leave(state: &AppState) -> Response {
    let mut response = Redirect::to("/").into_response();
    if let Some(cookie) = cookie::clear(&state.options) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

#[derive(Deserialize)]
pub(super) struct Which {
    session: B256,
}

/// Ends one session of the viewer's; a session that may only look ends none but itself.
pub(super) async fn revoke(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    Form(Which { session }): Form<Which>,
) -> Result<Response, PageError> {
    if session != viewer.session && viewer.wallet().is_none() {
        return Err(PageError::NotPermitted(VIEW_ONLY));
    }
    if let Some(owner) = viewer.owner() {
        let mut tx = state.store.write().await?;
        if tx.revoke_session(session, owner).await? {
            let at = (state.wall)();
            note(&mut tx, (at, owner), ("session revoked", "")).await?;
        }
        tx.commit().await?;
    }
    Ok(match session == viewer.session {
        true => leave(&state),
        false => Redirect::to(LIST).into_response(),
    })
}

/// Ends all sessions of the viewer's but the one that asks.
pub(super) async fn revoke_others(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
) -> Result<Response, PageError> {
    if let Some(owner) = viewer.owner() {
        let mut tx = state.store.write().await?;
        tx.revoke_all_sessions(owner, Some(viewer.session)).await?;
        let at = (state.wall)();
        note(&mut tx, (at, owner), ("other sessions revoked", "")).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(LIST).into_response())
}

#[cfg(test)]
mod tests {
    use super::agent;

    #[test]
    fn a_browser_is_named_in_three_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/153.0.0.0 Safari/537.36";
        assert_eq!(agent(chrome), "Chrome on Linux");
        assert_eq!(agent(&format!("{chrome} Edg/153.0")), "Edge on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 \
                     Mobile/15E148 Safari/604.1";
        assert_eq!(agent(phone), "Safari on iPhone");
        assert_eq!(agent("curl/8"), "another program");
    }
}
