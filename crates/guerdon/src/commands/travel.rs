//! `travel`: time passes on the embedded chain, which nobody else lives on.

use serde_json::json;

use crate::cli::TravelArgs;
use crate::confirm::{Consent, confirm};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::{Record, say};
use crate::words::time;

pub(crate) async fn run(context: &Context, arguments: &TravelArgs) -> Outcome {
    context
        .with_node(async |node| {
            let embedded = node.embedded.as_ref().ok_or_else(|| {
                Failure::precondition("only the embedded chain's clock can be moved")
                    .hint("leave --rpc-url out, or wait")
            })?;
            let before = node.chain.head().await?.time;
            let now = node.chain.now().await?;
            let to = arguments.to.map(|to| to.0);
            let to = to.unwrap_or_else(|| now + arguments.by.map_or(0, |by| u64::from(by.0)));
            if to <= before {
                let text = format!("the chain stands at {} already", time(before));
                return Err(Failure::precondition(text).hint("time only goes on"));
            }
            say(&format!("Let the embedded chain go on to {}.", time(to)));
            say("  undo  nobody: time only goes on");
            if context.global.dry_run {
                let record = Record::new(json!({"from": before, "to": to, "dry_run": true}));
                return context
                    .global
                    .output
                    .record(&record.line("dry run", "no time passed"));
            }
            confirm(&context.global, "Go on?", Consent::Yes)?;
            let head = embedded.set_time(to).await?;
            let value = json!({"from": before, "to": head.time, "block": head.number});
            let record = Record::new(value)
                .line("from", time(before))
                .line("to", time(head.time));
            context.global.output.record(&record)
        })
        .await
}
