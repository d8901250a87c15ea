//! What a pass did, for people and programs.

use alloy_primitives::B256;
use guerdon_store::{Failing, Job, JobDone, JobState};
use serde_json::{Value, json};

/// Why a pass ended before everybody who was due was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The day's gas is used up.
    Budget,
    /// A transaction is in no block yet.
    Waiting,
    /// Transactions of an earlier keeper were found in blocks; the index must see them first.
    Reconciled,
    /// Claims were sent that holders asked for; the index must see them first.
    Relayed,
}

/// What a pass did. Amounts in base units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pass {
    /// The chain's time.
    pub(crate) now: u64,
    pub(crate) due: usize,
    pub(crate) gross_due: u128,
    pub(crate) backing_off: usize,
    pub(crate) too_small: usize,
    /// Grants that were due and not tried.
    pub(crate) left: usize,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) failed: Vec<Failing>,
    pub(crate) stopped: Option<Stopped>,
}

/// A transaction that is in a block.
#[derive(Debug, Clone)]
pub(crate) struct Transaction {
    pub(crate) tx: B256,
    pub(crate) nonce: u64,
    pub(crate) state: JobState,
    pub(crate) block: u64,
    pub(crate) gas_used: u64,
    pub(crate) grants: usize,
    pub(crate) paid: usize,
    pub(crate) gross: u128,
    pub(crate) withheld: u128,
}

impl Transaction {
    pub(crate) fn new(job: &Job, done: &JobDone, state: JobState) -> Self {
        Self {
            tx: done.tx,
            nonce: job.job.nonce,
            state,
            block: done.block,
            gas_used: done.gas_used,
            grants: job.job.grants.len(),
            paid: 0,
            gross: 0,
            withheld: 0,
        }
    }

    fn value(&self) -> Value {
        json!({
            "tx": self.tx, "nonce": self.nonce, "state": self.state.name(),
            "block": self.block, "gas_used": self.gas_used, "grants": self.grants,
            "paid": self.paid, "gross": self.gross.to_string(),
            "withheld": self.withheld.to_string(),
        })
    }
}

impl Stopped {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Waiting => "waiting",
            Self::Reconciled => "reconciled",
            Self::Relayed => "relayed",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Budget => "the day's gas is used up; the rest is paid tomorrow",
            Self::Waiting => "a transaction was sent and is in no block yet",
            Self::Reconciled => "transactions of an earlier keeper were found in blocks",
            Self::Relayed => "claims that holders asked for were sent",
        }
    }
}

impl Pass {
    pub(crate) fn paid(&self) -> usize {
        self.transactions.iter().map(|sent| sent.paid).sum()
    }

    pub(crate) fn gross(&self) -> u128 {
        self.transactions.iter().map(|sent| sent.gross).sum()
    }

    pub(crate) fn withheld(&self) -> u128 {
        self.transactions.iter().map(|sent| sent.withheld).sum()
    }

    pub(crate) fn gas_used(&self) -> u64 {
        self.transactions.iter().map(|sent| sent.gas_used).sum()
    }

    /// Takes up what the pass before it did, as one.
    pub(crate) fn after(mut self, earlier: Self) -> Self {
        let (transactions, failed) = (earlier.transactions, earlier.failed);
        self.transactions = transactions.into_iter().chain(self.transactions).collect();
        self.failed = failed.into_iter().chain(self.failed).collect();
        self
    }

    pub(crate) fn value(&self) -> Value {
        json!({
            "time": self.now, "due": self.due, "due_gross": self.gross_due.to_string(),
            "paid": self.paid(), "gross": self.gross().to_string(),
            "withheld": self.withheld().to_string(), "gas_used": self.gas_used(),
            "transactions": self.transactions.iter().map(Transaction::value).collect::<Vec<_>>(),
            "failed": self.failed.iter().map(failing_value).collect::<Vec<_>>(),
            "backing_off": self.backing_off, "too_small": self.too_small, "left": self.left,
            "stopped": self.stopped.map(Stopped::name),
        })
    }
}

pub(crate) fn failing_value(failing: &Failing) -> Value {
    json!({
        "id": failing.id, "times": failing.times, "reason": failing.reason,
        "last_at": failing.last_at, "retry_at": failing.retry_at,
    })
}
