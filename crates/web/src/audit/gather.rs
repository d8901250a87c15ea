//! The files of a bundle, gathered piece by piece: neither they nor the archive stand in memory.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use alloy_primitives::B256;
use guerdon_core::grant::Refused;
use guerdon_core::ledger::AttemptRecord;
use guerdon_formats::audit::{
    BundleError, Code, Gathering, Manifest, Pin, README, attempts_table, pool_table,
    register_table, rounds_table, terms_lines, write_logs,
};
use guerdon_formats::eval::PairFile;
use guerdon_store::Read;
use serde_json::Value;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::pin::At;
use crate::data::refused;
use crate::error::PageError;
use crate::past::{self, Logs};
use crate::state::AppState;

/// Pieces that may wait to be written: each is at most a batch of logs or a result file.
const WAITING: usize = 2;

/// A bundle that was made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) manifest: Manifest,
    /// The archive from its beginning, on a disk and under no name; `None` if nobody asked for it.
    pub(super) archive: Option<File>,
}

/// What comes next.
enum Piece {
    Begin(String),
    Bytes(Vec<u8>),
    /// Everything was said.
    End,
}

/// Where pieces go.
struct Pieces(Sender<Piece>);

/// The bundle of a day. It holds nothing that another time of making would change, and no name.
pub(super) async fn gather(
    state: &AppState,
    at: &At,
    wants_archive: bool,
) -> Result<Made, PageError> {
    let _turn = state.sending().turn().await;
    let (pieces, taken) = channel(WAITING);
    let manifest = manifest(state, at);
    let writing = tokio::task::spawn_blocking(move || written(taken, manifest, wants_archive));
    let filled = fill(state, at, Pieces(pieces)).await;
    let failed = |reason: String| PageError::Records {
        noun: "bundle of block",
        id: at.block.hash,
        reason,
    };
    let made = writing.await.map_err(|error| failed(error.to_string()))?;
    filled?;
    made.map_err(|error| failed(error.to_string()))
}

/// Writes what is taken.
fn written(
    taken: Receiver<Piece>,
    manifest: Manifest,
    wants_archive: bool,
) -> Result<Made, BundleError> {
    let broken = |error: io::Error| BundleError::Archive(error.to_string());
    if !wants_archive {
        let gathering = take(Gathering::new(io::sink()), taken).map_err(broken)?;
        return Ok(Made {
            manifest: gathering.manifest(manifest),
            archive: None,
        });
    }
    let spool = tempfile::tempfile().map_err(broken)?;
    let gathering = take(Gathering::new(spool), taken).map_err(broken)?;
    let mut archive = tempfile::tempfile().map_err(broken)?;
    let manifest = gathering.archive(manifest, BufWriter::new(&mut archive))?;
    archive.rewind().map_err(broken)?;
    Ok(Made {
        manifest,
        archive: Some(archive),
    })
}

fn take<S: Write>(
    mut gathering: Gathering<S>,
    mut taken: Receiver<Piece>,
) -> io::Result<Gathering<S>> {
    loop {
        match taken.blocking_recv() {
            Some(Piece::Begin(path)) => gathering.begin(&path),
            Some(Piece::Bytes(bytes)) => gathering.write(&bytes)?,
            Some(Piece::End) => return Ok(gathering),
            None => return Err(io::Error::other("not everything could be read")),
        }
    }
}

impl Pieces {
    /// A writer that has gone says why itself.
    async fn give(&self, piece: Piece) {
        drop(self.0.send(piece).await);
    }

    async fn file(&self, path: &str, bytes: Vec<u8>) {
        self.give(Piece::Begin(path.to_owned())).await;
        self.give(Piece::Bytes(bytes)).await;
    }
}

/// Reads everything that a bundle holds, of one snapshot.
async fn fill(state: &AppState, at: &At, pieces: Pieces) -> Result<(), PageError> {
    let tables = tables(state, at).map_err(refused("grant", at.block.hash))?;
    for (path, bytes) in tables {
        pieces.file(path, bytes).await;
    }
    pieces.file("terms.ndjson", terms_lines(&at.terms)).await;
    pieces.file("README.txt", README.into()).await;
    let read = &mut state.store.read().await?;
    pieces.give(Piece::Begin("logs.ndjson".to_owned())).await;
    let mut logs = Logs::of((None, at.block.number));
    loop {
        let batch = logs.take(read).await?;
        if batch.is_empty() {
            break;
        }
        pieces.give(Piece::Bytes(write_logs(&batch))).await;
    }
    past::same(logs.last, &at.past)?;
    let goals = &at.past.ledger.goals;
    for goal in read.goal_definitions().await? {
        if goals.contains_key(&goal.id) {
            let path = format!("goals/{}.json", goal.id);
            pieces.file(&path, goal.definition.into_bytes()).await;
        }
    }
    for (id, goal) in goals {
        for attempt in &goal.attempts {
            results(read, (*id, attempt), &pieces).await?;
        }
    }
    pieces.give(Piece::End).await;
    Ok(())
}

/// The files that a signed result was read from, as far as they are kept here: the one whose hash
/// was signed, those that it names, and the answers that confirmed it.
async fn results(
    read: &mut Read,
    (goal, attempt): (B256, &AttemptRecord),
    pieces: &Pieces,
) -> Result<(), PageError> {
    let place = (goal, attempt.number);
    let Some(evidence) = read.result_file(place, attempt.evidence).await? else {
        return Ok(());
    };
    let mut hashes = named(&evidence.content);
    hashes.extend(answers(read, (goal, attempt)).await?);
    hashes.retain(|hash| *hash != attempt.evidence);
    hashes.sort_unstable();
    hashes.dedup();
    let folder = format!("results/{goal}/{}", attempt.number);
    let path = format!("{folder}/{}", evidence.hash);
    pieces.file(&path, evidence.content).await;
    for hash in hashes {
        if let Some(file) = read.result_file(place, hash).await? {
            pieces.file(&format!("{folder}/{hash}"), file.content).await;
        }
    }
    Ok(())
}

/// The files that the evidence of a comparison names.
fn named(evidence: &[u8]) -> Vec<B256> {
    PairFile::decode(evidence).map_or_else(|_| Vec::new(), |file| file.names())
}

/// The answers that stood beside the evidence when it was read.
async fn answers(
    read: &mut Read,
    (goal, attempt): (B256, &AttemptRecord),
) -> Result<Vec<B256>, PageError> {
    let papers = read.panel_papers(goal).await?.into_iter();
    let papers = papers.filter(|paper| paper.attempt == attempt.number && paper.kind == "result");
    let hash = |body: &Value, name: &str| body.get(name)?.as_str()?.parse::<B256>().ok();
    let answers = papers.filter_map(|paper| {
        let body: Value = serde_json::from_str(&paper.body).ok()?;
        let is_of = hash(&body, "evidence") == Some(attempt.evidence);
        hash(&body, "answers").filter(|_| is_of)
    });
    Ok(answers.collect())
}

fn tables(state: &AppState, at: &At) -> Result<[(&'static str, Vec<u8>); 4], Refused> {
    let token = &state.deployment.token;
    let token = (token.symbol.as_str(), token.decimals);
    let (stands, ledger) = (at.standing(), &at.past.ledger);
    let tables = [
        ("register.csv", register_table(&stands.register()?, token)),
        ("rounds.csv", rounds_table(&stands.rounds()?, token)),
        ("pool.csv", pool_table(&ledger.pool, token)),
        ("attempts.csv", attempts_table(ledger)),
    ];
    Ok(tables.map(|(path, table)| (path, table.to_csv().into_bytes())))
}

fn manifest(state: &AppState, at: &At) -> Manifest {
    let deployment = &state.deployment;
    let contracts = deployment.contracts.iter().map(|contract| Code {
        name: contract.name.clone(),
        address: contract.address,
        code_hash: contract.code_hash,
    });
    Manifest {
        company: state.company.name.clone(),
        pin: Pin {
            date: at.date.to_string(),
            block: at.block.number,
            hash: at.block.hash,
            time: at.block.time,
        },
        chain_id: deployment.chain_id,
        genesis_hash: deployment.genesis_hash,
        start_block: deployment.start_block,
        symbol: deployment.token.symbol.clone(),
        decimals: deployment.token.decimals,
        contracts: contracts.collect(),
        files: Vec::new(),
    }
}
