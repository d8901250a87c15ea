//! Attaching to the embedded chain, or starting it; dumping, releasing and stopping it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use alloy::primitives::B256;
use alloy::providers::ext::AnvilApi;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::dumps;
use super::error::EmbeddedError;
use super::files::{self, Running};
use super::process;
use super::start::{New, end, end_leftover, start};
use crate::connect::Chain;
use crate::error::ChainError;

/// How often a dump is tried while blocks keep coming in between.
const DUMP_TRIES: u32 = 10;
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// How to start the chain, when nobody runs it yet.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program; `None`: [`super::find_anvil`] looks for it.
    pub anvil: Option<PathBuf>,
    /// Time of the first block, unix seconds; the machine's time when `None`. A chain that exists
    /// keeps its own.
    pub start_time: Option<u64>,
    /// Port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Funded accounts.
    pub accounts: u32,
    /// The chain's id.
    pub chain_id: u64,
    /// Whether it stays when its last user releases it.
    pub keep: bool,
}

/// Chain id 31337, [`crate::DEV_ACCOUNTS`] accounts, any port, the machine's time, ending with its last user.
impl Default for Options {
    fn default() -> Self {
        Self {
            anvil: None,
            start_time: None,
            port: 0,
            accounts: crate::signer::DEV_ACCOUNTS,
            chain_id: 31337,
            keep: false,
        }
    }
}

/// The embedded chain, in use. Dropping it leaves the chain running and its state undumped: end
/// with [`Embedded::release`] or [`Embedded::stop`].
#[derive(Debug)]
pub struct Embedded {
    dir: PathBuf,
    url: String,
    chain: Chain,
    running: Running,
    notice: Option<String>,
    users: File,
    child: Option<Child>,
}

impl Embedded {
    /// Attaches to the process that runs the chain of `dir`, or starts one from the newest dump
    /// that loads. Two commands that come at once end up with one process.
    ///
    /// # Errors
    /// [`ChainError::Embedded`], for what is wrong with the program, the folder or the process.
    pub async fn attach_or_start(dir: &Path, options: &Options) -> Result<Self, ChainError> {
        fs::create_dir_all(dir).map_err(|error| files::failed(dir, "created", error))?;
        let dir = dir
            .canonicalize()
            .map_err(|error| files::failed(dir, "read", error))?;
        let lock = files::lock(&dir).await?;
        let users = files::join_users(&dir)?;

        if let Some(mut running) = files::read_record::<Running>(&files::running_path(&dir))
            && let Some(chain) = find(&dir, &running).await?
        {
            // Off if whoever was about to end it was killed just then.
            chain
                .read("anvil_setAutomine", || {
                    chain.provider().anvil_set_auto_mine(true)
                })
                .await?;
            if options.keep && !running.keep {
                running.keep = true;
                files::write_record(&files::running_path(&dir), &running)?;
            }
            let url = url(running.port);
            return Ok(Self {
                dir,
                url,
                chain,
                running,
                notice: None,
                users,
                child: None,
            });
        }
        end_leftover(&dir).await;
        let New {
            chain,
            running,
            child,
            notice,
        } = start(&dir, &lock, options).await?;
        let url = url(running.port);
        Ok(Self {
            dir,
            url,
            chain,
            running,
            notice,
            users,
            child: Some(child),
        })
    }

    /// A connection to it.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this process started it.
    #[must_use]
    pub fn owned(&self) -> bool {
        self.child.is_some()
    }

    /// What the person should know about how it was loaded, in one sentence.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Id of anvil's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.running.pid
    }

    /// Dumps the state when the head has moved since the last dump. `false` when it has not, or
    /// when blocks came so fast that no dump was whole: then try again later.
    ///
    /// # Errors
    /// When the chain is gone or the dump cannot be written; the earlier dumps are untouched.
    pub async fn snapshot(&self) -> Result<bool, ChainError> {
        let _lock = files::lock(&self.dir).await?;
        self.dump().await
    }

    /// Dumps and leaves; the last one out stops it, unless it is to be kept.
    ///
    /// # Errors
    /// When the dump cannot be written.
    pub async fn release(self) -> Result<(), ChainError> {
        let _lock = files::lock(&self.dir).await?;
        let now: Option<Running> = files::read_record(&files::running_path(&self.dir));
        let keep = now.is_none_or(|running| running.keep);
        if !keep && files::nobody_else(&self.dir, &self.users)? {
            return self.end().await;
        }
        match self.dump().await {
            Err(ChainError::Embedded(EmbeddedError::Gone)) => Ok(()),
            dumped => dumped.map(|_| ()),
        }
    }

    /// Dumps and stops it, whoever else uses it.
    ///
    /// # Errors
    /// When the dump cannot be written: then it runs on.
    pub async fn stop(self) -> Result<(), ChainError> {
        let _lock = files::lock(&self.dir).await?;
        self.end().await
    }

    /// Dumps, with no block coming in between, and ends the process. The caller holds the lock.
    async fn end(self) -> Result<(), ChainError> {
        if !matches!(probe(&self.running).await, Probe::Ours(_)) {
            return Ok(());
        }
        let provider = self.chain.provider();
        let quiet = provider.anvil_set_auto_mine(false).await.is_ok();
        match self.dump().await {
            Ok(_) => end(&self.dir, self.running.pid, self.child).await,
            Err(ChainError::Embedded(EmbeddedError::Gone)) => {}
            Err(error) => {
                if quiet && let Err(again) = provider.anvil_set_auto_mine(true).await {
                    tracing::warn!(%again, "the embedded chain mines no blocks by itself any more");
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// The caller holds the folder's lock.
    async fn dump(&self) -> Result<bool, ChainError> {
        if !matches!(probe(&self.running).await, Probe::Ours(_)) {
            return Err(EmbeddedError::Gone.into());
        }
        let newest = dumps::list(&self.dir).into_iter().next();
        for _ in 0..DUMP_TRIES {
            let before = self.chain.head().await?;
            if newest
                .as_ref()
                .is_some_and(|dump| dump.is_of(before.number, &before.hash))
            {
                return Ok(false);
            }
            let packed = self
                .chain
                .read("anvil_dumpState", || {
                    self.chain.provider().anvil_dump_state()
                })
                .await?;
            // A block mined meanwhile may be in the dump by half.
            if self.chain.head().await? == before {
                dumps::store(&self.dir, &packed, before.number, &before.hash)?;
                return Ok(true);
            }
            sleep(Duration::from_millis(20)).await;
        }
        tracing::debug!("blocks come too fast for a dump of the embedded chain");
        Ok(false)
    }
}

pub(super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

enum Probe {
    /// The process we know.
    Ours(Chain),
    /// Nobody there, or somebody else.
    Nobody,
    /// Somebody who does not answer.
    Silent,
}

async fn probe(running: &Running) -> Probe {
    // A refused connection is an answer: nobody listens. Asking on would only cost retries.
    if TcpStream::connect(("127.0.0.1", running.port))
        .await
        .is_err()
    {
        return Probe::Nobody;
    }
    let asked = timeout(PROBE_TIMEOUT, async {
        let chain = Chain::connect(&url(running.port)).await?;
        let instance = instance(&chain).await?;
        Ok::<_, ChainError>((chain, instance))
    });
    match asked.await {
        Ok(Ok((chain, instance))) if instance == running.instance => Probe::Ours(chain),
        Ok(Ok(_) | Err(ChainError::Refused { .. } | ChainError::BadAnswer { .. })) => Probe::Nobody,
        Ok(Err(_)) | Err(_) => Probe::Silent,
    }
}

pub(super) async fn instance(chain: &Chain) -> Result<B256, ChainError> {
    let metadata = chain
        .read("anvil_metadata", || chain.provider().anvil_metadata())
        .await?;
    Ok(metadata.instance_id)
}

/// The chain of a record, when its process still runs and runs that chain.
async fn find(dir: &Path, running: &Running) -> Result<Option<Chain>, ChainError> {
    let chain = match probe(running).await {
        Probe::Ours(chain) => chain,
        Probe::Silent if process::is_ours(running.pid, dir) => {
            return Err(EmbeddedError::NotAnswering { pid: running.pid }.into());
        }
        Probe::Nobody | Probe::Silent => return Ok(None),
    };
    check_genesis(dir, &chain, running.chain_id, &running.genesis_hash).await?;
    Ok(Some(chain))
}

pub(super) async fn check_genesis(
    dir: &Path,
    chain: &Chain,
    chain_id: u64,
    genesis_hash: &B256,
) -> Result<(), ChainError> {
    let other = |what, found: String, want: String| {
        Err(EmbeddedError::OtherChain {
            dir: dir.to_owned(),
            what,
            found,
            want,
        }
        .into())
    };
    if chain.chain_id() != chain_id {
        return other(
            "chain id",
            chain.chain_id().to_string(),
            chain_id.to_string(),
        );
    }
    let genesis = chain.block(0).await?;
    let found = genesis.map_or(B256::ZERO, |block| block.hash);
    if found != *genesis_hash {
        return other("genesis hash", found.to_string(), genesis_hash.to_string());
    }
    Ok(())
}
