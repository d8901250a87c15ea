//! What a grant cannot say is refused in a sentence; nothing panics.

use guerdon_formats::ocf::read_vesting_terms;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{FILE, after, event, fixture, on, options, part, read, start, terms};

const DAY: &str = "VESTING_START_DAY_OR_LAST_DAY_OF_MONTH";

fn refused(terms: &Value) -> String {
    let error = read(terms, &options("2025-03-01", Some((18, 0)))).unwrap_err();
    error.to_string()
}

fn fractional(conditions: Vec<Value>) -> Value {
    terms("FRACTIONAL", conditions)
}

fn monthly(base: &str, count: u32, portion: Value) -> Value {
    after("monthly", base, &format!("1 MONTHS {count} {DAY}"), portion)
}

#[test]
fn amounts_and_dates_that_a_grant_cannot_say_are_refused() {
    let remainder = json!({"numerator": "1", "denominator": "2", "remainder": true});
    let rows = [
        (
            fractional(vec![start(part(0, 1)), monthly("start", 4, part(1, 5))]),
            "vest less than everything",
        ),
        (
            fractional(vec![start(part(0, 1)), monthly("start", 4, part(1, 3))]),
            "the condition `monthly` vests what is left and more",
        ),
        (fractional(vec![start(part(0, 1))]), "vest nothing"),
        (
            fractional(vec![start(part(0, 1)), monthly("cliff", 4, part(1, 4))]),
            "is counted from `cliff`, which does not come before it",
        ),
        (
            fractional(vec![start(part(0, 1)), monthly("start", 4, remainder)]),
            "repeats a portion of the remainder",
        ),
        (
            fractional(vec![start(part(0, 1)), monthly("start", 257, part(1, 257))]),
            "a schedule has 1 to 256 segments, not 257",
        ),
        (
            fractional(vec![
                start(part(0, 1)),
                monthly("start", 70_000, part(1, 70_000)),
            ]),
            "more than 4096 dates",
        ),
        (
            fractional(vec![on("last", "2175-01-01", part(1, 1))]),
            "more than 136 years",
        ),
        (
            terms(
                "BACK_LOADED",
                vec![start(part(1, 2)), monthly("start", 4, part(1, 8))],
            ),
            "the allocation BACK_LOADED is defined for equal parts",
        ),
    ];
    for (terms, want) in rows {
        let message = refused(&terms);
        assert!(message.contains(want), "{message}");
    }
}

#[test]
fn events_that_a_grant_cannot_say_are_refused() {
    let rows = [
        (
            fractional(vec![
                event("release", part(0, 1)),
                monthly("release", 4, part(1, 4)),
            ]),
            "is counted from `release`, whose date depends on an event",
        ),
        (
            fractional(vec![
                start(part(0, 1)),
                monthly("start", 4, part(1, 5)),
                event("release", part(1, 5)),
            ]),
            "`release` is an event after amounts of several dates",
        ),
        (
            fractional(vec![
                start(part(1, 5)),
                event("release", part(1, 5)),
                monthly("start", 3, part(1, 5)),
            ]),
            "`monthly` vests after the event `release`",
        ),
        (
            fractional(vec![
                start(part(1, 5)),
                event("release", part(0, 1)),
                monthly("start", 4, part(1, 5)),
            ]),
            "`release` is an event between amounts",
        ),
        (
            fractional(vec![event("closing", part(1, 1))]),
            "the event `closing` needs a goal that decides it: give --goal 'closing=0x…'",
        ),
    ];
    for (terms, want) in rows {
        let message = refused(&terms);
        assert!(message.contains(want), "{message}");
    }
}

/// Portions of a file made to keep the reader busy.
#[test]
fn denominators_without_end_are_refused() {
    let odd = |place: u64| format!("{}", u64::MAX - 2 * place);
    let portion = |place| json!({"numerator": "1", "denominator": odd(place)});
    let date = |place: u64| on(&format!("date-{place}"), "2026-01-01", portion(place));
    let terms = fractional((0..2000).map(date).collect());
    let message = refused(&terms);
    assert!(
        message.contains("shares no common denominator"),
        "{message}"
    );
}

#[test]
fn whole_units_need_a_whole_quantity() {
    let monthly = vec![start(part(0, 1)), monthly("start", 4, part(1, 4))];
    let terms = terms("CUMULATIVE_ROUNDING", monthly);
    let none = read(&terms, &options("2025-03-01", None)).unwrap_err();
    assert!(none.to_string().contains("give --quantity"), "{none}");
    let mut half = options("2025-03-01", Some((1, 1)));
    half.quantity = half
        .quantity
        .map(|quantity| guerdon_formats::ocf::Quantity {
            base_units: 5,
            ..quantity
        });
    let part = read(&terms, &half).unwrap_err().to_string();
    assert!(part.contains("is no whole number"), "{part}");
}

#[test]
fn only_one_path_is_taken() {
    let branch = fixture("release-in-time", options("2025-03-01", None)).unwrap_err();
    let want = "the condition `start` branches";
    assert!(branch.to_string().starts_with(want), "{branch}");
    let path = || vec![start(part(0, 1)), monthly("start", 1, part(1, 1))];
    let edit = |change: &dyn Fn(&mut Value)| {
        let mut terms = terms("FRACTIONAL", path());
        change(&mut terms["vesting_conditions"]);
        refused(&terms)
    };
    let rows: [(String, &str); 5] = [
        (
            edit(&|it| it[1]["next_condition_ids"] = json!(["start"])),
            "go in a circle",
        ),
        (
            edit(&|it| it[1]["next_condition_ids"] = json!(["monthly"])),
            "go in a circle",
        ),
        (
            edit(&|it| it[0]["next_condition_ids"] = json!([])),
            "begins beside `start`",
        ),
        (
            edit(&|it| it[1]["id"] = json!("start")),
            "`start` is there twice",
        ),
        (
            edit(&|it| it[1]["next_condition_ids"] = json!(["x"])),
            "`x`, which is not there",
        ),
    ];
    for (message, want) in rows {
        assert!(message.contains(want), "{message}");
    }
}

/// Field, what is put there, part of the message.
const STRAY_FIELDS: &str = r#"
/object_type | "VESTING" | `object_type` is wrong
/allocation_type | "ROUND" | none of the seven
/vesting_conditions | [] | go in a circle or are empty
/extra | 1 | no field `extra`
/vesting_conditions/1/cliff_condition | {} | [1].cliff_condition`
/vesting_conditions/1/quantity | "1" | there is a portion as well
/vesting_conditions/1/portion/numerator | "-1" | digits from 0 up
/vesting_conditions/1/portion/numerator | 1 | a text in double quotes
/vesting_conditions/1/portion/denominator | "0.0" | it is zero
/vesting_conditions/1/portion/remainder | 1 | neither true nor false
/vesting_conditions/1/next_condition_ids | [1] | an id is no text
/vesting_conditions/1/trigger/type | "LATER" | none of the four
/vesting_conditions/1/trigger/period/type | "YEARS" | neither DAYS nor MONTHS
/vesting_conditions/1/trigger/period/occurrences | 0 | it is 0
/vesting_conditions/1/trigger/period/length | -1 | a whole number in its range
/vesting_conditions/1/trigger/period/day_of_month | "29" | none of the days
/vesting_conditions/1/trigger/period/cliff_installment | 2 | fewer occurrences"#;

#[test]
fn fields_outside_of_the_schema_are_refused() {
    for line in STRAY_FIELDS.trim().lines() {
        let [pointer, value, want] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let mut terms = terms(
            "FRACTIONAL",
            vec![start(part(0, 1)), monthly("start", 1, part(1, 1))],
        );
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        terms.pointer_mut(parent).unwrap()[name] = serde_json::from_str(value).unwrap();
        let message = refused(&terms);
        assert!(message.contains(want), "{pointer}: {message}");
    }
}

#[test]
fn a_file_of_several_needs_a_choice() {
    let all = read_vesting_terms(FILE, &options("2025-03-01", None)).unwrap_err();
    assert!(
        all.to_string().contains("choose one of `engineer-4y`, "),
        "{all}"
    );
    let none = fixture("engineer-5y", options("2025-03-01", None)).unwrap_err();
    assert!(
        none.to_string().contains("no vesting terms `engineer-5y`"),
        "{none}"
    );
    let other = br#"{"file_type": "OCF_STAKEHOLDERS_FILE", "items": []}"#;
    let other = read_vesting_terms(other, &options("2025-03-01", None)).unwrap_err();
    assert!(
        other.to_string().contains("OCF_VESTING_TERMS_FILE"),
        "{other}"
    );
}

/// Puts `value` in the place of the `nth` scalar.
fn replace(json: &mut Value, nth: &mut usize, value: &Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|it| replace(it, nth, value)),
        Value::Object(items) => items.values_mut().for_each(|it| replace(it, nth, value)),
        scalar => {
            if *nth == 0 {
                *scalar = value.clone();
            }
            *nth = nth.wrapping_sub(1);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_vesting_terms(&bytes, &options("2025-03-01", None));
    }

    #[test]
    fn any_value_anywhere_is_read_or_refused(
        item in 0usize..7,
        mut nth in 0usize..40,
        value in prop_oneof![
            any::<i64>().prop_map(|number| json!(number)),
            "[-+0-9.]{0,12}".prop_map(|text| json!(text)),
            "(start|release|monthly|VESTING_EVENT|31_OR_LAST_DAY_OF_MONTH|9999-12-31)"
                .prop_map(|text| json!(text)),
            Just(json!([])),
        ],
        tokens in prop::option::of((1u128..1 << 70, 0u8..10)),
        first in "(1970-01-01|2025-03-31|9999-12-31)",
    ) {
        let file: Value = serde_json::from_slice(FILE).unwrap();
        let mut terms = file["items"][item].clone();
        replace(&mut terms, &mut nth, &value);
        let _ = read(&terms, &options(&first, tokens));
    }
}
