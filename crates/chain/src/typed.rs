//! Typed messages (EIP-712) of panels: signing them, and telling who signed.

use alloy::primitives::{Address, B256, Signature};
use guerdon_core::goal::{Accept, GoalsDomain, PanelResult, accept_digest, result_digest};

use crate::error::ChainError;
use crate::signer::Signer;

impl Signer {
    /// Signs the acceptance of a registration.
    ///
    /// # Errors
    /// See [`Signer::sign_digest`].
    pub fn sign_accept(
        &self,
        domain: &GoalsDomain,
        accept: &Accept,
    ) -> Result<[u8; 65], ChainError> {
        self.sign_digest(&accept_digest(domain, accept))
    }

    /// Signs a result.
    ///
    /// # Errors
    /// See [`Signer::sign_digest`].
    pub fn sign_result(
        &self,
        domain: &GoalsDomain,
        result: &PanelResult,
    ) -> Result<[u8; 65], ChainError> {
        self.sign_digest(&result_digest(domain, result))
    }
}

/// Who signed an acceptance; `None` when the signature is malformed.
#[must_use]
pub fn accept_signer(
    domain: &GoalsDomain,
    accept: &Accept,
    signature: &[u8; 65],
) -> Option<Address> {
    recover(&accept_digest(domain, accept), signature)
}

/// Who signed a result; `None` when the signature is malformed.
#[must_use]
pub fn result_signer(
    domain: &GoalsDomain,
    result: &PanelResult,
    signature: &[u8; 65],
) -> Option<Address> {
    recover(&result_digest(domain, result), signature)
}

/// Who signed a digest. Like the contract, refuses the second form of a signature (a high s).
#[must_use]
pub fn recover(digest: &B256, signature: &[u8; 65]) -> Option<Address> {
    let signature = Signature::from_raw_array(signature).ok()?;
    if signature.normalize_s().is_some() {
        return None;
    }
    signature.recover_address_from_prehash(digest).ok()
}

/// The panel's messages as the contracts declare them.
#[cfg(test)]
pub(crate) mod messages {
    alloy::sol! {
        struct Accept {
            bytes32 goal;
            uint16 attempt;
            bytes32 model;
            uint40 deadline;
        }
        struct Result {
            bytes32 goal;
            uint16 attempt;
            bytes32 model;
            uint128 x;
            uint128 y;
            uint32 samples;
            uint32 guards;
            bytes32 evidence;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;
    use alloy::primitives::aliases::U40;
    use alloy::sol_types::{SolStruct, eip712_domain};

    use super::messages as typed;
    use super::*;

    const DOMAIN: GoalsDomain = GoalsDomain {
        chain_id: 31337,
        goals: address!("00000000000000000000000000000000000000aa"),
    };

    fn alloy_domain() -> alloy::sol_types::Eip712Domain {
        eip712_domain! {
            name: "Guerdon Goals",
            version: "1",
            chain_id: DOMAIN.chain_id,
            verifying_contract: DOMAIN.goals,
        }
    }

    fn accept() -> Accept {
        Accept {
            goal: B256::repeat_byte(1),
            attempt: 513,
            model: B256::repeat_byte(2),
            deadline: 1_800_000_000,
        }
    }

    fn result() -> PanelResult {
        PanelResult {
            goal: B256::repeat_byte(1),
            attempt: 1,
            model: B256::repeat_byte(2),
            x: 428,
            y: u128::MAX,
            samples: 500,
            guards: 7,
            evidence: B256::repeat_byte(3),
        }
    }

    #[test]
    fn accept_has_the_digest_that_wallets_compute() {
        let Accept {
            goal,
            attempt,
            model,
            deadline,
        } = accept();
        let message = typed::Accept {
            goal,
            attempt,
            model,
            deadline: U40::from(deadline),
        };
        assert_eq!(
            accept_digest(&DOMAIN, &accept()),
            message.eip712_signing_hash(&alloy_domain())
        );
    }

    #[test]
    fn result_has_the_digest_that_wallets_compute() {
        let PanelResult {
            goal,
            attempt,
            model,
            x,
            y,
            samples,
            guards,
            evidence,
        } = result();
        let message = typed::Result {
            goal,
            attempt,
            model,
            x,
            y,
            samples,
            guards,
            evidence,
        };
        assert_eq!(
            result_digest(&DOMAIN, &result()),
            message.eip712_signing_hash(&alloy_domain())
        );
    }

    #[test]
    fn signatures_name_their_signers() {
        let signer = Signer::embedded(2).unwrap();
        let signature = signer.sign_accept(&DOMAIN, &accept()).unwrap();
        assert_eq!(
            accept_signer(&DOMAIN, &accept(), &signature),
            Some(signer.address())
        );
        let other = Accept {
            attempt: 0,
            ..accept()
        };
        assert_ne!(
            accept_signer(&DOMAIN, &other, &signature),
            Some(signer.address())
        );

        let signature = signer.sign_result(&DOMAIN, &result()).unwrap();
        assert_eq!(
            result_signer(&DOMAIN, &result(), &signature),
            Some(signer.address())
        );
        assert_eq!(result_signer(&DOMAIN, &result(), &[0xff; 65]), None);
    }
}
