//! `/company/integrations`: keys of other systems, made, told apart and revoked.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use guerdon_store::{Actor, ApiKey, NewApiKey, NewEntry, Read, Scope};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::events::EventKind;
use super::key::NewKey;
use super::lists;
use super::webhooks::{self, HookRow, Telling};
use crate::access::{Administrator, Viewer};
use crate::company::forms::{Fields, see};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::api as words;
use crate::table;
use crate::views::shell::{Place, Shell};

/// The longest name of a key, in letters.
const LABEL_MAX: usize = 100;
const DAY: u64 = 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/company_integrations.html")]
struct IntegrationsPage {
    shell: Shell,
    /// A key that was made now; shown this once.
    made: Option<String>,
    refused: Option<&'static str>,
    scopes: Vec<(&'static str, &'static str)>,
    rows: Vec<KeyRow>,
    hooks: Vec<HookRow>,
    events: Vec<(&'static str, &'static str)>,
    /// Why no webhook was made, and the address that was sent.
    hook_refused: Option<(String, &'static str)>,
    can_send: bool,
    ended: Option<Ended>,
}

/// A key that was revoked, and the webhooks that it made and that go on.
#[derive(Debug)]
struct Ended {
    label: String,
    /// Id and address.
    hooks: Vec<(String, String)>,
}

/// The number of a key that was revoked now.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Revoked {
    revoked: Option<u64>,
}

/// What a page says of the last thing that was asked of it.
#[derive(Debug, Default)]
struct Said {
    made: Option<String>,
    refused: Option<&'static str>,
    hook_refused: Option<(String, &'static str)>,
    revoked: Option<u64>,
}

#[derive(Debug)]
struct KeyRow {
    id: u64,
    label: String,
    prefix: String,
    scopes: String,
    used: String,
    standing: String,
    is_alive: bool,
}

pub(super) async fn page(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Query(Revoked { revoked }): Query<Revoked>,
) -> Answer {
    let said = Said {
        revoked,
        ..Said::default()
    };
    let mut read = state.store.read().await?;
    show(&mut read, (&state, &viewer), said).await
}

/// The page again, with why no webhook was made.
pub(super) async fn refused(
    state: &AppState,
    viewer: &Viewer,
    (url, why): (&str, &'static str),
) -> Answer {
    let said = Said {
        hook_refused: Some((url.to_owned(), why)),
        ..Said::default()
    };
    let mut read = state.store.read().await?;
    form_refused(show(&mut read, (state, viewer), said).await)
}

async fn show(read: &mut Read, (state, viewer): (&AppState, &Viewer), said: Said) -> Answer {
    let as_of = load::as_of(read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let now = (state.wall)();
    let keys = read.api_keys().await?;
    let (zone, zone_name) = context.zone_of(None);
    let telling = Telling {
        keys: &keys,
        zone: &zone,
        now,
    };
    let mut answer = html(&IntegrationsPage {
        shell: Shell::new(&context, "Integrations", Place::Integrations)
            .with_data("/company/integrations".to_owned())
            .with_zone(&zone_name),
        made: said.made,
        refused: said.refused,
        hook_refused: said.hook_refused,
        ended: ended(read, (&keys, said.revoked)).await?,
        hooks: webhooks::rows(read, telling).await?,
        events: EventKind::asked_for()
            .into_iter()
            .map(|kind| (kind.word(), kind.says()))
            .collect(),
        can_send: state.options.webhooks.is_some(),
        scopes: Scope::ALL
            .map(|scope| (scope.name(), words::scope(scope)))
            .to_vec(),
        rows: keys.iter().map(|key| row(key, &zone, now)).collect(),
    })?;
    // The key is shown once: no copy of the page is kept on the way.
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// What is to be said of a key that was revoked.
async fn ended(
    read: &mut Read,
    (keys, revoked): (&[ApiKey], Option<u64>),
) -> Result<Option<Ended>, PageError> {
    let key = keys.iter().find(|key| revoked == Some(key.id));
    let Some(key) = key.filter(|key| key.revoked_at.is_some()) else {
        return Ok(None);
    };
    let hooks = read.webhooks().await?.into_iter();
    let hooks = hooks.filter(|hook| hook.is_on() && hook.webhook.made_by == Actor::Key(key.id));
    Ok(Some(Ended {
        label: key.key.label.clone(),
        hooks: hooks.map(|it| (it.webhook.id, it.webhook.url)).collect(),
    }))
}

/// How a key stands, in words.
pub(super) fn standing(key: &ApiKey, zone: &TimeZone, now: u64) -> String {
    let day = |at: u64| dates::day(at, zone);
    let (revoked, expires) = (key.revoked_at.map(day), key.key.expires_at.map(day));
    words::standing(revoked.as_deref(), expires.as_deref(), key.is_alive(now))
}

fn row(key: &ApiKey, zone: &TimeZone, now: u64) -> KeyRow {
    let day = |at: u64| dates::day(at, zone);
    KeyRow {
        id: key.id,
        label: key.key.label.clone(),
        prefix: format!("{}…", key.key.prefix),
        scopes: scopes(key),
        used: key.used_at.map_or_else(|| "never".to_owned(), day),
        standing: standing(key, zone, now),
        is_alive: key.is_alive(now),
    }
}

/// What a key may, by the names of its scopes.
pub(super) fn scopes(key: &ApiKey) -> String {
    let scopes: Vec<_> = key.key.scopes.iter().map(|scope| scope.name()).collect();
    scopes.join(", ")
}

/// The same as data, a row for each key and for each webhook.
pub(super) async fn data(
    State(state): State<AppState>,
    Administrator(_viewer): Administrator,
    form: Form,
) -> Answer {
    let mut read = state.store.read().await?;
    let rows = lists::of(&mut read, (state.wall)()).await?;
    table::answer(form, rows).await
}

/// Makes a key and shows it, this once. The answer is the page itself and leads nowhere: the key
/// must stand in no address and no store.
pub(super) async fn make(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    let at = (state.wall)();
    let asked = asked(&fields, at);
    let (label, scopes, expires_at) = match asked {
        Ok(asked) => asked,
        Err(why) => {
            let mut read = state.store.read().await?;
            let said = Said {
                refused: Some(why),
                ..Said::default()
            };
            return show(&mut read, (&state, &viewer), said).await;
        }
    };
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let key = NewKey::of((state.random)());
    let mut tx = state.store.write().await?;
    let id = tx
        .add_api_key(&NewApiKey {
            hash: key.hash,
            prefix: key.prefix.clone(),
            label,
            scopes: scopes.clone(),
            made_at: at,
            made_by: Actor::Owner(owner),
            expires_at,
        })
        .await?;
    let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: "key made".to_owned(),
        subject: Actor::Key(id).to_string(),
        detail: names.join(", "),
    })
    .await?;
    tx.commit().await?;
    let mut read = state.store.read().await?;
    let said = Said {
        made: Some(key.text),
        ..Said::default()
    };
    show(&mut read, (&state, &viewer), said).await
}

type Asked = (String, BTreeSet<Scope>, Option<u64>);

/// What the form says, or what is wrong with it.
fn asked(fields: &Fields, now: u64) -> Result<Asked, &'static str> {
    let label = fields.get("label");
    let length = label.chars().count();
    if length == 0 || length > LABEL_MAX || label.chars().any(char::is_control) {
        return Err(words::LABEL_WRONG);
    }
    let scopes: BTreeSet<_> = fields.all("scope").filter_map(Scope::named).collect();
    if scopes.is_empty() {
        return Err(words::SCOPES_WRONG);
    }
    let expires_at = match fields.get("days") {
        "" => None,
        days => {
            let days: u64 = days.parse().map_err(|_| words::DAYS_WRONG)?;
            if !(1..=3_650).contains(&days) {
                return Err(words::DAYS_WRONG);
            }
            Some(now.saturating_add(days.saturating_mul(DAY)))
        }
    };
    Ok((label.to_owned(), scopes, expires_at))
}

/// Ends a key.
pub(super) async fn revoke(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    let id: u64 = fields
        .get("key")
        .parse()
        .map_err(|_| PageError::NotUnderstood)?;
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    if tx.revoke_api_key(id, at).await? {
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Owner(owner),
            action: "key revoked".to_owned(),
            subject: Actor::Key(id).to_string(),
            detail: String::new(),
        })
        .await?;
    }
    tx.commit().await?;
    Ok(see(&format!("/company/integrations?revoked={id}")).into_response())
}
