use alloy_primitives::{Address, B256, keccak256};

use crate::pack::Words;

/// Separates the grants of one contract on one chain from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(pub B256);

impl Domain {
    /// keccak256(abi.encode(keccak256("guerdon.grant.v1"), chain id at deployment, contract)).
    pub fn new(chain_id: u64, grants: Address) -> Self {
        let words = Words::default()
            .hash(keccak256("guerdon.grant.v1"))
            .uint(chain_id.into())
            .address(grants);
        Self(keccak256(words.into_bytes()))
    }

    /// The id of terms in this domain: keccak256(DOMAIN ‖ terms). It never changes, whatever moves.
    pub fn id(self, terms: &[u8]) -> B256 {
        let mut bytes = Vec::with_capacity(terms.len().saturating_add(32));
        bytes.extend_from_slice(self.0.as_slice());
        bytes.extend_from_slice(terms);
        keccak256(bytes)
    }
}
