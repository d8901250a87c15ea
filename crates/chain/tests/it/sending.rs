//! Sending: once each, whoever else sends; who may sign; what a refusal says.

use std::time::Duration;

use alloy::primitives::Address;
use guerdon_chain::{Chain, ChainError, DeployConfig, RevertKind, plan};

use crate::support::{TOKEN, World, acc, rpc, signer};

#[tokio::test]
async fn senders_that_share_an_account_each_send_once() {
    let world = World::new(0).await;
    let (token, to) = (world.token(), Address::repeat_byte(7));
    let senders = (0..4).map(|_| async {
        // A connection of its own: nothing but the chain keeps their nonces apart.
        let chain = Chain::connect(world.embedded.url()).await.unwrap();
        for _ in 0..5 {
            chain
                .send(&plan::mint(token, to, TOKEN, &acc()), &signer(0))
                .await
                .unwrap();
        }
    });
    futures::future::join_all(senders).await;
    assert_eq!(world.balance(to).await, 20 * TOKEN);
    world.stop().await;
}

#[tokio::test]
async fn a_block_that_does_not_come_is_pending_and_not_sent_again() {
    let world = World::new(0).await;
    let (token, to) = (world.token(), Address::repeat_byte(7));
    let mint = plan::mint(token, to, TOKEN, &acc());
    rpc(world.embedded.url(), "evm_setAutomine", "[false]").await;
    let wait = Duration::from_millis(300);
    let error = world
        .chain()
        .send_within(&mint, &signer(0), wait)
        .await
        .unwrap_err();
    assert!(matches!(error, ChainError::Pending { .. }), "{error}");
    rpc(world.embedded.url(), "evm_setAutomine", "[true]").await;
    world.embedded.mine().await.unwrap();
    assert_eq!(world.balance(to).await, TOKEN);
    world.stop().await;
}

#[tokio::test]
async fn refusals_are_sentences() {
    let world = World::new(0).await;
    let (token, grants) = (world.token(), world.grants());
    let mint = plan::mint(token, Address::repeat_byte(7), TOKEN, &acc());
    let error = world
        .chain()
        .simulate(&mint, signer(5).address())
        .await
        .unwrap_err();
    let ChainError::Reverted(reverted) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(reverted.name, "AccessManagedUnauthorized");
    assert_eq!(reverted.kind, RevertKind::Forbidden);
    assert!(
        error.to_string().contains(&signer(5).address().to_string()),
        "{error}"
    );
    assert!(error.hint().is_some());

    let fund = plan::fund(grants, TOKEN, &acc());
    assert_eq!(world.refused(0, fund).await, "ERC20InsufficientAllowance");
    let error = world.chain().funded(token, None).await.unwrap_err();
    assert!(!error.to_string().is_empty());

    let broke = guerdon_chain::Signer::from_keystore(std::path::Path::new("/nowhere"), "x", "");
    assert!(matches!(broke, Err(ChainError::Keystore { .. })));
    world.stop().await;
}

#[tokio::test]
async fn a_deployment_that_fails_names_the_reason() {
    let world = World::new(0).await;
    let config = DeployConfig {
        name: "Acme".to_owned(),
        token_name: "Acme Access".to_owned(),
        token_symbol: "ACC".to_owned(),
        cap: 1 << 104,
        roles: Vec::new(),
    };
    let error = guerdon_chain::deploy(world.chain(), &signer(0), &config)
        .await
        .unwrap_err();
    let ChainError::Reverted(reverted) = error else {
        panic!("{error:?}")
    };
    assert_eq!(reverted.name, "BadCap");

    world.deployment.check(world.chain()).await.unwrap();
    let mut other = world.deployment.clone();
    other.contracts.goals.address = Address::repeat_byte(1);
    let error = other.check(world.chain()).await.unwrap_err().to_string();
    assert!(error.contains("Goals"), "{error}");
    world.stop().await;
}

#[tokio::test]
async fn a_displaced_transaction_is_signed_anew() {
    let world = World::new(0).await;
    let (token, to) = (world.token(), Address::repeat_byte(7));
    let (url, from) = (world.embedded.url(), signer(0).address());
    let mint = plan::mint(token, to, TOKEN, &acc());
    rpc(url, "evm_setAutomine", "[false]").await;
    let (key, wait) = (signer(0), Duration::from_secs(20));
    let sending = world.chain().send_within(&mint, &key, wait);
    let displacing = async {
        // Somebody else with the same key pays more for the same nonce, then blocks come again.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let nonce = world.embedded.chain().head().await.unwrap().number;
        let rival = format!(
            r#"[{{"from":"{from}","to":"{from}","nonce":"{nonce:#x}","gas":"0x5208",
            "maxFeePerGas":"0x3b9aca0000","maxPriorityFeePerGas":"0x3b9aca000"}}]"#
        );
        rpc(url, "eth_sendTransaction", &rival).await;
        rpc(url, "evm_setAutomine", "[true]").await;
        world.embedded.mine().await.unwrap();
    };
    let (receipt, ()) = tokio::join!(sending, displacing);
    receipt.unwrap();
    assert_eq!(world.balance(to).await, TOKEN);
    world.stop().await;
}
