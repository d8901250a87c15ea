//! Accounts that are contracts, and what only looks like one.

use alloy::primitives::{Address, B256};

use crate::support::{Scratch, rpc, start};

const MAGIC: &str = "1626ba7e";

/// Code that answers so many bytes: a word, then zeros.
fn answering(word: &str, bytes: u8) -> String {
    format!("0x7f{word:0<64}5f5260{bytes:02x}5ff3")
}

#[tokio::test]
async fn a_signature_is_taken_by_code_and_one_word_alone() {
    let dir = Scratch::new();
    let embedded = start(dir.path()).await;
    let judge = async |account: Address| {
        let chain = embedded.chain();
        let judged = chain.is_valid_signature(account, B256::repeat_byte(1), &[2; 65]);
        judged.await.unwrap()
    };
    let account = Address::repeat_byte(0xe1);
    let full = "ff".repeat(28);
    for (code, taken) in [
        (answering(MAGIC, 32), true),
        (answering(MAGIC, 4), false),
        (answering(MAGIC, 31), false),
        (answering(MAGIC, 64), false),
        (answering(MAGIC, 0), false),
        (answering(&format!("{MAGIC}{full}"), 32), false),
        (answering("ffffffff", 32), false),
        ("0x5f5ffd".to_owned(), false),
        ("0x".to_owned(), false),
    ] {
        let params = format!(r#"["{account}","{code}"]"#);
        rpc(embedded.url(), "anvil_setCode", &params).await;
        assert_eq!(judge(account).await, taken, "{code}");
    }
    // The identity contract has no code, and gives back the call, which begins with the magic.
    for precompile in 1..=9 {
        let precompile = Address::with_last_byte(precompile);
        assert!(!judge(precompile).await, "{precompile}");
    }
    embedded.stop().await.unwrap();
}
