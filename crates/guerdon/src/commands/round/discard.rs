//! `round discard`: sets aside a round that was imported and never committed.

use alloy_primitives::B256;
use guerdon_formats::grant_file::GrantFile;
use guerdon_store::Aside;
use serde_json::json;

use super::files::{read, rename_aside, root, set_aside};
use super::standing;
use crate::cli::RescindArgs;
use crate::confirm::{Consent, confirm};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Record, say};
use crate::session::Session;

pub(crate) async fn run(context: &Context, arguments: &RescindArgs) -> Outcome {
    let root = root(context, &arguments.round)?;
    let path = context.data.round(root);
    let grants = match path.is_file() {
        true => Some(read(&path)?.header.count),
        false => standing::known(context, root).await?,
    };
    let Some(grants) = grants else {
        return Err(Failure::not_found(format!(
            "there is no round {root} in {}",
            context.data.rounds().display()
        ))
        .hint("guerdon round list shows the rounds that were imported"));
    };
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
            standing::refuse_under_way(&session, root).await?;
            say(&format!("Discard the round {root} of {grants} grants."));
            say(
                "  undo  rename its files back: they keep their places, with .discarded at the end",
            );
            if context.global.dry_run {
                let value = json!({"root": root, "grants": grants, "dry_run": true});
                let record = Record::new(value).line("dry run", "nothing was discarded");
                return context.global.output.record(&record);
            }
            confirm(&context.global, "Discard it?", Consent::Yes)?;
            standing::let_go(&session, root, Aside::Discarded).await?;
            set_grants_aside(context, root)?;
            set_aside(context, root, "discarded")?;
            let value = json!({"root": root, "grants": grants});
            let record = Record::new(value)
                .line("discarded", root.to_string())
                .line("grants", grants.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// The round's grant files promise nothing any more.
fn set_grants_aside(context: &Context, root: B256) -> Outcome {
    for path in files::list(&context.data.grants(), ".json")? {
        let file = GrantFile::decode(&files::read(&path)?).ok();
        let round = file.and_then(|file| file.round);
        if round.is_none_or(|round| round.root.hash != root) {
            continue;
        }
        rename_aside(&path, "discarded")?;
    }
    Ok(())
}
