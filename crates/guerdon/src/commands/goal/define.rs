//! `goal define`: publishes a definition; the file is kept first, so that a kill loses nothing.

use alloy_primitives::B256;
use guerdon_chain::{Receipt, Signer, plan};
use guerdon_formats::goal_file::{GoalDefinition, GoalPlace};

use super::files::{self, Defined};
use crate::cli::DefineArgs;
use crate::commands::store;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute};
use crate::session::Session;
use crate::words::time;

pub(crate) async fn run(context: &Context, arguments: &DefineArgs) -> Outcome {
    let definition = files::read(&arguments.file)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(0)?;
            let (goal, receipt) = define(&session, &signer, definition.clone()).await?;
            if receipt.is_none() && !context.global.dry_run && !context.global.hands_over() {
                context.say(&format!(
                    "the goal {} is defined already",
                    goal.definition.name
                ));
                return super::show::show(&session, &goal).await;
            }
            super::finished(context, &goal, None, receipt)
        })
        .await
}

/// Gives a definition its place, keeps its file, and puts it on chain unless it is there.
pub(crate) async fn define(
    session: &Session<'_>,
    signer: &Signer,
    mut definition: GoalDefinition,
) -> Outcome<(Defined, Option<Receipt>)> {
    let place = GoalPlace {
        chain_id: session.deployment.chain_id_at_deployment,
        contract: session.goals(),
    };
    if definition.place.is_some_and(|given| given != place) {
        let text = format!(
            "the goal {} was defined on another deployment",
            definition.name
        );
        return Err(
            Failure::precondition(text).hint("remove `place` from the file to define it anew")
        );
    }
    definition.place = Some(place);
    let goal = Defined {
        id: definition.goal.id(place.chain_id, place.contract),
        definition,
    };
    refuse_other(session.context, &goal)?;
    warn(session.context, &goal);

    let there = session
        .chain
        .goal_state(session.goals(), goal.id, None)
        .await?;
    keep(session.context, &goal).await?;
    let receipt = match there {
        Some(_) => None,
        None => {
            let intent = intent(session, &goal);
            execute(session.context, session.chain, signer, intent).await?
        }
    };
    Ok((goal, receipt))
}

async fn keep(context: &Context, goal: &Defined) -> Outcome {
    if context.global.dry_run {
        return Ok(());
    }
    let path = files::path(context, &goal.definition.name);
    crate::files::write(&path, &goal.definition.encode())?;
    store::put_goal(context, goal).await
}

/// A name means one goal: sheets rely on it.
fn refuse_other(context: &Context, goal: &Defined) -> Outcome {
    let path = files::path(context, &goal.definition.name);
    if !path.exists() {
        return Ok(());
    }
    let known = files::read(&path)?;
    if known.id() == Some(goal.id) {
        return Ok(());
    }
    let text = format!("{} holds another goal of the same name", path.display());
    Err(Failure::precondition(text).hint("give the new goal another name, or move that file away"))
}

fn warn(context: &Context, goal: &Defined) {
    let mut public = B256::ZERO;
    public[..6].copy_from_slice(b"public");
    if goal.definition.goal.data == public {
        context.say("warning: the items are public: a model can be trained on them");
    }
}

fn intent(session: &Session<'_>, goal: &Defined) -> Intent<'static> {
    let definition = &goal.definition;
    let plan = plan::define_goal(
        session.goals(),
        &definition.goal,
        definition.m,
        &definition.panel,
    );
    let window = format!(
        "{} to {}",
        time(definition.goal.opens),
        time(definition.goal.closes)
    );
    Intent::new(
        plan,
        "nobody: a definition stays; what it decides is in the terms of grants",
    )
    .fact("goal", &definition.name)
    .fact("id", goal.id.to_string())
    .fact("open", window)
}
