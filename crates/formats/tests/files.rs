//! Round, grant, goal and signature files: what is written reads back, and no byte can change.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, address};
use guerdon_core::goal::{Accept, Goal, GoalsDomain, Kind, PanelResult, panel_hash};
use guerdon_formats::goal_file::{GoalDefinition, GoalPlace, spec_hash};
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_formats::round_file::{RoundFile, RoundFileError, RoundOrigin};
use guerdon_formats::sheet::{
    Context, Defaults, Documents, Draft, Inherited, Sheet, TokenSpec, read,
};
use guerdon_formats::signature_file::{SignatureFile, Signed};
use proptest::prelude::*;

const GRANTS: Address = address!("5FbDB2315678afecb367f032d93F642f64180aa3");
const GOALS: Address = address!("e7f1725E7734CE288F8367e1Bb143E90bb3F0512");

fn definition(name: &str) -> GoalDefinition {
    let panel: Vec<_> = (1..=3).map(Address::repeat_byte).collect();
    let pairs = [("harness", "lm-evaluation-harness 0.4.13"), ("task", name)];
    let specification = pairs
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into();
    let goal = Goal {
        kind: Kind::Proportion,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 2,
        max_voids: 0,
        samples: 500,
        pool: 500,
        guards: 0,
        opens: 1_782_864_000,
        closes: 1_877_472_000,
        run_seconds: 86_400,
        challenge_seconds: 86_400,
        arbiter_seconds: 86_400,
        seed_blocks: 0,
        sponsor: Address::repeat_byte(7),
        panel: panel_hash(2, &panel),
        arbiter: Address::repeat_byte(8),
        bond_token: Address::repeat_byte(9),
        bond: 100_000_000_000_000_000_000,
        data: B256::repeat_byte(5),
        spec: spec_hash(name, &specification),
    };
    let place = Some(GoalPlace {
        chain_id: 31337,
        contract: GOALS,
    });
    GoalDefinition {
        name: name.to_owned(),
        goal,
        m: 2,
        panel,
        specification,
        place,
    }
}

fn definitions() -> Vec<GoalDefinition> {
    vec![
        definition("product_500@0.80..0.90"),
        definition("launch-eu"),
    ]
}

fn sheet() -> Sheet {
    sheet_with([3; 32])
}

fn sheet_with(nonce: [u8; 32]) -> Sheet {
    let mut nonces = || nonce;
    let goals = definitions()
        .iter()
        .map(|goal| (goal.name.clone(), goal.id().unwrap()))
        .collect();
    let goals: BTreeMap<_, _> = goals;
    let mut context = Context {
        chain_id: 31337,
        grants: GRANTS,
        token: None,
        company: "Acme".to_owned(),
        tokens: vec![TokenSpec {
            symbol: "ACC".to_owned(),
            decimals: 18,
        }],
        goals,
        defaults: Defaults::default(),
        inherited: Inherited::default(),
        documents: Documents::Nonces(&mut nonces),
    };
    read(include_bytes!("data/grants/acme-2026-h1.csv"), &mut context)
}

fn grant_file(sheet: &Sheet, draft: &Draft) -> GrantFile {
    let tree = sheet.tree().unwrap();
    let index = tree.index_of(draft.id).unwrap();
    let gates = &draft.terms.gates;
    let asked = |goal: &GoalDefinition| gates.iter().any(|gate| Some(gate.goal) == goal.id());
    GrantFile {
        chain_id: 31337,
        contract: GRANTS,
        terms: draft.terms.clone(),
        round: Some(RoundPlace {
            root: tree.root(),
            index,
        }),
        proof: tree.proof(index).unwrap(),
        goals: definitions().into_iter().filter(asked).collect(),
        agreement: draft.agreement.clone(),
    }
}

#[test]
fn a_sheet_read_again_promises_and_says_the_same_but_for_its_nonces() {
    let (first, again) = (sheet(), sheet_with([4; 32]));
    for (one, other) in first.drafts.iter().zip(&again.drafts) {
        assert_ne!(one.id, other.id, "documents of their own");
        assert!(one.promises_like(&other.encoded, &other.zone));
        assert!(!one.promises_like(&other.encoded, "Arctic/Longyearbyen"));
        let said = &other.agreement.as_ref().unwrap().text;
        let agreement = one.agreement.as_ref().unwrap();
        assert_ne!(&agreement.text, said);
        assert!(agreement.says_like(said));
        assert!(!agreement.says_like(&said.replace("Granted to", "Given to")));
        assert!(!agreement.says_like("Grant"));
    }
    let (one, next) = (&first.drafts[0], &again.drafts[1]);
    assert!(!one.promises_like(&next.encoded, &one.zone));
    assert!(!one.promises_like(&[], &one.zone));
}

fn round_file(sheet: &Sheet) -> RoundFile {
    let token = Some(TokenSpec {
        symbol: "ACC".to_owned(),
        decimals: 18,
    });
    let document = B256::repeat_byte(4);
    let origin = RoundOrigin {
        chain_id: 31337,
        contract: GRANTS,
        token,
        document,
    };
    RoundFile::build(origin, &sheet.drafts).unwrap()
}

#[test]
fn grant_files_read_back_and_are_canonical() {
    let sheet = sheet();
    for draft in &sheet.drafts {
        let file = grant_file(&sheet, draft);
        let bytes = file.encode().unwrap();
        assert_eq!(GrantFile::decode(&bytes), Ok(file));
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with(r#"{"version":1,"chain_id":31337,"contract":"0x5FbDB2315678af"#));
        assert!(text.ends_with("}\n") && !text.contains(r#"": "#));
    }
    let text = grant_file(&sheet, &sheet.drafts[9]).encode().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let wanted =
        "version chain_id contract id terms decoded round proof goals agreement".split(' ');
    assert_eq!(keys, wanted.collect::<Vec<_>>());
    assert_eq!(value["decoded"]["amount"], "96000000000000000000000");
    assert_eq!(value["decoded"]["gates"][0]["sharePpb"], 400_000_000);
}

#[test]
fn a_grant_file_with_any_byte_changed_is_refused() {
    let sheet = sheet();
    let bytes = grant_file(&sheet, &sheet.drafts[4]).encode().unwrap();
    for place in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[place] ^= 1;
        assert!(GrantFile::decode(&wrong).is_err(), "byte {place}");
    }
}

#[test]
fn a_grant_file_names_the_field_that_is_wrong() {
    let sheet = sheet();
    let text = String::from_utf8(grant_file(&sheet, &sheet.drafts[9]).encode().unwrap()).unwrap();
    let rows = [
        (
            r#""powers":7"#,
            r#""powers":6"#,
            "`decoded.powers` is wrong: it says 6",
        ),
        (
            r#""sharePpb":400"#,
            r#""sharePpb":300"#,
            "`decoded.gates[0].sharePpb` is wrong",
        ),
        (
            r#""index":"#,
            r#""place":"#,
            "the field `round.index` is missing",
        ),
        (
            r#""id":"0x"#,
            r#""id":"0X"#,
            "the field `id` must be 0x and pairs",
        ),
        (
            r#""text":"Grant"#,
            r#""text":"grant"#,
            "the field `agreement.text` is wrong",
        ),
        (
            r#""attempts":2"#,
            r#""attempts":3"#,
            "`goals[0].place.id` is wrong",
        ),
        (
            r#""version":1"#,
            r#""version":2"#,
            "the field `version` is wrong: 2 is not known",
        ),
        (
            r#"{"version":1"#,
            r#"{"extra":1,"version":1"#,
            "there is no field `extra`",
        ),
        (
            r#","chain_id":31337"#,
            r#", "chain_id":31337"#,
            "first difference at byte 13",
        ),
    ];
    for (from, to, want) in rows {
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text, "{from}");
        let told = GrantFile::decode(wrong.as_bytes()).unwrap_err().to_string();
        assert!(told.contains(want), "{want}: {told}");
    }
    let mut stripped = grant_file(&sheet, &sheet.drafts[9]);
    stripped.goals.clear();
    assert!(
        stripped
            .encode()
            .unwrap_err()
            .to_string()
            .contains("of a gate is not among them")
    );
}

#[test]
fn a_round_file_verifies_itself() {
    let sheet = sheet();
    let file = round_file(&sheet);
    let bytes = file.encode().unwrap();
    assert_eq!(bytes, round_file(&sheet).encode().unwrap());
    let read = RoundFile::decode(&bytes).unwrap();
    assert_eq!(read, file);
    assert_eq!(
        (read.header.count, read.header.tzdb.as_str()),
        (21, "2026f")
    );
    assert_eq!(read.tree().unwrap().root(), sheet.tree().unwrap().root());
    for place in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[place] ^= 1;
        assert!(RoundFile::decode(&wrong).is_err(), "byte {place}");
    }
    let more = [bytes.as_slice(), &bytes].concat();
    assert!(RoundFile::decode(&more).is_err());
}

#[test]
fn a_round_file_of_other_grants_is_refused() {
    let mut file = round_file(&sheet());
    let last = file.terms.pop().unwrap();
    let told = RoundFile::decode(&file.encode().unwrap()).unwrap_err();
    assert!(matches!(told, RoundFileError::OtherRound(_)), "{told}");
    file.terms.insert(0, last);
    let told = RoundFile::decode(&file.encode().unwrap()).unwrap_err();
    assert_eq!(told, RoundFileError::Order { line: 3 });
    file.terms[2] = vec![1; 40];
    let told = RoundFile::decode(&file.encode().unwrap()).unwrap_err();
    assert!(
        told.to_string()
            .starts_with("line 4 of the round file is wrong"),
        "{told}"
    );
}

#[test]
fn goal_definitions_can_be_written_by_hand() {
    let goal = definition("launch-eu");
    assert_eq!(GoalDefinition::decode(&goal.encode()), Ok(goal.clone()));
    let mut hand: serde_json::Value = serde_json::from_slice(&goal.encode()).unwrap();
    hand["goal"]["kind"] = "PROPORTION".into();
    hand["goal"]["threshold"] = 800_000_000.into();
    let fields = hand["goal"].as_object_mut().unwrap();
    fields.remove("panel");
    fields.remove("spec");
    hand.as_object_mut().unwrap().remove("place");
    hand["panel"].as_array_mut().unwrap().reverse();
    let hand = serde_json::to_vec_pretty(&hand).unwrap();
    let read = GoalDefinition::decode(&hand).unwrap();
    assert_eq!(
        read,
        GoalDefinition {
            place: None,
            ..goal.clone()
        }
    );
    assert_eq!(read.id(), None);
    let text = String::from_utf8(goal.encode()).unwrap();
    let rows = [
        (r#""m":2"#, r#""m":1"#, "the field `panel` is wrong"),
        (
            r#""task":"launch"#,
            r#""task":"lunch"#,
            "`goal.spec` is wrong: it follows",
        ),
        (
            r#""kind":0"#,
            r#""kind":9"#,
            "`goal.kind` is wrong: it must be 0 PROPORTION",
        ),
        (
            r#""samples":500"#,
            r#""samples":501"#,
            "`goal` is wrong: 501 samples",
        ),
        (
            r#""bound":1983"#,
            r#""bound":70000"#,
            "`goal.bound` must be a whole number",
        ),
        (r#""closes":"#, r#""close":"#, "`goal.closes` is missing"),
    ];
    for (from, to, want) in rows {
        let told = GoalDefinition::decode(text.replacen(from, to, 1).as_bytes());
        let told = told.unwrap_err().to_string();
        assert!(told.contains(want), "{want}: {told}");
    }
}

#[test]
fn signature_files_read_back() {
    let (goal, model) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let accept = Accept {
        goal,
        attempt: 1,
        model,
        deadline: 1_800_000_000,
    };
    let (samples, evidence) = (500, B256::repeat_byte(3));
    let result = PanelResult {
        goal,
        attempt: 1,
        model,
        x: 428,
        y: 0,
        samples,
        guards: 0,
        evidence,
    };
    for signed in [Signed::Accept(accept), Signed::Result(result)] {
        let domain = GoalsDomain {
            chain_id: 31337,
            goals: GOALS,
        };
        let signer = Address::repeat_byte(4);
        let file = SignatureFile {
            domain,
            signed,
            signer,
            signature: [6; 65],
        };
        let bytes = file.encode();
        assert_eq!(SignatureFile::decode(&bytes), Ok(file));
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("0606\"}", "06\"}");
        let told = SignatureFile::decode(text.as_bytes())
            .unwrap_err()
            .to_string();
        assert_eq!(told, "the field `signature` is wrong: it must be 65 bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = GrantFile::decode(&bytes);
        let _ = RoundFile::decode(&bytes);
        let _ = GoalDefinition::decode(&bytes);
        let _ = SignatureFile::decode(&bytes);
    }
}
