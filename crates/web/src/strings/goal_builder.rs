//! The goal builder: what its fields are, what is wrong with them, what a definition is worth.

use guerdon_core::goal::{Goal, Kind};
use guerdon_valuation::calibrate::{Strength, percent, percent_as};

use crate::numbers::{count, grouped, score, shortened};

pub(crate) const TITLE: &str = "New goal";
pub(crate) const LEAD: &str = "A goal decides money by a number. Here you see how often it would \
    pay by luck, and how often it would miss what it is meant to reward, before anybody relies on \
    it. Nothing is kept until you make it ready to sign.";
pub(crate) const MISSING: &str = "This is needed.";
pub(crate) const NO_KIND: &str = "Choose what is counted.";
pub(crate) const NO_UNITS: &str = "Write a whole number, as 1.";
pub(crate) const TOO_FINE: &str = "Write at most seven digits after the point.";
pub(crate) const NO_DAY: &str = "Write a day as 2026-12-01.";
pub(crate) const NO_HASH: &str = "Write 0x and 64 hexadecimal digits, as `guerdon goal build \
    --items FILE` makes them, or say that the items are public.";
pub(crate) const NO_FILE_HASH: &str = "Write 0x and 64 hexadecimal digits, as `guerdon eval read \
    FILE` prints them.";
pub(crate) const NOBODY: &str = "This is nobody's account.";
pub(crate) const ODD_NAME: &str = "A name has at most 80 letters, no slash, semicolon or quotation \
    mark, and begins with no dot.";
pub(crate) const TOO_MANY_MEMBERS: &str = "A panel has at most 16 members.";
pub(crate) const NO_COIN: &str = "Name the coin: this deployment has none for bonds.";
pub(crate) const DIFFERS_TOO_LITTLE: &str = "The two must differ on at least as many items as one \
    is ahead by.";
pub(crate) const TOO_GOOD: &str = "That is beyond 100 %: ask for less above the threshold.";
pub(crate) const STRETCH_OUT: &str = "It must be at least the threshold, and at most 100 %.";

/// With a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    super::goal::sentence(text)
}

pub(crate) fn no_number(text: &str, most: u32) -> String {
    match text {
        "" => MISSING.to_owned(),
        _ => format!("Write a whole number up to {}.", grouped(most)),
    }
}

pub(crate) fn likely_a_fraction(text: &str) -> String {
    format!("{text} is less than one per cent: write 80 for 80 %, or {text}% if you mean it.")
}

pub(crate) fn twice(text: &str) -> String {
    format!("{text} is on the panel twice.")
}

/// What is wrong with one line of several.
pub(crate) fn of_line(text: &str, why: &str) -> String {
    format!("{text}: {why}")
}

pub(crate) fn unknown_person(text: &str) -> String {
    format!("{text} is neither an address (0x and 40 digits) nor a number of the people list.")
}

pub(crate) fn no_wallet(text: &str) -> String {
    format!("{text} is on the people list without a wallet.")
}

pub(crate) fn taken_pair(name: &str) -> String {
    format!("{name} has a field of its own, or stands here twice.")
}

pub(crate) fn no_pair(line: &str) -> String {
    format!("`{line}` is no pair: write name=text, one on a line.")
}

pub(crate) fn no_majority(members: usize) -> String {
    format!("Of {members} members more than half must sign, and no more than there are.")
}

pub(crate) fn pool_too_small(pool: u32, samples: u32) -> String {
    format!(
        "{} cannot be taken out of {}: the pool is at least as large.",
        count(samples.into(), "sample"),
        count(pool.into(), "item")
    )
}

pub(crate) fn few_for_its_kind(kind: Kind) -> String {
    match kind {
        Kind::Paired => "A paired comparison takes at least 100 samples.".to_owned(),
        _ => "It takes at least one sample.".to_owned(),
    }
}

pub(crate) const fn threshold_out(kind: Kind) -> &'static str {
    match kind {
        Kind::Proportion => "It must be above 0 % and below 100 %.",
        Kind::Paired => "It must be from -50 % to 100 %.",
        Kind::Measure => "It must be above 0 % and at most 100 %.",
        Kind::Count => "It must be at least 1.",
    }
}

pub(crate) fn name_taken(id: &str) -> String {
    format!(
        "Another goal has this name on the chain ({}): gates of sheets find goals by their names.",
        shortened(id)
    )
}

pub(crate) fn name_waits(id: &str) -> String {
    format!(
        "Another goal of this name waits to be signed ({}): take another name, or first take it \
         out of its batch, if you put it there.",
        shortened(id)
    )
}

/// How many fields are wrong.
pub(crate) fn refused(fields: usize) -> String {
    match fields {
        0 => "This definition cannot stand.".to_owned(),
        1 => "One field needs another look. Nothing was lost.".to_owned(),
        many => format!("{many} fields need another look. Nothing was lost."),
    }
}

/// Title and use of a template.
pub(crate) fn template(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "PAIRED" => (
            "Better than a baseline",
            "Both run the same items; wins less losses decide.",
        ),
        "MEASURE" => (
            "A mean score",
            "Each item gives a score from 0 to 1; their mean decides.",
        ),
        "COUNT" => ("A milestone", "Done or not, or a number taken as it is."),
        _ => (
            "A benchmark score",
            "Right answers to a fixed number of questions.",
        ),
    }
}

/// The kinds to choose from.
pub(crate) fn kinds() -> Vec<(String, String)> {
    [
        ("PROPORTION", "right answers among the samples"),
        ("PAIRED", "wins less losses against a baseline"),
        ("MEASURE", "mean of scores from 0 to 1"),
        ("COUNT", "a count, taken as it is"),
    ]
    .map(|(kind, said)| (kind.to_owned(), said.to_owned()))
    .into()
}

pub(crate) fn data() -> Vec<(String, String)> {
    [
        ("held", "held back, behind a commitment"),
        ("public", "public: anyone can read them"),
    ]
    .map(|(data, said)| (data.to_owned(), said.to_owned()))
    .into()
}

/// The answer of the page.
pub(crate) fn verdict(weaknesses: usize) -> String {
    match weaknesses {
        0 => "No weakness was found.".to_owned(),
        1 => "One weakness.".to_owned(),
        many => format!("{many} weaknesses."),
    }
}

pub(crate) fn own_judge(member: &str, role: &str) -> String {
    format!(
        "{} is on the panel and has the company's {role} role: no round with this goal is \
         committed; take the role away, or name another member.",
        shortened(member)
    )
}

pub(crate) const OWN_COIN: &str = "The bond is in the company's own token, of which it can mint as \
    much as it likes: a challenge would cost the company nothing; take a coin that it cannot mint.";

/// A share in ppb as chances are written.
pub(crate) fn share(ppb: i64) -> String {
    match ppb.is_negative() {
        true => format!("-{}", percent(ppb.unsigned_abs() as f64 / 1e9)),
        false => percent(ppb as f64 / 1e9),
    }
}

/// The rows of the figures: who, and at what.
pub(crate) fn no_better(goal: &Goal) -> String {
    match goal.kind {
        Kind::Paired => format!(
            "no better than the threshold, {} ahead",
            share(goal.threshold)
        ),
        _ => format!("no better than the threshold, {}", share(goal.threshold)),
    }
}

pub(crate) fn the_baseline(truth: i64) -> String {
    format!("the baseline, at {}", share(truth))
}

pub(crate) fn better(goal: &Goal, by: i64) -> String {
    let at = share(goal.threshold.saturating_add(by));
    match goal.kind {
        Kind::Paired => format!("truly {} ahead", at),
        _ => format!("truly at {at}, {} better", share(by).replace('%', "points")),
    }
}

pub(crate) fn on_average(threshold: i64, items: u32) -> String {
    format!("reaches {threshold} of {} only on average", grouped(items))
}

/// A chance, and how it is meant.
pub(crate) fn chance(chance: f64, strength: Strength) -> String {
    let said = percent_as(chance, strength);
    match strength {
        Strength::Exact => said,
        Strength::AtMost => format!("at most {said}"),
        Strength::AtLeast => format!("at least {said}"),
        Strength::Searched => format!("{said} at worst"),
    }
}

pub(crate) fn all_attempts(attempts: u8) -> String {
    match attempts {
        1 => "Its one attempt".to_owned(),
        many => format!("Any of {many} attempts"),
    }
}

/// What the model that is better gets on average, and how often everything.
pub(crate) fn brings(expected: Option<f64>, full: f64, strength: Strength) -> String {
    let full = chance(full, strength);
    match expected {
        Some(expected) => format!(
            "The better model opens {} of the share on average, and everything with a chance of \
             {full}.",
            percent(expected)
        ),
        None => format!("The better model opens everything with a chance of {full}."),
    }
}

/// What the chart says.
pub(crate) fn curve((wrong, right): (&str, &str)) -> String {
    format!(
        "A model at the threshold is paid with a chance of {wrong}, the better one with {right}."
    )
}

/// Who should be paid is often not.
pub(crate) fn misses(goal: &Goal, by: i64, chance: &str) -> String {
    let who = better(goal, by);
    format!(
        "A model that is {who}, is paid with a chance of {chance} only: take more samples or fewer \
         attempts, or ask for a lower threshold."
    )
}

/// The heading of the curve's data.
pub(crate) const fn points(kind: Kind) -> &'static str {
    match kind {
        Kind::Measure => "Chance of a payment, at least",
        _ => "Chance of a payment",
    }
}

pub(crate) const CURVE: &str = "How likely a payment is, by what the model can truly do";
pub(crate) const LEVEL: &str = "5 %";

/// Where the figures come from.
pub(crate) const fn source(kind: Kind) -> &'static str {
    match kind {
        Kind::Proportion => {
            "Exact sums of the binomial distribution over the results that the contract's own rule \
             pays (Wilson's bound of 1927, calibrated to the exact bound of Clopper and Pearson, \
             1934)."
        }
        Kind::Paired => {
            "Exact sums over all wins and losses that the contract's own rule pays (the bound of \
             Bonett and Price, 2012); the false payment is the worst of 41 rates at which the two \
             can differ."
        }
        Kind::Measure => {
            "Limits that hold whatever the scores are (Hoeffding's inequality, 1963): real chances \
             of a false payment are lower, of a true one higher."
        }
        Kind::Count => {
            "A count is what the panel signs; chance has a figure only where it goes through items."
        }
    }
}

pub(crate) const ASSUMED: &str = "Items and attempts are taken as independent, all conditions as \
    held, and the items as unknown to whoever trains the model.";
pub(crate) const UNDO: &str = "Nobody can change or take back a definition; it binds nobody until \
    a grant names it.";
pub(crate) const HEADING: &str = "Define a goal";
pub(crate) const BUTTON: &str = "Define this goal";
pub(crate) const READY: &str = "Make it ready to sign";
pub(crate) const DEFINED: &str = "The goal is defined.";
pub(crate) const THERE: &str = "This goal is on the chain already.";

/// What is kept of the bound.
pub(crate) fn bound(goal: &Goal, fair: Option<u16>) -> String {
    match fair {
        Some(fair) if fair == goal.bound => format!("{fair}, calibrated"),
        Some(fair) => format!("{}, your own; calibrated it is {fair}", goal.bound),
        None => format!("{}, your own", goal.bound),
    }
}

/// What is needed for the first payment.
pub(crate) fn needed(goal: &Goal, x: u128) -> String {
    let samples = grouped(goal.samples);
    match goal.kind {
        Kind::Proportion => format!("{} of {samples} right", grouped(x)),
        Kind::Paired => format!("{} wins of {samples} without a loss", grouped(x)),
        Kind::Measure => {
            let mean = x / u128::from(goal.samples.max(1));
            format!(
                "a mean score of {}",
                score(i64::try_from(mean).unwrap_or(0))
            )
        }
        Kind::Count => grouped(x),
    }
}

pub(crate) fn signatures(m: u8, members: usize) -> String {
    format!("{m} of {members} members sign a result. The panel can never be changed.")
}

pub(crate) const NEVER: &str = "no result: lower the stretch, or take more samples";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_and_marks_read_like_sentences() {
        assert_eq!(share(-25_000_000), "-2.50 %");
        assert_eq!(chance(0.25, Strength::AtLeast), "at least 25.0 %");
        assert_eq!(
            refused(1),
            "One field needs another look. Nothing was lost."
        );
        assert_eq!(verdict(0), "No weakness was found.");
        assert_eq!(all_attempts(2), "Any of 2 attempts");
        assert!(pool_too_small(100, 500).contains("500 samples cannot be taken out of 100 items"));
    }
}
