//! `travel`: time passes on the embedded chain, which nobody else lives on.

use serde_json::json;

use crate::cli::TravelArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Record;
use crate::words::time;

pub(crate) async fn run(context: &Context, arguments: &TravelArgs) -> Outcome {
    context
        .with_node(async |node| {
            let embedded = node.embedded.as_ref().ok_or_else(|| {
                Failure::precondition("only the embedded chain's clock can be moved")
                    .hint("leave --rpc-url out, or wait")
            })?;
            let before = node.chain.head().await?.time;
            let head = match (arguments.to, arguments.by) {
                (Some(to), _) if to.0 <= before => {
                    let text = format!("the chain stands at {} already", time(before));
                    return Err(Failure::precondition(text).hint("time only goes on"));
                }
                (Some(to), _) => embedded.set_time(to.0).await?,
                (None, by) => {
                    let seconds = by.map_or(0, |by| by.0);
                    embedded.advance(seconds.into()).await?
                }
            };
            let value = json!({"from": before, "to": head.time, "block": head.number});
            let record = Record::new(value)
                .line("from", time(before))
                .line("to", time(head.time));
            context.global.output.record(&record)
        })
        .await
}
