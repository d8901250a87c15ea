//! The extractor of the pages on which results are made.

use alloy_primitives::Address;
use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use guerdon_core::ledger::GoalRecord;
use serde::Deserialize;

use super::extract::{signed_in, wallet};
use super::viewer::Viewer;
use crate::error::PageError;
use crate::pages::Asked;
use crate::state::AppState;
use crate::strings::access as words;

/// What somebody is to a goal, by its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Registers attempts and may demand a run.
    Sponsor,
    /// Accepts and signs results.
    Member,
    /// Decides challenges.
    Arbiter,
}

/// The sponsor, a panel member or the arbiter of the goal of the path `/goals/{id}…`, by wallet.
#[derive(Clone, Debug)]
pub(crate) struct GoalParty {
    pub(crate) viewer: Viewer,
    pub(crate) record: Box<GoalRecord>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// What these wallets are to a goal, and by which of them.
pub(crate) fn parts_of(record: &GoalRecord, wallets: &[Address]) -> Vec<(Part, Address)> {
    let mut parts = Vec::new();
    for wallet in wallets {
        let roles = [
            (Part::Sponsor, record.goal.sponsor == *wallet),
            (Part::Member, record.panel.contains(wallet)),
            (Part::Arbiter, record.goal.arbiter == *wallet),
        ];
        parts.extend(
            roles
                .into_iter()
                .filter_map(|(part, is)| is.then_some((part, *wallet))),
        );
    }
    parts.sort_unstable();
    parts
}

impl FromRequestParts<AppState> for GoalParty {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let path = parts.extract::<Path<Named>>().await;
        let Path(Named { id }) = path.map_err(|_| PageError::NoPage)?;
        let id = Asked::parse("goal", &id)?.id;
        let viewer = signed_in(parts)?;
        wallet(&viewer)?;
        let record = state.store.read().await?.goal(id).await?;
        let record = record.ok_or(PageError::Missing { noun: "goal", id })?;
        match parts_of(&record, &viewer.wallets).is_empty() {
            true => Err(PageError::NotPermitted(words::GOAL_PARTIES_ONLY)),
            false => Ok(Self {
                viewer,
                record: Box::new(record),
            }),
        }
    }
}
