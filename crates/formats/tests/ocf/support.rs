//! One place that calls the reader.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_formats::calendar::{Zone, parse_date, show_date};
use guerdon_formats::ocf::{Imported, OcfError, Options, Quantity, read_vesting_terms};
use serde_json::{Value, json};

pub(crate) const FILE: &[u8] = include_bytes!("../data/ocf/acme-vesting-terms.ocf.json");

/// Goals of the events of the fixtures.
pub(crate) fn goals() -> BTreeMap<String, B256> {
    let names = [("release", 1), ("listing", 2), ("qualifying-sale", 3)];
    names
        .map(|(name, byte)| (name.to_owned(), B256::repeat_byte(byte)))
        .into()
}

/// A start in London, and tokens with decimal places, or `None`.
pub(crate) fn options(start: &str, tokens: Option<(u128, u8)>) -> Options {
    Options {
        vesting_start: parse_date(start).unwrap(),
        zone: Zone::named("Europe/London").unwrap(),
        quantity: tokens.map(|(tokens, decimals)| Quantity {
            base_units: tokens * 10u128.pow(decimals.into()),
            decimals,
        }),
        goals: goals(),
        terms: None,
    }
}

/// One of the terms of the fixture.
pub(crate) fn fixture(id: &str, mut options: Options) -> Result<Imported, OcfError> {
    options.terms = Some(id.to_owned());
    read_vesting_terms(FILE, &options)
}

pub(crate) fn read(terms: &Value, options: &Options) -> Result<Imported, OcfError> {
    read_vesting_terms(terms.to_string().as_bytes(), options)
}

/// Terms of one path: each condition leads to the next.
pub(crate) fn terms(allocation: &str, conditions: Vec<Value>) -> Value {
    let ids: Vec<_> = conditions.iter().map(|it| it["id"].clone()).collect();
    let mut conditions = conditions;
    for (place, condition) in conditions.iter_mut().enumerate() {
        condition["next_condition_ids"] = ids.get(place + 1).into_iter().cloned().collect();
    }
    json!({
        "object_type": "VESTING_TERMS",
        "id": "terms",
        "name": "Terms",
        "description": "Terms of a test",
        "allocation_type": allocation,
        "vesting_conditions": conditions,
    })
}

fn condition(id: &str, portion: Value, trigger: Value) -> Value {
    let fields = [
        ("id", Value::from(id)),
        ("portion", portion),
        ("trigger", trigger),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(crate) fn start(portion: Value) -> Value {
    condition("start", portion, json!({"type": "VESTING_START_DATE"}))
}

pub(crate) fn event(id: &str, portion: Value) -> Value {
    condition(id, portion, json!({"type": "VESTING_EVENT"}))
}

pub(crate) fn on(id: &str, date: &str, portion: Value) -> Value {
    let trigger = json!({"type": "VESTING_SCHEDULE_ABSOLUTE", "date": date});
    condition(id, portion, trigger)
}

/// `period` is `length MONTHS occurrences day` or `length DAYS occurrences`.
pub(crate) fn after(id: &str, base: &str, period: &str, portion: Value) -> Value {
    let words: Vec<_> = period.split(' ').collect();
    let number = |place: usize| words[place].parse::<u32>().unwrap();
    let mut period = json!({"length": number(0), "type": words[1], "occurrences": number(2)});
    if let Some(day) = words.get(3) {
        period["day_of_month"] = json!(day);
    }
    let trigger = json!({
        "type": "VESTING_SCHEDULE_RELATIVE",
        "relative_to_condition_id": base,
        "period": period,
    });
    condition(id, portion, trigger)
}

pub(crate) fn part(numerator: u32, denominator: u32) -> Value {
    json!({"numerator": numerator.to_string(), "denominator": denominator.to_string()})
}

/// The dates, and what a grant of `amount` pays until each.
pub(crate) fn paid(imported: &Imported, amount: u128) -> Vec<(String, u128)> {
    let zone = Zone::named("Europe/London").unwrap();
    let vesting = &imported.vesting;
    let segments = vesting.schedule.segments().iter();
    segments
        .map(|segment| {
            let at = i64::try_from(vesting.start).unwrap() + i64::from(segment.end);
            let date = zone.date_at(at).unwrap();
            assert_eq!(zone.midnight(date), Ok(at));
            let paid = amount * u128::from(segment.cumulative) / 1_000_000_000;
            (show_date(date), paid)
        })
        .collect()
}
