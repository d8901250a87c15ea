//! A grant replaced by both sides, moved by its holder, recovered for a lost key: on a real node,
//! from the command line, with balances compared three ways.

use std::path::PathBuf;

use alloy_primitives::Address;
use guerdon_core::terms::Terms;
use guerdon_core::tree::Proof;
use guerdon_formats::grant_file::GrantFile;
use serde_json::{Value, json};

use crate::company::{Acme, address};
use crate::harness::{Company, DAY, START, Served};
use crate::promises::{COIN, coins, done, opened, promise, refused, send, terms};

/// A grant file of no round, as somebody would hand it to `grant replace`.
fn successor(acme: &Acme, name: &str, terms: Terms) -> PathBuf {
    let file = GrantFile {
        chain_id: 31_337,
        contract: acme.contract("Grants").parse().unwrap(),
        terms,
        round: None,
        proof: Proof::default(),
        goals: Vec::new(),
        agreement: None,
    };
    let path = acme.company.path(&format!("{name}.json"));
    std::fs::write(&path, file.encode().unwrap()).unwrap();
    path
}

/// P-1 of account 10 becomes A of 10 with 600 coins and B of 12 with 400, on the same schedule.
fn halves(acme: &Acme) -> String {
    let half = |recipient, name, amount| Terms {
        amount: amount * COIN,
        withhold_bps: 0,
        ..terms(recipient, name)
    };
    let paths = [
        successor(acme, "A", half(10, "A", 600)),
        successor(acme, "B", half(12, "B", 400)),
    ];
    let paths = paths.map(|path| path.display().to_string());
    paths.join(" ")
}

/// An account as JSON answers have it.
fn lower(index: u32) -> String {
    address(index).to_lowercase()
}

#[test]
fn one_grant_becomes_two_when_both_sides_agree_and_both_are_paid() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 100 * DAY);
    assert_eq!(
        coins(&done(&acme, "grant claim P-1 --from 9")["gross"]),
        100
    );
    acme.rpc.travel(START + 200 * DAY);
    let with = halves(&acme);

    let drafted = done(&acme, &format!("grant replace P-1 --with {with} --from 0"));
    assert_eq!(drafted["vested_before"], drafted["vested_after"]);
    assert_eq!(coins(&drafted["granted_after"]), 1_000);
    assert_eq!(drafted["freed"], "0");
    let file = drafted["file"].as_str().unwrap().to_owned();
    let send_it = format!("grant replace P-1 --with {file} --from 0");
    refused(&acme, &send_it, 5, "the holder of P-1 has not signed");
    wallet_agrees(&acme, &drafted);

    let agree = format!("grant agree P-1 --with {file}");
    refused(
        &acme,
        &format!("{agree} --from 11"),
        4,
        "only the holder of P-1",
    );
    // The holder needs her grant file and a node, nothing of the company's.
    let holder = Company::new(acme.company.url.as_deref());
    let hers = acme.grant_file("P-1");
    let signed = holder.json(&["grant", "agree", &hers, "--with", &file, "--from", "10"]);
    assert_eq!(signed["digest"], drafted["digest"]);
    refused(
        &acme,
        &send_it.replace("--from 0", "--from 9"),
        4,
        "has not the role",
    );
    let plan = done(&acme, &format!("{send_it} --dry-run"));
    assert!(
        plan["facts"]["second"]
            .as_str()
            .unwrap()
            .contains("B: 400 ACC")
    );
    assert_eq!(plan["undo"], "nobody: the old grant is closed for good");

    // A payment in between leaves the signature good.
    done(&acme, "grant claim P-1 --from 9");
    let replaced = done(&acme, &send_it);
    assert_eq!(replaced["already"], false);
    let again = done(&acme, &send_it);
    assert_eq!(again["already"], true);

    refused(&acme, "grant claim P-1 --from 9", 5, "P-1 is closed");
    let old = done(&acme, "grant show P-1");
    assert_eq!(old["state"], "replaced");
    assert_eq!(old["replaced_by"][1], replaced["successors"][1]["id"]);
    paid_after_a_year(&acme, &replaced);
}

/// The document for wallets hashes to what is signed: typed by another library, field by field.
fn wallet_agrees(acme: &Acme, drafted: &Value) {
    let path = drafted["wallet_file"].as_str().unwrap();
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(document["primaryType"], "Replace");
    let holder = address(10);
    let signature = acme
        .rpc
        .ask("eth_signTypedData_v4", &json!([holder, document]));
    let signature = signature.as_str().unwrap();
    let file = drafted["file"].as_str().unwrap();
    let line =
        format!("grant replace P-1 --with {file} --signature {signature} --from 0 --dry-run");
    let plan = done(acme, &line);
    assert_eq!(plan["facts"]["signed by the holder"], holder);
    let torn = format!("{}00", &signature[..signature.len() - 2]);
    let line = line.replace(signature, &torn);
    refused(acme, &line, 4, "the signature is not that of the holder");
}

fn paid_after_a_year(acme: &Acme, replaced: &Value) {
    acme.rpc.travel(START + 400 * DAY);
    let token = acme.contract("AccessToken");
    let before = [10, 12].map(|who| acme.rpc.balance(&token, &address(who)));
    let first = done(acme, "grant claim A --from 9");
    let second = done(acme, "grant claim B --from 9");
    // 40 % of 600 less the 200 that P-1 had paid; 40 % of 400, nothing withheld; and some seconds.
    assert!((39..=40).contains(&coins(&first["gross"])), "{first}");
    assert_eq!(coins(&second["gross"]), 160);
    let after = [10, 12].map(|who| acme.rpc.balance(&token, &address(who)));
    let paid = [&first, &second].map(|claim| claim["paid"].as_str().unwrap().parse().unwrap());
    assert_eq!([after[0] - before[0], after[1] - before[1]], paid);

    kept(acme);
    assert_eq!(done(acme, "verify all")["failed"], 0);
    for name in ["P-1", "A", "B"] {
        let line = format!("verify grant {}", acme.grant_file(name));
        let report = done(acme, &line);
        assert_eq!(report["failed"], 0, "{name}");
    }
    let served = Served::start(&acme.company);
    served.wait_for(second["block"].as_u64().unwrap() + 1);
    let id = replaced["successors"][1]["id"].as_str().unwrap();
    let page = served.get(&format!("/grants/{id}.json"));
    let claimed = done(acme, "grant show B")["claimed"].clone();
    assert!(page.contains(&format!("\"raw\":{claimed}")), "{page}");
    let old = replaced["grant"].as_str().unwrap();
    assert!(page.contains(old), "{page}");
}

/// The keeper pays what replaced a grant from the terms that the chain published.
fn kept(acme: &Acme) {
    let released = |name| {
        let shown = done(acme, &format!("grant show {name}"));
        coins(&shown["released"])
    };
    let before = ["A", "B"].map(released);
    acme.rpc.travel(START + 500 * DAY);
    let pass = done(acme, "keep --once --from 9 --min-payout 1");
    assert_eq!(pass["failed"], json!([]));
    let after = ["A", "B"].map(released);
    assert_eq!(before, [240, 160]);
    assert_eq!(after, [300, 200]);
}

#[test]
fn a_replacement_takes_nothing_vested_and_no_money_that_is_not_free() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 500 * DAY);
    let replace = |acme: &Acme, name: &str, terms: Terms, code, words: &str| {
        let path = successor(acme, name, terms);
        let line = format!("grant replace P-1 --with {} --from 0", path.display());
        refused(acme, &line, code, words);
    };
    let later = Terms {
        start: START + 400 * DAY,
        ..terms(10, "later")
    };
    replace(
        &acme,
        "later",
        later,
        5,
        "of P-1 are vested and the new grants",
    );
    let more = Terms {
        amount: 50_000_000 * COIN,
        ..terms(10, "more")
    };
    replace(&acme, "more", more, 5, "are free");
    let grants = acme.contract("Grants").parse::<Address>().unwrap();
    let nobody = Terms {
        recipient: grants,
        ..terms(10, "nobody")
    };
    replace(&acme, "nobody", nobody, 2, "new grant 1 are invalid");

    done(&acme, "grant claim P-1 --from 9");
    let less = Terms {
        amount: 400 * COIN,
        start: START - 1_000 * DAY,
        ..terms(10, "less")
    };
    replace(&acme, "less", less, 2, "must cover the 500");

    // What was paid to one never counts for another.
    let heir = terms(11, "heir");
    replace(
        &acme,
        "heir",
        heir,
        5,
        "was paid of P-1, so the first new grant",
    );

    // Terms that wait in a round cannot be given to a successor: the round's would be lost.
    let waiting = terms(12, "P-9");
    promise(&acme, "P-9", waiting.clone());
    replace(
        &acme,
        "waiting",
        waiting,
        5,
        "are those of a grant known here",
    );

    // Whatever changes between draft and signature is found out.
    let path = successor(&acme, "fair", terms(10, "fair"));
    let line = format!("grant replace P-1 --with {} --from 0", path.display());
    let drafted = done(&acme, &line);
    done(&acme, "grant hold P-1 on --from 10");
    let agree = format!(
        "grant agree P-1 --with {}",
        drafted["file"].as_str().unwrap()
    );
    refused(&acme, &agree, 5, "has changed since");
    refused(
        &acme,
        &format!("{line} --calldata"),
        2,
        "there is no call yet",
    );
}

#[test]
fn a_sheet_makes_the_new_grants_and_a_safe_can_send_them() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let sheet = acme.company.path("new.csv");
    let text = std::fs::read_to_string(crate::harness::sample("acme-2026-h1.csv")).unwrap();
    let mut lines = text.lines();
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    std::fs::write(
        &sheet,
        format!("{header}\n{}\n", row.replace("G-1001", "P-1b")),
    )
    .unwrap();
    let line = format!("grant replace P-1 --with {} --from 0", sheet.display());
    let drafted = done(&acme, &line);
    let file = drafted["file"].as_str().unwrap();
    done(&acme, &format!("grant agree P-1 --with {file} --from 10"));

    let calls = acme
        .company
        .run(&[
            "grant",
            "replace",
            "P-1",
            "--with",
            file,
            "--calldata",
            "--sender",
            &address(0),
        ])
        .expect(0)
        .stdout;
    let call: Value = serde_json::from_str(calls.lines().next().unwrap()).unwrap();
    send(&acme, &address(0), &call);
    assert_eq!(done(&acme, "grant show P-1")["state"], "replaced");
    let shown = done(&acme, "grant show P-1b");
    assert_eq!(shown["replaces"]["grant"], drafted["grant"]);
    let text = acme
        .company
        .run(&["grant", "show", "P-1b"])
        .expect(0)
        .stdout;
    assert!(text.contains("replaces"), "{text}");
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn a_moved_grant_pays_its_new_holder() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let mut fixed = terms(11, "P-2");
    fixed.powers.r#move = false;
    opened(&acme, "P-2", fixed);
    acme.rpc.travel(START + 100 * DAY);
    let to = address(20);
    refused(
        &acme,
        &format!("grant move P-2 --to {to} --from 11"),
        4,
        "do not let its holder move",
    );
    refused(
        &acme,
        &format!("grant move P-1 --to {to} --from 0"),
        4,
        "only the holder of P-1",
    );
    let grants = acme.contract("Grants");
    refused(
        &acme,
        &format!("grant move P-1 --to {grants} --from 10"),
        2,
        "cannot hold a grant",
    );

    let moved = done(&acme, &format!("grant move P-1 --to {to} --from 10"));
    assert_eq!(moved["from"], lower(10));
    let shown = done(&acme, "grant show P-1");
    assert_eq!(shown["holder"], lower(20));
    assert_eq!(shown["recipient"], lower(10));
    refused(
        &acme,
        "grant hold P-1 --from 10",
        4,
        "only the holder of P-1",
    );
    done(&acme, "grant hold P-1 --from 20");
    refused(
        &acme,
        "grant claim P-1 --from 10",
        4,
        "only the holder of P-1",
    );

    let token = acme.contract("AccessToken");
    let before = acme.rpc.balance(&token, &to);
    let claim = done(&acme, "grant claim P-1 --from 20");
    assert_eq!(claim["to"], lower(20));
    let paid: u128 = claim["paid"].as_str().unwrap().parse().unwrap();
    assert_eq!(acme.rpc.balance(&token, &to) - before, paid);
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn a_lost_key_is_recovered_in_the_open_and_never_against_its_holder() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let to = address(21);
    let announce = format!("grant recover announce P-1 --to {to} --from 0");
    refused(
        &acme,
        "grant veto P-1 --from 10",
        5,
        "no recovery of P-1 is announced",
    );
    refused(
        &acme,
        "grant recover execute P-1 --from 0",
        5,
        "no recovery of P-1",
    );
    refused(
        &acme,
        &announce.replace("--from 0", "--from 9"),
        4,
        "has not the role",
    );

    let announced = done(&acme, &announce);
    assert_eq!(announced["to"], lower(21));
    refused(&acme, &announce, 5, "stands already, until");
    refused(
        &acme,
        "grant recover execute P-1 --from 0",
        5,
        "this is possible from",
    );
    refused(
        &acme,
        "grant claim P-1 --from 9",
        4,
        "only the holder of P-1",
    );
    refused(
        &acme,
        "grant veto P-1 --from 11",
        4,
        "only the holder of P-1",
    );
    let shown = done(&acme, "grant show P-1");
    assert_eq!(shown["recovery"]["stage"], "announced");
    done(&acme, "grant veto P-1 --from 10");
    refused(&acme, &announce, 5, "this is possible from");

    acme.rpc.travel(acme.rpc.now() + 90 * DAY);
    done(&acme, &announce);
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn a_recovery_lapses_or_names_the_new_holder() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let to = address(21);
    let announce = format!("grant recover announce P-1 --to {to} --from 0");
    done(&acme, &announce);
    acme.rpc.travel(acme.rpc.now() + 61 * DAY);
    refused(
        &acme,
        "grant recover execute P-1 --from 0",
        5,
        "it is too late",
    );
    refused(&acme, &announce, 5, "clear it once it has lapsed");
    assert_eq!(done(&acme, "grant show P-1")["recovery"]["stage"], "lapsed");
    done(&acme, "grant recover clear P-1 --from 9");
    refused(
        &acme,
        "grant recover clear P-1 --from 9",
        5,
        "no recovery of P-1",
    );

    done(&acme, &announce);
    acme.rpc.travel(acme.rpc.now() + 30 * DAY);
    assert_eq!(done(&acme, "grant show P-1")["recovery"]["stage"], "open");
    let executed = done(&acme, "grant recover execute P-1 --from 0");
    assert_eq!(executed["to"], lower(21));
    let claim = done(&acme, "grant claim P-1 --from 9");
    assert_eq!(claim["to"], lower(21));
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn contracts_that_do_not_name_each_other_are_found_out() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let path = acme.company.path("deployments/31337.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    file["contracts"]["Succession"] = file["contracts"]["AccessToken"].clone();
    std::fs::write(&path, file.to_string()).unwrap();
    let ran = acme.company.run(&["verify", "all"]);
    assert_ne!(ran.code, 0);

    // A file from before Succession is read as without it, and Grants says otherwise.
    let contracts = file["contracts"].as_object_mut().unwrap();
    contracts.remove("Succession");
    std::fs::write(&path, file.to_string()).unwrap();
    let ran = acme.company.run(&["verify", "all"]).expect(1);
    assert!(ran.stderr.contains("Grants, SUCCESSION"), "{}", ran.stderr);
    let to = address(20);
    refused(
        &acme,
        &format!("grant move P-1 --to {to} --from 10"),
        5,
        "these contracts have no Succession",
    );
}
