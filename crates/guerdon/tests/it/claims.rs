//! A grant file alone claims: with the server stopped, on the embedded chain, on another node.

use serde_json::json;

use crate::company::Acme;
use crate::harness::{Company, DAY, START};

#[test]
fn a_grant_file_claims_on_another_node_from_an_empty_folder() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 200 * DAY);
    let exported = acme.company.path("handed-out");
    let folder = exported.display().to_string();
    let copied = acme
        .company
        .json(&["round", "export", &acme.root, "--to", &folder]);
    assert_eq!(copied["grant_files"], 21);

    let holder = Company::new(acme.company.url.as_deref());
    let file = exported.join("grants/G-1001.json").display().to_string();
    let before = acme
        .rpc
        .balance(&acme.contract("AccessToken"), &crate::company::address(10));
    assert_eq!(before, 0);

    let plan = holder.run(&[
        "-o",
        "json",
        "grant",
        "claim",
        &file,
        "--from",
        "10",
        "--dry-run",
    ]);
    assert_eq!(plan.expect(0).value()["dry_run"], true);
    let paid = holder.json(&["grant", "claim", &file, "--from", "10"]);
    let balance = acme
        .rpc
        .balance(&acme.contract("AccessToken"), &crate::company::address(10));
    assert_eq!(paid["paid"], balance.to_string());
    assert!(balance > 0);

    let again = holder.json(&["grant", "claim", &file, "--from", "10"]);
    assert_eq!(
        (&again["paid"], &again["already"]),
        (&json!("0"), &json!(true))
    );
    let after = acme
        .rpc
        .balance(&acme.contract("AccessToken"), &crate::company::address(10));
    assert_eq!(after, balance);

    holder.run(&["verify", "grant", &file]).expect(0);
    let shown = holder.json(&["grant", "show", &file]);
    assert_eq!(shown["claimed"], balance.to_string());
    acme.company.run(&["verify", "grant", &file]).expect(0);
}

#[test]
fn the_demo_plays_goes_on_and_its_grants_claim_without_a_server() {
    let company = Company::new(None);
    let told = company.json(&["demo", "--no-serve"]);
    assert_eq!(told["chain_id"], 31337);
    assert!(told["pages"].as_array().unwrap().len() >= 10);
    let verified = company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0);

    let again = company.json(&["demo", "--no-serve"]);
    assert_eq!(again["contracts"], told["contracts"]);
    assert_eq!(
        company.json(&["verify", "all"])["claims"],
        verified["claims"]
    );

    let goal = company.json(&["goal", "show", "product_500@0.80..0.90"]);
    assert_eq!(goal["attempts"][0]["fraction_ppb"], 0);
    assert_eq!(goal["fraction_ppb"].as_u64().unwrap() / 1_000_000, 610);

    // Nobody opened this one: the first claim does.
    let paid = company.json(&["grant", "claim", "G-1019"]);
    assert_ne!(paid["paid"], "0");
    let again = company.json(&["grant", "claim", "G-1019"]);
    assert_eq!(again["already"], true);
    // And this one waits for a result.
    let refused = company
        .run(&["--yes", "grant", "claim", "G-1005"])
        .expect(5);
    assert!(
        refused
            .stderr
            .contains("nothing of G-1005 is claimable yet"),
        "{}",
        refused.stderr
    );

    std::fs::remove_file(company.path("guerdon.db")).unwrap();
    let verified = company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0);
}
