//! Reading the chain into the database, as one of several processes, and what the pages say of it.

use std::pin::pin;
use std::time::Duration;

use alloy_primitives::B256;
use guerdon_chain::{Chain, Deployment};
use guerdon_indexer::{Holding, IndexError, Indexer, LEASE, Options};
use guerdon_store::{Engine, Store, StoreError};
use guerdon_web::{Heartbeat, Trouble};
use tokio::task::JoinHandle;

use super::serve::wall;
use super::store;
use crate::context::Context;
use crate::error::{Failure, Outcome};

/// How often a process looks how far the one is that indexes.
const LOOK: Duration = Duration::from_secs(1);

/// The name under which this process indexes. A file of SQLite belongs to one machine, where the
/// one write transaction at a time is enough; on PostgreSQL a lease says who indexes.
pub(crate) fn holding(store: &Store, lease: u64) -> Holding {
    let seconds = match store.engine() {
        Engine::Sqlite => 0,
        Engine::Postgres => lease,
    };
    Holding::new(&this_process(), seconds, wall)
}

/// This process in words, unlike any other's.
pub(crate) fn this_process() -> String {
    let mark = B256::random();
    let mark = mark.get(..4).unwrap_or_default();
    let mark = alloy_primitives::hex::encode(mark);
    format!("process {} ({mark})", std::process::id())
}

/// Reads the chain up to the head that the operator chose.
pub(crate) async fn indexer(
    context: &Context,
    (chain, deployment): (&Chain, &Deployment),
    store: &Store,
    holding: Holding,
) -> Outcome<Indexer<Chain>> {
    let identity = store::identity(deployment);
    let options = Options {
        finality: context.global.head.into(),
        ..Options::default()
    };
    let (chain, store) = (chain.clone(), store.clone());
    let indexer = Indexer::new(chain, store, &identity, options).await;
    let indexer = indexer.map_err(|error| Failure::failed(error.to_string()))?;
    Ok(indexer.under_lease(holding))
}

/// Follows the chain from the start until the stop, beside other work, and gives the lease back.
pub(crate) fn run(
    indexer: Indexer<Chain>,
    heartbeat: Heartbeat,
    (start, stop): (
        impl Future<Output = ()> + Send + 'static,
        impl Future<Output = ()> + Send + 'static,
    ),
) -> JoinHandle<Result<(), IndexError>> {
    tokio::spawn(async move {
        let beat = |progress: &guerdon_indexer::Progress| {
            if progress.is_done() && !progress.by_other {
                heard(&heartbeat, progress.heard_at);
            }
        };
        let mut stop = pin!(stop);
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            () = start => {}
        }
        let outcome = indexer.run(stop, beat).await;
        if let Err(error) = indexer.release().await {
            tracing::info!("the lease was not given back: {error}");
        }
        outcome
    })
}

/// Tells the pages, for as long as they are served, what the process says that indexes.
pub(crate) async fn pulse(store: Store, heartbeat: Heartbeat) {
    loop {
        match look(&store).await {
            Ok((at, trouble)) => {
                heartbeat.tell(trouble);
                heard(&heartbeat, at);
            }
            Err(error) => tracing::warn!("the state of the index cannot be read: {error}"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Never takes back what was heard later.
fn heard(heartbeat: &Heartbeat, at: u64) {
    if heartbeat.last().unwrap_or_default() < at {
        heartbeat.beat(at);
    }
}

/// When the process that indexes began to hear what it last heard, by the clock of this machine,
/// and what keeps it from reading on.
async fn look(store: &Store) -> Result<(u64, Option<Trouble>), StoreError> {
    let mut read = store.read().await?;
    let Some(state) = read.index_state().await? else {
        return Ok((0, None));
    };
    let checkpoint = read.checkpoint().await?;
    // Ages are of the database's clock: the other process may be on a machine whose clock is wrong.
    let now = read.clock().await?;
    let age = now.saturating_sub(state.answered_at);
    let at = wall().saturating_sub(age);
    if state.stopped.is_some() {
        return Ok((at, Some(Trouble::Disagreement)));
    }
    if store.engine() == Engine::Postgres {
        let lease = read.lease(LEASE).await?;
        if lease.is_none_or(|lease| lease.expires_at <= now) {
            return Ok((at, Some(Trouble::Nobody)));
        }
    }
    let (block, time) = checkpoint.map_or((0, 0), |at| (at.block, at.time));
    let trouble = (state.head > block).then(|| Trouble::Behind {
        blocks: state.head - block,
        seconds: state.head_time.saturating_sub(time),
    });
    Ok((at, trouble))
}
