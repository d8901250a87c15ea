//! What the demo lends to its pages: the embedded chain's keys, which everybody knows, and its clock.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use alloy_primitives::{Address, B256};
use guerdon_chain::embedded::Clock;
use guerdon_chain::{Chain, DEV_ACCOUNTS, Plan, Signer};
use guerdon_web::{Actor, Answer, Call, Demo, Stage};

use super::cast::cast;
use crate::context::Node;
use crate::error::{Failure, Outcome};

struct Play {
    chain: Chain,
    clock: Clock,
    cast: Vec<Actor>,
    signers: BTreeMap<Address, Signer>,
}

/// The stage of a node that runs the embedded chain.
pub(super) fn stage(node: &Node) -> Outcome<Demo> {
    let embedded = node
        .embedded
        .as_ref()
        .ok_or_else(|| Failure::input("the demo needs the embedded chain: leave --rpc-url out"))?;
    let cast = cast()?;
    let mut signers = BTreeMap::new();
    for index in 0..DEV_ACCOUNTS {
        let signer = Signer::embedded(index)?;
        if cast.iter().any(|actor| actor.account == signer.address()) {
            signers.insert(signer.address(), signer);
        }
    }
    Ok(Demo(Arc::new(Play {
        chain: node.chain.clone(),
        clock: embedded.clock(),
        cast,
        signers,
    })))
}

impl fmt::Debug for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Play").finish_non_exhaustive()
    }
}

impl Play {
    fn signer(&self, account: Address) -> Result<&Signer, String> {
        let signer = self.signers.get(&account);
        signer.ok_or_else(|| format!("{account} does not play in this demonstration"))
    }
}

impl Stage for Play {
    fn cast(&self) -> &[Actor] {
        &self.cast
    }

    fn sign(&self, account: Address, digest: &B256) -> Result<[u8; 65], String> {
        let signed = self.signer(account)?.sign_digest(digest);
        signed.map_err(|error| error.to_string())
    }

    fn send(&self, account: Address, call: Call) -> Answer<'_, B256> {
        Box::pin(async move {
            let plan = Plan {
                to: Some(call.to),
                data: call.data,
                summary: "What the page asked its wallet to send".to_owned(),
            };
            let sent = self.chain.send(&plan, self.signer(account)?).await;
            sent.map(|receipt| receipt.tx)
                .map_err(|error| error.to_string())
        })
    }

    fn travel(&self, to: u64) -> Answer<'_, u64> {
        Box::pin(async move {
            let head = self.clock.set_time(to).await;
            head.map(|head| head.time)
                .map_err(|error| error.to_string())
        })
    }
}
