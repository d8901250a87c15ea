//! What a row may say and probably does not mean.

use super::cells::Cells;
use crate::percent::Percent;
use crate::schedule::{Template, Words};

/// Columns that a template says too.
const OF_TEMPLATES: [&str; 6] = [
    "cliff_months",
    "duration_months",
    "interval_months",
    "cliff_percent",
    "vest_day",
    "gates",
];

pub(super) fn of_words(cells: &mut Cells<'_>, words: &Words) {
    interval(cells, words);
    percent(cells, words);
    if cells.are_matched() {
        template(cells, words);
    }
}

/// The last date comes before the end when the interval does not divide the months.
fn interval(cells: &mut Cells<'_>, words: &Words) {
    let (cliff, duration, every) = (
        words.cliff_months,
        words.duration_months,
        words.interval_months,
    );
    let months = duration.saturating_sub(cliff);
    let dated = matches!(words.template, Template::Calendar | Template::Even);
    let rest = months.checked_rem(every).unwrap_or(0);
    if !dated || rest == 0 || every > months {
        return;
    }
    let last = duration.saturating_sub(rest);
    let after = if cliff > 0 { " after the cliff" } else { "" };
    cells.doubt(
        "interval_months",
        format!(
            "{every} does not divide the {months} months{after}: the last date comes after {last} \
             months, not {duration}, and all has vested then"
        ),
    );
}

/// A workbook's 25 % is the number 0.25.
fn percent(cells: &mut Cells<'_>, words: &Words) {
    let one = Percent::of_ppb(10_000_000);
    if let Some(share) = words.cliff_percent
        && share > Percent::ZERO
        && share < one
    {
        cells.doubt(
            "cliff_percent",
            format!(
                "{share} is less than one per cent: if the sheet shows a percentage, write the \
                 number alone, such as 25"
            ),
        );
    }
}

/// A name that nothing stands behind, or a row that says otherwise than its template.
fn template(cells: &mut Cells<'_>, words: &Words) {
    let name = cells.own("template");
    let Some(named) = cells.named() else {
        if !name.is_empty() && words.template == Template::Calendar {
            cells.doubt(
                "template",
                format!(
                    "the template `{name}` is not defined here, so it is a label and the row's own \
                     columns decide: define it, or correct its name"
                ),
            );
        }
        return;
    };
    for column in OF_TEMPLATES {
        let (own, said) = (cells.own(column), named.cell(column));
        if !own.is_empty() && !said.is_empty() && own != said {
            cells.doubt(
                column,
                format!(
                    "the row says {own} and its template `{name}` says {said}: the row's own cell \
                     decides"
                ),
            );
        }
    }
}
