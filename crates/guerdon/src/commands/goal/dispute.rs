//! Disputes: a challenge with a bond, the arbiter's verdict, bonds taken back.

use alloy_primitives::{B256, keccak256};
use guerdon_chain::plan;
use serde_json::json;

use super::{ARBITER, KEEPER, files, finished, latest, record};
use crate::cli::{ChallengeArgs, ResolveArgs, Verdict, WithdrawBondArgs};
use crate::commands::money::approve;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, receipt_value};
use crate::handover::address_of;
use crate::output::Record;
use crate::session::Session;

pub(crate) async fn run_challenge(context: &Context, arguments: &ChallengeArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let reason: B256 = arguments
        .reason
        .parse()
        .unwrap_or_else(|_| keccak256(arguments.reason.as_bytes()));
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(KEEPER)?;
            let record = record(&session, &goal).await?;
            let attempt = latest(&record, arguments.target.attempt)?.number;
            let definition = &goal.definition.goal;
            if definition.bond > 0 {
                let unit = session.unit_of(definition.bond_token).await?;
                let ask = (definition.bond_token, session.goals(), definition.bond);
                if approve(&session, &signer, ask, &unit).await?.is_dry() {
                    return Ok(());
                }
            }
            let plan = plan::challenge(session.goals(), definition, attempt, reason);
            let intent = Intent::new(plan, "nobody; the bond comes back if the result falls")
                .fact("goal", &goal.definition.name)
                .fact("reason", reason.to_string());
            let receipt = execute(context, session.chain, &signer, intent).await?;
            finished(context, &goal, Some(attempt), receipt)
        })
        .await
}

pub(crate) async fn run_resolve(context: &Context, arguments: &ResolveArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let verdict = match arguments.verdict {
        Verdict::Upheld => plan::Verdict::Upheld,
        Verdict::Void => plan::Verdict::Void,
        Verdict::Overturned => {
            let ResolveArgs { x, y, guards, .. } = *arguments;
            plan::Verdict::Overturned { x, y, guards }
        }
    };
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(ARBITER)?;
            let record = record(&session, &goal).await?;
            let attempt = latest(&record, arguments.target.attempt)?.number;
            let plan = plan::resolve(session.goals(), &goal.definition.goal, attempt, verdict);
            let intent =
                Intent::new(plan, "nobody: a verdict is final").fact("goal", &goal.definition.name);
            let receipt = execute(context, session.chain, &signer, intent).await?;
            finished(context, &goal, Some(attempt), receipt)
        })
        .await
}

pub(crate) async fn run_withdraw(context: &Context, arguments: &WithdrawBondArgs) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(KEEPER)?;
            let token = match arguments.token.or(session.bond_token()) {
                Some(token) => token,
                None => {
                    return Err(Failure::input("the deployment names no bond token")
                        .hint("give --token ADDRESS"));
                }
            };
            let owner = address_of(&signer)?;
            let owed = session
                .chain
                .bond_owed(session.goals(), token, owner, None)
                .await?;
            if owed == 0 {
                return Err(Failure::precondition(format!("no bond is owed to {owner}")));
            }
            let unit = session.unit_of(token).await?;
            let plan = plan::withdraw_bond(session.goals(), token);
            let intent = Intent::new(plan, "nobody").fact("amount", unit.exact(owed));
            let receipt = execute(context, session.chain, &signer, intent).await?;
            let Some(receipt) = receipt else {
                return Ok(());
            };
            let mut value = json!({"token": token, "to": owner, "amount": owed.to_string()});
            crate::execute::merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("withdrawn", unit.show(owed))
                .line("to", owner.to_string())
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}
