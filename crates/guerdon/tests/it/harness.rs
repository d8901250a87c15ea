//! A company in a scratch folder, its command line, and a node of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use alloy::primitives::{Address, U256};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::client::RpcClient;
use serde_json::{Value, json};

/// 2026-07-01 00:00 UTC.
pub(crate) const START: u64 = 1_782_864_000;
pub(crate) const DAY: u64 = 86_400;

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }
}

/// A data directory and, unless the chain is the embedded one, a node's URL.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: Option<String>,
}

impl Company {
    pub(crate) fn new(url: Option<&str>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            url: url.map(str::to_owned),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guerdon"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GUERDON_") {
                command.env_remove(name);
            }
        }
        command
            .env("GUERDON_ANVIL", anvil())
            .arg("--data-dir")
            .arg(self.folder.path());
        if let Some(url) = &self.url {
            command.args(["--rpc-url", url]);
        }
        command.args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed and answers its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["-o", "json", "--yes"];
        all.extend_from_slice(arguments);
        self.run(&all).expect(0).value()
    }
}

/// A node of our own, ended on drop.
#[derive(Debug)]
pub(crate) struct NodeProcess {
    process: Child,
    pub(crate) url: String,
}

impl NodeProcess {
    pub(crate) fn start(time: u64) -> Self {
        let mut process = Command::new(anvil())
            .args([
                "--port",
                "0",
                "--accounts",
                "30",
                "--timestamp",
                &time.to_string(),
            ])
            .args(["--enable-tx-gas-limit", "--hardfork", "osaka"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (found, wait) = mpsc::channel();
        let output = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("Listening on ") {
                    let _ = found.send(address.trim().to_owned());
                }
            }
        });
        let address = wait
            .recv_timeout(Duration::from_secs(30))
            .expect("the node did not start");
        Self {
            process,
            url: format!("http://{address}"),
        }
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Direct questions to a node, beside everything under test.
#[derive(Debug)]
pub(crate) struct Rpc {
    runtime: tokio::runtime::Runtime,
    provider: RootProvider,
}

impl Rpc {
    pub(crate) fn new(url: &str) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let provider = RootProvider::new(RpcClient::new_http(url.parse().unwrap()));
        Self { runtime, provider }
    }

    pub(crate) fn ask(&self, method: &'static str, parameters: Value) -> Value {
        let asked = self
            .provider
            .raw_request::<Value, Value>(method.into(), parameters);
        self.runtime
            .block_on(asked)
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Mines a block at this time.
    pub(crate) fn travel(&self, time: u64) {
        self.ask("evm_setNextBlockTimestamp", json!([time]));
        self.ask("evm_mine", json!([]));
    }

    pub(crate) fn now(&self) -> u64 {
        let block = self.ask("eth_getBlockByNumber", json!(["latest", false]));
        let time = block["timestamp"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x");
        u64::from_str_radix(time, 16).unwrap()
    }

    /// balanceOf, asked without any code of ours.
    pub(crate) fn balance(&self, token: &str, owner: &str) -> u128 {
        let owner: Address = owner.parse().unwrap();
        let data = format!("0x70a08231{:0>64}", hex::encode(owner));
        let answer = self.ask("eth_call", json!([{"to": token, "data": data}, "latest"]));
        answer
            .as_str()
            .unwrap()
            .parse::<U256>()
            .unwrap()
            .to::<u128>()
    }
}

/// The repository's anvil.
pub(crate) fn anvil() -> PathBuf {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/@foundry-rs");
    let entries = std::fs::read_dir(&modules).expect("run npm install first");
    let binary = |entry: std::fs::DirEntry| {
        let path = entry.path().join("bin/anvil");
        (entry.file_name().to_string_lossy().starts_with("anvil-") && path.is_file())
            .then_some(path)
    };
    entries
        .flatten()
        .find_map(binary)
        .expect("node_modules has no anvil for this platform")
}

/// A file of the demo's input.
pub(crate) fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("demo")
        .join(name)
        .display()
        .to_string()
}
