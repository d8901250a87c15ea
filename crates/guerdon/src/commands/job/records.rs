//! What the AccessManager said, read from the chain.

use guerdon_chain::plan::{self, Places, Plan};
use guerdon_chain::{Chain, Deployment, Head, decode};
use guerdon_core::ledger::{AccessRecords, OperationRecord, OperationState};

use crate::error::{Failure, Outcome};

/// Members of roles, roles of functions and scheduled calls up to the newest block.
pub(crate) async fn records(
    chain: &Chain,
    deployment: &Deployment,
) -> Outcome<(Head, AccessRecords)> {
    let head = chain.head().await?;
    let manager = [deployment.contracts.access_manager.address];
    let logs = chain
        .logs(deployment.start_block, head.number, &manager)
        .await?;
    let mut records = AccessRecords::default();
    for log in &logs {
        let fact = decode(log).map_err(|error| Failure::failed(error.to_string()))?;
        if let Some(fact) = fact {
            records
                .apply(&log.origin, &fact)
                .map_err(|error| Failure::failed(error.to_string()))?;
        }
    }
    Ok((head, records))
}

/// A scheduled call with the sentence that its plan had, if it is a call of ours.
pub(super) fn planned(deployment: &Deployment, record: &OperationRecord) -> Plan {
    let places = Places::from(deployment);
    plan::read(&places, record.target, &record.data).map_or_else(
        || Plan {
            to: Some(record.target),
            data: record.data.clone().into(),
            summary: format!("Call {} with data that no command makes", record.target),
        },
        |found| found.plan,
    )
}

/// Where a scheduled call stands, in a word or two.
pub(super) fn state(record: &OperationRecord, now: u64) -> &'static str {
    match record.state {
        OperationState::Executed => "executed",
        OperationState::Canceled => "cancelled",
        OperationState::Scheduled if now < record.at => "waits for its time",
        OperationState::Scheduled if record.is_due(now) => "can be executed",
        OperationState::Scheduled => "expired",
    }
}
