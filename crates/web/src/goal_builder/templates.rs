//! Where to start from: a form that is filled in for one of the usual goals.

use jiff::Span;
use jiff::tz::TimeZone;

use super::sheet::Sheet;
use crate::dates;
use crate::strings::goal_builder as words;

/// One to start from.
struct Template {
    /// In the address.
    name: &'static str,
    kind: &'static str,
    /// What it fills in.
    pairs: &'static [(&'static str, &'static str)],
}

const TEMPLATES: [Template; 4] = [
    Template {
        name: "benchmark",
        kind: "PROPORTION",
        pairs: &[
            ("threshold", "80"),
            ("stretch", "90"),
            ("samples", "500"),
            ("attempts", "2"),
            ("harness", "lm_eval"),
            ("metric", "exact_match"),
            ("better", "5"),
        ],
    },
    Template {
        name: "baseline",
        kind: "PAIRED",
        pairs: &[
            ("threshold", "0"),
            ("stretch", "5"),
            ("samples", "1000"),
            ("attempts", "2"),
            ("metric", "exact_match"),
            ("better", "5"),
            ("differ", "20"),
        ],
    },
    Template {
        name: "mean",
        kind: "MEASURE",
        pairs: &[
            ("threshold", "70"),
            ("stretch", "80"),
            ("samples", "1000"),
            ("attempts", "2"),
            ("metric", "mean score"),
            ("better", "10"),
        ],
    },
    Template {
        name: "milestone",
        kind: "COUNT",
        pairs: &[
            ("threshold", "1"),
            ("stretch", "1"),
            ("base", "100"),
            ("attempts", "1"),
            ("metric", "done or not"),
        ],
    },
];

/// What every goal starts with.
const USUAL: [(&str, &str); 7] = [
    ("base", "50"),
    ("default", "0"),
    ("max_voids", "1"),
    ("data", "held"),
    ("run_days", "14"),
    ("challenge_days", "7"),
    ("arbiter_days", "30"),
];

/// Links to the templates, with what each is for.
pub(super) fn links() -> Vec<(String, &'static str, &'static str)> {
    let link = |it: &Template| {
        let (title, what) = words::template(it.kind);
        (
            format!("/company/goals/new?template={}", it.name),
            title,
            what,
        )
    };
    TEMPLATES.iter().map(link).collect()
}

/// The form of a template; of the first where none is named. The window is a year from `now`.
pub(super) fn sheet(name: &str, now: u64) -> Sheet {
    let named = TEMPLATES.iter().find(|known| known.name == name);
    let named = named.or(TEMPLATES.first());
    let (kind, pairs) = named.map_or(("", [].as_slice()), |it| (it.kind, it.pairs));
    let today = dates::zoned(now, &TimeZone::UTC).date();
    let in_a_year = today.saturating_add(Span::new().years(1));
    let (opens, closes) = (today.to_string(), in_a_year.to_string());
    let window = [
        ("kind", kind),
        ("opens", opens.as_str()),
        ("closes", closes.as_str()),
    ];
    Sheet::default()
        .with(USUAL)
        .with(window)
        .with(pairs.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_fills_the_form_and_an_unknown_one_is_the_first() {
        let milestone = sheet("milestone", 1_795_300_000);
        assert_eq!(
            (milestone.get("kind"), milestone.get("base")),
            ("COUNT", "100")
        );
        assert_eq!(milestone.get("opens"), "2026-11-21");
        assert_eq!(milestone.get("closes"), "2027-11-21");
        assert_eq!(sheet("", 0).get("kind"), "PROPORTION");
        assert_eq!(links().len(), TEMPLATES.len());
    }
}
