//! `serve`: follows the chain, serves the pages, keeps the embedded chain's state; stops all that
//! it started when told to.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use guerdon_chain::{Chain, Deployment, decode};
use guerdon_indexer::{IndexError, Indexer, Options};
use guerdon_store::Store;
use guerdon_web::{
    AppState, Company, ContractView, DeploymentView, Heartbeat, Inner, Token, listen, router,
};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::keep::{self, Keeping};
use super::store;
use crate::cli::{KeeperArgs, ServeArgs};
use crate::context::{Context, Node, asked_to_stop};
use crate::error::{Failure, Kind, Outcome};
use crate::output::say;

/// How often the embedded chain's state is kept, when its head has moved.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(2);
/// How long answers under way may take after the stop.
const GRACE: Duration = Duration::from_secs(5);

/// Where the pages are and whose they are.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) company: Option<String>,
    /// Who is due is paid as well.
    pub(crate) keeper: Option<KeeperArgs>,
}

pub(crate) async fn run(context: &Context, arguments: &ServeArgs) -> Outcome {
    let site = Site {
        host: arguments.host,
        port: arguments.port,
        company: arguments.company.clone(),
        keeper: arguments.keep.then(|| arguments.keeper.clone()),
    };
    let node = context.connect().await?;
    let outcome = serve(context, &node, &site).await;
    node.close().await?;
    outcome
}

/// Serves until Ctrl-C or the end of a part.
pub(crate) async fn serve(context: &Context, node: &Node, site: &Site) -> Outcome {
    let deployment = context.deployment(node.chain.chain_id())?;
    deployment.check(&node.chain).await?;
    let listener = bind(site).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::failed(error.to_string()))?;
    let store = store::open(context, &deployment).await?;
    store::fill_from_files(context, &store).await?;

    let keeping = match &site.keeper {
        Some(keeper) => Some(Keeping::new(context, (node, &deployment), &store, keeper).await?),
        None => None,
    };

    let (stop, stopped) = watch::channel(false);
    let heartbeat = Heartbeat::default();
    let follower = follow(&node.chain, &store, &deployment, (&heartbeat, &stopped)).await?;
    let view = view(&node.chain, &deployment).await?;
    let parts = (store.clone(), node.chain.clone(), address);
    let state = state((site, &deployment.name), view, parts, heartbeat);
    let pages = tokio::spawn(listen(listener, router(state), wait(stopped)));
    say(&format!(
        "pages at http://{address}, chain at {}",
        node.chain.shown_url()
    ));
    say("Ctrl-C stops everything");

    let outcome = tokio::select! {
        outcome = watch_over(node, follower, pages, &stop) => outcome,
        outcome = keep::beside(keeping.as_ref()) => outcome,
    };
    if let Some(keeping) = keeping {
        keeping.end().await;
    }
    store.close().await;
    outcome
}

/// Waits for the first end of anything, then ends the rest.
async fn watch_over(
    node: &Node,
    mut follower: JoinHandle<Result<(), IndexError>>,
    mut pages: JoinHandle<std::io::Result<()>>,
    stop: &watch::Sender<bool>,
) -> Outcome {
    let outcome = tokio::select! {
        () = asked_to_stop() => Ok(()),
        ended = &mut follower => ended_early("the indexer", ended),
        ended = &mut pages => ended_early("the pages", ended),
        () = keep_state(node) => Ok(()),
    };
    say("stopping");
    let _ = stop.send(true);
    let rest = async {
        if !follower.is_finished() {
            let _ = (&mut follower).await;
        }
        if !pages.is_finished() {
            let _ = (&mut pages).await;
        }
    };
    let _ = tokio::time::timeout(GRACE, rest).await;
    outcome
}

fn ended_early<E: std::fmt::Display>(
    part: &str,
    ended: Result<Result<(), E>, tokio::task::JoinError>,
) -> Outcome {
    match ended {
        Ok(Ok(())) => Err(Failure::failed(format!("{part} stopped by itself"))),
        Ok(Err(error)) => Err(Failure::failed(format!("{part} stopped: {error}"))),
        Err(error) => Err(Failure::failed(format!("{part} failed: {error}"))),
    }
}

/// Keeps the embedded chain's state on disk; another node keeps its own.
pub(super) async fn keep_state(node: &Node) {
    let Some(embedded) = &node.embedded else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(SNAPSHOT_EVERY).await;
        if let Err(error) = embedded.snapshot().await {
            tracing::warn!("the embedded chain's state was not kept: {error}");
        }
    }
}

async fn bind(site: &Site) -> Outcome<TcpListener> {
    let address = SocketAddr::new(site.host, site.port);
    TcpListener::bind(address).await.map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::AddrInUse => Kind::Precondition,
            std::io::ErrorKind::PermissionDenied => Kind::NotPermitted,
            _ => Kind::Failed,
        };
        Failure::new(
            kind,
            format!("the pages cannot be served at {address}: {error}"),
        )
        .hint("give another --port, or 0 for a free one")
    })
}

async fn follow(
    chain: &Chain,
    store: &Store,
    deployment: &Deployment,
    (heartbeat, stopped): (&Heartbeat, &watch::Receiver<bool>),
) -> Outcome<JoinHandle<Result<(), IndexError>>> {
    let identity = store::identity(deployment);
    let indexer = Indexer::new(chain.clone(), store.clone(), &identity, Options::default())
        .await
        .map_err(|error| Failure::failed(error.to_string()))?;
    let (heartbeat, stop) = (heartbeat.clone(), wait(stopped.clone()));
    Ok(tokio::spawn(async move {
        indexer.run(stop, |_| heartbeat.beat(wall())).await
    }))
}

/// Brings the database up to the chain's head, once.
pub(crate) async fn index_once(
    context: &Context,
    chain: &Chain,
    deployment: &Deployment,
) -> Outcome {
    let store = store::open(context, deployment).await?;
    store::fill_from_files(context, &store).await?;
    let identity = store::identity(deployment);
    let caught_up =
        match Indexer::new(chain.clone(), store.clone(), &identity, Options::default()).await {
            Ok(indexer) => indexer.catch_up().await.map(|_| ()),
            Err(error) => Err(error),
        };
    store.close().await;
    caught_up.map_err(|error| Failure::failed(error.to_string()))
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // The sender lives as long as the parts do; without it there is nothing to wait for.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn state(
    (site, name): (&Site, &str),
    deployment: DeploymentView,
    (store, chain, address): (Store, Chain, SocketAddr),
    heartbeat: Heartbeat,
) -> AppState {
    let name = site.company.clone().unwrap_or_else(|| name.to_owned());
    AppState::new(Inner {
        store,
        company: Company { name },
        deployment,
        chain: Some(chain),
        options: guerdon_web::Options {
            origin: format!("http://{address}"),
            demo: None,
        },
        heartbeat,
        decode: Box::new(|log| decode(log).ok().flatten()),
        wall: Box::new(wall),
    })
}

async fn view(chain: &Chain, deployment: &Deployment) -> Outcome<DeploymentView> {
    let bond_token = match deployment.contracts.bond_token {
        Some(contract) => {
            let unit = chain.unit_of(contract.address).await?;
            let name = unit.symbol.clone();
            let token = Token {
                symbol: unit.symbol,
                name,
                decimals: unit.decimals,
            };
            Some((contract.address, token))
        }
        None => None,
    };
    let contracts = deployment
        .contracts
        .list()
        .into_iter()
        .map(|(name, contract)| ContractView {
            name: name.to_owned(),
            address: contract.address,
            transaction: Some(contract.tx_hash),
            code_hash: contract.code_hash,
        });
    Ok(DeploymentView {
        chain_id: deployment.chain_id,
        genesis_hash: deployment.genesis_hash,
        start_block: deployment.start_block,
        grants: deployment.contracts.grants.address,
        goals: deployment.contracts.goals.address,
        token: Token {
            symbol: deployment.token.symbol.clone(),
            name: deployment.token.name.clone(),
            decimals: deployment.token.decimals,
        },
        bond_token,
        contracts: contracts.collect(),
    })
}

/// The machine's clock: how old a page is, nothing about money.
pub(super) fn wall() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default()
}
