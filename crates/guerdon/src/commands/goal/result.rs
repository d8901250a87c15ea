//! Results: read from the evaluation's own file, compared with the goal, signed, proposed.

use std::path::Path;

use alloy_primitives::{B256, keccak256};
use guerdon_chain::{Receipt, Signer, plan};
use guerdon_core::goal::{self, AttemptStatus, Kind, PanelResult, ResultError, check_result};
use guerdon_core::ledger::AttemptRecord;
use guerdon_formats::eval::{Misfit, Query, Reading, fits, fits_pair, names_baseline};
use guerdon_formats::signature_file::{SignatureFile, Signed};

use super::SPONSOR;
use super::attempt::{quorum, save, sign_typed, signers};
use super::files::{self, Defined};
use crate::cli::{EvalQuery, ProposeArgs, SignArgs};
use crate::commands::eval::{self, Read};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute};
use crate::files as disk;
use crate::session::Session;
use crate::words::percent;

/// What a result says, without the attempt it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) x: u128,
    pub(crate) y: u128,
    pub(crate) samples: u32,
    pub(crate) guards: u32,
    pub(crate) evidence: B256,
}

pub(crate) async fn run_sign(context: &Context, arguments: &SignArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = context.signer(None)?;
            let record = super::record(&session, &goal).await?;
            let attempt = super::latest(&record, arguments.target.attempt)?;
            let counts = read_counts(context, (&goal, attempt), arguments)?;
            let file = sign(&session, &signer, &goal, attempt, counts)?;
            save(context, &goal, &file, arguments.to.clone())
        })
        .await
}

fn read_counts(
    context: &Context,
    (goal, attempt): (&Defined, &AttemptRecord),
    arguments: &SignArgs,
) -> Outcome<Counts> {
    let guards = arguments.guards;
    match (&arguments.result, arguments.x, &arguments.evidence) {
        (Some(file), _, _) => {
            let read = read_result(context, (goal, attempt), (file, &arguments.query))?;
            counts_of(goal, &read, guards)
        }
        (None, Some(x), Some(evidence)) => {
            let name = &goal.definition.name;
            if goal.definition.goal.kind != Kind::Count {
                return Err(Failure::input(format!(
                    "{name} is decided by a result file, not by --x"
                ))
                .hint("give --result FILE"));
            }
            let bytes = disk::read(evidence)?;
            if let Some(reading) = eval::read_number(&bytes)? {
                let read = counts(goal, &reading, guards)?;
                if read.x != x {
                    return Err(Failure::precondition(format!(
                        "--x is {x}, and the measurement in {} says {}",
                        evidence.display(),
                        read.x
                    )));
                }
            }
            Ok(Counts {
                x,
                y: 0,
                samples: 1,
                guards,
                evidence: keccak256(bytes),
            })
        }
        _ => {
            Err(Failure::input("no result was given")
                .hint("give --result FILE, or --x and --evidence"))
        }
    }
}

/// Reads the file that decides an attempt: the figure that the goal's specification names, over the
/// items that the attempt's seed draws.
fn read_result(
    context: &Context,
    (goal, attempt): (&Defined, &AttemptRecord),
    (file, query): (&Path, &EvalQuery),
) -> Outcome<Read> {
    let (definition, seed) = (&goal.definition, attempt.word.seed);
    if definition.goal.seed_blocks > 0 && seed == [0; 12] {
        let text = format!("the items of attempt {} are not drawn yet", attempt.number);
        return Err(Failure::precondition(text).hint("guerdon goal seal draws them"));
    }
    let paired = definition.goal.kind == Kind::Paired;
    if paired && query.against.is_none() {
        let text = format!("{} compares two runs, and one was given", definition.name);
        return Err(Failure::input(text).hint("give the baseline's file: --against FILE"));
    }
    let read = eval::read(file, query, Query::of_goal(definition, seed))?;
    if paired && !names_baseline(definition) {
        context.say("the goal does not say which baseline is meant: make sure that it is the one");
        context.say("that was agreed on");
    }
    Ok(read)
}

fn counts_of(goal: &Defined, read: &Read, guards: u32) -> Outcome<Counts> {
    let pairing = match read {
        Read::One(reading) => return counts(goal, reading, guards),
        Read::Two(pairing) => pairing,
    };
    fits_pair(&goal.definition, pairing).map_err(misfit)?;
    Ok(Counts {
        x: pairing.wins.into(),
        y: pairing.losses.into(),
        samples: goal.definition.goal.samples,
        guards,
        evidence: pairing.evidence,
    })
}

/// What a reading says about a goal: refused unless the file may decide money and is of the task,
/// harness, metric and filter that the goal's specification names.
pub(crate) fn counts(goal: &Defined, reading: &Reading, guards: u32) -> Outcome<Counts> {
    fits(&goal.definition, reading).map_err(misfit)?;
    Ok(Counts {
        x: reading.x,
        y: reading.y,
        samples: goal.definition.goal.samples,
        guards,
        evidence: reading.evidence,
    })
}

fn misfit(misfit: Misfit) -> Failure {
    match misfit {
        Misfit::Samples { given, samples } => {
            let given = u32::try_from(given).unwrap_or(u32::MAX);
            wrong(ResultError::WrongSamples { given, samples })
        }
        other => Failure::precondition(other.to_string()),
    }
}

/// Signs a result for an attempt, after everything the contract would check of it alone.
pub(crate) fn sign(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
    attempt: &AttemptRecord,
    counts: Counts,
) -> Outcome<SignatureFile> {
    files::require_member(&goal.definition, signer.address())?;
    require_running(attempt)?;
    let result = PanelResult {
        goal: goal.id,
        attempt: attempt.number,
        model: attempt.model,
        x: counts.x,
        y: counts.y,
        samples: counts.samples,
        guards: counts.guards,
        evidence: counts.evidence,
    };
    check(goal, &result)?;
    sign_typed(session, signer, Signed::Result(result))
}

pub(crate) async fn run_propose(context: &Context, arguments: &ProposeArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let signatures = files::read_signatures(&arguments.signatures)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(SPONSOR)?;
            let result = signed_result(&goal, &signatures)?;
            if let Some(file) = &arguments.result {
                let record = super::record(&session, &goal).await?;
                let attempt = super::latest(&record, Some(result.attempt))?;
                let read = read_result(context, (&goal, attempt), (file, &arguments.query))?;
                compare(&goal, &result, &read)?;
            }
            let receipt = propose(&session, &signer, &goal, &signatures).await?;
            super::finished(context, &goal, Some(result.attempt), receipt)
        })
        .await
}

/// Puts a signed result on chain.
pub(crate) async fn propose(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
    signatures: &[SignatureFile],
) -> Outcome<Option<Receipt>> {
    let result = signed_result(goal, signatures)?;
    check(goal, &result)?;
    let record = super::record(session, goal).await?;
    let attempt = super::latest(&record, Some(result.attempt))?;
    require_running(attempt)?;
    let definition = &goal.definition.goal;
    let fraction = pays(goal, &result)?;
    let plan = plan::propose(
        session.goals(),
        definition,
        &result,
        &quorum(goal, signatures)?,
    );
    let intent = Intent::new(plan, "the arbiter, if somebody challenges it in its window")
        .fact("goal", &goal.definition.name)
        .fact("result", said(definition.kind, &result))
        .fact(
            "pays",
            format!("{} of the gated share, once final", percent(fraction)),
        )
        .fact("signed by", signers(signatures));
    execute(session.context, session.chain, signer, intent).await
}

fn signed_result(goal: &Defined, signatures: &[SignatureFile]) -> Outcome<PanelResult> {
    let mut results = signatures.iter().map(|file| match &file.signed {
        Signed::Result(result) => Ok(*result),
        Signed::Accept(_) => Err(Failure::input(
            "a signature is of an acceptance, not a result",
        )),
    });
    let first = results
        .next()
        .unwrap_or_else(|| Err(Failure::input("no signature was given")))?;
    for result in results {
        if result? != first {
            return Err(Failure::input("the signatures are not of the same result"));
        }
    }
    if first.goal != goal.id {
        return Err(Failure::input(format!(
            "the signatures are for the goal {}",
            first.goal
        )));
    }
    Ok(first)
}

fn require_running(attempt: &AttemptRecord) -> Outcome {
    if attempt.word.status == AttemptStatus::Registered {
        return Ok(());
    }
    let text = format!("attempt {} has a result already or is over", attempt.number);
    Err(Failure::precondition(text).hint("guerdon goal show tells its state"))
}

/// What a result would open of the gated share once final, in parts per billion.
pub(crate) fn pays(goal: &Defined, result: &PanelResult) -> Outcome<u32> {
    let definition = &goal.definition.goal;
    let lower = goal::lower_bound(
        definition.kind,
        definition.bound,
        result.samples,
        result.x,
        result.y,
    )
    .map_err(|error| Failure::precondition(error.to_string()))?;
    if result.guards & definition.guards != definition.guards {
        return Ok(0);
    }
    Ok(goal::payout(definition, lower))
}

/// The signed numbers must be those of the file that is shown as their evidence.
fn compare(goal: &Defined, result: &PanelResult, read: &Read) -> Outcome {
    let read = counts_of(goal, read, result.guards)?;
    let signed = Counts {
        x: result.x,
        y: result.y,
        samples: result.samples,
        guards: result.guards,
        evidence: result.evidence,
    };
    if read == signed {
        return Ok(());
    }
    let (kind, evidence) = (goal.definition.goal.kind, read.evidence);
    let read = PanelResult {
        x: read.x,
        y: read.y,
        samples: read.samples,
        ..*result
    };
    Err(Failure::precondition(format!(
        "the panel signed {}, and the file says {} (evidence {evidence})",
        said(kind, result),
        said(kind, &read),
    )))
}

/// The counts of a result, by what they count.
fn said(kind: Kind, result: &PanelResult) -> String {
    let PanelResult { x, y, samples, .. } = result;
    match kind {
        Kind::Proportion => format!("{x} of {samples}"),
        Kind::Paired => format!("{x} wins and {y} losses of {samples}"),
        Kind::Measure => format!("scores of {x} ppb in all, over {samples} items"),
        Kind::Count => x.to_string(),
    }
}

fn check(goal: &Defined, result: &PanelResult) -> Outcome {
    check_result(&goal.definition.goal, result).map_err(wrong)
}

/// Names the refusal as the contract would.
fn wrong(error: ResultError) -> Failure {
    let name = match error {
        ResultError::WrongSamples { .. } => "WrongSamples",
        ResultError::WrongCount(_) => "WrongCount",
    };
    Failure::precondition(format!("{name}: {error}"))
}
