//! `serve`: follows the chain, serves the pages, keeps the embedded chain's state; stops all that
//! it started when told to.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use alloy_primitives::B256;
use guerdon_chain::{Chain, Deployment, decode};
use guerdon_indexer::IndexError;
use guerdon_store::Store;
use guerdon_web::{
    AppState, Company, ContractView, DeploymentView, Heartbeat, Importer, Inner, Limits, Options,
    RelayPolicy, Stop, Token, listen, router,
};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::keep::{self, Keeping};
use super::{follow, meet, round, store};
use crate::cli::{KeeperArgs, PortalArgs, ServeArgs};
use crate::context::{Context, Node, asked_to_stop};
use crate::error::{Failure, Kind, Outcome};
use crate::mail::Mail;
use crate::metrics::{self, Numbers};
use crate::origin::origin;
use crate::output::say;
use crate::wallet_network;
use crate::webhooks::{self, Jobs};
use crate::words::Unit;

/// How often the embedded chain's state is kept, when its head has moved.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(2);
/// Seconds for which a command indexes alone.
const ONCE: u64 = 30;
/// How long answers under way may take after the stop.
const GRACE: Duration = Duration::from_secs(5);

/// Where the pages are and whose they are.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) company: Option<String>,
    /// How people reach the pages, and the pages them.
    pub(crate) portal: PortalArgs,
    /// Neither the chain is followed nor anybody paid: other processes do.
    pub(crate) web_only: bool,
    /// Seconds for which leases are taken.
    pub(crate) lease: u64,
    /// Where the numbers of operation are read.
    pub(crate) metrics: Option<SocketAddr>,
    /// Who is due is paid as well.
    pub(crate) keeper: Option<KeeperArgs>,
    /// What holders may ask for, whichever process sends it.
    pub(crate) relay: Option<KeeperArgs>,
    /// What a demonstration lends to its pages.
    pub(crate) demo: Option<guerdon_web::Demo>,
}

impl Site {
    pub(crate) fn of(arguments: &ServeArgs) -> Self {
        Self {
            host: arguments.host,
            port: arguments.port,
            company: arguments.company.clone(),
            portal: arguments.portal.clone(),
            web_only: arguments.web_only,
            lease: arguments.keeper.lease,
            metrics: arguments.metrics,
            keeper: beside(arguments),
            relay: arguments
                .keeper
                .takes_requests()
                .then(|| arguments.keeper.clone()),
            demo: None,
        }
    }
}

pub(crate) async fn run(context: &Context, arguments: &ServeArgs) -> Outcome {
    let site = Site::of(arguments);
    let node = meet::connect(context).await?;
    let outcome = serve(context, &node, &site).await;
    node.close().await?;
    outcome
}

/// The keeper beside the pages: for everybody who is due, or for who asks alone.
fn beside(arguments: &ServeArgs) -> Option<KeeperArgs> {
    let ServeArgs { keep, keeper, .. } = arguments;
    let keeps = *keep || keeper.takes_requests();
    (keeps && !arguments.web_only).then(|| KeeperArgs {
        relay_only: keeper.relay_only || !keep,
        ..keeper.clone()
    })
}

/// Serves until Ctrl-C or the end of a part.
pub(crate) async fn serve(context: &Context, node: &Node, site: &Site) -> Outcome {
    let deployment = context.deployment(node.chain.chain_id())?;
    let (meeting, bond) = meet::begin(&node.chain, &deployment).await?;
    let listener = bind(site).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::failed(error.to_string()))?;
    let options = options(site, address, &deployment)?;
    let store = store::open(context, &deployment).await?;
    let numbers = Numbers::default();
    let counting = counting(site).await?;
    if !site.web_only {
        store::fill_from_files(context, &store).await?;
    }
    let holding = follow::holding(&store, site.lease);
    let keeping = match &site.keeper {
        Some(keeper) => {
            let parts = (node, &deployment, keeper);
            Some(Keeping::new(context, parts, &store, holding.clone()).await?)
        }
        None => None,
    };

    let (stop, stopped) = watch::channel(false);
    let heartbeat = Heartbeat::default();
    let indexer = follow::indexer(context, (&node.chain, &deployment), &store, holding).await?;
    let when = (meet::done(meeting.clone()), wait(stopped.clone()));
    let follower = match site.web_only {
        true => tokio::spawn(never(stopped.clone())),
        false => follow::run(indexer, heartbeat.clone(), when),
    };
    tokio::spawn(follow::pulse(store.clone(), heartbeat.clone()));
    if let Some(listener) = counting {
        let parts = (store.clone(), node.chain.clone());
        tokio::spawn(metrics::serve(listener, numbers.clone(), parts));
    }
    let parts = (&node.chain, &store, &deployment);
    let (jobs, lent) = webhooks::beside(context, parts, site, &stopped).await?;
    let view = DeploymentView {
        wallet_network: wallet_network::of(&site.portal, deployment.chain_id)?,
        ..view(&deployment, bond)
    };
    let asked = asked_to_stop();
    say(&format!(
        "pages at {}, chain at {}",
        options.origin,
        node.chain.shown_url()
    ));
    let importer = round::importer(context, &deployment);
    let options = Options {
        observer: site.metrics.is_some().then(|| numbers.observer()),
        stop: Stop::when(stopped.clone()),
        webhooks: lent,
        head: context.global.head.into(),
        ..options
    };
    let parts = (store.clone(), node.chain.clone(), options, importer);
    let state = state((site, &deployment.name), view, parts, heartbeat);
    let pages = tokio::spawn(listen(listener, router(state), wait(stopped)));
    say("Ctrl-C stops everything");

    let outcome = tokio::select! {
        outcome = watch_over((node, asked), follower, pages, &stop) => outcome,
        outcome = meet::refused(meeting.clone()) => outcome,
        outcome = keep::beside(keeping.as_ref(), meet::done(meeting.clone())) => outcome,
    };
    let _ = stop.send(true);
    end(keeping, jobs).await;
    store.close().await;
    outcome
}

/// Where the numbers of operation are asked for.
async fn counting(site: &Site) -> Outcome<Option<TcpListener>> {
    match site.metrics {
        Some(address) => Ok(Some(metrics::bind(address).await?)),
        None => Ok(None),
    }
}

/// Gives back what this process held.
async fn end(keeping: Option<Keeping>, jobs: Option<Jobs>) {
    if let Some(keeping) = keeping {
        keeping.end().await;
    }
    if let Some(jobs) = jobs {
        jobs.end().await;
    }
}

/// Waits for the first end of anything, then ends the rest.
async fn watch_over(
    (node, asked): (&Node, impl Future<Output = ()>),
    mut follower: JoinHandle<Result<(), IndexError>>,
    mut pages: JoinHandle<std::io::Result<()>>,
    stop: &watch::Sender<bool>,
) -> Outcome {
    let outcome = tokio::select! {
        () = asked => Ok(()),
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

/// Brings the database up to the chain's head, once.
pub(crate) async fn index_once(
    context: &Context,
    chain: &Chain,
    deployment: &Deployment,
) -> Outcome {
    let store = store::open(context, deployment).await?;
    store::fill_from_files(context, &store).await?;
    let holding = follow::holding(&store, ONCE);
    let indexer = follow::indexer(context, (chain, deployment), &store, holding).await?;
    let caught_up = indexer.catch_up().await;
    indexer.release().await?;
    store.close().await;
    caught_up
        .map(|_| ())
        .map_err(|error| Failure::failed(error.to_string()))
}

/// In the place of an indexer where there is none.
async fn never(stopped: watch::Receiver<bool>) -> Result<(), IndexError> {
    wait(stopped).await;
    Ok(())
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // The sender lives as long as the parts do; without it there is nothing to wait for.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn state(
    (site, name): (&Site, &str),
    deployment: DeploymentView,
    (store, chain, options, importer): (Store, Chain, Options, Importer),
    heartbeat: Heartbeat,
) -> AppState {
    let name = name_of(site, name);
    AppState::new(Inner {
        store,
        company: Company { name },
        deployment,
        chain: Some(chain),
        options,
        heartbeat,
        importer: Some(importer),
        decode: Box::new(|log| decode(log).ok().flatten()),
        wall: Box::new(wall),
        random: Box::new(|| B256::random().0),
    })
}

fn name_of(site: &Site, deployment: &str) -> String {
    let name = site.company.as_deref().unwrap_or(deployment);
    name.to_owned()
}

/// What the operator chose for the pages; e-mails are sent beside them as long as they are served.
fn options(site: &Site, address: SocketAddr, deployment: &Deployment) -> Outcome<Options> {
    let origin = origin(site.portal.public_url.as_deref(), address)?;
    let mail = Mail::new(&site.portal, &name_of(site, &deployment.name))?;
    let (sender, mail) = mail.unzip();
    if let Some(mail) = mail {
        tokio::spawn(mail.run());
    }
    let client_header = client_header(&site.portal)?;
    if client_header.is_none() && site.portal.public_url.is_some() {
        tracing::warn!(
            "tries to sign in are counted for all clients together; with a proxy in front, name its \
             --client-address-header so that no client can use them up"
        );
    }
    Ok(Options {
        client_header,
        limits: limits(&site.portal),
        mail: sender,
        demo: site.demo.clone(),
        relay: relay(site, deployment)?,
        ..Options::at(&origin)
    })
}

/// How often keys and sessions may ask.
fn limits(portal: &PortalArgs) -> Limits {
    let limit = |a_minute: u32| (a_minute > 0).then_some(a_minute);
    Limits {
        key: limit(portal.key_limit),
        session: limit(portal.session_limit),
    }
}

/// The header that the proxy in front is believed in, in small letters.
fn client_header(portal: &PortalArgs) -> Outcome<Option<String>> {
    let Some(name) = &portal.client_address_header else {
        return Ok(None);
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || !name.bytes().all(is_name) {
        let sentence = format!("--client-address-header {name} is no name of a header");
        return Err(Failure::input(sentence).hint("such as x-forwarded-for"));
    }
    Ok(Some(name.to_ascii_lowercase()))
}

/// What holders may ask the keeper for.
fn relay(site: &Site, deployment: &Deployment) -> Outcome<Option<RelayPolicy>> {
    let unit = Unit::new(&deployment.token.symbol, deployment.token.decimals);
    let policy = match &site.relay {
        Some(keeper) => keep::relay_of(keeper, &unit)?,
        None => None,
    };
    Ok(policy.map(|policy| RelayPolicy {
        min_payout: policy.min_payout,
        gas_per_day: policy.gas_per_day,
    }))
}

fn view(deployment: &Deployment, bond_token: meet::Bond) -> DeploymentView {
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
    DeploymentView {
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
        wallet_network: None,
        contracts: contracts.collect(),
    }
}

/// The machine's clock: how old a page is, nothing about money.
pub(crate) fn wall() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default()
}
