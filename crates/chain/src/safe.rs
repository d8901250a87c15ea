//! What the owners of a Safe sign for calls of ours, and whether the Safe could carry them out.
//!
//! As Safe 1.4.1 has it: one call is a transaction of its own, several go through MultiSendCallOnly.
//! Gas is paid by whoever executes, so that all fields about gas are zero.

mod read;

use alloy::primitives::{Address, B256, Bytes, U256, address, b256};
use alloy::sol;
use alloy::sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain};

pub use read::{MultiSend, SafeView, Trial};

use crate::plan::Plan;

/// Where MultiSendCallOnly 1.4.1 is on almost all chains.
pub const MULTI_SEND: Address = address!("0x9641d764fc13c8B624c04430C7356C1C7C8102e2");
/// keccak256 of its code.
pub const MULTI_SEND_CODE: B256 =
    b256!("0xecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939");
/// The version whose rules these are.
pub const VERSION: &str = "1.4.1";

sol! {
    interface ISafe {
        function VERSION() external view returns (string);
        function nonce() external view returns (uint256);
        function getThreshold() external view returns (uint256);
        function getOwners() external view returns (address[]);
        function getTransactionHash(
            address to, uint256 value, bytes calldata data, uint8 operation, uint256 safeTxGas,
            uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver,
            uint256 _nonce
        ) external view returns (bytes32);
        function execTransaction(
            address to, uint256 value, bytes calldata data, uint8 operation, uint256 safeTxGas,
            uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver,
            bytes signatures
        ) external payable returns (bool);
        function simulateAndRevert(address targetContract, bytes calldata calldataPayload)
            external;
    }

    interface IMultiSend {
        function multiSend(bytes transactions) external payable;
    }

    struct SafeTx {
        address to;
        uint256 value;
        bytes data;
        uint8 operation;
        uint256 safeTxGas;
        uint256 baseGas;
        uint256 gasPrice;
        address gasToken;
        address refundReceiver;
        uint256 nonce;
    }
}

/// A transaction of a Safe that is not signed yet: one call, or several through MultiSendCallOnly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeTransaction {
    /// The chain.
    pub chain_id: u64,
    /// Whose owners sign.
    pub safe: Address,
    /// What is called: the contract, or MultiSendCallOnly.
    pub to: Address,
    /// Call data.
    pub data: Bytes,
    /// Whether `to` runs in the Safe's place, as MultiSendCallOnly does.
    pub delegated: bool,
    /// The Safe's number of it: each is used once, in order.
    pub nonce: u64,
}

impl SafeTransaction {
    /// The transaction that carries out these calls in their order, all of them or none. `None`
    /// when there are no calls, or one of them creates a contract.
    #[must_use]
    pub fn of((chain_id, safe): (u64, Address), calls: &[Plan], nonce: u64) -> Option<Self> {
        let (to, data, delegated) = match calls {
            [] => return None,
            [only] => (only.to?, only.data.clone(), false),
            several => (MULTI_SEND, multi_send(several)?, true),
        };
        Some(Self {
            chain_id,
            safe,
            to,
            data,
            delegated,
            nonce,
        })
    }

    /// `safeTxHash`: what the owners sign, and what the Safe calls the transaction.
    #[must_use]
    pub fn hash(&self) -> B256 {
        self.typed().eip712_signing_hash(&self.domain())
    }

    /// Hash of the domain, the chain and the Safe: hardware wallets show it beside the message's.
    #[must_use]
    pub fn domain_hash(&self) -> B256 {
        self.domain().hash_struct()
    }

    /// Hash of the message, without the domain.
    #[must_use]
    pub fn message_hash(&self) -> B256 {
        self.typed().eip712_hash_struct()
    }

    /// Has the Safe carry it out. `signatures` are the owners', 65 bytes each, in order of their
    /// addresses.
    #[must_use]
    pub fn execute(&self, signatures: &[u8], summary: impl Into<String>) -> Plan {
        let call = ISafe::execTransactionCall {
            to: self.to,
            value: U256::ZERO,
            data: self.data.clone(),
            operation: self.operation(),
            safeTxGas: U256::ZERO,
            baseGas: U256::ZERO,
            gasPrice: U256::ZERO,
            gasToken: Address::ZERO,
            refundReceiver: Address::ZERO,
            signatures: Bytes::copy_from_slice(signatures),
        };
        Plan::call(self.safe, &call, summary)
    }

    fn operation(&self) -> u8 {
        u8::from(self.delegated)
    }

    fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            chain_id: self.chain_id,
            verifying_contract: self.safe,
        }
    }

    fn typed(&self) -> SafeTx {
        SafeTx {
            to: self.to,
            value: U256::ZERO,
            data: self.data.clone(),
            operation: self.operation(),
            safeTxGas: U256::ZERO,
            baseGas: U256::ZERO,
            gasPrice: U256::ZERO,
            gasToken: Address::ZERO,
            refundReceiver: Address::ZERO,
            nonce: U256::from(self.nonce),
        }
    }
}

/// Call data of MultiSendCallOnly for these calls; `None` when one of them creates a contract.
fn multi_send(calls: &[Plan]) -> Option<Bytes> {
    let mut packed = Vec::new();
    for call in calls {
        let to = call.to?;
        // Operation 0 (a call), the contract, no value, the length of the data, the data.
        packed.push(0);
        packed.extend(to);
        packed.extend(U256::ZERO.to_be_bytes::<32>());
        packed.extend(U256::from(call.data.len()).to_be_bytes::<32>());
        packed.extend_from_slice(&call.data);
    }
    let call = IMultiSend::multiSendCall {
        transactions: packed.into(),
    };
    Some(call.abi_encode().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(byte: u8) -> Plan {
        Plan {
            to: Some(Address::repeat_byte(byte)),
            data: vec![byte; usize::from(byte)].into(),
            summary: String::new(),
        }
    }

    #[test]
    fn several_calls_are_packed_one_behind_the_other() {
        let safe = (1, Address::repeat_byte(9));
        assert_eq!(SafeTransaction::of(safe, &[], 0), None);
        let one = SafeTransaction::of(safe, &[call(1)], 7).unwrap();
        assert_eq!((one.to, one.delegated), (Address::repeat_byte(1), false));

        let two = SafeTransaction::of(safe, &[call(1), call(2)], 7).unwrap();
        assert_eq!((two.to, two.delegated), (MULTI_SEND, true));
        let sent = IMultiSend::multiSendCall::abi_decode(&two.data).unwrap();
        let head = |byte: u8| [&[0_u8][..], &[byte; 20], &[0; 63], &[byte]].concat();
        let want = [head(1), vec![1], head(2), vec![2, 2]].concat();
        assert_eq!(sent.transactions.to_vec(), want);

        let creates = Plan {
            to: None,
            ..call(3)
        };
        assert_eq!(SafeTransaction::of(safe, &[call(1), creates], 7), None);
    }

    #[test]
    fn each_field_changes_what_is_signed() {
        let one = SafeTransaction::of((1, Address::repeat_byte(9)), &[call(1)], 7).unwrap();
        let others = [
            SafeTransaction {
                chain_id: 2,
                ..one.clone()
            },
            SafeTransaction {
                safe: Address::repeat_byte(8),
                ..one.clone()
            },
            SafeTransaction {
                nonce: 8,
                ..one.clone()
            },
            SafeTransaction {
                delegated: true,
                ..one.clone()
            },
            SafeTransaction {
                data: Bytes::new(),
                ..one.clone()
            },
        ];
        for other in others {
            assert_ne!(one.hash(), other.hash());
            let same = (
                one.domain_hash() == other.domain_hash(),
                one.message_hash() == other.message_hash(),
            );
            assert_ne!(same.0, same.1, "one of the two hashes tells them apart");
        }
    }
}
