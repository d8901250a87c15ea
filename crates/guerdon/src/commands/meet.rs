//! Pages come up whether or not a node answers: what is known is read, and the chain as soon as it
//! says that it holds the deployment. Until then nothing of it is written and nobody is paid.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use alloy_primitives::Address;
use futures::future::{BoxFuture, FutureExt, Shared};
use guerdon_chain::{Chain, ChainError, Deployment};
use guerdon_web::Token;
use tokio::time::{sleep, timeout};

use crate::context::{Context, Node};
use crate::error::Outcome;
use crate::output::say;

/// How long the start waits for a node to say who it is, and once more for the deployment.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks whether a node answers.
const RETRY: Duration = Duration::from_secs(1);

/// The token of challenge bonds, once the chain has told of it.
pub(super) type Bond = Arc<OnceLock<(Address, Token)>>;

/// Ends well when the chain was found to hold the deployment, and with a failure if it does not.
pub(super) type Meeting = Shared<BoxFuture<'static, Outcome>>;

/// Connects for pages: nodes that are away or hang may come later, where the deployment says which
/// chain they are to serve.
pub(super) async fn connect(context: &Context) -> Outcome<Node> {
    let Some(urls) = &context.global.rpc_url else {
        return context.connect().await;
    };
    let chain = match timeout(PATIENCE, Chain::connect(urls)).await {
        Ok(Ok(chain)) => chain,
        Ok(Err(error)) if !is_away(&error) => return Err(error.into()),
        _ => match context.only_deployment()? {
            Some(deployment) => Chain::unasked(urls, deployment.chain_id)?,
            None => Chain::connect(urls).await?,
        },
    };
    let embedded = None;
    Ok(Node { chain, embedded })
}

/// Looks whether the chain holds the deployment. A chain that does not answer in time is asked on
/// beside everything else.
///
/// # Errors
/// It holds another one, or none.
pub(super) async fn begin(chain: &Chain, deployment: &Deployment) -> Outcome<(Meeting, Bond)> {
    let bond = Bond::default();
    let meeting = met(chain.clone(), deployment.clone(), Arc::clone(&bond));
    let meeting = meeting.boxed().shared();
    match timeout(PATIENCE, meeting.clone()).await {
        Ok(met) => met?,
        Err(_) => {
            say(&format!(
                "the chain at {} does not answer yet: pages show what is known, and go on once it \
                 does",
                chain.shown_url()
            ));
            tokio::spawn(meeting.clone());
        }
    }
    Ok((meeting, bond))
}

/// When the chain holds the deployment; never if it does not.
pub(super) async fn done(meeting: Meeting) {
    if meeting.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// When the chain does not hold the deployment; never if it does.
pub(super) async fn refused(meeting: Meeting) -> Outcome {
    match meeting.await {
        Ok(()) => std::future::pending().await,
        failed => failed,
    }
}

async fn met(chain: Chain, deployment: Deployment, bond: Bond) -> Outcome {
    loop {
        match look(&chain, &deployment, &bond).await {
            Ok(()) => return Ok(()),
            Err(error) if is_away(&error) => {
                tracing::warn!("the chain is waited for: {error}");
                sleep(RETRY).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn look(chain: &Chain, deployment: &Deployment, bond: &Bond) -> Result<(), ChainError> {
    chain.meet().await?;
    deployment.check(chain).await?;
    if let Some(contract) = deployment.contracts.bond_token {
        let unit = chain.unit_of(contract.address).await?;
        let token = Token {
            name: unit.symbol.clone(),
            symbol: unit.symbol,
            decimals: unit.decimals,
        };
        // Told once, it stays.
        let _ = bond.set((contract.address, token));
    }
    Ok(())
}

/// Whether asking again later may help.
fn is_away(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Unreachable { .. } | ChainError::Refused { .. } | ChainError::BadAnswer { .. }
    )
}
