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
    acme.company.run(&["verify", "grant", "G-1001"]).expect(0);
    acme.company.run(&["verify", "round", &acme.root]).expect(0);
    let unknown = acme.company.run(&["verify", "grant", "G-9"]).expect(3);
    let said = unknown.stderr;
    assert!(said.contains("there is no file G-9"), "{said}");
    assert!(said.contains("or the name of one in"), "{said}");
}

/// Written by Foundry's `cast wallet import` for the private key 0x4242…42, password "right".
const KEYSTORE: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{
    "iv":"a1d20457f4f4e97912a1be5ee6c54d23"},
    "ciphertext":"d8a9c178ee56cc4a40adb1ba87f72f1e3c3fea55686589ad3b84cd9b56060ae8",
    "kdf":"scrypt","kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,
    "salt":"141fb5eec142ec00c10c709c9cbce7174264260720ba51210ac09b69c4ba2788"},
    "mac":"e929505bf39eb9f6bc1cf1f152e9e1fb286e85065e4c151127935806044bdf9a"},
    "id":"2fe2477b-dce1-4081-bafc-a9f4f513629f","version":3}"#;

#[test]
fn anyone_claims_for_the_holder_with_a_keystore() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 200 * DAY);
    let keys = acme.company.path("keys");
    std::fs::create_dir(&keys).unwrap();
    std::fs::write(keys.join("payer"), KEYSTORE).unwrap();
    let password = acme.company.path("password");
    std::fs::write(&password, "right\n").unwrap();
    let payer = "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025";
    let claim = [
        "--yes",
        "grant",
        "claim",
        "G-1002",
        "--account",
        "payer",
        "--keystore-dir",
        keys.to_str().unwrap(),
        "--password-file",
        password.to_str().unwrap(),
    ];
    let poor = acme.company.run(&claim).expect(5);
    assert!(poor.stderr.contains("gas"), "{}", poor.stderr);
    acme.rpc
        .ask("anvil_setBalance", &json!([payer, "0xde0b6b3a7640000"]));
    acme.company.run(&claim).expect(0);
    let token = acme.contract("AccessToken");
    assert!(acme.rpc.balance(&token, &crate::company::address(11)) > 0);
    assert_eq!(acme.rpc.balance(&token, payer), 0);

    std::fs::write(&password, "wrong\n").unwrap();
    acme.company.run(&claim).expect(4);
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
