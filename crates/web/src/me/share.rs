//! `/share/{token}`: a grant as its holder shows it to somebody.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{grant, load};
use crate::access::{Visitor, Why, token};
use crate::data::refused;
use crate::dates;
use crate::error::PageError;
use crate::numbers::shortened;
use crate::pages;
use crate::state::AppState;
use crate::strings::me as words;

/// The page; a link that is unknown, revoked, or of a former holder opens nothing.
pub(super) async fn page(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    let hash = token::hash_of(&text).ok_or(PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let link = read.share_link(hash, (state.wall)()).await?;
    let link = link.ok_or(PageError::NoPage)?;
    let data = load::by_id(&mut read, &state, link.grant).await?;
    if data.holder() != link.wallet {
        return Err(PageError::NoPage);
    }
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, viewer.as_ref());
    let page = grant::page_of(&data, (Why::Share, None), &context);
    let mut page = page.map_err(refused("grant", link.grant))?;
    let zone = context.zone_of(data.zone.as_deref()).0;
    let wallet = shortened(&link.wallet.to_checksum(None));
    let day = dates::day(link.created_at, &zone);
    let mut banner = words::shared_by(&wallet, &link.label, &day);
    let own = viewer.is_some_and(|viewer| viewer.wallets.contains(&link.wallet));
    if own {
        banner = format!("{} {banner}", words::COPY_THIS_ADDRESS);
    }
    page.private.banner = Some(banner);
    page.shell.data = None;
    pages::html(&page)
}
