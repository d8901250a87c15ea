//! Reads scheduled calls and the keeper's jobs from one snapshot.

use alloy_primitives::{Address, B256};
use guerdon_chain::plan::{self, Places, ReadCall, Unit};
use guerdon_core::id::Domain;
use guerdon_core::ledger::{OperationRecord, OperationState};
use guerdon_store::{Failing, Job, JobState, Operations, Read};

use super::list::sentence;
use crate::access::told;
use crate::error::PageError;
use crate::numbers::shortened;
use crate::state::DeploymentView;
use crate::strings::access as words;
use crate::views::Context;

/// Scheduled calls and jobs on the page.
const SHOWN: u32 = 50;

/// Everything on the page of jobs.
#[derive(Debug)]
pub(super) struct Jobs {
    /// Those that can still be executed, by their earliest time.
    pub(super) open: Vec<Scheduled>,
    /// The newest of the others.
    pub(super) over: Vec<Scheduled>,
    /// The keeper's newest transactions, and what each does as this reader reads it.
    pub(super) keeper: Vec<(Job, String)>,
    /// Grants whose last payment failed, with their names.
    pub(super) failing: Vec<(Failing, GrantName)>,
}

/// A scheduled call with what is known about it.
#[derive(Debug)]
pub(super) struct Scheduled {
    pub(super) record: OperationRecord,
    /// Read back, if it is a call of ours.
    pub(super) call: Option<ReadCall>,
    /// The grant that it is about.
    pub(super) grant: Option<GrantName>,
    /// Whose wallet scheduled it, if the people list knows.
    pub(super) by: Option<String>,
    /// What it does, as this reader reads it.
    pub(super) told: String,
}

/// A grant and what the company calls it.
#[derive(Clone, Debug)]
pub(super) struct GrantName {
    pub(super) id: B256,
    pub(super) name: Option<String>,
    pub(super) person: Option<String>,
}

impl Jobs {
    /// The keeper's jobs that no block has yet.
    pub(super) fn waiting(&self) -> usize {
        let open = |(job, _): &&(Job, String)| job.state == JobState::Open;
        self.keeper.iter().filter(open).count()
    }
}

/// Where the contracts are; `None` for a deployment without an AccessManager or a token.
pub(super) fn places(deployment: &DeploymentView) -> Option<Places> {
    let contract = |name: &str| {
        let mut all = deployment.contracts.iter();
        all.find(|one| one.name == name).map(|one| one.address)
    };
    Some(Places {
        grants: deployment.grants,
        succession: contract("Succession"),
        token: contract("AccessToken")?,
        manager: contract("AccessManager")?,
        goals: Some(deployment.goals),
        unit: Unit::new(&deployment.token.symbol, deployment.token.decimals),
    })
}

/// The page of jobs.
pub(super) async fn jobs(read: &mut Read, context: &Context<'_>) -> Result<Jobs, PageError> {
    let now = context.now();
    let mut open = Vec::new();
    for record in read.operations(Operations::Open(now)).await? {
        open.push(scheduled(read, context, record).await?);
    }
    let mut over = Vec::new();
    for record in read.operations(Operations::Newest(SHOWN)).await? {
        if !record.is_open(now) {
            over.push(scheduled(read, context, record).await?);
        }
    }
    let mut failing = Vec::new();
    for one in read.failures().await? {
        let name = grant_name(read, one.id).await?;
        failing.push((one, name));
    }
    let mut keeper = Vec::new();
    for job in read.recent_jobs(SHOWN).await? {
        let told = told(read, context, &job.job.summary).await?;
        keeper.push((job, told));
    }
    Ok(Jobs {
        open,
        over,
        keeper,
        failing,
    })
}

/// One scheduled call: the newest of its id.
pub(super) async fn one(
    read: &mut Read,
    context: &Context<'_>,
    id: B256,
) -> Result<Option<Scheduled>, PageError> {
    match read.operation(id).await? {
        Some(record) => Ok(Some(scheduled(read, context, record).await?)),
        None => Ok(None),
    }
}

pub(super) async fn scheduled(
    read: &mut Read,
    context: &Context<'_>,
    record: OperationRecord,
) -> Result<Scheduled, PageError> {
    let deployment = context.deployment;
    let call =
        places(deployment).and_then(|places| plan::read(&places, record.target, &record.data));
    let terms = call.as_ref().and_then(|call| call.terms.as_ref());
    let id = terms.map(|terms| Domain::new(deployment.chain_id, deployment.grants).id(terms));
    let grant = match id {
        Some(id) => Some(grant_name(read, id).await?).filter(GrantName::is_known),
        None => None,
    };
    let by = wallet_name(read, record.caller).await?;
    let mut one = Scheduled {
        record,
        call,
        grant,
        by,
        told: String::new(),
    };
    one.told = told(read, context, &sentence(&one)).await?;
    Ok(one)
}

async fn wallet_name(read: &mut Read, wallet: Address) -> Result<Option<String>, PageError> {
    let member = read.member_of_wallet(wallet).await?;
    Ok(member
        .map(|member| member.name)
        .filter(|name| !name.is_empty()))
}

async fn grant_name(read: &mut Read, id: B256) -> Result<GrantName, PageError> {
    let imported = read.terms(id).await?;
    let member = read.member_of_grant(id).await?;
    Ok(GrantName {
        id,
        name: imported.map(|grant| grant.external_id),
        person: member
            .map(|member| member.name)
            .filter(|name| !name.is_empty()),
    })
}

impl Scheduled {
    /// Who scheduled it, in a sentence: the name where it is known, the address beside.
    pub(super) fn called(&self) -> String {
        let short = shortened(&self.record.caller.to_checksum(None));
        match &self.by {
            Some(name) => words::called(name, &short),
            None => short,
        }
    }
}

impl GrantName {
    fn is_known(&self) -> bool {
        self.name.is_some()
    }
}

/// Where a scheduled call stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its time has not come.
    Waits,
    /// It can be executed.
    Due,
    /// Its time is over, and nothing was done.
    Expired,
    Executed,
    Canceled,
}

impl Standing {
    pub(crate) fn of(record: &OperationRecord, now: u64) -> Self {
        match record.state {
            OperationState::Executed => Self::Executed,
            OperationState::Canceled => Self::Canceled,
            OperationState::Scheduled if now < record.at => Self::Waits,
            OperationState::Scheduled if record.is_due(now) => Self::Due,
            OperationState::Scheduled => Self::Expired,
        }
    }
}
