//! The extractors of the pages below `/grants/{id}`.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use guerdon_core::terms::Terms;
use guerdon_store::Read;
use serde::Deserialize;

use super::extract::{asking, signed_in, wallet};
use super::viewer::Viewer;
use crate::error::PageError;
use crate::memory::Moment;
use crate::pages::Asked;
use crate::state::AppState;
use crate::strings::access as words;

/// By which right a grant is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Holder,
    Company,
    Auditor,
    Share,
}

/// May read the grant of the path `/grants/{id}…` by its id. An auditor may, who reads no name, no
/// agreement and no unopened terms: a page that shows any of these takes a [`GrantParty`].
#[derive(Clone, Debug)]
pub(crate) struct GrantReader {
    /// `None` for a link that the holder shares.
    pub(crate) viewer: Option<Viewer>,
    pub(crate) id: B256,
    pub(crate) why: Why,
}

/// One of the two sides of the grant of the path: its holder, or the company. Nobody else reads
/// names and agreements.
#[derive(Clone, Debug)]
pub(crate) struct GrantParty {
    pub(crate) viewer: Viewer,
    pub(crate) id: B256,
}

/// Holds the grant of the path, by wallet.
#[derive(Clone, Debug)]
pub(crate) struct GrantHolder {
    pub(crate) viewer: Viewer,
    pub(crate) wallet: Address,
    pub(crate) id: B256,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl FromRequestParts<AppState> for GrantReader {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let id = named(parts).await?;
        let viewer = match asking(parts) {
            Some(viewer) => Viewer::clone(&viewer),
            None => signed_in(parts)?,
        };
        let found = async { right(&mut state.store.read().await?, &viewer, id).await };
        let why = match parts.extensions.get::<Arc<Moment>>() {
            Some(moment) => moment.rights.get((viewer.session, id), found).await?,
            None => found.await?,
        };
        let why = why.ok_or(PageError::NotPermitted(words::OTHERS_GRANT))?;
        Ok(Self {
            viewer: Some(viewer),
            id,
            why,
        })
    }
}

impl FromRequestParts<AppState> for GrantParty {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let id = named(parts).await?;
        let viewer = signed_in(parts)?;
        let why = right(&mut state.store.read().await?, &viewer, id).await?;
        match why {
            Some(Why::Holder | Why::Company) => Ok(Self { viewer, id }),
            Some(Why::Auditor | Why::Share) => Err(PageError::NotPermitted(words::PARTIES_ONLY)),
            None => Err(PageError::NotPermitted(words::OTHERS_GRANT)),
        }
    }
}

/// By which right a session reads a grant; `None`: it may not.
pub(crate) async fn right(
    read: &mut Read,
    viewer: &Viewer,
    id: B256,
) -> Result<Option<Why>, PageError> {
    Ok(match () {
        () if holds(read, viewer, id).await? => Some(Why::Holder),
        () if viewer.is_company() => Some(Why::Company),
        () if viewer.is_auditor() => Some(Why::Auditor),
        () => None,
    })
}

impl FromRequestParts<AppState> for GrantHolder {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let id = named(parts).await?;
        let viewer = signed_in(parts)?;
        if !holds(&mut state.store.read().await?, &viewer, id).await? {
            return Err(PageError::NotPermitted(words::HOLDER_ONLY));
        }
        let wallet = wallet(&viewer)?;
        Ok(Self { viewer, wallet, id })
    }
}

/// The id in the path, whatever form its ending asks for.
async fn named(parts: &mut Parts) -> Result<B256, PageError> {
    let path = parts.extract::<Path<Named>>().await;
    let Path(Named { id }) = path.map_err(|_| PageError::NoPage)?;
    Ok(Asked::parse("grant", &id)?.id)
}

/// Whether the grant is paid to a wallet of the viewer's, or, while it is not opened, will be; or
/// the people list gives the wallet or the grant to the viewer's person.
async fn holds(read: &mut Read, viewer: &Viewer, id: B256) -> Result<bool, PageError> {
    let holder = match read.grant(id).await? {
        Some(record) => Some(record.moved_to.unwrap_or(record.recipient)),
        None => promised_to(read, id).await?,
    };
    if holder.is_some_and(|holder| viewer.wallets.contains(&holder)) {
        return Ok(true);
    }
    let Some(person) = viewer.person else {
        return Ok(false);
    };
    let mut members = vec![read.member_of_grant(id).await?];
    if let Some(holder) = holder {
        members.push(read.member_of_wallet(holder).await?);
    }
    let mut members = members.into_iter().flatten();
    Ok(members.any(|member| member.person == person))
}

/// Who will be paid a grant that was imported and not opened yet.
async fn promised_to(read: &mut Read, id: B256) -> Result<Option<Address>, PageError> {
    let Some(imported) = read.terms(id).await? else {
        return Ok(None);
    };
    let terms = Terms::decode(&imported.terms).map_err(|error| PageError::Records {
        noun: "grant",
        id,
        reason: error.to_string(),
    })?;
    Ok(Some(terms.recipient))
}
