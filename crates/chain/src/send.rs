//! Trying a call, sending it once, waiting for its receipt.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alloy::consensus::TxEnvelope;
use alloy::eips::{BlockId, Encodable2718};
use alloy::network::{NetworkTransactionBuilder, TransactionBuilder};
use alloy::primitives::{Address, B256, Bytes, TxKind};
use alloy::providers::Provider;
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::transports::{RpcError, TransportError, TransportErrorKind, TransportResult};
use tokio::time::{Instant, sleep};

use crate::blocks::core_logs;
use crate::connect::{Chain, worth_retrying};
use crate::error::ChainError;
use crate::plan::Plan;
use crate::revert::Reverted;
use crate::signer::Signer;

/// The most gas one transaction may use (EIP-7825).
pub const GAS_PER_TRANSACTION: u64 = 1 << 24;
/// How long [`Chain::send`] waits for a receipt.
pub const RECEIPT_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a transaction is signed anew because others used its nonce.
const NONCE_TRIES: usize = 20;
/// How often in a row a transaction must be found displaced: nodes behind one address may lag.
const ABSENCES: u32 = 3;
const BROADCAST_DELAYS: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
];

/// What a call would do in the next block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Gas it would use, whole transaction.
    pub gas: u64,
    /// What it would return, ABI-encoded.
    pub output: Vec<u8>,
}

/// A transaction in a block that did what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Transaction hash.
    pub tx: B256,
    /// Block number.
    pub block: u64,
    /// Block time, unix seconds.
    pub block_time: u64,
    /// Gas used, whole transaction.
    pub gas_used: u64,
    /// The contract it created, if it created one.
    pub created: Option<Address>,
    /// The events it wrote, in order.
    pub logs: Vec<guerdon_core::fact::Log>,
}

impl Chain {
    /// Tries the call in the pending block, so that the time is the chain's time now.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when a contract would refuse it.
    pub async fn simulate(&self, plan: &Plan, from: Address) -> Result<Simulation, ChainError> {
        let output = self.try_call(plan, from).await?;
        let request = request(plan, from);
        let gas = self
            .read_or_revert("eth_estimateGas", || async {
                self.provider()
                    .estimate_gas(request.clone())
                    .pending()
                    .await
            })
            .await?;
        if gas > GAS_PER_TRANSACTION {
            return Err(ChainError::TooMuchGas {
                needed: gas,
                limit: GAS_PER_TRANSACTION,
            });
        }
        Ok(Simulation {
            gas,
            output: output.to_vec(),
        })
    }

    /// Tries, signs and sends the plan, and waits up to [`RECEIPT_TIMEOUT`] for its block.
    ///
    /// # Errors
    /// See [`Chain::send_within`].
    pub async fn send(&self, plan: &Plan, signer: &Signer) -> Result<Receipt, ChainError> {
        self.send_within(plan, signer, RECEIPT_TIMEOUT).await
    }

    /// Like [`Chain::send`], waiting for `timeout`. The plan is carried out at most once: a
    /// broadcast is repeated with the same bytes, and signed anew only after another transaction
    /// has used its nonce, when the first can never be mined.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when a contract refuses it, [`ChainError::Pending`] when it was
    /// sent and has no block in time, [`ChainError::PublicKey`] for an embedded account elsewhere.
    pub async fn send_within(
        &self,
        plan: &Plan,
        signer: &Signer,
        timeout: Duration,
    ) -> Result<Receipt, ChainError> {
        if signer.is_public() && !self.is_embedded().await? {
            return Err(ChainError::PublicKey {
                account: signer.address(),
            });
        }
        let deadline = Instant::now() + timeout;
        for _ in 0..NONCE_TRIES {
            let gas = self.simulate(plan, signer.address()).await?.gas;
            let gas = (gas + gas / 4 + distinction()).min(GAS_PER_TRANSACTION);
            let request = request(plan, signer.address()).with_gas_limit(gas);
            let sent = self.broadcast(request, signer).await?;

            let Some(receipt) = self.await_receipt(&sent, deadline).await? else {
                continue;
            };
            if !receipt.status() {
                return Err(self.why_failed(plan, sent.from, sent.tx).await);
            }
            return self.core_receipt(&receipt).await;
        }
        Err(crowded_out(signer.address()))
    }

    pub(crate) async fn try_call(&self, plan: &Plan, from: Address) -> Result<Bytes, ChainError> {
        let request = request(plan, from);
        self.read_or_revert("eth_call", || async {
            self.provider().call(request.clone()).pending().await
        })
        .await
    }

    /// Chooses nonce and fees, signs, and hands the bytes to the node.
    async fn broadcast(
        &self,
        request: TransactionRequest,
        signer: &Signer,
    ) -> Result<Sent, ChainError> {
        let (_turn, from) = (self.sending().lock().await, signer.address());
        let request = self
            .with_fees(request.with_chain_id(self.chain_id()))
            .await?;
        for _ in 0..NONCE_TRIES {
            let nonce = self.nonce(from, BlockId::pending()).await?;
            let envelope = sign(request.clone().with_nonce(nonce), signer).await?;
            if matches!(self.push(&envelope, from).await?, Pushed::There) {
                return Ok(Sent {
                    tx: *envelope.tx_hash(),
                    nonce,
                    from,
                });
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(crowded_out(from))
    }

    pub(crate) async fn nonce(&self, account: Address, block: BlockId) -> Result<u64, ChainError> {
        let count = self.read("eth_getTransactionCount", || async {
            self.provider()
                .get_transaction_count(account)
                .block_id(block)
                .await
        });
        count.await
    }

    /// Hands the same bytes to the node until it has them or says why not.
    async fn push(&self, envelope: &TxEnvelope, from: Address) -> Result<Pushed, ChainError> {
        let (tx, raw) = (*envelope.tx_hash(), envelope.encoded_2718());
        let mut delays = BROADCAST_DELAYS.iter();
        let mut may_be_there = false;
        loop {
            let error = match self.provider().send_raw_transaction(&raw).await {
                Ok(_) => return Ok(Pushed::There),
                Err(error) => error,
            };
            may_be_there |= may_have_arrived(&error);
            match self.knows(tx).await {
                Ok(true) => return Ok(Pushed::There),
                Ok(false) => {}
                Err(_) if may_be_there => return Err(ChainError::Pending { tx }),
                Err(error) => return Err(error),
            }
            if let RpcError::ErrorResp(payload) = &error {
                let message = payload.message.to_ascii_lowercase();
                if message.contains("insufficient funds") {
                    return Err(ChainError::NoGasMoney { account: from });
                }
                if message.contains("nonce too low") || message.contains("underpriced") {
                    // Signing anew is safe only if the node never had these bytes.
                    return if may_be_there {
                        Err(ChainError::Pending { tx })
                    } else {
                        Ok(Pushed::NonceTaken)
                    };
                }
            }
            match delays.next() {
                Some(delay) if worth_retrying(&error) => sleep(*delay).await,
                _ if may_be_there => return Err(ChainError::Pending { tx }),
                _ => return Err(self.refused(error, "eth_sendRawTransaction")),
            }
        }
    }

    /// Whether the node has the transaction, in a block or waiting for one.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn knows(&self, tx: B256) -> Result<bool, ChainError> {
        let found = self.read("eth_getTransactionByHash", || async {
            self.provider().get_transaction_by_hash(tx).await
        });
        Ok(found.await?.is_some())
    }

    /// Fees of EIP-1559, or the gas price on a chain without them.
    async fn with_fees(
        &self,
        request: TransactionRequest,
    ) -> Result<TransactionRequest, ChainError> {
        let estimate = self.read("eth_feeHistory", || async {
            self.provider().estimate_eip1559_fees().await
        });
        match estimate.await {
            Ok(fees) => Ok(request
                .with_max_fee_per_gas(fees.max_fee_per_gas)
                .with_max_priority_fee_per_gas(fees.max_priority_fee_per_gas)),
            Err(ChainError::Refused { .. } | ChainError::BadAnswer { .. }) => {
                let price = self.read("eth_gasPrice", || async {
                    self.provider().get_gas_price().await
                });
                Ok(request.with_gas_price(price.await?))
            }
            Err(error) => Err(error),
        }
    }

    /// `None` when another transaction has the nonce, so that this one can never be mined.
    async fn await_receipt(
        &self,
        sent: &Sent,
        deadline: Instant,
    ) -> Result<Option<TransactionReceipt>, ChainError> {
        let mut pause = Duration::from_millis(5);
        let mut absent = 0;
        loop {
            let receipt = self.read("eth_getTransactionReceipt", || async {
                self.provider().get_transaction_receipt(sent.tx).await
            });
            // Whatever happens to the connection now, the transaction is on its way.
            if let Ok(Some(receipt)) = receipt.await {
                return Ok(Some(receipt));
            }
            if absent == ABSENCES {
                return Ok(None);
            }
            if Instant::now() + pause > deadline {
                return Err(ChainError::Pending { tx: sent.tx });
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
            if pause > Duration::from_millis(100) {
                absent = if self.is_displaced(sent).await {
                    absent + 1
                } else {
                    0
                };
            }
        }
    }

    /// Whether the sender's nonce has passed a transaction that the node does not know.
    async fn is_displaced(&self, sent: &Sent) -> bool {
        let passed = self.nonce(sent.from, BlockId::latest()).await;
        passed.is_ok_and(|next| next > sent.nonce) && matches!(self.knows(sent.tx).await, Ok(false))
    }

    async fn core_receipt(&self, receipt: &TransactionReceipt) -> Result<Receipt, ChainError> {
        let missing = || ChainError::bad_answer("eth_getTransactionReceipt", "it names no block");
        let block = receipt.block_number.ok_or_else(missing)?;
        let head = self.block(block).await?.ok_or_else(missing)?;
        Ok(Receipt {
            tx: receipt.transaction_hash,
            block,
            block_time: head.time,
            gas_used: receipt.gas_used,
            created: receipt.contract_address,
            logs: core_logs(receipt.logs(), |_| Some(head.time))?,
        })
    }

    /// Asks for the reason of a transaction that is in a block and failed.
    async fn why_failed(&self, plan: &Plan, from: Address, tx: B256) -> ChainError {
        match self.try_call(plan, from).await {
            Err(error @ ChainError::Reverted(_)) => error,
            _ => Reverted::in_block(tx).into(),
        }
    }

    pub(crate) async fn read_or_revert<T, F, Fut>(
        &self,
        call: &'static str,
        ask: F,
    ) -> Result<T, ChainError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = TransportResult<T>>,
    {
        let reverted = std::sync::Mutex::new(None);
        let answer = self
            .read(call, || async {
                let answer = ask().await;
                if let Err(error) = &answer
                    && let Some(found) = Reverted::from_error(error)
                    && let Ok(mut slot) = reverted.lock()
                {
                    *slot = Some(found);
                }
                answer
            })
            .await;
        match reverted.into_inner() {
            Ok(Some(reverted)) if answer.is_err() => Err(reverted.into()),
            _ => answer,
        }
    }
}

/// A transaction that the node has.
struct Sent {
    tx: B256,
    nonce: u64,
    from: Address,
}

enum Pushed {
    There,
    NonceTaken,
}

/// A little more gas than asked for, another amount for each sending: two commands that do the
/// same at once would else sign the very same transaction, and both take the one for their own.
fn distinction() -> u64 {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let count = SENT.fetch_add(1, Ordering::Relaxed) % 64;
    u64::from(std::process::id() % 1024) * 64 + count
}

pub(crate) fn request(plan: &Plan, from: Address) -> TransactionRequest {
    let to = plan.to.map_or(TxKind::Create, TxKind::Call);
    TransactionRequest::default()
        .with_from(from)
        .with_kind(to)
        .with_input(plan.data.clone())
}

pub(crate) async fn sign(
    request: TransactionRequest,
    signer: &Signer,
) -> Result<TxEnvelope, ChainError> {
    request
        .build(&signer.wallet()?)
        .await
        .map_err(|error| ChainError::Signing {
            account: signer.address(),
            reason: error.to_string(),
        })
}

fn crowded_out(account: Address) -> ChainError {
    ChainError::Refused {
        call: "eth_sendRawTransaction",
        message: format!("other transactions of {account} keep using its nonce"),
    }
}

/// A refused connection carried nothing; after any other failure the node may have the bytes.
pub(crate) fn may_have_arrived(error: &TransportError) -> bool {
    match error {
        RpcError::Transport(TransportErrorKind::Custom(source)) => !source
            .downcast_ref::<reqwest::Error>()
            .is_some_and(reqwest::Error::is_connect),
        RpcError::ErrorResp(_) => false,
        _ => true,
    }
}
