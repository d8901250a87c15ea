//! `keep`: pays who is due, by itself; alone or as a part of `serve`.

use std::time::Duration;

use guerdon_chain::{Chain, Deployment};
use guerdon_core::fact::Subject;
use guerdon_indexer::{Holding, Indexer};
use guerdon_store::{Job, Read, Store};
use serde_json::{Value, json};

use super::{follow, serve, store};
use crate::cli::{KeepArgs, KeepCommand, KeeperArgs};
use crate::context::{Context, Node, asked_to_stop};
use crate::error::{Failure, Kind, Outcome};
use crate::keeper::{
    self, DAY, Keeper, LEASE, LiveNode, Pass, Policy, RelayPolicy, Stopped, plan_batches, survey,
};
use crate::output::{Record, say};
use crate::words::{self, Unit};

/// Who plays the keeper on the embedded chain.
const ROLE: u32 = 9;
const GWEI: u128 = 1_000_000_000;
const RECENT: u32 = 10;

/// A keeper with what it reads the chain by.
#[derive(Debug)]
pub(crate) struct Keeping {
    keeper: Keeper<LiveNode>,
    indexer: Indexer<Chain>,
    every: Duration,
    unit: Unit,
}

pub(crate) async fn run(context: &Context, arguments: &KeepArgs) -> Outcome {
    if let Some(KeepCommand::Status) = arguments.command {
        return status(context).await;
    }
    let node = context.connect().await?;
    let outcome = keep(context, &node, arguments).await;
    node.close().await?;
    outcome
}

async fn keep(context: &Context, node: &Node, arguments: &KeepArgs) -> Outcome {
    let deployment = context.deployment(node.chain.chain_id())?;
    deployment.check(&node.chain).await?;
    let store = store::open(context, &deployment).await?;
    store::fill_from_files(context, &store).await?;
    let holding = follow::holding(&store, arguments.keeper.lease);
    let parts = (node, &deployment, &arguments.keeper);
    let keeping = Keeping::new(context, parts, &store, holding).await?;
    let work = async {
        if context.global.dry_run {
            return keeping.show(context).await;
        }
        if arguments.once {
            return keeping.once(context).await;
        }
        say(&format!(
            "keeping the payments of {}, Ctrl-C stops",
            deployment.name
        ));
        keeping.forever().await
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = asked_to_stop() => Ok(()),
        () = serve::keep_state(node) => Ok(()),
    };
    keeping.end().await;
    store.close().await;
    outcome
}

/// What holders may ask the keeper for.
pub(crate) fn relay_of(arguments: &KeeperArgs, unit: &Unit) -> Outcome<Option<RelayPolicy>> {
    if !arguments.takes_requests() {
        return Ok(None);
    }
    Ok(Some(RelayPolicy {
        min_payout: least(unit, &arguments.relay_min_payout)?,
        gas_per_day: arguments.relay_gas_per_day,
    }))
}

/// An amount to send is above zero, a least amount need not be.
fn least(unit: &Unit, text: &str) -> Outcome<u128> {
    match text {
        "0" => Ok(0),
        text => unit.parse(text),
    }
}

impl Keeping {
    pub(crate) async fn new(
        context: &Context,
        (node, deployment, arguments): (&Node, &Deployment, &KeeperArgs),
        store: &Store,
        holding: Holding,
    ) -> Outcome<Self> {
        let unit = Unit::new(&deployment.token.symbol, deployment.token.decimals);
        let policy = Policy {
            grants: deployment.contracts.grants.address,
            min_payout: least(&unit, &arguments.min_payout)?,
            gas_per_day: arguments.gas_per_day,
            fee_max: u128::from(arguments.fee_max) * GWEI,
            stuck_after: arguments.stuck_after,
            lease: arguments.lease,
            open: arguments.open,
            relay: relay_of(arguments, &unit)?,
            relay_only: arguments.relay_only,
            poll: Duration::from_millis(20),
        };
        let signer = context.signer(Some(ROLE))?;
        let holder = format!("{} as {}", holding.holder, signer.address());
        let indexer = follow::indexer(context, (&node.chain, deployment), store, holding).await?;
        let keeper = Keeper {
            node: LiveNode {
                chain: node.chain.clone(),
                signer,
                wall: serve::wall,
            },
            store: store.clone(),
            policy,
            holder,
        };
        Ok(Self {
            keeper,
            indexer,
            every: Duration::from_secs(arguments.every),
            unit,
        })
    }

    /// Indexes, then pays who is due; again if that found what an earlier keeper had sent.
    async fn pass(&self) -> Outcome<Pass> {
        let mut whole = Pass::default();
        loop {
            self.index().await?;
            let pass = self.keeper.pass().await?;
            let again = matches!(pass.stopped, Some(Stopped::Reconciled | Stopped::Relayed));
            whole = pass.after(whole);
            if !again {
                return Ok(whole);
            }
        }
    }

    async fn index(&self) -> Outcome {
        let caught_up = self.indexer.catch_up().await;
        caught_up
            .map(|_| ())
            .map_err(|error| Failure::failed(error.to_string()))
    }

    /// Pass after pass. A node or database that is away, or another keeper, is waited for.
    pub(crate) async fn forever(&self) -> Outcome {
        let mut said = String::new();
        loop {
            match self.pass().await {
                Ok(pass) => {
                    said.clear();
                    self.tell(&pass);
                }
                Err(failure) => {
                    let kind = failure.to_string();
                    // The seconds that are left change at every look.
                    let same = kind.split(", for ").next() == said.split(", for ").next();
                    if !same {
                        tracing::warn!("the keeper waits: {failure}");
                    }
                    said = kind;
                }
            }
            tokio::time::sleep(self.every).await;
        }
    }

    fn tell(&self, pass: &Pass) {
        if pass.paid() > 0 {
            say(&format!(
                "paid {} grants {} with {} gas",
                pass.paid(),
                self.unit.show(pass.gross()),
                pass.gas_used()
            ));
        }
        for failing in &pass.failed {
            tracing::warn!("grant {}: {}", failing.id, failing.reason);
        }
        if let Some(stopped) = pass.stopped {
            tracing::info!("the keeper's pass ended: {}", stopped.sentence());
        }
    }

    async fn once(&self, context: &Context) -> Outcome {
        let pass = self.pass().await?;
        let sent = pass.transactions.len();
        let record = Record::new(pass.value())
            .line("paid", format!("{} of {} due", pass.paid(), pass.due))
            .line("amount", self.unit.show(pass.gross()))
            .line("transactions", format!("{sent}, {} gas", pass.gas_used()))
            .line_if(
                "failed",
                (!pass.failed.is_empty()).then(|| pass.failed.len().to_string()),
            )
            .line_if(
                "later",
                (pass.backing_off > 0).then(|| format!("{} failed before", pass.backing_off)),
            )
            .line_if("stopped", pass.stopped.map(|why| why.sentence().to_owned()));
        context.global.output.record(&record)?;
        match pass.stopped {
            Some(Stopped::Waiting) => Err(Failure::new(Kind::Pending, Stopped::Waiting.sentence())
                .hint("run the same command again: it goes on with it")),
            _ => Ok(()),
        }
    }

    /// What a pass would send.
    async fn show(&self, context: &Context) -> Outcome {
        self.index().await?;
        let Keeper {
            node,
            store,
            policy,
            ..
        } = &self.keeper;
        let now = keeper::Node::now(node).await?;
        let mut read = store.read().await?;
        let found = survey(&mut read, policy, now).await?;
        drop(read);
        let batches = plan_batches(node, policy, &found.due).await?;
        let gas: u64 = batches.iter().map(|batch| batch.gas).sum();
        let values = batches
            .iter()
            .map(|batch| json!({"grants": batch.grants, "gas": batch.gas}));
        let record = Record::new(json!({
            "dry_run": true, "time": now, "due": found.due.len(),
            "due_gross": found.gross().to_string(), "backing_off": found.backing_off,
            "too_small": found.too_small, "batches": values.collect::<Vec<_>>(), "gas": gas,
        }))
        .line("due", format!("{} grants", found.due.len()))
        .line("amount", self.unit.show(found.gross()))
        .line("transactions", format!("{}, {gas} gas", batches.len()))
        .line("dry run", "nothing was sent");
        context.global.output.record(&record)
    }

    /// Gives the lease back; a database that is away lets it expire.
    pub(crate) async fn end(&self) {
        if let Err(failure) = self.keeper.release().await {
            tracing::info!("the lease was not given back: {failure}");
        }
        if let Err(error) = self.indexer.release().await {
            tracing::info!("the lease was not given back: {error}");
        }
    }
}

async fn status(context: &Context) -> Outcome {
    let deployment = context.only_deployment()?.ok_or_else(|| {
        Failure::not_found("no deployment is known here")
            .hint("run guerdon deploy, or name the file with --deployment")
    })?;
    let store = store::open(context, &deployment).await?;
    let mut read = store.read().await?;
    let lease = read.lease(LEASE).await?;
    let now = read.clock().await?;
    let lease = lease.filter(|lease| lease.expires_at > now);
    let time = read.checkpoint().await?.map_or(0, |at| at.time);
    let gas = read.gas_of_day(time / DAY).await?;
    let jobs = read.recent_jobs(RECENT).await?;
    let failing = failing(&mut read).await?;
    drop(read);
    store.close().await;

    let lines = failing.iter().map(|(line, _)| line.as_str());
    let lines = lines.collect::<Vec<_>>().join("\n");
    let values: Vec<Value> = failing.iter().map(|(_, value)| value.clone()).collect();
    let open = jobs.iter().filter(|job| job.done.is_none()).count();
    let record = Record::new(json!({
        "keeper": lease.as_ref().map(|lease| &lease.holder), "time": time,
        "gas_today": gas, "jobs": jobs.iter().map(job_value).collect::<Vec<_>>(),
        "failing": values,
    }))
    .line(
        "keeper",
        lease.map_or("nobody".to_owned(), |lease| lease.holder),
    )
    .line("gas today", gas.to_string())
    .line(
        "last jobs",
        format!("{}, {open} without a block", jobs.len()),
    )
    .line_if("failing", (!lines.is_empty()).then_some(lines));
    context.global.output.record(&record)
}

/// Grants that could not be paid and were not touched since: a sentence and a value for each.
async fn failing(read: &mut Read) -> Outcome<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for failing in read.failures().await? {
        let terms = read.terms(failing.id).await?;
        let name = terms
            .map(|terms| terms.external_id)
            .filter(|n| !n.is_empty());
        let name = name.unwrap_or_else(|| failing.id.to_string());
        let logs = read.logs_of(&Subject::Grant(failing.id)).await?;
        let failed = logs.iter().rev().find(|row| row.name == "ClaimFailed");
        let mut value = keeper::failing_value(&failing);
        if let Some(object) = value.as_object_mut() {
            object.insert("name".to_owned(), json!(name));
            object.insert("tx".to_owned(), json!(failed.map(|row| row.log.origin.tx)));
        }
        let line = format!(
            "{name}: {}, {} times, again from {}",
            failing.reason,
            failing.times,
            words::time(failing.retry_at)
        );
        found.push((line, value));
    }
    Ok(found)
}

fn job_value(job: &Job) -> Value {
    json!({
        "summary": job.job.summary, "nonce": job.job.nonce, "state": job.state.name(),
        "tx": job.done.map(|done| done.tx).or(job.sent.last().map(|sent| sent.tx)),
        "block": job.done.map(|done| done.block),
        "gas_used": job.done.map(|done| done.gas_used), "replaced": job.sent.len().max(1) - 1,
    })
}

/// The keeper of `serve` from the start on, or a wait without end when there is none.
pub(crate) async fn beside(keeping: Option<&Keeping>, start: impl Future<Output = ()>) -> Outcome {
    match keeping {
        Some(keeping) => {
            start.await;
            keeping.forever().await
        }
        None => std::future::pending().await,
    }
}
