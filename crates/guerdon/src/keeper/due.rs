//! Who is to be paid now, from the store's grants and the terms imported here.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_chain::plan::{Payee, Place};
use guerdon_core::grant::{self, GateResult, Payment};
use guerdon_core::ledger::{GoalRecord, GrantRecord, RoundRecord};
use guerdon_core::state::{Flags, State};
use guerdon_core::terms::Terms;
use guerdon_core::tree::{Leaf, Proof, SumTree};
use guerdon_store::{Failing, ImportedGrant, Page, Read, Successor};

use super::Policy;
use crate::error::{Failure, Outcome};

const PAGE: u32 = 2_000;

/// A grant to pay.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) id: B256,
    pub(crate) terms: Vec<u8>,
    /// Where its leaf stands, if it must be opened first.
    pub(crate) place: Option<(B256, u32, Proof)>,
    pub(crate) payment: Payment,
    /// When it last changed: those who waited longest are paid first.
    pub(crate) since: u64,
}

impl Due {
    pub(crate) fn payee(&self) -> Payee<'_> {
        let place = self.place.as_ref().map(|(root, index, proof)| Place {
            root: *root,
            index: *index,
            proof,
        });
        Payee {
            terms: &self.terms,
            place,
        }
    }
}

/// What a look at the store found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Survey {
    /// Whom to pay, in this order.
    pub(crate) due: Vec<Due>,
    /// Grants whose last payment failed and whose time to try again has not come.
    pub(crate) backing_off: usize,
    /// Grants that would be paid less than the minimum.
    pub(crate) too_small: usize,
}

impl Survey {
    /// What its payments release in all, in base units.
    pub(crate) fn gross(&self) -> u128 {
        self.due.iter().map(|due| due.payment.gross).sum()
    }
}

/// Looks at every imported grant of every committed round, and at every grant that replaced one.
pub(crate) async fn survey(read: &mut Read, policy: &Policy, now: u64) -> Outcome<Survey> {
    let failures = read.failures().await?;
    let mut found = judge(read, (policy, now), failures).await?;
    found.due.sort_by_key(|due| (due.since, due.id));
    Ok(found)
}

/// Every grant that a claim would pay now, whoever asks: also what failed before, was not opened
/// yet, or is small.
pub(crate) async fn claimable(read: &mut Read, policy: &Policy, now: u64) -> Outcome<Vec<Due>> {
    let policy = Policy {
        min_payout: 0,
        open: true,
        ..policy.clone()
    };
    let found = judge(read, (&policy, now), Vec::new()).await?;
    Ok(found.due)
}

async fn judge(
    read: &mut Read,
    (policy, now): (&Policy, u64),
    failures: Vec<Failing>,
) -> Outcome<Survey> {
    let goals = read.goals().await?;
    let judge = Judge {
        policy,
        now,
        goals: goals.into_iter().map(|goal| (goal.id, goal)).collect(),
        failures: failures.into_iter().map(|f| (f.id, f)).collect(),
    };
    let mut found = Survey::default();
    for imported in read.imported_rounds().await? {
        if let Some(round) = read.round(imported.root).await? {
            judge.round(read, &round, &mut found).await?;
        }
    }
    judge.successors(read, &mut found).await?;
    Ok(found)
}

struct Judge<'a> {
    policy: &'a Policy,
    now: u64,
    goals: BTreeMap<B256, GoalRecord>,
    failures: BTreeMap<B256, Failing>,
}

impl Judge<'_> {
    async fn round(&self, read: &mut Read, round: &RoundRecord, found: &mut Survey) -> Outcome {
        let (mut from, first) = (0_u32, found.due.len());
        let mut leaves = Vec::new();
        loop {
            let page = read.terms_of_round(round.root, from.into(), PAGE).await?;
            let opened = read.grants_of_round(round.root, from, PAGE).await?;
            let opened: BTreeMap<B256, GrantRecord> =
                opened.into_iter().map(|grant| (grant.id, grant)).collect();
            for row in &page {
                let Ok(terms) = Terms::decode(&row.terms) else {
                    continue;
                };
                leaves.push(Leaf {
                    id: row.id,
                    amount: terms.amount,
                });
                self.grant(row, &terms, (round, opened.get(&row.id)), found);
            }
            if page.len() < PAGE as usize {
                break;
            }
            from = from.saturating_add(PAGE);
        }
        let unopened = found.due.iter_mut().skip(first);
        prove(
            unopened.filter_map(|due| due.place.as_mut().map(|place| (due.id, place))),
            leaves,
        )
    }

    /// Grants that replaced others: the chain published their terms.
    async fn successors(&self, read: &mut Read, found: &mut Survey) -> Outcome {
        let mut page = Page {
            after: None,
            limit: PAGE,
        };
        loop {
            let rows = read.successors(&page).await?;
            for Successor { id, terms } in &rows {
                let (record, decoded) = (read.grant(*id).await?, Terms::decode(terms));
                let (Some(record), Ok(decoded)) = (record, decoded) else {
                    continue;
                };
                let payment = self.payment_of(&decoded, record.state);
                self.add(
                    (*id, terms),
                    (payment, record.changed.block_time),
                    None,
                    found,
                );
            }
            match rows.last() {
                Some(last) if rows.len() >= PAGE as usize => page.after = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    fn grant(
        &self,
        row: &ImportedGrant,
        terms: &Terms,
        (round, record): (&RoundRecord, Option<&GrantRecord>),
        found: &mut Survey,
    ) {
        let payment = self.payment(terms, round, record);
        let since = record.map_or(round.committed_at, |record| record.changed.block_time);
        let place = match record {
            Some(_) => None,
            None => Some((round.root, 0, Proof::default())),
        };
        self.add((row.id, &row.terms), (payment, since), place, found);
    }

    /// Adds a grant that something could be paid to, unless its time has not come.
    fn add(
        &self,
        (id, terms): (B256, &[u8]),
        (payment, since): (Option<Payment>, u64),
        place: Option<(B256, u32, Proof)>,
        found: &mut Survey,
    ) {
        let Some(payment) = payment else { return };
        if payment.net < self.policy.min_payout {
            found.too_small += 1;
            return;
        }
        if let Some(failing) = self.failures.get(&id)
            && failing.retry_at > self.now
            && failing.last_at >= since
        {
            found.backing_off += 1;
            return;
        }
        found.due.push(Due {
            id,
            terms: terms.to_vec(),
            place,
            payment,
            since,
        });
    }

    /// What anyone could have paid to the holder now; nothing if that is nobody's business.
    fn payment(
        &self,
        terms: &Terms,
        round: &RoundRecord,
        record: Option<&GrantRecord>,
    ) -> Option<Payment> {
        let state = match record {
            Some(record) => record.state,
            None => self.after_opening(terms, round)?,
        };
        self.payment_of(terms, state)
    }

    fn payment_of(&self, terms: &Terms, state: State) -> Option<Payment> {
        let own = Flags::CLOSED
            .with(Flags::HOLDER_ONLY)
            .with(Flags::RECOVERING);
        if state.flags.intersects(own) {
            return None;
        }
        let stop_at = Some(state.clock().stop_at).filter(|time| *time != 0);
        let result = |goal: &B256| self.goals.get(goal).map(|goal| goal.gate_result(stop_at));
        let gates: Vec<GateResult> = terms
            .gates
            .iter()
            .map(|gate| result(&gate.goal).unwrap_or_default())
            .collect();
        let gross = grant::payable(terms, &state, &gates, self.now).ok()?;
        (gross > 0).then(|| grant::payment(gross, state.withhold_bps))
    }

    fn after_opening(&self, terms: &Terms, round: &RoundRecord) -> Option<State> {
        let may = self.policy.open
            && !round.rescinded
            && round.binding_at <= self.now
            && terms.validate().is_ok()
            && terms
                .gates
                .iter()
                .all(|gate| self.goals.contains_key(&gate.goal));
        may.then(|| State::opened(terms.withhold_bps, round.since))
    }
}

/// Fills in index and proof; the tree is built only if somebody needs it.
fn prove<'a>(
    places: impl Iterator<Item = (B256, &'a mut (B256, u32, Proof))>,
    leaves: Vec<Leaf>,
) -> Outcome {
    let mut places = places.peekable();
    if places.peek().is_none() {
        return Ok(());
    }
    let tree = SumTree::build(leaves).map_err(|error| Failure::failed(error.to_string()))?;
    for (id, place) in places {
        let index = tree.index_of(id).unwrap_or_default();
        let proof = tree.proof(index).unwrap_or_default();
        (place.1, place.2) = (index, proof);
    }
    Ok(())
}
