//! The story that fills the chain: rounds are committed, grants opened and paid month by month;
//! each is paused, resumed and advanced once, less is withheld from it after a while, and a tenth
//! ends and is settled.

use std::path::Path;
use std::time::Instant;

use guerdon_chain::plan::{self, Place, Plan, Unit};
use guerdon_chain::{Chain, DeployConfig, Deployment, Signer, deploy};
use serde_json::{Value, json};

use crate::Outcome;
use crate::cast::{Cast, Promise, ROUNDS};
use crate::common::{AMOUNT, LENGTH, MONTH, panel};
use crate::node::Node;
use crate::tally::{Tally, of_chain};

/// Events for each grant, about.
const EACH: u64 = 100;
/// Calls of one transaction.
const OPENED_AT_ONCE: usize = 50;
const PAID_AT_ONCE: usize = 200;
const CHANGED_AT_ONCE: usize = 100;
/// Empty blocks after the last event, so that a peer takes all events for final.
const EMPTY: u64 = 100;
const DAY: u64 = 86_400;
/// Basis points withheld of payments in the end.
const LOWERED_BPS: u16 = 300;

/// How large it becomes.
struct Size {
    grants: u64,
    months: u64,
}

impl Size {
    /// At least so many events.
    fn of(events: u64) -> Outcome<Self> {
        let grants = (events / EACH).next_multiple_of(ROUNDS * 10);
        let other = Self { grants, months: 0 }.expected().values().sum();
        let months = events.saturating_sub(other).div_ceil(grants);
        match (4..u64::from(LENGTH) - 2).contains(&months) {
            true => Ok(Self { grants, months }),
            false => Err(format!("{events} events are too few for this story").into()),
        }
    }

    fn expected(&self) -> Tally {
        let (all, tenth) = (self.grants, self.grants / 10);
        [
            ("Funded", 1),
            ("GoalDefined", ROUNDS),
            ("RoundCommitted", ROUNDS),
            ("Opened", all),
            ("Claimed", all * self.months),
            ("Paused", all),
            ("Resumed", all),
            ("Accelerated", all),
            ("WithholdingLowered", all),
            ("Ended", tenth),
            ("Settled", tenth),
        ]
        .map(|(name, count)| (name.to_owned(), count))
        .into()
    }
}

/// Deploys, tells the story, and counts what the chain then says.
pub(crate) async fn fill(url: &str, folder: &Path, events: u64) -> Outcome<Value> {
    let began = Instant::now();
    let size = Size::of(events)?;
    let chain = Chain::connect(url).await?;
    let admin = Signer::embedded(0)?;
    let deployment = begin(&chain, &admin, &size).await?;
    let place = format!("deployments/{}.json", deployment.chain_id);
    deployment.write(&folder.join(place))?;

    let start = chain.head().await?.time - DAY;
    let cast = Cast::new(&deployment, size.grants, start)?;
    let node = Node::new(url, admin.address()).await?;
    let mut story = Story {
        node,
        chain: &chain,
        deployment: &deployment,
        cast: &cast,
    };
    story.promise().await?;
    story.open().await?;
    for month in 1..=size.months {
        story.month(month, size.months).await?;
    }
    story.end().await?;
    story.node.pass(0).await?;
    story.node.blocks(EMPTY).await?;
    let seconds = began.elapsed().as_secs_f64();

    let head = chain.head().await?.number;
    let tally = of_chain(&chain, &deployment, head).await?;
    for (name, want) in size.expected() {
        let found = tally.get(&name).copied().unwrap_or_default();
        if found != want {
            return Err(format!("the chain has {found} {name}, not {want}").into());
        }
    }
    let contracts = deployment.contracts.list().into_iter();
    let contracts = contracts.map(|(name, it)| (name.to_owned(), json!(it.address)));
    Ok(json!({
        "head": head,
        "start_block": deployment.start_block,
        "chain_id": deployment.chain_id,
        "contracts": contracts.collect::<serde_json::Map<_, _>>(),
        "grants": size.grants,
        "events": tally.values().sum::<u64>(),
        "kinds": tally,
        "seconds": seconds,
    }))
}

/// The contracts, and the money for everything.
async fn begin(chain: &Chain, admin: &Signer, size: &Size) -> Outcome<Deployment> {
    let (unit, total) = (Unit::new("ACC", 18), AMOUNT * u128::from(size.grants));
    let config = DeployConfig {
        name: "Acme".to_owned(),
        token_name: "Acme Access".to_owned(),
        token_symbol: unit.symbol.clone(),
        cap: total,
        roles: Vec::new(),
    };
    let deployment = deploy(chain, admin, &config).await?;
    let grants = deployment.contracts.grants.address;
    let token = deployment.contracts.access_token.address;
    for plan in [
        plan::mint(token, admin.address(), total, &unit),
        plan::approve(token, grants, total, &unit),
        plan::fund(grants, total, &unit),
    ] {
        chain.send(&plan, admin).await?;
    }
    Ok(deployment)
}

struct Story<'a> {
    node: Node,
    chain: &'a Chain,
    deployment: &'a Deployment,
    cast: &'a Cast,
}

impl Story<'_> {
    async fn promise(&mut self) -> Outcome {
        let contracts = &self.deployment.contracts;
        let unit = Unit::new("ACC", 18);
        for goal in &self.cast.goals {
            let define = plan::define_goal(contracts.goals.address, goal, 2, &panel());
            self.node.send(&define).await?;
        }
        for tree in &self.cast.rounds {
            let document = tree.root().hash;
            let commit = plan::commit(contracts.grants.address, &tree.root(), document, 0, &unit);
            self.node.send(&commit).await?;
        }
        Ok(())
    }

    async fn open(&mut self) -> Outcome {
        let grants = self.deployment.contracts.grants.address;
        for (round, tree) in self.cast.rounds.iter().enumerate() {
            let mut plans = Vec::new();
            for grant in self.cast.of_round(round) {
                let index = tree.index_of(grant.id).ok_or("a grant is in no round")?;
                let proof = tree.proof(index).ok_or("a grant has no proof")?;
                let place = Place {
                    root: tree.root().hash,
                    index,
                    proof: &proof,
                };
                plans.push(plan::open(grants, &grant.terms, &place));
            }
            self.node.send_joined(&plans, OPENED_AT_ONCE).await?;
        }
        Ok(())
    }

    /// Everybody is paid, and in some months something else happens as well.
    async fn month(&mut self, month: u64, months: u64) -> Outcome {
        self.node.pass(MONTH.into()).await?;
        for part in self.cast.grants.chunks(PAID_AT_ONCE) {
            let terms: Vec<Vec<u8>> = part.iter().map(|grant| grant.terms.clone()).collect();
            let claims = plan::claim_many(self.deployment.contracts.grants.address, &terms);
            self.node.send(&claims).await?;
        }
        if month == months / 4 {
            self.change(|grants, grant| plan::pause(grants, &grant.terms))
                .await?;
            self.node.pass(DAY).await?;
            self.change(|grants, grant| plan::resume(grants, &grant.terms))
                .await?;
        }
        if month == months / 2 {
            self.change(|grants, grant| plan::accelerate(grants, &grant.terms, MONTH))
                .await?;
        }
        if month == months / 4 * 3 {
            self.change(|grants, grant| plan::lower_withholding(grants, &grant.terms, LOWERED_BPS))
                .await?;
        }
        Ok(())
    }

    /// A tenth ends in an hour, and is settled the day after.
    async fn end(&mut self) -> Outcome {
        self.node.pass(0).await?;
        let stop_at = self.chain.now().await? + 3_600;
        let cast = self.cast;
        let leavers = || cast.grants.iter().filter(|grant| grant.ends);
        let grants = self.deployment.contracts.grants.address;
        let ends = leavers().map(|grant| plan::end(grants, &grant.terms, stop_at, false));
        let ends: Vec<Plan> = ends.collect();
        self.node.send_joined(&ends, CHANGED_AT_ONCE).await?;
        self.node.pass(DAY).await?;
        let settles = leavers().map(|grant| plan::settle(grants, &grant.terms));
        let settles: Vec<Plan> = settles.collect();
        self.node.send_joined(&settles, CHANGED_AT_ONCE).await
    }

    async fn change(
        &mut self,
        of: impl Fn(alloy_primitives::Address, &Promise) -> Plan,
    ) -> Outcome {
        let grants = self.deployment.contracts.grants.address;
        let plans = self.cast.grants.iter().map(|grant| of(grants, grant));
        let plans: Vec<Plan> = plans.collect();
        self.node.send_joined(&plans, CHANGED_AT_ONCE).await
    }
}
