//! Holds calibration and chances to the table of an independent oracle in whole numbers.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{fs, str::FromStr};

use guerdon_core::goal::{Goal, Kind};
use guerdon_valuation::calibrate::{
    CalibrateError, Claim, Strength, calibrate, false_payment, payment,
};
use serde_json::Value;

use crate::common::goal;

mod common;

/// Chances of the table are in parts of 1e18.
const PARTS: f64 = 1e18;

struct Table(Value);

impl Table {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/calibrate.json");
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    fn all<T: FromStr>(&self, name: &str) -> Vec<T> {
        let column = self.0[name].as_array().unwrap().iter();
        column
            .map(|cell| cell.as_str().unwrap().parse().ok().unwrap())
            .collect()
    }
}

#[test]
fn the_bound_of_the_story_is_1983() {
    let calibration = calibrate(&goal(Kind::Proportion, 500, 2)).unwrap();
    assert_eq!(calibration.bound, 1983);
    assert_eq!(
        (calibration.needed, calibration.needed_full),
        (418, Some(464))
    );
}

#[test]
fn proportions_are_calibrated_as_by_the_oracle() {
    let table = Table::read();
    let (samples, attempts) = (table.all::<u32>("samples"), table.all::<u8>("attempts"));
    let (threshold, stretch) = (table.all::<i64>("threshold"), table.all::<i64>("stretch"));
    let (base, bound) = (table.all::<u32>("base"), table.all::<u16>("bound"));
    let (needed, full) = (table.all::<u128>("needed"), table.all::<u128>("neededFull"));
    let columns = ["falseOne", "falseAll", "paysOne", "paysAll", "expected"];
    let chances = columns.map(|name| table.all::<f64>(name));
    let skill = table.all::<u32>("skill");
    for i in 0..samples.len() {
        let mut goal = goal(Kind::Proportion, samples[i], attempts[i]);
        (goal.threshold, goal.stretch, goal.base_ppb) = (threshold[i], stretch[i], base[i]);
        let found = calibrate(&goal);
        if bound[i] == 0 {
            assert!(
                matches!(found, Err(CalibrateError::Impossible { .. })),
                "row {i}: {found:?}"
            );
            continue;
        }
        let found = found.unwrap();
        assert_eq!(found.bound, bound[i], "row {i}");
        assert_eq!(found.needed, needed[i], "row {i}");
        assert_eq!(found.needed_full.unwrap_or(0), full[i], "row {i}");
        goal.bound = found.bound;
        let wrong = false_payment(&goal).unwrap().unwrap();
        let right = payment(&goal, Claim::Skill(skill[i])).unwrap();
        let found = [
            wrong.one,
            wrong.all,
            right.one,
            right.all,
            right.expected.unwrap(),
        ];
        for (name, (found, column)) in columns.iter().zip(found.iter().zip(&chances)) {
            near(*found, column[i] / PARTS, &format!("row {i}, {name}"));
        }
    }
}

#[test]
fn levels_of_paired_comparisons_and_measures_are_the_oracles() {
    let table = Table::read();
    let (paired, measure) = (table.all::<u16>("paired"), table.all::<u16>("measure"));
    for (i, attempts) in table.all::<u8>("otherAttempts").into_iter().enumerate() {
        let bound = |kind, threshold| {
            let mut goal = goal(kind, 10_000, attempts);
            goal.threshold = threshold;
            calibrate(&goal).unwrap().bound
        };
        assert_eq!(bound(Kind::Paired, 0), paired[i], "{attempts} attempts");
        assert_eq!(bound(Kind::Measure, 1), measure[i], "{attempts} attempts");
    }
}

#[test]
fn comparisons_pass_with_the_chance_of_all_wins_and_losses() {
    let table = Table::read();
    let (samples, bound) = (
        table.all::<u32>("pairSamples"),
        table.all::<u16>("pairBound"),
    );
    let (win, loss) = (table.all::<u32>("pairWin"), table.all::<u32>("pairLoss"));
    let (threshold, want) = (
        table.all::<i64>("pairThreshold"),
        table.all::<f64>("pairPasses"),
    );
    for i in 0..samples.len() {
        let mut goal = goal(Kind::Paired, samples[i], 1);
        (goal.bound, goal.threshold) = (bound[i], threshold[i]);
        let claim = Claim::Pair {
            win: win[i],
            loss: loss[i],
        };
        near(payment(&goal, claim).unwrap().one, want[i] / PARTS, "pair");
    }
}

#[test]
fn chances_are_called_what_they_are() {
    let mut measure = goal(Kind::Measure, 1_000, 2);
    measure.bound = calibrate(&measure).unwrap().bound;
    let wrong = false_payment(&measure).unwrap().unwrap();
    assert_eq!(wrong.strength, Strength::AtMost);
    assert!(wrong.one <= 0.025 && wrong.all <= 0.05, "{wrong:?}");
    let right = payment(&measure, Claim::Skill(900_000_000)).unwrap();
    assert_eq!((right.strength, right.expected), (Strength::AtLeast, None));
    assert!(right.one > 0.7 && right.full == 0.0, "{right:?}");

    let mut paired = goal(Kind::Paired, 500, 1);
    (paired.threshold, paired.stretch) = (0, 100_000_000);
    paired.bound = calibrate(&paired).unwrap().bound;
    let wrong = false_payment(&paired).unwrap().unwrap();
    assert_eq!(wrong.strength, Strength::Searched);
    assert!((0.03..0.07).contains(&wrong.one), "{wrong:?}");

    assert!(payment(&paired, Claim::Skill(1)).is_err());
    let count = goal_of_one();
    assert_eq!(calibrate(&count).unwrap().bound, 0);
    assert_eq!(false_payment(&count), Ok(None));
}

fn goal_of_one() -> Goal {
    let mut count = goal(Kind::Count, 1, 1);
    (count.threshold, count.stretch) = (1, 1);
    count
}

#[test]
fn definitions_that_nothing_can_pass_are_refused_with_a_way_out() {
    let few = calibrate(&goal(Kind::Proportion, 10, 2)).unwrap_err();
    let text = few.to_string();
    assert!(text.contains("about 18 samples would be enough"), "{text}");
    calibrate(&goal(Kind::Proportion, 18, 2)).unwrap();

    let few = calibrate(&goal(Kind::Measure, 30, 1))
        .unwrap_err()
        .to_string();
    assert!(few.contains("would be enough"), "{few}");
    let mut odd = goal(Kind::Proportion, 500, 2);
    odd.attempts = 0;
    assert!(matches!(
        calibrate(&odd),
        Err(CalibrateError::Definition(_))
    ));
    let many = goal(Kind::Proportion, 2_000_000, 2);
    assert!(matches!(
        calibrate(&many),
        Err(CalibrateError::TooMany { .. })
    ));
}

#[test]
fn a_hundred_thousand_samples_are_calibrated_too() {
    let calibration = calibrate(&goal(Kind::Proportion, 100_000, 2)).unwrap();
    assert!(
        (1_955..1_975).contains(&calibration.bound),
        "{calibration:?}"
    );
}

fn near(found: f64, want: f64, what: &str) {
    assert!(
        (found - want).abs() <= want * 1e-10 + 1e-17,
        "{what}: {found} is not {want}"
    );
}
