//! The task hash: the same for every model and machine, another for another task.

use super::support::{EVERY, INSPECT, R2, R3, inspect_json, reading, with};
use alloy_primitives::B256;
use serde_json::{Value, json as value};

const STRICT: &str = "exact_match,strict-match";
const CONFIG: &str = "/configs/product_500";

fn hash(file: &[u8]) -> B256 {
    reading(file, STRICT).task_hash
}

fn check(rows: &[(&str, Value)], same: bool) {
    for (pointer, value) in rows {
        let changed = hash(&with(R3, pointer, value.clone()));
        assert_eq!(changed == hash(R3), same, "{pointer} = {value}");
    }
}

#[test]
fn the_model_and_the_machine_do_not_change_it() {
    assert_eq!(hash(R2), hash(R3));
    let meta = format!("{CONFIG}/metadata");
    check(
        &[
            ("/model_name", value!("other")),
            ("/config/model", value!("hf")),
            ("/config/model_args", value!({"pretrained": "x"})),
            ("/config/model_sha", value!("abc")),
            ("/date", value!(1.5)),
            (&format!("{meta}/model"), value!("other")),
            (&format!("{meta}/base_url"), value!("https://example.com")),
            (&format!("{meta}/new"), value!(7)),
            (&format!("{meta}/version"), value!("2.0")),
            (&format!("{meta}/version"), value!(2)),
            (&format!("{CONFIG}/config_source"), value!("/home/x/a.yaml")),
            (
                &format!("{CONFIG}/dataset_kwargs/data_files/test"),
                value!("/data/heldout.jsonl"),
            ),
            (
                &format!("{CONFIG}/dataset_kwargs/cache_dir"),
                value!("/tmp/cache"),
            ),
        ],
        true,
    );
}

#[test]
fn another_task_has_another_hash() {
    check(
        &[
            (
                &format!("{CONFIG}/doc_to_text"),
                value!("Think: {{question}}"),
            ),
            (
                &format!("{CONFIG}/doc_to_text"),
                value!("/no_think {{question}}"),
            ),
            (
                &format!("{CONFIG}/generation_kwargs/temperature"),
                value!(0.7),
            ),
            (&format!("{CONFIG}/num_fewshot"), value!(5)),
            (&format!("{CONFIG}/metadata/version"), value!(2.1)),
            (
                &format!("{CONFIG}/dataset_kwargs/data_files"),
                value!({"train": "heldout.jsonl"}),
            ),
            (
                &format!("{CONFIG}/dataset_kwargs/data_files/test"),
                value!("https://a.example/h.json"),
            ),
            (&format!("{CONFIG}/dataset_path"), value!("org/name")),
            ("/task_hashes/product_500", value!("00")),
            ("/task_hashes", value!({})),
            ("/lm_eval_version", value!("0.4.12")),
        ],
        false,
    );
    assert_ne!(
        hash(R3),
        reading(R3, "exact_match,flexible-extract").task_hash
    );
}

#[test]
fn of_a_hubs_repository_the_path_within_it_counts() {
    let hub = with(R3, &format!("{CONFIG}/dataset_path"), value!("org/name"));
    let file = format!("{CONFIG}/dataset_kwargs/data_files/test");
    assert_ne!(hash(&hub), hash(&with(&hub, &file, value!("other.jsonl"))));
    let rooted = |path: &str| hash(&with(&hub, &file, value!(path)));
    assert_eq!(rooted("/a/x.jsonl"), rooted("C:\\b\\y.jsonl"));
    let script = |path: &str| hash(&with(R3, &format!("{CONFIG}/dataset_path"), value!(path)));
    assert_eq!(script("tasks/mine.py"), script("/home/x/mine.py"));
    assert_ne!(script("org/name"), script("org/other"));
}

#[test]
fn the_address_of_a_function_does_not_count() {
    let at = |text: &str| hash(&with(R3, &format!("{CONFIG}/process_docs"), value!(text)));
    assert_eq!(
        at("<function f at 0x7f06c9d82ef0>"),
        at("<function f at 0x55aa>")
    );
    assert_ne!(at("<function f at 0x55aa>"), at("<function g at 0x55aa>"));
    assert_ne!(at("look at 0x55aa"), at("look at 0x55ab"));
}

/// The values that an independent program found by the documented rules alone.
#[test]
fn the_hashes_of_the_samples_are_those_that_anyone_computes() {
    let inspect = reading(INSPECT, "accuracy,match").task_hash;
    let rows = [
        (
            hash(R3),
            "f82c972b077d042b930f6ef00a6965f9f794988949288efbd24583053187ed0d",
        ),
        (
            inspect,
            "0eb05219e3b24809c3542994d6f38efeea1098059f4006676936b742b207870d",
        ),
        (
            hash(EVERY),
            "f90cf41cf0571e0bbacf6db3967c1e807cc88813a53d6753eb18b961965d3737",
        ),
    ];
    for (found, want) in rows {
        assert_eq!(found.to_string(), format!("0x{want}"));
    }
}

#[test]
fn inspect_hashes_the_task_and_not_the_model() {
    let of = |file: &[u8]| reading(file, "accuracy,match").task_hash;
    let file = inspect_json();
    assert_eq!(of(&file), of(INSPECT));
    let same = [
        ("/eval/model", value!("other/model")),
        ("/eval/model_args", value!({"a": 1})),
        ("/eval/model_generate_config", value!({"temperature": 1})),
        ("/eval/created", value!("2027-01-01")),
        ("/eval/run_id", value!("x")),
        ("/eval/dataset/location", value!("/home/x/d.jsonl")),
        ("/plan/config/max_connections", value!(4)),
        ("/eval/config/log_images", value!(false)),
    ];
    for (pointer, value) in same {
        assert_eq!(of(&with(&file, pointer, value)), of(&file), "{pointer}");
    }
    let other = [
        ("/eval/task_version", value!(3)),
        ("/eval/task_args", value!({"shots": 2})),
        ("/eval/config/message_limit", value!(9)),
        ("/eval/packages/inspect_ai", value!("0.3.284")),
        ("/eval/scorers/0/options/location", value!("any")),
        ("/plan/steps/0/params", value!({})),
        ("/plan/config/temperature", value!(1)),
    ];
    for (pointer, value) in other {
        assert_ne!(of(&with(&file, pointer, value)), of(&file), "{pointer}");
    }
}

#[test]
fn every_eval_ever_hashes_the_task_and_not_the_model() {
    let same = [
        ("/model_info/name", value!("x")),
        ("/evaluation_id", value!("y")),
    ];
    for (pointer, value) in same {
        assert_eq!(hash(&with(EVERY, pointer, value)), hash(EVERY), "{pointer}");
    }
    let first = "/evaluation_results/0";
    let args = format!("{first}/generation_config/generation_args");
    let other = [
        ("/eval_library/version", value!("0.5")),
        (args.as_str(), value!({})),
    ];
    for (pointer, value) in other {
        assert_ne!(hash(&with(EVERY, pointer, value)), hash(EVERY), "{pointer}");
    }
}
