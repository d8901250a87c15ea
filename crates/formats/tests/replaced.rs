//! What a person reads before she signs a replacement: every term that is not as it was.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use alloy_primitives::{Address, B256, U256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{Goal, GoalState, Kind};
use guerdon_core::grant::Desk;
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GoalRecord, GrantRecord, Ledger, PoolRecord, Record};
use guerdon_core::succession::{SuccessionDomain, signed_word};
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use guerdon_formats::calendar::Zone;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::replacement::{Replaced, Weighed};
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::sheet::{Context, Defaults, Documents, Inherited, Sheet, TokenSpec, read};

const GRANTS: Address = Address::repeat_byte(0x6a);
const START: u64 = 1_782_864_000;
const DAY: u32 = 86_400;

fn schedule(end: u32) -> Schedule {
    Schedule::new(vec![Segment {
        end,
        cumulative: 1_000_000_000,
        steps: 12,
    }])
    .unwrap()
}

/// Kind to its holder: no backdating, a grace, no withholding, a clock of its own for leaving.
fn old() -> Terms {
    Terms {
        recipient: Address::repeat_byte(7),
        amount: 600,
        start: START,
        powers: Powers {
            end: true,
            r#move: true,
            recover: false,
        },
        grace_seconds: 90 * DAY,
        backdate_seconds: 0,
        pause_max: 30 * DAY,
        withhold_bps: 2_500,
        document: B256::repeat_byte(1),
        gates: Vec::new(),
        unlock: Some(Unlock {
            start: START,
            schedule: schedule(400 * DAY),
        }),
        vesting: schedule(365 * DAY),
    }
}

fn gate(goal: u64, share_ppb: u32) -> Gate {
    Gate {
        goal: B256::from(U256::from(goal)),
        share_ppb,
        rule: Rule::default(),
    }
}

fn goal(id: B256) -> GoalRecord {
    GoalRecord {
        id,
        goal: Goal {
            kind: Kind::Count,
            threshold: 1,
            stretch: 1,
            base_ppb: 1_000_000_000,
            default_ppb: 0,
            bound: 0,
            attempts: 1,
            max_voids: 0,
            samples: 1,
            pool: 1,
            guards: 0,
            opens: START,
            closes: START + u64::from(DAY),
            run_seconds: DAY,
            challenge_seconds: DAY,
            arbiter_seconds: DAY,
            seed_blocks: 0,
            sponsor: Address::repeat_byte(1),
            panel: B256::ZERO,
            arbiter: Address::repeat_byte(2),
            bond_token: Address::ZERO,
            bond: 0,
            data: B256::ZERO,
            spec: B256::ZERO,
        },
        m: 1,
        panel: vec![Address::repeat_byte(3)],
        state: GoalState::default(),
        attempts: Vec::new(),
        defined: Origin::default(),
        changed: Origin::default(),
    }
}

/// Its record; payroll lowered what is withheld to a tenth.
fn record(terms: &Terms) -> GrantRecord {
    let opened = Fact::Opened {
        id: Domain::new(31_337, GRANTS).id(&terms.encode().unwrap()),
        root: B256::ZERO,
        index: 0,
        recipient: terms.recipient,
        amount: terms.amount,
        withhold_bps: terms.withhold_bps,
    };
    let mut record = GrantRecord::begin(&Origin::default(), &opened).unwrap();
    record.state.withhold_bps = 1_000;
    record
}

fn weighed(new: Terms) -> (Weighed, ReplacementFile) {
    between(&old(), new)
}

/// Every goal of theirs has the same name.
fn between(terms: &Terms, new: Terms) -> (Weighed, ReplacementFile) {
    let record = record(terms);
    let mut ledger = Ledger {
        pool: PoolRecord {
            funded: 10_000,
            promised: 600,
            ..PoolRecord::default()
        },
        ..Ledger::default()
    };
    ledger.grants.insert(record.id, record);
    for gate in terms.gates.iter().chain(&new.gates) {
        ledger.goals.insert(gate.goal, goal(gate.goal));
    }
    let file = ReplacementFile {
        domain: SuccessionDomain {
            chain_id: 31_337,
            succession: Address::repeat_byte(0x6b),
        },
        old: record.id,
        old_word: signed_word(&record.state),
        successors: vec![NewGrant {
            name: "P-1b".to_owned(),
            file: GrantFile {
                chain_id: 31_337,
                contract: GRANTS,
                terms: new,
                round: None,
                proof: Default::default(),
                goals: Vec::new(),
                agreement: None,
            },
        }],
        deadline: START + 30 * u64::from(DAY),
        signature: None,
    };
    let replaced = Replaced {
        ledger: &ledger,
        desk: Desk {
            domain: Domain::new(31_337, GRANTS),
            grants: GRANTS,
            token: Address::repeat_byte(0x70),
            now: START,
        },
        record: &record,
        terms,
        name: "P-1",
        zone: &Zone::named("UTC").unwrap(),
        goal: &|_| "launch-eu".to_owned(),
        unit: ("ACC", 0),
    };
    (replaced.weigh(&file, true).unwrap(), file)
}

#[test]
fn every_term_that_differs_is_said_with_both_its_values() {
    let new = Terms {
        recipient: Address::repeat_byte(9),
        amount: 700,
        start: START + 1,
        powers: Powers {
            end: false,
            r#move: false,
            recover: true,
        },
        grace_seconds: 0,
        backdate_seconds: 30 * DAY,
        pause_max: 0,
        withhold_bps: 2_500,
        document: B256::repeat_byte(2),
        gates: Vec::new(),
        unlock: None,
        vesting: schedule(365 * DAY),
    };
    let (weighed, file) = weighed(new);
    let said: Vec<_> = weighed.compared()[0]
        .changed
        .iter()
        .map(ToString::to_string)
        .collect();
    for words in [
        "paid to: 0x0707070707070707070707070707070707070707 before, 0x0909",
        "granted: 600 ACC before, 700 ACC after",
        "vested money may leave: ",
        ", at once after",
        "withheld for tax from each payment: 10% before, 25% after",
        "the company may end it: yes before, no after",
        "how far back an end may reach: not at all before, 30 days after",
        "grace after an end as a good leaver: 90 days before, none after",
        "how long the company may pause it in all: 30 days before, never after",
        "the holder may move it to another account: yes before, no after",
        "the company may recover it for a lost key: no before, yes after",
        "its agreement: the text with the hash 0x0101",
    ] {
        assert!(
            said.iter().any(|it| it.contains(words)),
            "{words}: {said:#?}"
        );
    }
    let schedule = said.iter().find(|it| it.starts_with("earned by time: "));
    let (before, after) = schedule.unwrap().split_once(" before, ").unwrap();
    assert_ne!(
        before.trim_start_matches("earned by time: "),
        after.trim_end_matches(" after"),
        "one second is a difference, and stands in the words"
    );
    assert_eq!(said.len(), 12, "{said:#?}");
    let facts = weighed.facts();
    for line in &said {
        let fact = facts.iter().find(|(_, text)| text == line);
        assert_eq!(fact.unwrap().0, "in the first");
    }
    let data = weighed.value(&file);
    assert_eq!(data["successors"][0]["changes"][3]["after"], "at once");
}

/// What the words for `what` are before and after.
fn said(old: &Terms, new: Terms, what: &str) -> [String; 2] {
    let (weighed, _) = between(old, new);
    let mut changes = weighed.compared()[0].changed.iter();
    let found = changes.find(|changed| changed.what == what).unwrap();
    [found.before.to_string(), found.after.to_string()]
}

#[test]
fn dates_between_the_first_and_the_last_are_said() {
    // 1 Jan 2027, 1 Dec 2029 and 1 Jan 2030 after 1 Jul 2026.
    let vesting = |days: [u32; 2], first: u32| {
        let segment = |days: u32, cumulative| Segment {
            end: days * DAY,
            cumulative,
            steps: 0,
        };
        let segments = vec![segment(days[0], first), segment(days[1], 1_000_000_000)];
        Schedule::new(segments).unwrap()
    };
    let (fair, late) = (
        vesting([184, 1_280], 500_000_000),
        vesting([1_249, 1_280], 490_000_000),
    );
    let with = |vesting: &Schedule| Terms {
        vesting: vesting.clone(),
        unlock: Some(Unlock {
            start: START,
            schedule: vesting.clone(),
        }),
        ..old()
    };
    let exact = [
        "; exactly, in UTC: from 1 Jul 2026; 50% by 1 Jan 2027, second by second; 100% by \
         1 Jan 2030, second by second",
        "; exactly, in UTC: from 1 Jul 2026; 49% by 1 Dec 2029, second by second; 100% by \
         1 Jan 2030, second by second",
    ];
    for what in ["earned by time", "vested money may leave"] {
        let said = said(&with(&fair), with(&late), what);
        for (said, exact) in said.iter().zip(exact) {
            assert!(said.ends_with(exact), "{said}");
        }
    }
    // The same dates from another start: one segment ends later by what the other begins earlier.
    let early = Terms {
        start: START - u64::from(DAY),
        ..with(&vesting([185, 1_281], 500_000_000))
    };
    let [before, after] = said(&with(&fair), early, "earned by time");
    assert!(
        before.contains("UTC: from 1 Jul 2026; 50% by 1 Jan 2027"),
        "{before}"
    );
    assert!(
        after.contains("UTC: from 30 Jun 2026; 50% by 1 Jan 2027"),
        "{after}"
    );
}

#[test]
fn many_stages_are_said_one_by_one() {
    let stages = |late: u32| {
        let segment = |place: u32| Segment {
            end: place * 30 * DAY + if place == 5 { late } else { 0 },
            cumulative: place * 100_000_000,
            steps: 0,
        };
        Terms {
            vesting: Schedule::new((1..=10).map(segment).collect()).unwrap(),
            ..old()
        }
    };
    let [before, after] = said(&stages(0), stages(1), "earned by time");
    assert!(before.starts_with("10 stages, from "), "{before}");
    assert!(before.contains("50% by 28 Nov 2026, second by"), "{before}");
    assert!(
        after.contains("50% by 28 Nov 2026 00:00:01, second by"),
        "{after}"
    );
}

#[test]
fn a_goal_of_the_same_name_is_told_apart_by_its_id() {
    let gated = |goal, share_ppb| Terms {
        gates: vec![gate(goal, share_ppb)],
        ..old()
    };
    for share_ppb in [400_000_000, 900_000_000] {
        let new = gated(6, share_ppb);
        let [before, after] = said(&gated(5, 400_000_000), new, "results");
        let of = |goal: u64| format!("launch-eu ({})", B256::from(U256::from(goal)));
        assert!(
            before.starts_with("40% of it opens") && before.contains(&of(5)),
            "{before}"
        );
        assert!(after.contains(&of(6)) && !after.contains(&of(5)), "{after}");
    }
}

#[test]
fn what_stays_is_not_said_to_change() {
    let same = Terms {
        document: B256::repeat_byte(2),
        withhold_bps: 1_000,
        ..old()
    };
    let (weighed, _) = weighed(same);
    let changes = &weighed.compared()[0].changed;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].what, "its agreement");
    let same = &weighed.compared()[0].same;
    assert_eq!(
        same.len(),
        12,
        "every other term, with what it says: {same:?}"
    );
    assert_eq!(same[1].0, "granted");
    assert_eq!(same[1].1.to_string(), "600 ACC");
    assert_eq!(weighed.figures().granted, (600, 600));
    assert_eq!(weighed.figures().holders, None, "nobody else is paid");
    let facts = weighed.facts();
    assert!(facts.contains(&("in the first", "every other term as before".to_owned())));
}

const COLUMNS: &str = "external_id,employee_id,wallet,token,quantity,vesting_start,timezone,template,\
                       cliff_months,duration_months,interval_months,cliff_percent";
const ROW: &str = "P-1b,E1,0x0707070707070707070707070707070707070707,ACC,600,2026-07-01,UTC,even,\
                   0,12,1,";

fn sheet(csv: &str, inherited: Inherited) -> Sheet {
    let mut nonces = || [3; 32];
    let mut context = Context {
        chain_id: 31_337,
        grants: GRANTS,
        token: None,
        company: "Acme".to_owned(),
        tokens: vec![TokenSpec {
            symbol: "ACC".to_owned(),
            decimals: 0,
        }],
        goals: Default::default(),
        defaults: Defaults::of(&old(), 1_000),
        inherited,
        documents: Documents::Nonces(&mut nonces),
    };
    read(csv.as_bytes(), &mut context)
}

#[test]
fn what_no_column_says_is_taken_over_from_the_old_grant() {
    let gate = gate(5, 400_000_000);
    let gated = Terms {
        gates: vec![gate],
        ..old()
    };
    let read = sheet(&format!("{COLUMNS}\n{ROW}\n"), Inherited::of(&gated));
    assert_eq!(read.errors, []);
    let terms = &read.drafts[0].terms;
    assert_eq!(terms.powers, gated.powers);
    assert_eq!(
        (terms.grace_seconds, terms.backdate_seconds, terms.pause_max),
        (90 * DAY, 0, 30 * DAY)
    );
    assert_eq!(terms.withhold_bps, 1_000, "the rate of now");
    assert_eq!(terms.unlock, gated.unlock);
    assert_eq!(terms.gates, gated.gates);
    let text = &read.drafts[0].agreement.as_ref().unwrap().text;
    assert!(
        text.contains("at most 0 seconds back") && text.contains("May leave: "),
        "{text}"
    );

    let read = sheet(&format!("{COLUMNS},gates\n{ROW},\n"), Inherited::of(&gated));
    assert_eq!(read.drafts[0].terms.gates, [], "an empty cell says none");
    let read = sheet(&format!("{COLUMNS}\n{ROW}\n"), Inherited::default());
    assert_eq!(read.drafts[0].terms.gates, []);
}
