//! What is on this machine: configuration, disk, database.

use guerdon_chain::{Chain, Deployment};
use guerdon_indexer::LEASE as INDEXER;
use guerdon_store::{Engine, Store};

use super::{Checkup, data_key};
use crate::cli::DataKeyArgs;
use crate::commands::serve::wall;
use crate::commands::store;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::keeper::LEASE as KEEPER;
use crate::words::time;

/// Less than this is soon full, in bytes.
const DISK_LOW: u64 = 1 << 30;
/// With less than this nothing can be written safely, in bytes.
const DISK_FULL: u64 = 64 << 20;
const MIB: u64 = 1 << 20;

/// Where the settings come from, and the files that must be there.
pub(super) fn config(context: &Context, checkup: &mut Checkup) {
    let global = &context.global;
    let sources: Vec<String> = global
        .sources
        .iter()
        .map(|(name, source)| format!("{name} by {source}"))
        .collect();
    match sources.is_empty() {
        true => checkup.ok("settings", "everything as it is by default"),
        false => checkup.ok("settings", sources.join(", ")),
    }
    let secrets = [&global.database_url_file, &global.password_file];
    for path in secrets.into_iter().flatten() {
        if let Err(error) = std::fs::read(path) {
            let found = format!("{} cannot be read: {error}", path.display());
            checkup.fail("settings", found, "make it readable for this user");
        } else if is_open(path) {
            let found = format!("{} holds a secret, and others can read it", path.display());
            checkup.warn("settings", found, format!("chmod 600 {}", path.display()));
        }
    }
}

#[cfg(unix)]
fn is_open(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &std::path::Path) -> bool {
    false
}

/// Whether the data directory can grow.
pub(super) fn disk(context: &Context, checkup: &mut Checkup) {
    let folder = &context.data.0;
    let shown = folder.display();
    let there = folder
        .ancestors()
        .find(|path| path.is_dir())
        .unwrap_or(std::path::Path::new("."));
    let Some(free) = free_bytes(there) else {
        return checkup.warn(
            "disk",
            format!("how much is free at {shown} is not known"),
            "look by hand",
        );
    };
    let found = format!("{} MiB free at {shown}", free / MIB);
    let remedy = "make room, or move the data directory";
    match free {
        free if free < DISK_FULL => checkup.fail("disk", found, remedy),
        free if free < DISK_LOW => checkup.warn("disk", found, remedy),
        _ => checkup.ok("disk", found),
    }
}

#[cfg(unix)]
fn free_bytes(path: &std::path::Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_: &std::path::Path) -> Option<u64> {
    None
}

/// The database, where no node can be asked.
pub(super) async fn database_alone(
    (context, key): (&Context, &DataKeyArgs),
    checkup: &mut Checkup,
) {
    let url = context.database_url();
    let file = url.strip_prefix("sqlite://").map(std::path::Path::new);
    if file.is_some_and(|file| !file.is_file()) {
        return checkup.warn("database", "there is none yet", "guerdon serve makes it");
    }
    match Store::open(&url).await {
        Ok(store) => {
            match schema(&store).await {
                Ok(words) => checkup.ok("database", words),
                Err(failure) => checkup.failure("database", failure, REMEDY),
            }
            data_key::look(context, (key, &store), checkup).await;
            store.close().await;
        }
        Err(error) => checkup.failure("database", error.into(), REMEDY),
    }
}

/// Clocks of two machines are never quite the same.
const CLOCKS_APART: u64 = 5;

const REMEDY: &str = "start the database, or give another --database-url";

/// The database against its chain, and who is at work on it.
pub(super) async fn database(
    (context, key): (&Context, &DataKeyArgs),
    (chain, deployment): (&Chain, &Deployment),
    checkup: &mut Checkup,
) {
    let store = match store::open(context, deployment).await {
        Ok(store) => store,
        Err(failure) => return checkup.failure("database", failure, REMEDY),
    };
    match schema(&store).await {
        Ok(words) => checkup.ok("database", words),
        Err(failure) => checkup.failure("database", failure, REMEDY),
    }
    if let Err(failure) = index(&store, chain, checkup).await {
        checkup.failure("index", failure, REMEDY);
    }
    if let Err(failure) = leases(&store, checkup).await {
        checkup.failure("leases", failure, REMEDY);
    }
    data_key::look(context, (key, &store), checkup).await;
    store.close().await;
}

async fn schema(store: &Store) -> Outcome<String> {
    let schema = store.read().await?.schema().await?;
    let engine = store.engine();
    Ok(match schema > Store::newest_schema() {
        true => format!("{engine:?}, migrated by a newer version to {schema}"),
        false => format!("{engine:?}, all {schema} migrations applied"),
    })
}

async fn index(store: &Store, chain: &Chain, checkup: &mut Checkup) -> Outcome {
    let head = chain.head().await.map_err(Failure::from)?.number;
    let mut read = store.read().await?;
    let stopped = read.index_state().await?.and_then(|state| state.stopped);
    let checkpoint = read.checkpoint().await?;
    drop(read);
    let serve = "guerdon serve brings it up to date";
    match (stopped, checkpoint) {
        (Some(why), _) => checkup.fail(
            "index",
            format!("stopped: {why}"),
            "take the node that is wrong out of --rpc-url",
        ),
        (None, None) => checkup.warn("index", "nothing read yet", serve),
        (None, Some(at)) if at.block >= head => {
            checkup.ok("index", format!("up to date at block {head}"));
        }
        (None, Some(at)) => {
            let behind = head - at.block;
            checkup.warn(
                "index",
                format!("{behind} blocks behind block {head}"),
                serve,
            );
        }
    }
    Ok(())
}

async fn leases(store: &Store, checkup: &mut Checkup) -> Outcome {
    let mut read = store.read().await?;
    let now = read.clock().await?;
    match now.abs_diff(wall()) {
        apart if apart > CLOCKS_APART => checkup.warn(
            "database clock",
            format!("{apart} s from this machine's clock"),
            "set both; leases and the age of pages run by the database's",
        ),
        _ => checkup.ok("database clock", "as this machine's"),
    }
    for (what, name) in [("indexer", INDEXER), ("keeper", KEEPER)] {
        let lease = read.lease(name).await?;
        let lease = lease.filter(|lease| lease.expires_at > now);
        match lease {
            Some(lease) => {
                let until = time(lease.expires_at);
                checkup.ok(what, format!("{}, until {until}", lease.holder));
            }
            // On a file whoever serves it indexes; and a keeper is a choice.
            None if name == INDEXER && store.engine() == Engine::Postgres => checkup.warn(
                what,
                "nobody holds the lease: no process reads the chain",
                "start guerdon serve, without --web-only",
            ),
            None => checkup.ok(what, "nobody holds the lease"),
        }
    }
    Ok(())
}
