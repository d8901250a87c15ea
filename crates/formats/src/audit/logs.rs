use std::io::BufRead;

use alloy_primitives::{B256, hex};
use guerdon_core::fact::{Log, Origin};
use serde_json::json;

use super::lines::lines;
use crate::json::{Fields, FileError, canonical};

/// Logs as NDJSON, one a line, as the chain keeps them.
#[must_use]
pub fn write_logs<'a>(logs: impl IntoIterator<Item = &'a Log>) -> Vec<u8> {
    let mut lines = Vec::new();
    for log in logs {
        let origin = &log.origin;
        let topics = log.topics.iter().map(ToString::to_string);
        lines.extend(canonical(&json!({
            "block": origin.block,
            "block_hash": origin.block_hash.to_string(),
            "block_time": origin.block_time,
            "transaction": origin.tx.to_string(),
            "log": origin.log_index,
            "address": log.address.to_checksum(None),
            "topics": topics.collect::<Vec<_>>(),
            "data": hex::encode_prefixed(&log.data),
        })));
    }
    lines
}

/// Reads what [`write_logs`] wrote: the line, from 1, and what is wrong with it.
///
/// # Errors
/// The first line that is no log.
pub fn read_logs(bytes: &[u8]) -> Result<Vec<Log>, (usize, FileError)> {
    each_log(bytes).collect()
}

/// The same one after the other, so that few stand in memory at a time.
pub fn each_log(text: impl BufRead) -> impl Iterator<Item = Result<Log, (usize, FileError)>> {
    let read = |(place, line): (usize, Vec<u8>)| log(&line).map_err(|error| (place, error));
    lines(text).map(move |line| line.and_then(read))
}

fn log(line: &[u8]) -> Result<Log, FileError> {
    let mut fields = Fields::of_file(line)?;
    let origin = Origin {
        block: fields.integer("block")?,
        block_hash: fields.hash("block_hash")?,
        block_time: fields.integer("block_time")?,
        tx: fields.hash("transaction")?,
        log_index: fields.integer("log")?,
    };
    let address = fields.address("address")?;
    let topics = fields.list("topics")?.into_iter().map(|topic| {
        let topic = topic.as_str().and_then(|text| text.parse::<B256>().ok());
        topic.ok_or_else(|| FileError::wrong("topics", "it holds no hash"))
    });
    let topics = topics.collect::<Result<_, _>>()?;
    let data = fields.bytes("data")?;
    fields.finish()?;
    Ok(Log {
        origin,
        address,
        topics,
        data,
    })
}
