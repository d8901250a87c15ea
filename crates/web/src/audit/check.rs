//! Whether three tellings agree: what the events add up to, the rows of the database, and what the
//! contracts answer.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use futures::stream::{self, StreamExt, TryStreamExt};
use guerdon_chain::{Chain, ChainError};
use guerdon_core::ledger::{GoalRecord, GrantRecord, Ledger, RoundRecord};
use guerdon_core::state::State;
use guerdon_store::{Page, Read};

use crate::error::PageError;
use crate::numbers::grouped;
use crate::past::{self, Past};
use crate::state::AppState;
use crate::strings::audit as words;

/// Rows asked of the store at a time.
const BATCH: u32 = 1_000;
/// Grants whose words are asked of the node for one page.
pub(super) const GRANTS_MAX: usize = 500;
/// Questions to the node side by side.
const AT_ONCE: usize = 16;

/// What is compared last of a grant: all of its record, in the words of this program.
const EVERYTHING: &str = "everything else";

/// Something that two tellings say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) subject: String,
    pub(super) field: &'static str,
    /// What the events add up to.
    pub(super) folded: String,
    /// What the other side says.
    pub(super) found: String,
    pub(super) cause: String,
}

/// A figure of which two tellings say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Same {
    pub(super) subject: String,
    pub(super) field: &'static str,
    pub(super) said: String,
}

/// Which figures a comparison keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keep {
    /// Those that differ.
    #[default]
    Differences,
    /// Those that agree as well.
    All,
}

/// Two tellings, compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) what: String,
    /// The block as of which the other side was asked; none if it was not.
    pub(super) block: Option<u64>,
    pub(super) compared: u64,
    pub(super) differences: Vec<Difference>,
    pub(super) keep: Keep,
    /// What agrees, where that is kept.
    pub(super) same: Vec<Same>,
    /// What could not be compared, and why.
    pub(super) left_out: Option<String>,
}

impl Check {
    fn equal(
        &mut self,
        (subject, field): (&str, &'static str),
        (folded, found): (String, String),
        cause: &str,
    ) {
        self.compared = self.compared.saturating_add(1);
        if folded != found {
            self.differences.push(Difference {
                subject: subject.to_owned(),
                field,
                folded,
                found,
                cause: cause.to_owned(),
            });
        } else if self.keep == Keep::All && field != EVERYTHING {
            self.same.push(Same {
                subject: subject.to_owned(),
                field,
                said: folded,
            });
        }
    }
}

/// The rows of the database, which say what is now, against what its events up to now add up to.
pub(super) async fn against_store(state: &AppState, keep: Keep) -> Result<Check, PageError> {
    // One snapshot: what is compared must be of one moment, and folded from what stands there now.
    let _turn = past::turn(state).await;
    let read = &mut state.store.read().await?;
    let head = read.checkpoint().await?.ok_or(PageError::NothingRead)?;
    let ledger = past::fold(read, state, head.block).await?.ledger;
    let mut check = Check {
        what: words::against_rows(&grouped(head.block)),
        block: Some(head.block),
        keep,
        ..Check::default()
    };
    let cause = words::ROWS_DIFFER;
    let row = read.pool().await?;
    for (field, folded, found) in [
        ("funded", ledger.pool.funded, row.funded),
        ("promised", ledger.pool.promised, row.promised),
        ("released", ledger.pool.released, row.released),
        ("withheld", ledger.pool.withheld, row.withheld),
    ] {
        let sides = (folded.to_string(), found.to_string());
        check.equal(("the pool", field), sides, cause);
    }
    rounds(read, &ledger, &mut check).await?;
    grants(read, &ledger, &mut check).await?;
    for row in read.goals().await? {
        let subject = format!("goal {}", row.id);
        let folded = ledger.goals.get(&row.id);
        let word = |goal: Option<&GoalRecord>| {
            goal.map_or_else(none, |goal| {
                format!("{:#x} with {:?}", goal.state.to_word(), goal.attempts)
            })
        };
        let sides = (word(folded), word(Some(&row)));
        check.equal((&subject, "state and attempts"), sides, cause);
    }
    Ok(check)
}

async fn rounds(read: &mut Read, ledger: &Ledger, check: &mut Check) -> Result<(), PageError> {
    let rows: BTreeMap<_, _> = read
        .rounds()
        .await?
        .into_iter()
        .map(|row| (row.root, row))
        .collect();
    let roots = ledger.rounds.keys().chain(rows.keys());
    let roots: BTreeSet<_> = roots.copied().collect();
    for root in roots {
        let subject = format!("round {root}");
        let total = |round: Option<&RoundRecord>| {
            round.map_or_else(none, |round| format!("{} {}", round.total, round.document))
        };
        let sides = (total(ledger.rounds.get(&root)), total(rows.get(&root)));
        check.equal((&subject, "total and document"), sides, words::ROWS_DIFFER);
    }
    Ok(())
}

async fn grants(read: &mut Read, ledger: &Ledger, check: &mut Check) -> Result<(), PageError> {
    let mut left: BTreeMap<B256, &GrantRecord> =
        ledger.grants.iter().map(|(id, it)| (*id, it)).collect();
    let mut after = None;
    loop {
        let page = Page {
            after,
            limit: BATCH,
        };
        let rows = read.grants(&page).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        for row in &rows {
            compare(left.remove(&row.id), Some(row), check);
        }
    }
    for record in left.into_values() {
        compare(Some(record), None, check);
    }
    Ok(())
}

/// What a record says under a name.
type Field = (&'static str, fn(&GrantRecord) -> String);

fn compare(folded: Option<&GrantRecord>, row: Option<&GrantRecord>, check: &mut Check) {
    let fields: [Field; 6] = [
        ("word", |it| format!("{:#x}", it.state.to_word())),
        ("claimed", |it| it.paid_net.to_string()),
        ("withheld", |it| it.withheld.to_string()),
        ("freed", |it| it.freed.to_string()),
        ("holder", |it| {
            it.moved_to.unwrap_or(it.recipient).to_checksum(None)
        }),
        (EVERYTHING, |it| format!("{it:?}")),
    ];
    let id = folded.or(row).map(|it| it.id).unwrap_or_default();
    let subject = format!("grant {id}");
    for (field, of) in fields {
        let sides = (folded.map_or_else(none, of), row.map_or_else(none, of));
        check.equal((&subject, field), sides, words::ROWS_DIFFER);
    }
}

fn none() -> String {
    "nothing".to_owned()
}

/// Where the node is asked.
#[derive(Clone, Copy)]
struct Asking<'a> {
    chain: &'a Chain,
    state: &'a AppState,
    block: u64,
    keep: Keep,
}

/// What the contracts answer at a block, against what the events up to it add up to. A node that
/// does not keep that block's state is asked at the head instead.
pub(super) async fn against_chain(
    state: &AppState,
    (past, block): (&Past, u64),
    keep: Keep,
) -> Result<Check, PageError> {
    let Some(chain) = &state.chain else {
        return Ok(Check {
            what: words::against_chain(&grouped(block)),
            left_out: Some(words::NO_NODE.to_owned()),
            ..Check::default()
        });
    };
    let asking = Asking {
        chain,
        state,
        block,
        keep,
    };
    match asking.compare(&past.ledger).await {
        Ok(check) => Ok(check),
        Err(error) => {
            let turn = past::turn(state).await;
            let mut read = state.store.read().await?;
            let head = read.checkpoint().await?.ok_or(PageError::NothingRead)?;
            let ledger = past::fold(&mut read, state, head.block).await?.ledger;
            drop((read, turn));
            let asking = Asking {
                block: head.block,
                ..asking
            };
            let why = words::no_archive(&grouped(block), &error.to_string());
            Ok(match asking.compare(&ledger).await {
                Ok(check) => Check {
                    left_out: Some(why),
                    ..check
                },
                Err(error) => Check {
                    what: words::against_chain(&grouped(block)),
                    left_out: Some(words::node_failed(&error.to_string())),
                    ..Check::default()
                },
            })
        }
    }
}

impl Asking<'_> {
    async fn compare(&self, ledger: &Ledger) -> Result<Check, ChainError> {
        let mut check = Check {
            what: words::against_chain(&grouped(self.block)),
            block: Some(self.block),
            keep: self.keep,
            ..Check::default()
        };
        self.money(ledger, &mut check).await?;
        self.rounds(ledger, &mut check).await?;
        self.words(ledger, &mut check).await?;
        self.goals(ledger, &mut check).await?;
        Ok(check)
    }

    fn grants(&self) -> Address {
        self.state.deployment.grants
    }

    async fn money(&self, ledger: &Ledger, check: &mut Check) -> Result<(), ChainError> {
        let (at, cause) = (Some(self.block), words::CHAIN_DIFFERS);
        let funded = self.chain.funded(self.grants(), at).await?;
        let promised = self.chain.promised(self.grants(), at).await?;
        for (field, folded, found) in [
            ("funded", ledger.pool.funded, funded),
            ("promised", ledger.pool.promised, promised),
        ] {
            let sides = (folded.to_string(), found.to_string());
            check.equal(("the pool", field), sides, cause);
        }
        let contracts = &self.state.deployment.contracts;
        let token = contracts.iter().find(|it| it.name == "AccessToken");
        if let Some(token) = token {
            let held = (token.address, self.grants());
            let balance = self.chain.balance_of(held.0, held.1, at).await?;
            // Anyone can send tokens to the contract; they belong to nobody and change nothing.
            let owed = ledger.pool.owed();
            let found = if balance >= owed { owed } else { balance };
            let sides = (owed.to_string(), found.to_string());
            check.equal(("the pool", "covered by the balance"), sides, words::SHORT);
        }
        Ok(())
    }

    async fn rounds(&self, ledger: &Ledger, check: &mut Check) -> Result<(), ChainError> {
        for (root, round) in &ledger.rounds {
            let at = Some(self.block);
            let found = self.chain.round(self.grants(), *root, at).await?;
            let sides = (round.total.to_string(), found.total.to_string());
            let subject = format!("round {root}");
            check.equal((&subject, "total"), sides, words::CHAIN_DIFFERS);
        }
        Ok(())
    }

    async fn words(&self, ledger: &Ledger, check: &mut Check) -> Result<(), ChainError> {
        let (grants, at) = (self.grants(), Some(self.block));
        let ids: Vec<B256> = ledger.grants.keys().take(GRANTS_MAX).copied().collect();
        let asked = ids.into_iter().map(|id| (self.chain.clone(), id));
        let asked: Vec<_> = asked.collect();
        let found: Vec<(B256, State)> = stream::iter(asked)
            .map(move |(chain, id)| async move {
                let word = chain.words(grants, id, at).await?;
                Ok::<_, ChainError>((id, word))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        for (id, word) in found {
            let folded = ledger.grants.get(&id).map(|record| record.state.to_word());
            let subject = format!("grant {id}");
            let sides = (
                folded.map_or_else(none, |word| format!("{word:#x}")),
                format!("{:#x}", word.to_word()),
            );
            check.equal((&subject, "word"), sides, words::CHAIN_DIFFERS);
        }
        let more = ledger.grants.len().saturating_sub(GRANTS_MAX);
        if more > 0 {
            let all = ledger.grants.len() as u64;
            check.left_out = Some(words::some_grants(&grouped(all)));
        }
        Ok(())
    }

    async fn goals(&self, ledger: &Ledger, check: &mut Check) -> Result<(), ChainError> {
        let goals = self.state.deployment.goals;
        for (id, record) in &ledger.goals {
            let at = Some(self.block);
            let found = self.chain.goal_state(goals, *id, at).await?;
            let sides = (
                format!("{:#x}", record.state.to_word()),
                found.map_or_else(none, |state| format!("{:#x}", state.to_word())),
            );
            let subject = format!("goal {id}");
            check.equal((&subject, "word"), sides, words::CHAIN_DIFFERS);
        }
        Ok(())
    }
}
