//! Which rounds and goals there are, without what the grants of rounds add up to: all that the page
//! of a grant and lists of grants need, and read in a few statements.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_core::ledger::{GoalRecord, Ledger, RoundRecord};
use guerdon_store::{ImportedRound, Read};

use crate::error::PageError;
use crate::numbers::shortened;
use crate::views::NamedGoal;

/// Rounds and goals of the company.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    /// Shared, since every grant's page looks goals up.
    pub(crate) goals: Arc<[NamedGoal]>,
    /// By their roots.
    pub(crate) rounds: BTreeMap<B256, NamedRound>,
}

/// A committed round, with what was imported about it.
#[derive(Clone, Debug)]
pub(crate) struct NamedRound {
    pub(crate) record: RoundRecord,
    pub(crate) imported: Option<ImportedRound>,
}

impl Outline {
    pub(crate) async fn read(read: &mut Read) -> Result<Self, PageError> {
        let rounds = read.rounds().await?;
        Ok(Self {
            goals: goals(read).await?,
            rounds: named_rounds(read, rounds).await?,
        })
    }

    /// The rounds and goals of a ledger, with the names that imports gave them.
    pub(crate) async fn of(read: &mut Read, ledger: &Ledger) -> Result<Self, PageError> {
        let goals = ledger.goals.values().cloned();
        Ok(Self {
            goals: named_goals(read, goals).await?,
            rounds: named_rounds(read, ledger.rounds.values().copied()).await?,
        })
    }
}

impl NamedRound {
    pub(crate) fn title(&self) -> String {
        title(self.record.root, self.imported.as_ref())
    }

    /// Its leaves, as far as they are known here.
    pub(crate) fn leaves(&self) -> Option<u64> {
        self.imported.as_ref().map(|imported| imported.count)
    }
}

/// All goals, with the names of their definitions where these are known.
pub(crate) async fn goals(read: &mut Read) -> Result<Arc<[NamedGoal]>, PageError> {
    let goals = read.goals().await?;
    named_goals(read, goals).await
}

async fn named_goals(
    read: &mut Read,
    goals: impl IntoIterator<Item = GoalRecord>,
) -> Result<Arc<[NamedGoal]>, PageError> {
    let definitions = read.goal_definitions().await?.into_iter();
    let names: BTreeMap<_, _> = definitions.map(|goal| (goal.id, goal)).collect();
    let named = goals.into_iter().map(|record| {
        let imported = names.get(&record.id);
        NamedGoal::new(record, imported)
    });
    Ok(named.collect())
}

async fn named_rounds(
    read: &mut Read,
    rounds: impl IntoIterator<Item = RoundRecord>,
) -> Result<BTreeMap<B256, NamedRound>, PageError> {
    let imported = read.imported_rounds().await?.into_iter();
    let mut imported: BTreeMap<_, _> = imported.map(|round| (round.root, round)).collect();
    let rounds = rounds.into_iter().map(|record| {
        let imported = imported.remove(&record.root);
        (record.root, NamedRound { record, imported })
    });
    Ok(rounds.collect())
}

/// The company's name for a round, else its root.
pub(crate) fn title(root: B256, imported: Option<&ImportedRound>) -> String {
    match imported.map(|round| &round.label) {
        Some(label) if !label.is_empty() => label.clone(),
        _ => shortened(&root.to_string()),
    }
}
