use std::collections::BTreeMap;
use std::io::BufRead;

use alloy_primitives::{B256, hex};
use guerdon_core::ledger::{AttemptRecord, GoalRecord, Ledger, PoolRecord};
use guerdon_core::terms::Terms;
use serde_json::json;

use super::lines::lines;
use super::movements::Movements;
use super::register::{Line, RoundLine};
use crate::json::{Fields, FileError, canonical};
use crate::table::{Cell, Table};

/// A token's symbol and decimal places.
type Token<'a> = (&'a str, u8);

/// The register: one row a grant.
#[must_use]
pub fn register_table(lines: &[Line], token: Token<'_>) -> Table {
    let amounts = [
        "granted_raw",
        "vested_raw",
        "claimed_raw",
        "withheld_raw",
        "held_raw",
        "freed_raw",
    ];
    let mut table = Table::new(&[
        "id", "round", "leaf", "replaces", "state", amounts[0], amounts[1], amounts[2], amounts[3],
        amounts[4], amounts[5], "payments",
    ])
    .amounts(token, &amounts);
    for line in lines {
        table.row(vec![
            text(&line.id),
            text(&line.root),
            line.leaf.map_or_else(nothing, |leaf| number(leaf.into())),
            line.replaces.map_or_else(nothing, |old| text(&old)),
            text(&line.state),
            number(line.granted),
            line.vested.map_or_else(nothing, number),
            number(line.claimed),
            number(line.withheld),
            number(line.held),
            signed(line.freed),
            number(line.payments.into()),
        ]);
    }
    table
}

/// Rounds, and last all of them together.
#[must_use]
pub fn rounds_table(lines: &[RoundLine], token: Token<'_>) -> Table {
    let amounts = [
        "committed_raw",
        "granted_raw",
        "unopened_raw",
        "vested_raw",
        "claimed_raw",
        "withheld_raw",
        "promised_raw",
        "freed_raw",
    ];
    let mut table = Table::new(&[
        "round",
        "document",
        "opened",
        amounts[0],
        amounts[1],
        amounts[2],
        amounts[3],
        amounts[4],
        amounts[5],
        amounts[6],
        amounts[7],
        "terms_unknown",
    ])
    .amounts(token, &amounts);
    for line in lines {
        let is_all = line.root.is_zero();
        table.row(vec![
            if is_all {
                text(&"all")
            } else {
                text(&line.root)
            },
            if is_all {
                nothing()
            } else {
                text(&line.document)
            },
            number(line.opened.into()),
            number(line.total),
            number(line.granted),
            number(line.unopened),
            number(line.vested),
            number(line.claimed),
            number(line.withheld),
            number(line.promised),
            signed(line.freed()),
            number(line.unknown.into()),
        ]);
    }
    table
}

/// The pool.
#[must_use]
pub fn pool_table(pool: &PoolRecord, token: Token<'_>) -> Table {
    let mut table = Table::new(&["figure", "amount_raw"]).amounts(token, &["amount_raw"]);
    for (name, amount) in [
        ("funded", pool.funded),
        ("promised", pool.promised),
        ("free", pool.free()),
        ("released", pool.released),
        ("withheld", pool.withheld),
        ("claimed", pool.paid_net()),
    ] {
        table.row(vec![text(&name), number(amount)]);
    }
    table
}

/// Movements: opening, what came, what went, closing.
#[must_use]
pub fn movements_table(movements: &Movements, token: Token<'_>) -> Table {
    let amounts = ["opening_raw", "more_raw", "less_raw", "closing_raw"];
    let mut table = Table::new(&[
        "round", "measure", amounts[0], amounts[1], amounts[2], amounts[3], "more_by", "less_by",
        "closes",
    ])
    .amounts(token, &amounts);
    for row in &movements.rows {
        let (more_by, less_by) = row.measure.causes();
        table.row(vec![
            row.root.map_or_else(|| text(&"all"), |root| text(&root)),
            text(&row.measure.word()),
            number(row.opening),
            number(row.more),
            number(row.less),
            number(row.closing),
            text(&more_by),
            text(&less_by),
            text(if row.closes() { &"yes" } else { &"no" }),
        ]);
    }
    table
}

/// Every attempt at every goal.
#[must_use]
pub fn attempts_table(ledger: &Ledger) -> Table {
    let mut table = Table::new(&[
        "goal",
        "attempt",
        "status",
        "model",
        "x",
        "y",
        "samples",
        "guards",
        "evidence",
        "lower_bound_ppb",
        "fraction_ppb",
    ]);
    for goal in ledger.goals.values() {
        for attempt in &goal.attempts {
            table.row(attempt_row(goal, attempt));
        }
    }
    table
}

fn attempt_row(goal: &GoalRecord, attempt: &AttemptRecord) -> Vec<Cell> {
    let lower = attempt.lower.map(i128::from);
    vec![
        text(&goal.id),
        number(attempt.number.into()),
        text(&format!("{:?}", attempt.word.status).to_lowercase()),
        text(&attempt.model),
        number(attempt.x),
        number(attempt.y),
        number(attempt.samples.into()),
        number(attempt.guards.into()),
        text(&attempt.evidence),
        lower.map_or_else(nothing, Cell::Signed),
        number(attempt.word.fraction.into()),
    ]
}

/// Terms of opened grants as NDJSON, by id.
#[must_use]
pub fn terms_lines(terms: &BTreeMap<B256, Terms>) -> Vec<u8> {
    let mut lines = Vec::new();
    for (id, terms) in terms {
        let Ok(bytes) = terms.encode() else { continue };
        lines.extend(canonical(
            &json!({"id": id.to_string(), "terms": hex::encode_prefixed(bytes)}),
        ));
    }
    lines
}

/// Reads what [`terms_lines`] wrote.
///
/// # Errors
/// The first line, from 1, that holds no terms.
pub fn read_terms(text: impl BufRead) -> Result<BTreeMap<B256, Terms>, (usize, FileError)> {
    let read = |line: &[u8]| {
        let mut fields = Fields::of_file(line)?;
        let id = fields.hash("id")?;
        let terms = Terms::decode(&fields.bytes("terms")?);
        let terms = terms.map_err(|error| FileError::wrong("terms", error.to_string()))?;
        fields.finish()?;
        Ok((id, terms))
    };
    lines(text)
        .map(|line| line.and_then(|(place, line)| read(&line).map_err(|error| (place, error))))
        .collect()
}

fn text(value: &dyn ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn number(value: u128) -> Cell {
    Cell::Number(value)
}

/// A sum that is below 0 only where replacements took more than was given back.
fn signed(value: i128) -> Cell {
    match u128::try_from(value) {
        Ok(amount) => Cell::Number(amount),
        Err(_) => Cell::Signed(value),
    }
}

fn nothing() -> Cell {
    Cell::Text(String::new())
}
