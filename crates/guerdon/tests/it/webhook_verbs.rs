//! Webhooks by the command line, and what `doctor` says of the key that seals their secrets.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api::{ask, key};
use crate::company::Acme;
use crate::harness::{Company, Served};
use crate::webhooks::{PATIENCE, Receiver, make, wait_for_words};

/// Waits until the newest delivery of a webhook arrived so often.
fn wait_for_arrival(company: &Company, hook: &str, after: &Value) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let log = company.json(&["webhook", "log", hook]);
        let newest = &log[0];
        if newest["next_at"].is_null() && newest["arrived_at"].as_u64() > after.as_u64() {
            return log;
        }
        assert!(Instant::now() < until, "it never arrived: {log}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn of_doctor(company: &Company, more: &[&str]) -> Value {
    let arguments = [&["-o", "json", "doctor", "--from", "0"], more].concat();
    let ran = company.run(&arguments);
    let checks: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut checks = checks.as_array().unwrap().iter();
    let found = checks.find(|check| check["check"] == "data key");
    found.unwrap().clone()
}

#[test]
fn webhooks_are_listed_tried_sent_again_switched_and_removed_by_the_command_line() {
    let acme = Acme::with_round();
    let company = &acme.company;
    let key = key(company, None, &["webhooks:write"]);
    assert_eq!(company.json(&["webhook", "list"]), serde_json::json!([]));
    let fresh = of_doctor(company, &[]);
    assert_eq!(fresh["state"], "ok", "{fresh}");
    assert!(fresh["found"].as_str().unwrap().starts_with("none yet"));

    let (receiver, address) = Receiver::start();
    let serve = ["serve", "--port", "0", "--webhooks-to-loopback", "-v"];
    let (mut served, log) = Served::run(company, &serve);
    wait_for_words(&log, "events are told after block");
    let hook = make(&served.url, &key, &address);
    let listed = ask(&served.url, &key, ("/webhooks", None)).unwrap().1;
    assert_eq!(listed["data"][0]["made_by"], "key 1", "{listed}");
    let listed = company.json(&["webhook", "list"]);
    assert_eq!(listed[0]["id"], hook.as_str(), "{listed}");
    assert_eq!(listed[0]["made_by"], "key 1", "{listed}");
    let table = company.run(&["webhook", "list"]).expect(0).stdout;
    assert!(
        table.contains("every event") && table.contains("| on "),
        "{table}"
    );

    // The receiver refuses the first try of all.
    let dry = company.json(&["webhook", "test", &hook, "--dry-run"]);
    assert_eq!(dry["dry_run"], true, "{dry}");
    let tried = company.json(&["webhook", "test", &hook]);
    let sent = wait_for_arrival(company, &hook, &Value::Null);
    assert_eq!(
        sent.as_array().unwrap().len(),
        1,
        "a dry run writes nothing"
    );
    let event = tried["event"].as_str().unwrap();
    let newest = &sent[0];
    assert_eq!(
        (&newest["id"], &newest["number"]),
        (&event.into(), &tried["number"])
    );
    assert_eq!(
        (&newest["type"], &newest["status"]),
        (&"webhook.test".into(), &204.into())
    );
    assert_eq!(newest["attempts"], 2, "{newest}");
    assert!(receiver.facts().contains_key(event));

    let number = tried["number"].to_string();
    std::thread::sleep(Duration::from_secs(1));
    company.json(&["webhook", "resend", &hook, &number]);
    let again = wait_for_arrival(company, &hook, &newest["arrived_at"]);
    assert_eq!(again[0]["attempts"], 1, "{again}");
    company
        .run(&["--yes", "webhook", "resend", &hook, "999"])
        .expect(3);

    switched_and_removed(company, &hook);
    assert_eq!(served.stop(), Some(0));

    the_doctor_knows_a_wrong_key_and_a_lost_one(company);
}

fn switched_and_removed(company: &Company, hook: &str) {
    company.json(&["webhook", "off", hook]);
    company.run(&["--yes", "webhook", "off", hook]).expect(5);
    let off = company.json(&["webhook", "list"]);
    assert_eq!(off[0]["disabled_why"], "The command line switched it off.");
    company.json(&["webhook", "on", hook]);
    let revoked = company.json(&["key", "revoke", "1"]);
    assert_eq!(revoked["webhooks_left"][0], hook, "{revoked}");
    company.json(&["webhook", "remove", hook]);
    assert_eq!(company.json(&["webhook", "list"]), serde_json::json!([]));
    let gone = company.run(&["webhook", "log", hook]).expect(3);
    assert!(
        gone.stderr.contains("guerdon webhook list"),
        "{}",
        gone.stderr
    );
}

fn the_doctor_knows_a_wrong_key_and_a_lost_one(company: &Company) {
    let sealed = of_doctor(company, &[]);
    assert!(
        sealed["found"].as_str().unwrap().ends_with("sealed with"),
        "{sealed}"
    );
    let other = company.path("other.key");
    std::fs::write(&other, "07".repeat(32)).unwrap();
    std::fs::set_permissions(&other, Permissions::from_mode(0o644)).unwrap();
    let open = of_doctor(company, &["--data-key", other.to_str().unwrap()]);
    assert_eq!(open["state"], "fail", "{open}");
    assert!(open["do"].as_str().unwrap().contains("chmod 600"), "{open}");
    std::fs::remove_file(company.path("data.key")).unwrap();
    let lost = of_doctor(company, &[]);
    assert_eq!(lost["state"], "fail", "{lost}");
    assert!(
        lost["found"].as_str().unwrap().contains("no data key at"),
        "{lost}"
    );
}
