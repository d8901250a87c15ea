//! The samples file of lm-evaluation-harness, which confirms a result.

use super::support::{EVERY, INSPECT, R2, R3, R3_SAMPLES, error, query};
use guerdon_formats::eval::{Check, EvalError, Reading, read};

const STRICT: &str = "exact_match,strict-match";

fn confirm(file: &[u8], samples: &[u8], asked: &str) -> Reading {
    read(file, &query(asked), Some(samples)).unwrap()
}

fn refusal(file: &[u8], samples: &str, asked: &str) -> String {
    confirm(file, samples.as_bytes(), asked).reason.unwrap()
}

/// The samples with a text replaced in line `line`, from 0.
fn edited(line: usize, from: &str, to: &str) -> String {
    let text = std::str::from_utf8(R3_SAMPLES).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(lines[line].contains(from));
    lines[line] = lines[line].replace(from, to);
    lines.join("\n")
}

#[test]
fn the_samples_confirm_the_count_of_either_filter() {
    for (asked, want) in [(STRICT, 428), ("exact_match,flexible-extract", 437)] {
        let reading = confirm(R3, R3_SAMPLES, asked);
        assert_eq!((reading.correct, reading.decides), (want, true));
        assert_eq!(reading.checks, [Check::Stderr, Check::Samples]);
    }
}

#[test]
fn samples_of_another_release_do_not_confirm() {
    let reason = confirm(R2, R3_SAMPLES, STRICT).reason.unwrap();
    assert_eq!(
        reason,
        "The samples file counts 428 right answers, the result says 355."
    );
}

#[test]
fn samples_that_were_changed_do_not_confirm() {
    let flipped = edited(0, "\"exact_match\": 1.0", "\"exact_match\": 0.0");
    assert!(refusal(R3, &flipped, STRICT).contains("counts 427 right answers"));
    let partial = edited(2, "\"exact_match\": 1.0", "\"exact_match\": 0.5");
    assert!(refusal(R3, &partial, STRICT).starts_with("Line 3 of the samples file gives"));
    let unscored = edited(2, "\"exact_match\": 1.0", "\"other\": 1.0");
    assert!(refusal(R3, &unscored, STRICT).contains("neither as 0 nor as 1"));
    let question = edited(1, "7ee66cd9bd43", "7ee66cd9bd44");
    assert!(refusal(R3, &question, STRICT).contains("is not of this task"));
    let prompt = edited(999, "\"prompt_hash\": \"", "\"prompt_hash\": \"0");
    assert!(refusal(R3, &prompt, STRICT).contains("is not of this task"));
}

#[test]
fn a_question_counts_once() {
    let text = std::str::from_utf8(R3_SAMPLES).unwrap();
    let first = text.lines().next().unwrap();
    let twice = format!("{text}{first}\n");
    assert_eq!(
        refusal(R3, &twice, STRICT),
        "Line 1001 of the samples file repeats a question."
    );
    let number = edited(7, "\"doc_id\": 7,", "\"doc_id\": 6,");
    assert_eq!(
        refusal(R3, &number, STRICT),
        "Line 8 of the samples file repeats a question."
    );
}

#[test]
fn too_few_samples_or_none_of_the_filter_do_not_confirm() {
    let text = std::str::from_utf8(R3_SAMPLES).unwrap();
    let few: Vec<&str> = text.lines().take(50).collect();
    assert!(refusal(R3, &few.join("\n"), STRICT).contains("has 50 questions"));
    assert!(
        refusal(R3, &few.join("\n"), "exact_match,flexible-extract")
            .contains("only of: strict-match")
    );
    assert!(refusal(R3, "", STRICT).contains("no line of the filter"));
}

#[test]
fn what_is_no_samples_file_is_an_error() {
    let samples = |bytes: &[u8]| read(R3, &query(STRICT), Some(bytes)).unwrap_err();
    assert!(matches!(
        samples(b"{\"doc_id\":0}"),
        EvalError::Sample { line: 1, .. }
    ));
    assert!(matches!(
        samples(b"\n{"),
        EvalError::NotJson { line: 2, .. }
    ));
    for file in [EVERY, INSPECT] {
        let other = read(file, &query(STRICT), Some(R3_SAMPLES)).unwrap_err();
        assert_eq!(other, EvalError::SamplesNotTaken);
    }
}

#[test]
fn a_samples_file_alone_is_no_result() {
    let first = R3_SAMPLES.split(|byte| *byte == b'\n').next().unwrap();
    for file in [R3_SAMPLES, first] {
        let message = error(file, STRICT).to_string();
        assert!(message.contains("it is a samples file"), "{message}");
    }
}
