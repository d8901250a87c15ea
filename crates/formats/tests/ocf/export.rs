//! Writing, and reading back.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::terms::{Gate, Rule, Schedule, Segment};
use guerdon_formats::calendar::{Zone, parse_date};
use guerdon_formats::ocf::{
    Export, OcfError, Options, Written, read_vesting_terms, write_vesting_terms,
};
use guerdon_formats::percent::Percent;
use guerdon_formats::schedule::{Template, Vesting, Words};
use proptest::prelude::*;
use serde_json::Value;

fn names() -> BTreeMap<B256, String> {
    let name = |byte: u8| (B256::repeat_byte(byte), format!("goal-{byte}"));
    (1..=8).map(name).collect()
}

fn write(vesting: &Vesting, zone: &Zone, gates: &[Gate]) -> Result<Written, OcfError> {
    let export = Export {
        id: "G-1",
        name: "Grant G-1",
        description: "Vesting of the grant G-1",
        zone,
        gates,
        goals: &names(),
    };
    write_vesting_terms(vesting, &export)
}

/// What reading gives back: the same start, segments and gates.
fn reread(written: &Written, zone: &Zone) -> (Vesting, Vec<Gate>) {
    let options = Options {
        vesting_start: written.vesting_start,
        zone: zone.clone(),
        quantity: None,
        goals: names().into_iter().map(|(id, name)| (name, id)).collect(),
        terms: None,
    };
    let imported = read_vesting_terms(&written.bytes, &options).unwrap();
    (
        imported.vesting,
        imported.events.iter().map(|event| event.gate).collect(),
    )
}

fn gate(goal: u8, share_ppb: u32, trigger: bool) -> Gate {
    let rule = Rule {
        lapse: false,
        trigger,
    };
    Gate {
        goal: B256::repeat_byte(goal),
        share_ppb,
        rule,
    }
}

fn standard() -> Words {
    Words {
        vesting_start: parse_date("2025-03-01").unwrap(),
        zone: Zone::named("Europe/London").unwrap(),
        template: Template::Calendar,
        cliff_months: 12,
        duration_months: 48,
        interval_months: 1,
        cliff_percent: Percent::parse("25").ok(),
        vest_day: Some(15),
    }
}

#[test]
fn a_cliff_and_months_are_two_conditions_in_the_form_of_the_schema() {
    let words = standard();
    let written = write(&words.vesting().unwrap(), &words.zone, &[]).unwrap();
    let terms: Value = serde_json::from_slice(&written.bytes).unwrap();
    let fields: Vec<_> = terms.as_object().unwrap().keys().collect();
    let wanted = "object_type id name description allocation_type vesting_conditions";
    assert_eq!(fields, wanted.split(' ').collect::<Vec<_>>());
    let conditions = terms["vesting_conditions"].as_array().unwrap();
    assert_eq!(conditions.len(), 3);
    let want = serde_json::json!({
        "id": "dates",
        "portion": {"numerator": "1", "denominator": "48"},
        "trigger": {
            "type": "VESTING_SCHEDULE_RELATIVE",
            "relative_to_condition_id": "cliff",
            "period": {"type": "MONTHS", "length": 1, "occurrences": 36, "day_of_month": "15"},
        },
        "next_condition_ids": [],
    });
    assert_eq!(conditions[2], want);
    assert_eq!(written.vesting_start, words.vesting_start);
}

#[test]
fn what_the_format_cannot_say_is_refused() {
    let zone = Zone::named("Europe/London").unwrap();
    let monthly = standard().vesting().unwrap();
    let even = Words {
        template: Template::Even,
        ..standard()
    };
    let whole = Vesting {
        start: monthly.start,
        schedule: Schedule::whole(),
    };
    let late = Vesting {
        start: monthly.start + 3600,
        schedule: Schedule::whole(),
    };
    let lapse = Rule {
        lapse: true,
        trigger: true,
    };
    let rows = [
        (&even.vesting().unwrap(), vec![], "steps within a day"),
        (&late, vec![], "steps within a day"),
        (
            &monthly,
            vec![gate(1, 1, false)],
            "a share beside several dates",
        ),
        (
            &whole,
            vec![gate(1, 1, false), gate(2, 1, false)],
            "shares of several goals",
        ),
        (
            &whole,
            vec![gate(1, 0, true), gate(1, 9, false)],
            "two conditions are called `goal-1`",
        ),
        (
            &whole,
            vec![Gate {
                rule: lapse,
                ..gate(1, 0, true)
            }],
            "`goal-1` lapses",
        ),
    ];
    for (vesting, gates, want) in rows {
        let message = write(vesting, &zone, &gates).unwrap_err().to_string();
        assert!(message.contains(want), "{message}");
    }
}

fn zones() -> impl Strategy<Value = Zone> {
    let names = ["UTC", "Asia/Beirut", "America/Havana", "Pacific/Apia"];
    prop::sample::select(names.to_vec()).prop_map(|name| Zone::named(name).unwrap())
}

proptest! {
    #[test]
    fn words_come_back(
        zone in zones(),
        (day, cliff, more, interval) in (0..20_000i64, 0..30u32, 0..60u32, 1..13u32),
        percent in prop::option::of("[0-9]{1,2}\\.[0-9]{1,9}"),
        vest_day in prop::option::of(1i8..=31),
        triggers in 0u8..4,
    ) {
        let words = Words {
            vesting_start: Zone::named("UTC").unwrap().date_at(day * 86_400).unwrap(),
            zone: zone.clone(),
            template: Template::Calendar,
            cliff_months: cliff,
            duration_months: cliff + more,
            interval_months: interval,
            cliff_percent: percent
                .filter(|_| cliff > 0)
                .map(|text| Percent::parse(&text).unwrap()),
            vest_day,
        };
        let Ok(vesting) = words.vesting() else { return Ok(()) };
        let gates: Vec<_> = (1..=triggers).map(|goal| gate(goal, 0, true)).collect();
        let written = write(&vesting, &zone, &gates).unwrap();
        prop_assert_eq!(reread(&written, &zone), (vesting, gates));
    }

    #[test]
    fn dates_without_words_come_back(
        zone in zones(),
        start in 0..20_000i64,
        steps in prop::collection::btree_map(0..3000i64, 0..=1_000_000_000u32, 1..30),
    ) {
        let midnight = |day: i64| {
            let date = Zone::named("UTC").unwrap().date_at(day * 86_400).unwrap();
            zone.midnight(date).unwrap()
        };
        let mut segments: Vec<Segment> = Vec::new();
        let mut shares: Vec<_> = steps.values().copied().collect();
        shares.sort_unstable();
        *shares.last_mut().unwrap() = 1_000_000_000;
        for (day, cumulative) in steps.keys().zip(shares) {
            let end = u32::try_from(midnight(start + day) - midnight(start)).unwrap();
            segments.pop_if(|before| before.end == end);
            if end > 0 || cumulative > 0 {
                segments.push(Segment { end, cumulative, steps: 1 });
            }
        }
        let Ok(begin) = u64::try_from(midnight(start)) else { return Ok(()) };
        let vesting = Vesting { start: begin, schedule: Schedule::new(segments).unwrap() };
        let written = write(&vesting, &zone, &[]).unwrap();
        prop_assert_eq!(reread(&written, &zone), (vesting, vec![]));
    }

    #[test]
    fn a_share_beside_one_date_comes_back(
        zone in zones(),
        months in 0..40u32,
        share_ppb in 1..=1_000_000_000u32,
        triggers in 0u8..3,
    ) {
        let words = Words {
            cliff_months: months,
            duration_months: months,
            interval_months: 0,
            cliff_percent: None,
            zone: zone.clone(),
            ..standard()
        };
        let vesting = words.vesting().unwrap();
        let triggers = (1..=triggers).map(|goal| gate(goal, 0, true));
        let gates: Vec<_> = triggers.chain([gate(8, share_ppb, false)]).collect();
        let written = write(&vesting, &zone, &gates).unwrap();
        prop_assert_eq!(reread(&written, &zone), (vesting, gates));
    }
}
