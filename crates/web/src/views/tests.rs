//! States that the sample company of the integration tests does not reach, each in its words.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{Attempt, AttemptStatus, Goal, GoalFlags, GoalState, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord, GrantRecord};
use guerdon_core::state::{Clock, Flags, Phase, State};
use guerdon_core::succession::Recovery;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use jiff::tz::TimeZone;

use super::goal::{GoalData, GoalPage};
use super::grant::{GrantData, GrantPage};
use super::shell::AsOf;
use super::{Context, NamedGoal, goal_words};
use crate::numbers::Token;
use crate::state::{Company, DeploymentView};
use askama::Template;

const START: u64 = 1_800_000_000;
const YEAR: u64 = 31_536_000;
const GOAL: B256 = B256::repeat_byte(9);

pub(super) fn deployment() -> DeploymentView {
    DeploymentView {
        chain_id: 1,
        genesis_hash: B256::ZERO,
        start_block: 0,
        grants: Address::repeat_byte(1),
        goals: Address::repeat_byte(2),
        token: Token {
            symbol: "ACC".into(),
            name: "Acme".into(),
            decimals: 0,
        },
        bond_token: Arc::default(),
        wallet_network: None,
        contracts: Vec::new(),
    }
}

fn terms(gates: Vec<Gate>) -> Terms {
    let year = |end: u32, cumulative| Segment {
        end: end * 31_536_000,
        cumulative,
        steps: 4,
    };
    let segments = vec![year(1, 250_000_000), year(4, 1_000_000_000)];
    Terms {
        recipient: Address::repeat_byte(7),
        amount: 10_000,
        start: START,
        powers: Powers::default(),
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::ZERO,
        gates,
        unlock: None,
        vesting: Schedule::new(segments).unwrap(),
    }
}

fn goal() -> Goal {
    Goal {
        kind: Kind::Paired,
        threshold: -50_000_000,
        stretch: 50_000_000,
        base_ppb: 0,
        default_ppb: 250_000_000,
        bound: 1960,
        attempts: 3,
        max_voids: 1,
        samples: 400,
        pool: 4_000,
        guards: 0b11,
        opens: START,
        closes: START + YEAR,
        run_seconds: 86_400,
        challenge_seconds: 3_600,
        arbiter_seconds: 90,
        seed_blocks: 5,
        sponsor: Address::ZERO,
        panel: B256::ZERO,
        arbiter: Address::ZERO,
        bond_token: Address::ZERO,
        bond: 7,
        data: B256::ZERO,
        spec: B256::ZERO,
    }
}

fn record(attempts: Vec<AttemptRecord>) -> GoalRecord {
    GoalRecord {
        id: GOAL,
        goal: goal(),
        m: 2,
        panel: vec![Address::repeat_byte(3); 3],
        state: GoalState {
            flags: GoalFlags::DEFINED,
            closes: START + YEAR,
            count: attempts.len() as u16,
            ..GoalState::default()
        },
        attempts,
        defined: Origin::default(),
        changed: Origin::default(),
    }
}

fn attempt(status: AttemptStatus) -> AttemptRecord {
    let word = Attempt {
        status,
        deadline: START + 100,
        ..Attempt::default()
    };
    AttemptRecord {
        word,
        ..AttemptRecord::default()
    }
}

/// The text of a grant's page at a time; the state may be changed before.
fn grant_page(terms: Option<Terms>, now: u64, change: impl FnOnce(&mut State)) -> String {
    let mut state = State::opened(0, 0);
    change(&mut state);
    let grant = GrantRecord {
        id: B256::repeat_byte(5),
        root: B256::repeat_byte(6),
        index: 0,
        recipient: Address::repeat_byte(7),
        amount: 10_000,
        state,
        descent: None,
        moved_to: None,
        recovery: Recovery::default(),
        inherited: 0,
        paid_net: state.released,
        withheld: 0,
        freed: 0,
        payments: 0,
        opened: Origin::default(),
        changed: Origin::default(),
    };
    let named = NamedGoal {
        record: record(Vec::new()),
        name: None,
        title: None,
    };
    let data = GrantData {
        record: grant,
        facts: Vec::new(),
        terms,
        zone: None,
        goals: vec![named].into(),
        round: "R".to_owned(),
        leaves: None,
        successors: Vec::new(),
        binding_at: 0,
        named: None,
    };
    let (company, deployment) = (
        Company {
            name: "Acme".into(),
        },
        deployment(),
    );
    let as_of = AsOf {
        head: Some((1, now)),
        answered: Some(5),
        trouble: None,
        wall: 5,
        chain_id: 1,
    };
    let context = Context {
        company: &company,
        deployment: &deployment,
        as_of,
        viewer: None,
    };
    GrantPage::new(&data, &context).unwrap().render().unwrap()
}

#[track_caller]
fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word}\n{page}");
    }
}

#[test]
fn a_grant_without_known_terms_says_so() {
    let page = grant_page(None, START, |state| state.released = 40);
    says(
        &page,
        &[
            "Its terms are not known here.",
            "guerdon round import",
            "40.00 ACC claimed",
            "9,960.00 ACC not known here",
        ],
    );
}

#[test]
fn each_state_of_a_grant_has_its_words() {
    let paused = |state: &mut State| {
        state.flags = state.flags.with(Flags::PAUSED);
        state.phase = Phase::Active(Clock {
            stop_at: START + YEAR,
            credit: 0,
            lost: 0,
        });
    };
    let long_pause = Terms {
        pause_max: 31_536_000,
        ..terms(Vec::new())
    };
    let page = grant_page(Some(long_pause), START + YEAR + 86_400, paused);
    says(
        &page,
        &[
            "State: paused.",
            "The clock has been stopped since",
            "365 days in all",
        ],
    );

    let held = |state: &mut State| state.flags = state.flags.with(Flags::HOLDER_ONLY);
    let page = grant_page(Some(terms(Vec::new())), START + YEAR, held);
    says(
        &page,
        &[
            "State: held by its holder.",
            "Only the holder may call for payment.",
            "own claim is paid.",
        ],
    );

    let settled = |state: &mut State| {
        state.flags = state.flags.with(Flags::SETTLED);
        state.phase = Phase::Settled { value: 6_000 };
        state.released = 6_000;
    };
    let page = grant_page(Some(terms(Vec::new())), START + YEAR, settled);
    says(
        &page,
        &[
            "State: settled.",
            "Settled at 6,000.00 ACC",
            "freed",
            "no, it is over",
        ],
    );

    // This deployment has no Succession.
    let page = grant_page(Some(terms(Vec::new())), START - 9, |_| {});
    says(
        &page,
        &[
            "Vesting starts on",
            "Nothing is earned before",
            "the terms do not allow it",
            "never: no contract here can do it",
        ],
    );
}

#[test]
fn an_unlock_clock_and_a_trigger_are_told() {
    let later = vec![Segment {
        end: 4 * 31_536_000,
        cumulative: 1_000_000_000,
        steps: 1,
    }];
    let unlock = Unlock {
        start: START,
        schedule: Schedule::new(later).unwrap(),
    };
    let clocked = Terms {
        unlock: Some(unlock),
        ..terms(Vec::new())
    };
    let page = grant_page(Some(clocked), START + YEAR, |_| {});
    says(
        &page,
        &["vested and may not leave yet", "vested, not unlocked yet"],
    );

    let rule = Rule {
        lapse: true,
        trigger: true,
    };
    let gated = terms(vec![Gate {
        goal: GOAL,
        share_ppb: 0,
        rule,
    }]);
    let page = grant_page(Some(gated), START + YEAR, |_| {});
    says(
        &page,
        &[
            "all of it depends on 1 result",
            "Result that decides the whole",
            "registered before an end",
        ],
    );
}

#[test]
fn a_demand_that_stands_says_what_silence_pays() {
    let mut asked = record(Vec::new());
    asked.goal.default_ppb = 300_000_000;
    asked.state.demanded_at = START;
    asked.state.flags = GoalFlags::DEFINED.with(GoalFlags::DEMANDED);
    let words =
        "a run was asked for on 15 Jan 2027: if no signed result answers, it closes with 30";
    for now in [START + 50, START + 2 * YEAR] {
        let standing = goal_words::standing(&asked, &TimeZone::UTC, now);
        assert!(standing.state.contains(words), "{}", standing.state);
        assert!(standing.can_rise);
    }
    asked.state.flags = asked.state.flags.with(GoalFlags::FINAL);
    let done = goal_words::standing(&asked, &TimeZone::UTC, START + 2 * YEAR);
    assert!(!done.state.contains("asked for") && !done.can_rise);
}

#[test]
fn each_status_of_an_attempt_names_who_acts() {
    use AttemptStatus::{Challenged, Proposed, Registered};
    let rows = [
        (Registered, 50, "2 of 3 panel members sign the result"),
        (Registered, 200, "may expire the attempt"),
        (Proposed, 50, "anyone who disputes it"),
        (Proposed, 200, "may finalize it"),
        (Challenged, 50, "the arbiter, by"),
        (Challenged, 200, "the proposal stands"),
    ];
    for (status, after, words) in rows {
        let record = record(vec![attempt(status)]);
        let standing = goal_words::standing(&record, &TimeZone::UTC, START + after);
        assert!(
            standing.next.contains(words),
            "{status:?}: {}",
            standing.next
        );
        assert!(standing.can_rise);
    }
    let before = goal_words::standing(&record(Vec::new()), &TimeZone::UTC, START - 1);
    assert!(before.state.starts_with("opens on"), "{}", before.state);
    let after = goal_words::standing(&record(Vec::new()), &TimeZone::UTC, START + 2 * YEAR);
    assert!(
        after.next.contains("close it") && !after.can_rise,
        "{}",
        after.next
    );
}

#[test]
fn a_paired_goal_with_guards_and_a_default_is_told_whole() {
    let result = AttemptRecord {
        has_result: true,
        x: 90,
        y: 30,
        samples: 400,
        guards: 0b01,
        lower: Some(90_000_000),
        ..attempt(AttemptStatus::Finished)
    };
    let finished = Fact::Finalized {
        id: GOAL,
        attempt: 0,
        fraction: 250_000_000,
        best: 250_000_000,
        to_challenger: 0,
        cleared_demand: true,
    };
    let data = GoalData {
        goal: NamedGoal {
            record: record(vec![result]),
            name: None,
            title: None,
        },
        facts: vec![(Origin::default(), finished)],
        grants: Vec::new(),
        decides: 0,
        conflicts: 1,
    };
    let (company, deployment) = (
        Company {
            name: "Acme".into(),
        },
        deployment(),
    );
    let as_of = AsOf {
        head: Some((1, START)),
        answered: Some(5),
        trouble: None,
        wall: 5,
        chain_id: 1,
    };
    let context = Context {
        company: &company,
        deployment: &deployment,
        as_of,
        viewer: None,
    };
    let page = GoalPage::new(&data, &context).render().unwrap();
    says(
        &page,
        &[
            "Wins less losses against a baseline on 400 hidden items",
            "90 wins, 30 losses of 400",
            "2 conditions must hold, or a result pays nothing",
            "drawn by the chain, 5 blocks after registration",
            "pays 25\u{a0}%, once the sponsor has asked for a run",
            "the arbiter may declare 1 void",
            "has 90 seconds",
            "a guard condition failed",
            "The 1st attempt final: pays 25\u{a0}%, and answers what the sponsor asked for",
            "One member holds a grant that it decides",
            "No grant that is known here depends on it.",
        ],
    );
}
