//! What a sheet alone cannot know: earlier imports, the people list, the chain.

use std::collections::BTreeMap;
use std::time::Duration;

use alloy_primitives::Address;
use guerdon_chain::Chain;
use guerdon_formats::sheet::{Checked, Draft, RowError, Totals};
use guerdon_store::Read;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::draft::Loaded;
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::company as words;

/// Wallets that are asked at once.
const AT_ONCE: usize = 16;
/// How long the node is asked about wallets before the page is shown without its answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// A sheet with everything that is known about it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) checked: Checked,
    pub(crate) totals: Totals,
    /// Sum of the good rows, base units.
    pub(crate) good: u128,
    /// Free money of the pool, base units.
    pub(crate) free: u128,
    /// Wallets that nobody could be asked about.
    pub(crate) unasked: u64,
}

impl Judged {
    /// What the pool lacks for the good rows.
    pub(crate) fn missing(&self) -> u128 {
        self.good.saturating_sub(self.free)
    }

    /// Whether everything is good or left out, and there is something to import.
    pub(crate) fn is_ready(&self) -> bool {
        self.checked.errors.is_empty() && !self.checked.good.is_empty()
    }
}

/// Judges a draft. The snapshot is over before the node is asked: nobody else's page waits for a
/// connection that waits for a node.
pub(crate) async fn judge(
    mut read: Read,
    state: &AppState,
    loaded: &Loaded,
) -> Result<Judged, PageError> {
    let mut checked = loaded.checked(state);
    let refused = of_records(&mut read, &checked.good).await?;
    let free = read.pool().await?.free();
    drop(read);
    checked.refuse(refused);
    let (contracts, unasked) = contracts(state.chain.as_ref(), &checked.good).await;
    for draft in &checked.good {
        if contracts.contains(&draft.terms.recipient) {
            checked.doubts.push(RowError {
                row: draft.row,
                column: "wallet".to_owned(),
                message: words::RECIPIENT_IS_A_CONTRACT.to_owned(),
            });
        }
    }
    checked.doubts.sort();
    let amounts = checked.good.iter().map(|draft| draft.terms.amount);
    Ok(Judged {
        totals: loaded.totals(state),
        good: amounts.fold(0, u128::saturating_add),
        free,
        unasked,
        checked,
    })
}

/// Grants that were imported before, and wallets that the list gives to somebody else.
async fn of_records(read: &mut Read, drafts: &[Draft]) -> Result<Vec<RowError>, PageError> {
    let mut errors = Vec::new();
    for draft in drafts {
        let mut refuse = |column: &str, message: String| {
            errors.push(RowError {
                row: draft.row,
                column: column.to_owned(),
                message,
            });
        };
        if !read.grants_named(&draft.external_id).await?.is_empty() {
            refuse("external_id", words::imported_before(&draft.external_id));
        }
        let owner = read.member_of_wallet(draft.terms.recipient).await?;
        if let Some(owner) = owner.filter(|owner| owner.number != draft.person.employee_id) {
            refuse("wallet", words::wallet_of_another(&owner.number));
        }
    }
    Ok(errors)
}

/// The recipients that are contracts, and how many could not be asked about.
async fn contracts(chain: Option<&Chain>, drafts: &[Draft]) -> (Vec<Address>, u64) {
    let wallets: BTreeMap<_, _> = drafts
        .iter()
        .map(|draft| (draft.terms.recipient, ()))
        .collect();
    let all = u64::try_from(wallets.len()).unwrap_or(u64::MAX);
    let Some(chain) = chain else {
        return (Vec::new(), all);
    };
    let mut found = Vec::new();
    let mut asked = 0_u64;
    let asking = async {
        let mut left = wallets.into_keys();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(wallet) = left.next()
            {
                let chain = chain.clone();
                under_way.spawn(async move { (wallet, chain.has_code(wallet).await) });
            }
            let Some(answer) = under_way.join_next().await else {
                break;
            };
            if let Ok((wallet, Ok(is_contract))) = answer {
                asked += 1;
                found.extend(is_contract.then_some(wallet));
            }
        }
    };
    // Whoever was not asked in time is counted as such.
    let _ = timeout(PATIENCE, asking).await;
    (found, all.saturating_sub(asked))
}
