//! The form as it is shown: sections of fields, each with what it holds and what is wrong with it.

use super::read::Wrong;
use super::sheet::Sheet;
use crate::company::forms::Field;
use crate::strings::goal_builder as words;

/// Fields that belong together.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) legend: &'static str,
    pub(super) what: &'static str,
    pub(super) fields: Vec<Field>,
}

/// Name, label, kind of input, hint.
type Row = (&'static str, &'static str, &'static str, &'static str);

const SECTIONS: [(&str, &str, &[Row]); 6] = [
    (
        "What decides",
        "The lower bound of the result is compared, never the raw score.",
        &[
            (
                "name",
                "Name",
                "text",
                "As gates of sheets write it, such as code-eval-2027.",
            ),
            (
                "title",
                "Title",
                "text",
                "For people, such as Passes our code tests.",
            ),
            ("kind", "What is counted", "kind", ""),
            ("threshold", "Pays from, in %", "text", "A count: in units."),
            (
                "stretch",
                "Pays everything from, in %",
                "text",
                "Empty: from the threshold on.",
            ),
            (
                "base",
                "Pays at the threshold, in %",
                "text",
                "Rises evenly to everything.",
            ),
            (
                "default",
                "Pays if nobody reports, in %",
                "text",
                "Only once the sponsor has asked for a run.",
            ),
        ],
    ),
    (
        "What is measured",
        "A result file is held to what stands here; what is left out, the panel may choose.",
        &[
            (
                "harness",
                "Harness",
                "text",
                "Such as lm_eval or inspect_ai.",
            ),
            ("task", "Task", "text", ""),
            (
                "task_hash",
                "Hash of the task's configuration",
                "text",
                "guerdon eval read prints it.",
            ),
            ("metric", "Metric", "text", "Such as exact_match."),
            (
                "filter",
                "Filter",
                "text",
                "Such as strict-match; none where there is none.",
            ),
            (
                "baseline_model",
                "Baseline's model",
                "text",
                "Of a comparison, as its file names it: a text that anybody can write.",
            ),
            (
                "baseline_file",
                "Baseline's result file",
                "text",
                "Of a comparison: its hash, 0x…",
            ),
            (
                "baseline_answers",
                "Baseline's answers",
                "text",
                "The hash of its samples file, 0x…; empty for a log of Inspect.",
            ),
            (
                "spec",
                "More pairs, one on a line",
                "area",
                "Such as shots=5.",
            ),
        ],
    ),
    (
        "How often",
        "The bound makes all attempts together an honest test at 5 %.",
        &[
            (
                "samples",
                "Samples of a result, exactly",
                "text",
                "A count: 1.",
            ),
            (
                "attempts",
                "Attempts",
                "text",
                "They share one chance of a false payment.",
            ),
            (
                "max_voids",
                "Of them given back at most",
                "text",
                "Declared void by the arbiter.",
            ),
            (
                "bound",
                "Bound",
                "text",
                "Empty: calibrated. 1 lets the raw score decide.",
            ),
            (
                "guards",
                "Conditions that must hold",
                "text",
                "How many; else a result pays nothing.",
            ),
        ],
    ),
    (
        "Items",
        "Who can read the items can learn them.",
        &[
            ("data", "The items are", "data", ""),
            (
                "commitment",
                "Commitment to the items",
                "text",
                "0x…, of items held back.",
            ),
            (
                "pool",
                "Items in all",
                "text",
                "Empty: as many as the samples.",
            ),
            (
                "seed_blocks",
                "Drawn by the chain, blocks after registration",
                "text",
                "0 or empty: every attempt runs the same items.",
            ),
        ],
    ),
    (
        "When and who",
        "Days are of UTC. People are given by address, or by their number on the people list.",
        &[
            ("opens", "First day for an attempt", "date", ""),
            ("closes", "Last day for an attempt", "date", ""),
            ("run_days", "Days for a run", "text", ""),
            ("challenge_days", "Days to challenge", "text", ""),
            ("arbiter_days", "Days for the arbiter", "text", ""),
            (
                "sponsor",
                "Sponsor",
                "text",
                "The team's account: it registers attempts.",
            ),
            ("arbiter", "Arbiter", "text", "Who decides challenges."),
            (
                "panel",
                "Panel, one on a line",
                "area",
                "Accounts that sign by key, no contracts.",
            ),
            (
                "quorum",
                "Signatures of a result",
                "text",
                "Empty: the smallest majority.",
            ),
            (
                "bond",
                "Bond of a challenge, in coins",
                "text",
                "Empty: none.",
            ),
            (
                "bond_token",
                "Coin of the bond",
                "text",
                "Empty: this deployment's.",
            ),
            (
                "bond_decimals",
                "Its decimals",
                "text",
                "Empty: as known, else 18.",
            ),
        ],
    ),
    (
        "What the figures assume",
        "Not part of the definition.",
        &[
            (
                "better",
                "Who should be paid is better by, in points",
                "text",
                "Above the threshold.",
            ),
            (
                "truth",
                "What the baseline truly reaches, in %",
                "text",
                "Empty: left out.",
            ),
            (
                "differ",
                "A comparison: the two differ on, in % of items",
                "text",
                "",
            ),
            (
                "counted",
                "A count: the items it goes through",
                "text",
                "If it goes through items.",
            ),
        ],
    ),
];

/// The sections of a sheet.
pub(super) fn sections(sheet: &Sheet, wrong: &Wrong) -> Vec<Section> {
    let field = |(name, label, kind, hint): &Row| {
        let field = Field::text(*name, label, sheet.get(name)).hint(hint);
        let field = match *kind {
            "kind" => field.options(words::kinds()),
            "data" => field.options(words::data()),
            other => field.kind(other),
        };
        field.wrong(wrong.of(name))
    };
    let section = |(legend, what, rows): &(&'static str, &'static str, &[Row])| Section {
        legend,
        what,
        fields: rows.iter().map(field).collect(),
    };
    SECTIONS.iter().map(section).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::sheet::NAMES;
    use super::*;

    #[test]
    fn every_name_of_the_sheet_has_its_field() {
        let sheet = Sheet::default();
        let sections = sections(&sheet, &Wrong::default());
        let shown: Vec<_> = sections
            .iter()
            .flat_map(|section| &section.fields)
            .collect();
        let names: BTreeSet<_> = shown.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, BTreeSet::from(NAMES));
        assert_eq!(names.len(), shown.len());
    }
}
