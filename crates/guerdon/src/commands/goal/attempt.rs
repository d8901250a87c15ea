//! Beginning an attempt: panel members accept, the sponsor registers.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, keccak256};
use guerdon_chain::{Quorum, Receipt, Signer, decode, plan};
use guerdon_core::fact::Fact;
use guerdon_core::goal::{Accept, GoalsDomain};
use guerdon_formats::signature_file::{SignatureFile, Signed};
use serde_json::json;

use super::SPONSOR;
use super::files::{self, Defined};
use crate::cli::{AcceptArgs, ModelArgs, RegisterArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute};
use crate::files as disk;
use crate::output::Record;
use crate::session::Session;
use crate::words::{percent, time};

const ACCEPT_SECONDS: u64 = 7 * 86_400;

pub(crate) async fn run_accept(context: &Context, arguments: &AcceptArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let model = model(&arguments.model)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = context.signer(None)?;
            let record = super::record(&session, &goal).await?;
            let deadline = match arguments.deadline {
                Some(moment) => moment.0,
                None => session.chain.head().await?.time + ACCEPT_SECONDS,
            };
            let attempt = arguments.attempt.unwrap_or(record.state.count);
            let accept = Accept {
                goal: goal.id,
                attempt,
                model,
                deadline,
            };
            let file = self::accept(&session, &signer, &goal, accept)?;
            let target = arguments.to.clone();
            save(context, &goal, &file, target)
        })
        .await
}

/// Signs that this model will be run in this attempt.
pub(crate) fn accept(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
    accept: Accept,
) -> Outcome<SignatureFile> {
    files::require_member(&goal.definition, signer.address())?;
    sign_typed(session, signer, Signed::Accept(accept))
}

/// Signs a typed message of Goals.
pub(crate) fn sign_typed(
    session: &Session<'_>,
    signer: &Signer,
    signed: Signed,
) -> Outcome<SignatureFile> {
    let domain = GoalsDomain {
        chain_id: session.deployment.chain_id_at_deployment,
        goals: session.goals(),
    };
    let mut file = SignatureFile {
        domain,
        signed,
        signer: signer.address(),
        signature: [0; 65],
    };
    file.signature = signer.sign_digest(&file.digest())?;
    Ok(file)
}

/// Writes a signature file, by default into the data directory.
pub(crate) fn keep_signature(
    context: &Context,
    goal: &Defined,
    file: &SignatureFile,
    target: Option<PathBuf>,
) -> Outcome<PathBuf> {
    let name = &goal.definition.name;
    let path =
        target.unwrap_or_else(|| files::signature_path(context, name, kind(file), file.signer));
    let encoded = file.encode();
    if std::fs::read(&path).is_ok_and(|before| before != encoded) {
        let text = format!("{} held another signature; it is replaced", path.display());
        context.say(&text);
    }
    disk::write(&path, &encoded)?;
    Ok(path)
}

/// `accept` or `result`, and the number of the attempt.
fn kind(file: &SignatureFile) -> (&'static str, u16) {
    match &file.signed {
        Signed::Accept(accept) => ("accept", accept.attempt),
        Signed::Result(result) => ("result", result.attempt),
    }
}

/// Keeps a signature and says where it is.
pub(crate) fn save(
    context: &Context,
    goal: &Defined,
    file: &SignatureFile,
    target: Option<PathBuf>,
) -> Outcome {
    let path = keep_signature(context, goal, file, target)?;
    let (kind, attempt) = kind(file);
    let name = &goal.definition.name;
    let value = json!({
        "file": path,
        "kind": kind,
        "goal": goal.id,
        "attempt": attempt,
        "signer": file.signer,
        "digest": file.digest(),
    });
    let mut record = Record::new(value)
        .line("signed", format!("{kind} for attempt {attempt} at {name}"))
        .line("signer", file.signer.to_string());
    if let Signed::Result(result) = &file.signed {
        let fraction = percent(super::result::pays(goal, result)?);
        record = record
            .line("result", format!("{} of {}", result.x, result.samples))
            .line("pays", format!("{fraction} of the gated share, once final"))
            .line("evidence", result.evidence.to_string());
    }
    let record = record.line("file", path.display().to_string());
    context.global.output.record(&record)
}

pub(crate) async fn run_register(context: &Context, arguments: &RegisterArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let signatures = files::read_signatures(&arguments.signatures)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(SPONSOR)?;
            let registered = register(&session, &signer, &goal, &signatures).await?;
            let Some((receipt, attempt)) = registered else {
                return Ok(());
            };
            super::finished(context, &goal, Some(attempt), Some(receipt))
        })
        .await
}

/// Begins an attempt with the acceptances given; answers its number.
pub(crate) async fn register(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
    signatures: &[SignatureFile],
) -> Outcome<Option<(Receipt, u16)>> {
    let mut accepts = signatures.iter().map(|file| match &file.signed {
        Signed::Accept(accept) => Ok(*accept),
        Signed::Result(_) => Err(Failure::input(
            "a signature is of a result, not an acceptance",
        )),
    });
    let first = accepts
        .next()
        .unwrap_or_else(|| Err(Failure::input("no signature was given")))?;
    for accept in accepts {
        if accept? != first {
            return Err(Failure::input(
                "the signatures are not of the same acceptance",
            ));
        }
    }
    if first.goal != goal.id {
        return Err(Failure::input(format!(
            "the signatures are for the goal {}",
            first.goal
        )));
    }
    let quorum = quorum(goal, signatures)?;
    let definition = &goal.definition;
    let plan = plan::register(
        session.goals(),
        &definition.goal,
        first.model,
        first.deadline,
        &quorum,
    );
    let intent = Intent::new(
        plan,
        "nobody: a registered attempt ends with a result or a zero",
    )
    .fact("goal", &definition.name)
    .fact("model", first.model.to_string())
    .fact("accepted by", signers(signatures))
    .fact("accepted until", time(first.deadline));
    let receipt = execute(session.context, session.chain, signer, intent).await?;
    let Some(receipt) = receipt else {
        return Ok(None);
    };
    let attempt = receipt.logs.iter().find_map(|log| match decode(log) {
        Ok(Some(Fact::Registered { attempt, .. })) => Some(attempt),
        _ => None,
    });
    let attempt =
        attempt.ok_or_else(|| Failure::failed("the receipt shows no registered attempt"))?;
    Ok(Some((receipt, attempt)))
}

/// The signatures in the order of the panel.
pub(crate) fn quorum(goal: &Defined, signatures: &[SignatureFile]) -> Outcome<Quorum> {
    let pairs: Vec<(Address, [u8; 65])> = signatures
        .iter()
        .map(|file| (file.signer, file.signature))
        .collect();
    Quorum::new(goal.definition.m, &goal.definition.panel, &pairs)
        .map_err(|error| Failure::input(error.to_string()))
}

/// Who signed, in words.
pub(crate) fn signers(signatures: &[SignatureFile]) -> String {
    let signers: Vec<String> = signatures
        .iter()
        .map(|file| file.signer.to_string())
        .collect();
    signers.join(", ")
}

pub(super) fn model(arguments: &ModelArgs) -> Outcome<B256> {
    match (&arguments.model, &arguments.manifest) {
        (Some(model), _) => Ok(*model),
        (None, Some(manifest)) => Ok(keccak256(disk::read(manifest)?)),
        (None, None) => {
            Err(Failure::input("no model was named").hint("give --model or --manifest"))
        }
    }
}
