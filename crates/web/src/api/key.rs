//! Keys: `gdn_`, eight digits by which people tell keys apart, `_`, and the secret's 64 digits. The
//! eight are the first of the secret's hash, so that a mistyped key is known without a look into
//! the store, which has the hash alone.

use alloy_primitives::{B256, hex, keccak256};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use guerdon_store::{ApiKey, Read};

use super::problem::{Kind, Problem};
use crate::strings::api as words;

/// Digits of a key that are no secret.
const MARK: usize = 8;

/// A new key, whole: it is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What its holder keeps.
    pub text: String,
    /// Its first signs, which are no secret.
    pub prefix: String,
    /// What the store keeps.
    pub hash: B256,
}

/// Prints no secret, so that none reaches a log.
impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl NewKey {
    /// The key of a secret.
    #[must_use]
    pub fn of(secret: [u8; 32]) -> Self {
        let hash = keccak256(secret);
        let digits = hex::encode(hash);
        let prefix = format!("gdn_{}", digits.get(..MARK).unwrap_or_default());
        Self {
            text: format!("{prefix}_{}", hex::encode(secret)),
            prefix,
            hash,
        }
    }
}

/// The hash of a key's secret; `None` for a text that no key ever was.
fn hash_of(text: &str) -> Option<B256> {
    let (_, secret) = text.rsplit_once('_')?;
    let secret: [u8; 32] = hex::decode(secret).ok()?.try_into().ok()?;
    let key = NewKey::of(secret);
    (key.text == text).then_some(key.hash)
}

fn unknown() -> Problem {
    Problem::new(Kind::KeyUnknown, words::KEY_UNKNOWN)
}

/// The hash of the key that a request brings: what is no key costs no look into the store.
pub(super) fn sent(headers: &HeaderMap) -> Result<B256, Problem> {
    let missing = || Problem::new(Kind::KeyMissing, words::KEY_MISSING);
    let sent = headers.get(AUTHORIZATION).ok_or_else(missing)?;
    if headers.contains_key(COOKIE) {
        return Err(Problem::new(Kind::KeyWithCookie, words::KEY_WITH_COOKIE));
    }
    let sent = sent.to_str().map_err(|_| unknown())?;
    let (scheme, text) = sent.split_once(' ').ok_or_else(unknown)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unknown());
    }
    hash_of(text.trim()).ok_or_else(unknown)
}

/// Whose request it is, by the hash of its key.
pub(super) async fn caller(read: &mut Read, hash: B256, now: u64) -> Result<ApiKey, Problem> {
    read.api_key(hash, now).await?.ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_hash_and_written_in_one_way() {
        let key = NewKey::of([0xab; 32]);
        assert_eq!(hash_of(&key.text), Some(keccak256([0xab; 32])));
        assert!(key.text.starts_with(&format!("{}_", key.prefix)));
        assert_eq!(key.prefix.len(), 12);
        assert!(!format!("{key:?}").contains("abab"));
        let other = NewKey::of([0xac; 32]);
        let mixed = format!("{}_{}", other.prefix, "ab".repeat(32));
        for wrong in [
            key.text.to_uppercase(),
            key.text[1..].to_owned(),
            format!("{}0", key.text),
            mixed,
            "ab".repeat(32),
            String::new(),
        ] {
            assert_eq!(hash_of(&wrong), None, "{wrong}");
        }
    }
}
