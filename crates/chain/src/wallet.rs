//! What a wallet signs for a page: a message, or typed data. The digests alone; keys are elsewhere.

use alloy::dyn_abi::TypedData;
use alloy::primitives::{B256, eip191_hash_message};
use serde_json::Value;

/// The digest of a message of a person (EIP-191, `personal_sign`).
#[must_use]
pub fn message_digest(message: &[u8]) -> B256 {
    eip191_hash_message(message)
}

/// The digest of a document of typed data (EIP-712, `eth_signTypedData_v4`).
///
/// # Errors
/// One sentence, when the document is no typed data.
pub fn typed_data_digest(document: &Value) -> Result<B256, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("the document is no typed data: {error}");
    let data: TypedData =
        serde_json::from_value(document.clone()).map_err(|error| wrong(&error))?;
    data.eip712_signing_hash().map_err(|error| wrong(&error))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, Signature, keccak256};
    use serde_json::json;

    use super::*;
    use crate::signer::Signer;

    #[test]
    fn a_message_is_hashed_with_its_length() {
        let want = keccak256(b"\x19Ethereum Signed Message:\n5hello");
        assert_eq!(message_digest(b"hello"), want);
    }

    #[test]
    fn typed_data_recovers_to_its_signer() {
        let document = json!({
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                "AcceptGrant": [{"name": "id", "type": "bytes32"}],
            },
            "primaryType": "AcceptGrant",
            "domain": {
                "name": "Guerdon Portal",
                "chainId": 31_337,
                "verifyingContract": Address::repeat_byte(2),
            },
            "message": {"id": B256::repeat_byte(1)},
        });
        let signer = Signer::embedded(10).unwrap();
        let digest = typed_data_digest(&document).unwrap();
        let signature = signer.sign_digest(&digest).unwrap();
        let signature = Signature::from_raw_array(&signature).unwrap();
        let found = signature.recover_address_from_prehash(&digest).unwrap();
        assert_eq!(found, signer.address());

        let mut other = document;
        other["domain"]["chainId"] = json!(1);
        assert_ne!(typed_data_digest(&other).unwrap(), digest);
        assert!(typed_data_digest(&json!({"types": 3})).is_err());
    }
}
