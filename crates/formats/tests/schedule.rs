//! Words to segments and back to words.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use guerdon_core::terms::{Schedule, Segment};
use guerdon_formats::calendar::{Zone, parse_date};
use guerdon_formats::percent::Percent;
use guerdon_formats::schedule::{Template, Vesting, Words, WordsError, recover};
use guerdon_formats::words::{describe_schedule, describe_segments};
use proptest::prelude::*;

/// `start zone template cliff duration interval percent day`, with `-` for an empty cell.
fn words(row: &str) -> Result<Words, WordsError> {
    let cells: Vec<_> = row
        .split(' ')
        .map(|cell| if cell == "-" { "" } else { cell })
        .collect();
    let number = |place: usize| cells[place].parse().unwrap_or(0);
    Ok(Words {
        vesting_start: parse_date(cells[0]).unwrap(),
        zone: Zone::named(cells[1]).unwrap(),
        template: Template::parse(cells[2])?,
        cliff_months: number(3),
        duration_months: number(4),
        interval_months: number(5),
        cliff_percent: Some(cells[6]).filter(|text| !text.is_empty()).map(percent),
        vest_day: cells[7].parse().ok(),
    })
}

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

fn segments(row: &str) -> Vec<(u32, u32, u16)> {
    let vesting = words(row).unwrap().vesting().unwrap();
    let segments = vesting.schedule.segments().iter();
    segments
        .map(|segment| (segment.end, segment.cumulative, segment.steps))
        .collect()
}

#[test]
fn templates_may_ask_for_even_steps_or_every_second() {
    let (year, four) = (31_536_000, 126_230_400);
    let rows = [
        (
            "2025-03-01 UTC standard-4y-even 12 48 1 25 -",
            vec![(year, 250_000_000, 1), (four, 1_000_000_000, 36)],
        ),
        (
            "2025-03-01 UTC Continuous_4y 12 48 - - -",
            vec![(year, 250_000_000, 1), (four, 1_000_000_000, 0)],
        ),
        (
            "2025-03-01 UTC even 0 48 1 - -",
            vec![(four, 1_000_000_000, 48)],
        ),
        (
            "2025-03-01 UTC event-4y 48 48 - - -",
            vec![(four, 1_000_000_000, 1)],
        ),
        (
            "2025-03-01 UTC continuous 0 0 0 0 -",
            vec![(0, 1_000_000_000, 1)],
        ),
    ];
    for (row, want) in rows {
        assert_eq!(segments(row), want, "{row}");
    }
}

#[test]
fn schedules_read_back_as_words() {
    let rows = [
        (
            "2025-03-01 Europe/London standard-4y 12 48 1 25 -",
            "25% after a one-year cliff, then 36 monthly steps, from 1 Mar 2025 to 1 Mar 2029 \
             (Europe/London)",
        ),
        (
            "2026-01-31 Asia/Tokyo quarterly-3y 0 36 3 0 -",
            "12 quarterly steps, from 31 Jan 2026 to 31 Jan 2029 (Asia/Tokyo)",
        ),
        (
            "2024-02-29 Europe/Kyiv graded-5-15-40-40 - 48 - - -",
            "5%, 15%, 40% and 40% in yearly steps, from 29 Feb 2024 to 29 Feb 2028 (Europe/Kyiv)",
        ),
        (
            "2024-02-29 Europe/Paris milestone-only 0 0 0 0 -",
            "all of it on 29 Feb 2024 (Europe/Paris)",
        ),
        (
            "2025-03-01 Asia/Beirut calendar-15th 12 48 1 25 15",
            "25% after a one-year cliff, then 36 monthly steps, from 1 Mar 2025 to 15 Mar 2029 \
             (Asia/Beirut)",
        ),
        (
            "2026-01-31 America/Bogota standard 6 30 5 12.5 -",
            "12.5% after a six-month cliff, then 4 five-month steps, from 31 Jan 2026 to \
             31 Mar 2028 (America/Bogota)",
        ),
        (
            "2025-03-01 UTC standard-4y-even 12 48 1 25 -",
            "25% after a one-year cliff, then 75% in 36 equal steps of time, from 1 Mar 2025 to \
             1 Mar 2029 (UTC)",
        ),
        (
            "2025-03-01 UTC continuous 0 48 - - -",
            "second by second, from 1 Mar 2025 to 1 Mar 2029 (UTC)",
        ),
        (
            "2025-03-01 UTC once 24 24 - - -",
            "100% after a two-year cliff, from 1 Mar 2025 to 1 Mar 2027 (UTC)",
        ),
    ];
    for (row, want) in rows {
        let words = words(row).unwrap();
        let vesting = words.vesting().unwrap();
        let told = describe_schedule(&vesting.schedule, vesting.start, &words.zone);
        assert_eq!(told, want, "{row}");
    }
}

/// Row, column of the error, part of its message.
const CONTRADICTIONS: &str = "\
2025-03-01 UTC a 60 48 1 25 - | cliff_months | after 60 months
2025-03-01 UTC a 0 48 1 25 - | cliff_percent | needs a cliff_months
2025-03-01 UTC a 12 48 0 25 - | interval_months | is missing
2025-03-01 UTC a 0 48 50 - - | interval_months | come after duration_months
2025-03-01 UTC a 48 48 1 25 - | cliff_percent | must release 100 %
2025-03-01 UTC a-even 40 48 9 25 - | cliff_percent | must release 100 %
2025-03-01 UTC a 0 257 1 - - | duration_months | 257 vesting dates
2025-03-01 UTC a 1 257 1 - - | duration_months | at most 256
2025-03-01 UTC a-even 0 1700 1 - - | duration_months | within 136 years
2025-03-01 UTC a-even 0 4294967295 1 - - | interval_months | 65535 steps
2025-03-01 UTC a 0 4294967295 4294967295 - - | duration_months | calendar
1969-03-01 UTC a 0 48 1 - - | vesting_start | before 1970
2025-03-01 UTC graded-50-50 - 48 - - - | duration_months | the duration is 24
2025-03-01 UTC graded-50-50 12 24 - - - | template | says its own dates
2025-03-01 UTC graded-50-60 - 24 - - - | template | do not sum to 100
2025-03-01 UTC graded-50-x - 24 - - - | template | `x` is not a percentage";

#[test]
fn what_contradicts_itself_is_refused_with_its_column() {
    for line in CONTRADICTIONS.lines() {
        let [row, column, message] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!()
        };
        let error = words(row).and_then(|words| words.vesting()).unwrap_err();
        assert_eq!(error.column, column, "{row}: {error}");
        assert!(error.message.contains(message), "{row}: {error}");
    }
    assert_eq!(segments("2025-03-01 UTC a 0 256 1 - -").len(), 256);
}

/// The words of a sheet's cells, read as a sheet is.
fn reread(words: &Words) -> Words {
    let cells = words.cells();
    let cell = |name: &str| {
        let found = cells.iter().find(|(column, _)| *column == name);
        found.map(|(_, text)| text.as_str()).unwrap()
    };
    let months = |name: &str| cell(name).parse().unwrap_or(0);
    Words {
        vesting_start: parse_date(cell("vesting_start")).unwrap(),
        zone: Zone::named(cell("timezone")).unwrap(),
        template: Template::parse(cell("template")).unwrap(),
        cliff_months: months("cliff_months"),
        duration_months: months("duration_months"),
        interval_months: months("interval_months"),
        cliff_percent: Some(cell("cliff_percent"))
            .filter(|text| !text.is_empty())
            .map(percent),
        vest_day: cell("vest_day").parse().ok(),
    }
}

/// Rows whose words are hard to find again: the words found say the same segments.
const RECOVERED: [&str; 16] = [
    "2025-03-01 Europe/London standard-4y 12 48 1 25 -",
    "2025-03-01 Asia/Beirut calendar-15th 12 48 1 25 15",
    "2026-01-31 Asia/Tokyo quarterly-3y 0 36 3 0 -",
    "2026-01-31 Asia/Tokyo feb 12 48 12 10 31",
    "2026-02-28 UTC feb 12 48 12 10 31",
    "2024-02-29 Europe/Kyiv graded-5-15-40-40 - 48 - - -",
    "2024-02-29 Europe/Kyiv graded-0-33.333333333-66.666666667 - 36 - - -",
    "2024-02-29 Europe/Paris milestone-only 0 0 0 0 -",
    "2025-03-01 UTC thirds 7 50 6 33.333333333 -",
    "2025-03-01 UTC by-time 7 50 6 - -",
    "2025-03-01 UTC all 24 24 - - -",
    "2025-03-01 UTC standard-4y-even 7 48 2 - 31",
    "2025-03-01 UTC continuous 12 48 - 0 -",
    // Days that were skipped as a whole: the start, and a date.
    "2011-12-30 Pacific/Apia monthly 0 48 1 - -",
    "2011-10-30 Pacific/Apia monthly 1 12 1 - -",
    "1994-12-31 Pacific/Kiritimati standard 12 48 1 25 -",
];

#[test]
fn words_are_found_again_behind_segments() {
    for row in RECOVERED {
        let words = words(row).unwrap();
        let vesting = words.vesting().unwrap();
        let found = recover(&vesting, &words.zone).unwrap_or_else(|| panic!("{row}"));
        assert_eq!(found.vesting(), Ok(vesting.clone()), "{row}");
        assert_eq!(
            reread(&found).vesting(),
            Ok(vesting),
            "{row}: {:?}",
            found.cells()
        );
    }
}

#[test]
fn segments_without_words_are_told_one_by_one() {
    let zone = Zone::named("Europe/London").unwrap();
    let segment = |end, cumulative, steps| Segment {
        end,
        cumulative,
        steps,
    };
    let segments = vec![
        segment(86_400, 100_000_000, 1),
        segment(90_000, 500_000_000, 7),
        segment(2_592_000, 1_000_000_000, 0),
    ];
    let vesting = Vesting {
        start: 1_740_787_200,
        schedule: Schedule::new(segments).unwrap(),
    };
    assert!(recover(&vesting, &zone).is_none());
    let told = describe_segments(&vesting.schedule, vesting.start, &zone);
    let want = [
        "2 Mar 2025: 10% at once",
        "2 Mar 2025 01:00:00: 50%, in 7 equal steps of time since the line before",
        "31 Mar 2025 01:00:00: 100%, second by second since the line before",
    ];
    assert_eq!(told, want);
}

fn any_words() -> impl Strategy<Value = Words> {
    let zones = [
        "UTC",
        "Asia/Beirut",
        "America/Havana",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ];
    let templates = [Template::Calendar, Template::Even, Template::Continuous];
    let when = (0..30_000i64, prop::sample::select(zones.to_vec()));
    let months = (0..40u32, 0..80u32, 1..20u32);
    let rest = (
        prop::option::of("[0-9]{1,2}(\\.[0-9]{1,9})?"),
        prop::option::of(1i8..=31),
        prop::sample::select(templates.to_vec()),
    );
    (when, months, rest).prop_map(|((day, zone), (cliff, more, interval), rest)| Words {
        vesting_start: Zone::named("UTC").unwrap().date_at(day * 86_400).unwrap(),
        zone: Zone::named(zone).unwrap(),
        template: rest.2,
        cliff_months: cliff,
        duration_months: cliff + more,
        interval_months: interval,
        cliff_percent: rest.0.filter(|_| cliff > 0).map(|text| percent(&text)),
        vest_day: rest.1,
    })
}

proptest! {
    #[test]
    fn schedules_rise_to_everything(words in any_words()) {
        let Ok(vesting) = words.vesting() else { return Ok(()) };
        let segments = vesting.schedule.segments();
        prop_assert_eq!(segments.last().map(|segment| segment.cumulative), Some(1_000_000_000));
        for pair in segments.windows(2) {
            prop_assert!(pair[0].end < pair[1].end && pair[0].cumulative <= pair[1].cumulative);
        }
        let elapsed = |end: u32| i64::from(vesting.schedule.fraction(i64::from(end)));
        prop_assert!(segments.iter().all(|s| elapsed(s.end) == i64::from(s.cumulative)));
        let told = describe_schedule(&vesting.schedule, vesting.start, &words.zone);
        let zone = format!("({})", words.zone.name());
        prop_assert!(told.ends_with(&zone), "{}", told);
    }

    #[test]
    fn words_and_segments_lead_to_each_other(words in any_words()) {
        let Ok(vesting) = words.vesting() else { return Ok(()) };
        let found = recover(&vesting, &words.zone);
        prop_assert!(found.is_some(), "{:?}", words.cells());
        let found = found.unwrap();
        prop_assert_eq!(found.vesting(), Ok(vesting.clone()));
        prop_assert_eq!(reread(&found).vesting(), Ok(vesting.clone()), "{:?}", found.cells());
        prop_assert_eq!(reread(&words).vesting(), Ok(vesting), "{:?}", words.cells());
    }

    #[test]
    fn graded_words_are_found_again(
        cuts in prop::collection::vec(0u64..=100_000_000_000, 0..7),
        words in any_words(),
    ) {
        let mut cuts: Vec<_> = cuts.into_iter().chain([0, 100_000_000_000]).collect();
        cuts.sort_unstable();
        let share = |units: u64| format!("{}.{:09}", units / 1_000_000_000, units % 1_000_000_000);
        let shares = cuts.windows(2).map(|pair| percent(&share(pair[1] - pair[0])));
        let shares: Vec<_> = shares.collect();
        let words = Words {
            duration_months: 12 * u32::try_from(shares.len()).unwrap(),
            template: Template::Graded(shares),
            cliff_months: 0,
            interval_months: 0,
            cliff_percent: None,
            ..words
        };
        let Ok(vesting) = words.vesting() else { return Ok(()) };
        let found = recover(&vesting, &words.zone).map(|found| reread(&found).vesting());
        prop_assert_eq!(found, Some(Ok(vesting)));
    }

    #[test]
    fn any_schedule_has_words(
        ends in prop::collection::btree_set(0u32.., 1..40),
        steps: u16,
        start in 0u64..1 << 41,
    ) {
        let last = ends.len();
        let share = |place: usize| u32::try_from(1_000_000_000 * (place + 1) / last).unwrap();
        let segment = |(place, end)| Segment { end, cumulative: share(place), steps: steps % 3 };
        let segments = ends.into_iter().enumerate().map(segment).collect();
        let told = describe_schedule(
            &Schedule::new(segments).unwrap(),
            start,
            &Zone::named("Asia/Beirut").unwrap(),
        );
        prop_assert!(!told.is_empty());
    }

    #[test]
    fn any_template_is_read_or_refused(name in "(graded-|even|continuous|[-0-9._a-z ]){0,6}") {
        let _ = Template::parse(&name);
    }
}
