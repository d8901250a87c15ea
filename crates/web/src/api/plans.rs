//! Writes as calls to sign: weighed as on the pages, handed out, never sent.

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_chain::Plan;
use guerdon_core::act::{Act, Effect, Figures};
use guerdon_store::{Actor, NewEntry, Read, Scope};
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::once::Made;
use super::problem::{Kind, Problem};
use crate::actions::{Judged, Planned, plan_act, plan_round};
use crate::data::money;
use crate::dates;
use crate::numbers::Token;
use crate::signing::claim::Known;
use crate::strings::api as words;

type Handed = Result<Made, Problem>;

/// An act on a grant: the last word of the path says which.
pub(super) fn act<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Handed> {
    async move {
        let word = call.endpoint.path.rsplit('/').next().unwrap_or_default();
        let act = asked(call, word).ok_or_else(|| Problem::missing("act"))?;
        let id = call.id("id");
        let judged = plan_act(read, &call.state, (id, act)).await?;
        handed_out(call, read, (id.to_string(), judged)).await
    }
    .boxed()
}

fn asked(call: &Call, word: &str) -> Option<Act> {
    let number = |name: &str| call.body[name].as_u64();
    Some(match word {
        "end" => Act::End {
            // 0 would take an end back; before 1970 nothing was granted.
            stop_at: call.moment("stop_at").unwrap_or(0).max(1),
            grace: call.body["grace"].as_bool().unwrap_or(false),
        },
        "withdraw-end" => Act::WithdrawEnd,
        "pause" => Act::Pause,
        "resume" => Act::Resume,
        "accelerate" => Act::Accelerate {
            by: u32::try_from(number("seconds")?).ok()?,
        },
        "lower-withholding" => Act::LowerWithholding {
            withhold_bps: u16::try_from(number("withhold_bps")?).ok()?,
        },
        "settle" => Act::Settle,
        "waive" => Act::Waive,
        "hold" => Act::Hold { on: true },
        "release" => Act::Hold { on: false },
        "move" => Act::Move {
            to: call.account("to"),
        },
        "announce-recovery" => Act::AnnounceRecovery {
            to: call.account("to"),
        },
        "execute-recovery" => Act::ExecuteRecovery,
        "clear-recovery" => Act::ClearRecovery,
        "veto" => Act::Veto,
        _ => return None,
    })
}

/// What the chain does not tell everybody is for keys that may read grants.
fn may_read(call: &Call) -> Result<(), Problem> {
    match call.may(Scope::ReadGrants) {
        true => Ok(()),
        false => {
            let needed = words::scope_missing(Scope::ReadGrants.name());
            Err(Problem::new(Kind::ScopeMissing, needed))
        }
    }
}

/// A claim: with the terms and the proof of its place for a grant that is not opened yet.
pub(super) fn claim<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Handed> {
    async move {
        let id = call.id("id");
        if read.grant(id).await?.is_none() {
            may_read(call)?;
        }
        let known = Known::read(read, &call.state, id).await?;
        let known = known.ok_or_else(|| Problem::missing("grant"))?;
        let pays = known.payment();
        let pays = pays.map_err(crate::data::refused("grant", id))?;
        let binding_at = known.round.map_or(0, |round| round.binding_at);
        let judged = match known.plan(read, &call.state).await? {
            _ if pays.net == 0 => Err(words::NOTHING_TO_CLAIM.to_owned()),
            _ if known.record.is_none() && binding_at > known.now() => {
                Err(words::not_binding(&dates::exact(binding_at)))
            }
            None => Err(words::NOT_COMMITTED.to_owned()),
            Some(plan) => Ok(Planned {
                plan,
                word: "claim",
                signer: match known.holder_only() {
                    true => "holder".to_owned(),
                    false => "anyone".to_owned(),
                },
                effect: None,
            }),
        };
        handed_out(call, read, (id.to_string(), judged)).await
    }
    .boxed()
}

/// The opening of a grant without a payment.
pub(super) fn open<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Handed> {
    async move {
        may_read(call)?;
        let id = call.id("id");
        let known = Known::read(read, &call.state, id).await?;
        let known = known.ok_or_else(|| Problem::missing("grant"))?;
        let binding_at = known.round.map_or(0, |round| round.binding_at);
        let judged = match known.opening(read, &call.state).await? {
            _ if known.record.is_some() => Err(words::OPENED.to_owned()),
            _ if binding_at > known.now() => Err(words::not_binding(&dates::exact(binding_at))),
            None => Err(words::NOT_COMMITTED.to_owned()),
            Some(plan) => Ok(Planned {
                plan,
                word: "open",
                signer: "anyone".to_owned(),
                effect: None,
            }),
        };
        handed_out(call, read, (id.to_string(), judged)).await
    }
    .boxed()
}

/// The commitment of a round.
pub(super) fn commit<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Handed> {
    async move {
        let binding_at = call.moment("binding_at").unwrap_or(0);
        round(call, read, Some(binding_at)).await
    }
    .boxed()
}

/// The end of a round that is not binding yet.
pub(super) fn rescind<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Handed> {
    async move { round(call, read, None).await }.boxed()
}

async fn round(call: &Call, read: &mut Read, binding_at: Option<u64>) -> Handed {
    let root = call.id("root");
    let judged = plan_round(read, &call.state, (root, binding_at)).await?;
    handed_out(call, read, (root.to_string(), judged)).await
}

/// The answer, with an entry in the log.
async fn handed_out(call: &Call, read: &mut Read, (subject, judged): (String, Judged)) -> Handed {
    let planned = judged.map_err(|why| Problem::new(Kind::Refused, why))?;
    let books = Books::open(call, read).await?;
    let entry = NewEntry {
        at: (call.state.wall)(),
        actor: Actor::Key(call.key.id),
        action: "plan made".to_owned(),
        subject,
        detail: planned.word.to_owned(),
    };
    let token = &call.state.deployment.token;
    let effect_of = planned.effect.filter(|_| call.may(Scope::ReadGrants));
    let answer = json!({
        "as_of": books.as_of(call),
        "plan": call_of(call, &planned.plan),
        "signer": planned.signer,
        "effect": effect_of.map(|it| effect(&it, token)),
    });
    Ok(Made {
        answer,
        entry,
        draft: None,
    })
}

/// A call to sign.
pub(super) fn call_of(call: &Call, plan: &Plan) -> Value {
    json!({
        "to": plan.to.map(|to| to.to_checksum(None)),
        "data": plan.data,
        "value": "0",
        "chain_id": call.state.deployment.chain_id,
        "summary": plan.summary,
    })
}

fn effect(effect: &Effect, token: &Token) -> Value {
    let figures = |it: &Figures| {
        json!({
            "vested": money(it.amounts.vested, token),
            "claimable": money(it.claimable, token),
            "held": money(it.amounts.held, token),
            "outstanding": money(it.outstanding(), token),
        })
    };
    json!({"before": figures(&effect.before), "after": figures(&effect.after)})
}
