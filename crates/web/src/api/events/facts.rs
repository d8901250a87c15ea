//! Facts of the chain as they are told to other systems.

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::Step;
use serde_json::{Map, Value, json};

use super::EventKind;
use crate::data::money;
use crate::dates;
use crate::numbers::Token;

/// What a fact says: its kind and the fields of the kind.
type Said = (EventKind, Vec<(&'static str, Value)>);

/// What is sent about a fact, and its kind; nothing for facts that are told by another fact of the
/// same transaction, and for those about access and other tokens, which nobody is told.
#[must_use]
pub fn event_of(
    chain_id: u64,
    (origin, fact): (&Origin, &Fact),
    token: &Token,
) -> Option<(EventKind, String)> {
    let said = of_money(fact, token)
        .or_else(|| of_payment(fact, token))
        .or_else(|| of_clock(fact, token))
        .or_else(|| of_succession(fact))
        .or_else(|| of_goal(fact))
        .or_else(|| of_call(fact));
    let (kind, fields) = said?;
    let place = json!({
        "chain_id": chain_id, "block": origin.block, "transaction": origin.tx,
        "log": origin.log_index,
    });
    Some((kind, body(kind, origin.block_time, place, fields)))
}

/// What is sent when chain time completes a step of a grant's schedule, with what is earned by time
/// then.
#[must_use]
pub fn vested_event(
    chain_id: u64,
    (grant, step, at): (B256, &Step, u64),
    (earned, token): (u128, &Token),
) -> (EventKind, String) {
    let fields = vec![
        ("grant", json!(grant)),
        ("segment", json!(step.segment)),
        ("step", json!(step.step)),
        ("earned_by_time", money(earned, token)),
    ];
    let kind = EventKind::GrantVested;
    (kind, body(kind, at, nowhere(chain_id), fields))
}

/// What is sent when somebody tries a webhook.
pub(in crate::api) fn test_body(chain_id: u64, at: u64) -> String {
    body(EventKind::WebhookTest, at, nowhere(chain_id), Vec::new())
}

fn nowhere(chain_id: u64) -> Value {
    json!({"chain_id": chain_id, "block": null, "transaction": null, "log": null})
}

fn body(kind: EventKind, at: u64, place: Value, fields: Vec<(&'static str, Value)>) -> String {
    let mut data = match place {
        Value::Object(place) => place,
        _ => Map::new(),
    };
    let fields = fields.into_iter();
    data.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    json!({"type": kind.word(), "timestamp": dates::machine(at), "data": data}).to_string()
}

fn account(account: &Address) -> Value {
    account.to_checksum(None).into()
}

fn moment(at: u64) -> Value {
    dates::machine(at).into()
}

/// The pool and rounds.
fn of_money(fact: &Fact, token: &Token) -> Option<Said> {
    let money = |units: u128| money(units, token);
    Some(match fact {
        Fact::Funded { from, amount } => (
            EventKind::PoolFunded,
            vec![("from", account(from)), ("amount", money(*amount))],
        ),
        Fact::FreeWithdrawn { to, amount } => (
            EventKind::PoolWithdrawn,
            vec![("to", account(to)), ("amount", money(*amount))],
        ),
        Fact::RoundCommitted {
            root,
            total,
            document,
            binding_at,
            ..
        } => (
            EventKind::RoundCommitted,
            vec![
                ("round", json!(root)),
                ("total", money(*total)),
                ("document", json!(document)),
                ("binding_at", moment(*binding_at)),
            ],
        ),
        Fact::RoundRescinded { root, freed } => (
            EventKind::RoundRescinded,
            vec![("round", json!(root)), ("freed", money(*freed))],
        ),
        _ => return None,
    })
}

/// What a grant got and paid.
fn of_payment(fact: &Fact, token: &Token) -> Option<Said> {
    let money = |units: u128| money(units, token);
    Some(match fact {
        Fact::Opened {
            id,
            root,
            recipient,
            amount,
            ..
        } => (
            EventKind::GrantOpened,
            vec![
                ("grant", json!(id)),
                ("round", json!(root)),
                ("recipient", account(recipient)),
                ("granted", money(*amount)),
            ],
        ),
        Fact::Invalid {
            id, root, freed, ..
        } => (
            EventKind::GrantInvalid,
            vec![
                ("grant", json!(id)),
                ("round", json!(root)),
                ("freed", money(*freed)),
            ],
        ),
        Fact::Claimed {
            id,
            to,
            gross,
            withheld,
        } => (
            EventKind::GrantClaimed,
            vec![
                ("grant", json!(id)),
                ("to", account(to)),
                ("claimed", money(gross.saturating_sub(*withheld))),
                ("withheld", money(*withheld)),
                ("released", money(*gross)),
            ],
        ),
        Fact::ClaimFailed { id, to, .. } => (
            EventKind::GrantClaimFailed,
            vec![("grant", json!(id)), ("to", account(to))],
        ),
        _ => return None,
    })
}

/// What became of a grant's clock and powers.
fn of_clock(fact: &Fact, token: &Token) -> Option<Said> {
    let ended = |id: &B256, value: u128, freed: u128| {
        vec![
            ("grant", json!(id)),
            ("amount", money(value, token)),
            ("freed", money(freed, token)),
        ]
    };
    Some(match fact {
        Fact::Ended {
            id, stop_at, grace, ..
        } => (
            EventKind::GrantEnded,
            vec![
                ("grant", json!(id)),
                ("stop_at", moment(*stop_at)),
                ("grace", json!(grace)),
            ],
        ),
        Fact::EndWithdrawn { id, .. } => (EventKind::GrantEndWithdrawn, vec![("grant", json!(id))]),
        Fact::Paused { id, stop_at } => (
            EventKind::GrantPaused,
            vec![("grant", json!(id)), ("stop_at", moment(*stop_at))],
        ),
        Fact::Resumed { id, lost } => (
            EventKind::GrantResumed,
            vec![("grant", json!(id)), ("lost_seconds", json!(lost))],
        ),
        Fact::Accelerated { id, credit, .. } => (
            EventKind::GrantAccelerated,
            vec![("grant", json!(id)), ("credit_seconds", json!(credit))],
        ),
        Fact::Settled { id, value, freed } => (EventKind::GrantSettled, ended(id, *value, *freed)),
        Fact::Waived { id, value, freed } => (EventKind::GrantWaived, ended(id, *value, *freed)),
        Fact::WithholdingLowered { id, withhold_bps } => (
            EventKind::GrantWithholdingLowered,
            vec![("grant", json!(id)), ("withhold_bps", json!(withhold_bps))],
        ),
        Fact::ClaimsHeld { id, on } => (
            EventKind::GrantHeld,
            vec![("grant", json!(id)), ("on", json!(on))],
        ),
        _ => return None,
    })
}

/// Who holds a grant, and what took its place.
fn of_succession(fact: &Fact) -> Option<Said> {
    Some(match fact {
        Fact::Replaced { old, count, .. } => (
            EventKind::GrantReplaced,
            vec![
                ("grant", json!(old)),
                ("successors", json!(count.saturating_to::<u32>())),
            ],
        ),
        Fact::Succeeded { old, id, place, .. } => (
            EventKind::GrantSucceeded,
            vec![
                ("grant", json!(id)),
                ("replaces", json!(old)),
                ("place", json!(place)),
            ],
        ),
        Fact::Moved { id, from, to } => (
            EventKind::GrantMoved,
            vec![
                ("grant", json!(id)),
                ("from", account(from)),
                ("to", account(to)),
            ],
        ),
        Fact::RecoveryAnnounced { id, to, .. } => (
            EventKind::GrantRecoveryAnnounced,
            vec![("grant", json!(id)), ("to", account(to))],
        ),
        Fact::RecoveryExecuted { id, to } => (
            EventKind::GrantRecovered,
            vec![("grant", json!(id)), ("to", account(to))],
        ),
        Fact::RecoveryVetoed { id, .. } => {
            (EventKind::GrantRecoveryVetoed, vec![("grant", json!(id))])
        }
        Fact::RecoveryLapsed { id } => (EventKind::GrantRecoveryLapsed, vec![("grant", json!(id))]),
        _ => return None,
    })
}

fn of_goal(fact: &Fact) -> Option<Said> {
    let goal = |id: &B256| vec![("goal", json!(id))];
    Some(match fact {
        Fact::GoalDefined { id, .. } => (EventKind::GoalDefined, goal(id)),
        Fact::Demanded { id, .. } => (EventKind::GoalDemanded, goal(id)),
        Fact::DemandRefused { id } => (EventKind::GoalDemandRefused, goal(id)),
        Fact::Extended { id, closes } => {
            let closes = vec![("closes_at", moment(*closes))];
            (EventKind::GoalExtended, [goal(id), closes].concat())
        }
        Fact::GoalClosed { id, fraction, .. } => {
            let fraction = vec![("fraction_ppb", json!(fraction))];
            (EventKind::GoalClosed, [goal(id), fraction].concat())
        }
        other => return of_attempt(other),
    })
}

fn of_attempt(fact: &Fact) -> Option<Said> {
    let of = |id: &B256, attempt: u16, more: Vec<(&'static str, Value)>| {
        let begin = vec![("goal", json!(id)), ("attempt", json!(attempt))];
        [begin, more].concat()
    };
    Some(match fact {
        Fact::Registered {
            id,
            attempt,
            deadline,
            ..
        } => {
            let more = vec![("deadline", moment(*deadline))];
            (EventKind::AttemptRegistered, of(id, *attempt, more))
        }
        Fact::Sealed { id, attempt, .. } => {
            (EventKind::AttemptSealed, of(id, *attempt, Vec::new()))
        }
        Fact::Expired { id, attempt, .. } => {
            (EventKind::AttemptExpired, of(id, *attempt, Vec::new()))
        }
        Fact::Proposed {
            id,
            attempt,
            fraction,
            evidence,
            deadline,
            ..
        } => {
            let more = vec![
                ("fraction_ppb", json!(fraction)),
                ("evidence", json!(evidence)),
                ("deadline", moment(*deadline)),
            ];
            (EventKind::ResultProposed, of(id, *attempt, more))
        }
        Fact::Challenged {
            id,
            attempt,
            challenger,
            deadline,
            ..
        } => {
            let more = vec![
                ("challenger", account(challenger)),
                ("deadline", moment(*deadline)),
            ];
            (EventKind::ResultChallenged, of(id, *attempt, more))
        }
        Fact::Resolved {
            id,
            attempt,
            fraction,
            ..
        } => {
            let more = vec![("fraction_ppb", json!(fraction))];
            (EventKind::ResultResolved, of(id, *attempt, more))
        }
        Fact::Finalized {
            id,
            attempt,
            fraction,
            best,
            ..
        } => {
            let more = vec![("fraction_ppb", json!(fraction)), ("best_ppb", json!(best))];
            (EventKind::ResultFinalized, of(id, *attempt, more))
        }
        _ => return None,
    })
}

fn of_call(fact: &Fact) -> Option<Said> {
    let of = |id: &B256, nonce: u32| vec![("operation", json!(id)), ("number", json!(nonce))];
    Some(match fact {
        Fact::OperationScheduled {
            id,
            nonce,
            at,
            target,
            ..
        } => {
            let more = vec![("target", account(target)), ("from_at", moment(*at))];
            (EventKind::CallScheduled, [of(id, *nonce), more].concat())
        }
        Fact::OperationExecuted { id, nonce } => (EventKind::CallExecuted, of(id, *nonce)),
        Fact::OperationCanceled { id, nonce } => (EventKind::CallCancelled, of(id, *nonce)),
        _ => return None,
    })
}
