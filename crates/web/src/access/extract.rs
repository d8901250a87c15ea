//! The extractors that need no grant.

use std::sync::Arc;

use alloy_primitives::Address;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use guerdon_store::Means;

use super::recognise::Recognised;
use super::viewer::Viewer;
use crate::error::{PageError, wants_data};
use crate::state::AppState;
use crate::strings::access as words;

/// Never refuses.
#[derive(Clone, Debug)]
pub(crate) struct Visitor(pub(crate) Option<Viewer>);

/// Any session of somebody's own; a link for auditors opens none.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(pub(crate) Viewer);

/// A session by wallet.
#[derive(Clone, Debug)]
pub(crate) struct WithWallet {
    pub(crate) viewer: Viewer,
}

/// The company's people, or a wallet with any role of the company on the chain.
#[derive(Clone, Debug)]
pub(crate) struct CompanyReader(pub(crate) Viewer);

/// [`CompanyReader`] by wallet.
#[derive(Clone, Debug)]
pub(crate) struct CompanyWriter {
    pub(crate) viewer: Viewer,
}

/// An administrator of the list or of the chain, by wallet.
#[derive(Clone, Debug)]
pub(crate) struct Administrator(pub(crate) Viewer);

/// An auditor, or the company.
#[derive(Clone, Debug)]
pub(crate) struct AuditorReader(pub(crate) Viewer);

/// Anyone, where a demonstration runs; elsewhere there is no such page.
#[derive(Clone, Debug)]
pub(crate) struct Demo(pub(crate) Option<Viewer>);

/// Who asks, as [`super::recognise`] found out.
pub(super) fn asking(parts: &Parts) -> Option<Arc<Viewer>> {
    let found = parts.extensions.get::<Recognised>();
    found.and_then(|Recognised(viewer)| viewer.clone())
}

/// The session, or where to get one: a page that is read leads to the sign-in and back.
pub(super) fn signed_in(parts: &Parts) -> Result<Viewer, PageError> {
    if let Some(viewer) = asking(parts) {
        return Ok(Viewer::clone(&viewer));
    }
    let path = parts.uri.path();
    if parts.method == Method::GET && !wants_data(&parts.uri) {
        let next = parts
            .uri
            .path_and_query()
            .map_or(path, |whole| whole.as_str());
        return Err(PageError::SignIn {
            next: next.to_owned(),
        });
    }
    Err(PageError::NotSignedIn)
}

/// The wallet of a session that may sign.
pub(super) fn wallet(viewer: &Viewer) -> Result<Address, PageError> {
    let why = match viewer.is_by_link() {
        true => words::LINK_ONLY,
        false => words::VIEW_ONLY,
    };
    viewer.wallet().ok_or(PageError::NotPermitted(why))
}

/// Why a session may not read the company's pages: a link in an e-mail carries no role of it.
fn not_company(viewer: &Viewer) -> PageError {
    PageError::NotPermitted(match viewer.means {
        Means::MailLink => words::COMPANY_BY_WALLET,
        Means::AuditorLink(_) => words::LINK_ONLY,
        Means::Wallet => words::COMPANY_ONLY,
    })
}

macro_rules! extractor {
    ($name:ident, |$parts:ident, $state:ident| $body:expr) => {
        impl FromRequestParts<AppState> for $name {
            type Rejection = PageError;

            async fn from_request_parts(
                $parts: &mut Parts,
                $state: &AppState,
            ) -> Result<Self, PageError> {
                $body
            }
        }
    };
}

extractor!(Visitor, |parts, _state| Ok(Self(
    asking(parts).map(|viewer| Viewer::clone(&viewer))
)));

extractor!(SignedIn, |parts, _state| {
    let viewer = signed_in(parts)?;
    match viewer.is_by_link() {
        true => Err(PageError::NotPermitted(words::LINK_ONLY)),
        false => Ok(Self(viewer)),
    }
});

extractor!(WithWallet, |parts, _state| {
    let viewer = signed_in(parts)?;
    wallet(&viewer)?;
    Ok(Self { viewer })
});

extractor!(CompanyReader, |parts, _state| {
    let viewer = signed_in(parts)?;
    match viewer.is_company() {
        true => Ok(Self(viewer)),
        false => Err(not_company(&viewer)),
    }
});

extractor!(CompanyWriter, |parts, _state| {
    let viewer = signed_in(parts)?;
    if !viewer.is_company() {
        return Err(not_company(&viewer));
    }
    wallet(&viewer)?;
    Ok(Self { viewer })
});

extractor!(Administrator, |parts, _state| {
    let viewer = signed_in(parts)?;
    if !viewer.is_administrator() {
        return Err(PageError::NotPermitted(words::ADMINISTRATOR_ONLY));
    }
    wallet(&viewer)?;
    Ok(Self(viewer))
});

extractor!(AuditorReader, |parts, _state| {
    let viewer = signed_in(parts)?;
    match viewer.is_auditor() {
        true => Ok(Self(viewer)),
        false => Err(PageError::NotPermitted(words::AUDITOR_ONLY)),
    }
});

extractor!(Demo, |parts, state| {
    match &state.options.demo {
        Some(_) => Ok(Self(asking(parts).map(|viewer| Viewer::clone(&viewer)))),
        None => Err(PageError::NoPage),
    }
});
