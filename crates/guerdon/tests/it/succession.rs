//! A grant replaced by both sides: on a real node, from the command line, with balances compared
//! three ways.

use std::path::PathBuf;

use alloy_primitives::Address;
use guerdon_core::terms::{Gate, Rule, Terms};
use guerdon_core::tree::Proof;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::GrantFile;
use serde_json::{Value, json};

use crate::company::{Acme, PRODUCT, address};
use crate::harness::{Company, DAY, START, Served};
use crate::promises::{COIN, coins, done, opened, promise, refused, send, terms};
use crate::visitor::Visitor;

/// A grant file of no round, as somebody would hand it to `grant replace`.
fn successor(acme: &Acme, name: &str, terms: Terms) -> PathBuf {
    let goals = std::fs::read_dir(acme.company.path("goals")).unwrap();
    let goals = goals.filter_map(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).ok()?;
        GoalDefinition::decode(&bytes).ok()
    });
    let is_meant = |goal: &GoalDefinition| terms.gates.iter().any(|it| Some(it.goal) == goal.id());
    let goals = goals.filter(is_meant).collect();
    let file = GrantFile {
        chain_id: 31_337,
        contract: acme.contract("Grants").parse().unwrap(),
        terms,
        round: None,
        proof: Proof::default(),
        goals,
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

/// What the holder signed stays as it is.
fn is_not_drafted_over(acme: &Acme, file: &str, with: &str) {
    let bytes = std::fs::read(file).unwrap();
    let draft = format!("grant replace P-1 --with {with} --from 0");
    refused(acme, &draft, 5, "is signed by the holder already");
    assert_eq!(std::fs::read(file).unwrap(), bytes);
    let other = acme.company.path("other.json");
    done(acme, &format!("{draft} --to {}", other.display()));
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

    let leaves = opened_leaves(&acme);
    let drafted = done(&acme, &format!("grant replace P-1 --with {with} --from 0"));
    assert_eq!(drafted["vested_before"], drafted["vested_after"]);
    assert_eq!(coins(&drafted["granted_after"]), 1_000);
    assert_eq!(drafted["freed"], "0");
    told_apart(&acme, &with, &drafted);
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
    let alone = holder.run(&["grant", "agree", &hers, "--with", &file, "--from", "10"]);
    let alone = alone.expect(8).stderr;
    assert!(
        alone.contains("nothing was signed: there is nobody"),
        "{alone}"
    );
    let signed = holder.json(&["grant", "agree", &hers, "--with", &file, "--from", "10"]);
    assert_eq!(signed["digest"], drafted["digest"]);
    is_not_drafted_over(&acme, &file, &with);
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
    let sent = send_it.split_whitespace().collect::<Vec<_>>();
    let text = acme.company.run(&sent).expect(0).stdout;
    assert!(text.contains("replaced before"), "{text}");

    refused(&acme, "grant claim P-1 --from 9", 5, "P-1 is closed");
    let old = done(&acme, "grant show P-1");
    assert_eq!(old["state"], "replaced");
    assert_eq!(old["released"], Value::Null, "its successor counts it");
    assert_eq!(opened_leaves(&acme), leaves, "successors are no leaves");
    assert_eq!(old["replaced_by"][1], replaced["successors"][1]["id"]);
    paid_after_a_year(&acme, &replaced);
}

/// What was and what comes stand side by side, and so do the holder and others.
fn told_apart(acme: &Acme, with: &str, drafted: &Value) {
    let holder = &drafted["holders"];
    let granted = ["granted_before", "granted_after", "granted_to_others"];
    assert_eq!(granted.map(|name| coins(&holder[name])), [1_000, 600, 400]);
    let vested = ["vested_before", "vested_after"].map(|name| coins(&holder[name]));
    assert_eq!(vested, [200, 120]);
    let was = drafted["was"].as_str().unwrap();
    let schedule = was.split_once("; ").unwrap().1;
    assert_eq!(
        was,
        format!("P-1: 1000 ACC for {}; {schedule}", address(10))
    );
    let first = drafted["successors"][0]["words"].as_str().unwrap();
    assert_eq!(first, format!("A: 600 ACC for {}; {schedule}", address(10)));
    let line = format!("grant replace P-1 --with {with} --from 0 --dry-run");
    let line = line.split_whitespace().collect::<Vec<_>>();
    let text = acme.company.run(&line).expect(0).stdout;
    assert!(
        text.contains("granted 1000 ACC before, 600 ACC after"),
        "{text}"
    );
    assert!(text.contains("400 ACC granted"), "{text}");

    let late = format!("grant replace P-1 --with {with} --deadline 2026-07-02 --from 0");
    refused(acme, &late, 5, "the deadline is past");
    refused(acme, &late, 5, "name a later one");
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

/// Opened grants of all rounds together, as they are listed.
fn opened_leaves(acme: &Acme) -> u64 {
    let rounds = done(acme, "round list");
    let rounds = rounds.as_array().unwrap();
    rounds.iter().map(|it| it["opened"].as_u64().unwrap()).sum()
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
    let mut holder = Visitor::at(&served.url);
    holder.sign_in(12);
    let page = holder.get(&format!("/grants/{id}.json")).body;
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
fn a_goal_that_brings_nothing_any_more_is_told_before_anybody_signs() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    let goal = done(&acme, &format!("goal show {PRODUCT}"))["id"].clone();
    let gated = Terms {
        amount: 2_000 * COIN,
        gates: vec![Gate {
            goal: goal.as_str().unwrap().parse().unwrap(),
            share_ppb: 500_000_000,
            rule: Rule {
                lapse: false,
                trigger: false,
            },
        }],
        ..terms(10, "gated")
    };
    let path = successor(&acme, "gated", gated);
    let line = format!("grant replace P-1 --with {} --from 0", path.display());
    let open = done(&acme, &format!("{line} --dry-run"));
    assert_eq!(open["goals"], json!([]));

    acme.rpc.travel(START + 650 * DAY);
    let over = done(&acme, &format!("{line} --dry-run"))["goals"][0].clone();
    assert_eq!(over["final"], false);
    assert_eq!(over["closes"], START + 640 * DAY);
    let told = || {
        let line = format!("{line} --dry-run");
        let line = line.split_whitespace().collect::<Vec<_>>();
        acme.company.run(&line).expect(0).stdout
    };
    let window = format!("{PRODUCT}'s window closed on 2028-04-01 00:00 UTC: no attempt can come");
    assert!(told().contains(&window), "{}", told());
    done(&acme, &format!("goal close {PRODUCT} --from 9"));
    let words = format!("{PRODUCT} is final and pays 0.0 %");
    assert!(told().contains(&words), "{}", told());
    let closed = done(&acme, &line)["goals"][0].clone();
    assert_eq!(
        [&closed["final"], &closed["fraction_ppb"]],
        [&json!(true), &json!(0)]
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
