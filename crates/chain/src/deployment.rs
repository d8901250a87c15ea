//! Deployment files: where the contracts of a company are.
//!
//! One form for the committed, public ones (`contracts/deployments/<chain-id>.json`) and for those
//! of a data directory.

use std::fs;
use std::path::Path;

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use crate::artifacts::Named;
use crate::connect::Chain;
use crate::error::ChainError;

/// A company's contracts on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// The chain's id now.
    pub chain_id: u64,
    /// The chain's id when the contracts were deployed: part of every grant's and goal's id.
    pub chain_id_at_deployment: u64,
    /// Whose it is.
    pub name: String,
    /// The block of the first contract: no event of ours is older.
    pub start_block: u64,
    /// Hash of block 0, which tells chains of one id apart.
    pub genesis_hash: B256,
    /// The contracts by name.
    pub contracts: Contracts,
    /// The token that grants pay.
    pub token: Token,
}

/// The contracts of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Contracts {
    /// Rounds and grants.
    pub grants: Contract,
    /// Who holds a grant, and what replaces it; deployments before it have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Contract>,
    /// Goals and their results.
    pub goals: Contract,
    /// The token that grants pay.
    pub access_token: Contract,
    /// Who has which role.
    pub access_manager: Contract,
    /// The token of bonds, which the company cannot mint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bond_token: Option<Contract>,
    /// Who may mint it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bond_manager: Option<Contract>,
}

/// One contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contract {
    /// Its address.
    pub address: Address,
    /// The transaction that created it.
    pub tx_hash: B256,
    /// The block of that transaction.
    pub block: u64,
    /// keccak256 of its code.
    pub code_hash: B256,
}

/// What a token is called and counted in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// For example "ACC".
    pub symbol: String,
    /// For example "Acme Access".
    pub name: String,
    /// Base units make 10^-decimals tokens.
    pub decimals: u8,
}

impl Contracts {
    /// All that are there, with their names.
    #[must_use]
    pub fn list(&self) -> Vec<(&'static str, Contract)> {
        let named = [
            ("Grants", Some(self.grants)),
            ("Succession", self.succession),
            ("Goals", Some(self.goals)),
            ("AccessToken", Some(self.access_token)),
            ("AccessManager", Some(self.access_manager)),
            ("BondToken", self.bond_token),
            ("BondManager", self.bond_manager),
        ];
        named
            .into_iter()
            .filter_map(|(name, contract)| Some((name, contract?)))
            .collect()
    }
}

impl Deployment {
    /// Reads a deployment file.
    ///
    /// # Errors
    /// [`ChainError::Deployment`] when it cannot be read or is malformed.
    pub fn read(path: &Path) -> Result<Self, ChainError> {
        let bytes = fs::read(path).map_err(|error| unusable(path, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| unusable(path, &error))
    }

    /// Writes a deployment file: whole, or not at all. Makes its folder.
    ///
    /// # Errors
    /// [`ChainError::Deployment`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ChainError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| unusable(path, &error))?;
        }
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| unusable(path, &error))?;
        bytes.push(b'\n');
        crate::files::write_durably(path, &bytes).map_err(|error| unusable(path, &error))
    }

    /// Makes sure that the chain is the deployment's, that every contract has its code, and that they
    /// name each other.
    ///
    /// # Errors
    /// [`ChainError::Deployment`] naming the first difference.
    pub async fn check(&self, chain: &Chain) -> Result<(), ChainError> {
        let wrong = |place: &str, reason: String| {
            Err(ChainError::Deployment {
                place: place.to_owned(),
                reason,
            })
        };
        if chain.chain_id() != self.chain_id {
            let reason = format!(
                "it is of chain {} and this is {}",
                self.chain_id,
                chain.chain_id()
            );
            return wrong(&self.name, reason);
        }
        let genesis = chain.block(0).await?.map(|block| block.hash);
        if genesis.is_some_and(|hash| hash != self.genesis_hash) {
            return wrong(
                &self.name,
                "it is of another chain with the same id".to_owned(),
            );
        }
        for (name, contract) in self.contracts.list() {
            if chain.code_hash(contract.address).await? != contract.code_hash {
                let reason = format!("{} has not the code that was deployed", contract.address);
                return wrong(name, reason);
            }
        }
        for named in chain.names_of(self).await? {
            let Named {
                contract,
                function,
                found,
                want,
            } = named;
            if found != want {
                let reason = format!("its {function} is {found}, and the file says {want}");
                return wrong(contract, reason);
            }
        }
        Ok(())
    }
}

fn unusable(path: &Path, reason: &impl ToString) -> ChainError {
    ChainError::Deployment {
        place: path.display().to_string(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn deployment() -> Deployment {
        let contract = |byte| Contract {
            address: Address::repeat_byte(byte),
            tx_hash: B256::repeat_byte(2),
            block: 3,
            code_hash: B256::repeat_byte(4),
        };
        Deployment {
            chain_id: 31337,
            chain_id_at_deployment: 31337,
            name: "Acme".to_owned(),
            start_block: 1,
            genesis_hash: B256::repeat_byte(5),
            contracts: Contracts {
                grants: contract(1),
                succession: Some(contract(2)),
                goals: contract(3),
                access_token: contract(4),
                access_manager: contract(5),
                bond_token: None,
                bond_manager: None,
            },
            token: Token {
                symbol: "ACC".into(),
                name: "Acme Access".into(),
                decimals: 18,
            },
        }
    }

    #[test]
    fn a_file_comes_back_as_it_went() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deployments").join("31337.json");
        deployment().write(&path).unwrap();
        assert_eq!(Deployment::read(&path).unwrap(), deployment());

        let json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(json["chainId"], 31337);
        assert_eq!(
            json["contracts"]["AccessManager"]["codeHash"],
            B256::repeat_byte(4).to_string()
        );
        assert!(json["contracts"].get("BondToken").is_none());
    }

    #[test]
    fn a_file_from_before_succession_is_read_as_without_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1.json");
        let mut before = deployment();
        before.contracts.succession = None;
        before.write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("Succession"), "{text}");
        assert_eq!(Deployment::read(&path).unwrap(), before);
        let names = before.contracts.list().into_iter().map(|(name, _)| name);
        assert!(!names.collect::<Vec<_>>().contains(&"Succession"));
    }

    #[test]
    fn a_missing_or_torn_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1.json");
        for content in [None, Some("{\"chainId\": 1"), Some("{}")] {
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            let error = Deployment::read(&path).unwrap_err().to_string();
            assert!(error.contains("1.json"), "{error}");
        }
    }
}
