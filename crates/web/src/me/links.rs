//! Links that open something to whoever has them: made, replaced and ended by forms alone.

use alloy_primitives::B256;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use guerdon_store::{Actor, NewEntry, Owner, ShareLink, Tx};
use serde::Deserialize;

use super::load;
use crate::access::{GrantHolder, WithWallet, known, token};
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::settings as words;

/// The longest name of a link, in bytes.
const LABEL_BYTES_MAX: usize = 200;

/// For whom a link is.
#[derive(Debug, Deserialize)]
pub(super) struct Label {
    label: String,
}

/// Which link.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    hash: B256,
}

/// Makes a link that shows a grant, and leads to it: its address is the link.
pub(super) async fn make_share(
    State(state): State<AppState>,
    holder: GrantHolder,
    Form(Label { label }): Form<Label>,
) -> Result<Response, PageError> {
    let label = label.trim();
    if label.len() > LABEL_BYTES_MAX {
        return Err(PageError::NotTaken(words::LABEL_TOO_LONG));
    }
    let fresh = token::fresh(&state);
    let mut tx = state.store.write().await?;
    let data = load::by_id(&mut tx, &state, holder.id).await?;
    let wallet = data.holder();
    if !holder.viewer.wallets.contains(&wallet) {
        return Err(PageError::NotPermitted(words::NOT_THE_HOLDER));
    }
    let now = (state.wall)();
    tx.put_share_link(&ShareLink {
        hash: fresh.hash,
        grant: holder.id,
        wallet,
        label: label.to_owned(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
    })
    .await?;
    let actor = holder.viewer.owner();
    log(
        &mut tx,
        (now, actor),
        "share link made",
        holder.id.to_string(),
    )
    .await?;
    tx.commit().await?;
    Ok(to(&format!("/share/{}", fresh.text)))
}

/// Ends a link that shows a grant.
pub(super) async fn revoke_share(
    State(state): State<AppState>,
    holder: GrantHolder,
    Form(Which { hash }): Form<Which>,
) -> Result<Response, PageError> {
    let now = (state.wall)();
    let mut tx = state.store.write().await?;
    for wallet in &holder.viewer.wallets {
        if tx.revoke_share_link(hash, *wallet, now).await? {
            let actor = holder.viewer.owner();
            log(
                &mut tx,
                (now, actor),
                "share link revoked",
                holder.id.to_string(),
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(to(&format!("/grants/{}#share", holder.id)))
}

/// Makes the calendar link, in the place of one made before, and leads to where it is shown.
pub(super) async fn make_calendar(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
) -> Result<Response, PageError> {
    let owner = viewer.owner().ok_or(PageError::NoPage)?;
    let fresh = token::fresh(&state);
    let now = (state.wall)();
    let mut tx = state.store.write().await?;
    tx.put_calendar_link(owner, fresh.hash, now).await?;
    let actor = known(&mut tx, owner).await?;
    let subject = owner.to_string();
    log(&mut tx, (now, actor), "calendar link made", subject).await?;
    tx.commit().await?;
    Ok(to(&format!("/calendar/{}", fresh.text)))
}

/// Ends the calendar link.
pub(super) async fn revoke_calendar(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
) -> Result<Response, PageError> {
    let owner = viewer.owner().ok_or(PageError::NoPage)?;
    let now = (state.wall)();
    let mut tx = state.store.write().await?;
    tx.delete_calendar_link(owner).await?;
    let actor = known(&mut tx, owner).await?;
    let subject = owner.to_string();
    log(&mut tx, (now, actor), "calendar link revoked", subject).await?;
    tx.commit().await?;
    Ok(to("/me/settings#calendar"))
}

pub(super) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Writes down that somebody did something; without names.
async fn log(
    tx: &mut Tx,
    (at, owner): (u64, Option<Owner>),
    action: &str,
    subject: String,
) -> Result<(), PageError> {
    let Some(owner) = owner else { return Ok(()) };
    let entry = NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: action.to_owned(),
        subject,
        detail: String::new(),
    };
    Ok(tx.append_audit(&entry).await?)
}
