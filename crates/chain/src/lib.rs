//! The only crate that speaks EVM: connections, bindings, transactions, the embedded chain.
//!
//! Everything that leaves this crate is a type of `guerdon-core` or plain data; nothing else of the
//! workspace sees a provider, an ABI or a JSON-RPC message.
#![warn(missing_docs)]

mod accounts;
mod artifacts;
mod batch;
mod bindings;
mod blocks;
#[cfg(test)]
mod clear_signing;
mod confirm;
mod connect;
mod decode;
mod deploy;
mod deployment;
pub mod embedded;
mod error;
mod files;
mod goal_abi;
mod nodes;
pub mod plan;
mod revert;
mod roles;
pub mod safe;
mod send;
mod signer;
mod span;
mod steps;
mod typed;
mod views;
mod wallet;

pub use artifacts::Named;
pub use batch::{Batch, Next, next_batch};
pub use blocks::{Finality, Head};
pub use connect::Chain;
pub use decode::{DecodeError, decode, event_name};
pub use deploy::{BondToken, DeployConfig, PAYMENT_GAS, Role, deploy, deploy_bond_token};
pub use deployment::{Contract, Contracts, Deployment, Token};
pub use error::ChainError;
pub use goal_abi::{Quorum, QuorumError};
pub use nodes::NodeState;
pub use plan::Plan;
pub use revert::{RevertKind, Reverted};
pub use roles::Allowed;
pub use send::{GAS_PER_TRANSACTION, RECEIPT_TIMEOUT, Receipt, Simulation};
pub use signer::{DEV_ACCOUNTS, Signer, default_keystore_dir};
pub use steps::{Fees, Handed, Mined, Outgoing, Signed};
pub use typed::{accept_signer, recover, result_signer};
pub use views::{AttemptView, Round};
pub use wallet::{message_digest, typed_data_digest};
