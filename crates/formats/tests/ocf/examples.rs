//! What the format publishes, as rows, and the fixtures.

use proptest::prelude::*;
use serde_json::json;

use crate::support::{after, event, fixture, on, options, paid, part, read, start, terms};
use guerdon_formats::words::describe_schedule;

const START_DAY: &str = "VESTING_START_DAY_OR_LAST_DAY_OF_MONTH";

/// Schema of the allocation types: 18 shares over four tranches.
#[test]
fn eighteen_shares_are_allocated_as_published() {
    let rows = [
        ("CUMULATIVE_ROUNDING", [5, 9, 14, 18]),
        ("CUMULATIVE_ROUND_DOWN", [4, 9, 13, 18]),
        ("FRONT_LOADED", [5, 10, 14, 18]),
        ("BACK_LOADED", [4, 8, 13, 18]),
        ("FRONT_LOADED_TO_SINGLE_TRANCHE", [6, 10, 14, 18]),
        ("BACK_LOADED_TO_SINGLE_TRANCHE", [4, 8, 12, 18]),
    ];
    for (allocation, want) in rows {
        let period = format!("1 MONTHS 4 {START_DAY}");
        let terms = terms(
            allocation,
            vec![
                start(part(0, 1)),
                after("monthly", "start", &period, part(1, 4)),
            ],
        );
        let whole = read(&terms, &options("2025-03-01", Some((18, 0)))).unwrap();
        let units: Vec<_> = paid(&whole, 18).into_iter().map(|(_, paid)| paid).collect();
        assert_eq!(units, want, "{allocation}");
        assert_eq!(whole.difference, Some(0), "{allocation}");
        // With 18 decimals a part per billion is 18e9 base units: the difference is told.
        let fine = read(&terms, &options("2025-03-01", Some((18, 18)))).unwrap();
        let difference = fine.difference.unwrap();
        assert!(difference < 18_000_000_000, "{allocation}: {difference}");
    }
}

#[test]
fn fractional_quarters_are_not_rounded() {
    let period = format!("1 MONTHS 4 {START_DAY}");
    let conditions = vec![
        start(part(0, 1)),
        after("monthly", "start", &period, part(1, 4)),
    ];
    let terms = terms("FRACTIONAL", conditions);
    let fine = read(&terms, &options("2025-03-01", Some((18, 1)))).unwrap();
    let tenths: Vec<_> = paid(&fine, 180).into_iter().map(|(_, paid)| paid).collect();
    assert_eq!((tenths, fine.difference), (vec![45, 90, 135, 180], Some(0)));
    let whole = read(&terms, &options("2025-03-01", Some((18, 0)))).unwrap();
    assert_eq!(
        whole.difference,
        Some(1),
        "half a share is not paid out early"
    );
}

/// Issue 514 of the format: what a cliff after two of the four months pays.
#[test]
fn a_cliff_pays_what_its_installments_would_have() {
    let rows = [
        ("CUMULATIVE_ROUNDING", 9),
        ("CUMULATIVE_ROUND_DOWN", 9),
        ("FRONT_LOADED", 10),
        ("FRONT_LOADED_TO_SINGLE_TRANCHE", 10),
        ("BACK_LOADED", 8),
        ("BACK_LOADED_TO_SINGLE_TRANCHE", 8),
    ];
    for (allocation, want) in rows {
        let period = format!("1 MONTHS 4 {START_DAY}");
        let mut monthly = after("monthly", "start", &period, part(1, 4));
        monthly["trigger"]["period"]["cliff_installment"] = json!(2);
        let terms = terms(allocation, vec![start(part(0, 1)), monthly]);
        let imported = read(&terms, &options("2025-03-01", Some((18, 0)))).unwrap();
        let first = paid(&imported, 18)[0].clone();
        assert_eq!(first, ("1 May 2025".to_owned(), want), "{allocation}");
    }
}

/// The explainer: start on 30 January, a cliff of twelve months, then monthly; 480 shares.
#[test]
fn the_thirtieth_falls_back_to_the_end_of_february() {
    let (cliff, monthly) = (
        format!("12 MONTHS 1 {START_DAY}"),
        format!("1 MONTHS 36 {START_DAY}"),
    );
    let conditions = vec![
        start(part(0, 1)),
        after("cliff", "start", &cliff, part(12, 48)),
        after("monthly", "cliff", &monthly, part(1, 48)),
    ];
    let terms = terms("CUMULATIVE_ROUNDING", conditions);
    let imported = read(&terms, &options("2021-01-30", Some((480, 0)))).unwrap();
    let dates = paid(&imported, 480);
    let want = [
        ("30 Jan 2022", 120),
        ("28 Feb 2022", 130),
        ("30 Mar 2022", 140),
    ];
    let want = want.map(|(date, paid)| (date.to_owned(), paid));
    assert_eq!(dates[..3], want);
    assert_eq!(dates[25], ("29 Feb 2024".to_owned(), 370));
    assert_eq!(dates[36], ("30 Jan 2025".to_owned(), 480));
    assert_eq!(imported.difference, Some(0));
    let told = describe_schedule(
        &imported.vesting.schedule,
        imported.vesting.start,
        &options("2021-01-30", None).zone,
    );
    assert!(
        told.starts_with("25% after a one-year cliff, then 36 monthly steps"),
        "{told}"
    );
}

/// The schema of the days of the month.
#[test]
fn days_of_the_month_are_those_of_the_schema() {
    let rows = [
        (
            "2023-12-31",
            "31_OR_LAST_DAY_OF_MONTH",
            ["31 Jan 2024", "29 Feb 2024", "31 Mar 2024"],
        ),
        (
            "2024-12-10",
            "31_OR_LAST_DAY_OF_MONTH",
            ["31 Jan 2025", "28 Feb 2025", "31 Mar 2025"],
        ),
        (
            "2024-12-10",
            "30_OR_LAST_DAY_OF_MONTH",
            ["30 Jan 2025", "28 Feb 2025", "30 Mar 2025"],
        ),
        (
            "2023-12-10",
            "29_OR_LAST_DAY_OF_MONTH",
            ["29 Jan 2024", "29 Feb 2024", "29 Mar 2024"],
        ),
        (
            "2024-12-10",
            "03",
            ["3 Jan 2025", "3 Feb 2025", "3 Mar 2025"],
        ),
        (
            "2024-12-10",
            "28",
            ["28 Jan 2025", "28 Feb 2025", "28 Mar 2025"],
        ),
        (
            "2025-01-15",
            START_DAY,
            ["15 Feb 2025", "15 Mar 2025", "15 Apr 2025"],
        ),
        (
            "2025-01-31",
            START_DAY,
            ["28 Feb 2025", "31 Mar 2025", "30 Apr 2025"],
        ),
    ];
    for (first, day, want) in rows {
        let period = format!("1 MONTHS 3 {day}");
        let conditions = vec![
            start(part(0, 1)),
            after("monthly", "start", &period, part(1, 3)),
        ];
        let imported = read(&terms("FRACTIONAL", conditions), &options(first, None)).unwrap();
        let dates: Vec<_> = paid(&imported, 3)
            .into_iter()
            .map(|(date, _)| date)
            .collect();
        assert_eq!(dates, want, "{first} {day}");
        assert!(imported.words.is_some(), "{first} {day}");
    }
}

/// The schema of portions: 1000 granted, 400 vested, a fifth of the whole or of the rest.
#[test]
fn a_remainder_is_what_has_not_vested() {
    for (remainder, want) in [(false, 600), (true, 520)] {
        let mut fifth = part(1, 5);
        fifth["remainder"] = json!(remainder);
        let mut rest = part(1, 1);
        rest["remainder"] = json!(true);
        let conditions = vec![
            start(part(4, 10)),
            on("later", "2026-01-01", fifth),
            on("last", "2027-01-01", rest),
        ];
        let terms = terms("CUMULATIVE_ROUND_DOWN", conditions);
        let imported = read(&terms, &options("2025-01-01", Some((1000, 0)))).unwrap();
        let want = [
            ("1 Jan 2025", 400),
            ("1 Jan 2026", want),
            ("1 Jan 2027", 1000),
        ];
        let want = want.map(|(date, paid)| (date.to_owned(), paid));
        assert_eq!(paid(&imported, 1000), want);
    }
}

#[test]
fn fixed_quantities_and_days_are_read() {
    let quantity = |mut condition: serde_json::Value, tokens: &str| {
        condition.as_object_mut().unwrap().remove("portion");
        condition["quantity"] = json!(tokens);
        condition
    };
    let conditions = vec![
        start(part(0, 1)),
        quantity(after("weeks", "start", "7 DAYS 2", json!(null)), "100.5"),
        quantity(on("early", "2025-01-01", json!(null)), "299"),
        quantity(on("last", "2026-01-01", json!(null)), "500"),
    ];
    let terms = terms("FRACTIONAL", conditions);
    let imported = read(&terms, &options("2025-03-01", Some((1000, 1)))).unwrap();
    // A date that lies before the one of the condition before counts as that one.
    let want = [
        ("8 Mar 2025", 1005),
        ("15 Mar 2025", 5000),
        ("1 Jan 2026", 10_000),
    ];
    let want = want.map(|(date, paid)| (date.to_owned(), paid));
    assert_eq!(paid(&imported, 10_000), want);
    assert_eq!(imported.difference, Some(0));
}

#[test]
fn the_fixtures_become_words_and_gates() {
    let rows = [
        ("engineer-4y", "standard 12 48 1", vec![]),
        ("engineer-4y-installments", "standard 12 48 1", vec![]),
        ("stairs-5y", "none", vec![]),
        (
            "release-bonus",
            "standard 0 0 0",
            vec![("release", 1_000_000_000, false)],
        ),
        (
            "listing-and-time",
            "standard 12 48 1",
            vec![("listing", 0, true)],
        ),
        (
            "signing-and-release",
            "standard 0 0 0",
            vec![("release", 600_000_000, false)],
        ),
    ];
    for (id, want, gates) in rows {
        let imported = fixture(id, options("2025-03-01", Some((48_000, 18)))).unwrap();
        let words = imported.words.as_ref().map_or_else(
            || "none".to_owned(),
            |words| {
                let (cliff, duration) = (words.cliff_months, words.duration_months);
                format!("standard {cliff} {duration} {}", words.interval_months)
            },
        );
        assert_eq!(words, want, "{id}");
        let events = imported.events.iter();
        let events = events.map(|event| {
            let gate = event.gate;
            (event.condition.as_str(), gate.share_ppb, gate.rule.trigger)
        });
        assert_eq!(events.collect::<Vec<_>>(), gates, "{id}");
    }
    let one = fixture("engineer-4y", options("2025-03-01", Some((48_000, 18)))).unwrap();
    let other = fixture("engineer-4y-installments", options("2025-03-01", None)).unwrap();
    assert_eq!(one.vesting, other.vesting);
    // 1000 tokens of 48000 are 1/48, which is no whole number of parts per billion.
    assert!(
        one.difference
            .is_some_and(|it| it > 0 && it < 48_000_000_000_000)
    );
    assert_eq!(other.difference, None);
}

#[test]
fn parts_that_are_whole_units_may_be_unequal() {
    let later = after(
        "monthly",
        "start",
        &format!("1 MONTHS 4 {START_DAY}"),
        part(1, 6),
    );
    let unequal = terms("FRONT_LOADED", vec![start(part(1, 3)), later]);
    let imported = read(&unequal, &options("2025-03-01", Some((18, 0)))).unwrap();
    let units: Vec<_> = paid(&imported, 18)
        .into_iter()
        .map(|(_, paid)| paid)
        .collect();
    assert_eq!(units, [6, 9, 12, 15, 18]);
}

proptest! {
    /// Of a larger grant, a date falls short by less than a part per billion and one base unit.
    #[test]
    fn differences_are_bounded_and_never_early(
        tokens in 1u128..1 << 40,
        count in 1u32..=60,
        rounds: bool,
    ) {
        let name = if rounds { "CUMULATIVE_ROUNDING" } else { "FRACTIONAL" };
        let period = format!("1 MONTHS {count} {START_DAY}");
        let monthly = after("monthly", "start", &period, part(1, count));
        let terms = terms(name, vec![start(part(0, 1)), monthly]);
        let imported = read(&terms, &options("2025-03-01", Some((tokens, 9)))).unwrap();
        let amount = tokens * 10u128.pow(9);
        prop_assert!(imported.difference.unwrap() <= amount / 1_000_000_000 + 1);
        for (place, (_, paid)) in (1u128..).zip(paid(&imported, amount)) {
            let exact = amount * place;
            let units = if rounds {
                (2 * tokens * place / u128::from(count)).div_ceil(2) * 10u128.pow(9)
            } else {
                exact / u128::from(count)
            };
            prop_assert!(paid <= units, "{}: {} of {}", place, paid, units);
        }
    }

    /// A grant of at most a billion whole units pays every allocation to the unit, and the parts
    /// follow the rule of their name.
    #[test]
    fn whole_units_are_paid_exactly(tokens in 1u128..=1_000_000_000, count in 1u32..=60) {
        let names = [
            "CUMULATIVE_ROUNDING",
            "CUMULATIVE_ROUND_DOWN",
            "FRONT_LOADED",
            "BACK_LOADED",
            "FRONT_LOADED_TO_SINGLE_TRANCHE",
            "BACK_LOADED_TO_SINGLE_TRANCHE",
        ];
        let (n, least) = (u128::from(count), tokens / u128::from(count));
        for (place, name) in names.into_iter().enumerate() {
            let period = format!("1 MONTHS {count} {START_DAY}");
            let monthly = after("monthly", "start", &period, part(1, count));
            let terms = terms(name, vec![start(part(0, 1)), monthly]);
            let imported = read(&terms, &options("2025-03-01", Some((tokens, 0)))).unwrap();
            prop_assert_eq!(imported.difference, Some(0));
            let reached: Vec<_> = paid(&imported, tokens).into_iter().map(|it| it.1).collect();
            let before = std::iter::once(0).chain(reached.clone());
            let parts: Vec<_> = reached.iter().zip(before).map(|(to, from)| to - from).collect();
            prop_assert_eq!(parts.iter().sum::<u128>(), tokens);
            let single = place >= 4;
            let known = |part: &u128| {
                let alone = single && *part == least + tokens % n;
                *part == least || *part == least + 1 || alone
            };
            prop_assert!(parts.iter().all(known), "{}: {:?}", name, parts);
            match place {
                2 | 4 => prop_assert!(parts.is_sorted_by(|left, right| left >= right)),
                3 | 5 => prop_assert!(parts.is_sorted()),
                _ => {}
            }
        }
    }
}

/// Events: the explainer's all or nothing, and amounts that wait for two of them.
#[test]
fn events_become_gates() {
    let sale = terms("FRACTIONAL", vec![event("qualifying-sale", part(1, 1))]);
    let imported = read(&sale, &options("2021-01-01", Some((500, 0)))).unwrap();
    assert_eq!(paid(&imported, 500), [("1 Jan 2021".to_owned(), 500)]);
    assert_eq!(imported.events[0].gate.share_ppb, 1_000_000_000);
    let both = vec![
        start(part(0, 1)),
        after("wait", "start", "365 DAYS 1", part(0, 1)),
        event("listing", part(1, 4)),
        event("release", part(3, 4)),
    ];
    let imported = read(&terms("FRACTIONAL", both), &options("2025-03-01", None)).unwrap();
    let gates: Vec<_> = imported.events.iter().map(|event| event.gate).collect();
    assert_eq!(
        gates.iter().map(|gate| gate.share_ppb).collect::<Vec<_>>(),
        [0, 750_000_000]
    );
    assert!(gates[0].rule.trigger && !gates[1].rule.trigger);
    let want = ("1 Mar 2026".to_owned(), 1);
    assert_eq!(paid(&imported, 1), [want]);
}
