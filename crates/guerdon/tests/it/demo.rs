//! The demonstration: anybody of its cast, a wallet in the page, time. And none of it elsewhere.

use serde_json::json;

use crate::company::{Acme, address};
use crate::harness::{Company, Served};
use crate::visitor::Visitor;

const CLAIM_HOLDER: u32 = 10;

#[test]
fn a_visitor_is_anybody_signs_claims_and_travels() {
    let company = Company::new(None);
    let (served, _) = Served::run(&company, &["demo", "--port", "0"]);
    let mut visitor = Visitor::at(&served.url);

    let first = visitor.get("/").expect(200);
    assert!(first.body.contains("You are nobody yet."), "{}", first.body);
    assert!(first.body.contains("Dolores Ibárruri-Vega, engineer"));
    let chosen = visitor
        .form("/demo/switch", &[("actor", "E200")])
        .expect(303);
    assert_eq!(chosen.header("location"), Some("/me"));
    let home = visitor.get("/me").expect(200);
    assert!(
        home.body.contains("You are Ada Okafor, engineer."),
        "{}",
        home.body
    );

    wallet(&mut visitor);
    travels(&mut visitor);

    let chosen = visitor
        .form("/demo/switch", &[("actor", "E014")])
        .expect(303);
    assert_eq!(chosen.header("location"), Some("/company"));
    let desk = visitor.get("/company").expect(200);
    assert!(desk.body.contains("You are Marco Bianchi, PEOPLE."));
    visitor
        .form("/demo/switch", &[("actor", "nobody")])
        .expect(403);
    visitor.get("/demo").expect(200);
}

/// Asks the wallet in the page, as its script does.
fn wallet(visitor: &mut Visitor) {
    let me = address(CLAIM_HOLDER);
    let mut ask = |method: &str, params: serde_json::Value| {
        let question = json!({"method": method, "params": params});
        visitor.post("/demo/wallet", &question).expect(200).json()
    };
    assert_eq!(ask("eth_chainId", json!([]))["result"], "0x7a69");
    let accounts = ask("eth_requestAccounts", json!([]));
    let mine = accounts["result"][0].as_str().unwrap();
    assert_eq!(mine.to_lowercase(), me.to_lowercase());
    let signed = ask("personal_sign", json!(["0x68656c6c6f", me]));
    assert_eq!(signed["result"].as_str().unwrap().len(), 132);
    let other = ask("personal_sign", json!(["0x68656c6c6f", address(11)]));
    assert_eq!(other["error"]["code"], 4100);
    let foreign = json!([{"from": address(0), "to": address(11), "data": "0x"}]);
    assert_eq!(ask("eth_sendTransaction", foreign)["error"]["code"], 4100);
    let sent = ask(
        "eth_sendTransaction",
        json!([{"from": me, "to": address(11), "data": "0x"}]),
    );
    assert_eq!(sent["result"].as_str().unwrap().len(), 66, "{sent}");
    assert_eq!(ask("eth_sign", json!([]))["error"]["code"], 4200);
}

fn travels(visitor: &mut Visitor) {
    let before = visitor.get("/me").expect(200).body;
    assert!(before.contains("1 Jul 2028"), "{before}");
    for (to, day) in [("day", "2 Jul 2028"), ("month", "1 Aug 2028")] {
        visitor.form("/demo/travel", &[("to", to)]).expect(303);
        let after = visitor.get("/me").expect(200).body;
        assert!(
            after.contains(&format!("Today is <b class=\"nowrap\">{day}")),
            "{to}"
        );
    }
    visitor.form("/demo/travel", &[("to", "next")]).expect(303);
    visitor.form("/demo/travel", &[("to", "1")]).expect(403);
}

#[test]
fn a_demonstration_answers_to_names_of_its_own_machine_alone() {
    let company = Company::new(None);
    let (served, _) = Served::run(&company, &["demo", "--port", "0"]);
    let mut visitor = Visitor::at(&served.url);
    let chain = json!({"method": "eth_chainId"});

    visitor.origin = false;
    visitor
        .form("/demo/switch", &[("actor", "E200")])
        .expect(403);
    visitor.post("/demo/wallet", &chain).expect(403);
    visitor.origin = true;
    visitor.host = "evil.example:80".to_owned();
    visitor.get("/demo").expect(403);
    visitor
        .form("/demo/switch", &[("actor", "E200")])
        .expect(403);
    visitor.form("/demo/travel", &[("to", "day")]).expect(403);
    visitor.post("/demo/wallet", &chain).expect(403);
    assert_eq!(visitor.cookie, None);
}

#[test]
fn nothing_of_a_demonstration_is_there_in_a_normal_serve() {
    let acme = Acme::with_round();
    let served = Served::start(&acme.company);
    let mut visitor = Visitor::at(&served.url);
    visitor.get("/demo").expect(404);
    visitor
        .form("/demo/switch", &[("actor", "E200")])
        .expect(404);
    visitor.form("/demo/travel", &[("to", "day")]).expect(404);
    let question = json!({"method": "eth_chainId"});
    visitor.post("/demo/wallet", &question).expect(404);
    let page = visitor.get("/").expect(200).body;
    assert!(!page.contains("/demo/"), "{page}");
}
