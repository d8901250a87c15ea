//! A role with a delay: every verb schedules first, and what is scheduled can be executed or not.

use guerdon_chain::{Role, plan};
use serde_json::{Value, json};

use crate::company::{Acme, address};
use crate::harness::{DAY, START};
use crate::promises::{COIN, done, opened, refused, send, terms};

/// The account with a role under a delay, and its number.
const CLERK: u32 = 3;

fn call_of(plan: &guerdon_chain::Plan) -> Value {
    json!({"to": plan.to, "data": plan.data})
}

/// Gives the clerk a role with a delay of two days.
fn delayed(acme: &Acme, role: Role) {
    let manager = acme.contract("AccessManager").parse().unwrap();
    let clerk = address(CLERK).parse().unwrap();
    let seconds = u32::try_from(2 * DAY).unwrap();
    let plan = plan::grant_role(manager, role.id(), clerk, seconds);
    send(acme, &address(0), &call_of(&plan));
}

fn jobs(acme: &Acme, line: &str) -> Vec<Value> {
    done(acme, line).as_array().unwrap().clone()
}

#[test]
fn a_verb_under_a_delay_schedules_and_the_job_is_executed_later() {
    let acme = Acme::with_round();
    delayed(&acme, Role::Treasury);
    let to = address(CLERK);
    let withdraw = format!("withdraw-free 5 --to {to} --from {CLERK}");
    let scheduled = done(&acme, &withdraw);
    assert_eq!(scheduled["scheduled"], true, "{scheduled}");
    let now = acme.rpc.now();
    assert_eq!(scheduled["from"], now + 2 * DAY);
    assert_eq!(scheduled["until"], now + 9 * DAY - 1);
    let id = scheduled["operation"].as_str().unwrap().to_owned();

    let listed = jobs(&acme, "job list");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["operation"], id.as_str());
    assert_eq!(listed[0]["state"], "waits for its time");
    let summary = format!("Take 5 ACC out of the free money, for {to}");
    assert_eq!(listed[0]["summary"], summary.as_str());
    refused(&acme, &withdraw, 6, "is not over");
    let early = format!("job execute {id} --from {CLERK}");
    refused(&acme, &early, 5, "it can be executed from");

    acme.rpc.travel(now + 2 * DAY);
    assert_eq!(jobs(&acme, "job list")[0]["state"], "can be executed");
    refused(
        &acme,
        &format!("job execute {id} --from 4"),
        4,
        "may not call",
    );
    let executed = done(&acme, &early);
    assert_eq!(executed["state"], "executed");
    assert_eq!(
        acme.rpc.balance(&acme.contract("AccessToken"), &to),
        5 * COIN
    );
    assert!(jobs(&acme, "job list").is_empty());
    assert_eq!(jobs(&acme, "job list --all")[0]["state"], "executed");
    refused(&acme, &early, 5, "this call is over: executed");
    let nothing = format!("job execute 0x{} --from {CLERK}", "11".repeat(32));
    refused(&acme, &nothing, 3, "was ever scheduled");
}

#[test]
fn a_job_is_cancelled_or_expires_and_is_scheduled_anew() {
    let acme = Acme::with_round();
    delayed(&acme, Role::Treasury);
    let to = address(CLERK);
    let withdraw = format!("withdraw-free 5 --to {to} --from {CLERK}");
    let id = done(&acme, &withdraw)["operation"]
        .as_str()
        .unwrap()
        .to_owned();
    refused(
        &acme,
        &format!("job cancel {id} --from 4"),
        4,
        "may not cancel",
    );
    let cancelled = done(&acme, &format!("job cancel {id} --from 0"));
    assert_eq!(cancelled["state"], "cancelled");

    let again = done(&acme, &withdraw);
    assert_eq!(again["operation"], id.as_str());
    acme.rpc.travel(acme.rpc.now() + 30 * DAY);
    let states = jobs(&acme, "job list --all");
    let states: Vec<_> = states.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, [json!("cancelled"), json!("expired")]);
    let late = format!("job execute {id} --from {CLERK}");
    refused(&acme, &late, 5, "this call is over: expired");
    let third = done(&acme, &withdraw);
    assert_eq!(
        third["scheduled"], true,
        "an expired call is scheduled again"
    );
}

#[test]
fn what_is_handed_over_under_a_delay_is_the_first_of_two_steps() {
    let acme = Acme::with_round();
    opened(&acme, "P-1", terms(10, "P-1"));
    delayed(&acme, Role::People);
    acme.rpc.travel(START + 100 * DAY);
    let clerk = address(CLERK);
    let pause = format!("grant pause P-1 --calldata --sender {clerk}");
    let line: Vec<&str> = pause.split(' ').collect();
    let ran = acme.company.run(&line).expect(0);
    let call: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(call["to"], acme.contract("AccessManager").to_lowercase());
    let summary = format!(
        "Schedule, once the delay of the role is over: Pause the grant of {}",
        address(10)
    );
    assert_eq!(call["summary"], summary.as_str());
    send(&acme, &clerk, &call);
    let id = jobs(&acme, "job list")[0]["operation"]
        .as_str()
        .unwrap()
        .to_owned();

    acme.rpc.travel(acme.rpc.now() + 2 * DAY);
    let execute = format!("job execute {id} --calldata --sender {clerk}");
    let line: Vec<&str> = execute.split(' ').collect();
    let ran = acme.company.run(&line).expect(0);
    let call: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    send(&acme, &clerk, &call);
    assert_eq!(done(&acme, "grant show P-1")["state"], "paused");
    let checks = done(&acme, "doctor --from 0");
    let people = checks.as_array().unwrap().iter().find(|check| {
        let words = check["found"].as_str().unwrap_or_default();
        words.starts_with("PEOPLE: ")
    });
    let people = people.unwrap()["found"].as_str().unwrap().to_owned();
    assert!(
        people.contains(&format!("{clerk} after 2 days")),
        "{people}"
    );
}
