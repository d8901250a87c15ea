//! Bytes and words: cursors over packed fields, and ABI words.

use alloy_primitives::{Address, B256, keccak256};

use crate::PPB;

/// Reads fields off the front of a slice; `None` when it is too short.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    /// A big-endian integer of at most 16 bytes.
    pub(crate) fn big(&mut self, count: usize) -> Option<u128> {
        Some(
            self.take(count)?
                .iter()
                .fold(0, |sum: u128, byte| (sum << 8) | u128::from(*byte)),
        )
    }

    /// A little-endian integer of at most 16 bytes.
    pub(crate) fn little(&mut self, count: usize) -> Option<u128> {
        let bytes = self.take(count)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum: u128, byte| (sum << 8) | u128::from(*byte)),
        )
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.big(1).map(|value| narrow(value) as u8)
    }

    pub(crate) fn hash(&mut self) -> Option<B256> {
        self.take(32).map(B256::from_slice)
    }

    pub(crate) fn address(&mut self) -> Option<Address> {
        self.take(20).map(Address::from_slice)
    }
}

/// The low 64 bits: for fields whose width is known to fit.
pub(crate) fn narrow(value: u128) -> u64 {
    (value & u128::from(u64::MAX)) as u64
}

/// The low 32 bits: for fields whose width is known to fit.
pub(crate) fn narrow32(value: u128) -> u32 {
    (value & u128::from(u32::MAX)) as u32
}

/// The low 16 bits: for fields whose width is known to fit.
pub(crate) fn narrow16(value: u128) -> u16 {
    (value & u128::from(u16::MAX)) as u16
}

/// Appends the low `count` bytes of `value`, big end first.
pub(crate) fn put_big(bytes: &mut Vec<u8>, value: u128, count: usize) {
    bytes.extend(
        value
            .to_be_bytes()
            .iter()
            .skip(16_usize.saturating_sub(count)),
    );
}

/// Appends the low `count` bytes of `value`, little end first.
pub(crate) fn put_little(bytes: &mut Vec<u8>, value: u128, count: usize) {
    bytes.extend(value.to_le_bytes().iter().take(count));
}

/// ABI words of static values, one after the other.
#[derive(Default)]
pub(crate) struct Words(Vec<u8>);

impl Words {
    pub(crate) fn hash(mut self, value: B256) -> Self {
        self.0.extend_from_slice(value.as_slice());
        self
    }

    pub(crate) fn uint(mut self, value: u128) -> Self {
        self.0.extend_from_slice(&[0; 16]);
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    pub(crate) fn int(mut self, value: i64) -> Self {
        self.0
            .extend_from_slice(&[if value < 0 { 0xff } else { 0 }; 16]);
        self.0.extend_from_slice(&i128::from(value).to_be_bytes());
        self
    }

    pub(crate) fn address(self, value: Address) -> Self {
        self.hash(value.into_word())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

const DOMAIN_TYPE: &str =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

/// The hash that is signed for a typed message (EIP-712) to a contract, by its name, version "1",
/// chain id and address.
pub(crate) fn typed_digest(name: &str, contract: (u64, Address), message: Words) -> B256 {
    let (chain_id, address) = contract;
    let separator = Words::default()
        .hash(keccak256(DOMAIN_TYPE))
        .hash(keccak256(name))
        .hash(keccak256("1"))
        .uint(chain_id.into())
        .address(address);
    let mut bytes = Vec::from(*b"\x19\x01");
    bytes.extend_from_slice(keccak256(separator.into_bytes()).as_slice());
    bytes.extend_from_slice(keccak256(message.into_bytes()).as_slice());
    keccak256(bytes)
}

/// floor(amount * ppb / 1e9), exact for every amount; `ppb` is clamped to the whole.
pub(crate) fn share_down(amount: u128, ppb: u32) -> u128 {
    share_of_share_down(amount, ppb, PPB)
}

/// floor(amount * first * second / 1e18), exact for every amount; both are clamped to the whole.
pub(crate) fn share_of_share_down(amount: u128, first: u32, second: u32) -> u128 {
    const WHOLE: u128 = 1_000_000_000_000_000_000;
    let part = u128::from(first.min(PPB)).saturating_mul(u128::from(second.min(PPB)));
    let rest = (amount % WHOLE).saturating_mul(part) / WHOLE;
    (amount / WHOLE).saturating_mul(part).saturating_add(rest)
}
