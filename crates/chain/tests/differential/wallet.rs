//! An account whose code is a wallet's (EIP-7702), and the wallet: it judges signatures (ERC-1271).

use alloy::primitives::{Address, Bytes, address};
use revm::bytecode::Bytecode;
use revm::database::InMemoryDB;
use revm::state::AccountInfo;

use crate::people::{DELEGATED, WALLET_OWNER, holder_keys, person};

const WALLET: Address = address!("7777777777777777777777777777777777777777");

/// `isValidSignature` of a wallet with one owner, and nothing else: 0x1626ba7e if `ecrecover` names
/// the owner. It takes the second form of a signature (a high s) and bytes left over, too.
fn code(owner: Address) -> Vec<u8> {
    let asks = [
        0x60, 0x04, 0x35, 0x60, 0x00, 0x52, // memory 0x00: the digest
        0x60, 0xa4, 0x35, 0x60, 0x00, 0x1a, 0x60, 0x20, 0x52, // 0x20: v, one byte
        0x60, 0x64, 0x35, 0x60, 0x40, 0x52, // 0x40: r
        0x60, 0x84, 0x35, 0x60, 0x60, 0x52, // 0x60: s
        0x60, 0x20, 0x60, 0x80, 0x60, 0x80, 0x60, 0x00, 0x60, 0x01, 0x5a, 0xfa,
        0x50, // ecrecover(0x00 to 0x80) into 0x80
        0x60, 0x80, 0x51, 0x73, // is it the owner
    ];
    let answers = [
        0x14, 0x63, 0x16, 0x26, 0xba, 0x7e, 0x02, // 0x1626ba7e or 0
        0x60, 0xe0, 0x1b, 0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xf3, // as bytes4
    ];
    [&asks[..], owner.as_slice(), &answers[..]].concat()
}

/// Puts both on the chain.
pub(crate) fn install(state: &mut InMemoryDB) {
    let owner = holder_keys()[WALLET_OWNER].address();
    let codes = [
        (WALLET, Bytecode::new_raw(Bytes::from(code(owner)))),
        (person(DELEGATED), Bytecode::new_eip7702(WALLET)),
    ];
    for (account, code) in codes {
        state.insert_account_info(account, AccountInfo::default().with_code(code));
    }
}
