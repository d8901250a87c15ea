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
    /// Unfolded: something in it is wrong, or still needed.
    pub(super) open: bool,
    /// Set where it is for some kinds of goals alone.
    pub(super) only: &'static str,
    pub(super) fields: Vec<Shown>,
}

/// A field, and the kinds of goals that it is shown for; for all if none is named.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) only: &'static str,
    pub(super) field: Field,
}

struct Part {
    legend: &'static str,
    what: &'static str,
    rows: &'static [Row],
}

#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    input: &'static str,
    /// Kinds of goals it is for, as classes of the style sheet.
    only: &'static str,
    /// Whether other kinds leave out what stands in it.
    ignored: bool,
    needed: bool,
}

const fn text(name: &'static str, label: &'static str, hint: &'static str) -> Row {
    Row {
        name,
        label,
        hint,
        input: "text",
        only: "",
        ignored: false,
        needed: false,
    }
}

impl Row {
    const fn input(self, input: &'static str) -> Self {
        Self { input, ..self }
    }

    /// Kinds it is for; where it is filled in, it is shown for all.
    const fn only(self, only: &'static str) -> Self {
        Self { only, ..self }
    }

    /// Kinds it is for; all others leave it out.
    const fn means(self, only: &'static str) -> Self {
        let ignored = true;
        Self {
            only,
            ignored,
            ..self
        }
    }

    const fn needed(self) -> Self {
        let needed = true;
        Self { needed, ..self }
    }
}

/// Kinds whose results come of samples.
const TESTS: &str = "only proportion paired measure";
const SCORES: &str = "only proportion measure";
const PAIRED: &str = "only paired";
const COUNT: &str = "only count";

/// What changes the figures stands first.
static PARTS: [Part; 6] = [
    Part {
        legend: "What decides",
        what: "The lower bound of the result is compared, never the raw score.",
        rows: &[
            text("kind", "What is counted", "").input("kind"),
            text(
                "name",
                "Name",
                "As gates of sheets write it, such as code-eval-2027.",
            ),
            text("threshold", "Pays from, in %", "A count: in units."),
            text(
                "stretch",
                "Pays everything from, in %",
                "Empty: from the threshold on.",
            ),
            text("samples", "Samples of a result, exactly", "").means(TESTS),
            text(
                "attempts",
                "Attempts",
                "They share one chance of a false payment, 5 %.",
            ),
            text(
                "better",
                "Who should be paid is better by, in points",
                "For the figures alone.",
            )
            .means(TESTS),
            text(
                "truth",
                "What the baseline truly reaches, in %",
                "For the figures alone.",
            )
            .means(SCORES),
            text(
                "differ",
                "The two differ on, in % of items",
                "For the figures alone.",
            )
            .means(PAIRED),
            text(
                "counted",
                "The items it goes through",
                "If it goes through items.",
            )
            .means(COUNT),
        ],
    },
    Part {
        legend: "Who",
        what: "People are given by address, or by their number on the people list.",
        rows: &[
            text(
                "sponsor",
                "Sponsor",
                "The team's account: it registers attempts.",
            )
            .needed(),
            text("arbiter", "Arbiter", "Who decides challenges.").needed(),
            text(
                "panel",
                "Panel, one on a line",
                "Accounts that sign by key, no contracts.",
            )
            .input("area")
            .needed(),
            text(
                "quorum",
                "Signatures of a result",
                "Empty: the smallest majority.",
            ),
        ],
    },
    Part {
        legend: "The items",
        what: "Whoever knows the items can train for them.",
        rows: &[
            text("data", "The items are", "").input("data").only(TESTS),
            text(
                "commitment",
                "Commitment to the items",
                "0x…, of items held back.",
            )
            .only(TESTS)
            .needed(),
            text("pool", "Items in all", "Empty: as many as the samples.").means(TESTS),
            text(
                "seed_blocks",
                "Drawn by the chain, blocks after registration",
                "0 or empty: every attempt runs the same items.",
            )
            .only(TESTS),
        ],
    },
    Part {
        legend: "What is measured",
        what: "A result file is held to what stands here; what is left out, the panel may choose.",
        rows: &[
            text("harness", "Harness", "Such as lm_eval or inspect_ai."),
            text("task", "Task", ""),
            text("metric", "Metric", "Such as exact_match."),
            text(
                "filter",
                "Filter",
                "Such as strict-match; none where there is none.",
            ),
            text(
                "task_hash",
                "Hash of the task's configuration",
                "guerdon eval read prints it.",
            ),
            text(
                "baseline_model",
                "Baseline's model",
                "As its file names it: a text that anybody can write.",
            )
            .only(PAIRED),
            text(
                "baseline_file",
                "Baseline's result file",
                "Its hash, 0x…; where the chain draws the items, of a run over all of them",
            )
            .only(PAIRED),
            text(
                "baseline_answers",
                "Baseline's answers",
                "The hash of its samples file, 0x…; empty for a log of Inspect.",
            )
            .only(PAIRED),
            text("spec", "More pairs, one on a line", "Such as shots=5.").input("area"),
        ],
    },
    Part {
        legend: "When",
        what: "Days are of UTC.",
        rows: &[
            text("opens", "First day for an attempt", "").input("date"),
            text("closes", "Last day for an attempt", "").input("date"),
            text("run_days", "Days for a run", ""),
            text("challenge_days", "Days to challenge", ""),
            text("arbiter_days", "Days for the arbiter", ""),
        ],
    },
    Part {
        legend: "Payouts, bond and the rest",
        what: "",
        rows: &[
            text(
                "title",
                "Title",
                "For people, such as Passes our code tests.",
            ),
            text(
                "base",
                "Pays at the threshold, in %",
                "Rises evenly to everything.",
            ),
            text(
                "default",
                "Pays if nobody reports, in %",
                "Only once the sponsor has asked for a run.",
            ),
            text(
                "max_voids",
                "Attempts given back at most",
                "Declared void by the arbiter.",
            ),
            text(
                "bound",
                "Bound",
                "Empty: calibrated. 1 lets the raw score decide.",
            )
            .only(TESTS),
            text(
                "guards",
                "Conditions that must hold",
                "How many; else a result pays nothing.",
            ),
            text("bond", "Bond of a challenge, in coins", "Empty: none."),
            text(
                "bond_token",
                "Coin of the bond",
                "Empty: this deployment's.",
            ),
            text("bond_decimals", "Its decimals", "Empty: as known, else 18."),
        ],
    },
];

/// Every field of the form.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let rows = PARTS.iter().flat_map(|part| part.rows);
    rows.map(|row| row.name)
}

/// The sections of a sheet.
pub(super) fn sections(sheet: &Sheet, wrong: &Wrong) -> Vec<Section> {
    PARTS
        .iter()
        .map(|part| section(part, sheet, wrong))
        .collect()
}

fn section(part: &Part, sheet: &Sheet, wrong: &Wrong) -> Section {
    let fields: Vec<_> = part
        .rows
        .iter()
        .map(|row| shown(row, sheet, wrong))
        .collect();
    Section {
        legend: part.legend,
        what: part.what,
        open: part.rows.iter().any(|row| asks(row, sheet, wrong)),
        only: match fields.iter().all(|it| !it.only.is_empty()) {
            true => TESTS,
            false => "",
        },
        fields,
    }
}

fn shown(row: &Row, sheet: &Sheet, wrong: &Wrong) -> Shown {
    let value = sheet.get(row.name);
    let wrong = wrong.of(row.name);
    // Items are held back where nothing else is said.
    let counts = !row.ignored && !["", "held"].contains(&value);
    let only = if counts || !wrong.is_empty() {
        ""
    } else {
        row.only
    };
    let field = Field::text(row.name, row.label, value).hint(row.hint);
    let field = match row.input {
        "kind" => field.options(words::kinds()),
        "data" => field.options(words::data()),
        other => field.kind(other),
    };
    Shown {
        only,
        field: field.wrong(wrong),
    }
}

/// Whether somebody has to look at a field.
fn asks(row: &Row, sheet: &Sheet, wrong: &Wrong) -> bool {
    let is_public = row.name == "commitment" && sheet.get("data") == "public";
    let is_missing = row.needed && sheet.get(row.name).is_empty() && !is_public;
    is_missing || !wrong.of(row.name).is_empty()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_name_has_one_field() {
        let shown: BTreeSet<_> = names().collect();
        assert_eq!((shown.len(), names().count()), (41, 41));
    }

    #[test]
    fn what_is_of_another_kind_is_hidden_unless_it_counts() {
        let only = |pairs: &[(&'static str, &str)], name: &str| {
            let sheet = Sheet::default().with(pairs.iter().copied());
            let sections = sections(&sheet, &Wrong::default());
            let mut fields = sections.into_iter().flat_map(|section| section.fields);
            fields.find(|it| it.field.name == name).unwrap().only
        };
        assert_eq!(only(&[], "baseline_model"), PAIRED);
        assert_eq!(only(&[("baseline_model", "m")], "baseline_model"), "");
        assert_eq!(only(&[("samples", "5")], "samples"), TESTS);
        assert_eq!(only(&[("data", "held")], "data"), TESTS);
        assert_eq!(only(&[("data", "public")], "data"), "");
        assert_eq!(only(&[], "name"), "");
    }

    #[test]
    fn what_is_needed_or_wrong_is_unfolded() {
        let open = |pairs: &[(&'static str, &str)], wrong: &Wrong| {
            let sheet = Sheet::default().with(pairs.iter().copied());
            let sections = sections(&sheet, wrong).into_iter();
            let open = sections.filter(|section| section.open);
            open.map(|section| section.legend).collect::<Vec<_>>()
        };
        let none = Wrong::default();
        assert_eq!(open(&[], &none), ["Who", "The items"]);
        let people = [("sponsor", "E1"), ("arbiter", "E2"), ("panel", "E3")];
        let public = [people.as_slice(), &[("data", "public")]].concat();
        assert!(open(&public, &none).is_empty());
        let mut wrong = Wrong::default();
        wrong.add("opens", "no day");
        assert_eq!(open(&public, &wrong), ["When"]);
    }
}
