//! Who signed: the key itself first, without asking anyone, then the account's contract.

use alloy_primitives::{Address, B256, hex};
use guerdon_chain::{Chain, ChainError, recover};

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// The account's own key signed.
    ByKey,
    /// The account is a contract, and it says that it signed (ERC-1271).
    ByContract,
    /// Somebody else's, or malformed.
    Refused,
}

/// Longest signature taken, in bytes: those of contract accounts carry several keys' parts.
const LENGTH_MAX: usize = 8_192;

/// Reads `0x…`; none if it is no signature.
pub(crate) fn parse_signature(text: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(text.trim()).ok()?;
    (!bytes.is_empty() && bytes.len() <= LENGTH_MAX).then_some(bytes)
}

/// Whether `account` signed the digest. The chain is asked only when no key did.
pub(crate) async fn signed_by(
    account: Address,
    digest: B256,
    signature: &[u8],
    chain: Option<&Chain>,
) -> Result<Judged, ChainError> {
    if by_key(account, digest, signature) {
        return Ok(Judged::ByKey);
    }
    let Some(chain) = chain else {
        return Ok(Judged::Refused);
    };
    Ok(
        match chain.is_valid_signature(account, digest, signature).await? {
            true => Judged::ByContract,
            false => Judged::Refused,
        },
    )
}

fn by_key(account: Address, digest: B256, signature: &[u8]) -> bool {
    let Ok(mut signature) = <[u8; 65]>::try_from(signature) else {
        return false;
    };
    // Some wallets write the parity as 0 and 1.
    if let Some(last) = signature.last_mut()
        && *last < 27
    {
        *last = last.saturating_add(27);
    }
    recover(&digest, &signature) == Some(account)
}
