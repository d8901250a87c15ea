//! The three checks: everything, one grant, one round.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;

use guerdon_core::fact::{Fact, Origin};
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;

use super::chain;
use super::files::{self, Evidence};
use super::replay::{Known, replay};
use super::report::Report;
use super::succession;
use crate::commands::grant::claim::require_chain;
use crate::commands::grant::files::Grant;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files::file_name;
use crate::session::Session;

/// Checks code, files, every event and every balance of a deployment.
pub(super) async fn all(context: &Context) -> Outcome {
    let report = context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let mut report = Report::default();
            let mut evidence = Evidence::read(context, &mut report)?;
            verify(&session, &mut evidence, &mut report).await?;
            Ok(report)
        })
        .await?;
    report.finish(context.global.output)
}

/// Checks a grant file against the chain, and every payment of its grant.
pub(super) async fn one_grant(context: &Context, file: &Path) -> Outcome {
    let mut report = Report::default();
    let mut evidence = Evidence::default();
    let file = named(file, &context.data.grants(), ".json")?;
    evidence.add_grant(&file, &mut report)?;
    let Some((path, grant_file, id)) = evidence.grants.first() else {
        return report.finish(context.global.output);
    };
    let grant = Grant::new(path, grant_file.clone(), *id)
        .map_err(|why| Failure::input(format!("{}: {why}", path.display())))?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            one(&session, &mut evidence, &mut report).await
        })
        .await?;
    report.finish(context.global.output)
}

/// Checks a round file against the chain, and every payment of its grants.
pub(super) async fn one_round(context: &Context, file: &Path) -> Outcome {
    let mut report = Report::default();
    let mut evidence = Evidence::default();
    let file = named(file, &context.data.rounds(), ".ndjson.zst")?;
    evidence.add_round(&file, &mut report)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            one(&session, &mut evidence, &mut report).await
        })
        .await?;
    report.finish(context.global.output)
}

/// A file, or the one with this name in a folder of the data directory.
fn named(file: &Path, folder: &Path, ending: &str) -> Outcome<PathBuf> {
    let inside = folder.join(format!("{}{ending}", file_name(&file.to_string_lossy())));
    if !file.is_file() && inside.is_file() {
        return Ok(inside);
    }
    match present(file) {
        Ok(()) => Ok(file.to_owned()),
        Err(failure) => {
            let folder = folder.display();
            Err(failure.hint(format!("give a file, or the name of one in {folder}")))
        }
    }
}

pub(super) fn present(file: &Path) -> Outcome {
    if file.is_file() {
        return Ok(());
    }
    Err(Failure::not_found(format!(
        "there is no file {}",
        file.display()
    )))
}

/// Replays what concerns the grants of one file.
async fn one(session: &Session<'_>, evidence: &mut Evidence, report: &mut Report) -> Outcome {
    let head = session.chain.head().await?;
    let facts = session.facts(&head).await?;
    add_descendants(session, evidence, &facts);
    let known = Known {
        partial: true,
        ..known(session, evidence)
    };
    let ledger = replay(&known, &facts, report);
    files::against_chain(session, evidence, &ledger, report);
    let ids = words_of(evidence, &ledger, |id| evidence.terms.contains_key(id));
    chain::words(session, ids, (&ledger, head.number), report).await?;
    report.fact("block", head.number);
    report.moment("time", head.time);
    Ok(())
}

/// The whole check, given the files.
async fn verify(session: &Session<'_>, evidence: &mut Evidence, report: &mut Report) -> Outcome {
    let head = session.chain.head().await?;
    chain::code(session, report).await?;
    let facts = session.facts(&head).await?;
    let published = succession::published(&known(session, evidence), &facts);
    evidence.terms.extend(published);
    let ledger = replay(&known(session, evidence), &facts, report);
    files::against_chain(session, evidence, &ledger, report);
    let at = (&ledger, head.number);
    let ids = words_of(evidence, &ledger, |_| true);
    chain::words(session, ids, at, report).await?;
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
    report.moment("time", head.time);
    Ok(())
}

/// Adds the terms of what replaced the grants of the files, and of what replaced those.
fn add_descendants(session: &Session<'_>, evidence: &mut Evidence, facts: &[(Origin, Fact)]) {
    let published = succession::published(&known(session, evidence), facts);
    for (_, fact) in facts {
        if let Fact::Succeeded { old, id, .. } = fact
            && evidence.terms.contains_key(old)
            && let Some(terms) = published.get(id)
        {
            evidence.terms.insert(*id, terms.clone());
        }
    }
}

fn known<'a>(session: &Session<'_>, evidence: &'a Evidence) -> Known<'a> {
    Known {
        terms: &evidence.terms,
        chain_id: session.deployment.chain_id_at_deployment,
        goals: session.goals(),
        grants: session.grants(),
        partial: false,
    }
}

/// The grants whose words are compared: opened ones in scope, and those that have a file of their
/// own. That an unopened grant of a round file is promised, its root says.
fn words_of(
    evidence: &Evidence,
    ledger: &Ledger,
    in_scope: impl Fn(&B256) -> bool,
) -> BTreeSet<B256> {
    let opened = ledger.grants.keys().filter(|id| in_scope(id)).copied();
    opened
        .chain(evidence.grants.iter().map(|(_, _, id)| *id))
        .collect()
}

/// The domain that every id of a deployment is made in.
pub(super) fn domain(session: &Session<'_>) -> Domain {
    Domain::new(session.deployment.chain_id_at_deployment, session.grants())
}
