//! `job list`: what waits for its time.

use guerdon_core::ledger::OperationRecord;
use serde_json::json;

use super::records::{planned, records, state};
use crate::cli::JobListArgs;
use crate::context::Context;
use crate::error::Outcome;
use crate::output::Listing;
use crate::session::Session;
use crate::words::time;

pub(super) async fn run(context: &Context, arguments: &JobListArgs) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let deployment = &session.deployment;
            let (head, records) = records(session.chain, deployment).await?;
            let now = session.chain.now().await?.max(head.time);
            let all = records.operations.into_values();
            let mut shown: Vec<OperationRecord> = all
                .filter(|one| arguments.all || one.is_open(now))
                .collect();
            shown.sort_by_key(|one| (one.at, one.id, one.nonce));
            let items = shown.iter().map(|one| {
                json!({
                    "operation": one.id,
                    "number": one.nonce,
                    "state": state(one, now),
                    "summary": planned(deployment, one).summary,
                    "scheduled_by": one.caller,
                    "from": one.at,
                    "until": one.until(),
                    "to": one.target,
                    "data": format!("0x{}", alloy_primitives::hex::encode(&one.data)),
                })
            });
            let rows = shown.iter().map(|one| {
                vec![
                    one.id.to_string(),
                    state(one, now).to_owned(),
                    time(one.at),
                    time(one.until()),
                    one.caller.to_string(),
                    planned(deployment, one).summary,
                ]
            });
            context.global.output.listing(&Listing {
                columns: vec![
                    "operation",
                    "state",
                    "from",
                    "until",
                    "scheduled by",
                    "what",
                ],
                rows: rows.collect(),
                items: items.collect(),
                empty: "no call waits: roles with a delay leave theirs here".to_owned(),
            })
        })
        .await
}
