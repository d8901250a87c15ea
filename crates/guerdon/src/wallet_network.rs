//! The chain as wallets are told of it that do not know it (EIP-3085).

use serde_json::json;

use crate::cli::PortalArgs;
use crate::error::{Failure, Outcome};

/// What wallets take for a coin's symbol.
const SYMBOL: std::ops::RangeInclusive<usize> = 2..=6;

/// The parameter of `wallet_addEthereumChain`; `None` unless a node for wallets is named.
pub(crate) fn of(arguments: &PortalArgs, chain_id: u64) -> Outcome<Option<String>> {
    let Some(node) = &arguments.wallet_rpc_url else {
        return Ok(None);
    };
    check("--wallet-rpc-url", node)?;
    let coin = arguments.wallet_coin.as_deref().unwrap_or("ETH");
    if !SYMBOL.contains(&coin.len()) || !coin.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let sentence = format!("--wallet-coin {coin} is no symbol of a coin");
        return Err(Failure::input(sentence).hint("two to six letters or digits, such as ETH"));
    }
    let name = arguments.wallet_chain_name.clone();
    let mut network = json!({
        "chainId": format!("{chain_id:#x}"),
        "chainName": name.unwrap_or_else(|| format!("Chain {chain_id}")),
        "nativeCurrency": { "name": coin, "symbol": coin, "decimals": 18 },
        "rpcUrls": [node],
    });
    if let Some(explorer) = &arguments.wallet_explorer_url {
        check("--wallet-explorer-url", explorer)?;
        network["blockExplorerUrls"] = json!([explorer]);
    }
    Ok(Some(network.to_string()))
}

/// Every visitor reads these addresses, and wallets take none without https but this machine's.
fn check(flag: &str, url: &str) -> Outcome {
    let wrong = |why: &str| {
        Err(Failure::input(format!("{flag} {why}"))
            .hint("every visitor's wallet is given it: write a public https address without keys"))
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return wrong("has no scheme");
    };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if place.is_empty() || place.contains('@') {
        return wrong("names no host, or a user");
    }
    let near = ["127.0.0.1", "localhost", "[::1]"];
    let near = near.iter().any(|name| {
        let rest = place.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    match scheme {
        "https" => Ok(()),
        "http" if near => Ok(()),
        _ => wrong("is not https"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(node: &str, more: impl Fn(&mut PortalArgs)) -> Outcome<Option<String>> {
        let mut arguments = PortalArgs {
            wallet_rpc_url: Some(node.to_owned()),
            ..PortalArgs::default()
        };
        more(&mut arguments);
        of(&arguments, 8_453)
    }

    #[test]
    fn wallets_are_told_of_a_chain_whose_node_is_named() {
        assert_eq!(of(&PortalArgs::default(), 8_453).unwrap(), None);
        let told = with("https://base.example/rpc", |it| {
            it.wallet_chain_name = Some("Base".to_owned());
            it.wallet_explorer_url = Some("https://scan.example".to_owned());
        });
        let told: serde_json::Value = serde_json::from_str(&told.unwrap().unwrap()).unwrap();
        let wanted = json!({
            "chainId": "0x2105",
            "chainName": "Base",
            "nativeCurrency": { "name": "ETH", "symbol": "ETH", "decimals": 18 },
            "rpcUrls": ["https://base.example/rpc"],
            "blockExplorerUrls": ["https://scan.example"],
        });
        assert_eq!(told, wanted);
        assert!(with("http://127.0.0.1:8545", |_| ()).is_ok());
    }

    #[test]
    fn what_wallets_would_refuse_or_nobody_may_read_is_refused() {
        for node in [
            "base.example",
            "http://base.example",
            "http://127.0.0.1.evil.example",
            "https://user:key@base.example",
            "https://",
            "ws://127.0.0.1",
        ] {
            assert!(with(node, |_| ()).is_err(), "{node}");
        }
        for coin in ["E", "TOOLONG", "E H"] {
            let set = |it: &mut PortalArgs| it.wallet_coin = Some(coin.to_owned());
            assert!(with("https://base.example", set).is_err(), "{coin}");
        }
        let javascript = |it: &mut PortalArgs| {
            it.wallet_explorer_url = Some("javascript:alert(1)".to_owned());
        };
        assert!(with("https://base.example", javascript).is_err());
    }
}
