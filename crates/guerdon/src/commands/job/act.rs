//! `job execute` and `job cancel`.

use alloy_primitives::Address;
use guerdon_chain::{DEV_ACCOUNTS, Signer, plan};
use guerdon_core::ledger::{OperationRecord, OperationState};
use serde_json::json;

use super::records::{planned, records, state};
use crate::cli::JobArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, merge, receipt_value, send};
use crate::output::Record;
use crate::session::Session;
use crate::words::time;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Execute,
    Cancel,
}

pub(super) async fn execute_job(context: &Context, arguments: &JobArgs) -> Outcome {
    run(context, arguments, Act::Execute).await
}

pub(super) async fn cancel_job(context: &Context, arguments: &JobArgs) -> Outcome {
    run(context, arguments, Act::Cancel).await
}

async fn run(context: &Context, arguments: &JobArgs, act: Act) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let job = find(&session, arguments).await?;
            let now = session.chain.now().await?;
            check(&job, now, act)?;
            let signer = context.signer(account_of(job.caller))?;
            let manager = session.deployment.contracts.access_manager.address;
            let call = planned(&session.deployment, &job);
            let intent = match act {
                Act::Execute => Intent::new(
                    plan::execute(manager, &call),
                    "as for the same call without a delay",
                ),
                Act::Cancel => Intent::new(
                    plan::cancel(manager, job.caller, &call),
                    "nobody: it can be scheduled again, and waits again",
                ),
            };
            let intent = intent
                .fact("scheduled by", job.caller.to_string())
                .fact("from", time(job.at))
                .fact("until", time(job.until()));
            let Some(receipt) = send(context, session.chain, &signer, intent).await? else {
                return Ok(());
            };
            let done = match act {
                Act::Execute => "executed",
                Act::Cancel => "cancelled",
            };
            let mut value = json!({
                "operation": job.id,
                "state": done,
                "summary": call.summary,
            });
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line(done, call.summary)
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

async fn find(session: &Session<'_>, arguments: &JobArgs) -> Outcome<OperationRecord> {
    let (_, records) = records(session.chain, &session.deployment).await?;
    let id = arguments.operation;
    let of_id = records.operations.into_values().filter(|one| one.id == id);
    of_id.max_by_key(|one| one.nonce).ok_or_else(|| {
        Failure::not_found(format!("no call with the id {id} was ever scheduled"))
            .hint("guerdon job list --all shows those that were")
    })
}

fn check(job: &OperationRecord, now: u64, act: Act) -> Outcome {
    if job.state != OperationState::Scheduled || (act == Act::Execute && !job.is_open(now)) {
        let refused = format!("this call is over: {}", state(job, now));
        return Err(Failure::precondition(refused)
            .hint("give the command that scheduled it again, to schedule it anew"));
    }
    if act == Act::Execute && now < job.at {
        let refused = format!("it can be executed from {} on", time(job.at));
        return Err(Failure::precondition(refused)
            .hint("until then it can only be taken back: guerdon job cancel"));
    }
    Ok(())
}

/// The number of an account of the embedded chain.
fn account_of(account: Address) -> Option<u32> {
    (0..DEV_ACCOUNTS)
        .find(|index| Signer::embedded(*index).is_ok_and(|signer| signer.address() == account))
}
