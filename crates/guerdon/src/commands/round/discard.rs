//! `round discard`: sets aside a round that was imported and never committed.

use serde_json::json;

use super::files::{ids, read, root, set_aside};
use crate::cli::RescindArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Record;
use crate::session::Session;

pub(crate) async fn run(context: &Context, arguments: &RescindArgs) -> Outcome {
    let root = root(context, &arguments.round)?;
    let path = context.data.round(root);
    if !path.is_file() {
        return Err(Failure::not_found(format!(
            "there is no round {root} in {}",
            context.data.rounds().display()
        ))
        .hint("guerdon round list shows the rounds that were imported"));
    }
    let grants = ids(&read(&path)?).len();
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let known = session.chain.round(session.grants(), root, None).await?;
            if known.committed_at != 0 {
                return Err(Failure::precondition(format!(
                    "the round {root} is committed: its file is what its holders are paid by"
                ))
                .hint("until it is binding, guerdon round rescind takes it back"));
            }
            if !context.global.dry_run {
                set_aside(context, root, "discarded")?;
            }
            let value = json!({"root": root, "grants": grants});
            let record = Record::new(value)
                .line("discarded", root.to_string())
                .line("grants", grants.to_string());
            context.global.output.record(&record)
        })
        .await
}
