//! Demands and the window: the sponsor asks for a run, the arbiter refuses or gives more time.

use alloy_primitives::Address;
use guerdon_chain::{Signer, plan};
use guerdon_core::goal::{self, GoalFlags, GoalRefused};
use guerdon_core::ledger::GoalRecord;

use super::attempt::model;
use super::files::{self, Defined};
use super::{ARBITER, SPONSOR, finished, record};
use crate::cli::{DemandArgs, ExtendArgs, GoalArgs};
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome};
use crate::execute::{Intent, execute};
use crate::handover::is_known;
use crate::session::Session;
use crate::words::{percent, time};

pub(crate) async fn run_demand(context: &Context, arguments: &DemandArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let model = model(&arguments.model)?;
    change(context, &goal, SPONSOR, async |asked| {
        let definition = &asked.record.goal;
        let state = &asked.record.state;
        let by_sponsor = asked.is_by(definition.sponsor);
        goal::demand(definition, state, by_sponsor, asked.now)
            .map_err(|refused| asked.refusal(&refused))?;
        let plan = plan::demand(asked.goals, definition, model);
        let pays = percent(definition.default_ppb.max(state.fraction));
        Ok(
            Intent::new(plan, "the arbiter, by refuse, until the goal closes")
                .fact("model", model.to_string())
                .fact(
                    "holders",
                    format!(
                        "if no run answers by {}, the goal pays {pays} of its share",
                        time(state.closes)
                    ),
                ),
        )
    })
    .await
}

pub(crate) async fn run_refuse(context: &Context, arguments: &GoalArgs) -> Outcome {
    let goal = files::find(context, &arguments.goal)?;
    change(context, &goal, ARBITER, async |asked| {
        let definition = &asked.record.goal;
        let state = &asked.record.state;
        goal::refuse(state, asked.is_by(definition.arbiter))
            .map_err(|refused| asked.refusal(&refused))?;
        let plan = plan::refuse(asked.goals, definition);
        let (lost, has) = (percent(definition.default_ppb), percent(state.fraction));
        let answer = match asked
            .record
            .attempts
            .iter()
            .any(|it| it.word.status.is_pending() && it.word.registered_at >= state.demanded_at)
        {
            true => {
                "; the attempt under way then counts from its registration, not from the demand"
            }
            false => "",
        };
        Ok(
            Intent::new(plan, "the sponsor, by another demand, while there is time").fact(
                "holders",
                format!("the default of {lost} falls away; results so far pay {has}{answer}"),
            ),
        )
    })
    .await
}

pub(crate) async fn run_extend(context: &Context, arguments: &ExtendArgs) -> Outcome {
    let goal = files::find(context, &arguments.target.goal)?;
    let closes = arguments.closes.0;
    change(context, &goal, ARBITER, async |asked| {
        let definition = &asked.record.goal;
        let state = &asked.record.state;
        let by_arbiter = asked.is_by(definition.arbiter);
        goal::extend(definition, state, closes, by_arbiter, asked.now)
            .map_err(|refused| asked.refusal(&refused))?;
        let plan = plan::extend(asked.goals, definition, closes);
        Ok(Intent::new(plan, "nobody: a window is extended once").fact(
            "closes",
            format!("{} before, {} after", time(state.closes), time(closes)),
        ))
    })
    .await
}

/// A change of a goal, with what it is judged by.
struct Asked<'a> {
    goal: &'a Defined,
    record: GoalRecord,
    goals: Address,
    sender: &'a Signer,
    now: u64,
}

/// Reads the goal, lets the change be judged and planned, sends it.
async fn change(
    context: &Context,
    goal: &Defined,
    role: u32,
    judge: impl AsyncFnOnce(&Asked<'_>) -> Outcome<Intent<'static>>,
) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(role)?;
            let asked = Asked {
                goal,
                record: record(&session, goal).await?,
                goals: session.goals(),
                sender: &signer,
                now: session.chain.now().await?,
            };
            let intent = judge(&asked).await?.fact("goal", &goal.definition.name);
            let receipt = execute(context, session.chain, &signer, intent).await?;
            finished(context, goal, None, receipt)
        })
        .await
}

impl Asked<'_> {
    /// Whether the account that the definition names sends it; judged on chain if nobody is named.
    fn is_by(&self, account: Address) -> bool {
        !is_known(self.sender) || self.sender.address() == account
    }

    fn refusal(&self, refused: &GoalRefused) -> Failure {
        let (name, definition) = (&self.goal.definition.name, &self.record.goal);
        let closes = time(self.record.state.closes);
        match *refused {
            GoalRefused::NotSponsor => Failure::new(
                Kind::NotPermitted,
                format!(
                    "only the sponsor of {name}, {}, may do this",
                    definition.sponsor
                ),
            )
            .hint("sign with the sponsor's account"),
            GoalRefused::NotArbiter => Failure::new(
                Kind::NotPermitted,
                format!(
                    "only the arbiter of {name}, {}, may do this",
                    definition.arbiter
                ),
            )
            .hint("sign with the arbiter's account"),
            GoalRefused::Final => {
                Failure::precondition(format!("{name} is final: nothing changes it any more"))
                    .hint(format!("guerdon goal show {name} tells its result"))
            }
            GoalRefused::AlreadyDemanded => {
                Failure::precondition(format!("a run of {name} is demanded already"))
                    .hint("wait for the run, or for the close")
            }
            GoalRefused::NothingToDemand {
                default_ppb,
                fraction,
            } => Failure::precondition(format!(
                "a demand could gain nothing: {name} pays {} now, and its default is {}",
                percent(fraction),
                percent(default_ppb)
            ))
            .hint("ask only where a default is left to gain"),
            GoalRefused::NotDemanded => {
                let was = self.record.attempts.iter().any(|it| it.word.cleared_demand);
                let hint = match was && !self.record.state.has(GoalFlags::DEMANDED) {
                    true => "a signed result has answered the demand",
                    false => "nothing is left to refuse",
                };
                Failure::precondition(format!("no run of {name} is demanded")).hint(hint)
            }
            GoalRefused::TooLate { .. } => Failure::precondition(format!(
                "it is too late for this: {name} closes on {closes}"
            ))
            .hint("a demand must leave time for a whole run, and an extension come before the end"),
            GoalRefused::AlreadyExtended => {
                Failure::precondition(format!("the window of {name} was extended before"))
                    .hint("that is possible once")
            }
            GoalRefused::BadExtension { latest, .. } => Failure::precondition(format!(
                "the window of {name} closes on {closes} and can move to {} at most",
                time(latest)
            ))
            .hint("give --closes a time between the two"),
            other => Failure::precondition(format!("{name}: {other}")),
        }
    }
}
