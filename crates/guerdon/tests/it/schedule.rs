//! Schedules of cap tables come in and go out, without a node.

use alloy_primitives::{Address, B256};
use guerdon_core::terms::{Powers, Terms};
use guerdon_core::tree::Proof;
use guerdon_formats::calendar::{Zone, parse_date};
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::schedule::{Template, Words};
use serde_json::{Value, json};

use crate::harness::{Company, reader_sample};

const LONDON: [&str; 4] = ["--start", "2025-03-01", "--zone", "Europe/London"];

fn import(company: &Company, terms: &str, more: &[&str]) -> crate::harness::Ran {
    let file = reader_sample("ocf/acme-vesting-terms.ocf.json");
    let mut all = vec!["-o", "json", "schedule", "import", &file, "--terms", terms];
    all.extend(LONDON);
    all.extend_from_slice(more);
    company.run(&all)
}

#[test]
fn vesting_terms_become_segments_words_and_gates() {
    let company = Company::new(None);
    let standard = import(&company, "engineer-4y", &["--quantity", "48000"]).expect(0);
    let standard = standard.value();
    assert_eq!(standard["vesting"].as_array().unwrap().len(), 37);
    assert_eq!(standard["words"]["cliff_months"], "12");
    assert_eq!(standard["words"]["timezone"], "Europe/London");
    assert_eq!(standard["difference"], "32000000000000");
    let goal = format!("listing=0x{}", "22".repeat(32));
    let gated = import(&company, "listing-and-time", &["--goal", &goal]).expect(0);
    assert_eq!(gated.value()["gates"][0]["trigger"], true);
    assert_eq!(gated.value()["vesting"], standard["vesting"]);
    assert!(!company.path("chain").exists(), "no node was needed");
}

#[test]
fn what_a_grant_cannot_say_is_an_error_of_the_file() {
    let company = Company::new(None);
    let exact = ["--quantity", "48000", "--exact"];
    let rows: [(&str, &[&str], &str); 5] = [
        ("engineer-4y", &exact, "a date differs by 0.000032 tokens"),
        ("engineer-4y", &[], "give --quantity"),
        ("release-bonus", &[], "give --goal 'release=0x"),
        ("release-in-time", &[], "branches"),
        ("engineer-5y", &[], "choose with --terms ID"),
    ];
    for (terms, more, want) in rows {
        let ran = import(&company, terms, more).expect(2);
        assert!(ran.stderr.contains(want), "{terms}: {}", ran.stderr);
    }
}

/// A grant file of its own, without a round.
fn grant_file(company: &Company, template: &str) -> String {
    let words = Words {
        vesting_start: parse_date("2025-03-01").unwrap(),
        zone: Zone::named("Europe/London").unwrap(),
        template: Template::parse(template).unwrap(),
        cliff_months: 12,
        duration_months: 48,
        interval_months: 1,
        cliff_percent: None,
        vest_day: None,
    };
    let vesting = words.vesting().unwrap();
    let file = GrantFile {
        chain_id: 31337,
        contract: Address::repeat_byte(1),
        terms: Terms {
            recipient: Address::repeat_byte(2),
            amount: 48_000,
            start: vesting.start,
            powers: Powers::ALL,
            grace_seconds: 0,
            backdate_seconds: 0,
            pause_max: 0,
            withhold_bps: 0,
            document: B256::repeat_byte(3),
            gates: Vec::new(),
            unlock: None,
            vesting: vesting.schedule,
        },
        round: None,
        proof: Proof(Vec::new()),
        goals: Vec::new(),
        agreement: None,
    };
    let path = company.path(&format!("{template}.json"));
    std::fs::write(&path, file.encode().unwrap()).unwrap();
    path.display().to_string()
}

#[test]
fn a_grant_goes_out_and_comes_back() {
    let company = Company::new(None);
    let grant = grant_file(&company, "standard");
    let to = company.path("terms.json");
    let zone = ["--zone", "Europe/London"];
    let mut all = vec!["schedule", "export", &grant, "--to", to.to_str().unwrap()];
    all.extend(zone);
    let said = company.run(&all).expect(0).stderr;
    assert!(
        said.contains("vesting starts on 2025-03-01 in Europe/London"),
        "{said}"
    );
    let terms: Value = serde_json::from_slice(&std::fs::read(&to).unwrap()).unwrap();
    assert_eq!(terms["allocation_type"], "FRACTIONAL");
    assert_eq!(
        terms["vesting_conditions"][1]["portion"],
        json!({"numerator": "1", "denominator": "4"})
    );
    let mut back = vec!["-o", "json", "schedule", "import", to.to_str().unwrap()];
    back.extend(LONDON);
    let back = company.run(&back).expect(0).value();
    let wanted = import(&company, "engineer-4y-installments", &[])
        .expect(0)
        .value();
    assert_eq!(back["vesting"], wanted["vesting"]);
    let even = grant_file(&company, "even");
    let refused = company.run(&["schedule", "export", &even]).expect(2);
    assert!(
        refused.stderr.contains("steps within a day"),
        "{}",
        refused.stderr
    );
}
