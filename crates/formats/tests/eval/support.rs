//! One helper touches the interface; the rest of the tests is data.

use guerdon_formats::eval::{EvalError, Query, Reading, read};
use serde_json::Value;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

pub(crate) const R2: &[u8] = include_bytes!("../data/evals/lm-eval-acme-coder-r2.json");
pub(crate) const R3: &[u8] = include_bytes!("../data/evals/lm-eval-acme-coder-r3.json");
pub(crate) const R3_SAMPLES: &[u8] =
    include_bytes!("../data/evals/lm-eval-acme-coder-r3-samples.jsonl");
pub(crate) const LIMIT_50: &[u8] =
    include_bytes!("../data/evals/lm-eval-acme-coder-r3-limit-50.json");
pub(crate) const GROUPS: &[u8] = include_bytes!("../data/evals/lm-eval-groups-and-limit.json");
pub(crate) const EVERY: &[u8] = include_bytes!("../data/evals/every-eval-ever-acme-coder-r3.json");
pub(crate) const INSPECT: &[u8] = include_bytes!("../data/evals/inspect-acme-coder-r3.eval");

/// `task:metric,filter` with the task and the filter left out where there is none.
pub(crate) fn query(text: &str) -> Query {
    let (task, score) = match text.split_once(':') {
        Some((task, score)) => (Some(task.to_owned()), score),
        None => (None, text),
    };
    let (metric, filter) = match score.rsplit_once(',') {
        Some((metric, filter)) => (metric, Some(filter.to_owned())),
        None => (score, None),
    };
    Query {
        task,
        metric: metric.to_owned(),
        filter,
        ..Query::default()
    }
}

pub(crate) fn reading(file: &[u8], asked: &str) -> Reading {
    read(file, &query(asked), None).unwrap()
}

pub(crate) fn error(file: &[u8], asked: &str) -> EvalError {
    read(file, &query(asked), None).unwrap_err()
}

/// The reason why a file must not decide; panics if it may.
pub(crate) fn reason(file: &[u8], asked: &str) -> String {
    let reading = reading(file, asked);
    assert!(!reading.decides, "it decides");
    reading.reason.unwrap()
}

pub(crate) fn json(file: &[u8]) -> Value {
    serde_json::from_slice(file).unwrap()
}

/// The file with the value at a JSON pointer replaced or added; `null` for the text `(gone)` drops.
pub(crate) fn with(file: &[u8], pointer: &str, value: Value) -> Vec<u8> {
    let mut document = json(file);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(map) if value == "(gone)" => {
            map.shift_remove(&key).unwrap();
        }
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} has no parent"),
    }
    serde_json::to_vec(&document).unwrap()
}

/// The Inspect log as one JSON file, put together from the archive: header, samples, reductions.
pub(crate) fn inspect_json_whole() -> Value {
    let mut archive = ZipArchive::new(Cursor::new(INSPECT)).unwrap();
    let mut entry = |name: &str| {
        let mut bytes = Vec::new();
        archive
            .by_name(name)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        json(&bytes)
    };
    let mut document = entry("header.json");
    let samples: Vec<Value> = (1..=200)
        .map(|id| entry(&format!("samples/{id}_epoch_1.json")))
        .collect();
    document["samples"] = samples.into();
    document["reductions"] = entry("reductions.json");
    document
}

/// The same without what the model said, which is most of it.
pub(crate) fn inspect_json() -> Vec<u8> {
    let mut document = inspect_json_whole();
    for sample in document["samples"].as_array_mut().unwrap() {
        let keys = ["id", "epoch", "input", "target", "scores"];
        sample
            .as_object_mut()
            .unwrap()
            .retain(|key, _| keys.contains(&key.as_str()));
    }
    serde_json::to_vec(&document).unwrap()
}

/// An archive of these entries.
pub(crate) fn archive(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The entries of an archive.
pub(crate) fn entries(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// Each row of the table is `pointer | value | words of the reason`: with the value put there, the
/// file must not decide, for that reason.
pub(crate) fn check_refusals(file: &[u8], asked: &str, table: &str) {
    check_refusals_of(file, &query(asked), table);
}

/// The same for any query.
pub(crate) fn check_refusals_of(file: &[u8], asked: &Query, table: &str) {
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let mut cells = row.split(" | ");
        let mut cell = || cells.next().unwrap().trim();
        let (pointer, value, want) = (cell(), cell(), cell());
        let value = serde_json::from_str(value).unwrap();
        let got = read(&with(file, pointer, value), asked, None).unwrap();
        let got = got.reason.unwrap_or_else(|| panic!("{row}: it decides"));
        assert!(got.contains(want), "{row}: {got}");
    }
}
