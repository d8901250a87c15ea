//! Who is who.

use std::sync::OnceLock;

use alloy::primitives::{Address, B256};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;

pub(crate) const ADMIN: usize = 0;
pub(crate) const ISSUER: usize = 1;
pub(crate) const PEOPLE: usize = 2;
pub(crate) const PAYROLL: usize = 3;
pub(crate) const TREASURY: usize = 4;
pub(crate) const FUNDER: usize = 5;
pub(crate) const SPONSORS: [usize; 2] = [7, 8];
pub(crate) const ARBITER: usize = 9;
pub(crate) const CHALLENGER: usize = 10;
pub(crate) const HOLDERS: [usize; 4] = [11, 12, 13, 14];
pub(crate) const COUNT: usize = 15;

/// Those who can be on panels, and one who never is.
const SIGNERS: u8 = 6;

/// The last holder's account has delegated its code to a wallet (EIP-7702).
pub(crate) const DELEGATED: usize = HOLDERS[3];
/// Keys of holders, and after them the owner of the wallet.
pub(crate) const WALLET_OWNER: usize = HOLDERS.len();

pub(crate) fn person(place: usize) -> Address {
    let holder = HOLDERS.iter().position(|holder| *holder == place);
    holder.map_or_else(
        || Address::with_last_byte(0x40 + place as u8),
        |holder| holder_keys()[holder].address(),
    )
}

/// The keys of the holders in their order, and last that of the wallet's owner.
pub(crate) fn holder_keys() -> &'static [PrivateKeySigner] {
    static ALL: OnceLock<Vec<PrivateKeySigner>> = OnceLock::new();
    ALL.get_or_init(|| {
        let key = |byte| PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).unwrap();
        (0x61..=0x61 + WALLET_OWNER as u8).map(key).collect()
    })
}

/// Everybody who can be on a panel, by ascending address, and last a stranger.
pub(crate) fn signers() -> &'static [PrivateKeySigner] {
    static ALL: OnceLock<Vec<PrivateKeySigner>> = OnceLock::new();
    ALL.get_or_init(|| {
        let key = |byte| PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).unwrap();
        let mut all: Vec<_> = (1..SIGNERS).map(key).collect();
        all.sort_by_key(PrivateKeySigner::address);
        all.push(key(SIGNERS));
        all
    })
}

pub(crate) fn sign(signer: &PrivateKeySigner, digest: B256) -> [u8; 65] {
    signer.sign_hash_sync(&digest).unwrap().as_bytes()
}
