//! How many events of each kind.

use std::collections::BTreeMap;

use guerdon_chain::{Chain, Deployment, decode, event_name};

use crate::Outcome;

/// Events by the name of their kind.
pub(crate) type Tally = BTreeMap<String, u64>;

/// Blocks that are asked for at once.
const AT_ONCE: u64 = 50;

/// What the chain itself says: the events of the contracts that the indexer reads, of the kinds
/// that state a fact.
pub(crate) async fn of_chain(chain: &Chain, deployment: &Deployment, head: u64) -> Outcome<Tally> {
    let contracts = &deployment.contracts;
    let followed = [
        Some(contracts.grants),
        Some(contracts.goals),
        contracts.succession,
        Some(contracts.access_manager),
    ];
    let followed: Vec<_> = followed
        .into_iter()
        .flatten()
        .map(|it| it.address)
        .collect();
    let mut tally = Tally::new();
    let mut from = deployment.start_block;
    while from <= head {
        let to = head.min(from + AT_ONCE - 1);
        for log in chain.logs(from, to, &followed).await? {
            if decode(&log)?.is_some() {
                let name = event_name(&log).unwrap_or_default();
                *tally.entry(name.to_owned()).or_default() += 1;
            }
        }
        from = to + 1;
    }
    Ok(tally)
}
