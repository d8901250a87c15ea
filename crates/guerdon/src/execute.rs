//! Every write goes this way: plan, try, show, ask, send, say what happened.

use alloy_primitives::Address;
use guerdon_chain::{Chain, Plan, Receipt, Signer};
use serde_json::{Value, json};

use crate::confirm::{Consent, confirm};
use crate::context::Context;
use crate::delay;
use crate::error::Outcome;
use crate::handover;
use crate::output::Record;

/// A call and what a person must know before she agrees.
#[derive(Debug)]
pub(crate) struct Intent<'a> {
    pub(crate) plan: Plan,
    /// Amounts and other facts, labelled.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Who can take it back, in words.
    pub(crate) undo: &'static str,
    pub(crate) consent: Consent<'a>,
}

impl<'a> Intent<'a> {
    pub(crate) fn new(plan: Plan, undo: &'static str) -> Self {
        Self {
            plan,
            facts: Vec::new(),
            undo,
            consent: Consent::Yes,
        }
    }

    pub(crate) fn fact(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.facts.push((label, text.into()));
        self
    }

    pub(crate) fn consent(mut self, consent: Consent<'a>) -> Self {
        self.consent = consent;
        self
    }
}

/// Shows the plan and asks; sends it and waits for its block. `None`: it was not sent, in a dry
/// run, since it is handed over, or since it was scheduled: the role has a delay.
pub(crate) async fn execute(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    intent: Intent<'_>,
) -> Outcome<Option<Receipt>> {
    execute_after(context, chain, signer, intent, async || Ok(())).await
}

/// [`execute`], with what must be written down before anything is signed.
pub(crate) async fn execute_after(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    intent: Intent<'_>,
    before: impl AsyncFnOnce() -> Outcome,
) -> Outcome<Option<Receipt>> {
    let tried = !context.global.hands_over() || context.handover.is_empty();
    if tried && delay::must_schedule(chain, signer, &intent.plan).await {
        return delay::schedule(context, chain, signer, &intent.plan).await;
    }
    send_after(context, chain, signer, intent, before).await
}

/// [`execute`] for a call that is no longer asked about: it is made as it is.
pub(crate) async fn send(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    intent: Intent<'_>,
) -> Outcome<Option<Receipt>> {
    send_after(context, chain, signer, intent, async || Ok(())).await
}

async fn send_after(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    intent: Intent<'_>,
    before: impl AsyncFnOnce() -> Outcome,
) -> Outcome<Option<Receipt>> {
    if context.global.hands_over() {
        let gas = context.handover.keep(chain, signer, &intent.plan).await?;
        context.say(&plan_text(&intent, signer, gas, true));
        return Ok(None);
    }
    let simulation = chain.simulate(&intent.plan, signer.address()).await?;
    context.say(&plan_text(&intent, signer, Some(simulation.gas), false));
    if context.global.dry_run {
        let value = plan_value(&intent, signer.address(), simulation.gas);
        let record = Record::new(value).line("dry run", "nothing was sent");
        context.global.output.record(&record)?;
        return Ok(None);
    }
    confirm(&context.global, "Send this?", intent.consent)?;
    before().await?;
    let receipt = chain.send(&intent.plan, signer).await?;
    context.say(&format!(
        "done: block {}, transaction {}, {} gas",
        receipt.block, receipt.tx, receipt.gas_used
    ));
    Ok(Some(receipt))
}

/// What a receipt adds to a command's data.
pub(crate) fn receipt_value(receipt: &Receipt) -> Value {
    json!({
        "tx": receipt.tx,
        "block": receipt.block,
        "block_time": receipt.block_time,
        "gas_used": receipt.gas_used,
    })
}

/// Adds the fields of one object to another.
pub(crate) fn merge(value: &mut Value, more: Value) {
    if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
        object.extend(more);
    }
}

fn plan_text(intent: &Intent<'_>, signer: &Signer, gas: Option<u64>, handed_over: bool) -> String {
    let target = intent
        .plan
        .to
        .map_or("a new contract".to_owned(), |to| to.to_string());
    let mut lines = vec![("plan", intent.plan.summary.clone()), ("contract", target)];
    if handover::is_known(signer) {
        let label = if handed_over { "sent by" } else { "signed by" };
        lines.push((label, signer.address().to_string()));
    }
    lines.extend(
        intent
            .facts
            .iter()
            .map(|(label, text)| (*label, text.clone())),
    );
    lines.push(match gas {
        Some(gas) => ("gas", format!("about {gas}")),
        None => (
            "tried",
            "no: its sender or a call before it is missing".to_owned(),
        ),
    });
    lines.push(("undo", intent.undo.to_owned()));
    let width = lines
        .iter()
        .map(|(label, _)| label.len())
        .max()
        .unwrap_or(0);
    let line = |(label, text): &(&str, String)| format!("  {label:width$}  {text}");
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn plan_value(intent: &Intent<'_>, from: Address, gas: u64) -> Value {
    let facts = intent.facts.iter();
    let facts: serde_json::Map<String, Value> = facts
        .map(|(label, text)| ((*label).to_owned(), json!(text)))
        .collect();
    json!({
        "dry_run": true,
        "summary": intent.plan.summary,
        "from": from,
        "to": intent.plan.to,
        "data": intent.plan.data,
        "gas": gas,
        "facts": facts,
        "undo": intent.undo,
    })
}
