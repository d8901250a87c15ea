//! What task a run of Inspect was: the hash that a goal's specification pins.
//!
//! The task hash is the hash (see `canonical.rs`) of an object with these keys; what the log does
//! not have is `null`, or absent within the objects:
//!
//! - `format` (`"inspect"`), `harness` (the version of `inspect_ai`), `metric`, `filter`;
//! - `task`, `task_version`, `task_args` of `eval`;
//! - `dataset`: `name`, `samples`, `sample_ids`, `shuffled`; its location is left out, and for a run
//!   over items that the chain drew `sample_ids`, too, since they differ with every draw;
//! - `limits`: of `eval.config` the epochs and the limits on what the model may do;
//! - `scorers`: `name` and `options` of each;
//! - `plan`: `solver` and `params` of each step and of `finish`, and the generation settings but for
//!   those that only concern the transport, and, over drawn items, the seed, which is drawn, too.
//!
//! Inspect records no hash of its questions: two data sets that share all of this share the hash.

use alloy_primitives::B256;

use super::canonical;
use super::json::{Json, Map};

/// What of `eval.config` belongs to the task.
const LIMITS: [&str; 7] = [
    "epochs",
    "epochs_reducer",
    "message_limit",
    "token_limit",
    "time_limit",
    "working_limit",
    "cost_limit",
];
/// Generation settings that only concern the transport.
const TRANSPORT: [&str; 7] = [
    "max_retries",
    "timeout",
    "attempt_timeout",
    "max_connections",
    "adaptive_connections",
    "batch",
    "cache",
];

/// The task hash of a score; without what was drawn (questions and seed) where every run has others.
pub(super) fn hash(document: &Json<'_>, (metric, filter): (&str, &str), questions: bool) -> B256 {
    let eval = |keys: &[&str]| document.get("eval").and_then(|eval| eval.path(keys));
    let scorers = eval(&["scorers"]).and_then(Json::list).unwrap_or_default();
    let scorers = scorers
        .iter()
        .map(|scorer| picked(Some(scorer), &["name", "options"]));
    let mut map = Map::new();
    map.insert("format".into(), Json::Text("inspect".into()));
    map.insert(
        "harness".into(),
        Json::or_null(eval(&["packages", "inspect_ai"])),
    );
    map.insert("task".into(), Json::or_null(eval(&["task"])));
    map.insert(
        "task_version".into(),
        Json::or_null(eval(&["task_version"])),
    );
    map.insert("task_args".into(), Json::or_null(eval(&["task_args"])));
    let dataset = kept(eval(&["dataset"]), |key| match key {
        "name" | "samples" | "shuffled" => true,
        "sample_ids" => questions,
        _ => false,
    });
    map.insert("dataset".into(), dataset);
    map.insert("limits".into(), picked(eval(&["config"]), &LIMITS));
    map.insert("scorers".into(), Json::List(scorers.collect()));
    map.insert("plan".into(), plan(document, questions));
    map.insert("metric".into(), Json::Text(metric.into()));
    map.insert("filter".into(), Json::Text(filter.into()));
    canonical::hash(&Json::Map(map))
}

/// Settings of the generation but for those that only concern the transport.
pub(super) fn generation<'a>(config: Option<&Json<'a>>) -> Json<'a> {
    kept(config, |key| !TRANSPORT.contains(&key))
}

/// Of an object only these keys; null values count as absent.
fn picked<'a>(object: Option<&Json<'a>>, keys: &[&str]) -> Json<'a> {
    kept(object, |key| keys.contains(&key))
}

fn kept<'a>(object: Option<&Json<'a>>, keep: impl Fn(&str) -> bool) -> Json<'a> {
    let Some(map) = object.and_then(Json::map) else {
        return Json::Null;
    };
    let kept = map
        .iter()
        .filter(|(key, value)| keep(key) && **value != Json::Null);
    Json::Map(
        kept.map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

fn plan<'a>(document: &Json<'a>, seeded: bool) -> Json<'a> {
    let of_plan = |key: &str| document.path(&["plan", key]);
    let step = ["solver", "params"];
    let steps = of_plan("steps").and_then(Json::list).unwrap_or_default();
    let mut map = Map::new();
    let config = kept(of_plan("config"), |key| {
        !TRANSPORT.contains(&key) && (seeded || key != "seed")
    });
    map.insert("config".into(), config);
    map.insert("finish".into(), picked(of_plan("finish"), &step));
    map.insert(
        "steps".into(),
        Json::List(steps.iter().map(|item| picked(Some(item), &step)).collect()),
    );
    Json::Map(map)
}
