//! What a definition means, in words and numbers: what is needed, how likely it pays, and what no
//! bound cures.

use std::path::Path;

use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind};
use guerdon_formats::goal_doubts::Doubt;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_valuation::calibrate::{
    Chance, Claim, Odds, Payment, Strength, payment, percent, percent_as,
};
use serde_json::{Value, json};

use crate::cli::{BuildArgs, Mark};
use crate::error::{Failure, Outcome};
use crate::output::Record;

/// Everything that is said about a definition.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    definition: &'a GoalDefinition,
    odds: Odds,
    /// True skill or difference in ppb, and the chance of a payment for it.
    right: Vec<(i64, Payment)>,
    /// What to beware of, a sentence each.
    warnings: Vec<String>,
}

impl<'a> Told<'a> {
    pub(crate) fn of(
        definition: &'a GoalDefinition,
        (odds, doubts): (Odds, Vec<Doubt>),
        arguments: &BuildArgs,
    ) -> Outcome<Self> {
        let goal = &definition.goal;
        let impossible =
            |error: guerdon_valuation::calibrate::ClaimError| Failure::input(error.to_string());
        let mut right = Vec::new();
        for skill in skills(goal, &arguments.skills) {
            if let Some(claim) = claim(goal, skill, arguments.differ)? {
                right.push((skill, payment(goal, claim).map_err(impossible)?));
            }
        }
        let warnings = odds.warnings.iter().map(ToString::to_string);
        let warnings = doubts.iter().map(ToString::to_string).chain(warnings);
        Ok(Self {
            definition,
            warnings: warnings.collect(),
            odds,
            right,
        })
    }

    pub(crate) fn record(&self, path: &Path) -> Record {
        let goal = &self.definition.goal;
        let mut record = Record::new(self.value(path))
            .line("goal", &self.definition.name)
            .line("file", path.display().to_string())
            .line("bound", goal.bound.to_string())
            .line("pays from", needed(goal, self.odds.calibration.needed))
            .line("pays all from", self.needed_full());
        if let Some(wrong) = &self.odds.wrong {
            record = record.line("false payment", false_words(goal, wrong));
        }
        for (skill, chance) in &self.right {
            record = record.line(&claim_words(goal, *skill), payment_words(goal, chance));
        }
        if goal.kind == Kind::Paired && self.right.is_empty() {
            let hint = "give --differ: how often the two differ decides how likely a payment is";
            record = record.line("true payment", hint);
        }
        for (number, warning) in self.warnings.iter().enumerate() {
            let label = if number == 0 { "beware" } else { "" };
            record = record.line(label, warning);
        }
        record
    }

    fn needed_full(&self) -> String {
        let full = self.odds.calibration.needed_full;
        full.map_or_else(
            || "no result: lower the stretch, or take more samples".to_owned(),
            |full| needed(&self.definition.goal, full),
        )
    }

    fn value(&self, path: &Path) -> Value {
        let goal = &self.definition.goal;
        let right = self.right.iter().map(|(skill, chance)| {
            json!({
                "skill_ppb": skill,
                "one_attempt": chance.one,
                "all_attempts": chance.all,
                "everything": chance.full,
                "expected_share": chance.expected,
                "strength": strength(chance.strength),
            })
        });
        let wrong = self.odds.wrong.map(|chance| {
            json!({
                "one_attempt": chance.one,
                "all_attempts": chance.all,
                "best_of_twenty_variants": chance.twenty,
                "strength": strength(chance.strength),
            })
        });
        json!({
            "file": path,
            "name": self.definition.name,
            "kind": goal.kind.number(),
            "bound": goal.bound,
            "calibrated_bound": self.odds.fair,
            "alpha": self.odds.calibration.alpha,
            "needed": self.odds.calibration.needed.to_string(),
            "needed_for_everything": self.odds.calibration.needed_full.map(|x| x.to_string()),
            "false_payment": wrong,
            "payment": right.collect::<Vec<_>>(),
            "warnings": self.warnings,
        })
    }
}

/// The skills asked for; by default half way to the stretch, the stretch, and half way beyond it.
fn skills(goal: &Goal, asked: &[Mark]) -> Vec<i64> {
    if goal.kind == Kind::Count {
        return Vec::new();
    }
    if !asked.is_empty() {
        return asked.iter().map(|mark| mark.share).collect();
    }
    let (threshold, stretch) = (goal.threshold, goal.stretch);
    let beyond = (stretch + i64::from(PPB)) / 2;
    let mut skills = vec![(threshold + stretch) / 2, stretch, beyond];
    skills.dedup();
    skills.retain(|skill| *skill > threshold);
    skills
}

/// A claim of this skill; a difference becomes one only if it is known how often the two differ.
fn claim(goal: &Goal, skill: i64, differ: Option<Mark>) -> Outcome<Option<Claim>> {
    let wrong = |text: String| Err(Failure::input(text));
    if goal.kind != Kind::Paired {
        return match u32::try_from(skill) {
            Ok(skill) if skill <= PPB => Ok(Some(Claim::Skill(skill))),
            _ => wrong("a true skill is a share from 0 to 1".to_owned()),
        };
    }
    let Some(differ) = differ else {
        return Ok(None);
    };
    let rate = |twice: i64| u32::try_from(twice / 2).ok();
    match (rate(differ.share + skill), rate(differ.share - skill)) {
        (Some(win), Some(loss)) if differ.ppb().is_some() => Ok(Some(Claim::Pair { win, loss })),
        // By default too large a difference is left out; it cannot be.
        _ => Ok(None),
    }
}

/// The result that is needed, as a person counts it.
fn needed(goal: &Goal, x: u128) -> String {
    let samples = goal.samples;
    match goal.kind {
        Kind::Proportion => format!(
            "{x} of {samples} right, a score of {}",
            percent(x as f64 / f64::from(samples))
        ),
        Kind::Paired => format!("{x} wins of {samples} without a loss"),
        Kind::Measure => format!(
            "a mean score of {}",
            percent(x as f64 / f64::from(samples) / f64::from(PPB))
        ),
        Kind::Count => x.to_string(),
    }
}

fn false_words(goal: &Goal, chance: &Chance) -> String {
    let how = match chance.strength {
        Strength::Exact => "",
        Strength::AtMost | Strength::AtLeast => "at most ",
        Strength::Searched => "at worst, as far as a search found, ",
    };
    format!(
        "{how}{}, if the true figure is no better than the threshold",
        by_attempts(goal, (chance.one, chance.all), chance.strength),
    )
}

/// A chance in one attempt and in all, which for one attempt are the same.
fn by_attempts(goal: &Goal, (one, all): (f64, f64), strength: Strength) -> String {
    let said = |chance| percent_as(chance, strength);
    match goal.attempts {
        1 => said(one),
        2 => format!("{} in one attempt, {} in both", said(one), said(all)),
        count => format!("{} in one attempt, {} in all {count}", said(one), said(all)),
    }
}

fn claim_words(goal: &Goal, skill: i64) -> String {
    let share = skill as f64 / f64::from(PPB);
    match goal.kind {
        Kind::Paired => format!("if truly {} ahead", percent(share)),
        _ => format!("if truly {}", percent(share)),
    }
}

fn payment_words(goal: &Goal, chance: &Payment) -> String {
    let how = match chance.strength {
        Strength::AtLeast => "at least ",
        _ => "",
    };
    let expected = chance.expected.map_or_else(String::new, |share| {
        format!("; {} of the share on average", percent(share))
    });
    format!(
        "paid {how}{}; everything {how}{}{expected}",
        by_attempts(goal, (chance.one, chance.all), chance.strength),
        percent_as(chance.full, chance.strength),
    )
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Exact => "exact",
        Strength::AtMost => "at most",
        Strength::AtLeast => "at least",
        Strength::Searched => "worst found",
    }
}
