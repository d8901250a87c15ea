//! Who signs: a Foundry keystore, or an account of the embedded chain.

use std::fmt;
use std::path::{Path, PathBuf};

use alloy::network::EthereumWallet;
use alloy::primitives::{Address, B256};
use alloy::signers::SignerSync;
use alloy::signers::local::{LocalSigner, MnemonicBuilder, PrivateKeySigner};

use crate::error::ChainError;

/// Accounts of the embedded chain: 0-9 company, sponsor, panels, arbiter, keeper; 10-29 recipients;
/// 30-33 people, payroll, treasury, auditor of a demonstration.
pub const DEV_ACCOUNTS: u32 = 34;

/// The phrase that every development node starts with. Its keys are public.
const DEV_PHRASE: &str = "test test test test test test test test test test test junk";

/// A key that signs transactions and typed messages, or an account whose key is elsewhere. `Debug`
/// shows its address only.
#[derive(Clone)]
pub struct Signer {
    account: Address,
    key: Option<PrivateKeySigner>,
    public: bool,
}

impl Signer {
    /// Opens `dir/name`, a V3 JSON keystore as `cast wallet` writes it.
    ///
    /// # Errors
    /// [`ChainError::Keystore`] when there is no such file or the password is wrong.
    pub fn from_keystore(dir: &Path, name: &str, password: &str) -> Result<Self, ChainError> {
        let path = dir.join(name);
        let unusable = |reason: String| ChainError::Keystore {
            path: path.clone(),
            reason,
        };
        if name.is_empty() || Path::new(name).components().count() != 1 {
            return Err(unusable(format!(
                "\"{name}\" is not the name of a keystore"
            )));
        }
        if !path.is_file() {
            return Err(unusable("there is no such file".to_owned()));
        }
        let key = LocalSigner::decrypt_keystore(&path, password)
            .map_err(|error| unusable(keystore_reason(&error.to_string())))?;

        Ok(Self {
            account: key.address(),
            key: Some(key),
            public: false,
        })
    }

    /// An account of the embedded chain, m/44'/60'/0'/0/`index`, `index` below [`DEV_ACCOUNTS`].
    /// Transactions signed with it are refused on any other chain.
    ///
    /// # Errors
    /// [`ChainError::Signing`] when there is no such account.
    pub fn embedded(index: u32) -> Result<Self, ChainError> {
        let none = |reason: String| ChainError::Signing {
            account: Address::ZERO,
            reason,
        };
        if index >= DEV_ACCOUNTS {
            let last = DEV_ACCOUNTS - 1;
            return Err(none(format!(
                "the embedded chain has accounts 0 to {last}, not {index}"
            )));
        }
        let key = MnemonicBuilder::try_from_phrase_nth(DEV_PHRASE, index)
            .map_err(|error| none(error.to_string()))?;

        Ok(Self {
            account: key.address(),
            key: Some(key),
            public: true,
        })
    }

    /// An account whose key is not here, such as a Safe: calls can be tried and planned as it, and
    /// nothing can be signed.
    #[must_use]
    pub fn watching(account: Address) -> Self {
        Self {
            account,
            key: None,
            public: false,
        }
    }

    /// The account.
    #[must_use]
    pub fn address(&self) -> Address {
        self.account
    }

    /// Whether everybody knows the key.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public
    }

    /// Signs a digest; 65 bytes r, s, v with v 27 or 28, as contracts take it.
    ///
    /// # Errors
    /// [`ChainError::Signing`] when the key is not here, or the library refuses.
    pub fn sign_digest(&self, digest: &B256) -> Result<[u8; 65], ChainError> {
        let signature =
            self.key()?
                .sign_hash_sync(digest)
                .map_err(|error| ChainError::Signing {
                    account: self.address(),
                    reason: error.to_string(),
                })?;
        Ok(signature.as_bytes())
    }

    pub(crate) fn wallet(&self) -> Result<EthereumWallet, ChainError> {
        self.key().map(|key| EthereumWallet::new(key.clone()))
    }

    fn key(&self) -> Result<&PrivateKeySigner, ChainError> {
        self.key.as_ref().ok_or_else(|| ChainError::Signing {
            account: self.account,
            reason: "its key is not here, only its address".to_owned(),
        })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

/// Where Foundry keeps its keystores.
#[must_use]
pub fn default_keystore_dir(home: &Path) -> PathBuf {
    home.join(".foundry").join("keystores")
}

fn keystore_reason(reported: &str) -> String {
    if reported.to_ascii_lowercase().contains("mac") {
        return "the password is wrong".to_owned();
    }
    format!("it is not a V3 keystore ({reported})")
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Signature, address};

    use super::*;

    #[test]
    fn embedded_accounts_are_the_well_known_ones() {
        for (index, want) in [
            (0, address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266")),
            (9, address!("a0Ee7A142d267C1f36714E4a8F75612F20a79720")),
        ] {
            assert_eq!(Signer::embedded(index).unwrap().address(), want);
        }
        assert!(Signer::embedded(DEV_ACCOUNTS).is_err());
    }

    #[test]
    fn an_account_without_its_key_signs_nothing() {
        let account = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        let watched = Signer::watching(account);
        assert_eq!(watched.address(), account);
        let refused = watched.sign_digest(&B256::ZERO).unwrap_err().to_string();
        assert!(refused.contains("its key is not here"), "{refused}");
        assert!(watched.wallet().is_err());
    }

    #[test]
    fn a_signature_recovers_to_its_signer() {
        let signer = Signer::embedded(3).unwrap();
        let digest = B256::repeat_byte(7);
        let bytes = signer.sign_digest(&digest).unwrap();
        assert!(bytes[64] == 27 || bytes[64] == 28);
        let signature = Signature::from_raw_array(&bytes).unwrap();
        assert_eq!(
            signature.recover_address_from_prehash(&digest).unwrap(),
            signer.address()
        );
    }

    /// Written by Foundry's `cast wallet import` for the private key 0x4242…42, password "right".
    const KEYSTORE: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{
        "iv":"a1d20457f4f4e97912a1be5ee6c54d23"},
        "ciphertext":"d8a9c178ee56cc4a40adb1ba87f72f1e3c3fea55686589ad3b84cd9b56060ae8",
        "kdf":"scrypt","kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,
        "salt":"141fb5eec142ec00c10c709c9cbce7174264260720ba51210ac09b69c4ba2788"},
        "mac":"e929505bf39eb9f6bc1cf1f152e9e1fb286e85065e4c151127935806044bdf9a"},
        "id":"2fe2477b-dce1-4081-bafc-a9f4f513629f","version":3}"#;

    #[test]
    fn a_keystore_of_foundry_opens_with_its_password_only() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("treasury"), KEYSTORE).unwrap();
        std::fs::write(dir.path().join("torn"), &KEYSTORE[..200]).unwrap();

        let signer = Signer::from_keystore(dir.path(), "treasury", "right").unwrap();
        assert_eq!(
            signer.address(),
            address!("17c5185167401eD00cF5F5b2fc97D9BBfDb7D025")
        );
        assert!(!signer.is_public());
        assert!(!format!("{signer:?}").contains("4242"));

        let error = Signer::from_keystore(dir.path(), "treasury", "wrong").unwrap_err();
        assert!(
            error.to_string().ends_with("the password is wrong"),
            "{error}"
        );
        for name in ["absent", "torn", "", "../treasury"] {
            assert!(
                Signer::from_keystore(dir.path(), name, "right").is_err(),
                "{name}"
            );
        }
    }
}
