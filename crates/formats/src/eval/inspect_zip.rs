//! The archive form of an Inspect log (`.eval`): a zip of JSON entries, most of them compressed with
//! Zstandard (method 93). `header.json` is the log without its samples, `samples/*.json` are those.

use std::io::{Cursor, Read};

use alloy_primitives::B256;
use zip::ZipArchive;

use super::inspect;
use super::inspect_samples::{SAMPLE_KEYS, Sample};
use super::parse::{Keep, parse};
use super::reading::{EvalError, Query, Run};

/// Most entries of an archive.
const ENTRIES_MAX: usize = 300_000;
/// Most bytes of one entry once expanded.
const ENTRY_BYTES_MAX: u64 = 128 << 20;
/// Most bytes of all entries that are read, once expanded; one is in memory at a time, so this only
/// bounds the time (the logs of agents are large).
const TOTAL_BYTES_MAX: u64 = 4 << 30;

/// Whether a file is a zip archive.
pub(super) fn is_archive(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06")
}

/// Reads an archive as the log that it is.
pub(super) fn read(file: &[u8], query: &Query, evidence: B256) -> Result<Run, EvalError> {
    let mut archive = Archive::open(file)?;
    let header = archive.entry("header.json")?;
    let document = parse(&header, Keep::InSamples(&SAMPLE_KEYS))
        .map_err(|fault| EvalError::not_json("header.json of the archive", fault))?;
    let samples = match inspect::choose(&document, query)? {
        Some(choice) => {
            let mut samples = Vec::new();
            for name in archive.sample_names()? {
                let bytes = archive.entry(&name)?;
                let sample = parse(&bytes, Keep::AtRoot(&SAMPLE_KEYS)).map_err(|fault| {
                    EvalError::not_json(&format!("{name} of the archive"), fault)
                })?;
                samples.push(Sample::of(&sample, &choice));
            }
            (!samples.is_empty()).then_some(samples)
        }
        None => None,
    };
    inspect::read(&document, samples, query, evidence)
}

struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be expanded.
    budget: u64,
}

impl<'a> Archive<'a> {
    fn open(file: &'a [u8]) -> Result<Self, EvalError> {
        // Each entry of the central directory starts with this mark, so the count bounds them
        // before anything is allocated.
        let marks = file.windows(4).filter(|bytes| *bytes == b"PK\x01\x02");
        if file.len() > ENTRIES_MAX && marks.count() > ENTRIES_MAX {
            return Err(refused(format!("it has more than {ENTRIES_MAX} entries")));
        }
        let mut zip = ZipArchive::new(Cursor::new(file)).map_err(refused)?;
        if zip.has_duplicate_names() {
            return Err(refused("two of its entries have the same name"));
        }
        if zip.has_overlapping_files().map_err(refused)? {
            return Err(refused("its entries overlap"));
        }
        Ok(Self {
            zip,
            budget: TOTAL_BYTES_MAX,
        })
    }

    fn sample_names(&self) -> Result<Vec<String>, EvalError> {
        let mut names = Vec::new();
        for name in self.zip.file_names() {
            let name = name.map_err(refused)?;
            if name.starts_with("samples/") && name.ends_with(".json") {
                names.push(name.into_owned());
            }
        }
        Ok(names)
    }

    /// The bytes of an entry, expanded within the limits.
    fn entry(&mut self, name: &str) -> Result<Vec<u8>, EvalError> {
        let entry = self
            .zip
            .by_name(name)
            .map_err(|error| refused(format!("{name}: {error}")))?;
        let limit = ENTRY_BYTES_MAX.min(self.budget);
        let mut bytes = Vec::new();
        let read = entry.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| refused(format!("{name}: {error}")))?;
        let length = bytes.len() as u64;
        if length > limit {
            return Err(refused(format!("{name} expands to more than is read")));
        }
        self.budget -= length;
        Ok(bytes)
    }
}

fn refused(error: impl std::fmt::Display) -> EvalError {
    EvalError::Archive(format!("{error}"))
}
