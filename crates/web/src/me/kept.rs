//! `/me/privacy`: everything that the company's database holds about the reader, and what nobody
//! can take back.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use guerdon_store::{Actor, Means, Owner, Read};
use serde_json::{Value, json};

use super::load;
use crate::access::{SignedIn, Viewer};
use crate::dates;
use crate::error::PageError;
use crate::numbers::count_of;
use crate::pages;
use crate::state::AppState;
use crate::strings::settings as words;
use crate::views::shell::{Place, Shell};

/// Entries of the log that are shown.
const ENTRIES: u32 = 200;

#[derive(Debug, Template)]
#[template(path = "pages/me-privacy.html")]
struct PrivacyPage {
    shell: Shell,
    lead: &'static str,
    unlisted: Option<&'static str>,
    columns: Vec<(&'static str, String)>,
    counts: Vec<(&'static str, String)>,
    nowhere: &'static str,
    erasure: &'static str,
    command: &'static str,
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let data = everything(&mut read, &state, &viewer).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let zone = context.zone_of(None).1;
    let shell = Shell::new(&context, "What is kept about you", Place::Settings);
    let of = |key: &str| data["person"][key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| {
        let entries = data[key].as_array().map_or(0, |all| count_of(all));
        words::entries(entries)
    };
    pages::html(&PrivacyPage {
        shell: shell.with_zone(&zone),
        lead: words::KEPT_LEAD,
        unlisted: data["person"].is_null().then_some(words::KEPT_UNLISTED),
        columns: vec![
            ("Name", of("name")),
            ("E-mail address", of("email")),
            ("Number at the company", of("number")),
            ("Tax country", of("country")),
            ("Time zone", of("zone")),
        ],
        counts: vec![
            ("Wallets", number("wallets")),
            ("Grants, with their agreements", number("grants")),
            ("Agreements you signed", number("acceptances")),
            ("Sessions", number("sessions")),
            ("Links that show your grants", number("share_links")),
            ("Settings", number("settings")),
            (
                "Claims you asked the keeper to send",
                number("relay_requests"),
            ),
            ("What you did here", number("log")),
        ],
        nowhere: words::KEPT_NOWHERE,
        erasure: words::KEPT_ERASURE,
        command: words::KEPT_COMMAND,
    })
}

/// The same as a file, with every entry.
pub(super) async fn as_json(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let data = everything(&mut read, &state, &viewer).await?;
    let name = "attachment; filename=\"what-is-kept-about-me.json\"";
    Ok(([(CONTENT_DISPOSITION, name)], Json(data)).into_response())
}

/// Everything about the reader, but for hashes of secrets, which open nothing.
async fn everything(
    read: &mut Read,
    state: &AppState,
    viewer: &Viewer,
) -> Result<Value, PageError> {
    let portfolio = load::portfolio(read, state, &viewer.into()).await?;
    let mut grants = Vec::new();
    let (mut acceptances, mut relay) = (Vec::new(), Vec::new());
    for mine in &portfolio.grants {
        let id = mine.data.record.id;
        let imported = read.terms(id).await?;
        let named = mine.data.named.clone().unwrap_or_default();
        grants.push(json!({
            "id": id, "name": named.sheet_id, "person": named.person, "zone": mine.data.zone,
            "agreement": imported.and_then(|imported| imported.agreement),
            "stated_value_usd": named.stated.map(|stated| stated.unit_usd),
        }));
        for signed in read.acceptances(id).await? {
            acceptances.push(json!({
                "grant": id, "agreement": signed.agreement, "wallet": signed.wallet,
                "signed_at": dates::machine(signed.signed_at),
            }));
        }
        if let Some(asked) = read.last_relay_request(id).await? {
            relay.push(json!({
                "grant": id, "wallet": asked.wallet, "asked_at": dates::machine(asked.asked_at),
                "outcome": asked.outcome,
            }));
        }
    }
    let (settings, sessions, log) = match viewer.owner() {
        Some(owner) => own(read, owner, (state.wall)()).await?,
        None => Default::default(),
    };
    Ok(json!({
        "company": state.company.name,
        "person": person(read, viewer).await?,
        "wallets": wallets(read, viewer).await?,
        "grants": grants,
        "acceptances": acceptances,
        "relay_requests": relay,
        "settings": settings,
        "sessions": sessions,
        "share_links": share_links(read, viewer).await?,
        "log": log,
        "on_chain": words::KEPT_NOWHERE,
    }))
}

async fn person(read: &mut Read, viewer: &Viewer) -> Result<Value, PageError> {
    let Some(id) = viewer.person else {
        return Ok(Value::Null);
    };
    let Some(member) = read.member(id).await? else {
        return Ok(Value::Null);
    };
    let roles = member.roles.iter().map(|role| role.name());
    Ok(json!({
        "serial": id.to_string(), "number": member.number, "name": member.name,
        "email": member.email, "country": member.country, "zone": member.zone,
        "roles": roles.collect::<Vec<_>>(), "added_at": dates::machine(member.added_at),
    }))
}

async fn wallets(read: &mut Read, viewer: &Viewer) -> Result<Value, PageError> {
    let member = match viewer.person {
        Some(id) => read.member(id).await?,
        None => None,
    };
    let listed = member.map(|member| member.wallets).unwrap_or_default();
    let listed = listed.iter().map(|it| {
        json!({
            "wallet": it.address.to_checksum(None), "proven_at": it.proven_at.map(dates::machine),
        })
    });
    let mut all: Vec<_> = listed.collect();
    if all.is_empty() {
        let own = viewer.wallets.iter();
        all.extend(own.map(|wallet| json!({"wallet": wallet.to_checksum(None)})));
    }
    Ok(Value::Array(all))
}

async fn share_links(read: &mut Read, viewer: &Viewer) -> Result<Value, PageError> {
    let mut all = Vec::new();
    for wallet in &viewer.wallets {
        for link in read.share_links_of_wallet(*wallet).await? {
            all.push(json!({
                "grant": link.grant, "label": link.label,
                "created_at": dates::machine(link.created_at),
                "revoked_at": link.revoked_at.map(dates::machine),
            }));
        }
    }
    Ok(Value::Array(all))
}

/// Settings, sessions and what the log says that this owner did.
async fn own(read: &mut Read, owner: Owner, wall: u64) -> Result<(Value, Value, Value), PageError> {
    let settings = read.settings(owner).await?;
    let settings = settings
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}));
    let sessions = read.list_sessions(owner, wall).await?;
    let sessions = sessions.into_iter().map(|session| {
        json!({
            "agent": session.agent,
            "by": match session.means {
                Means::Wallet => "wallet",
                Means::MailLink => "e-mail link",
                Means::AuditorLink(_) => "auditor's link",
            },
            "created_at": dates::machine(session.created_at),
            "seen_at": dates::machine(session.seen_at),
        })
    });
    let log = read
        .audit_of_actor(Actor::Owner(owner), None, ENTRIES)
        .await?;
    let log = log.into_iter().map(|entry| {
        json!({
            "at": dates::machine(entry.entry.at), "action": entry.entry.action,
            "subject": entry.entry.subject, "detail": entry.entry.detail,
        })
    });
    Ok((settings.collect(), sessions.collect(), log.collect()))
}
