//! What the pages are served from: the store, and facts that the binary resolved once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use alloy_primitives::{Address, B256};
use guerdon_chain::{Chain, Finality};
use guerdon_core::fact::{Fact, Log};
use guerdon_store::Store;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::watch;

use crate::api::{Kept, Limits, Webhooks};
use crate::audit::Sending;
use crate::company::Importer;
use crate::demo::Demo;
use crate::memory::Memory;
use crate::numbers::Token;
use crate::observe::Observer;
use crate::sign_in::{Attempts, Letter};
use crate::signing::{RelayPolicy, Streams};
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
    /// The token of challenge bonds, if the deployment has one, and once the chain has told of it.
    pub bond_token: Arc<OnceLock<(Address, Token)>>,
    /// The parameter of `wallet_addEthereumChain`, JSON, for wallets that do not know the chain.
    pub wallet_network: Option<String>,
    /// All contracts, in the order to show.
    pub contracts: Vec<ContractView>,
}

/// When the chain last answered, in wall time. The indexer beats, the pages read.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat(Arc<(AtomicU64, Mutex<Option<Trouble>>)>);

/// Why what is shown is not what the chain says now, though the chain answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The index is behind the chain.
    Behind {
        /// Blocks that are not read yet.
        blocks: u64,
        /// Seconds of the chain's clock between the last block that was read and its head.
        seconds: u64,
    },
    /// Nodes tell different chains: nothing newer is read until they agree.
    Disagreement,
    /// No process reads the chain: the last one that did stopped or was killed.
    Nobody,
}

impl Heartbeat {
    /// The chain answered at `wall` (Unix seconds), whether or not it had something new.
    pub fn beat(&self, wall: u64) {
        self.0.0.store(wall, Ordering::Relaxed);
    }

    /// When it last answered; `None` before the first time.
    pub fn last(&self) -> Option<u64> {
        Some(self.0.0.load(Ordering::Relaxed)).filter(|wall| *wall > 0)
    }

    /// Says what stands in the way of reading on, or that nothing does.
    pub fn tell(&self, trouble: Option<Trouble>) {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// What stands in the way of reading on.
    pub fn trouble(&self) -> Option<Trouble> {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    inner: Inner,
    overview: tokio::sync::Mutex<Option<(OverviewKey, Arc<Overview>)>>,
    attempts: Attempts,
    streams: Streams,
    sending: Sending,
    api: Kept,
    memory: Memory,
}

/// What the overview was summed from: another block, or another import, is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverviewKey {
    pub(crate) head: Option<B256>,
    pub(crate) imported: (u64, u64),
    pub(crate) definitions: u64,
}

/// When a server ends: streams end with it, so that it need not wait for them.
#[derive(Clone, Debug, Default)]
pub struct Stop(Option<watch::Receiver<bool>>);

impl Stop {
    /// As soon as the value is true; without one, never.
    #[must_use]
    pub fn when(stopped: watch::Receiver<bool>) -> Self {
        Self(Some(stopped))
    }

    /// Is ready when the server ends.
    pub(crate) async fn wait(self) {
        match self.0 {
            // A sender that has gone away ends what it would have stopped.
            Some(mut stopped) => drop(stopped.wait_for(|stop| *stop).await),
            None => std::future::pending().await,
        }
    }
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where people reach these pages: scheme, host and port as a browser sends them in `Origin`,
    /// `https://grants.acme.example`.
    pub origin: String,
    /// Where e-mails are queued for sending; `None`: none are sent.
    pub mail: Option<Sender<Letter>>,
    /// What a demonstration lends; `None` everywhere else.
    pub demo: Option<Demo>,
    /// What the keeper pays for when holders ask; `None`: it takes no requests.
    pub relay: Option<RelayPolicy>,
    /// How many requests are taken of each key and session.
    pub limits: Limits,
    /// Header in which a proxy in front says whom it speaks for, such as `x-forwarded-for`: its
    /// last address counts. `None`: no header is believed.
    pub client_header: Option<String>,
    /// Hears of every answer; `None`: nobody counts.
    pub observer: Option<Observer>,
    /// Checks and seals what webhooks need; `None`: this server has no data key, and makes none.
    pub webhooks: Option<Webhooks>,
    /// When this server ends.
    pub stop: Stop,
    /// Which block of the chain the index takes for its newest.
    pub head: Finality,
}

impl Options {
    /// Pages at an origin, with nothing else chosen.
    #[must_use]
    pub fn at(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            mail: None,
            demo: None,
            relay: None,
            limits: Limits::default(),
            client_header: None,
            observer: None,
            webhooks: None,
            stop: Stop::default(),
            head: Finality::Latest,
        }
    }

    /// Whether browsers reach the pages over https.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Queues an e-mail. A full queue drops it and says so in the log.
    pub(crate) fn send(&self, letter: Letter) {
        if let Some(Err(error)) = self.mail.as_ref().map(|mail| mail.try_send(letter)) {
            let why = match error {
                TrySendError::Full(_) => "too many wait",
                TrySendError::Closed(_) => "the sender has ended",
            };
            tracing::error!("an e-mail was dropped: {why}");
        }
    }
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
    /// Imports a checked sheet as `guerdon round import` does; the binary lends it. `None`: this
    /// server imports nothing.
    pub importer: Option<Importer>,
    /// Wall time in Unix seconds; says how old a page is and nothing about money.
    pub wall: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Unpredictable bytes, for secrets.
    pub random: Box<dyn Fn() -> [u8; 32] + Send + Sync>,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(Shared {
            inner,
            overview: tokio::sync::Mutex::default(),
            attempts: Attempts::default(),
            api: Kept::default(),
            streams: Streams::default(),
            sending: Sending::default(),
            memory: Memory::default(),
        }))
    }

    /// Who asks how often, and what the API folded last.
    pub(crate) fn api(&self) -> &Kept {
        &self.0.api
    }

    /// Tries to sign in.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// What pages are made of, as long as the database is what it was.
    pub(crate) fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// Streams of events that are open.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Bundles that are on their way.
    pub(crate) fn sending(&self) -> &Sending {
        &self.0.sending
    }

    /// The overview that was summed last. Whoever holds the lock sums the next one; the others wait
    /// for it in place of summing the same.
    pub(crate) fn overview(&self) -> &tokio::sync::Mutex<Option<(OverviewKey, Arc<Overview>)>> {
        &self.0.overview
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
