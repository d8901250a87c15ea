//! Finds out once for each request who asks.

use std::sync::Arc;

use alloy_primitives::B256;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guerdon_store::{ListRole, Means, Member, Owner, Read, Session};
use jiff::tz::TimeZone;

use super::viewer::{ChainRole, Viewer};
use super::{cookie, token};
use crate::error::{PageError, put_into_words, wants_data};
use crate::me::ZONE;
use crate::memory::{Moment, Recalled};
use crate::state::AppState;
use crate::strings::access::BY_AUDITOR_LINK;

/// A session ends after so many seconds without a request.
pub(crate) const IDLE_SECONDS: u64 = 12 * 3_600;
/// A session's last use is noted at most once in so many seconds.
const NOTED_SECONDS: u64 = 300;

/// Who asks, if he is signed in; stands in the extensions of every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recognised(pub(crate) Option<Arc<Viewer>>);

/// Looks up the session that the request's cookie names.
pub(crate) async fn recognise(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let found = match recalled(&state, request.headers()).await {
        Ok(found) => found,
        Err(error) => {
            let data = wants_data(request.uri());
            return put_into_words(error.into_response(), (&state, None), data);
        }
    };
    let mut viewer = None;
    if let Some((moment, session)) = found {
        request.extensions_mut().insert(moment);
        viewer = session.and_then(|session| session.viewer.clone());
    }
    request.extensions_mut().insert(Recognised(viewer));
    next.run(request).await
}

/// The session that the request's cookie names, if it is alive, and the moment that it was looked
/// up in.
async fn recalled(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<(Arc<Moment>, Option<Arc<Recalled>>)>, PageError> {
    let sent = cookie::read(headers, &state.options);
    let Some(hash) = sent.as_deref().and_then(token::hash_of) else {
        return Ok(None);
    };
    let now = (state.wall)();
    let moment = state.memory().moment(&state.store).await?;
    let found = moment.sessions.get(hash, looked_up(state, (hash, now)));
    let found = found.await?.filter(|found| {
        // It may have ended by the clock alone since it was looked up.
        found.session.idle_at > now && found.session.expires_at > now
    });
    let seen_at = found.as_ref().map(|found| found.session.seen_at);
    if seen_at.is_some_and(|seen_at| seen_at.saturating_add(NOTED_SECONDS) <= now) {
        let mut tx = state.store.write().await?;
        tx.touch_session(hash, now, now.saturating_add(IDLE_SECONDS))
            .await?;
        tx.commit().await?;
    }
    Ok(Some((moment, found)))
}

async fn looked_up(
    state: &AppState,
    (hash, now): (B256, u64),
) -> Result<Option<Arc<Recalled>>, PageError> {
    let mut read = state.store.read().await?;
    let Some(session) = read.session(hash, now).await? else {
        return Ok(None);
    };
    let viewer = of_session(&mut read, &session, now).await?.map(Arc::new);
    Ok(Some(Arc::new(Recalled { session, viewer })))
}

/// Who has the session of this hash now; `None` once it is over.
pub(crate) async fn viewer_of(
    read: &mut Read,
    session: B256,
    now: u64,
) -> Result<Option<Viewer>, PageError> {
    match read.session(session, now).await? {
        Some(session) => of_session(read, &session, now).await,
        None => Ok(None),
    }
}

/// Whose session it is now: what the list and the chain say is read again whenever anything was
/// written.
async fn of_session(
    read: &mut Read,
    session: &Session,
    now: u64,
) -> Result<Option<Viewer>, PageError> {
    if let Means::AuditorLink(id) = session.means {
        let is_alive = read.auditor_link_is_alive(id, now).await?;
        return Ok(is_alive.then(|| by_link(session)));
    }
    let member = match (session.means, session.wallet, session.person) {
        (Means::Wallet, Some(wallet), _) => read.member_of_wallet(wallet).await?,
        (Means::MailLink, _, Some(person)) => {
            let member = read.member(person).await?;
            match member.filter(|member| member.erased_at.is_none()) {
                None => return Ok(None),
                some => some,
            }
        }
        _ => return Ok(None),
    };
    let wallet = session.wallet.filter(|_| session.means == Means::Wallet);
    let mut chain_roles = Vec::new();
    if let Some(wallet) = wallet {
        let now = read.checkpoint().await?.map_or(0, |head| head.time);
        let held = read.roles_of(wallet).await?;
        let held = held.into_iter().filter(|held| held.is_member(now));
        chain_roles.extend(held.map(|held| ChainRole {
            role: held.role,
            delay_seconds: held.delay_at(now),
        }));
    }
    let mut wallets = Vec::from_iter(wallet);
    let proven = member.iter().flat_map(proven_wallets);
    wallets.extend(proven.filter(|proven| Some(*proven) != wallet));
    let zone = zone(read, member.as_ref(), wallet).await?;
    let mut judges = false;
    for wallet in &wallets {
        judges |= read.judges(*wallet).await?;
    }
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Ok(Some(Viewer {
        session: session.hash,
        person: member.as_ref().map(|member| member.person),
        name: member.as_ref().and_then(|member| text(&member.name)),
        means: session.means,
        wallets,
        zone,
        judges,
        list_roles: member.map_or_else(Vec::new, |member| roles_by(session.means, member.roles)),
        chain_roles,
    }))
}

/// Whoever has an auditor's link: nobody by name, with the auditor's role and no other.
fn by_link(session: &Session) -> Viewer {
    Viewer {
        session: session.hash,
        person: None,
        name: Some(BY_AUDITOR_LINK.to_owned()),
        means: session.means,
        wallets: Vec::new(),
        list_roles: vec![ListRole::Auditor],
        chain_roles: Vec::new(),
        zone: None,
        judges: false,
    }
}

/// What the list lets a session read. Whoever reads somebody's mailbox must not read the company's
/// pages by it: a link carries the auditor's role alone, which only looks.
fn roles_by(means: Means, mut listed: Vec<ListRole>) -> Vec<ListRole> {
    if means == Means::MailLink {
        listed.retain(|role| *role == ListRole::Auditor);
    }
    listed
}

/// The zone that was chosen in the settings, else the one of the people list.
async fn zone(
    read: &mut Read,
    member: Option<&Member>,
    wallet: Option<alloy_primitives::Address>,
) -> Result<Option<TimeZone>, PageError> {
    let person = member.map(|member| Owner::Person(member.person));
    let chosen = match person.or(wallet.map(Owner::Wallet)) {
        Some(owner) => read.setting(owner, ZONE).await?,
        None => None,
    };
    let listed = member.map(|member| member.zone.clone());
    let chosen = chosen.filter(|chosen| !chosen.is_empty());
    Ok(chosen.or(listed).and_then(|name| TimeZone::get(&name).ok()))
}

fn proven_wallets(member: &Member) -> impl Iterator<Item = alloy_primitives::Address> {
    let wallets = member.wallets.iter();
    wallets
        .filter(|wallet| wallet.proven_at.is_some())
        .map(|wallet| wallet.address)
}
