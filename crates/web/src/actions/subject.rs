//! A grant that something is asked of, with all that stands around it.

use alloy_primitives::{Address, B256};
use guerdon_core::act::Standing;
use guerdon_core::grant::{Desk, holder};
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::Terms;
use guerdon_store::Read;
use jiff::tz::TimeZone;

use super::order::Places;
use crate::access::Viewer;
use crate::error::PageError;
use crate::load;
use crate::numbers::shortened;
use crate::state::{AppState, DeploymentView};
use crate::views::grant::GrantData;
use crate::views::{Context, Goals};

/// The grant of a page.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) data: GrantData,
    pub(super) terms: Terms,
    /// The canonical bytes of its terms.
    pub(super) bytes: Vec<u8>,
    /// The company's name for it, `G-1004`, or its shortened id.
    pub(super) name: String,
    /// Whom it is for; empty where it is not known or was erased.
    pub(super) person: String,
    pub(super) holder: Address,
    /// The money, the goals of its gates, and the grant itself.
    pub(super) ledger: Ledger,
    pub(super) zone: TimeZone,
    pub(super) zone_name: String,
    pub(super) now: u64,
    /// The last block that was read.
    pub(super) block: u64,
    desk: Desk,
}

impl Subject {
    /// Reads it; `None`: nothing can be asked of it any more, or its terms are not known here.
    pub(super) async fn load(
        read: &mut Read,
        state: &AppState,
        (id, context): (B256, &Context<'_>),
    ) -> Result<Option<Self>, PageError> {
        let opened = read.grant(id).await?.is_some();
        let data = match opened {
            true => load::grant(read, state, id).await?,
            false => load::promised(read, id).await?,
        };
        let Some(terms) = data.terms.clone() else {
            return Ok(None);
        };
        let bytes = terms.encode().map_err(|error| records(id, &error))?;
        let mut ledger = Ledger {
            pool: read.pool().await?,
            ..Ledger::default()
        };
        let goals = data.goals.iter().map(|goal| &goal.record);
        ledger
            .goals
            .extend(goals.map(|goal| (goal.id, goal.clone())));
        ledger.grants.insert(id, data.record);
        let (name, person) = named(read, id).await?;
        let (zone, zone_name) = context.zone_of(data.zone.as_deref());
        Ok(Some(Self {
            holder: holder(&terms, &data.record.state, data.record.moved_to),
            desk: desk(&state.deployment, context.now()),
            now: context.now(),
            block: context.as_of.head.map_or(0, |(block, _)| block),
            data,
            terms,
            bytes,
            name,
            person,
            ledger,
            zone,
            zone_name,
        }))
    }

    /// The same with the snapshot that it was read from, for a page or a form of it.
    pub(super) async fn of_page<'a>(
        state: &'a AppState,
        viewer: &'a Viewer,
        id: B256,
    ) -> Result<(Read, Context<'a>, Option<Self>), PageError> {
        let mut read = state.store.read().await?;
        let as_of = load::as_of(&mut read, state).await?;
        let context = load::context(state, as_of, Some(viewer));
        let subject = Self::load(&mut read, state, (id, &context)).await?;
        Ok((read, context, subject))
    }

    pub(super) fn id(&self) -> B256 {
        self.data.record.id
    }

    pub(super) fn goals(&self) -> Goals<'_> {
        Goals(&self.data.goals)
    }

    pub(super) fn desk(&self) -> Desk {
        self.desk
    }

    /// The grant as core weighs it.
    pub(super) fn standing(&self) -> Standing<'_> {
        Standing {
            desk: self.desk,
            terms: &self.terms,
            state: &self.data.record.state,
            recovery: &self.data.record.recovery,
            holder: self.holder,
            results: &self.ledger,
            free: self.ledger.pool.free(),
        }
    }

    /// `G-1004, for Dolores Ibárruri-Vega`, or the name alone.
    pub(super) fn title(&self) -> String {
        match self.person.as_str() {
            "" => self.name.clone(),
            person => format!("{}, for {person}", self.name),
        }
    }
}

/// The contracts and the moment.
pub(super) fn desk(deployment: &DeploymentView, now: u64) -> Desk {
    let token = contract(deployment, "AccessToken").unwrap_or_default();
    Desk {
        domain: Domain::new(deployment.chain_id, deployment.grants),
        grants: deployment.grants,
        token,
        now,
    }
}

/// Where calls go.
pub(super) fn places(deployment: &DeploymentView) -> Places {
    Places {
        grants: deployment.grants,
        succession: contract(deployment, "Succession"),
    }
}

/// A contract of the deployment by its name.
pub(crate) fn contract(deployment: &DeploymentView, name: &str) -> Option<Address> {
    let mut contracts = deployment.contracts.iter();
    let found = contracts.find(|contract| contract.name == name);
    found.map(|contract| contract.address)
}

/// The company's name for a grant, or its shortened id, and whom it is for.
async fn named(read: &mut Read, id: B256) -> Result<(String, String), PageError> {
    let origin = load::origin(read, id).await?;
    let person = read.person(origin).await?;
    let imported = read.terms(id).await?;
    let short = shortened(&id.to_string());
    let name = imported.map_or(short, |imported| imported.external_id);
    Ok((name, person.map_or_else(String::new, |person| person.name)))
}

fn records(id: B256, error: &dyn std::fmt::Display) -> PageError {
    PageError::Records {
        noun: "grant",
        id,
        reason: error.to_string(),
    }
}
