//! `/me/settings`: wallets, sessions, zone, what is sent, calendar, links, and what is kept.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use guerdon_store::{Read, ShareLink};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::ZONE;
use super::links::to;
use crate::access::{SignedIn, Viewer};
use crate::assets;
use crate::dates;
use crate::error::PageError;
use crate::html::Hex;
use crate::numbers::shortened;
use crate::pages;
use crate::sign_in::{SessionsView, sessions_of};
use crate::state::AppState;
use crate::strings::settings as words;
use crate::strings::{me, sign_in as sign_in_words};
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/me-settings.html")]
struct SettingsPage {
    shell: Shell,
    name: Option<String>,
    wallets: Vec<WalletRow>,
    no_wallets: &'static str,
    /// The present wallet, where another can be added by the signatures of both.
    present: Option<String>,
    add_words: &'static str,
    /// What the script says, as JSON.
    words: String,
    sessions: SessionsView,
    zones: Vec<String>,
    zone: String,
    /// What no choice means.
    zone_without: String,
    zone_hint: &'static str,
    notices: &'static str,
    /// A session that signs makes and ends calendar links.
    may_sign: bool,
    calendar: Option<String>,
    calendar_words: &'static str,
    no_calendar: &'static str,
    shares: Vec<SharedRow>,
}

#[derive(Debug)]
struct WalletRow {
    wallet: Hex,
    whole: String,
    says: String,
    /// The person may take it off.
    removable: bool,
}

/// A link that this person made.
#[derive(Debug)]
struct SharedRow {
    grant: String,
    href: String,
    label: String,
    made: String,
    hash: String,
}

/// A zone to choose.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    zone: String,
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let (zone, zone_name) = context.zone_of(None);
    let chosen = match viewer.owner() {
        Some(owner) => read.setting(owner, ZONE).await?,
        None => None,
    };
    let listed = match viewer.person {
        Some(person) => read.member(person).await?.map(|member| member.zone),
        None => None,
    };
    let listed = listed.filter(|zone| !zone.is_empty());
    let island = assets::island_path("sign-in").is_some();
    let own = viewer.person.is_some() && viewer.list_roles.is_empty();
    let present = viewer.wallet().filter(|_| own);
    let shell = Shell::new(&context, "Settings", Place::Settings).with_zone(&zone_name);
    pages::html(&SettingsPage {
        shell: match present {
            Some(_) => shell.with_island("sign-in"),
            None => shell,
        },
        name: viewer.name.clone(),
        wallets: wallets(&mut read, &viewer, &zone).await?,
        no_wallets: words::NO_WALLETS,
        present: present
            .filter(|_| island)
            .map(|wallet| wallet.to_checksum(None)),
        add_words: add_words(&viewer),
        words: island_words(),
        sessions: sessions_of(&mut read, &viewer, (state.wall)()).await?,
        zones: zones(),
        zone: chosen.unwrap_or_default(),
        zone_hint: match listed {
            Some(_) => words::ZONE_HINT_LISTED,
            None => words::ZONE_HINT,
        },
        zone_without: listed.map_or_else(
            || words::ZONE_OF_GRANTS.to_owned(),
            |zone| words::zone_of_list(&zone),
        ),
        notices: match state.options.mail {
            Some(_) => words::MAIL_LINKS,
            None => words::NO_NOTICES,
        },
        calendar: match viewer.owner() {
            Some(owner) => read.calendar_link_made_at(owner).await?,
            None => None,
        }
        .map(|at| words::calendar_since(&dates::day(at, &zone))),
        may_sign: viewer.wallet().is_some(),
        calendar_words: words::CALENDAR,
        no_calendar: words::NO_CALENDAR,
        shares: shares(&mut read, &viewer, &zone).await?,
    })
}

/// How another wallet comes in, or why none does.
fn add_words(viewer: &Viewer) -> &'static str {
    match viewer.person {
        None => words::NOT_LISTED,
        Some(_) if !viewer.list_roles.is_empty() => words::WALLETS_BY_ADMINISTRATOR.hint,
        Some(_) if viewer.wallet().is_none() => words::WALLETS_BY_WALLET,
        Some(_) => words::ADD_WALLET,
    }
}

/// What the script of the sign-in says, in the words of this page.
fn island_words() -> String {
    let mut all = BTreeMap::from(sign_in_words::ISLAND);
    all.extend(words::ISLAND);
    serde_json::to_string(&all).unwrap_or_default()
}

/// Names of all zones that the database has, in their order.
fn zones() -> Vec<String> {
    let all = jiff::tz::db().available();
    let mut all: Vec<_> = all.map(|name| name.to_string()).collect();
    all.retain(|name| name == "UTC" || name.contains('/'));
    all.sort_unstable();
    all
}

async fn wallets(
    read: &mut Read,
    viewer: &Viewer,
    zone: &TimeZone,
) -> Result<Vec<WalletRow>, PageError> {
    let member = match viewer.person {
        Some(person) => read.member(person).await?,
        None => None,
    };
    let Some(member) = member else {
        let rows = viewer.wallets.iter().map(|wallet| WalletRow {
            wallet: Hex::address(wallet),
            whole: wallet.to_checksum(None),
            says: words::SIGNED_IN.to_owned(),
            removable: false,
        });
        return Ok(rows.collect());
    };
    let present = viewer.wallet().filter(|_| viewer.list_roles.is_empty());
    let rows = member.wallets.iter().map(|it| WalletRow {
        wallet: Hex::address(&it.address),
        whole: it.address.to_checksum(None),
        says: match it.proven_at {
            Some(at) => words::proven(&dates::day(at, zone)),
            None => words::NOT_PROVEN.to_owned(),
        },
        removable: present.is_some_and(|present| present != it.address),
    });
    Ok(rows.collect())
}

async fn shares(
    read: &mut Read,
    viewer: &Viewer,
    zone: &TimeZone,
) -> Result<Vec<SharedRow>, PageError> {
    let mut links: Vec<ShareLink> = Vec::new();
    for wallet in &viewer.wallets {
        links.extend(read.share_links_of_wallet(*wallet).await?);
    }
    links.retain(|link| link.revoked_at.is_none());
    links.sort_by_key(|link| std::cmp::Reverse(link.created_at));
    let rows = links.into_iter().map(|link| SharedRow {
        grant: shortened(&link.grant.to_string()),
        href: format!("/grants/{}", link.grant),
        label: match link.label.is_empty() {
            true => me::SHARED_LABEL.to_owned(),
            false => link.label,
        },
        made: me::made_on(&dates::day(link.created_at, zone)),
        hash: link.hash.to_string(),
    });
    Ok(rows.collect())
}

/// Keeps the zone; nothing chosen means each grant's own.
pub(super) async fn set_zone(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    Form(Chosen { zone }): Form<Chosen>,
) -> Result<Response, PageError> {
    let owner = viewer.owner().ok_or(PageError::NoPage)?;
    if !zone.is_empty() && TimeZone::get(&zone).is_err() {
        return Err(PageError::NotTaken(words::NO_ZONE));
    }
    let mut tx = state.store.write().await?;
    tx.put_setting(owner, ZONE, &zone).await?;
    tx.commit().await?;
    Ok(to("/me/settings#zone"))
}
