//! Starting the chain from the newest dump that loads.

use std::fs::{self, File};
use std::path::Path;
use std::process::Child;

use alloy::primitives::B256;
use alloy::providers::ext::AnvilApi;

use super::attach::{Options, check_genesis, instance, url};
use super::dumps::{self, Dump};
use super::error::EmbeddedError;
use super::files::{self, Genesis, Running};
use super::process::{self, Started};
use crate::connect::Chain;
use crate::error::ChainError;

/// A process that was started and never recorded: whoever started it was killed before anybody
/// could use it.
pub(super) async fn end_leftover(dir: &Path) {
    if let Some(pid) = process::recorded_pid(dir)
        && process::is_ours(pid, dir)
    {
        process::end(pid, dir, None).await;
    }
    files::remove(&files::running_path(dir));
    files::remove(&files::pid_path(dir));
}

pub(super) async fn end(dir: &Path, pid: u32, child: Option<Child>) {
    process::end(pid, dir, child).await;
    files::remove(&files::running_path(dir));
    files::remove(&files::pid_path(dir));
}

/// A chain that was just started.
pub(super) struct New {
    pub(super) chain: Chain,
    pub(super) running: Running,
    pub(super) child: Child,
    pub(super) notice: Option<String>,
}

/// Starts a process from the newest dump that loads, or from the first block when there is none.
/// The caller holds the folder's `lock`.
pub(super) async fn start(dir: &Path, lock: &File, options: &Options) -> Result<New, ChainError> {
    dumps::sweep(dir);
    let genesis: Option<Genesis> = files::read_record(&files::genesis_path(dir));
    let mut options = options.clone();
    if let Some(genesis) = &genesis {
        options.chain_id = genesis.chain_id;
        options.start_time = Some(genesis.start_time);
    }

    let candidates = dumps::list(dir);
    if candidates.is_empty() {
        let mut new = start_from((dir, lock), &options, None, genesis.as_ref()).await?;
        if genesis.is_some() {
            let text =
                "no dump of the embedded chain was there: it starts again at its first block";
            new.notice = Some(warned(text.to_owned()));
        }
        return Ok(new);
    }
    let mut reason = String::new();
    for dump in &candidates {
        match start_from((dir, lock), &options, Some(dump), genesis.as_ref()).await {
            Ok(mut new) => {
                if !reason.is_empty() {
                    let number = dump.number;
                    new.notice = Some(warned(format!(
                        "the last dump of the embedded chain did not load: it goes on from the \
                         dump before, at block {number} ({reason})"
                    )));
                }
                return Ok(new);
            }
            Err(ChainError::Embedded(EmbeddedError::NoDump { reason: why, .. })) => {
                tracing::warn!(dump = %dump.path.display(), why, "a dump is set aside");
                dump.set_aside();
                reason = why;
            }
            Err(error) => return Err(error),
        }
    }
    Err(EmbeddedError::NoDump {
        dir: dir.to_owned(),
        reason,
    }
    .into())
}

fn warned(text: String) -> String {
    tracing::warn!("{text}");
    text
}

/// A dump that cannot be loaded is the error `NoDump`.
async fn start_from(
    (dir, lock): (&Path, &File),
    options: &Options,
    dump: Option<&Dump>,
    genesis: Option<&Genesis>,
) -> Result<New, ChainError> {
    let plain_path = dir.join("load.json");
    if let Some(dump) = dump {
        let plain = dump.unpack().map_err(|reason| no_dump(dir, reason))?;
        fs::write(&plain_path, plain)
            .map_err(|error| files::failed(&plain_path, "written", error))?;
    }
    let started = process::start(dir, lock, options, dump.map(|_| plain_path.as_path())).await;
    files::remove(&plain_path);
    let Started { child, port } = match (started, dump) {
        (Ok(started), _) => started,
        (Err(EmbeddedError::NotStarted { reason }), Some(_)) if !reason.contains("in use") => {
            return Err(no_dump(dir, reason));
        }
        (Err(error), _) => return Err(error.into()),
    };
    let pid = child.id();

    match settle_in(dir, options, (port, pid), dump, genesis).await {
        Ok((chain, running)) => Ok(New {
            chain,
            running,
            child,
            notice: None,
        }),
        Err(error) => {
            end(dir, pid, Some(child)).await;
            Err(error)
        }
    }
}

fn no_dump(dir: &Path, reason: String) -> ChainError {
    EmbeddedError::NoDump {
        dir: dir.to_owned(),
        reason,
    }
    .into()
}

/// Sets the clock, makes sure that it is the chain it should be, and records it.
async fn settle_in(
    dir: &Path,
    options: &Options,
    (port, pid): (u16, u32),
    dump: Option<&Dump>,
    genesis: Option<&Genesis>,
) -> Result<(Chain, Running), ChainError> {
    let chain = Chain::connect(&url(port)).await?;
    let head = chain.head().await?;
    if let Some(dump) = dump {
        if !dump.is_of(head.number, &head.hash) {
            let found = head.number;
            return Err(no_dump(
                dir,
                format!("it was loaded up to block {found} only"),
            ));
        }
        // A loaded chain has lost its clock: the next block would get the machine's time.
        chain
            .read("anvil_setTime", || {
                chain.provider().anvil_set_time(head.time)
            })
            .await?;
    }
    // It would write a line for each request for as long as it lives.
    chain
        .read("anvil_setLoggingEnabled", || {
            chain.provider().anvil_set_logging(false)
        })
        .await?;

    let first = chain.block(0).await?;
    let (genesis_hash, start_time) =
        first.map_or((B256::ZERO, 0), |block| (block.hash, block.time));
    match genesis {
        Some(genesis) => {
            check_genesis(dir, &chain, genesis.chain_id, &genesis.genesis_hash).await?;
        }
        None => {
            let genesis = Genesis {
                chain_id: chain.chain_id(),
                genesis_hash,
                start_time,
            };
            files::write_record(&files::genesis_path(dir), &genesis)?;
        }
    }
    let running = Running {
        pid,
        port,
        chain_id: chain.chain_id(),
        genesis_hash,
        instance: instance(&chain).await?,
        keep: options.keep,
    };
    files::write_record(&files::running_path(dir), &running)?;
    Ok((chain, running))
}
