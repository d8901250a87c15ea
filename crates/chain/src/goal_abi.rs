//! Goals, quorums and results between core and the ABI.

use alloy::primitives::Address;
use alloy::primitives::aliases::U40;
use guerdon_core::goal::{Goal, Kind, PanelResult};

use crate::bindings::IGoals;

/// Times beyond 40 bits become the last second of 40 bits, which the contract refuses.
pub(crate) fn u40(time: u64) -> U40 {
    U40::saturating_from(time)
}

pub(crate) fn abi_goal(goal: &Goal) -> IGoals::Goal {
    IGoals::Goal {
        kind: goal.kind.number(),
        threshold: goal.threshold,
        stretch: goal.stretch,
        basePpb: goal.base_ppb,
        defaultPpb: goal.default_ppb,
        bound: goal.bound,
        attempts: goal.attempts,
        maxVoids: goal.max_voids,
        samples: goal.samples,
        pool: goal.pool,
        guards: goal.guards,
        opens: u40(goal.opens),
        closes: u40(goal.closes),
        runSeconds: goal.run_seconds,
        challengeSeconds: goal.challenge_seconds,
        arbiterSeconds: goal.arbiter_seconds,
        seedBlocks: goal.seed_blocks,
        sponsor: goal.sponsor,
        panel: goal.panel,
        arbiter: goal.arbiter,
        bondToken: goal.bond_token,
        bond: goal.bond,
        data: goal.data,
        spec: goal.spec,
    }
}

/// Fails only for a kind that the contract would not have taken.
pub(crate) fn core_goal(goal: &IGoals::Goal) -> Result<Goal, String> {
    let kind = goal.kind;
    let kind = Kind::from_number(kind).ok_or_else(|| format!("{kind} is no kind of goal"))?;
    Ok(Goal {
        kind,
        threshold: goal.threshold,
        stretch: goal.stretch,
        base_ppb: goal.basePpb,
        default_ppb: goal.defaultPpb,
        bound: goal.bound,
        attempts: goal.attempts,
        max_voids: goal.maxVoids,
        samples: goal.samples,
        pool: goal.pool,
        guards: goal.guards,
        opens: goal.opens.to(),
        closes: goal.closes.to(),
        run_seconds: goal.runSeconds,
        challenge_seconds: goal.challengeSeconds,
        arbiter_seconds: goal.arbiterSeconds,
        seed_blocks: goal.seedBlocks,
        sponsor: goal.sponsor,
        panel: goal.panel,
        arbiter: goal.arbiter,
        bond_token: goal.bondToken,
        bond: goal.bond,
        data: goal.data,
        spec: goal.spec,
    })
}

pub(crate) fn abi_result(result: &PanelResult) -> IGoals::Result {
    IGoals::Result {
        attempt: result.attempt,
        model: result.model,
        x: result.x,
        y: result.y,
        samples: result.samples,
        guards: result.guards,
        evidence: result.evidence,
    }
}

/// A panel with signatures of some of its members, in the order of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    m: u8,
    panel: Vec<Address>,
    signers: u16,
    signatures: Vec<u8>,
}

/// Why signatures make no quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// Somebody who is not a member signed.
    #[error("{signer} signed and is not on the panel")]
    NotAMember {
        /// The signer.
        signer: Address,
    },
    /// More members than a panel can have.
    #[error("a panel has at most 16 members, not {members}")]
    TooLarge {
        /// Members given.
        members: usize,
    },
}

impl Quorum {
    /// Puts the members and their signatures (r, s, v) in ascending order, as the contract asks.
    /// A member's second signature replaces the first. Whether they are enough, the contract says.
    ///
    /// # Errors
    /// [`QuorumError`] when a signer is not on the panel.
    pub fn new(
        m: u8,
        panel: &[Address],
        signatures: &[(Address, [u8; 65])],
    ) -> Result<Self, QuorumError> {
        if panel.len() > guerdon_core::goal::PANEL_MAX {
            return Err(QuorumError::TooLarge {
                members: panel.len(),
            });
        }
        let mut panel = panel.to_vec();
        panel.sort_unstable();
        if let Some((signer, _)) = signatures
            .iter()
            .find(|(signer, _)| !panel.contains(signer))
        {
            return Err(QuorumError::NotAMember { signer: *signer });
        }

        let (mut signers, mut bytes) = (0u16, Vec::new());
        for (place, member) in panel.iter().enumerate() {
            if let Some((_, signature)) = signatures.iter().rfind(|(signer, _)| signer == member) {
                signers |= 1 << place;
                bytes.extend_from_slice(signature);
            }
        }
        Ok(Self {
            m,
            panel,
            signers,
            signatures: bytes,
        })
    }

    /// Members who signed.
    #[must_use]
    pub fn signed(&self) -> u32 {
        self.signers.count_ones()
    }

    pub(crate) fn abi(&self) -> IGoals::Quorum {
        IGoals::Quorum {
            m: self.m,
            panel: self.panel.clone(),
            signers: self.signers,
            signatures: self.signatures.clone().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_stand_in_the_order_of_the_panel() {
        let [a, b, c] = [1, 2, 3].map(Address::with_last_byte);
        let quorum = Quorum::new(2, &[c, a, b], &[(c, [3; 65]), (a, [1; 65])]).unwrap();
        assert_eq!(quorum.panel, [a, b, c]);
        assert_eq!(quorum.signers, 0b101);
        assert_eq!(quorum.signatures, [[1; 65], [3; 65]].concat());
        assert_eq!(quorum.signed(), 2);
    }

    #[test]
    fn strangers_sign_nothing() {
        let [a, b] = [1, 2].map(Address::with_last_byte);
        let error = Quorum::new(1, &[a], &[(b, [0; 65])]).unwrap_err();
        assert_eq!(error, QuorumError::NotAMember { signer: b });
    }
}
