//! Calls that somebody else sends, and what the command line says about itself.

use guerdon_formats::safe_batch::checksum;
use serde_json::{Value, json};

use crate::company::{Acme, address};
use crate::harness::{Company, DAY, START};
use crate::promises::{done, opened, refused, send, terms};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn calldata_needs_no_key_and_anyone_with_one_can_send_it() {
    let acme = Acme::with_round();
    let fund = acme.company.run(&["fund", "7", "--calldata"]).expect(0);
    let calls = lines(&fund.stdout);
    assert_eq!(calls.len(), 2, "{}", fund.stdout);
    assert_eq!(calls[0]["to"], acme.contract("AccessToken").to_lowercase());
    assert_eq!(calls[1]["to"], acme.contract("Grants").to_lowercase());
    assert_eq!(
        (&calls[1]["value"], &calls[1]["chainId"]),
        (&json!("0"), &json!(31_337))
    );
    assert_eq!(calls[1]["summary"], "Put 7 ACC into the pool");
    let token = acme.contract("AccessToken");
    let before = acme.rpc.balance(&token, &acme.contract("Grants"));
    for call in &calls {
        send(&acme, &address(0), call);
    }
    let after = acme.rpc.balance(&token, &acme.contract("Grants"));
    assert_eq!(after - before, 7 * crate::promises::COIN);

    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 100 * DAY);
    let holder = address(10);
    let hold = format!("grant hold P-1 --calldata --sender {holder}");
    let arguments: Vec<&str> = hold.split(' ').collect();
    let call = lines(&acme.company.run(&arguments).expect(0).stdout).remove(0);
    assert_eq!(done(&acme, "grant show P-1")["held_by_holder"], false);
    send(&acme, &holder, &call);
    assert_eq!(done(&acme, "grant show P-1")["held_by_holder"], true);

    let stranger = address(11);
    refused(
        &acme,
        &format!("grant hold P-1 --calldata --sender {stranger}"),
        4,
        "only the holder",
    );
    refused(
        &acme,
        &format!("grant pause P-1 --calldata --sender {stranger}"),
        4,
        "the role",
    );
    refused(
        &acme,
        "grant resume P-1 --calldata",
        5,
        "which does not allow this",
    );
    refused(
        &acme,
        "withdraw-free 1 --calldata",
        2,
        "it depends on who sends",
    );
    refused(&acme, "grant list --calldata", 2, "no call to hand over");
    refused(&acme, "fund 1 --calldata --dry-run", 2, "excludes");
    refused(
        &acme,
        "fund 1 --calldata --safe-batch x.json",
        2,
        "exclude each other",
    );
    refused(
        &acme,
        &format!("fund 1 --from 0 --sender {stranger}"),
        2,
        "not sent here",
    );
}

#[test]
fn a_safe_takes_the_batch_with_its_checksum() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 100 * DAY);
    let (safe, file) = (address(0), acme.company.path("batch.json"));
    let path = file.display().to_string();
    let line = format!("grant pause P-1 --safe-batch {path} --sender {safe}");
    let written = done(&acme, &line);
    assert_eq!(
        written["calls"],
        json!([format!("Pause the grant of {}", address(10))])
    );
    let batch: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        batch["meta"]["checksum"],
        json!(checksum(&batch).to_string())
    );
    assert_eq!(batch["meta"]["createdFromSafeAddress"], json!(safe));
    assert_eq!(batch["chainId"], "31337");
    let call = &batch["transactions"][0];
    assert_eq!(
        call["to"],
        json!(
            acme.contract("Grants")
                .parse::<alloy_primitives::Address>()
                .unwrap()
                .to_string()
        )
    );
    assert_eq!(done(&acme, "grant show P-1")["state"], "active");
    send(&acme, &safe, call);
    assert_eq!(done(&acme, "grant show P-1")["state"], "paused");

    let two = done(
        &acme,
        &format!("fund 3 --safe-batch {path} --sender {safe}"),
    );
    assert_eq!(two["calls"].as_array().unwrap().len(), 2);
    let batch: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        batch["meta"]["checksum"],
        json!(checksum(&batch).to_string())
    );
    assert_eq!(batch["transactions"].as_array().unwrap().len(), 2);
}

#[test]
fn the_command_line_explains_itself() {
    let company = Company::new(None);
    let help = company.run(&["grant", "end", "--help"]).expect(0).stdout;
    let place = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
    assert!(place("--grace") < place("Global options"));
    assert!(place("Global options") < place("--output"));
    assert!(!help.contains("Possible values"), "{help}");
    assert!(help.contains("table, json, ndjson or csv"), "{help}");

    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = company.run(&["completions", shell]).expect(0).stdout;
        assert!(script.contains("lower-withholding"), "{shell}");
    }
    let page = company.run(&["man"]).expect(0).stdout;
    assert!(page.contains(".TH guerdon 1"), "{page}");
    let folder = company.path("man");
    company
        .run(&["man", "--to", folder.to_str().unwrap()])
        .expect(0);
    let page = std::fs::read_to_string(folder.join("guerdon-grant-accelerate.1")).unwrap();
    assert!(page.contains("clock forward"), "{page}");
}
