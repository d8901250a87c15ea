//! What goes wrong is one sentence, a hint, and an exit code that says which kind.

use crate::company::Acme;
use crate::harness::{Company, DAY, START, reader_sample, sample};

const CONTRACT: &str = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

fn dry_import(company: &Company, file: &str, more: &[&str]) -> crate::harness::Ran {
    let salt = format!("0x{}", "33".repeat(32));
    let goals = [
        format!("product_500@0.80..0.90=0x{}", "11".repeat(32)),
        format!("launch-eu=0x{}", "22".repeat(32)),
    ];
    let mut all = vec![
        "-o",
        "json",
        "round",
        "import",
        file,
        "--contract",
        CONTRACT,
        "--chain-id",
        "31337",
        "--document-salt",
        &salt,
        "--dry-run",
        "--goal",
        &goals[0],
        "--goal",
        &goals[1],
    ];
    all.extend_from_slice(more);
    company.run(&all)
}

#[test]
fn a_dry_import_needs_no_node_and_repeats() {
    let company = Company::new(None);
    let first = dry_import(&company, &sample("acme-2026-h1.csv"), &[])
        .expect(0)
        .value();
    let second = dry_import(&company, &sample("acme-2026-h1.csv"), &[])
        .expect(0)
        .value();
    assert_eq!(first, second);
    assert_eq!(first["grants"], 21);
    assert_eq!(first["leaves"][0]["external_id"], "G-1001");
    assert_eq!(first["leaves"][3]["amount"], "7300000000000000000001");
    assert!(!company.path("chain").exists() && !company.path("grants").exists());
}

#[test]
fn all_errors_of_a_sheet_come_at_once() {
    let company = Company::new(None);
    let errors = company.path("annotated.csv");
    let bad = reader_sample("grants/acme-bad-rows.csv");
    let ran = dry_import(&company, &bad, &["--errors", errors.to_str().unwrap()]).expect(2);
    let value = ran.value();
    let rows: std::collections::BTreeSet<u64> = value["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["row"].as_u64().unwrap())
        .collect();
    let want = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15];
    assert_eq!(rows.into_iter().collect::<Vec<_>>(), want);
    assert_eq!(
        (&value["grants"], &value["leaves"]),
        (&0.into(), &serde_json::json!([]))
    );
    let text = std::fs::read_to_string(&errors).unwrap();
    assert!(text.lines().next().unwrap().ends_with(",error"), "{text}");
    assert!(text.contains("'=HYPERLINK"), "{text}");
}

#[test]
fn evaluations_that_must_not_decide_money_exit_with_5() {
    let company = Company::new(None);
    let strict = ["--filter", "strict-match"];
    let read = |file: &str, more: &[&str]| {
        let mut all = vec!["-o", "json", "eval", "read", file];
        all.extend_from_slice(more);
        company.run(&all)
    };
    let good = read(&sample("lm-eval-acme-coder-r3.json"), &strict)
        .expect(0)
        .value();
    assert_eq!(
        (&good["correct"], &good["samples"]),
        (&428.into(), &500.into())
    );
    assert_eq!(
        (&good["decides"], good["reason"].is_null()),
        (&true.into(), true)
    );
    let limited = reader_sample("evals/lm-eval-acme-coder-r3-limit-50.json");
    let refused = read(&limited, &strict).expect(5);
    assert_eq!(refused.value()["decides"], false);
    assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
    read(
        &sample("lm-eval-acme-coder-r3.json"),
        &["--filter", "none-such"],
    )
    .expect(2);
    read(&sample("acme-2026-h1.csv"), &strict).expect(2);
    read("nowhere.json", &strict).expect(3);
}

#[test]
fn exit_codes_tell_the_kinds_apart() {
    let acme = Acme::with_round();
    let company = &acme.company;
    let code = |arguments: &[&str], want: i32, words: &str| {
        let ran = company.run(arguments).expect(want);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    };
    code(&["grant", "fly"], 2, "unrecognized subcommand");
    code(
        &["fund", "1.0000000000000000001", "--from", "0", "--yes"],
        2,
        "error: ",
    );
    code(&["grant", "claim", "G-1001"], 2, "nobody was named to sign");
    code(&["grant", "show", "G-9999"], 3, "there is no grant G-9999");
    code(
        &["--rpc-url", "http://127.0.0.1:9", "grant", "list"],
        2,
        "cannot be used multiple",
    );
    code(
        &["token", "mint", "1", "--from", "9", "--yes"],
        4,
        "error: ",
    );
    code(
        &["fund", "999999999", "--from", "0", "--yes"],
        5,
        "hint: mint some first",
    );
    code(
        &["round", "commit", &acme.root, "--from", "0", "--yes"],
        5,
        "was committed on",
    );
    code(
        &["grant", "end", "G-1002", "--from", "0", "--yes"],
        5,
        "is not opened yet",
    );
    code(
        &["goal", "finalize", "launch-eu", "--from", "9", "--yes"],
        3,
        "no such attempt",
    );
    code(
        &["grant", "settle", "G-1002", "--from", "9", "--yes"],
        5,
        "is not opened yet",
    );
    acme.rpc.travel(START + 30 * DAY);
    code(
        &["grant", "claim", "G-1001", "--from", "9"],
        8,
        "nothing was sent",
    );
    let second = company
        .run(&["--yes", "round", "import", &sample("acme-2026-h1.csv")])
        .expect(5);
    assert!(
        second.stderr.contains("is there already"),
        "{}",
        second.stderr
    );
    company
        .run(&["-o", "csv", "doctor", "--from", "0"])
        .expect(0);
    let nobody = Company::new(Some("http://127.0.0.1:9"));
    nobody.run(&["round", "list"]).expect(3);
}
