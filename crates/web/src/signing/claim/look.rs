//! What a claim is judged by: one snapshot of the store, and a trial call at the node.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use guerdon_chain::plan::{self, Place};
use guerdon_chain::{Chain, ChainError, Finality, Plan};
use guerdon_core::grant::{self, GateResult, Payment, Reason, Refused};
use guerdon_core::ledger::{GrantRecord, RoundRecord};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::Stage;
use guerdon_core::terms::Terms;
use guerdon_core::tree::{Leaf, Proof, SumTree};
use guerdon_store::Read;
use jiff::tz::TimeZone;

use crate::error::PageError;
use crate::numbers::shortened;
use crate::outline;
use crate::state::AppState;
use crate::views::{Goals, NamedGoal, zone};

/// Leaves read at a time.
const BATCH: u32 = 2_000;

/// What the store knows of a grant, opened or not.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: B256,
    /// What its sheet calls it; a successor has no name of its own.
    pub(crate) sheet_id: Option<String>,
    pub(crate) terms: Terms,
    pub(crate) encoded: Vec<u8>,
    /// `None` before it was opened.
    pub(crate) record: Option<GrantRecord>,
    /// `None` while its round is not committed; a successor needs none.
    pub(crate) round: Option<RoundRecord>,
    pub(crate) goals: Arc<[NamedGoal]>,
    pub(crate) zone: TimeZone,
    pub(crate) zone_name: String,
    /// The chain of the deployment.
    pub(crate) chain_id: u64,
    /// The last block in the store and its time, money's clock.
    pub(crate) head: (u64, u64),
}

/// What the node says of a claim that is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trial {
    /// It would release so much, gross, with so much gas.
    Pays { gross: u128, gas: u64 },
    /// The contract would refuse it, for this reason.
    Refuses { reason: String },
    /// The node did not answer.
    NoAnswer,
    /// There is nothing to try: no node, no call, or nothing to pay.
    None,
}

/// What the node adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AtNode {
    pub(crate) chain_id: u64,
    /// Its newest block, of those that the index takes, and that block's time; `None` if it did not
    /// answer.
    pub(crate) head: Option<(u64, u64)>,
    pub(crate) trial: Trial,
    /// What the wallet has for gas and what the claim needs, in wei.
    pub(crate) gas: Option<(u128, u128)>,
}

impl Known {
    /// Reads a grant; `None` if its terms are not known here.
    pub(crate) async fn read(
        read: &mut Read,
        state: &AppState,
        id: B256,
    ) -> Result<Option<Self>, PageError> {
        let record = read.grant(id).await?;
        let imported = read.terms(id).await?;
        let named = imported.as_ref().map(|grant| grant.zone.clone());
        let sheet_id = imported.as_ref().map(|grant| grant.external_id.clone());
        let (encoded, root) = match (&record, imported) {
            (Some(record), _) if record.descent.is_some() => match read.successor(id).await? {
                Some(published) => (published.terms, None),
                None => return Ok(None),
            },
            (_, Some(imported)) => (imported.terms, Some(imported.root)),
            (_, None) => return Ok(None),
        };
        let terms = Terms::decode(&encoded).map_err(|error| PageError::Records {
            noun: "grant",
            id,
            reason: error.to_string(),
        })?;
        let round = match root {
            Some(root) => read.round(root).await?,
            None => None,
        };
        let head = read.checkpoint().await?.map(|at| (at.block, at.time));
        let (zone, zone_name) = zone(named.as_deref());
        Ok(Some(Self {
            id,
            sheet_id: sheet_id.filter(|name| !name.is_empty()),
            terms,
            encoded,
            record,
            round,
            goals: outline::goals(read).await?,
            zone,
            zone_name,
            chain_id: state.deployment.chain_id,
            head: head.unwrap_or_default(),
        }))
    }

    /// What its pages call it: `Grant G-1004`.
    pub(crate) fn title(&self) -> String {
        let short = || shortened(&self.id.to_string());
        let name = self.sheet_id.clone().unwrap_or_else(short);
        format!("Grant {name}")
    }

    /// Money's clock.
    pub(crate) fn now(&self) -> u64 {
        self.head.1
    }

    /// Its word; before opening what it will be.
    pub(crate) fn state(&self) -> State {
        match &self.record {
            Some(record) => record.state,
            None => State {
                flags: Flags::default(),
                ..State::opened(
                    self.terms.withhold_bps,
                    self.round.map_or(0, |round| round.since),
                )
            },
        }
    }

    /// Who is paid.
    pub(crate) fn holder(&self) -> Address {
        let moved_to = self.record.and_then(|record| record.moved_to);
        grant::holder(&self.terms, &self.state(), moved_to)
    }

    /// Where its recovery stands.
    pub(crate) fn recovery(&self) -> Stage {
        let now = self.now();
        self.record
            .map_or(Stage::None, |record| record.recovery.stage(now))
    }

    /// Whether only the holder's own call is paid.
    pub(crate) fn holder_only(&self) -> bool {
        let marks = Flags::HOLDER_ONLY.with(Flags::RECOVERING);
        self.state().flags.intersects(marks)
    }

    fn results(&self) -> Vec<GateResult> {
        Goals(&self.goals).results(&self.terms, &self.state())
    }

    /// Where every unit of it is.
    pub(crate) fn reasons(&self) -> Result<Vec<Reason>, Refused> {
        grant::why_locked(&self.terms, &self.state(), &self.results(), self.now())
    }

    /// What a claim would pay by the store's block.
    pub(crate) fn payment(&self) -> Result<Payment, Refused> {
        let gross = grant::payable(&self.terms, &self.state(), &self.results(), self.now())?;
        Ok(self.parts(gross))
    }

    /// The parts of a payment of so much.
    pub(crate) fn parts(&self, gross: u128) -> Payment {
        grant::payment(gross, self.state().withhold_bps)
    }

    /// The call: `claim`, or `claimFirst` with its proof before it was opened. `None` while its
    /// round is not committed.
    pub(crate) async fn plan(
        &self,
        read: &mut Read,
        state: &AppState,
    ) -> Result<Option<Plan>, PageError> {
        let grants = state.deployment.grants;
        if self.record.is_some() {
            return Ok(Some(plan::claim(grants, &self.encoded)));
        }
        let call = |place: &Place<'_>| plan::claim_first(grants, &self.encoded, place);
        self.placed(read, state, call).await
    }

    /// The call that opens it without a payment; `None` while its round is not committed, and once
    /// it is opened.
    pub(crate) async fn opening(
        &self,
        read: &mut Read,
        state: &AppState,
    ) -> Result<Option<Plan>, PageError> {
        if self.record.is_some() {
            return Ok(None);
        }
        let grants = state.deployment.grants;
        let call = |place: &Place<'_>| plan::open(grants, &self.encoded, place);
        self.placed(read, state, call).await
    }

    /// A call that proves its place in its round; `None` while that is not committed.
    async fn placed(
        &self,
        read: &mut Read,
        state: &AppState,
        call: impl FnOnce(&Place<'_>) -> Plan,
    ) -> Result<Option<Plan>, PageError> {
        let Some(round) = &self.round else {
            return Ok(None);
        };
        let (index, proof) = proof(read, state, (round.root, self.id)).await?;
        Ok(Some(call(&Place {
            root: round.root,
            index,
            proof: &proof,
        })))
    }
}

/// The place of a leaf in its round, with its proof.
pub(crate) async fn proof(
    read: &mut Read,
    state: &AppState,
    (root, id): (B256, B256),
) -> Result<(u32, Proof), PageError> {
    let tree = state.memory().trees.get(root, tree(read, root)).await?;
    let index = tree.index_of(id);
    let place = index.and_then(|index| Some((index, tree.proof(index)?)));
    place.ok_or_else(|| wrong(root, format!("it has no leaf {id}")))
}

fn wrong(root: B256, reason: String) -> PageError {
    PageError::Records {
        noun: "round",
        id: root,
        reason,
    }
}

/// The tree of an imported round, hashed away from the threads that answer.
async fn tree(read: &mut Read, root: B256) -> Result<SumTree, PageError> {
    let mut leaves = Vec::new();
    loop {
        let from = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        let page = read.terms_of_round(root, from, BATCH).await?;
        for row in &page {
            let terms = Terms::decode(&row.terms);
            let terms = terms.map_err(|error| wrong(root, error.to_string()))?;
            leaves.push(Leaf {
                id: row.id,
                amount: terms.amount,
            });
        }
        if page.len() < BATCH as usize {
            break;
        }
    }
    let built = tokio::task::spawn_blocking(move || SumTree::build(leaves)).await;
    let built = built.map_err(|error| wrong(root, error.to_string()))?;
    let tree = built.map_err(|error| wrong(root, error.to_string()))?;
    match tree.root().hash == root {
        true => Ok(tree),
        false => Err(wrong(root, "its leaves lead to another root".to_owned())),
    }
}

impl AtNode {
    /// Asks the node, without sending anything. A node that does not answer is an answer, too.
    pub(crate) async fn ask(
        (chain, finality): (&Chain, Finality),
        plan: Option<&Plan>,
        sender: Address,
    ) -> Self {
        let (trial, gas) = match plan {
            Some(plan) => attempt(chain, plan, sender).await,
            None => (Trial::None, None),
        };
        let head = chain.head_of(finality).await.ok();
        Self {
            chain_id: chain.chain_id(),
            head: head.map(|head| (head.number, head.time)),
            trial,
            gas,
        }
    }
}

async fn attempt(chain: &Chain, plan: &Plan, sender: Address) -> (Trial, Option<(u128, u128)>) {
    let simulation = match chain.simulate(plan, sender).await {
        Ok(simulation) => simulation,
        Err(ChainError::Reverted(why)) => {
            let reason = why.to_string();
            return (Trial::Refuses { reason }, None);
        }
        Err(error) => {
            tracing::info!(%error, "a claim could not be tried");
            return (Trial::NoAnswer, None);
        }
    };
    let gross = U256::try_from_be_slice(&simulation.output)
        .and_then(|gross| u128::try_from(gross).ok())
        .unwrap_or_default();
    let gas = match (chain.balance(sender).await, chain.fees().await) {
        (Ok(have), Ok(fees)) => {
            let need = fees.max_fee.saturating_mul(simulation.gas.into());
            Some((have, need))
        }
        _ => None,
    };
    let trial = Trial::Pays {
        gross,
        gas: simulation.gas,
    };
    (trial, gas)
}
