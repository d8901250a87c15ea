//! Code on the chain against the committed artifacts.

use std::collections::BTreeMap;

use alloy::primitives::{Address, Bytes};
use alloy::providers::Provider;
use serde::Deserialize;

use crate::connect::Chain;
use crate::deployment::Deployment;
use crate::error::ChainError;

pub(crate) const ACCESS_MANAGER: &str =
    include_str!("../../../contracts/artifacts/AccessManager.json");
pub(crate) const ACCESS_TOKEN: &str = include_str!("../../../contracts/artifacts/AccessToken.json");
pub(crate) const GOALS: &str = include_str!("../../../contracts/artifacts/Goals.json");
pub(crate) const GRANTS: &str = include_str!("../../../contracts/artifacts/Grants.json");
pub(crate) const SUCCESSION: &str = include_str!("../../../contracts/artifacts/Succession.json");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    deployed_bytecode: Bytes,
    immutable_references: BTreeMap<String, Vec<Range>>,
}

#[derive(Deserialize)]
struct Range {
    start: usize,
    length: usize,
}

/// A contract that another names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who names it.
    pub contract: &'static str,
    /// By which function.
    pub function: &'static str,
    /// What it answers.
    pub found: Address,
    /// What the deployment file says.
    pub want: Address,
}

impl Chain {
    /// The contract code of a deployment against the artifacts it was built from, by name: what
    /// differs, in words, or `None` when it is the same but for its immutable values.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn code_against_artifacts(
        &self,
        deployment: &Deployment,
    ) -> Result<Vec<(&'static str, Option<String>)>, ChainError> {
        let mut found = Vec::new();
        for (name, contract) in deployment.contracts.list() {
            let difference = self.artifact_difference(name, contract.address).await?;
            found.push((name, difference));
        }
        Ok(found)
    }

    /// The code at an address against the artifact of a contract of this name: what differs, in
    /// words, or `None` when it is the same but for its immutable values.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn artifact_difference(
        &self,
        name: &str,
        address: Address,
    ) -> Result<Option<String>, ChainError> {
        let artifact = match name {
            "Grants" => GRANTS,
            "Succession" => SUCCESSION,
            "Goals" => GOALS,
            "AccessToken" | "BondToken" => ACCESS_TOKEN,
            _ => ACCESS_MANAGER,
        };
        Ok(difference(artifact, &self.code_of(address).await?))
    }

    /// What the contracts of a deployment name, against its file. Code alone does not tell: the
    /// names are immutable values, and whoever Grants takes for its Succession can move every grant.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn names_of(&self, deployment: &Deployment) -> Result<Vec<Named>, ChainError> {
        let contracts = &deployment.contracts;
        let grants = contracts.grants.address;
        let succession = contracts.succession.map(|contract| contract.address);
        let named = |contract, function, found, want| Named {
            contract,
            function,
            found,
            want,
        };
        let token = contracts.access_token.address;
        let goals = contracts.goals.address;
        let found = self.succession_of(grants).await?.unwrap_or_default();
        let want = succession.unwrap_or_default();
        let mut all = vec![
            named("Grants", "TOKEN", self.token_of(grants).await?, token),
            named("Grants", "GOALS", self.goals_of(grants).await?, goals),
            named("Grants", "SUCCESSION", found, want),
        ];
        if let Some(succession) = succession {
            let found = self.grants_of(succession).await?;
            all.push(named("Succession", "GRANTS", found, grants));
        }
        Ok(all)
    }

    async fn code_of(&self, address: Address) -> Result<Bytes, ChainError> {
        self.read("eth_getCode", || async {
            self.provider().get_code_at(address).await
        })
        .await
    }
}

/// What differs between code and artifact outside of the immutable values.
fn difference(artifact: &str, code: &[u8]) -> Option<String> {
    let artifact: Artifact = match serde_json::from_str(artifact) {
        Ok(artifact) => artifact,
        Err(error) => return Some(format!("the artifact cannot be read: {error}")),
    };
    let mut want = artifact.deployed_bytecode.to_vec();
    if code.len() != want.len() {
        return Some(format!(
            "the code has {} bytes and the artifact {}",
            code.len(),
            want.len()
        ));
    }
    let mut code = code.to_vec();
    for Range { start, length } in artifact.immutable_references.into_values().flatten() {
        for bytes in [&mut code, &mut want] {
            if let Some(value) = bytes.get_mut(start..start.saturating_add(length)) {
                value.fill(0);
            }
        }
    }
    let place = code
        .iter()
        .zip(&want)
        .position(|(left, right)| left != right)?;
    Some(format!(
        "the code differs from the artifact at byte {place}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str = r#"{"deployedBytecode": "0x60000000ff",
        "immutableReferences": {"7": [{"start": 1, "length": 3}]}}"#;

    #[test]
    fn immutable_values_do_not_count() {
        for (code, want) in [
            (&[0x60, 0, 0, 0, 0xff][..], None),
            (&[0x60, 1, 2, 3, 0xff], None),
            (&[0x60, 1, 2, 3, 0xfe], Some("byte 4")),
            (&[0x60], Some("1 bytes")),
        ] {
            let found = difference(ARTIFACT, code);
            assert_eq!(found.is_some(), want.is_some(), "{found:?}");
            assert!(want.is_none_or(|want| found.unwrap().contains(want)));
        }
    }
}
