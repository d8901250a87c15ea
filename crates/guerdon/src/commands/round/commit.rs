//! `round commit`: the promise itself, one transaction for any number of grants.

use std::collections::BTreeSet;

use guerdon_chain::{Receipt, Role, Signer, plan};
use guerdon_core::terms::Terms;
use guerdon_formats::round_file::RoundFile;
use serde_json::json;

use super::standing;
use crate::cli::CommitArgs;
use crate::commands::goal::files::known_goals;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute_after, merge, receipt_value};
use crate::output::Record;
use crate::session::Session;
use crate::words::time;

pub(crate) async fn run(context: &Context, arguments: &CommitArgs) -> Outcome {
    let (_, file) = super::find(context, &arguments.round)?;
    let binding_at = arguments.binding_at.map_or(0, |moment| moment.0);
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(0)?;
            let Some(receipt) = commit(&session, &signer, &file, binding_at).await? else {
                return Ok(());
            };
            let root = file.header.root;
            let mut value = json!({
                "root": root.hash,
                "total": root.total.to_string(),
                "grants": file.header.count,
            });
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("committed", root.hash.to_string())
                .line("grants", file.header.count.to_string())
                .line("total", session.unit().show(root.total))
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// Commits a round out of free money. `binding_at` 0: at once.
pub(crate) async fn commit(
    session: &Session<'_>,
    signer: &Signer,
    file: &RoundFile,
    binding_at: u64,
) -> Outcome<Option<Receipt>> {
    let header = &file.header;
    let place = super::place_of(&session.deployment);
    if header.chain_id != place.chain_id || header.contract != place.grants {
        return Err(Failure::precondition(format!(
            "the round was imported for contract {} on chain {}, not for {} on chain {}",
            header.contract, header.chain_id, place.grants, place.chain_id
        )));
    }
    refuse_company_panels(session, file).await?;
    refuse_known_ids(session, file).await?;
    standing::hold(session, file, None).await?;
    let known = session
        .chain
        .round(session.grants(), header.root.hash, None)
        .await?;
    if known.committed_at != 0 {
        let when = time(known.committed_at);
        let text = format!("the round {} was committed on {when}", header.root.hash);
        return Err(Failure::precondition(text).hint("a root is committed once"));
    }
    let funded = session.chain.funded(session.grants(), None).await?;
    let free = funded.saturating_sub(session.chain.promised(session.grants(), None).await?);
    let unit = session.unit();
    if free < header.root.total {
        let (total, free_text) = (unit.exact(header.root.total), unit.exact(free));
        let missing = unit.exact(header.root.total - free);
        return Err(Failure::precondition(format!(
            "the round promises {total} and {free_text} are free"
        ))
        .hint(format!(
            "fund the pool with at least {missing}: guerdon fund AMOUNT"
        )));
    }
    let plan = plan::commit(
        session.grants(),
        &header.root,
        header.document,
        binding_at,
        &unit.plan(),
    );
    let binding = match binding_at {
        0 => "at once".to_owned(),
        at => time(at),
    };
    let undo = if binding_at == 0 {
        "nobody: the round is binding at once"
    } else {
        "the company, by rescind, until it is binding"
    };
    let intent = Intent::new(plan, undo)
        .fact("grants", header.count.to_string())
        .fact("total", unit.exact(header.root.total))
        .fact("free after", unit.exact(free - header.root.total))
        .fact("binding", binding);
    let hold = async || standing::hold(session, file, Some(signer.address())).await;
    let done = execute_after(session.context, session.chain, signer, intent, hold).await;
    standing::settle(session, (header.root.hash, signer.address()), &done).await?;
    done
}

/// Who pays must not sign the results that decide what is paid.
async fn refuse_company_panels(session: &Session<'_>, file: &RoundFile) -> Outcome {
    let panels = known_goals(session.context)?.panels;
    let mut goals = BTreeSet::new();
    for terms in &file.terms {
        let terms =
            Terms::decode(terms).map_err(|error| Failure::input(format!("terms: {error}")))?;
        goals.extend(terms.gates.iter().map(|gate| gate.goal));
    }
    let manager = session.deployment.contracts.access_manager.address;
    for goal in goals {
        for member in panels.get(&goal).into_iter().flatten() {
            for role in Role::ALL {
                if session.chain.has_role(manager, role.id(), *member).await? {
                    return Err(Failure::precondition(format!(
                        "{member} is on the panel of the goal {goal} and has the company's role {}",
                        role.label()
                    ))
                    .hint("a result must be signed by neither party: take the role away, or use another goal"));
                }
            }
        }
    }
    Ok(())
}

/// A grant committed twice locks its second amount for good.
async fn refuse_known_ids(session: &Session<'_>, file: &RoundFile) -> Outcome {
    let committed = session.history().await?.ledger.rounds;
    let mut earlier = BTreeSet::new();
    for (_, other) in super::read_all(session.context)? {
        let root = other.header.root.hash;
        if root != file.header.root.hash && committed.contains_key(&root) {
            earlier.extend(super::ids(&other));
        }
    }
    match super::ids(file).into_iter().find(|id| earlier.contains(id)) {
        None => Ok(()),
        Some(id) => Err(Failure::precondition(format!(
            "the grant {id} is in an earlier round already: its amount would be locked for good"
        ))),
    }
}
