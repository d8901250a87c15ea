//! Goals from the builder to the items of an attempt.

use serde_json::Value;

use crate::company::address;
use crate::harness::{Company, DAY, NodeProcess, Rpc, START};

/// `goal build` with everything that the tests share.
fn build(company: &Company, name: &str, more: &[&str]) -> crate::harness::Ran {
    let to = company.path(&format!("{name}.json"));
    let [sponsor, arbiter] = [1, 8].map(address);
    let panel = [2, 3, 4].map(address).join(",");
    let closes = (START + 400 * DAY).to_string();
    let mut all = vec![
        "-o",
        "json",
        "goal",
        "build",
        name,
        "--to",
        to.to_str().unwrap(),
    ];
    all.extend([
        "--opens",
        "2026-07-01",
        "--closes",
        &closes,
        "--panel",
        &panel,
    ]);
    all.extend(["--sponsor", &sponsor, "--arbiter", &arbiter]);
    all.extend(more);
    company.run(&all)
}

const PROPORTION: [&str; 8] = [
    "--kind",
    "proportion",
    "--threshold",
    "0.8",
    "--stretch",
    "90%",
    "--samples",
    "500",
];

#[test]
fn a_built_goal_has_the_bound_of_the_exact_test_and_says_what_it_is_worth() {
    let company = Company::new(None);
    let more = [&PROPORTION[..], &["--attempts", "2", "--public"]].concat();
    let value = build(&company, "product", &more).expect(0).value();
    assert_eq!(
        (&value["bound"], &value["needed"]),
        (&1983.into(), &"418".into())
    );
    let chance = |value: &Value| (value.as_f64().unwrap() * 1e4).round() / 1e4;
    assert_eq!(chance(&value["false_payment"]["one_attempt"]), 0.0232);
    assert_eq!(chance(&value["false_payment"]["all_attempts"]), 0.0459);
    assert_eq!(
        chance(&value["false_payment"]["best_of_twenty_variants"]),
        0.3748
    );
    assert_eq!(value["payment"][1]["skill_ppb"], 900_000_000);
    let warnings = value["warnings"].as_array().unwrap();
    assert!(
        warnings
            .iter()
            .any(|text| text.as_str().unwrap().contains("public"))
    );

    let written = std::fs::read(company.path("product.json")).unwrap();
    build(&company, "product", &more).expect(5);
    assert_eq!(
        std::fs::read(company.path("product.json")).unwrap(),
        written
    );
}

#[test]
fn goals_that_nothing_can_pass_are_not_built() {
    let company = Company::new(None);
    let few = [
        "--kind",
        "proportion",
        "--threshold",
        "0.99",
        "--samples",
        "100",
        "--public",
    ];
    let ran = build(&company, "few", &few).expect(2);
    assert!(
        ran.stderr.contains("about 300 samples would be enough"),
        "{}",
        ran.stderr
    );
    assert!(!company.path("few.json").exists());
    let nameless = [&PROPORTION[..], &["--base", "1.5", "--public"]].concat();
    let ran = build(&company, "base", &nameless).expect(2);
    assert!(
        ran.stderr.contains("--base is a share from 0 to 1"),
        "{}",
        ran.stderr
    );
    let ran = build(&company, "items", &PROPORTION).expect(2);
    assert!(ran.stderr.contains("--items FILE"), "{}", ran.stderr);
}

#[test]
fn items_of_a_seed_become_a_command() {
    let company = Company::new(None);
    let seed = "0x0102030405060708090a0b0c";
    let draw = [
        "-o",
        "json",
        "goal",
        "draw",
        "--seed",
        seed,
        "--pool",
        "50",
        "--samples",
        "5",
    ];
    let run = |more: &[&str]| company.run(&[&draw[..], more].concat());
    let value = run(&["--task", "gsm8k"]).expect(0).value();
    assert_eq!(value["items"], serde_json::json!([0, 4, 15, 38, 41]));
    let command = value["command"].as_str().unwrap();
    assert!(
        command.contains(r#"--samples '{"gsm8k":[0,4,15,38,41]}'"#),
        "{command}"
    );
    let value = run(&["--harness", "inspect"]).expect(0).value();
    let command = value["command"].as_str().unwrap();
    assert!(command.contains("--sample-id 1,5,16,39,42"), "{command}");

    let ids = company.path("ids.txt");
    let lines: String = (0..50).map(|item| format!("q{item}\n")).collect();
    std::fs::write(&ids, lines).unwrap();
    let named = ["--harness", "inspect", "--ids", ids.to_str().unwrap()];
    let value = run(&named).expect(0).value();
    let command = value["command"].as_str().unwrap();
    assert!(
        command.contains("--sample-id q0,q4,q15,q38,q41"),
        "{command}"
    );
    std::fs::write(&ids, "q0\nq1\n").unwrap();
    run(&named).expect(2);
}

#[test]
fn a_sealed_attempt_draws_its_items_from_the_chain() {
    let node = NodeProcess::start(START);
    let company = Company::new(Some(&node.url));
    let rpc = Rpc::new(&node.url);
    let deploy = [
        "deploy",
        "--company",
        "Acme AI",
        "--token-name",
        "Acme Credit",
    ];
    company.json(&[&deploy[..], &["--symbol", "ACC", "--from", "0"]].concat());
    let items = company.path("items.jsonl");
    std::fs::write(&items, "{}\n").unwrap();
    let drawn = [
        "--pool",
        "5000",
        "--seed-blocks",
        "2",
        "--spec",
        "task=product",
    ];
    let hidden = ["--items", items.to_str().unwrap()];
    build(
        &company,
        "drawn",
        &[&PROPORTION[..], &drawn, &hidden].concat(),
    )
    .expect(0);
    assert!(company.path("drawn.items-nonce").exists());
    let draft = company.path("drawn.json");
    company.json(&["goal", "define", draft.to_str().unwrap(), "--from", "0"]);

    let model = format!("0x{}", "99".repeat(32));
    let accepted = company.json(&["goal", "accept", "drawn", "--model", &model, "--from", "3"]);
    let signature = accepted["file"].as_str().unwrap();
    let register = [
        "goal",
        "register",
        "drawn",
        "--signature",
        signature,
        "--from",
        "1",
    ];
    company.json(&register);
    let early = company.run(&["goal", "draw", "drawn"]).expect(5);
    assert!(early.stderr.contains("no seed yet"), "{}", early.stderr);
    for _ in 0..3 {
        rpc.ask("evm_mine", &serde_json::json!([]));
    }
    company.json(&["goal", "seal", "drawn", "--from", "9"]);
    let value = company.json(&["goal", "draw", "drawn"]);
    assert_eq!(value["items"].as_array().unwrap().len(), 500);
    assert_eq!(value["pool"], 5_000);
    assert!(
        value["command"]
            .as_str()
            .unwrap()
            .contains(r#"'{"product":["#)
    );
    let again = ["goal", "draw", draft.to_str().unwrap(), "--seed"];
    let again = company.json(&[&again[..], &[value["seed"].as_str().unwrap()]].concat());
    assert_eq!(again["items"], value["items"]);
}

#[test]
fn a_slip_in_a_definition_is_said_and_not_refused() {
    let company = Company::new(None);
    let warned = |name: &str, more: &[&str]| {
        let more = [&PROPORTION[..], more].concat();
        build(&company, name, &more).expect(0).value()["warnings"].to_string()
    };
    let items = company.path("items.jsonl");
    std::fs::write(&items, "{}\n".repeat(499)).unwrap();
    let items = items.to_str().unwrap();
    let few = warned("few", &["--items", items]);
    assert!(
        few.contains("has 499 lines, and the goal speaks of 500 items"),
        "{few}"
    );
    assert!(
        few.contains("may choose harness, task, metric and filter"),
        "{few}"
    );
    let pairs = ["harness=h", "task=t", "metric=m", "filter=f"];
    let named: Vec<&str> = pairs.iter().flat_map(|pair| ["--spec", pair]).collect();
    let named = warned("named", &[&named[..], &["--public"]].concat());
    assert!(!named.contains("may choose"), "{named}");
    assert!(!named.contains("over by this machine's clock"), "{named}");
}

#[test]
fn people_who_watch_themselves_and_a_window_gone_by_are_named() {
    let company = Company::new(None);
    let [one, two] = [1, 2].map(address);
    let panel = [1, 2, 3].map(address).join(",");
    let run = |sponsor: &str, arbiter: &str, name: &str, closes: &str| {
        let to = company.path(name);
        let people = [
            "--sponsor",
            sponsor,
            "--arbiter",
            arbiter,
            "--panel",
            &panel,
        ];
        let window = ["--opens", "2020-01-01", "--closes", closes];
        let rest = ["--public", "--to", to.to_str().unwrap()];
        let all = [
            &["-o", "json", "goal", "build", "odd"],
            &PROPORTION[..],
            &people,
            &window,
            &rest,
        ]
        .concat();
        company.run(&all).expect(0).value()["warnings"].to_string()
    };
    let watched = run(&one, &two, "a.json", "2020-06-01");
    for said in [
        "is sponsor and on the panel",
        "is arbiter and on the panel",
        "the window is already over",
    ] {
        assert!(watched.contains(said), "{watched}");
    }
    let own = run(&one, &one, "b.json", "2029-06-01");
    assert!(own.contains("is sponsor and arbiter"), "{own}");
    assert!(!own.contains("already over"), "{own}");
}

#[test]
fn a_bound_of_ones_own_is_taken_and_said_to_be_weak() {
    let company = Company::new(None);
    let more = [&PROPORTION[..], &["--public", "--bound", "1"]].concat();
    let value = build(&company, "raw", &more).expect(0).value();
    assert_eq!(
        (&value["bound"], &value["needed"]),
        (&1.into(), &"401".into())
    );
    assert!(value["calibrated_bound"].as_u64() > Some(1_000), "{value}");
    let warnings = value["warnings"].to_string();
    assert!(
        warnings.contains("pays what an honest test would not"),
        "{warnings}"
    );

    let count = [
        "--kind",
        "count",
        "--threshold",
        "400",
        "--counted",
        "500",
        "--public",
    ];
    let value = build(&company, "count", &count).expect(0).value();
    let warnings = value["warnings"].to_string();
    assert!(
        warnings.contains("paid with a chance of 52.7 %"),
        "{warnings}"
    );
}

#[test]
fn a_share_of_eighty_is_not_eighty_per_cent() {
    let company = Company::new(None);
    let more = [
        "--kind",
        "proportion",
        "--threshold",
        "80",
        "--samples",
        "500",
    ];
    let ran = build(&company, "slip", &[&more[..], &["--public"]].concat()).expect(2);
    assert!(
        ran.stderr.contains("--threshold is 8000 %"),
        "{}",
        ran.stderr
    );
}
