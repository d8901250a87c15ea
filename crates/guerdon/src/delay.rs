//! Calls of roles with a delay: first scheduled, later executed.

use guerdon_chain::{Allowed, Chain, Plan, Receipt, Signer, plan};
use guerdon_core::ledger::OPERATION_EXPIRY;
use serde_json::json;

use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, merge, receipt_value, send};
use crate::handover;
use crate::output::Record;
use crate::words::{length, time};

/// Whether the call must be scheduled first: its sender's role has a delay.
pub(crate) async fn must_schedule(chain: &Chain, signer: &Signer, plan: &Plan) -> bool {
    if !handover::is_known(signer) {
        return false;
    }
    let tried = chain.simulate(plan, signer.address()).await;
    tried.is_err_and(|error| error.is_unscheduled())
}

/// Schedules the call instead of making it, and says when and how it is made. `None`: nobody has
/// made the call that was asked for.
pub(crate) async fn schedule(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    call: &Plan,
) -> Outcome<Option<Receipt>> {
    let target = call.to.unwrap_or_default();
    let manager = chain.authority_of(target).await?;
    let allowed = chain.may_call(manager, signer.address(), call).await?;
    let Allowed::After(delay) = allowed else {
        // It was refused for its delay a moment ago: the role has changed since.
        let again = chain.simulate(call, signer.address()).await;
        return Err(again.err().map_or_else(changed, Into::into));
    };
    let id = plan::operation_id(signer.address(), target, &call.data);
    let now = chain.now().await?;
    let earliest = now.saturating_add(delay.into());
    let intent = Intent::new(
        plan::schedule(manager, call, None),
        "whoever signs this, and the administrator: guerdon job cancel, until it is executed",
    )
    .fact(
        "delay",
        format!("{} before this role can act", length(delay.into())),
    )
    .fact(
        "executed",
        format!("from about {} on, with", time(earliest)),
    )
    .fact("", format!("guerdon job execute {id}"))
    .fact("expires", time(earliest.saturating_add(OPERATION_EXPIRY)));
    let Some(receipt) = send(context, chain, signer, intent).await? else {
        return Ok(None);
    };
    let at = chain.scheduled_at(manager, id).await?.unwrap_or(earliest);
    let until = at.saturating_add(OPERATION_EXPIRY).saturating_sub(1);
    let mut value = json!({
        "scheduled": true,
        "operation": id,
        "summary": call.summary,
        "from": at,
        "until": until,
    });
    merge(&mut value, receipt_value(&receipt));
    let record = Record::new(value)
        .line("scheduled", call.summary.clone())
        .line("operation", id.to_string())
        .line("from", time(at))
        .line("until", time(until))
        .line("next", format!("guerdon job execute {id}"));
    context.global.output.record(&record)?;
    Ok(None)
}

fn changed() -> Failure {
    Failure::failed("the role changed while this was planned").hint("try again")
}
