//! What task a run of lm-evaluation-harness was: the hash that a goal's specification pins.
//!
//! The task hash is the hash (see `canonical.rs`) of
//!
//! ```json
//! {"config":…,"filter":"…","format":"lm-evaluation-harness","harness":"0.4.13","metric":"…",
//!  "task":"…","task_hash":"…"}
//! ```
//!
//! `harness` is `lm_eval_version` and `task_hash` is `task_hashes[task]`, the harness's own hash of
//! questions, prompts and targets (`null` when it was not written, and for a run over items that the
//! chain drew, since they differ with every draw). `config` is `configs[task]`,
//! changed so that neither the model nor the machine shows in it:
//!
//! - `metadata` keeps only `version`, as a text: a decimal number in its canonical form (`2.0`,
//!   `"2.0"` and `2` are all `"2"`), anything else as it is; `config_source` and `dataset_kwargs.cache_dir` are left out;
//! - a `dataset_path` that is a local path, and in `dataset_kwargs` the `data_files` and `data_dir`
//!   that are local paths, become `"(local)"`. Relative ones are local unless `dataset_path` is a
//!   repository of a hub, as in `org/name`; an address such as `hf://…` or `https://…` stays;
//! - in `<function name at 0x7f06c9d82ef0>` the address is left out.

use std::borrow::Cow;

use alloy_primitives::B256;

use super::canonical;
use super::json::{Json, Map};

const LOCAL: &str = "(local)";

/// The task hash of a score; without the questions where every run has others.
pub(super) fn hash(
    document: &Json<'_>,
    task: &str,
    (metric, filter): (&str, &str),
    questions: bool,
) -> B256 {
    let config = document
        .path(&["configs", task])
        .map_or(Json::Null, portable);
    let optional = |value: Option<&Json<'_>>| match value.and_then(Json::text) {
        Some(text) => Json::Text(Cow::Owned(text.to_owned())),
        None => Json::Null,
    };
    let mut map = Map::new();
    map.insert("config".into(), config);
    map.insert("filter".into(), Json::Text(filter.into()));
    map.insert("format".into(), Json::Text("lm-evaluation-harness".into()));
    map.insert("harness".into(), optional(document.get("lm_eval_version")));
    map.insert("metric".into(), Json::Text(metric.into()));
    map.insert("task".into(), Json::Text(task.into()));
    let hashed = document.path(&["task_hashes", task]);
    map.insert("task_hash".into(), optional(hashed.filter(|_| questions)));
    canonical::hash(&Json::Map(map))
}

/// A task's configuration without what depends on the model or the machine.
fn portable<'a>(config: &Json<'a>) -> Json<'a> {
    let Some(config) = config.map() else {
        return Json::Null;
    };
    let path = config.get("dataset_path").and_then(Json::text);
    let hub =
        path.is_some_and(|path| path.contains('/') && !is_address(path) && !is_local_dataset(path));
    let mut kept = Map::new();
    for (key, value) in config {
        let value = match key.as_ref() {
            "config_source" => continue,
            "metadata" => version_only(value),
            "dataset_path" => without_paths(value, is_local_dataset),
            "dataset_kwargs" => portable_dataset(value, hub),
            _ => without_addresses(value),
        };
        kept.insert(key.clone(), value);
    }
    Json::Map(kept)
}

fn version_only<'a>(metadata: &Json<'a>) -> Json<'a> {
    let mut kept = Map::new();
    if let Some(version) = metadata.get("version") {
        let value = match version {
            Json::Number(text) => Json::Text(Cow::Owned(canonical::number(text))),
            Json::Text(text) if is_decimal(text) => Json::Text(Cow::Owned(canonical::number(text))),
            other => other.clone(),
        };
        kept.insert("version".into(), value);
    }
    Json::Map(kept)
}

fn is_decimal(text: &str) -> bool {
    text.parse::<f64>().is_ok()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn portable_dataset<'a>(arguments: &Json<'a>, hub: bool) -> Json<'a> {
    let Some(map) = arguments.map() else {
        return arguments.clone();
    };
    let kept = map.iter().filter(|(key, _)| key.as_ref() != "cache_dir");
    Json::Map(
        kept.map(|(key, value)| {
            let value = match key.as_ref() {
                "data_files" | "data_dir" if hub => without_paths(value, is_rooted),
                "data_files" | "data_dir" => without_paths(value, is_no_address),
                _ => without_addresses(value),
            };
            (key.clone(), value)
        })
        .collect(),
    )
}

/// The value with every text for which `local` holds replaced.
fn without_paths<'a>(value: &Json<'a>, local: fn(&str) -> bool) -> Json<'a> {
    edit(value, &|text| local(text).then(|| LOCAL.to_owned()))
}

/// Whether a `dataset_path` lies on the machine that ran the task: neither the name of a loader
/// (`json`) nor a repository of a hub (`org/name`) nor an address.
fn is_local_dataset(path: &str) -> bool {
    const FILES: [&str; 8] = [
        ".py", ".json", ".jsonl", ".csv", ".tsv", ".txt", ".parquet", ".arrow",
    ];
    is_rooted(path) || (!is_address(path) && FILES.iter().any(|ending| path.ends_with(ending)))
}

/// Whether a path without a hub's repository to stand in lies on the machine.
fn is_no_address(path: &str) -> bool {
    !is_address(path)
}

/// Whether a path starts at a folder of the machine.
fn is_rooted(path: &str) -> bool {
    let drive = path
        .as_bytes()
        .get(1..3)
        .is_some_and(|rest| rest == b":\\" || rest == b":/");
    drive
        || ["/", "./", "../", "~", "\\", "file:"]
            .iter()
            .any(|mark| path.starts_with(mark))
}

fn is_address(path: &str) -> bool {
    path.contains("://") && !path.starts_with("file:")
}

/// The value with the memory addresses that Python prints for functions left out.
fn without_addresses<'a>(value: &Json<'a>) -> Json<'a> {
    edit(value, &|text| {
        if !text.contains(" at 0x") {
            return None;
        }
        let mut parts = text.split(" at 0x");
        let mut kept = parts.next()?.to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            if !rest.starts_with('>') {
                kept.push_str(" at 0x");
                kept.push_str(part);
                continue;
            }
            kept.push_str(rest);
        }
        Some(kept)
    })
}

/// The value with its texts passed through `change`, which leaves alone what it returns none for.
fn edit<'a>(value: &Json<'a>, change: &dyn Fn(&str) -> Option<String>) -> Json<'a> {
    match value {
        Json::Text(text) => match change(text) {
            Some(changed) => Json::Text(Cow::Owned(changed)),
            None => value.clone(),
        },
        Json::List(list) => Json::List(list.iter().map(|item| edit(item, change)).collect()),
        Json::Map(map) => Json::Map(
            map.iter()
                .map(|(key, item)| (key.clone(), edit(item, change)))
                .collect(),
        ),
        _ => value.clone(),
    }
}
