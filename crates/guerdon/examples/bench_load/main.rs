//! `cargo xtask bench load` runs this: fills a database through the indexer's own fold, serves the
//! pages from it, signs in as an engineer does, prints where to look, and waits for the end of its
//! input.
//!
//! `bench_load DATABASE_URL GRANTS MONTHS`

mod chain;
#[path = "../../../indexer/examples/common/promises.rs"]
mod common;
mod fill;
mod session;

use std::error::Error;
use std::time::Instant;

use alloy_primitives::Address;
use guerdon_chain::{Signer, decode};
use guerdon_indexer::{Indexer, Options};
use guerdon_store::Store;
use guerdon_web::{AppState, Company, DeploymentView, Heartbeat, Inner, Token, listen, router};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use chain::{CHAIN_ID, GOALS, GRANTS, MANAGER, Made, SUCCESSION};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Engineers who share the grants.
const HOLDERS: u8 = 100;

#[tokio::main]
async fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, grants, months] = words.as_slice() else {
        return Err("usage: bench_load DATABASE_URL GRANTS MONTHS".into());
    };
    let me = Signer::embedded(10)?;
    let others = (1..HOLDERS).map(|number| Address::repeat_byte(number | 0x80));
    let holders: Vec<Address> = [me.address()].into_iter().chain(others).collect();
    let made = Made::new((grants.parse()?, months.parse()?), &holders)?;

    let store = Store::open(url).await?;
    let began = Instant::now();
    fill::people(&store, &holders).await?;
    fill::imports(&store, &made).await?;
    let options = Options {
        // So that no step is larger than what a node would answer at once.
        range_max: 100,
        ..Options::default()
    };
    let indexer = Indexer::new(&made, store.clone(), &fill::identity(), options).await?;
    let mut events = 0;
    loop {
        let progress = indexer.step().await?;
        events += progress.logs;
        if progress.is_done() {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let heartbeat = Heartbeat::default();
    tokio::spawn(beat(heartbeat.clone()));
    tokio::spawn(busy(store.clone(), me.address()));
    let state = AppState::new(inner(store, heartbeat, &origin));
    tokio::spawn(listen(listener, router(state), std::future::pending()));

    let cookie = session::sign_in(&origin, &me).await?;
    let grant = made.promises.first().ok_or("no grant was made")?.id;
    let answer = serde_json::json!({
        "url": origin,
        "cookie": cookie,
        "grant": format!("/grants/{grant}"),
        "list": "/me/grants",
        "grants": made.promises.len(),
        "events": events,
        "seconds": seconds,
    });
    session::say(&answer.to_string())?;
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await?;
    Ok(())
}

/// The chain answers every second, as far as the pages know.
async fn beat(heartbeat: Heartbeat) {
    loop {
        heartbeat.beat(session::wall());
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

/// What else goes on meanwhile: somebody writes every second, and a block comes every twelve, so
/// that nothing is kept for longer than that.
async fn busy(store: Store, wallet: Address) {
    for second in 1_u64.. {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        if let Err(error) = write(&store, wallet, second).await {
            tracing::warn!(%error, "a write of the bench failed");
        }
    }
}

async fn write(store: &Store, wallet: Address, second: u64) -> Outcome {
    let mut tx = store.write().await?;
    let owner = guerdon_store::Owner::Wallet(wallet);
    tx.put_setting(owner, "bench", &second.to_string()).await?;
    if second.is_multiple_of(12)
        && let Some(head) = tx.checkpoint().await?
    {
        tx.set_checkpoint(&guerdon_store::Checkpoint {
            block: head.block + 1,
            hash: alloy_primitives::B256::random(),
            time: head.time + 12,
        })
        .await?;
    }
    Ok(tx.commit().await?)
}

fn inner(store: Store, heartbeat: Heartbeat, origin: &str) -> Inner {
    Inner {
        store,
        company: Company {
            name: "Acme AI".to_owned(),
        },
        deployment: DeploymentView {
            chain_id: CHAIN_ID,
            genesis_hash: fill::identity().genesis_hash,
            start_block: 0,
            grants: GRANTS,
            goals: GOALS,
            token: Token {
                symbol: "ACC".to_owned(),
                name: "Acme Inference Credit".to_owned(),
                decimals: 18,
            },
            bond_token: std::sync::Arc::default(),
            wallet_network: None,
            contracts: fill::contracts(&[
                ("Grants", GRANTS),
                ("Succession", SUCCESSION),
                ("Goals", GOALS),
                ("AccessManager", MANAGER),
            ]),
        },
        chain: None,
        importer: None,
        options: guerdon_web::Options::at(origin),
        heartbeat,
        decode: Box::new(|log| decode(log).ok().flatten()),
        wall: Box::new(session::wall),
        random: Box::new(|| alloy_primitives::B256::random().0),
    }
}
