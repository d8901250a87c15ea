//! A grant moved by its holder and recovered for a lost key, and contracts that do not name each
//! other: on a real node, from the command line.

use serde_json::Value;

use crate::company::{Acme, address};
use crate::harness::{DAY, START};
use crate::promises::{done, opened, refused, terms};

/// An account as JSON answers have it.
fn lower(index: u32) -> String {
    address(index).to_lowercase()
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
    let itself = format!("grant move P-1 --to {} --from 10", address(10));
    refused(&acme, &itself, 5, "holds P-1 already");

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
    let plan = done(&acme, "grant hold P-1 --from 20 --dry-run");
    let names = format!("Let only its holder call for payment of the grant of {to}");
    assert_eq!(plan["summary"], names);
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

    let itself = announce.replace(&to, &address(10));
    refused(&acme, &itself, 5, "holds P-1 already");
    let plan = done(&acme, &format!("{announce} --dry-run"));
    let after = plan["facts"]["after a veto"].as_str().unwrap();
    assert!(
        after.contains("no other can be announced for 90 days"),
        "{after}"
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
    let lapsed = done(&acme, "grant show P-1");
    assert_eq!(lapsed["recovery"]["stage"], "lapsed");
    let why = lapsed["why"].to_string();
    assert!(
        why.contains("A recovery lapsed at") && !why.contains("veto"),
        "{why}"
    );
    let text = acme.company.run(&["grant", "show", "P-1"]).expect(0).stdout;
    assert!(text.contains("active, recovery lapsed"), "{text}");
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
