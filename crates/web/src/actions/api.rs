//! The same acts for other systems: weighed as on the pages, and handed out as calls to sign.

use alloy_primitives::{Address, B256};
use guerdon_chain::{Plan, plan};
use guerdon_core::act::{Act, Effect};
use guerdon_store::{BatchCall, Owner, Read};

use super::effect::weigh;
use super::order::{self, Places};
use super::round_subject::{self, Found, RoundSubject};
use super::rounds::RoundAct;
use super::subject::{Subject, places};
use crate::error::PageError;
use crate::load;
use crate::state::AppState;
use crate::strings::actions as words;

/// A call that the contracts would take now.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    /// One word for it, as the log has it.
    pub(crate) word: &'static str,
    /// Whose signature it needs: a role of the company, `holder` or `anyone`.
    pub(crate) signer: String,
    /// What it leaves of the grant; none for a round.
    pub(crate) effect: Option<Effect>,
}

/// A call, or why the contracts would refuse it.
pub(crate) type Judged = Result<Planned, String>;

/// An act on a grant as a call of a batch, written down by somebody at a time (Unix seconds) after
/// the block `seen`: what the page of the act adds. `None` if this contract has no such call.
#[must_use]
pub fn batch_call(
    grants: Address,
    (id, terms): (B256, &[u8]),
    act: Act,
    (by, at, seen): (Owner, u64, u64),
) -> Option<BatchCall> {
    let places = Places {
        grants,
        succession: None,
    };
    let plan = order::plan(act, places, terms, Address::ZERO)?;
    Some(BatchCall {
        subject: format!("grant:{id}"),
        kind: order::word(act).to_owned(),
        body: order::body(act, seen),
        to: plan.to?,
        data: plan.data.to_vec(),
        summary: plan.summary,
        added_at: at,
        added_by: by,
    })
}

/// An act on a grant.
pub(crate) async fn plan_act(
    read: &mut Read,
    state: &AppState,
    (id, act): (B256, Act),
) -> Result<Judged, PageError> {
    let as_of = load::as_of(read, state).await?;
    let context = load::context(state, as_of, None);
    let Some(subject) = Subject::load(read, state, (id, &context)).await? else {
        return Ok(Err(words::NOTHING_TO_CHANGE.to_owned()));
    };
    let effect = match weigh(&subject, act, context.token()) {
        Ok((_, effect)) => effect,
        Err(why) => return Ok(Err(why)),
    };
    let announced = subject.data.record.recovery.to;
    let call = order::plan(act, places(&state.deployment), &subject.bytes, announced);
    let signer = match order::role(act) {
        Some(role) => plan::role_name(role.id()),
        None if act.is_holders() => "holder".to_owned(),
        None => "anyone".to_owned(),
    };
    Ok(Ok(Planned {
        plan: call.ok_or(PageError::NoPage)?,
        word: order::word(act),
        signer,
        effect: Some(effect),
    }))
}

/// The commitment of a round, from a time on (Unix seconds; 0: at once), or its end.
pub(crate) async fn plan_round(
    read: &mut Read,
    state: &AppState,
    (root, binding_at): (B256, Option<u64>),
) -> Result<Judged, PageError> {
    let as_of = load::as_of(read, state).await?;
    let context = load::context(state, as_of, None);
    let act = match binding_at {
        Some(binding_at) => RoundAct::Commit { binding_at },
        None => RoundAct::Rescind,
    };
    let subject = RoundSubject::load(read, root).await?;
    match round_subject::weigh(read, (&subject, &context), act).await? {
        Found::Refused(why) => Ok(Err(why.join(" "))),
        Found::Goes(_) => Ok(Ok(Planned {
            plan: act.plan(&subject, &context),
            word: act.word(),
            signer: plan::role_name(guerdon_chain::Role::Issuer.id()),
            effect: None,
        })),
    }
}
