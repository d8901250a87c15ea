//! A company in a scratch folder, its command line, and a node of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use alloy_primitives::{Address, U256};
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

    /// The process of the embedded chain, if one is recorded.
    pub(crate) fn node_process(&self) -> Option<u32> {
        let record = std::fs::read(self.path("chain/anvil.json")).ok()?;
        let record: Value = serde_json::from_slice(&record).ok()?;
        u32::try_from(record["pid"].as_u64()?).ok()
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
    address: String,
}

impl Rpc {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            address: url.trim_start_matches("http://").to_owned(),
        }
    }

    pub(crate) fn ask(&self, method: &str, parameters: &Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters});
        let answer = http(&self.address, "POST", "/", &body.to_string());
        let mut answer = json_in(&answer).unwrap_or_else(|| panic!("{method}: {answer}"));
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Mines a block at this time.
    pub(crate) fn travel(&self, time: u64) {
        self.ask("evm_setNextBlockTimestamp", &json!([time]));
        self.ask("evm_mine", &json!([]));
    }

    pub(crate) fn now(&self) -> u64 {
        let block = self.ask("eth_getBlockByNumber", &json!(["latest", false]));
        let time = block["timestamp"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x");
        u64::from_str_radix(time, 16).unwrap()
    }

    /// The height of the newest block.
    pub(crate) fn head(&self) -> u64 {
        let head = self.ask("eth_blockNumber", &json!([]));
        let digits = head.as_str().unwrap().trim_start_matches("0x").to_owned();
        u64::from_str_radix(&digits, 16).unwrap()
    }

    /// balanceOf, asked without any code of ours.
    pub(crate) fn balance(&self, token: &str, owner: &str) -> u128 {
        let owner: Address = owner.parse().unwrap();
        let data = format!("0x70a08231{:0>64}", hex::encode(owner));
        let answer = self.ask("eth_call", &json!([{"to": token, "data": data}, "latest"]));
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

/// A file of the samples that the readers are tested with.
pub(crate) fn reader_sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/data");
    folder.join(name).display().to_string()
}

/// `guerdon serve` on a free port.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) process: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn start(company: &Company) -> Self {
        Self::run(company, &["serve", "--port", "0"]).0
    }

    /// A command that serves pages, and everything it says on stderr.
    pub(crate) fn run(company: &Company, command: &[&str]) -> (Self, Arc<Mutex<String>>) {
        let mut process = company
            .command(command)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (found, wait) = mpsc::channel();
        let output = BufReader::new(process.stderr.take().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let mut heard = heard.lock().unwrap();
                heard.push_str(&line);
                heard.push('\n');
                drop(heard);
                if let Some(rest) = line.strip_prefix("pages at ") {
                    let url = rest.split(',').next().unwrap_or_default();
                    let _ = found.send(url.to_owned());
                }
            }
        });
        let url = wait
            .recv_timeout(Duration::from_secs(60))
            .expect("the pages did not start");
        (Self { process, url }, said)
    }

    /// A page's text, with the head of the answer.
    pub(crate) fn get(&self, path: &str) -> String {
        http(self.url.trim_start_matches("http://"), "GET", path, "")
    }

    /// Waits until the index holds this block.
    pub(crate) fn wait_for(&self, block: u64) {
        let until = std::time::Instant::now() + Duration::from_secs(60);
        loop {
            let answer = self.get("/readyz");
            let seen = json_in(&answer).unwrap_or_default();
            if seen["block"].as_u64().is_some_and(|seen| seen >= block) {
                return;
            }
            assert!(
                std::time::Instant::now() < until,
                "the index stays behind: {answer}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ctrl-C; answers the exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        signal(self.process.id(), "-INT");
        self.process.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A test that failed leaves no chain running.
impl Drop for Company {
    fn drop(&mut self) {
        if let Some(process) = self.node_process() {
            let _ = Command::new("kill")
                .args(["-KILL", &process.to_string()])
                .status();
        }
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .args([name, &process.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// One request without any library of ours.
pub(crate) fn http(address: &str, method: &str, path: &str, body: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The JSON object in the body of an answer.
pub(crate) fn json_in(answer: &str) -> Option<Value> {
    let body = answer.split_once("\r\n\r\n")?.1;
    let (start, end) = (body.find('{')?, body.rfind('}')?);
    serde_json::from_str(body.get(start..=end)?).ok()
}
