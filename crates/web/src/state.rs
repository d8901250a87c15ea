//! What the pages are served from: the store, and facts that the binary resolved once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::{Address, B256};
use guerdon_chain::Chain;
use guerdon_core::fact::{Fact, Log};
use guerdon_store::Store;

use crate::demo::Demo;
use crate::numbers::Token;
use crate::views::home::Overview;

/// Whose pages these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// As people write it.
    pub name: String,
}

/// One contract of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractView {
    /// `Grants`, `Goals`, `AccessToken`, `AccessManager`, …
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// The transaction that created it, if it was recorded.
    pub transaction: Option<B256>,
    /// keccak256 of its code on the chain.
    pub code_hash: B256,
}

/// The contracts that the pages speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentView {
    /// The chain's id.
    pub chain_id: u64,
    /// Hash of the chain's first block: tells one local chain from the next.
    pub genesis_hash: B256,
    /// First block that may hold an event.
    pub start_block: u64,
    /// The `Grants` contract.
    pub grants: Address,
    /// The `Goals` contract.
    pub goals: Address,
    /// The token that grants pay.
    pub token: Token,
    /// The token of challenge bonds, if the deployment has one.
    pub bond_token: Option<(Address, Token)>,
    /// All contracts, in the order to show.
    pub contracts: Vec<ContractView>,
}

/// When the chain last answered, in wall time. The indexer beats, the pages read.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat(Arc<AtomicU64>);

impl Heartbeat {
    /// The chain answered at `wall` (Unix seconds), whether or not it had something new.
    pub fn beat(&self, wall: u64) {
        self.0.store(wall, Ordering::Relaxed);
    }

    /// When it last answered; `None` before the first time.
    pub fn last(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|wall| *wall > 0)
    }
}

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    inner: Inner,
    overview: Mutex<Option<(OverviewKey, Arc<Overview>)>>,
}

/// What the overview was summed from: another block, or another import, is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverviewKey {
    pub(crate) head: Option<B256>,
    pub(crate) imported_grants: u64,
    pub(crate) definitions: usize,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where people reach these pages: scheme, host and port as a browser sends them in `Origin`,
    /// `https://grants.acme.example`.
    pub origin: String,
    /// What a demonstration lends; `None` everywhere else.
    pub demo: Option<Demo>,
}

/// Reads a log of the contracts as a fact; `None` for logs that are none.
pub type LogReader = Box<dyn Fn(&Log) -> Option<Fact> + Send + Sync>;

/// The parts of [`AppState`].
pub struct Inner {
    /// Where the records are.
    pub store: Store,
    /// Whose pages these are.
    pub company: Company,
    /// What runs on the chain.
    pub deployment: DeploymentView,
    /// The node, for reads and trial calls alone; `None` where pages are shown without one.
    pub chain: Option<Chain>,
    /// What the operator chose.
    pub options: Options,
    /// When the chain last answered.
    pub heartbeat: Heartbeat,
    /// Reads a log of the contracts as a fact; the binary lends it, as only the chain's edge can.
    pub decode: LogReader,
    /// Wall time in Unix seconds; says how old a page is and nothing about money.
    pub wall: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(Shared {
            inner,
            overview: Mutex::new(None),
        }))
    }

    /// The overview of a key, if it is the last one that was made.
    pub(crate) fn overview(&self, key: &OverviewKey) -> Option<Arc<Overview>> {
        let held = self
            .0
            .overview
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|(of, _)| of == key)
            .map(|(_, overview)| Arc::clone(overview))
    }

    /// Keeps an overview for the next page.
    pub(crate) fn keep_overview(&self, key: OverviewKey, overview: &Arc<Overview>) {
        let mut held = self
            .0
            .overview
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some((key, Arc::clone(overview)));
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0.inner
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.inner.fmt(f)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            company,
            deployment,
            ..
        } = self;
        f.debug_struct("AppState")
            .field("company", company)
            .field("deployment", deployment)
            .finish_non_exhaustive()
    }
}
