//! Replacement files: what is written reads back, signed or not, and no byte can change.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use alloy_primitives::{Address, B256, U256};
use guerdon_core::succession::SuccessionDomain;
use guerdon_core::terms::{Powers, Schedule, Segment, Terms};
use guerdon_core::tree::{Leaf, SumTree};
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};

const GRANTS: Address = Address::repeat_byte(0x6a);

fn new_grant(name: &str, amount: u128) -> NewGrant {
    let vesting = Segment {
        end: 31_536_000,
        cumulative: 1_000_000_000,
        steps: 12,
    };
    let terms = Terms {
        recipient: Address::repeat_byte(7),
        amount,
        start: 1_782_864_000,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::repeat_byte(1),
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::new(vec![vesting]).unwrap(),
    };
    let file = GrantFile {
        chain_id: 31_337,
        contract: GRANTS,
        terms,
        round: None,
        proof: Default::default(),
        goals: Vec::new(),
        agreement: None,
    };
    NewGrant {
        name: name.to_owned(),
        file,
    }
}

fn replacement() -> ReplacementFile {
    ReplacementFile {
        domain: SuccessionDomain {
            chain_id: 31_337,
            succession: Address::repeat_byte(0x6b),
        },
        old: B256::repeat_byte(3),
        old_word: U256::MAX >> 104 << 104,
        successors: vec![new_grant("A", 600), new_grant("B", u128::MAX >> 24)],
        deadline: 1_800_000_000,
        signature: None,
    }
}

#[test]
fn replacement_files_read_back_signed_or_not() {
    let unsigned = replacement();
    let signed = ReplacementFile {
        signature: Some(vec![0x1b; 65]),
        ..replacement()
    };
    // A contract that holds a grant may take a signature of any length.
    let contract = ReplacementFile {
        signature: Some(vec![0xff; 200]),
        ..replacement()
    };
    for file in [&unsigned, &signed, &contract] {
        let bytes = file.encode().unwrap();
        assert!(ReplacementFile::claims_to_be(&bytes));
        assert_eq!(&ReplacementFile::decode(&bytes).unwrap(), file);
    }
    assert_eq!(unsigned.digest(), signed.digest());
    let later = ReplacementFile {
        deadline: 1_800_000_001,
        ..replacement()
    };
    assert_ne!(unsigned.digest(), later.digest());
    let grant = new_grant("A", 600).file.encode().unwrap();
    assert!(!ReplacementFile::claims_to_be(&grant));
}

#[test]
fn any_byte_that_changes_is_found_out_or_changes_what_is_signed() {
    let bytes = replacement().encode().unwrap();
    for place in 0..bytes.len() {
        let mut torn = bytes.clone();
        torn[place] ^= 0x01;
        if let Ok(read) = ReplacementFile::decode(&torn) {
            let same = read.digest() == replacement().digest();
            let names = read.successors.iter().map(|new| new.name.clone());
            let named = names.eq(replacement().successors.iter().map(|new| new.name.clone()));
            assert!(!same || !named, "byte {place} changed and nothing noticed");
        }
    }
}

#[test]
fn a_name_that_hides_letters_is_refused() {
    for hidden in ['\u{1b}', '\r', '\n', '\u{9b}', '\u{202e}', '\u{2066}'] {
        let named = |name: &str| ReplacementFile {
            successors: vec![new_grant("A", 600), new_grant(name, 1)],
            ..replacement()
        };
        let error = named(&format!("B{hidden}C")).encode().unwrap_err();
        assert!(error.to_string().contains("successors[1].name"), "{error}");
        // Written by another program.
        let text = String::from_utf8(named("B?C").encode().unwrap()).unwrap();
        let name = serde_json::to_string(&format!("B{hidden}C")).unwrap();
        let forged = text.replacen("\"B?C\"", &name, 1);
        assert_ne!(forged, text);
        let error = ReplacementFile::decode(forged.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("successors[1].name"), "{error}");
    }
}

#[test]
fn a_replacement_has_one_to_eight_grants_of_no_round() {
    let many = |count: usize| ReplacementFile {
        successors: vec![new_grant("A", 1); count],
        ..replacement()
    };
    assert!(many(8).encode().is_ok());
    for count in [0, 9] {
        let error = many(count).encode().unwrap_err().to_string();
        assert!(error.contains("by 1 to 8 others"), "{error}");
    }
    let mut of_round = new_grant("A", 5);
    let leaf = Leaf {
        id: of_round.file.id().unwrap(),
        amount: 5,
    };
    let tree = SumTree::build(vec![leaf]).unwrap();
    of_round.file.round = Some(RoundPlace {
        root: tree.root(),
        index: 0,
    });
    let file = ReplacementFile {
        successors: vec![of_round],
        ..replacement()
    };
    let error = file.encode().unwrap_err().to_string();
    assert!(error.contains("successors[0].grant.round"), "{error}");
}
