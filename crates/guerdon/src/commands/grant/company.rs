//! Opening, ending and settling a grant.

use guerdon_chain::{Receipt, Signer, decode, plan};
use guerdon_core::fact::Fact;
use guerdon_core::grant::{self, EndOrder};
use serde_json::{Value, json};

use super::change::{Words, not_opened, refusal};
use super::claim::require_chain;
use super::files::{Grant, find};
use crate::cli::{EndArgs, GrantArgs};
use crate::commands::goal::KEEPER;
use crate::commands::money::COMPANY;
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::Outcome;
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::output::Record;
use crate::session::Session;
use crate::words::time;

pub(crate) async fn run_open(context: &Context, arguments: &GrantArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            let signer = session.signer(KEEPER)?;
            let receipt = open(&session, &signer, &grant).await?;
            finish(&session, &grant, receipt, json!({}))
        })
        .await
}

/// Creates the grant's word; opening again changes nothing.
pub(crate) async fn open(
    session: &Session<'_>,
    signer: &Signer,
    grant: &Grant,
) -> Outcome<Option<Receipt>> {
    let plan = plan::open(grant.file.contract, &grant.encoded, &grant.place()?);
    let intent = Intent::new(plan, "nobody; it moves no money")
        .fact("grant", format!("{} ({})", grant.name, grant.id));
    execute(session.context, session.chain, signer, intent).await
}

pub(crate) async fn run_end(context: &Context, arguments: &EndArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            let signer = session.signer(COMPANY)?;
            let stop_at = match arguments.at {
                Some(moment) => moment.0,
                None => session.chain.now().await?,
            };
            let receipt = end(&session, &signer, &grant, (stop_at, arguments.grace)).await?;
            let freed = receipt.as_ref().and_then(freed);
            let more = json!({
                "stop_at": stop_at,
                "grace": arguments.grace,
                "freed": freed.map(|freed| freed.to_string()),
            });
            finish(&session, &grant, receipt, more)
        })
        .await
}

/// Ends a grant's clock at a time, after saying what that frees.
pub(crate) async fn end(
    session: &Session<'_>,
    signer: &Signer,
    grant: &Grant,
    (stop_at, grace): (u64, bool),
) -> Outcome<Option<Receipt>> {
    let history = session.history().await?;
    let Some(record) = history.ledger.grants.get(&grant.id) else {
        return Err(not_opened(grant));
    };
    let terms = &grant.file.terms;
    let now = session.chain.now().await?;
    let order = EndOrder {
        stop_at,
        grace,
        now,
        free: history.ledger.pool.free(),
    };
    let gates = history.gate_results(grant.id, terms);
    let change = grant::end(terms, &record.state, &gates, &order)
        .map_err(|refused| refusal(&Words::of(session, grant, &history, None), &refused))?;
    let unit = session.unit();
    let freed = u128::try_from(change.freed).map_or_else(
        |_| {
            format!(
                "takes {} of the free money",
                unit.exact(change.freed.unsigned_abs())
            )
        },
        |freed| unit.exact(freed),
    );
    let undo = match stop_at > now {
        true => "the company, until that day",
        false => "nobody",
    };
    let plan = plan::end(grant.file.contract, &grant.encoded, stop_at, grace);
    let plan = grant.held_by(plan, grant::holder(terms, &record.state, record.moved_to));
    let when = if stop_at == 0 {
        "withdrawn".to_owned()
    } else {
        time(stop_at)
    };
    let intent = Intent::new(plan, undo)
        .fact("grant", format!("{} ({})", grant.name, grant.id))
        .fact("ends", when)
        .fact("frees", freed)
        .consent(Consent::Type(&grant.name));
    execute(session.context, session.chain, signer, intent).await
}

pub(crate) async fn run_settle(context: &Context, arguments: &GrantArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            let signer = session.signer(KEEPER)?;
            let receipt = settle(&session, &signer, &grant).await?;
            let freed = receipt.as_ref().and_then(freed);
            let more = json!({"freed": freed.map(|freed| freed.to_string())});
            finish(&session, &grant, receipt, more)
        })
        .await
}

/// Fixes the final amount of a grant that nothing can change any more.
pub(crate) async fn settle(
    session: &Session<'_>,
    signer: &Signer,
    grant: &Grant,
) -> Outcome<Option<Receipt>> {
    let history = session.history().await?;
    let Some(record) = history.ledger.grants.get(&grant.id) else {
        return Err(not_opened(grant));
    };
    let terms = &grant.file.terms;
    let gates = history.gate_results(grant.id, terms);
    let now = session.chain.now().await?;
    let change = grant::settle(terms, &record.state, &gates, now)
        .map_err(|refused| refusal(&Words::of(session, grant, &history, None), &refused))?;
    let unit = session.unit();
    let plan = plan::settle(grant.file.contract, &grant.encoded);
    let plan = grant.held_by(plan, grant::holder(terms, &record.state, record.moved_to));
    let intent = Intent::new(plan, "nobody: the amount is final")
        .fact("grant", format!("{} ({})", grant.name, grant.id))
        .fact(
            "final amount",
            unit.exact(grant::held(terms, &change.state)),
        )
        .fact("frees", unit.exact(change.freed.unsigned_abs()));
    execute(session.context, session.chain, signer, intent).await
}

fn freed(receipt: &Receipt) -> Option<i128> {
    receipt.logs.iter().find_map(|log| match decode(log) {
        Ok(Some(Fact::Ended { freed, .. } | Fact::EndWithdrawn { freed, .. })) => Some(freed),
        Ok(Some(Fact::Accelerated { freed, .. })) => Some(freed),
        Ok(Some(Fact::Settled { freed, .. } | Fact::Waived { freed, .. })) => {
            i128::try_from(freed).ok()
        }
        _ => None,
    })
}

/// Tells what a change came to; nothing if it was not sent.
pub(in crate::commands::grant) fn finish(
    session: &Session<'_>,
    grant: &Grant,
    receipt: Option<Receipt>,
    more: Value,
) -> Outcome {
    let Some(receipt) = receipt else {
        return Ok(());
    };
    let mut value = json!({"grant": grant.id, "name": grant.name});
    merge(&mut value, more);
    merge(&mut value, receipt_value(&receipt));
    let freed = freed(&receipt);
    if let Some(freed) = freed {
        merge(&mut value, json!({"freed": freed.to_string()}));
    }
    let freed = freed.and_then(|freed| u128::try_from(freed).ok());
    let record = Record::new(value)
        .line("grant", format!("{} ({})", grant.name, grant.id))
        .line_if("freed", freed.map(|freed| session.unit().exact(freed)))
        .line("transaction", receipt.tx.to_string());
    session.context.global.output.record(&record)
}
