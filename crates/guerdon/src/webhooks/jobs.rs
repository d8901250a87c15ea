//! The two jobs of a process, beside its pages.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use guerdon_chain::{Chain, Deployment};
use guerdon_store::{Engine, Store};
use guerdon_web::{Token, Webhooks};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::data_key::DataKey;
use super::found::Facts;
use super::lent::lend;
use super::scribe::Scribe;
use super::sender::Sender;
use super::target::{Reach, System};
use super::turn::Turn;
use crate::cli::{DataKeyArgs, PortalArgs};
use crate::commands::follow::this_process;
use crate::commands::serve::{Site, wall};
use crate::context::Context;
use crate::error::{Failure, Outcome};

/// How often a job looks whether there is something to do.
const LOOK: Duration = Duration::from_secs(1);

/// What a process does about events beside its pages, and what its pages are lent. Where it serves
/// pages alone, other processes write and send.
pub(crate) async fn beside(
    context: &Context,
    (chain, store, deployment): (&Chain, &Store, &Deployment),
    site: &Site,
    stop: &watch::Receiver<bool>,
) -> Outcome<(Option<Jobs>, Option<Webhooks>)> {
    let reach = Reach::of(&site.portal);
    let key = key_of(context, &site.portal, store).await?;
    let lent = key.as_ref().map(|key| lend(Arc::clone(key), reach));
    if site.web_only {
        return Ok((None, lent));
    }
    let parts = (chain, store, deployment);
    let jobs = Jobs::begin(parts, (key, reach), site.lease, stop)?;
    Ok((Some(jobs), lent))
}

async fn key_of(
    context: &Context,
    portal: &PortalArgs,
    store: &Store,
) -> Outcome<Option<Arc<DataKey>>> {
    match key_path(context, &portal.data_key, store) {
        Some(path) => Ok(Some(Arc::new(DataKey::open(&path, store).await?))),
        None => Ok(None),
    }
}

/// Where the data key of a process is: in the file that was named, or, where the database is a file
/// of this machine, in one beside it. Several machines on one PostgreSQL need the same file, so none
/// is made up: without `--data-key` there are no webhooks then.
pub(crate) fn key_path(context: &Context, named: &DataKeyArgs, store: &Store) -> Option<PathBuf> {
    match (&named.data_key, store.engine()) {
        (Some(path), _) => Some(path.clone()),
        (None, Engine::Sqlite) => Some(context.data.0.join("data.key")),
        (None, Engine::Postgres) => None,
    }
}

/// What runs until the stop.
#[derive(Debug)]
pub(crate) struct Jobs(Vec<JoinHandle<()>>);

impl Jobs {
    /// Begins them. Without a data key events are written and none is sent.
    fn begin(
        (chain, store, deployment): (&Chain, &Store, &Deployment),
        (key, reach): (Option<Arc<DataKey>>, Reach),
        lease: u64,
        stop: &watch::Receiver<bool>,
    ) -> Outcome<Self> {
        let holder = this_process();
        let turn = |job| Turn {
            store: store.clone(),
            job,
            holder: holder.clone(),
            seconds: lease,
        };
        let facts = Facts {
            chain_id: deployment.chain_id,
            genesis: deployment.genesis_hash,
            token: Token {
                symbol: deployment.token.symbol.clone(),
                name: deployment.token.name.clone(),
                decimals: deployment.token.decimals,
            },
        };
        let scribe = Scribe::new(chain.clone(), turn("events"), facts);
        let mut all = vec![tokio::spawn(write(scribe, stop.clone()))];
        if let Some(key) = key {
            let sender = Sender::new(turn("webhooks"), key, reach, System)?;
            all.push(tokio::spawn(send(sender, stop.clone())));
        }
        Ok(Self(all))
    }

    /// Waits until they have let go of what they held.
    pub(crate) async fn end(self) {
        for job in self.0 {
            let _ = job.await;
        }
    }
}

async fn write(mut scribe: Scribe<Chain>, mut stop: watch::Receiver<bool>) {
    let mut said = String::new();
    loop {
        let pass = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            pass = scribe.pass(wall()) => pass,
        };
        if rest(pass, ("events wait", &mut said), &mut stop).await {
            break;
        }
    }
    scribe.release().await;
}

async fn send(mut sender: Sender, mut stop: watch::Receiver<bool>) {
    let mut said = String::new();
    loop {
        let pass = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            pass = sender.pass(wall()) => pass,
        };
        if rest(
            pass.map(|()| false),
            ("webhooks wait", &mut said),
            &mut stop,
        )
        .await
        {
            break;
        }
    }
    sender.release().await;
}

/// Says what failed, once, and waits before the next pass; whether the stop came meanwhile.
async fn rest(
    pass: Result<bool, Failure>,
    (what, said): (&str, &mut String),
    stop: &mut watch::Receiver<bool>,
) -> bool {
    let wait = match pass {
        Ok(more) => {
            said.clear();
            if more { Duration::ZERO } else { LOOK }
        }
        Err(failure) => {
            let sentence = failure.to_string();
            if *said != sentence {
                tracing::warn!("{what}: {sentence}");
            }
            *said = sentence;
            LOOK
        }
    };
    tokio::time::timeout(wait, stop.wait_for(|stop| *stop))
        .await
        .is_ok()
}
