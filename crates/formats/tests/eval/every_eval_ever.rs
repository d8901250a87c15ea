//! Results in the schema of Every Eval Ever.

use super::support::{EVERY, check_refusals, error, json, reading, with};
use guerdon_formats::eval::{Check, EvalError, Format};
use serde_json::json as value;

const STRICT: &str = "exact_match,strict-match";
const FIRST: &str = "/evaluation_results/0";

#[test]
fn the_converted_release_3_counts_428_of_500() {
    let found = reading(EVERY, STRICT);
    assert_eq!(
        (found.correct, found.samples, found.decides),
        (428, 500, true)
    );
    assert_eq!(found.format, Format::EveryEvalEver);
    assert_eq!(
        (found.task.as_str(), found.filter.as_str()),
        ("product_500", "strict-match")
    );
    assert_eq!(found.harness, "lm_eval 0.4.13");
    assert_eq!(found.model.as_deref(), Some("acme/acme-coder-r3"));
    assert_eq!(found.evaluator.as_deref(), Some("third_party"));
    assert_eq!(found.checks, [Check::Stderr]);
    assert_eq!(reading(EVERY, "exact_match,flexible-extract").correct, 437);
}

#[test]
fn what_is_not_in_the_file_is_an_error() {
    assert!(matches!(
        error(EVERY, "exact_match"),
        EvalError::FilterNeeded { .. }
    ));
    assert!(matches!(
        error(EVERY, "acc,strict-match"),
        EvalError::NoSuchScore { .. }
    ));
    assert!(matches!(
        error(EVERY, "gsm8k:exact_match"),
        EvalError::NoSuchTask { .. }
    ));
    let old = with(EVERY, "/schema_version", value!("0.1.0"));
    assert!(matches!(error(&old, STRICT), EvalError::Unrecognised(_)));
    let other = with(
        EVERY,
        &format!("{FIRST}/source_data/dataset_name"),
        value!("gsm8k"),
    );
    assert!(matches!(
        error(&other, STRICT),
        EvalError::TaskNeeded { .. }
    ));
    let mut twice = json(EVERY);
    let first = twice["evaluation_results"][0].clone();
    twice["evaluation_results"][1] = first;
    let twice = serde_json::to_vec(&twice).unwrap();
    assert!(matches!(
        error(&twice, STRICT),
        EvalError::FilterNeeded { .. }
    ));
}

#[test]
fn each_trap_is_refused_with_its_reason() {
    check_refusals(EVERY, STRICT, TRAPS);
}

const TRAPS: &str = r#"
/evaluation_results/0/metric_config/lower_is_better | true | lower is better
/evaluation_results/0/metric_config/lower_is_better | "(gone)" | does not say whether
/evaluation_results/0/metric_config/max_score | 100.0 | max_score is not 1
/evaluation_results/0/metric_config/min_score | -1 | min_score is not 0
/evaluation_results/0/metric_config/metric_unit | "percent" | in "percent"
/evaluation_results/0/score_details/uncertainty | "(gone)" | how many questions
/evaluation_results/0/score_details/uncertainty/num_samples | 0 | No question was scored
/evaluation_results/0/score_details/uncertainty/num_samples | 501 | no whole number
/evaluation_results/0/score_details/score | 0.874 | does not fit 437
/source_metadata/source_type | "documentation" | source_type
/source_metadata/evaluator_relationship | "first_party" | third party
/eval_library/version | "unknown" | version of the harness
"#;

#[test]
fn a_resampled_standard_error_proves_nothing() {
    let pointer = format!("{FIRST}/score_details/uncertainty/standard_error");
    let value = value!({"value": 0.0149, "method": "bootstrap"});
    let found = reading(&with(EVERY, &pointer, value), STRICT);
    assert!(found.decides && found.checks.is_empty());
}
