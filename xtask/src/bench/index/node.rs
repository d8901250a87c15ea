//! The node: an anvil that keeps every block and forgets old states.

use std::{
    fs::File,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::test::native;

const PATIENCE: Duration = Duration::from_secs(30);

/// A node of this machine; dropped, it ends.
pub(super) struct Anvil {
    child: Child,
    port: u16,
}

impl Anvil {
    pub(super) fn start(root: &Path, folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let log = File::create(folder.join("anvil.log"))?;
        let child = Command::new(native(root, "anvil")?)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .args(["--chain-id", "31337", "--timestamp", "1600000000"])
            .args(["--gas-limit", "1000000000", "--order", "fifo"])
            .args([
                "--prune-history",
                "--no-request-size-limit",
                "--no-cors",
                "--silent",
            ])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("anvil did not start")?;
        let node = Self { child, port };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > PATIENCE {
                bail!("anvil does not listen, see {}", folder.display());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(node)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of the loopback address that nobody listens on.
pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The answer to a GET, head and body; nothing while nobody answers.
pub(super) fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}
