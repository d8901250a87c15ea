//! The people list: in and out, by whom, and out of everything.

use serde_json::{Value, json};

use crate::company::Acme;
use crate::harness::{Company, sample};

const FORMULA: &str = "=HYPERLINK(\"https://evil.example\",\"Ada\")";
const WALLET: &str = "0x71bE63f3384f5fb98995898A86B02Fb2426c5788";

fn list(company: &Company) -> Vec<Value> {
    let listed = company.json(&["people", "list"]);
    listed.as_array().unwrap().clone()
}

fn without_id(mut people: Vec<Value>) -> Vec<Value> {
    for person in &mut people {
        person.as_object_mut().unwrap().remove("id");
    }
    people
}

fn staffed() -> Company {
    let company = Company::new(None);
    company.json(&[
        "people",
        "add",
        "E201",
        "--name",
        FORMULA,
        "--email",
        "+ada@acme.example",
        "--country",
        "SE",
        "--zone",
        "Europe/Stockholm",
        "--role",
        "auditor",
        "--role",
        "company",
        "--wallet",
        WALLET,
    ]);
    company.json(&["people", "add", "E202", "--name", "Chen Wei 陈伟"]);
    company
}

#[test]
fn a_list_that_is_written_reads_back_the_same_and_runs_in_no_spreadsheet() {
    let company = staffed();
    let csv = company
        .run(&["-o", "csv", "people", "list"])
        .expect(0)
        .stdout;
    for cell in ["\"'=HYPERLINK(", "'+ada@acme.example", "auditor company"] {
        assert!(csv.contains(cell), "{cell} is not in {csv}");
    }
    let file = company.path("people.csv");
    std::fs::write(&file, &csv).unwrap();
    let import = ["people", "import", file.to_str().unwrap()];
    let again = company.json(&import);
    assert_eq!((&again["new"], &again["same"]), (&json!(0), &json!(2)));

    let other = Company::new(None);
    let plan = other.run(&["-o", "json", "--dry-run", import[0], import[1], import[2]]);
    assert_eq!(plan.expect(0).value()["new"], 2);
    assert_eq!(list(&other), [] as [Value; 0], "a dry run writes nothing");
    other.run(&import).expect(8);
    assert_eq!(list(&other), [] as [Value; 0], "nobody agreed");
    other.json(&import);
    assert_eq!(without_id(list(&other)), without_id(list(&company)));

    let changed = csv
        .replace("Europe/Stockholm", "UTC")
        .replace("auditor company", "");
    std::fs::write(&file, changed).unwrap();
    let ran = other
        .run(&["--yes", "-o", "json", import[0], import[1], import[2]])
        .expect(0);
    assert_eq!(ran.value()["changed"], 1);
    assert!(
        ran.stderr.contains("changed  E201: zone, roles"),
        "{}",
        ran.stderr
    );
    let audit = other.json(&["people", "export", "E201"])["audit"].clone();
    let audit = audit.as_array().unwrap();
    assert_eq!(audit[1]["detail"], "zone, roles; no roles");
    let last = audit.last().unwrap();
    assert_eq!(
        (&last["what"], &last["by"]),
        (&json!("person exported"), &json!("command line"))
    );
    assert!(
        audit.iter().all(|entry| entry["subject"] == "P1"),
        "{audit:?}"
    );
}

#[test]
fn a_file_with_errors_changes_nothing_and_says_all_of_them() {
    let company = staffed();
    let before = list(&company);
    let file = company.path("bad.csv");
    let lower = WALLET.to_lowercase();
    let rows = [
        "number,name,email,country,zone,roles,wallets",
        "E201,Ada,ada@acme.example,,Europe/Paris,auditor,",
        "E203,Bob,bob,,Mars,king,0x71bE63f3384f5fb98995898A86B02Fb2426c5789",
        ",Nobody,,,,,",
        &format!("E204,Cleo,,,,,{lower}"),
        &format!("E204,Dan,,,,,{lower}"),
    ];
    std::fs::write(&file, rows.join("\n")).unwrap();
    let ran = company
        .run(&["--yes", "people", "import", file.to_str().unwrap()])
        .expect(2);
    for sentence in [
        "`bob` is no e-mail address",
        "Mars",
        "`king` is no role",
        "the checksum of",
        "the number is empty",
        "the number `E204` is already in row 4",
        "is already in row 4: a wallet is one person's",
        "nothing was imported",
    ] {
        assert!(ran.stderr.contains(sentence), "{sentence}: {}", ran.stderr);
    }
    assert_eq!(list(&company), before);

    std::fs::write(&file, "number,nmae\nE1,x\n").unwrap();
    let ran = company
        .run(&["--yes", "people", "import", file.to_str().unwrap()])
        .expect(2);
    assert!(
        ran.stderr.contains("there is no column `nmae`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_person_is_added_to_and_a_wallet_is_not_taken_from_another() {
    let company = staffed();
    let known = company.json(&["people", "add", "E202", "--role", "administrator"]);
    assert_eq!((&known["new"], &known["id"]), (&json!(false), &json!("P2")));
    let ran = company.run(&["--yes", "people", "add", "E202", "--role", "administrator"]);
    assert!(ran.expect(5).stderr.contains("with all of this already"));
    let ran = company
        .run(&["--yes", "people", "add", "E202", "--wallet", WALLET])
        .expect(5);
    assert!(
        ran.stderr.contains("belongs to E201 already"),
        "{}",
        ran.stderr
    );
    let ran = company
        .run(&["--yes", "people", "add", "E9", "--zone", "Mars"])
        .expect(2);
    assert!(ran.stderr.contains("Mars"), "{}", ran.stderr);
    company.run(&["--yes", "people", "export", "E77"]).expect(3);
    for word in ["P1", "E201", WALLET, "+ADA@acme.example"] {
        assert_eq!(company.json(&["people", "export", word])["number"], "E201");
    }
    company.json(&["people", "add", "P2", "--name", "Named as an id"]);
    let ran = company.run(&["--yes", "people", "erase", "P2"]).expect(2);
    assert!(
        ran.stderr
            .contains("the number of one person and the id of another")
    );
}

#[test]
fn the_people_of_a_round_are_on_the_list_until_they_are_erased() {
    let acme = Acme::with_round();
    let company = &acme.company;
    let people = list(company);
    assert_eq!(people.len(), 20, "21 grants of 20 people");
    let found = people
        .iter()
        .find(|person| person["number"] == "E201")
        .unwrap();
    assert_eq!(
        (&found["name"], &found["country"]),
        (&json!("Björn Lindqvist"), &json!("SE"))
    );
    let kept = company.json(&["people", "export", "E201"]);
    assert_eq!(kept["grants"][0]["external_id"], "G-1002");
    assert!(
        kept["grants"][0]["agreement"]
            .as_str()
            .unwrap()
            .contains("Björn")
    );

    let planned = [
        "-o",
        "json",
        "--dry-run",
        "people",
        "erase",
        "E201",
        "--backup-days",
        "14",
    ];
    let ran = company.run(&planned).expect(0);
    let files = ran.value()["files"].clone();
    assert_eq!(files, json!([acme.grant_file("G-1002")]));
    for sentence in [
        "goes   name, number, e-mail",
        "the chain keeps them for ever",
        "they expire within 14 days",
        "G-1002.json",
    ] {
        assert!(ran.stderr.contains(sentence), "{sentence}: {}", ran.stderr);
    }
    assert_eq!(list(company).len(), 20, "a dry run erases nobody");

    let erased = company.json(&["people", "erase", "E201", "--grant-files"]);
    assert_eq!(erased["files_that_name_the_person"], json!([]));
    assert_eq!(erased["database_files_are_clean"], true);
    assert_eq!(list(company).len(), 19);
    company.run(&["--yes", "people", "erase", "E201"]).expect(3);
    let id = erased["id"].as_str().unwrap();
    company.run(&["--yes", "people", "export", id]).expect(5);
    for (name, bytes) in files_of(company) {
        for word in ["Lindqvist", "bjrnlindqvist"] {
            let has = bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes());
            assert!(!has, "{word} is in {name}");
        }
    }
    let shown = company.json(&["grant", "show", &acme.grant_file("G-1002")]);
    assert_eq!(
        shown["id"], kept["grants"][0]["id"],
        "the grant is good as before"
    );
}

#[test]
fn a_wallet_of_somebody_else_is_an_error_of_its_row() {
    let acme = Acme::with_round();
    let sheet = std::fs::read_to_string(sample("acme-2026-h1.csv")).unwrap();
    let second = acme.company.path("second.csv");
    let sheet = sheet.replace("G-1", "H-1").replace(",E201,", ",E999,");
    std::fs::write(&second, sheet).unwrap();
    let ran = acme
        .company
        .run(&["--yes", "round", "import", second.to_str().unwrap()]);
    let ran = ran.expect(2);
    let sentence = "the wallet belongs to E201 on the people list, and the row is for E999";
    assert!(ran.stderr.contains(sentence), "{}", ran.stderr);
    let grants = std::fs::read_dir(acme.company.path("grants")).unwrap();
    assert_eq!(grants.count(), 21, "nothing of it was imported");
}

/// Name and bytes of every file of the data directory, but of the tests' own sheets.
fn files_of(company: &Company) -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![company.folder.path().to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.display().to_string(), std::fs::read(path).unwrap())),
            }
        }
    }
    files
}
