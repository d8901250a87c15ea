use std::io::Cursor;

use alloy_primitives::Address;
use guerdon_core::goal::{Goal, GoalState, panel_hash};
use guerdon_formats::audit::{Bundle, Manifest, Pin};
use guerdon_formats::eval::Hashes;
use guerdon_formats::goal_file::{GoalPlace, Specification, spec_hash};

use super::*;
use crate::output::Format as Output;

const FILE: &str = r#"{"guerdon": "measurement", "version": 1, "task": "availability",
    "metric": "share", "unit": "share of the day", "source": "https://status.acme.example",
    "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-01-03T00:00:00Z"},
    "scores": [{"item": "one", "score": 0.5}, {"item": "two", "score": 1}]}"#;
/// The sum of both scores.
const X: u128 = 1_500_000_000;

fn goal() -> GoalDefinition {
    let name = "availability";
    let specification = Specification::new();
    let panel = vec![Address::repeat_byte(7)];
    let goal = Goal {
        kind: Kind::Measure,
        threshold: 600_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 2,
        max_voids: 0,
        samples: 2,
        pool: 2,
        guards: 0,
        opens: 1,
        closes: 2,
        run_seconds: 3,
        challenge_seconds: 4,
        arbiter_seconds: 5,
        seed_blocks: 0,
        sponsor: Address::repeat_byte(1),
        panel: panel_hash(1, &panel),
        arbiter: Address::repeat_byte(3),
        bond_token: Address::repeat_byte(4),
        bond: 5,
        data: B256::repeat_byte(6),
        spec: spec_hash(name, &specification),
    };
    GoalDefinition {
        name: name.to_owned(),
        goal,
        m: 1,
        panel,
        specification,
        place: Some(GoalPlace {
            chain_id: 31_337,
            contract: Address::repeat_byte(8),
        }),
    }
}

/// What is found where a panel signed x for this file, and these files are in the bundle.
fn told(x: u128, files: &[(u16, &[u8])]) -> Option<String> {
    told_of(goal(), (x, FILE.as_bytes()), files)
}

/// The same for any goal and any file that was signed.
fn told_of(
    definition: GoalDefinition,
    (x, evidence): (u128, &[u8]),
    files: &[(u16, &[u8])],
) -> Option<String> {
    let (report, _) = checked((definition, true), (x, evidence), files);
    let finished = report.finish(Output::Json);
    finished.err().map(|failure| failure.sentence)
}

/// The report, and how many results were not read; the definition is there, or it is not.
fn checked(
    (definition, has_definition): (GoalDefinition, bool),
    (x, evidence): (u128, &[u8]),
    files: &[(u16, &[u8])],
) -> (Report, u64) {
    let id = definition.id().unwrap();
    let place = |number: u16, hash: B256| format!("results/{id}/{number}/{hash}");
    let results = files
        .iter()
        .map(|(number, bytes)| (place(*number, keccak256(bytes)), bytes.to_vec()));
    let mut files: BTreeMap<String, Vec<u8>> = results.collect();
    if has_definition {
        files.insert(format!("goals/{id}.json"), definition.encode());
    }
    let record = GoalRecord {
        id,
        goal: definition.goal,
        m: 1,
        panel: definition.panel,
        state: GoalState::default(),
        attempts: vec![AttemptRecord::default()],
        defined: Origin::default(),
        changed: Origin::default(),
    };
    let ledger = Ledger {
        goals: BTreeMap::from([(id, record)]),
        ..Ledger::default()
    };
    let proposed = Fact::Proposed {
        id,
        attempt: 0,
        x,
        y: 0,
        guards: 0,
        evidence: keccak256(evidence),
        signers: 1,
        fraction: 0,
        deadline: 0,
    };
    let mut report = Report::default();
    let facts = [(Origin::default(), proposed)];
    opened(files, |bundle| {
        check(bundle, (&ledger, &facts), &mut report)
    });
    let unread = report.fact_of("results whose files were not read");
    let unread = unread.and_then(serde_json::Value::as_u64).unwrap();
    (report, unread)
}

/// Does something with a bundle of these files.
fn opened(files: BTreeMap<String, Vec<u8>>, check: impl FnOnce(&mut Opened<'_, Cursor<&[u8]>>)) {
    let manifest = Manifest {
        company: "Acme".to_owned(),
        pin: Pin {
            date: "2026-07-01".to_owned(),
            block: 9,
            hash: B256::ZERO,
            time: 1_782_864_000,
        },
        chain_id: 31_337,
        genesis_hash: B256::ZERO,
        start_block: 1,
        symbol: "ACC".to_owned(),
        decimals: 18,
        contracts: Vec::new(),
        files: Vec::new(),
    };
    let bytes = Bundle::new(manifest, files).encode().unwrap();
    let source = || Ok(Cursor::new(bytes.as_slice()));
    let (manifest, mut archive) = Archive::open(source).unwrap();
    check(&mut (&manifest, &mut archive));
}

#[test]
fn a_file_is_the_one_that_was_signed_and_says_what_was_signed() {
    let file = FILE.as_bytes();
    assert_eq!(told(X, &[(0, file)]), None);
    assert_eq!(told(X, &[]), None, "not every file is kept");
    let other = told(X + 1, &[(0, file)]).unwrap();
    assert!(
        other.contains(&format!("x: it is {X} and should be")),
        "{other}"
    );
    let added = told(X, &[(0, file), (0, b"notes")]).unwrap();
    assert!(
        added.contains("nothing that was signed names it"),
        "{added}"
    );
    let instead = told(X, &[(0, b"another file")]).unwrap();
    assert!(instead.contains("that was signed, 0x"), "{instead}");
    let elsewhere = told(X, &[(0, file), (1, file)]).unwrap();
    assert!(
        elsewhere.contains("no signed result is of its attempt"),
        "{elsewhere}"
    );
}

#[test]
fn files_that_do_not_bear_out_what_was_signed_are_found() {
    let mut longer = goal();
    (longer.goal.samples, longer.goal.pool) = (3, 3);
    let file = FILE.as_bytes();
    let few = told_of(longer, (X, file), &[(0, file)]).unwrap();
    assert!(
        few.contains("reading: the result is over 2 questions"),
        "{few}"
    );
    let mut pinned = goal();
    pinned
        .specification
        .insert("task".to_owned(), "latency".to_owned());
    pinned.goal.spec = spec_hash(&pinned.name, &pinned.specification);
    let other = told_of(pinned, (X, file), &[(0, file)]).unwrap();
    assert!(
        other.contains("its task is availability, not latency"),
        "{other}"
    );
    let torn = told_of(goal(), (X, b"{"), &[(0, b"{")]).unwrap();
    assert!(
        torn.contains("reading: The result file is not valid JSON"),
        "{torn}"
    );
}

#[test]
fn results_whose_files_cannot_be_read_are_counted() {
    let file = FILE.as_bytes();
    let unread = |definition: GoalDefinition, has_definition, evidence: &[u8]| {
        let files = [(0, evidence)];
        let (report, unread) = checked((definition, has_definition), (X, evidence), &files);
        report.finish(Output::Json).unwrap();
        unread
    };
    assert_eq!(unread(goal(), true, file), 0);
    assert_eq!(
        unread(goal(), false, file),
        1,
        "nobody knows what was measured"
    );
    let mut count = goal();
    count.goal.kind = Kind::Count;
    (count.goal.samples, count.goal.pool, count.goal.bound) = (1, 1, 0);
    assert_eq!(unread(count, true, b"a photograph"), 1);
    let mut paired = goal();
    paired.goal.kind = Kind::Paired;
    (paired.goal.samples, paired.goal.pool) = (100, 100);
    let hashes = |byte| Hashes {
        result: B256::repeat_byte(byte),
        answers: None,
    };
    let names = PairFile {
        task: "arith".to_owned(),
        metric: "score".to_owned(),
        filter: "none".to_owned(),
        candidate: hashes(1),
        baseline: hashes(2),
    };
    let unread = unread(paired, true, &names.encode());
    assert_eq!(unread, 1, "the files that it names are not there");
}

#[test]
fn a_file_that_was_changed_has_not_the_hash_of_its_name() {
    let path = format!("results/{0}/0/{0}", B256::repeat_byte(9));
    let files = BTreeMap::from([(path.clone(), b"changed".to_vec())]);
    let mut report = Report::default();
    opened(files, |bundle| {
        check(bundle, (&Ledger::default(), &[]), &mut report)
    });
    let told = report.finish(Output::Json).unwrap_err().sentence;
    assert!(told.contains(&format!("{path}, hash: it is")), "{told}");
}

#[test]
fn a_path_names_goal_attempt_and_hash_in_one_way() {
    let (goal, hash) = (B256::repeat_byte(0xab), B256::repeat_byte(7));
    let found = place(&format!("results/{goal}/3/{hash}"));
    assert_eq!(
        found,
        Some(Place {
            goal,
            attempt: 3,
            hash
        })
    );
    for wrong in [
        format!("results/{goal}/03/{hash}"),
        format!("results/{goal}/+3/{hash}"),
        format!("results/{goal}/70000/{hash}"),
        format!("results/{goal}/3/{hash}/x"),
        format!("results/{goal}/3"),
        format!("results/{}/3/{hash}", goal.to_string().to_uppercase()),
        format!("goals/{goal}.json"),
    ] {
        assert_eq!(place(&wrong), None, "{wrong}");
    }
}
