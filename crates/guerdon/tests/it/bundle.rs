//! An auditor downloads the evidence of a day and checks it on another machine, without a node.

use std::path::PathBuf;

use guerdon_formats::audit::{Bundle, read_logs, write_logs};
use serde_json::Value;

use crate::company::Acme;
use crate::harness::{Company, DAY, START, Served};
use crate::visitor::Visitor;

const CLAIMER: &str = "9";

/// A day's bundle of a company that paid one claim, as the pages hand it out.
fn downloaded(acme: &Acme) -> Vec<u8> {
    acme.rpc.travel(START + 200 * DAY);
    acme.company
        .json(&["grant", "claim", "G-1001", "--from", CLAIMER]);
    acme.rpc.travel(START + 203 * DAY);
    let served = Served::start(&acme.company);
    served.wait_for(acme.rpc.head());
    let mut auditor = Visitor::at(&served.url);
    auditor.sign_in(0);
    let second = i64::try_from(START + 201 * DAY).unwrap();
    let day = jiff::Timestamp::from_second(second).unwrap();
    let day = day.to_zoned(jiff::tz::TimeZone::UTC).date();
    let page = auditor.get(&format!("/audit/at/{day}")).expect(200);
    assert!(page.body.contains("Everything agrees"), "{}", page.body);
    assert!(page.body.contains("What the contracts answer at block"));
    let contracts = auditor
        .get(&format!("/audit/contracts?date={day}"))
        .expect(200);
    assert!(
        contracts
            .body
            .contains("As deployed, and the code of this program")
    );
    auditor.download(&format!("/audit/bundle/{day}.zip"))
}

#[test]
fn a_bundle_is_taken_whole_and_refused_with_anything_changed() {
    let acme = Acme::with_round();
    let bytes = downloaded(&acme);
    let elsewhere = Company::new(None);
    let file = elsewhere.path("bundle.zip");
    let path = file.display().to_string();
    let verify = |bytes: &[u8], code: i32| -> Value {
        std::fs::write(&file, bytes).unwrap();
        let ran = elsewhere.run(&["-o", "json", "verify", "bundle", &path]);
        ran.expect(code).value()
    };
    let fine = verify(&bytes, 0);
    assert_eq!(fine["failed"], 0, "{fine}");
    for kind in [
        "claims", "events", "files", "goals", "openings", "tables", "terms",
    ] {
        assert!(fine["checks"][kind].as_u64() > Some(0), "{kind}: {fine}");
    }
    assert_eq!(fine["grants without terms"], 0);
    assert!(elsewhere.node_process().is_none(), "no node was started");
    // With a node, block, code and events are compared as well.
    let with_node = acme.company.json(&["verify", "bundle", &path]);
    assert!(
        with_node["checks"]["chain"].as_u64() > Some(8),
        "{with_node}"
    );

    // One byte, anywhere: in the manifest, in a file, between files, at both ends.
    let length = bytes.len();
    let places = (0..length).step_by(length / 40).chain([length - 1]);
    for place in places {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        verify(&changed, 1);
    }
    verify(&bytes[..length - 1], 1);
    forged(&bytes, &verify);
    verify(&begun_later(&bytes), 0);
    let ran = acme
        .company
        .run(&["-o", "json", "verify", "bundle", &path, "--chain"]);
    let told = ran.expect(1).value()["failures"].to_string();
    assert!(told.contains("other events than the bundle"), "{told}");
    elsewhere.run(&["verify", "bundle", "none.zip"]).expect(3);
}

/// The same without the events of the first block, as if the contracts had been deployed later.
fn begun_later(bytes: &[u8]) -> Vec<u8> {
    let whole = Bundle::decode(bytes).unwrap();
    let mut logs = read_logs(whole.file("logs.ndjson").unwrap()).unwrap();
    let (all, first) = (logs.len(), logs[0].origin.block);
    logs.retain(|log| log.origin.block > first);
    assert!(logs.len() < all, "an event was left out");
    let mut files = whole.files.clone();
    files.insert("logs.ndjson".to_owned(), write_logs(&logs));
    let mut manifest = whole.manifest.clone();
    manifest.start_block = first + 1;
    Bundle::new(manifest, files).encode().unwrap()
}

/// Whoever writes a bundle anew can seal anything; the terms and the tables still contradict it.
fn forged(bytes: &[u8], verify: &dyn Fn(&[u8], i32) -> Value) {
    let whole = Bundle::decode(bytes).unwrap();
    let anew = |path: &str, content: Vec<u8>| {
        let mut files = whole.files.clone();
        files.insert(path.to_owned(), content);
        let bundle = Bundle::new(whole.manifest.clone(), files);
        verify(&bundle.encode().unwrap(), 1)["failures"].to_string()
    };
    // A payment of one base unit more.
    let mut logs = read_logs(whole.file("logs.ndjson").unwrap()).unwrap();
    let paid = logs.iter().rposition(|log| log.data.len() == 64).unwrap();
    *logs[paid].data.get_mut(31).unwrap() ^= 1;
    let told = anew("logs.ndjson", write_logs(&logs));
    assert!(told.contains("claim of grant"), "{told}");
    assert!(told.contains("register.csv"), "{told}");
    // An event left out.
    logs.remove(paid);
    let told = anew("logs.ndjson", write_logs(&logs));
    assert!(told.contains("is not what the logs"), "{told}");
    // Another figure in a table.
    let register = String::from_utf8(whole.files["register.csv"].clone()).unwrap();
    let told = anew(
        "register.csv",
        register.replacen("active", "paused", 1).into(),
    );
    assert!(told.contains("line 2"), "{told}");
    // Other terms.
    let terms = String::from_utf8(whole.files["terms.ndjson"].clone()).unwrap();
    let told = anew(
        "terms.ndjson",
        terms.replacen("\"id\":\"0x", "\"id\":\"0y", 1).into(),
    );
    assert!(told.contains("terms.ndjson"), "{told}");
    // No terms: nobody can recompute what was paid.
    let told = anew("terms.ndjson", Vec::new());
    assert!(told.contains("not checked: "), "{told}");
    // A file that no bundle has.
    let told = anew("notes.txt", b"All of it was audited.".to_vec());
    assert!(told.contains("somebody added it"), "{told}");
    // Another block than the events say.
    let mut manifest = whole.manifest.clone();
    manifest.pin.block = logs.last().unwrap().origin.block - 1;
    let bundle = Bundle::new(manifest, whole.files.clone());
    let told = verify(&bundle.encode().unwrap(), 1)["failures"].to_string();
    assert!(told.contains("outside of the bundle"), "{told}");
}

#[test]
fn a_bundle_of_a_demonstration_holds_every_kind_of_event() {
    let company = Company::new(None);
    let (served, _) = Served::run(&company, &["demo", "--port", "0"]);
    let mut auditor = Visitor::at(&served.url);
    auditor
        .form("/demo/switch", &[("actor", "A-01")])
        .expect(303);
    let page = auditor.get("/audit").expect(200);
    assert!(page.body.contains("Everything agrees"), "{}", page.body);
    let link = page.body.split("/audit/register?date=").nth(1).unwrap();
    let day = &link[..10];
    let bytes = auditor.download(&format!("/audit/bundle/{day}.zip"));
    let file: PathBuf = company.path("bundle.zip");
    std::fs::write(&file, bytes).unwrap();
    let fine = company.json(&["verify", "bundle", &file.display().to_string(), "--chain"]);
    assert_eq!(fine["failed"], 0, "{fine}");
    for kind in ["claims", "ends", "successions", "results", "goals"] {
        assert!(fine["checks"][kind].as_u64() > Some(0), "{kind}: {fine}");
    }
}
