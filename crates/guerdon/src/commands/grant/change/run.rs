//! One change from the check before sending to the answer after it.

use guerdon_core::succession::SuccessionRefused;
use serde_json::json;

use super::effect::{Subject, facts, value};
use super::{Verb, refusal};
use crate::cli::{AccelerateArgs, GrantArgs, HoldArgs, LowerWithholdingArgs, Switch};
use crate::commands::grant::claim::require_chain;
use crate::commands::grant::company::finish;
use crate::commands::grant::files::{Grant, find};
use crate::commands::money::COMPANY;
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge};
use crate::handover::is_known;
use crate::session::Session;

pub(crate) async fn run_plain(context: &Context, arguments: &GrantArgs, verb: Verb) -> Outcome {
    run(context, &arguments.grant, verb).await
}

pub(crate) async fn run_accelerate(context: &Context, arguments: &AccelerateArgs) -> Outcome {
    run(context, &arguments.grant, Verb::Accelerate(arguments.by.0)).await
}

pub(crate) async fn run_withholding(
    context: &Context,
    arguments: &LowerWithholdingArgs,
) -> Outcome {
    let verb = Verb::LowerWithholding(arguments.to.0);
    run(context, &arguments.grant, verb).await
}

pub(crate) async fn run_hold(context: &Context, arguments: &HoldArgs) -> Outcome {
    let verb = Verb::Hold(arguments.hold == Switch::On);
    run(context, &arguments.grant, verb).await
}

async fn run(context: &Context, name: &str, verb: Verb) -> Outcome {
    let grant = find(context, name)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            change(&session, &grant, verb).await
        })
        .await
}

/// Checks, shows, sends and tells one change.
async fn change(session: &Session<'_>, grant: &Grant, verb: Verb) -> Outcome {
    let subject = Subject::load(session, grant).await?;
    let role = match verb.is_holders() {
        true => subject.holders_account()?,
        false => Some(COMPANY),
    };
    let signer = session.context.signer(role)?;
    // Whoever will send it is judged when it is sent.
    let by_holder = !is_known(&signer) || signer.address() == subject.holder;
    let recovery = subject.recovery();
    let weighed = subject.standing(&recovery).weigh(verb.act(), by_holder);
    let (after, effect) = weighed.map_err(|refused| match refused {
        SuccessionRefused::Grant(refused) => refusal(&subject.words(), &refused),
        other => Failure::precondition(other.to_string()),
    })?;

    let plan = verb.plan(grant.file.contract, &grant.encoded);
    let plan = grant.held_by(plan, subject.holder);
    let mut intent = Intent::new(plan, verb.undo());
    intent = intent.fact("grant", format!("{} ({})", grant.name, grant.id));
    for (label, text) in verb.facts(&subject, (&after, &effect)) {
        intent = intent.fact(label, text);
    }
    for (label, text) in facts(&effect, &session.unit()) {
        intent = intent.fact(label, text);
    }
    if verb.is_final() {
        intent = intent.consent(Consent::Type(&grant.name));
    }
    let receipt = execute(session.context, session.chain, &signer, intent).await?;
    let mut more = json!({"change": verb.name()});
    merge(&mut more, value(&effect));
    finish(session, grant, receipt, more)
}
