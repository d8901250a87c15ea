//! `grant recover`: another account for a holder who lost the key, in the open.

use guerdon_chain::plan;
use guerdon_core::succession::{self, CLOSES_SECONDS, OPENS_SECONDS, Recovery};
use serde_json::json;

use super::holder::{Act, act, found, with_subject};
use super::refusal::{refusal, require_other};
use crate::cli::{MoveArgs, RecoverCommand};
use crate::commands::goal::KEEPER;
use crate::commands::grant::change::Subject;
use crate::commands::money::COMPANY;
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::Outcome;
use crate::words::time;

pub(crate) async fn run_recover(context: &Context, command: &RecoverCommand) -> Outcome {
    match command {
        RecoverCommand::Announce(arguments) => announce(context, arguments).await,
        RecoverCommand::Execute(arguments) => {
            with_subject(context, &arguments.grant, execute).await
        }
        RecoverCommand::Clear(arguments) => with_subject(context, &arguments.grant, clear).await,
    }
}

async fn announce(context: &Context, arguments: &MoveArgs) -> Outcome {
    let to = arguments.to;
    with_subject(context, &arguments.grant, async |subject| {
        let signer = context.signer(Some(COMPANY))?;
        let recovery = subject.recovery();
        let left = succession::announce(&subject.desk(), &found(subject, &recovery), to);
        let left = left.map_err(|refused| refusal(subject, refused))?.recovery;
        require_other(subject, to)?;
        let wanted = Act {
            name: "announce-recovery",
            plan: plan::announce_recovery(
                subject.session.succession()?,
                &subject.grant.encoded,
                to,
            ),
            undo: "the holder, by veto or move; unexecuted it lapses",
            facts: dates(&left),
            consent: Consent::Yes,
            more: value(&left),
        };
        act(subject, &signer, wanted).await
    })
    .await
}

async fn execute(subject: &Subject<'_>) -> Outcome {
    let signer = subject.session.signer(COMPANY)?;
    let recovery = subject.recovery();
    let left = succession::execute(&found(subject, &recovery), recovery.to, subject.now);
    left.map_err(|refused| refusal(subject, refused))?;
    let wanted = Act {
        name: "execute-recovery",
        plan: plan::execute_recovery(
            subject.session.succession()?,
            &subject.grant.encoded,
            recovery.to,
        ),
        undo: "nobody: the new account holds the grant",
        facts: vec![
            ("goes to", recovery.to.to_string()),
            ("announced", time(recovery.announced_at)),
        ],
        consent: Consent::Type(&subject.grant.name),
        more: json!({"from": subject.holder, "to": recovery.to}),
    };
    act(subject, &signer, wanted).await
}

async fn clear(subject: &Subject<'_>) -> Outcome {
    let signer = subject.session.signer(KEEPER)?;
    let recovery = subject.recovery();
    let left = succession::clear(&found(subject, &recovery), subject.now);
    left.map_err(|refused| refusal(subject, refused))?;
    let wanted = Act {
        name: "clear-recovery",
        plan: plan::clear_recovery(subject.session.succession()?, &subject.grant.encoded),
        undo: "nobody needs to: the company may announce another",
        facts: vec![("would have gone to", recovery.to.to_string())],
        consent: Consent::Yes,
        more: json!({"to": recovery.to}),
    };
    act(subject, &signer, wanted).await
}

/// When a recovery can be executed, and who can stop it.
fn dates(recovery: &Recovery) -> Vec<(&'static str, String)> {
    let at = recovery.announced_at;
    let from = time(at.saturating_add(OPENS_SECONDS));
    let until = time(at.saturating_add(CLOSES_SECONDS));
    vec![
        ("goes to", recovery.to.to_string()),
        ("can be executed", format!("from {from} until {until}")),
        (
            "meanwhile",
            "only the holder's own claim is paid".to_owned(),
        ),
        (
            "after a veto",
            "or a move by the holder, no other can be announced for 90 days".to_owned(),
        ),
    ]
}

fn value(recovery: &Recovery) -> serde_json::Value {
    json!({
        "to": recovery.to,
        "from": recovery.announced_at.saturating_add(OPENS_SECONDS),
        "until": recovery.announced_at.saturating_add(CLOSES_SECONDS),
    })
}
