//! Pages of words: messages, glossary, contracts, how to verify.

use askama::Template;
use guerdon_core::ledger::MemberRecord;

use super::Context;
use super::shell::{Place, Shell};
use crate::dates;
use crate::html::Hex;
use crate::numbers::{Token, grouped};
use crate::strings::public as words;

/// Something is not there, not allowed, or failed.
#[derive(Debug, Template)]
#[template(path = "pages/message.html")]
pub(crate) struct MessagePage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) what: String,
    pub(crate) hint: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/glossary.html")]
pub(crate) struct GlossaryPage {
    pub(crate) shell: Shell,
}

impl GlossaryPage {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        Self {
            shell: Shell::bare(context, words::GLOSSARY),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/contracts.html")]
pub(crate) struct ContractsPage {
    pub(crate) shell: Shell,
    pub(crate) chain_id: u64,
    pub(crate) contracts: Vec<ContractRow>,
    pub(crate) roles: Vec<RoleRow>,
    pub(crate) token: Token,
    pub(crate) start_block: String,
    pub(crate) genesis: Hex,
    pub(crate) command: String,
}

#[derive(Debug)]
pub(crate) struct ContractRow {
    pub(crate) name: String,
    pub(crate) purpose: &'static str,
    pub(crate) address: Hex,
    pub(crate) transaction: Option<Hex>,
    pub(crate) code_hash: Hex,
}

#[derive(Debug)]
pub(crate) struct RoleRow {
    pub(crate) name: &'static str,
    pub(crate) number: u64,
    pub(crate) may: &'static str,
    pub(crate) members: Vec<MemberRow>,
}

/// An account that has a role now.
#[derive(Debug)]
pub(crate) struct MemberRow {
    pub(crate) account: Hex,
    pub(crate) delay: Option<String>,
}

impl ContractsPage {
    pub(crate) fn new(context: &Context<'_>, access: &[MemberRecord]) -> Self {
        let deployment = context.deployment;
        let contracts = deployment.contracts.iter().map(|contract| ContractRow {
            name: contract.name.clone(),
            purpose: words::purpose(&contract.name),
            address: Hex::address(&contract.address),
            transaction: contract.transaction.as_ref().map(Hex::hash),
            code_hash: Hex::hash(&contract.code_hash),
        });
        let roles = words::ROLES.into_iter().zip(0..);
        let shell = Shell::new(context, words::CONTRACTS, Place::Contracts);
        Self {
            shell: shell.with_data("/contracts".to_owned()),
            chain_id: deployment.chain_id,
            contracts: contracts.collect(),
            roles: roles
                .map(|((name, may), number)| RoleRow {
                    name,
                    number,
                    may,
                    members: members(access, number, context.now()),
                })
                .collect(),
            token: deployment.token.clone(),
            start_block: grouped(deployment.start_block),
            genesis: Hex::hash(&deployment.genesis_hash),
            command: format!(
                "cast keccak $(cast code {} --rpc-url NODE)",
                deployment.grants.to_checksum(None)
            ),
        }
    }
}

fn members(access: &[MemberRecord], role: u64, now: u64) -> Vec<MemberRow> {
    let now_in = access
        .iter()
        .filter(|one| one.role == role && one.is_member(now));
    now_in
        .map(|one| MemberRow {
            account: Hex::address(&one.account),
            delay: match one.delay_at(now) {
                0 => None,
                delay => Some(dates::length(delay.into())),
            },
        })
        .collect()
}

#[derive(Debug, Template)]
#[template(path = "pages/verify.html")]
pub(crate) struct VerifyPage {
    pub(crate) shell: Shell,
    pub(crate) chain_id: u64,
    pub(crate) start_block: String,
    pub(crate) raw: String,
}

impl VerifyPage {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let deployment = context.deployment;
        let grants = deployment.grants.to_checksum(None);
        let call = |name: &str| format!("cast call {grants} \"{name}()(uint128)\" --rpc-url NODE");
        Self {
            shell: Shell::new(context, words::VERIFY, Place::Elsewhere),
            chain_id: deployment.chain_id,
            start_block: grouped(deployment.start_block),
            raw: [call("funded"), call("promised")].join("\n"),
        }
    }
}
