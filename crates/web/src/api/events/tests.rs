//! What is sent, held to its schema.

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::Step;
use serde_json::Value;

use super::facts::test_body;
use super::{EventKind, event_of, vested_event};
use crate::api::schema::faults;
use crate::api::shapes;
use crate::numbers::Token;

const ID: B256 = B256::repeat_byte(0xab);
const WHO: Address = Address::repeat_byte(0xcd);

fn token() -> Token {
    Token {
        symbol: "ACC".to_owned(),
        name: "Access".to_owned(),
        decimals: 18,
    }
}

/// One fact of each kind with amounts or times in it, and those that are told by another one.
fn facts() -> Vec<Fact> {
    let (id, to) = (ID, WHO);
    vec![
        Fact::Funded {
            from: WHO,
            amount: 7,
        },
        Fact::RoundCommitted {
            root: ID,
            total: 7,
            document: ID,
            binding_at: 1_800_000_000,
            since: 0,
        },
        Fact::Opened {
            id,
            root: ID,
            index: 1,
            recipient: WHO,
            amount: 7,
            withhold_bps: 0,
        },
        Fact::Claimed {
            id,
            to,
            gross: 10,
            withheld: 3,
        },
    ]
}

/// The same of clocks, holders, goals and calls.
fn more_facts() -> Vec<Fact> {
    let (id, to) = (ID, WHO);
    vec![
        Fact::Ended {
            id,
            stop_at: 1_800_000_000,
            grace: true,
            freed: -1,
            lost: 0,
        },
        Fact::Paused {
            id,
            stop_at: 1_800_000_000,
        },
        Fact::Resumed { id, lost: 9 },
        Fact::Settled {
            id,
            value: 5,
            freed: 2,
        },
        Fact::ClaimsHeld { id, on: true },
        Fact::Moved { id, from: WHO, to },
        Fact::Proposed {
            id,
            attempt: 0,
            x: 1,
            y: 1,
            guards: 0,
            evidence: ID,
            signers: 3,
            fraction: 500_000_000,
            deadline: 1_800_000_000,
        },
        Fact::Finalized {
            id,
            attempt: 0,
            fraction: 1,
            best: 2,
            to_challenger: 0,
            cleared_demand: false,
        },
        Fact::GoalClosed {
            id,
            fraction: 1,
            defaulted: 0,
        },
        Fact::OperationScheduled {
            id,
            nonce: 1,
            at: 1_800_000_000,
            caller: WHO,
            target: WHO,
            data: Vec::new(),
        },
    ]
}

#[test]
fn what_is_sent_is_as_its_schema_says() {
    let origin = Origin {
        block: 5,
        block_time: 1_800_000_000,
        ..Origin::default()
    };
    let step = Step {
        segment: 0,
        step: 3,
        elapsed: 9,
    };
    let told = facts().into_iter().chain(more_facts()).map(|fact| {
        let told = event_of(31_337, (&origin, &fact), &token());
        told.unwrap_or_else(|| panic!("{fact:?} is not told"))
    });
    let vested = vested_event(31_337, (ID, &step, 1_800_000_000), (7, &token()));
    let test = (EventKind::WebhookTest, test_body(31_337, 1_800_000_000));
    for (kind, body) in told.chain([vested, test]) {
        let value: Value = serde_json::from_str(&body).unwrap();
        let wrong = faults(shapes::all(), &kind.schema(), &value);
        assert!(wrong.is_empty(), "{kind:?} {body}: {wrong:?}");
        assert_eq!(value["type"], kind.word());
        assert_eq!(value["timestamp"], "2027-01-15T08:00:00Z");
    }
}

#[test]
fn a_fact_that_another_one_tells_is_not_told_twice() {
    let origin = Origin::default();
    for fact in [
        Fact::HolderChanged {
            id: ID,
            holder: WHO,
        },
        Fact::RecoveringSet { id: ID, on: true },
        Fact::RoleRevoked {
            role: 1,
            account: WHO,
        },
    ] {
        assert!(
            event_of(1, (&origin, &fact), &token()).is_none(),
            "{fact:?}"
        );
    }
}

#[test]
fn what_a_payment_brought_and_what_was_withheld_are_apart() {
    let fact = Fact::Claimed {
        id: ID,
        to: WHO,
        gross: 10,
        withheld: 3,
    };
    let told = event_of(1, (&Origin::default(), &fact), &token()).unwrap();
    let value: Value = serde_json::from_str(&told.1).unwrap();
    let raw = |field: &str| value["data"][field]["raw"].as_str().unwrap().to_owned();
    assert_eq!(
        [raw("claimed"), raw("withheld"), raw("released")],
        ["7", "3", "10"]
    );
}
