//! `round rescind`: takes back a round before it is binding; its root is used up.

use alloy_primitives::B256;
use guerdon_chain::{Receipt, Signer, plan};
use guerdon_store::Aside;
use serde_json::json;

use super::files::{root, set_aside};
use super::standing;
use crate::cli::RescindArgs;
use crate::commands::money::COMPANY;
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::output::Record;
use crate::session::Session;
use crate::words::time;

pub(crate) async fn run(context: &Context, arguments: &RescindArgs) -> Outcome {
    let root = root(context, &arguments.round)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let known = session.chain.round(session.grants(), root, None).await?;
            if known.committed_at != 0 && known.total == 0 {
                standing::let_go(&session, root, Aside::Rescinded).await?;
                set_aside(context, root, "rescinded")?;
                let value = json!({"root": root, "already": true});
                let record = Record::new(value).line("rescinded", format!("{root}, before"));
                return context.global.output.record(&record);
            }
            let signer = session.signer(COMPANY)?;
            let Some(receipt) = rescind(&session, &signer, root).await? else {
                return Ok(());
            };
            standing::let_go(&session, root, Aside::Rescinded).await?;
            set_aside(context, root, "rescinded")?;
            let unit = session.unit();
            let mut value = json!({
                "root": root,
                "freed": known.total.to_string(),
                "already": false,
            });
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("rescinded", root.to_string())
                .line("freed", unit.exact(known.total))
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// Takes back a round that is not binding yet.
async fn rescind(session: &Session<'_>, signer: &Signer, root: B256) -> Outcome<Option<Receipt>> {
    let known = session.chain.round(session.grants(), root, None).await?;
    if known.committed_at == 0 {
        return Err(
            Failure::not_found(format!("no round {root} is committed on this chain"))
                .hint("guerdon round list shows the rounds that are"),
        );
    }
    let now = session.chain.now().await?;
    if now >= known.binding_at {
        let since = time(known.binding_at.max(known.committed_at));
        return Err(Failure::precondition(format!(
            "the round {root} is binding since {since}: nobody can take it back"
        ))
        .hint("its grants can still be ended one by one, as their terms allow"));
    }
    let unit = session.unit();
    let name: String = root.to_string().chars().take(10).collect();
    let plan = plan::rescind(session.grants(), root);
    let intent = Intent::new(plan, "nobody: the root is used; import the sheet anew")
        .fact("frees", unit.exact(known.total))
        .fact("binding from", time(known.binding_at))
        .fact("holders", "their grants of this round will never open")
        .consent(Consent::Type(&name));
    execute(session.context, session.chain, signer, intent).await
}
