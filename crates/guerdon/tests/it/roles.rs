//! Who may call what: listed, given with a delay, taken away.

use serde_json::Value;

use crate::company::{Acme, address};
use crate::harness::DAY;
use crate::promises::{done, refused};

/// Somebody who has no role.
const CLERK: u32 = 3;

fn of_clerk(acme: &Acme, line: &str) -> Vec<Value> {
    let clerk = address(CLERK);
    let listed = done(acme, line).as_array().unwrap().clone();
    let is_clerk = |one: &Value| {
        one["account"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case(&clerk)
    };
    let mine = listed.into_iter().filter(is_clerk);
    mine.collect()
}

#[test]
fn a_role_is_given_with_a_delay_listed_and_taken_away() {
    let acme = Acme::with_round();
    let clerk = address(CLERK);
    assert!(of_clerk(&acme, "role list").is_empty());
    let given = done(
        &acme,
        &format!("role grant payroll {clerk} --delay 2d --from 0"),
    );
    assert_eq!(given["state"], "granted", "{given}");
    let listed = of_clerk(&acme, "role list");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["role"], "payroll");
    assert_eq!(listed[0]["delay_seconds"], 2 * DAY);
    refused(
        &acme,
        &format!("role grant minter {clerk} --from {CLERK}"),
        4,
        "has not role 0",
    );
    let revoke = format!("role revoke payroll {clerk} --from 0");
    assert_eq!(done(&acme, &revoke)["state"], "revoked");
    assert!(of_clerk(&acme, "role list").is_empty());
    assert_eq!(of_clerk(&acme, "role list --all")[0]["has_it"], false);
    refused(&acme, &revoke, 5, "has no payroll role");
}
