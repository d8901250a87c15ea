//! Results of lm-evaluation-harness.

use super::support::{
    GROUPS, LIMIT_50, R2, R3, check_refusals, error, json, query, reading, reason, with,
};
use guerdon_formats::eval::{Check, EvalError, Format, read};
use serde_json::json as value;

const STRICT: &str = "exact_match,strict-match";
const ENTRY: &str = "/results/product_500";

#[test]
fn release_3_counts_428_of_500_and_decides() {
    let reading = reading(R3, STRICT);
    assert_eq!((reading.correct, reading.samples), (428, 500));
    assert_eq!((reading.x, reading.y), (428, 0));
    assert!(reading.decides && reading.reason.is_none());
    assert_eq!(reading.format, Format::LmEvaluationHarness);
    assert_eq!(reading.task, "product_500");
    assert_eq!(
        (reading.metric.as_str(), reading.filter.as_str()),
        ("exact_match", "strict-match")
    );
    assert_eq!(reading.harness, "lm_eval 0.4.13");
    assert_eq!(reading.model.as_deref(), Some("acme-coder-r3"));
    assert_eq!(reading.model_sha, None);
    assert_eq!(reading.checks, [Check::Stderr]);
    assert_eq!(reading.evidence, alloy_primitives::keccak256(R3));
}

#[test]
fn the_filter_changes_the_count() {
    let reading = reading(R3, "product_500:exact_match,flexible-extract");
    assert_eq!(
        (reading.correct, reading.samples, reading.decides),
        (437, 500, true)
    );
}

#[test]
fn a_score_below_every_threshold_still_decides() {
    let reading = reading(R2, STRICT);
    assert_eq!(
        (reading.correct, reading.samples, reading.decides),
        (355, 500, true)
    );
}

#[test]
fn a_limited_run_must_not_decide() {
    let reading = reading(LIMIT_50, STRICT);
    assert_eq!(
        (reading.correct, reading.samples, reading.decides),
        (39, 50, false)
    );
    assert_eq!(
        reading.reason.as_deref(),
        Some("The run was limited to 50: 50 of 500 questions were asked.")
    );
}

#[test]
fn groups_and_limits_are_refused_each_with_its_sentence() {
    let group = reason(GROUPS, "toy_group:acc,none");
    assert!(
        group.starts_with("\"toy_group\" is a group of tasks (toy_mc, toy_gen)"),
        "{group}"
    );
    let limited = "The run was limited to 30: 30 of 40 questions were asked.";
    assert_eq!(reason(GROUPS, "toy_mc:acc,none"), limited);
    let zero = reading(GROUPS, "toy_gen:exact_match,strict-match");
    assert_eq!((zero.correct, zero.samples, zero.score), (0, 30, Some(0.0)));
    assert_eq!(zero.reason.as_deref(), Some(limited));
}

#[test]
fn what_is_not_in_the_file_is_an_error_that_lists_what_is() {
    let tasks = vec![
        "toy_gen".to_owned(),
        "toy_group".to_owned(),
        "toy_mc".to_owned(),
    ];
    assert_eq!(
        error(GROUPS, "acc,none"),
        EvalError::TaskNeeded {
            tasks: tasks.clone()
        }
    );
    assert_eq!(
        error(GROUPS, "toy:acc,none"),
        EvalError::NoSuchTask {
            task: "toy".to_owned(),
            tasks
        }
    );
    assert_eq!(
        error(R3, "acc,none").to_string(),
        "The task \"product_500\" has no score for \"acc\" with \"none\"; it has \
         exact_match,flexible-extract, exact_match,strict-match."
    );
    assert!(matches!(
        error(R3, "exact_match,none"),
        EvalError::NoSuchScore { .. }
    ));
    assert!(matches!(
        error(R3, "exact_match_stderr,strict-match"),
        EvalError::NoSuchScore { .. }
    ));
    assert!(matches!(
        error(R3, "exact_match"),
        EvalError::FilterNeeded { .. }
    ));
}

#[test]
fn one_filter_need_not_be_named() {
    let mut document = json(R3);
    let entry = document
        .pointer_mut(ENTRY)
        .unwrap()
        .as_object_mut()
        .unwrap();
    entry.retain(|key, _| !key.ends_with("flexible-extract"));
    let file = serde_json::to_vec(&document).unwrap();
    let reading = reading(&file, "exact_match");
    assert_eq!(
        (reading.filter.as_str(), reading.correct),
        ("strict-match", 428)
    );
}

#[test]
fn each_trap_is_refused_with_its_reason() {
    check_refusals(R3, STRICT, TRAPS);
}

const TRAPS: &str = r#"
/config/limit | 500 | limited to 500: 500 of 500
/config/limit | [1] | The run was limited:
/config/samples | {"product_500": [1, 2]} | over chosen items
/n-samples/product_500/effective | 499 | Only 499 of 500
/n-samples/product_500/original | 1000 | Only 500 of 1000
/n-samples/product_500 | "(gone)" | does not say how many questions
/results/product_500/sample_len | 250 | over 250 questions
/results/product_500/sample_count | {} | is a group
/group_subtasks/product_500 | ["a"] | is a group
/lm_eval_version | "(gone)" | version of the harness
/configs/product_500 | "(gone)" | no configuration
/configs/product_500/repeats | 5 | asked 5 times (repeats)
/configs/product_500/repeats | "1" | repeats are no whole number
/configs/product_500/metric_list/0/aggregation | "median" | aggregated by "median"
/configs/product_500/metric_list/0/aggregation | 3 | does not say that the metric is a mean
/configs/product_500/metric_list/0/higher_is_better | false | higher is not better
/higher_is_better/product_500/exact_match | false | higher is not better
/results/product_500/exact_match,strict-match | 0.8561 | no whole number of right answers
/results/product_500/exact_match,strict-match | 0.858 | does not fit 429 right answers
/results/product_500/exact_match,strict-match | 1.2 | no share between 0 and 1
/results/product_500/exact_match,strict-match | "N/A" | gives no number
/results/product_500/exact_match_stderr,strict-match | "?" | error is no number
"#;

#[test]
fn a_metric_the_harness_does_not_know_must_say_what_it_is() {
    let text = String::from_utf8(R3.to_vec())
        .unwrap()
        .replace("exact_match", "solved");
    let metric = "/configs/product_500/metric_list/0";
    assert!(reading(text.as_bytes(), "solved,strict-match").decides);
    let unsaid = with(
        text.as_bytes(),
        &format!("{metric}/aggregation"),
        value!("(gone)"),
    );
    assert!(reason(&unsaid, "solved,strict-match").contains("is a mean"));
    let file = with(
        text.as_bytes(),
        &format!("{metric}/higher_is_better"),
        value!("(gone)"),
    );
    assert!(reading(&file, "solved,strict-match").decides);
    let unsaid = with(&file, "/higher_is_better", value!({}));
    assert!(reason(&unsaid, "solved,strict-match").contains("higher is better"));
    let usual = with(R3, "/configs/product_500/metric_list", value!("(gone)"));
    assert!(reading(&usual, STRICT).decides);
}

#[test]
fn a_standard_error_that_was_not_computed_is_no_obstacle() {
    let file = with(
        R3,
        &format!("{ENTRY}/exact_match_stderr,strict-match"),
        value!("N/A"),
    );
    let reading = reading(&file, STRICT);
    assert!(reading.decides && reading.checks.is_empty());
}

#[test]
fn the_models_revision_hash_is_shown() {
    let file = with(R3, "/config/model_sha", value!("0123abcd"));
    assert_eq!(
        reading(&file, STRICT).model_sha.as_deref(),
        Some("0123abcd")
    );
}

#[test]
fn the_json_of_a_reading_is_the_one_that_others_build_on() {
    let reading = read(R3, &query(STRICT), None).unwrap();
    let document = serde_json::to_value(&reading).unwrap();
    assert_eq!(document["correct"], 428);
    assert_eq!(document["samples"], 500);
    assert_eq!(document["x"], "428");
    assert_eq!(document["y"], "0");
    assert_eq!(document["decides"], true);
    assert!(document["reason"].is_null());
    assert_eq!(document["format"], "lm-evaluation-harness");
    assert_eq!(document["checks"], value!(["stderr"]));
    assert_eq!(document["score"], 0.856);
    assert_eq!(document["task_hash"].as_str().unwrap().len(), 66);
    assert_eq!(
        document["evidence"].as_str().unwrap(),
        format!("{}", reading.evidence)
    );
}
