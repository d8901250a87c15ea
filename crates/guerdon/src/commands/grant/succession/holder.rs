//! `grant move` and `grant veto`: what the holder alone may do.

use guerdon_chain::{Plan, Signer, plan};
use guerdon_core::succession::{self, Found, Left, QUIET_SECONDS, Recovery};
use serde_json::{Value, json};

use super::refusal::{refusal, require_other};
use crate::cli::{GrantArgs, MoveArgs};
use crate::commands::grant::change::Subject;
use crate::commands::grant::claim::require_chain;
use crate::commands::grant::company::finish;
use crate::commands::grant::files::find;
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::Outcome;
use crate::execute::{Intent, execute, merge};
use crate::handover::is_known;
use crate::session::Session;
use crate::words::time;

/// A call of Succession, ready to be shown.
pub(super) struct Act<'a> {
    pub(super) name: &'static str,
    pub(super) plan: Plan,
    pub(super) undo: &'static str,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) consent: Consent<'a>,
    pub(super) more: Value,
}

/// Loads the grant and runs what is to be done with it.
pub(super) async fn with_subject<F>(context: &Context, name: &str, command: F) -> Outcome
where
    F: AsyncFnOnce(&Subject<'_>) -> Outcome,
{
    let grant = find(context, name)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            session.succession()?;
            let subject = Subject::load(&session, &grant).await?;
            command(&subject).await
        })
        .await
}

/// What Succession finds.
pub(super) fn found<'a>(subject: &'a Subject<'_>, recovery: &'a Recovery) -> Found<'a> {
    Found {
        terms: subject.terms(),
        state: &subject.state,
        recovery,
    }
}

/// Shows, asks, sends, and says what came of it.
pub(super) async fn act(subject: &Subject<'_>, signer: &Signer, act: Act<'_>) -> Outcome {
    let (session, grant) = (subject.session, subject.grant);
    let mut intent = Intent::new(grant.held_by(act.plan, subject.holder), act.undo)
        .fact("grant", format!("{} ({})", grant.name, grant.id))
        .fact("holder", subject.holder.to_string())
        .consent(act.consent);
    for (label, text) in act.facts {
        intent = intent.fact(label, text);
    }
    let receipt = execute(session.context, session.chain, signer, intent).await?;
    let mut more = json!({"change": act.name});
    merge(&mut more, act.more);
    finish(session, grant, receipt, more)
}

pub(crate) async fn run_move(context: &Context, arguments: &MoveArgs) -> Outcome {
    with_subject(context, &arguments.grant, async |subject| {
        let signer = context.signer(subject.holders_account()?)?;
        let (recovery, to) = (subject.recovery(), arguments.to);
        let by_holder = !is_known(&signer) || signer.address() == subject.holder;
        let left = succession::r#move(&subject.desk(), &found(subject, &recovery), to, by_holder);
        let left = left.map_err(|refused| refusal(subject, refused))?;
        require_other(subject, to)?;
        let mut facts = vec![("moves to", to.to_string())];
        if recovery.stands() {
            facts.push(("recovery", quiet(&left)));
        }
        let wanted = Act {
            name: "move",
            plan: plan::move_grant(subject.session.succession()?, &subject.grant.encoded, to),
            undo: "nobody but the new holder, if the terms let it move on",
            facts,
            consent: Consent::Type(&subject.grant.name),
            more: json!({"from": subject.holder, "to": to}),
        };
        act(subject, &signer, wanted).await
    })
    .await
}

pub(crate) async fn run_veto(context: &Context, arguments: &GrantArgs) -> Outcome {
    with_subject(context, &arguments.grant, async |subject| {
        let signer = context.signer(subject.holders_account()?)?;
        let recovery = subject.recovery();
        let by_holder = !is_known(&signer) || signer.address() == subject.holder;
        let left = succession::veto(&found(subject, &recovery), subject.now, by_holder);
        let left = left.map_err(|refused| refusal(subject, refused))?;
        let wanted = Act {
            name: "veto",
            plan: plan::veto(subject.session.succession()?, &subject.grant.encoded),
            undo: "nobody; the company may announce another later",
            facts: vec![
                ("would have gone to", recovery.to.to_string()),
                ("after it", quiet(&left)),
            ],
            consent: Consent::Yes,
            more: json!({"to": recovery.to}),
        };
        act(subject, &signer, wanted).await
    })
    .await
}

/// What a cancelled recovery means.
fn quiet(left: &Left) -> String {
    let until = left.recovery.cancelled_at.saturating_add(QUIET_SECONDS);
    format!("cancelled; none can be announced before {}", time(until))
}
