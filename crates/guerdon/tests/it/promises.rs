//! Rounds of grants with terms that no sheet can ask for.

use alloy_primitives::{B256, keccak256};
use guerdon_core::id::Domain;
use guerdon_core::terms::{Powers, Schedule, Segment, Terms};
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_formats::round_file::{RoundFile, RoundOrigin};
use guerdon_formats::sheet::{Draft, Person, TokenSpec};

use crate::company::{Acme, address};
use crate::harness::{DAY, START};

pub(crate) const COIN: u128 = 1_000_000_000_000_000_000;

/// 1,000 coins, one a day, every second; 30 days of pauses, ends 10 days back, 20 % withheld.
pub(crate) fn terms(recipient: u32, name: &str) -> Terms {
    let days = |days: u64| u32::try_from(days * DAY).unwrap();
    let vesting = Schedule::new(vec![Segment {
        end: days(1_000),
        cumulative: 1_000_000_000,
        steps: 0,
    }]);
    Terms {
        recipient: address(recipient).parse().unwrap(),
        amount: 1_000 * COIN,
        start: START,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: days(10),
        pause_max: days(30),
        withhold_bps: 2_000,
        document: keccak256(name),
        gates: Vec::new(),
        unlock: None,
        vesting: vesting.unwrap(),
    }
}

/// Writes a round of one grant into the data directory, as an import would; answers its root.
pub(crate) fn promise(acme: &Acme, name: &str, terms: Terms) -> String {
    let (chain_id, contract) = (31_337, acme.contract("Grants").parse().unwrap());
    let encoded = terms.encode().unwrap();
    let token = TokenSpec {
        symbol: "ACC".to_owned(),
        decimals: 18,
    };
    let draft = Draft {
        row: 1,
        external_id: name.to_owned(),
        person: Person {
            name: String::new(),
            email: String::new(),
            employee_id: String::new(),
            country: String::new(),
        },
        token: token.clone(),
        zone: "UTC".to_owned(),
        template: "a coin a day".to_owned(),
        id: Domain::new(chain_id, contract).id(&encoded),
        encoded,
        terms,
        agreement: None,
        stated_value: None,
    };
    let origin = RoundOrigin {
        chain_id,
        contract,
        token: Some(token),
        document: B256::ZERO,
    };
    let round = RoundFile::build(origin, std::slice::from_ref(&draft)).unwrap();
    let tree = round.tree().unwrap();
    let grant = GrantFile {
        chain_id,
        contract,
        terms: draft.terms.clone(),
        round: Some(RoundPlace {
            root: tree.root(),
            index: 0,
        }),
        proof: tree.proof(0).unwrap(),
        goals: Vec::new(),
        agreement: None,
    };
    let root = tree.root().hash.to_string();
    let rounds = acme.company.path(&format!("rounds/{root}.ndjson.zst"));
    std::fs::write(rounds, round.encode().unwrap()).unwrap();
    std::fs::write(acme.grant_file(name), grant.encode().unwrap()).unwrap();
    root
}

/// A grant of [`terms`] that is committed and opened.
pub(crate) fn opened(acme: &Acme, name: &str, terms: Terms) {
    let root = promise(acme, name, terms);
    acme.company
        .json(&["round", "commit", &root, "--from", "0"]);
    acme.company.json(&["grant", "open", name, "--from", "9"]);
}

/// Runs a command that must end with this code and say these words.
pub(crate) fn refused(acme: &Acme, line: &str, code: i32, words: &str) {
    let arguments: Vec<&str> = line.split_whitespace().chain(["--yes"]).collect();
    let ran = acme.company.run(&arguments).expect(code);
    assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
}

/// Runs a command that must succeed and answers its JSON.
pub(crate) fn done(acme: &Acme, line: &str) -> serde_json::Value {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    acme.company.json(&arguments)
}

/// Sends a call that was handed over, as one who has the key.
pub(crate) fn send(acme: &Acme, from: &str, call: &serde_json::Value) {
    let call = serde_json::json!([{"from": from, "to": call["to"], "data": call["data"]}]);
    let hash = acme.rpc.ask("eth_sendTransaction", &call);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let receipt = acme
            .rpc
            .ask("eth_getTransactionReceipt", &serde_json::json!([hash]));
        if !receipt.is_null() {
            assert_eq!(receipt["status"], "0x1", "{receipt}");
            return;
        }
        assert!(std::time::Instant::now() < until, "no block holds {hash}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// A decimal string of base units in whole coins.
pub(crate) fn coins(value: &serde_json::Value) -> u128 {
    value.as_str().unwrap().parse::<u128>().unwrap() / COIN
}
