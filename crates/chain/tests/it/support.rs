//! What the tests share: a chain in a scratch folder, deployed contracts, terms.

use std::path::{Path, PathBuf};
use std::process::Command;

use alloy::primitives::{Address, B256};
use guerdon_chain::embedded::{Embedded, Options, find_anvil};
use guerdon_chain::plan::{self, Plan, Unit};
use guerdon_chain::{Chain, DeployConfig, Deployment, Receipt, Signer, decode, deploy};
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::{Powers, Schedule, Segment, Terms};
use guerdon_core::tree::{Leaf, SumTree};

/// 2026-07-01T00:00:00Z.
pub(crate) const START: u64 = 1_782_864_000;
pub(crate) const YEAR: u64 = 365 * 86_400;
pub(crate) const TOKEN: u128 = 1_000_000_000_000_000_000;

pub(crate) fn anvil() -> PathBuf {
    let program = find_anvil(&[Path::new(env!("CARGO_MANIFEST_DIR"))]);
    assert!(
        program.is_absolute(),
        "anvil is missing: run `npm install` in the project"
    );
    program
}

pub(crate) fn options() -> Options {
    Options {
        anvil: Some(anvil()),
        start_time: Some(START),
        ..Options::default()
    }
}

pub(crate) async fn start(dir: &Path) -> Embedded {
    Embedded::attach_or_start(dir, &options()).await.unwrap()
}

pub(crate) fn signer(index: u32) -> Signer {
    Signer::embedded(index).unwrap()
}

pub(crate) fn acc() -> Unit {
    Unit::new("ACC", 18)
}

/// A folder for a chain. A test that fails takes its process down with it.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for pid in processes_of(self.path()) {
            kill(pid);
        }
    }
}

pub(crate) fn kill(pid: u32) {
    let line = format!("kill -s KILL {pid}");
    Command::new("/bin/sh")
        .args(["-c", &line])
        .status()
        .unwrap();
}

/// Processes whose command line names the folder.
pub(crate) fn processes_of(dir: &Path) -> Vec<u32> {
    let marker = dir
        .canonicalize()
        .unwrap()
        .join("cache")
        .to_string_lossy()
        .into_owned();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&marker))
        })
        .collect()
}

/// An embedded chain with Acme's contracts and a funded pool.
pub(crate) struct World {
    pub(crate) embedded: Embedded,
    pub(crate) deployment: Deployment,
    _dir: Scratch,
}

impl World {
    pub(crate) async fn new(funded: u128) -> Self {
        let dir = Scratch::new();
        let embedded = start(dir.path()).await;
        let config = DeployConfig {
            name: "Acme".to_owned(),
            token_name: "Acme Access".to_owned(),
            token_symbol: "ACC".to_owned(),
            cap: 1_000_000_000 * TOKEN,
            roles: Vec::new(),
        };
        let deployment = deploy(embedded.chain(), &signer(0), &config).await.unwrap();
        let world = Self {
            embedded,
            deployment,
            _dir: dir,
        };
        if funded > 0 {
            let (token, grants) = (world.token(), world.grants());
            world
                .send(0, plan::mint(token, signer(0).address(), funded, &acc()))
                .await;
            world
                .send(0, plan::approve(token, grants, funded, &acc()))
                .await;
            world.send(0, plan::fund(grants, funded, &acc())).await;
        }
        world
    }

    pub(crate) fn chain(&self) -> &Chain {
        self.embedded.chain()
    }

    pub(crate) fn grants(&self) -> Address {
        self.deployment.contracts.grants.address
    }

    pub(crate) fn goals(&self) -> Address {
        self.deployment.contracts.goals.address
    }

    pub(crate) fn token(&self) -> Address {
        self.deployment.contracts.access_token.address
    }

    pub(crate) async fn send(&self, account: u32, plan: Plan) -> Receipt {
        let summary = plan.summary.clone();
        let sent = self.chain().send(&plan, &signer(account)).await;
        sent.unwrap_or_else(|error| panic!("{summary}: {error}"))
    }

    /// Sends what must be refused and returns the error's name.
    pub(crate) async fn refused(&self, account: u32, plan: Plan) -> String {
        match self.chain().send(&plan, &signer(account)).await {
            Err(guerdon_chain::ChainError::Reverted(reverted)) => reverted.name,
            other => panic!("{} should have been refused: {other:?}", plan.summary),
        }
    }

    pub(crate) async fn balance(&self, account: Address) -> u128 {
        self.chain()
            .balance_of(self.token(), account, None)
            .await
            .unwrap()
    }

    pub(crate) fn id(&self, terms: &Terms) -> B256 {
        Domain::new(self.deployment.chain_id, self.grants()).id(&terms.encode().unwrap())
    }

    pub(crate) fn tree(&self, terms: &[Terms]) -> SumTree {
        let leaf = |terms: &Terms| Leaf {
            id: self.id(terms),
            amount: terms.amount,
        };
        SumTree::build(terms.iter().map(leaf)).unwrap()
    }

    /// All events of Grants and Goals so far, folded by core.
    pub(crate) async fn ledger(&self) -> Ledger {
        let head = self.chain().head().await.unwrap();
        let contracts = [self.grants(), self.goals()];
        let logs = self
            .chain()
            .logs(self.deployment.start_block, head.number, &contracts)
            .await
            .unwrap();
        let mut ledger = Ledger::default();
        for log in &logs {
            // Contracts of OpenZeppelin tell their authority in an event of their own.
            let Some(fact) = decode(log).unwrap() else {
                continue;
            };
            ledger.apply(&log.origin, &fact).unwrap();
        }
        ledger
    }

    pub(crate) async fn stop(self) {
        self.embedded.stop().await.unwrap();
    }
}

/// Four years monthly with a cliff of one year.
pub(crate) fn terms(recipient: u32, amount: u128) -> Terms {
    let year = YEAR as u32;
    let segments = vec![
        Segment {
            end: year,
            cumulative: 250_000_000,
            steps: 1,
        },
        Segment {
            end: 4 * year,
            cumulative: 1_000_000_000,
            steps: 36,
        },
    ];
    Terms {
        recipient: signer(recipient).address(),
        amount,
        start: START,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 30 * 86_400,
        pause_max: year,
        withhold_bps: 0,
        document: B256::repeat_byte(9),
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::new(segments).unwrap(),
    }
}

/// A call to the node that changes it; `params` is JSON.
pub(crate) async fn rpc(url: &str, method: &str, params: &str) {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    let client = reqwest::Client::new();
    let sent = client
        .post(url)
        .header("content-type", "application/json")
        .body(body)
        .send();
    assert!(sent.await.unwrap().status().is_success());
}
