//! Secrets in cookies and links: 32 random bytes, written as 64 hexadecimal digits. The store gets
//! their hashes alone.

use alloy_primitives::{B256, hex, keccak256};

use crate::state::AppState;

/// A new secret.
pub(crate) struct Token {
    /// What its holder keeps.
    pub(crate) text: String,
    /// What the store keeps.
    pub(crate) hash: B256,
}

/// Makes a new secret.
pub(crate) fn fresh(state: &AppState) -> Token {
    let secret = (state.random)();
    Token {
        text: hex::encode(secret),
        hash: keccak256(secret),
    }
}

/// The hash of a secret as it was handed out; `None` for a text that never was.
pub(crate) fn hash_of(text: &str) -> Option<B256> {
    if text.len() != 64 {
        return None;
    }
    let secret = hex::decode(text).ok()?;
    (hex::encode(&secret) == text).then(|| keccak256(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_hash_and_written_in_one_way() {
        let text = "ab".repeat(32);
        assert_eq!(hash_of(&text), Some(keccak256([0xab; 32])));
        for wrong in [
            text.to_uppercase(),
            format!("0x{}", &text[2..]),
            "ab".repeat(31),
            "zz".repeat(32),
        ] {
            assert_eq!(hash_of(&wrong), None, "{wrong}");
        }
    }
}
