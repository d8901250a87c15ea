//! Whatever the bytes, the readers answer, and within bounds.

use super::support::{EVERY, INSPECT, R3, archive, error, query};
use guerdon_formats::eval::{EvalError, FILE_BYTES_MAX, read};
use proptest::prelude::*;
use zip::CompressionMethod;

const STRICT: &str = "exact_match,strict-match";

fn message(file: &[u8]) -> String {
    error(file, STRICT).to_string()
}

#[test]
fn nan_and_infinity_are_not_json() {
    let text = std::str::from_utf8(R3).unwrap();
    for word in ["NaN", "Infinity", "-Infinity"] {
        let file = text.replace("0.856,", &format!("{word},"));
        let got = message(file.as_bytes());
        assert!(
            got.contains("line 7, column 35: NaN and Infinity are not JSON"),
            "{got}"
        );
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text = std::str::from_utf8(R3).unwrap();
    let file = text.replace("\"limit\": null", "\"limit\": 50, \"limit\": null");
    assert!(message(file.as_bytes()).contains("the key \"limit\" stands twice"));
    let hidden = text.replace("\"limit\": null", "\"limit\": 50, \"l\\u0069mit\": null");
    assert!(message(hidden.as_bytes()).contains("the key \"limit\" stands twice"));
}

#[test]
fn what_is_no_result_is_named_as_such() {
    for (file, want) in [
        (&b""[..], "the file ends"),
        (b"{}", "none of the keys"),
        (b"[1,2]", "none of the keys"),
        (b"{\"results\":3}", "are no object"),
        (b"{\"results\":{}}", "are empty"),
        (b"{\"a\":1} x", "more text after the end"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{\"a\":01}", "not a number"),
        (b"{\"a\":1e9999999}", "not a number"),
        (b"{\"a\":\"\\ud800\"}", "stands for no character"),
        (b"{\"a\":\"\n\"}", "control character"),
        (b"{\"a\" 1}", "expected a colon"),
        (b"{a:1}", "expected a key"),
        (b"[1 2]", "expected a comma"),
    ] {
        let got = message(file);
        assert!(got.contains(want), "{got}");
    }
}

#[test]
fn deep_nesting_and_endless_lists_are_refused() {
    let deep = "[".repeat(1_000_000);
    assert!(message(deep.as_bytes()).contains("nested deeper than 128 levels"));
    let skipped = format!("{{\"samples\":[{{\"events\":{deep}");
    assert!(message(skipped.as_bytes()).contains("nested deeper than 128 levels"));
    let long = format!("[{}0]", "0,".repeat(4_100_000));
    assert!(message(long.as_bytes()).contains("too many values"));
}

#[test]
fn a_file_over_256_mib_is_refused_unread() {
    let large = vec![b' '; FILE_BYTES_MAX + 1];
    assert!(matches!(error(&large, STRICT), EvalError::TooLarge { .. }));
    let samples = read(R3, &query(STRICT), Some(&large)).unwrap_err();
    assert!(matches!(
        samples,
        EvalError::TooLarge {
            file: "samples file",
            ..
        }
    ));
}

#[test]
fn an_archive_that_expands_without_end_is_refused() {
    let zeros = vec![b' '; (128 << 20) + 1];
    let bomb = archive(&[("header.json", &zeros)], CompressionMethod::Zstd);
    assert!(bomb.len() < 100_000);
    assert!(message(&bomb).contains("expands to more than is read"));
}

#[test]
fn every_truncation_is_an_error_and_no_panic() {
    for file in [R3, EVERY] {
        let end = file.iter().rposition(|byte| *byte == b'}').unwrap();
        for length in 0..end {
            assert!(read(&file[..length], &query(STRICT), None).is_err());
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes, &query(STRICT), None);
        let _ = read(R3, &query(STRICT), Some(&bytes));
        let zipped = [b"PK\x03\x04", bytes.as_slice()].concat();
        let _ = read(&zipped, &query(STRICT), None);
    }

    #[test]
    fn arbitrary_json_text_never_panics(text in "[\\[\\]{}\",:0-9eE.+\\-a-z\\\\ u\n]{0,200}") {
        let _ = read(text.as_bytes(), &query(STRICT), None);
    }

    #[test]
    fn a_damaged_file_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for file in [R3, EVERY] {
            let _ = read(&damaged(file, at, byte), &query(STRICT), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_damaged_archive_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let _ = read(&damaged(INSPECT, at, byte), &query("accuracy,match"), None);
    }
}

fn damaged(file: &[u8], at: prop::sample::Index, byte: u8) -> Vec<u8> {
    let mut damaged = file.to_vec();
    let index = at.index(damaged.len());
    damaged[index] = byte;
    damaged
}
