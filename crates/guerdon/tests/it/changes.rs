//! What company, payroll and holder change of a grant, and everything that is refused before it is
//! sent.

use serde_json::json;

use crate::company::Acme;
use crate::harness::{DAY, START};
use crate::promises::{coins, done, opened, promise, refused, terms};

#[test]
fn a_pause_ends_by_itself_and_leaves_the_holder_what_was_vested() {
    let acme = Acme::with_round();
    let root = promise(&acme, "P-1", terms(10, "P-1"));
    done(&acme, &format!("round commit {root} --from 0"));
    refused(
        &acme,
        "grant pause P-1 --from 0",
        5,
        "P-1 is not opened yet",
    );
    done(&acme, "grant open P-1 --from 9");
    acme.rpc.travel(START + 100 * DAY);

    refused(
        &acme,
        "grant resume P-1 --from 0",
        5,
        "P-1 is active, which does not allow",
    );
    refused(&acme, "grant pause P-1 --from 9", 4, "has not the role");
    let plan = done(&acme, "grant pause P-1 --from 0 --dry-run");
    assert_eq!(
        plan["undo"],
        "the company, by resume; else the clock runs again by itself"
    );
    assert_eq!(plan["facts"]["used so far"], "0 days of 30 days");

    let paused = done(&acme, "grant pause P-1 --from 0");
    assert_eq!(paused["vested_before"], paused["vested_after"]);
    assert_eq!(coins(&paused["vested_after"]), 100);
    assert_eq!(coins(&paused["end_takes_before"]), 10);
    assert!(paused["full_at_before"].as_u64() < paused["full_at_after"].as_u64());
    refused(
        &acme,
        "grant pause P-1 --from 0",
        5,
        "P-1 is paused, which does not allow",
    );
    let shown = done(&acme, "grant show P-1");
    assert_eq!(shown["state"], "paused");
    let why = shown["why"].to_string();
    assert!(
        why.contains("the clock runs again by itself on 8 Nov 2026"),
        "{why}"
    );

    acme.rpc.travel(START + 110 * DAY);
    let resumed = done(&acme, "grant resume P-1 --from 0");
    assert_eq!(coins(&resumed["vested_after"]), 100);
    done(&acme, "grant pause P-1 --from 0");
    acme.rpc.travel(START + 140 * DAY);
    let shown = acme.company.run(&["grant", "show", "P-1"]).expect(0).stdout;
    assert!(shown.contains("active, its pause used up"), "{shown}");
    done(&acme, "grant resume P-1 --from 0");
    refused(
        &acme,
        "grant pause P-1 --from 0",
        5,
        "have used up the 30 days that its terms",
    );

    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

#[test]
fn what_the_terms_do_not_allow_is_refused() {
    let acme = Acme::with_round();
    let mut never = terms(11, "P-2");
    never.pause_max = 0;
    never.powers.end = false;
    opened(&acme, "P-2", never);
    refused(
        &acme,
        "grant pause P-2 --from 0",
        5,
        "the terms of P-2 allow no pause",
    );
    refused(
        &acme,
        "grant end P-2 --from 0",
        4,
        "do not let the company end it",
    );
}

#[test]
fn payroll_only_lowers_and_acceleration_needs_free_money_after_notice() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 100 * DAY);

    refused(
        &acme,
        "grant lower-withholding P-1 --to 0.001 --from 0",
        2,
        "basis points",
    );
    refused(
        &acme,
        "grant lower-withholding P-1 --to 20 --from 0",
        5,
        "20 % of each payment",
    );
    refused(
        &acme,
        "grant lower-withholding P-1 --to 5 --from 9",
        4,
        "has not the role",
    );
    done(&acme, "grant lower-withholding P-1 --to 12.5 --from 0");
    assert_eq!(done(&acme, "grant show P-1")["withhold_bps"], 1_250);

    let unclear = "grant accelerate P-1 --by 90 --from 0";
    refused(&acme, unclear, 2, "is no length of time");
    let faster = done(&acme, "grant accelerate P-1 --by 100d --from 0");
    assert_eq!(
        (
            coins(&faster["vested_before"]),
            coins(&faster["vested_after"])
        ),
        (100, 200)
    );
    assert_eq!(faster["freed"], "0");

    let settle = "grant settle P-1 --from 9";
    refused(&acme, settle, 5, "once all of it is earned by time");
    let early = START + 50 * DAY;
    let end = format!("grant end P-1 --at {early} --from 0");
    refused(&acme, &end, 5, "an end of P-1 may reach back to");
    let end = START + 200 * DAY;
    done(&acme, &format!("grant end P-1 --at {end} --from 0"));
    assert_eq!(done(&acme, "grant show P-1")["state"], "notice given");
    refused(&acme, "grant pause P-1 --from 0", 5, "P-1 is notice given");

    let free = done(&acme, "round list");
    assert!(free.is_array());
    drain(&acme);
    refused(
        &acme,
        "grant accelerate P-1 --by 50d --from 0",
        5,
        "P-1 would hold 50 ACC more",
    );
    done(&acme, "fund 50 --from 0");
    let faster = done(&acme, "grant accelerate P-1 --by 50d --from 0");
    assert!(
        faster["freed"].as_str().unwrap().starts_with('-'),
        "{faster}"
    );

    refused(&acme, settle, 5, "P-1 is notice given");
    acme.rpc.travel(START + 201 * DAY);
    done(&acme, settle);
    refused(
        &acme,
        "grant accelerate P-1 --by 1d --from 0",
        5,
        "P-1 is settled",
    );
    refused(&acme, "grant resume P-1 --from 0", 5, "P-1 is settled");
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}

/// Takes out all that is free.
fn drain(acme: &Acme) {
    let token = acme.contract("AccessToken");
    let treasury = crate::company::address(20);
    refused(acme, "withdraw-free 0 --from 0", 2, "above zero");
    refused(acme, "withdraw-free 99999999 --from 0", 5, "are free");
    refused(
        acme,
        &format!("withdraw-free 1 --to {token} --from 0"),
        2,
        "would be lost",
    );
    refused(acme, "withdraw-free 1 --from 9", 4, "has not the role");
    let first = done(acme, &format!("withdraw-free 1 --to {treasury} --from 0"));
    let free = first["free"].as_str().unwrap().parse::<u128>().unwrap();
    let (whole, part) = (free / crate::promises::COIN, free % crate::promises::COIN);
    let all = done(
        acme,
        &format!("withdraw-free {whole}.{part:018} --to {treasury} --from 0"),
    );
    assert_eq!(all["free"], "0");
    assert_eq!(
        acme.rpc.balance(&token, &treasury),
        free + crate::promises::COIN
    );
}

#[test]
fn a_holder_keeps_claims_to_herself_and_waives_the_rest() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    acme.rpc.travel(START + 100 * DAY);

    refused(
        &acme,
        "grant hold P-1 --from 0",
        4,
        "only the holder of P-1, 0xBcd4",
    );
    refused(
        &acme,
        "grant waive P-1 --from 0",
        4,
        "only the holder of P-1",
    );
    refused(&acme, "grant hold P-1 maybe --from 10", 2, "invalid value");
    done(&acme, "grant hold P-1 --from 10");
    let shown = acme.company.run(&["grant", "show", "P-1"]).expect(0).stdout;
    assert!(shown.contains("active, held by its holder"), "{shown}");
    assert!(
        shown.contains("Only the holder's own call is paid"),
        "{shown}"
    );
    assert!(!shown.contains("Anyone can call the claim"), "{shown}");
    assert_eq!(done(&acme, "grant show P-1")["held_by_holder"], true);
    refused(&acme, "grant claim P-1 --from 9", 4, "only the holder");
    let paid = done(&acme, "grant claim P-1 --from 10");
    assert_eq!((coins(&paid["gross"]), coins(&paid["paid"])), (100, 80));
    done(&acme, "grant hold P-1 off --from 10");
    assert_eq!(done(&acme, "grant show P-1")["held_by_holder"], false);

    acme.rpc.travel(START + 150 * DAY);
    let plan = done(&acme, "grant waive P-1 --from 10 --dry-run");
    assert_eq!(plan["undo"], "nobody: the amount is final");
    let waived = done(&acme, "grant waive P-1 --from 10");
    assert_eq!(coins(&waived["vested_after"]), 150);
    assert!((849..=850).contains(&coins(&waived["freed"])), "{waived}");
    assert_eq!(
        (&waived["end_takes_after"], &waived["full_at_after"]),
        (&json!("0"), &json!(null))
    );
    refused(&acme, "grant waive P-1 --from 10", 5, "P-1 is settled");
    refused(&acme, "grant pause P-1 --from 0", 5, "P-1 is settled");
    done(&acme, "grant claim P-1 --from 9");
    assert_eq!(done(&acme, "verify all")["failed"], 0);
}
