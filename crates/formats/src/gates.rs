//! Gates of a row, separated by `;`: `goal:40`, `goal:40:lapse`, `goal:trigger` and
//! `goal:trigger:lapse`. The name of a goal may hold anything but `;`, also `@`, `..` and `:`.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::terms::{GATES_MAX, Gate, Rule};
use thiserror::Error;

use crate::percent::{Percent, PercentError};

/// Why a text names no gates.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatesError {
    /// Not of the forms above.
    #[error(
        "`{0}` is not a gate: write goal:40 (share in per cent) or goal:trigger, \
         each with :lapse after it if results after an end shall not count"
    )]
    Form(String),
    /// The share is not a percentage.
    #[error("the gate `{gate}` has a wrong share: {source}")]
    Share {
        /// The gate.
        gate: String,
        /// What is wrong with it.
        source: PercentError,
    },
    /// A share of nothing gates nothing.
    #[error("the gate `{0}` has a share of 0 %: leave it out or give it a share")]
    Nothing(String),
    /// The share is not a whole number of parts per billion.
    #[error("the share of the gate `{0}` is finer than 0.0000001 %")]
    TooFine(String),
    /// The shares of a row are more than everything.
    #[error("the shares of the gates sum to more than 100 %")]
    Sum,
    /// More gates than a grant can hold.
    #[error("there are {0} gates and a grant holds at most {GATES_MAX}")]
    TooMany(usize),
    /// The goal has no id.
    #[error("the goal `{0}` is not known: name its id with --goal '{0}=0x…' or define it first")]
    UnknownGoal(String),
}

/// Reads the gates of a row; `goals` gives the id that each name means.
///
/// # Errors
/// All of them, in the order of the text; an empty text is no gates.
pub fn parse(text: &str, goals: &BTreeMap<String, B256>) -> Result<Vec<Gate>, Vec<GatesError>> {
    let mut errors = Vec::new();
    let mut gates = Vec::new();
    for text in text
        .split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        match parse_one(text, goals) {
            Ok(gate) => gates.push(gate),
            Err(error) => errors.push(error),
        }
    }
    let sum: u64 = gates.iter().map(|gate| u64::from(gate.share_ppb)).sum();
    if sum > u64::from(PPB) {
        errors.push(GatesError::Sum);
    }
    if gates.len() > GATES_MAX {
        errors.push(GatesError::TooMany(gates.len()));
    }
    if errors.is_empty() {
        Ok(gates)
    } else {
        Err(errors)
    }
}

fn parse_one(text: &str, goals: &BTreeMap<String, B256>) -> Result<Gate, GatesError> {
    let form = || GatesError::Form(text.to_owned());
    let (rest, lapse) = match text.strip_suffix(":lapse") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (name, share) = rest.rsplit_once(':').ok_or_else(form)?;
    let (name, share) = (name.trim(), share.trim());
    if name.is_empty() {
        return Err(form());
    }
    let trigger = share == "trigger";
    let share_ppb = if trigger {
        0
    } else {
        parse_share(text, share)?
    };
    let goal = goals.get(name).copied();
    let goal = goal.ok_or_else(|| GatesError::UnknownGoal(name.to_owned()))?;
    Ok(Gate {
        goal,
        share_ppb,
        rule: Rule { lapse, trigger },
    })
}

fn parse_share(gate: &str, share: &str) -> Result<u32, GatesError> {
    let percent = Percent::parse(share).map_err(|source| match source {
        PercentError::Form(_) => GatesError::Form(gate.to_owned()),
        source @ PercentError::Above(_) => GatesError::Share {
            gate: gate.to_owned(),
            source,
        },
    })?;
    match percent.exact_ppb() {
        Some(0) => Err(GatesError::Nothing(gate.to_owned())),
        Some(ppb) => Ok(ppb),
        None => Err(GatesError::TooFine(gate.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn goals() -> BTreeMap<String, B256> {
        let names = ["product_500@0.80..0.90", "launch-eu", "a:b"];
        let id = |place: usize| B256::repeat_byte(u8::try_from(place).unwrap() + 1);
        names
            .iter()
            .enumerate()
            .map(|(place, name)| ((*name).to_owned(), id(place)))
            .collect()
    }

    fn gate(goal: u8, share_ppb: u32, lapse: bool, trigger: bool) -> Gate {
        Gate {
            goal: B256::repeat_byte(goal),
            share_ppb,
            rule: Rule { lapse, trigger },
        }
    }

    #[test]
    fn gates_are_read() {
        let rows = [
            ("", vec![]),
            (" ; ", vec![]),
            (
                "product_500@0.80..0.90:40",
                vec![gate(1, 400_000_000, false, false)],
            ),
            (
                "launch-eu:12.5:lapse; a:b:trigger",
                vec![gate(2, 125_000_000, true, false), gate(3, 0, false, true)],
            ),
            ("launch-eu:trigger:lapse", vec![gate(2, 0, true, true)]),
        ];
        for (text, want) in rows {
            assert_eq!(parse(text, &goals()), Ok(want), "{text}");
        }
    }

    #[test]
    fn wrong_gates_say_why() {
        let unknown = GatesError::UnknownGoal("launch-us".into());
        let rows = [
            ("launch-us:40", vec![unknown.clone()]),
            ("launch-eu", vec![GatesError::Form("launch-eu".into())]),
            (":40", vec![GatesError::Form(":40".into())]),
            (
                "launch-eu:forty",
                vec![GatesError::Form("launch-eu:forty".into())],
            ),
            (
                "launch-eu:0",
                vec![GatesError::Nothing("launch-eu:0".into())],
            ),
            ("launch-eu:60;a:b:50", vec![GatesError::Sum]),
            (
                "launch-us:1;launch-eu:60;a:b:50",
                vec![unknown, GatesError::Sum],
            ),
        ];
        for (text, want) in rows {
            assert_eq!(parse(text, &goals()), Err(want), "{text}");
        }
        let above = parse("launch-eu:140", &goals()).unwrap_err();
        assert!(above[0].to_string().contains("140 % is more than 100 %"));
        let nine = ["launch-eu:1"; 9].join(";");
        assert_eq!(parse(&nine, &goals()), Err(vec![GatesError::TooMany(9)]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(launch-eu|a:b|[a-z:;.0-9]){0,8}") {
            if let Ok(gates) = parse(&text, &goals()) {
                prop_assert!(gates.len() <= GATES_MAX);
            }
        }
    }
}
