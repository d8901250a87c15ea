//! `verify`: everything recomputed from the chain's logs and the files; no database, no server.

mod chain;
mod files;
mod replay;
mod report;

use std::path::Path;

use guerdon_core::id::Domain;

use crate::cli::VerifyCommand;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::session::Session;
use files::Evidence;
use replay::{Known, replay};
use report::Report;

pub(crate) async fn run(context: &Context, command: &VerifyCommand) -> Outcome {
    match command {
        VerifyCommand::Grant(arguments) => one(context, &arguments.file, false).await,
        VerifyCommand::Round(arguments) => one(context, &arguments.file, true).await,
        VerifyCommand::All => all(context).await,
    }
}

/// Checks code, files, every event and every balance of a deployment.
async fn all(context: &Context) -> Outcome {
    let report = context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let mut report = Report::default();
            let evidence = Evidence::read(context, &mut report)?;
            verify(&session, &evidence, &mut report).await?;
            Ok(report)
        })
        .await?;
    report.finish(context.global.output)
}

/// Checks one file against the chain, and what the chain did with its grants.
async fn one(context: &Context, file: &Path, round: bool) -> Outcome {
    if !file.is_file() {
        return Err(Failure::not_found(format!(
            "there is no file {}",
            file.display()
        )));
    }
    let report = context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let mut report = Report::default();
            let mut evidence = Evidence::default();
            if round {
                evidence.add_round(file, &mut report)?;
            } else {
                evidence.add_grant(file, &mut report)?;
            }
            let ids: Vec<_> = evidence.terms.keys().copied().collect();
            let history = session.history().await?;
            let about = |fact: &guerdon_core::fact::Fact| match fact.subject() {
                guerdon_core::fact::Subject::Grant(id) => ids.contains(&id),
                _ => true,
            };
            let facts: Vec<_> = history
                .facts
                .iter()
                .filter(|(_, fact)| about(fact))
                .cloned()
                .collect();
            let ledger = replay(&known(&session, &evidence), &facts, &mut report);
            files::against_chain(&session, &evidence, &ledger, &mut report);
            chain::words(
                &session,
                &evidence,
                (&ledger, history.head.number),
                &mut report,
            )
            .await?;
            report.fact("block", history.head.number);
            Ok(report)
        })
        .await?;
    report.finish(context.global.output)
}

/// The whole check, given the files.
async fn verify(session: &Session<'_>, evidence: &Evidence, report: &mut Report) -> Outcome {
    let head = session.chain.head().await?;
    chain::code(session, report).await?;
    let facts = session.facts(&head).await?;
    let ledger = replay(&known(session, evidence), &facts, report);
    files::against_chain(session, evidence, &ledger, report);
    let at = (&ledger, head.number);
    chain::words(session, evidence, at, report).await?;
    chain::goals(session, at, report).await?;
    chain::money(session, evidence, at, report).await?;
    let claims: u64 = ledger
        .grants
        .values()
        .map(|grant| u64::from(grant.payments))
        .sum();
    report.fact("claims", claims);
    report.fact("grants", ledger.grants.len());
    report.fact("block", head.number);
    report.fact("time", head.time);
    Ok(())
}

fn known<'a>(session: &Session<'_>, evidence: &'a Evidence) -> Known<'a> {
    Known {
        terms: &evidence.terms,
        chain_id: session.deployment.chain_id_at_deployment,
        goals: session.goals(),
    }
}

/// The domain that every id of a deployment is made in.
fn domain(session: &Session<'_>) -> Domain {
    Domain::new(session.deployment.chain_id_at_deployment, session.grants())
}
