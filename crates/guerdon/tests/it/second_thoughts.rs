//! What is taken back or given more time: a round before it binds, a demand, a goal's window.

use serde_json::json;

use crate::company::{Acme, LAUNCH, PRODUCT};
use crate::harness::{DAY, START, sample};
use crate::promises::{done, refused};

/// A goal that pays something if nobody reports though asked.
const ASKED: &str = "third-region";

#[test]
fn a_round_is_taken_back_before_it_binds_and_its_sheet_imported_again() {
    let acme = Acme::with_round();
    let binding = |root: &str| format!("round rescind {root} --from 0");
    refused(&acme, &binding(&acme.root), 5, "is binding since");
    refused(
        &acme,
        &binding(&format!("0x{}", "77".repeat(32))),
        3,
        "is committed on this chain",
    );
    refused(&acme, &binding("0x77"), 3, "there is no round 0x77");

    let sheet = std::fs::read_to_string(sample("acme-2026-h1.csv")).unwrap();
    let second = acme.company.path("second.csv");
    std::fs::write(&second, sheet.replace("G-1", "H-1")).unwrap();
    let import = format!("round import {}", second.display());
    let root = done(&acme, &import)["root"].as_str().unwrap().to_owned();
    done(&acme, "token mint 6000000 --from 0");
    done(&acme, "fund 5000000 --from 0");
    let day = START + 20 * DAY;
    done(
        &acme,
        &format!("round commit {root} --binding-at {day} --from 0"),
    );
    refused(&acme, "grant claim H-1001 --from 9", 6, "too early");
    let why = done(&acme, "grant show H-1001")["why"].to_string();
    assert!(
        why.contains("binding from 2026-07-21 00:00 UTC on"),
        "{why}"
    );
    refused(
        &acme,
        &format!("round rescind {root} --from 9"),
        4,
        "has not the role",
    );

    let plan = done(&acme, &format!("round rescind {root} --from 0 --dry-run"));
    assert_eq!(
        plan["facts"]["holders"],
        "their grants of this round will never open"
    );
    let rescinded = done(&acme, &format!("round rescind {root} --from 0"));
    assert_eq!(rescinded["already"], false);
    assert_ne!(rescinded["freed"], "0");
    let again = done(&acme, &format!("round rescind {root} --from 0"));
    assert_eq!(again["already"], true);
    let shown = done(&acme, "grant show H-1001");
    assert_eq!(shown["state"], "round taken back");
    assert!(
        shown["why"].to_string().contains("it pays nothing"),
        "{shown}"
    );
    let listed = done(&acme, "round list").to_string();
    assert!(listed.contains("\"rescinded\""), "{listed}");

    let anew = done(&acme, &import)["root"].as_str().unwrap().to_owned();
    assert_ne!(anew, root);
    done(&acme, &format!("round commit {anew} --from 0"));
    acme.rpc.travel(START + 100 * DAY);
    done(&acme, "grant claim H-1001 --from 9");
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn a_sheet_that_was_imported_by_mistake_is_discarded_and_imported_again() {
    let acme = Acme::with_round();
    let sheet = std::fs::read_to_string(sample("acme-2026-h1.csv")).unwrap();
    let second = acme.company.path("second.csv");
    std::fs::write(&second, sheet.replace("G-1", "H-1")).unwrap();
    let import = format!("round import {}", second.display());
    let root = done(&acme, &import)["root"].as_str().unwrap().to_owned();
    refused(&acme, &import, 5, "is there already");

    let committed = format!("round discard {}", acme.root);
    refused(&acme, &committed, 5, "its holders are paid by");
    refused(&acme, "round discard 0x77", 3, "there is no round 0x77");
    let file = format!("round commit {} --from 0", second.display());
    refused(&acme, &file, 2, "is a grant sheet, not a round");

    let discard = format!("round discard {root}");
    done(&acme, &format!("{discard} --dry-run"));
    let grant = acme.company.path("grants/H-1001.json");
    assert!(grant.is_file());
    assert_eq!(done(&acme, &discard)["root"], root.as_str());
    assert!(!grant.exists());
    refused(&acme, &discard, 3, "there is no round");
    let anew = done(&acme, &import)["root"].as_str().unwrap().to_owned();
    assert_ne!(anew, root);
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

fn define_asked(acme: &Acme) {
    acme.define(
        ASKED,
        &json!({
            "kind": "COUNT", "threshold": "1", "stretch": "1", "basePpb": 1_000_000_000,
            "defaultPpb": 300_000_000, "bound": 0, "attempts": 2, "samples": 1, "pool": 1,
            "closes": START + 640 * DAY, "data": format!("0x{}", "00".repeat(32)),
        }),
        &json!({"milestone": "third region"}),
        [5, 6, 7],
    );
}

#[test]
fn a_demand_is_refused_and_a_window_extended_once() {
    let acme = Acme::with_round();
    define_asked(&acme);
    acme.rpc.travel(START + 10 * DAY);
    let model = format!("0x{}", "99".repeat(32));
    let demand = |from: &str| format!("goal demand {ASKED} --model {model} --from {from}");
    refused(&acme, &demand("0"), 4, "only the sponsor of");
    refused(
        &acme,
        &format!("goal demand {PRODUCT} --model {model} --from 1"),
        5,
        "a demand could gain nothing",
    );
    refused(
        &acme,
        &format!("goal refuse {ASKED} --from 8"),
        5,
        "is demanded",
    );
    done(&acme, &demand("1"));
    let shown = done(&acme, &format!("goal show {ASKED}"));
    assert!(shown["demanded_at"].as_u64() > Some(START), "{shown}");
    refused(&acme, &demand("1"), 5, "is demanded already");
    refused(
        &acme,
        &format!("goal refuse {ASKED} --from 1"),
        4,
        "only the arbiter of",
    );
    done(&acme, &format!("goal refuse {ASKED} --from 8"));
    assert!(done(&acme, &format!("goal show {ASKED}"))["demanded_at"].is_null());

    let extend = |days: u64, from: &str| {
        format!(
            "goal extend {ASKED} --closes {} --from {from}",
            START + days * DAY
        )
    };
    refused(&acme, &extend(700, "1"), 4, "only the arbiter of");
    refused(
        &acme,
        &extend(630, "8"),
        5,
        "and can move to 2030-01-01 00:00 UTC at most",
    );
    refused(&acme, &extend(1_281, "8"), 5, "at most");
    let plan = done(&acme, &format!("{} --dry-run", extend(700, "8")));
    assert_eq!(plan["undo"], "nobody: a window is extended once");
    done(&acme, &extend(700, "8"));
    let shown = done(&acme, &format!("goal show {ASKED}"));
    assert_eq!(shown["closes"], START + 700 * DAY);
    refused(&acme, &extend(701, "8"), 5, "was extended before");

    acme.rpc.travel(START + 690 * DAY);
    refused(&acme, &demand("1"), 5, "it is too late for this");
    acme.rpc.travel(START + 701 * DAY);
    done(&acme, &format!("goal close {ASKED} --from 9"));
    refused(&acme, &demand("1"), 5, "is final");
    let late = START + 1_200 * DAY;
    acme.rpc.travel(START + 1_096 * DAY);
    refused(
        &acme,
        &format!("goal extend {LAUNCH} --closes {late} --from 8"),
        5,
        "too late",
    );
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}
