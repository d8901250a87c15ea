//! What is asked of a grant: as a form's fields, as a stored order, as a command, as a call.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use guerdon_chain::{Plan, Role, plan};
use guerdon_core::act::Act;
use serde_json::{Value, json};

/// The fields of a form or of a query.
pub(super) type Fields = BTreeMap<String, String>;

/// A field with spaces around it cut off; none if it is empty.
pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let text = fields.get(name)?.trim();
    (!text.is_empty()).then_some(text)
}

/// One word for each act, in addresses and in the store.
pub(super) const fn word(act: Act) -> &'static str {
    match act {
        Act::End { .. } => "end",
        Act::WithdrawEnd => "withdraw-end",
        Act::Pause => "pause",
        Act::Resume => "resume",
        Act::Accelerate { .. } => "accelerate",
        Act::LowerWithholding { .. } => "lower-withholding",
        Act::Settle => "settle",
        Act::Waive => "waive",
        Act::Hold { on: true } => "hold",
        Act::Hold { on: false } => "release",
        Act::Move { .. } => "move",
        Act::AnnounceRecovery { .. } => "announce-recovery",
        Act::ExecuteRecovery => "execute-recovery",
        Act::ClearRecovery => "clear-recovery",
        Act::Veto => "veto",
    }
}

/// The company's role that the contracts ask for; none: the holder, or anyone.
pub(super) const fn role(act: Act) -> Option<Role> {
    match act {
        Act::End { .. }
        | Act::WithdrawEnd
        | Act::Pause
        | Act::Resume
        | Act::Accelerate { .. }
        | Act::AnnounceRecovery { .. }
        | Act::ExecuteRecovery => Some(Role::People),
        Act::LowerWithholding { .. } => Some(Role::Payroll),
        _ => None,
    }
}

/// As the store keeps it. `seen`: the last block that was read when it was asked for; what happened
/// in later ones may be this.
pub(super) fn body(act: Act, seen: u64) -> String {
    let mut value = json!({"act": word(act), "seen": seen});
    let mut put = |name: &str, what: Value| {
        if let Some(object) = value.as_object_mut() {
            object.insert(name.to_owned(), what);
        }
    };
    match act {
        Act::End { stop_at, grace } => {
            put("stop_at", stop_at.into());
            put("grace", grace.into());
        }
        Act::Accelerate { by } => put("by", by.into()),
        Act::LowerWithholding { withhold_bps } => put("withhold_bps", withhold_bps.into()),
        Act::Move { to } | Act::AnnounceRecovery { to } => {
            put("to", to.to_checksum(None).into());
        }
        _ => {}
    }
    value.to_string()
}

/// The last block that had been read when it was asked for; none if that was not kept.
pub(super) fn seen(body: &str) -> Option<u64> {
    let value: Value = serde_json::from_str(body).ok()?;
    value["seen"].as_u64()
}

/// What the store kept; none if it was written by something else.
pub(super) fn read(body: &str) -> Option<Act> {
    let value: Value = serde_json::from_str(body).ok()?;
    let number = |name: &str| value[name].as_u64();
    let to = || value["to"].as_str()?.parse().ok();
    let act = match value["act"].as_str()? {
        "end" => Act::End {
            stop_at: number("stop_at")?,
            grace: value["grace"].as_bool()?,
        },
        "accelerate" => Act::Accelerate {
            by: u32::try_from(number("by")?).ok()?,
        },
        "lower-withholding" => Act::LowerWithholding {
            withhold_bps: u16::try_from(number("withhold_bps")?).ok()?,
        },
        "move" => Act::Move { to: to()? },
        "announce-recovery" => Act::AnnounceRecovery { to: to()? },
        other => plain(other)?,
    };
    Some(act)
}

/// An act that needs nothing more than its word.
pub(super) fn plain(word: &str) -> Option<Act> {
    Some(match word {
        "withdraw-end" => Act::WithdrawEnd,
        "pause" => Act::Pause,
        "resume" => Act::Resume,
        "settle" => Act::Settle,
        "waive" => Act::Waive,
        "hold" => Act::Hold { on: true },
        "release" => Act::Hold { on: false },
        "execute-recovery" => Act::ExecuteRecovery,
        "clear-recovery" => Act::ClearRecovery,
        "veto" => Act::Veto,
        _ => return None,
    })
}

/// The command that does the same. `name`: the grant's name for the command line.
pub(super) fn command(act: Act, name: &str) -> String {
    match act {
        Act::End { stop_at, grace } => {
            let grace = if grace { " --grace" } else { "" };
            let at = crate::dates::machine(stop_at);
            format!("guerdon grant end {name} --at {at}{grace}")
        }
        Act::WithdrawEnd => format!("guerdon grant end {name} --at 0"),
        Act::Accelerate { by } => format!("guerdon grant accelerate {name} --by {by}s"),
        Act::LowerWithholding { withhold_bps } => {
            let percent = format!("{}.{:02}", withhold_bps / 100, withhold_bps % 100);
            format!("guerdon grant lower-withholding {name} --to {percent}")
        }
        Act::Hold { on } => {
            let on = if on { "on" } else { "off" };
            format!("guerdon grant hold {name} {on}")
        }
        Act::Move { to } => format!("guerdon grant move {name} --to {to}"),
        Act::AnnounceRecovery { to } => {
            format!("guerdon grant recover announce {name} --to {to}")
        }
        Act::ExecuteRecovery => format!("guerdon grant recover execute {name}"),
        Act::ClearRecovery => format!("guerdon grant recover clear {name}"),
        other => format!("guerdon grant {} {name}", word(other)),
    }
}

/// Where calls go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) grants: Address,
    /// None in a deployment from before Succession.
    pub(super) succession: Option<Address>,
}

/// The call. `announced`: for whom a recovery is announced.
pub(super) fn plan(act: Act, places: Places, terms: &[u8], announced: Address) -> Option<Plan> {
    let grants = places.grants;
    Some(match act {
        Act::End { stop_at, grace } => plan::end(grants, terms, stop_at, grace),
        Act::WithdrawEnd => plan::end(grants, terms, 0, false),
        Act::Pause => plan::pause(grants, terms),
        Act::Resume => plan::resume(grants, terms),
        Act::Accelerate { by } => plan::accelerate(grants, terms, by),
        Act::LowerWithholding { withhold_bps } => {
            plan::lower_withholding(grants, terms, withhold_bps)
        }
        Act::Settle => plan::settle(grants, terms),
        Act::Waive => plan::waive(grants, terms),
        Act::Hold { on } => plan::hold_claims(grants, terms, on),
        Act::Move { to } => plan::move_grant(places.succession?, terms, to),
        Act::AnnounceRecovery { to } => plan::announce_recovery(places.succession?, terms, to),
        Act::ExecuteRecovery => plan::execute_recovery(places.succession?, terms, announced),
        Act::ClearRecovery => plan::clear_recovery(places.succession?, terms),
        Act::Veto => plan::veto(places.succession?, terms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: Address = Address::repeat_byte(0x0c);

    fn all() -> Vec<Act> {
        vec![
            Act::End {
                stop_at: 1_796_083_199,
                grace: true,
            },
            Act::WithdrawEnd,
            Act::Pause,
            Act::Resume,
            Act::Accelerate { by: 7_776_000 },
            Act::LowerWithholding {
                withhold_bps: 1_205,
            },
            Act::Settle,
            Act::Waive,
            Act::Hold { on: true },
            Act::Hold { on: false },
            Act::Move { to: TO },
            Act::AnnounceRecovery { to: TO },
            Act::ExecuteRecovery,
            Act::ClearRecovery,
            Act::Veto,
        ]
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for act in all() {
            let body = body(act, 1_650);
            assert_eq!(read(&body), Some(act), "{body}");
            assert_eq!(seen(&body), Some(1_650));
        }
        for wrong in [
            "",
            "{}",
            r#"{"act":"fund"}"#,
            r#"{"act":"end","stop_at":-1}"#,
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_act_has_its_command_and_its_call() {
        let places = Places {
            grants: Address::repeat_byte(1),
            succession: Some(Address::repeat_byte(2)),
        };
        let mut calls = std::collections::BTreeSet::new();
        for act in all() {
            let call = plan(act, places, &[7; 130], TO).unwrap();
            let holds = matches!(
                act,
                Act::Move { .. }
                    | Act::AnnounceRecovery { .. }
                    | Act::ExecuteRecovery
                    | Act::ClearRecovery
                    | Act::Veto
            );
            let to = if holds {
                places.succession
            } else {
                Some(places.grants)
            };
            assert_eq!(call.to, to, "{act:?}");
            assert!(calls.insert(call.data), "{act:?} is no call of its own");
            assert_eq!(role(act).is_none(), act.is_holders() || act.is_anyones());
        }
        let before = Places {
            succession: None,
            ..places
        };
        assert!(plan(Act::Veto, before, &[7; 130], TO).is_none());
        let commands: Vec<_> = all().iter().map(|act| command(*act, "G-1")).collect();
        assert_eq!(
            commands,
            [
                "guerdon grant end G-1 --at 2026-11-30T23:59:59Z --grace",
                "guerdon grant end G-1 --at 0",
                "guerdon grant pause G-1",
                "guerdon grant resume G-1",
                "guerdon grant accelerate G-1 --by 7776000s",
                "guerdon grant lower-withholding G-1 --to 12.05",
                "guerdon grant settle G-1",
                "guerdon grant waive G-1",
                "guerdon grant hold G-1 on",
                "guerdon grant hold G-1 off",
                "guerdon grant move G-1 --to 0x0C0c0C0c0c0c0c0c0c0c0C0C0C0c0c0C0c0c0c0c",
                "guerdon grant recover announce G-1 --to \
                 0x0C0c0C0c0c0c0c0c0c0c0C0C0C0c0c0C0c0c0c0c",
                "guerdon grant recover execute G-1",
                "guerdon grant recover clear G-1",
                "guerdon grant veto G-1",
            ]
        );
    }
}
