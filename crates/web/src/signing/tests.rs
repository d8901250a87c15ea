//! What a page shows and what a wallet gets are of one request.

use alloy_primitives::{Address, B256};
use guerdon_chain::{Signer, plan, typed_data_digest};
use serde_json::{Value, json};

use super::{Judged, Kind, Request, parse_signature, signed_by};
use crate::strings::signing::island;

const GRANTS: Address = Address::repeat_byte(0x6a);
const HOLDER: Address = Address::repeat_byte(0x0b);

fn claim() -> Request {
    let plan = plan::claim(GRANTS, &[HOLDER.as_slice(), &[1; 80]].concat());
    let request = Request::transaction(31_337, &plan).unwrap();
    request
        .from(HOLDER)
        .saying("12.00 ACC arrive at \"her\" <wallet>.")
        .button("Claim 12.00 ACC")
        .done("/grants/0x01/receipts/")
        .back("/grants/0x01")
        .command("guerdon grant claim GRANT.json")
}

#[test]
fn the_sentence_and_the_call_are_of_one_plan() {
    let request = claim();
    let Kind::Transaction { to, data } = &request.kind else {
        panic!("a call");
    };
    assert_eq!(*to, GRANTS);
    let page = request.panel().unwrap().to_string();
    assert!(page.contains(&format!("data-call=\"{data}\"")), "{page}");
    assert!(page.contains(&format!("data-contract=\"{}\"", GRANTS.to_checksum(None))));
    assert!(page.contains(&format!("data-from=\"{}\"", HOLDER)));
    assert!(page.contains("Pay the holder of the grant of "), "{page}");
    assert!(page.contains("data-done=\"/grants/0x01/receipts/\""));
    assert!(page.contains("&#34;her&#34; &#60;wallet&#62;"), "{page}");
    assert!(!page.contains("<form"), "a transaction has no form");
}

#[test]
fn a_plan_that_creates_a_contract_is_no_request() {
    let mut plan = plan::claim(GRANTS, &[1; 98]);
    plan.to = None;
    assert_eq!(Request::transaction(1, &plan), None);
}

#[test]
fn a_message_comes_back_by_a_form() {
    let document = json!({"primaryType": "AcceptGrant", "domain": {"chainId": 31_337}});
    let digest = B256::repeat_byte(5);
    let request = Request::typed_data((31_337, GRANTS), &document, digest, "/grants/0x01/accept");
    let request = request.field("signed_at", "7").button("Accept");
    let page = request.panel().unwrap().to_string();
    assert!(page.contains("method=\"post\" action=\"/grants/0x01/accept\""));
    assert!(page.contains("name=\"signed_at\" value=\"7\""));
    assert!(page.contains("name=\"signature\""));
    assert!(page.contains(&digest.to_string()) && !page.contains("data-call"));
    assert!(
        page.contains("&#34;primaryType&#34;:&#34;AcceptGrant&#34;"),
        "{page}"
    );
}

#[test]
fn each_way_a_wallet_fails_has_a_sentence_of_its_own() {
    let words = island();
    let names = [
        "none",
        "deployment",
        "account",
        "network",
        "unknown",
        "rejected",
        "pending",
        "locked",
        "disconnected",
        "gas",
        "reverted",
        "unsupported",
        "failed",
        "sent",
    ];
    let said: Vec<&str> = names
        .iter()
        .map(|name| words[*name].as_str().unwrap())
        .collect();
    for (place, one) in said.iter().enumerate() {
        assert!(one.ends_with('.') || one.ends_with("sent."), "{one}");
        assert!(!said[..place].contains(one), "said twice: {one}");
    }
    let island = include_str!("../../ui/islands/sign.ts");
    let known = |name: &str| words.get(name).is_some();
    for part in island.split("this.say(\"").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            known(name),
            "sign.ts says {name}, and there is no such sentence"
        );
    }
    for part in island.split("new Refusal(\"").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            known(name),
            "sign.ts says {name}, and there is no such sentence"
        );
    }
}

#[test]
fn a_signature_is_hexadecimal() {
    assert_eq!(parse_signature(" 0x0102 \n"), Some(vec![1, 2]));
    for wrong in ["", "0x", "0xzz", "signed", &"00".repeat(9_000)] {
        assert_eq!(parse_signature(wrong), None, "{wrong:.20}");
    }
}

#[tokio::test]
async fn the_key_itself_is_asked_first() {
    let signer = Signer::embedded(3).unwrap();
    let digest = typed_data_digest(&document()).unwrap();
    let mut signature = signer.sign_digest(&digest).unwrap().to_vec();
    let judge = async |account, signature: &[u8]| {
        signed_by(account, digest, signature, None).await.unwrap()
    };
    assert_eq!(judge(signer.address(), &signature).await, Judged::ByKey);
    assert_eq!(judge(HOLDER, &signature).await, Judged::Refused);
    assert_eq!(
        judge(signer.address(), &signature[..64]).await,
        Judged::Refused
    );
    signature[64] -= 27;
    assert_eq!(judge(signer.address(), &signature).await, Judged::ByKey);
    signature[3] ^= 1;
    assert_eq!(judge(signer.address(), &signature).await, Judged::Refused);
}

fn document() -> Value {
    json!({
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}],
            "AcceptGrant": [{"name": "id", "type": "bytes32"}],
        },
        "primaryType": "AcceptGrant",
        "domain": {"name": "Guerdon Portal"},
        "message": {"id": B256::repeat_byte(1)},
    })
}
