//! What a person reads before she signs a replacement: every term that is not as it was.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use alloy_primitives::{Address, B256, U256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::Desk;
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GrantRecord, Ledger, PoolRecord, Record};
use guerdon_core::succession::{SuccessionDomain, signed_word};
use guerdon_core::terms::{Powers, Schedule, Segment, Terms, Unlock};
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
    let terms = old();
    let record = record(&terms);
    let mut ledger = Ledger {
        pool: PoolRecord {
            funded: 10_000,
            promised: 600,
            ..PoolRecord::default()
        },
        ..Ledger::default()
    };
    ledger.grants.insert(record.id, record);
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
        terms: &terms,
        name: "P-1",
        zone: &Zone::named("UTC").unwrap(),
        goal: &|goal| goal.to_string(),
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
    let said: Vec<_> = weighed.changes()[0]
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

#[test]
fn what_stays_is_not_said_to_change() {
    let same = Terms {
        document: B256::repeat_byte(2),
        withhold_bps: 1_000,
        ..old()
    };
    let (weighed, _) = weighed(same);
    let changes = &weighed.changes()[0];
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].what, "its agreement");
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
    let gate = guerdon_core::terms::Gate {
        goal: B256::from(U256::from(5)),
        share_ppb: 400_000_000,
        rule: Default::default(),
    };
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
