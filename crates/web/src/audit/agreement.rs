//! Whether everything agrees at the end of a day: what was compared, the totals, what moved; and the
//! same as data, with the figures of core, store and chain side by side.

use axum::Json;
use axum::response::IntoResponse;
use guerdon_formats::audit::{Movements, RoundLine, movements_table, pool_table, rounds_table};
use guerdon_formats::table::Table;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::check::{self, Check, Keep};
use super::pin::{Asked, Span};
use super::register::pinned;
use super::reports::pin_table;
use super::view::Names;
use crate::data::refused;
use crate::error::PageError;
use crate::numbers::{Token, grouped};
use crate::pages::{Answer, Form};
use crate::state::AppState;
use crate::strings::audit as words;
use crate::table::{self, AsCell, Rows};

/// The other sides, in the order of the checks.
const AGAINST: [&str; 2] = ["database", "contracts"];
const MOVED: [&str; 4] = ["opening_raw", "more_raw", "less_raw", "closing_raw"];

/// What is said of a day.
pub(super) struct Agreement {
    pub(super) span: Span,
    /// All of them together last.
    pub(super) rounds: Vec<RoundLine>,
    pub(super) movements: Movements,
    pub(super) checks: [Check; 2],
    pub(super) names: Names,
}

/// A figure as two sides tell it, or why they were not compared.
struct Compared<'a> {
    against: &'static str,
    block: Option<u64>,
    subject: &'a str,
    figure: &'static str,
    by_events: &'a str,
    found: &'a str,
    agrees: &'static str,
    why: &'a str,
}

impl Agreement {
    pub(super) async fn read(
        state: &AppState,
        (date, asked): (Date, &Asked),
        keep: Keep,
    ) -> Result<Self, PageError> {
        let span = Span::read(state, (before_month(date), date), asked.block).await?;
        let at = &span.closing;
        let stands = at.standing();
        let rounds = stands.rounds().map_err(refused("round", at.block.hash))?;
        let movements = Movements::between(&span.before(), &span.flows, &stands);
        let movements = movements.map_err(refused("round", at.block.hash))?;
        let checks = [
            check::against_store(state, keep).await?,
            check::against_chain(state, (&at.past, at.block.number), keep).await?,
        ];
        let names = Names::read(state).await?;
        Ok(Self {
            span,
            rounds,
            movements,
            checks,
            names,
        })
    }

    /// How many figures were compared.
    fn compared(&self) -> u64 {
        let compared: u64 = self.checks.iter().map(|check| check.compared).sum();
        compared.saturating_add(self.movements.rows.len() as u64)
    }

    /// How many of them do not agree.
    fn differences(&self) -> usize {
        let rows = self.movements.rows.iter();
        let open = rows.filter(|row| !row.closes()).count();
        let checks = self.checks.iter();
        let differences: usize = checks.map(|check| check.differences.len()).sum();
        differences.saturating_add(open)
    }

    pub(super) fn verdict(&self) -> String {
        words::verdict(&grouped(self.compared()), self.differences())
    }

    /// As data. The CSV is one table of everything; the workbook has a sheet for each part.
    pub(super) async fn answer(self, token: &Token, form: Form) -> Answer {
        match form {
            Form::Json => Ok(Json(self.json(token)).into_response()),
            Form::Html | Form::Csv => table::answer(Form::Csv, self.whole(token)).await,
            Form::Xlsx => {
                let mut sheets = vec![("Blocks", pin_table(&self.span))];
                sheets.extend(self.parts(token));
                table::book(sheets).await
            }
        }
    }

    fn json(&self, token: &Token) -> Value {
        let mut body = json!({
            "as_of": pinned(&self.span.closing),
            "verdict": self.verdict(),
            "compared": self.compared(),
            "differences": self.differences(),
            "opening": pin_table(&self.span).table().to_json(),
        });
        for (name, rows) in self.parts(token) {
            body[name.to_lowercase()] = rows.table().to_json();
        }
        body
    }

    fn parts(&self, token: &Token) -> Vec<(&'static str, Rows)> {
        let unit = (token.symbol.as_str(), token.decimals);
        let pool = &self.span.closing.past.ledger.pool;
        let parts = [
            ("Checks", self.checks_table()),
            ("Figures", self.figures_table()),
            ("Pool", pool_table(pool, unit)),
            ("Rounds", rounds_table(&self.rounds, unit)),
            ("Movements", movements_table(&self.movements, unit)),
        ];
        let parts = parts.into_iter();
        parts
            .map(|(name, table)| {
                let names = |root: &str| self.names.of_text(root);
                (
                    name,
                    self.pinned(table.beside(("round", "round_name"), names), token),
                )
            })
            .collect()
    }

    /// With the token of the amounts and the block of the day in each row.
    fn pinned(&self, table: Table, token: &Token) -> Rows {
        let block = &self.span.closing.block;
        let table = table.with_unit((&token.symbol, token.decimals));
        Rows::of(table.pinned((block.number, &block.hash.to_string())))
    }

    /// What was compared with what, and how much of it.
    fn checks_table(&self) -> Table {
        let mut table = Table::new(&[
            "against",
            "at_block",
            "what",
            "compared",
            "differences",
            "left_out",
        ]);
        for (against, check) in AGAINST.iter().zip(&self.checks) {
            let left_out = check.left_out.as_deref().unwrap_or_default();
            let differences = check.differences.len() as u64;
            put(
                &mut table,
                &[
                    against,
                    &check.block,
                    &check.what,
                    &check.compared,
                    &differences,
                    &left_out,
                ],
            );
        }
        table
    }

    /// Every figure that was compared.
    fn figures_table(&self) -> Table {
        let mut table = Table::new(&[
            "against",
            "at_block",
            "subject",
            "figure",
            "by_events",
            "found",
            "agrees",
            "why",
        ]);
        for it in self.each() {
            put(
                &mut table,
                &[
                    &it.against,
                    &it.block,
                    &it.subject,
                    &it.figure,
                    &it.by_events,
                    &it.found,
                    &it.agrees,
                    &it.why,
                ],
            );
        }
        table
    }

    /// The figures in which the sides differ first.
    fn each(&self) -> Vec<Compared<'_>> {
        let mut rows = Vec::new();
        for (against, check) in AGAINST.into_iter().zip(&self.checks) {
            let row = |subject, figure| Compared {
                against,
                block: check.block,
                subject,
                figure,
                by_events: "",
                found: "",
                agrees: "not compared",
                why: "",
            };
            let left_out = check.left_out.as_deref().into_iter();
            rows.extend(left_out.map(|why| Compared { why, ..row("", "") }));
            rows.extend(check.differences.iter().map(|it| Compared {
                by_events: &it.folded,
                found: &it.found,
                agrees: "no",
                why: &it.cause,
                ..row(it.subject.as_str(), it.field)
            }));
            rows.extend(check.same.iter().map(|it| Compared {
                by_events: &it.said,
                found: &it.said,
                agrees: "yes",
                ..row(it.subject.as_str(), it.field)
            }));
        }
        rows
    }

    /// Totals by pool and round: subject, figure, and how much.
    fn totals(&self) -> Vec<(String, &'static str, u128)> {
        let pool = &self.span.closing.past.ledger.pool;
        let mut totals: Vec<_> = [
            ("promised", pool.promised),
            ("vested", self.rounds.last().map_or(0, |all| all.vested)),
            ("claimed", pool.paid_net()),
            ("free", pool.free()),
        ]
        .into_iter()
        .map(|(figure, amount)| ("pool".to_owned(), figure, amount))
        .collect();
        for line in &self.rounds {
            let subject = match line.root.is_zero() {
                true => "all".to_owned(),
                false => line.root.to_string(),
            };
            let figures = [
                ("opened", line.opened.into()),
                ("granted", line.granted),
                ("vested", line.vested),
                ("claimed", line.claimed),
                ("withheld", line.withheld),
                ("promised", line.promised),
                ("terms_unknown", line.unknown.into()),
            ];
            let figures = figures.into_iter();
            totals.extend(figures.map(|(figure, amount)| (subject.clone(), figure, amount)));
        }
        totals
    }

    /// Everything in one table: totals, what was compared, movements.
    fn whole(&self, token: &Token) -> Rows {
        let [opening, more, less, closing] = MOVED;
        let mut table = Table::new(&[
            "part",
            "subject",
            "figure",
            "at_block",
            "by_events",
            "found",
            opening,
            more,
            less,
            closing,
            "agrees",
            "why",
        ])
        .amounts((&token.symbol, token.decimals), &MOVED);
        let block = self.span.closing.block.number;
        let no: &dyn AsCell = &"";
        for (subject, figure, amount) in self.totals() {
            let start: [&dyn AsCell; 5] = [&"total", &subject, &figure, &block, &amount];
            put(&mut table, &[&start[..], &[no; 7][..]].concat());
        }
        for it in self.each() {
            let start: [&dyn AsCell; 6] = [
                &it.against,
                &it.subject,
                &it.figure,
                &it.block,
                &it.by_events,
                &it.found,
            ];
            let end: [&dyn AsCell; 2] = [&it.agrees, &it.why];
            put(&mut table, &[&start[..], &[no; 4][..], &end[..]].concat());
        }
        self.moved(&mut table);
        let names = |root: &str| self.names.of_text(root);
        self.pinned(table.beside(("subject", "round_name"), names), token)
    }

    /// The movements, below everything else.
    fn moved(&self, table: &mut Table) {
        let block = self.span.closing.block.number;
        let no: &dyn AsCell = &"";
        for row in &self.movements.rows {
            let subject = row
                .root
                .map_or_else(|| "all".to_owned(), |root| root.to_string());
            let closes = if row.closes() { "yes" } else { "no" };
            put(
                table,
                &[
                    &"movement",
                    &subject,
                    &row.measure.word(),
                    &block,
                    no,
                    no,
                    &row.opening,
                    &row.more,
                    &row.less,
                    &row.closing,
                    &closes,
                    no,
                ],
            );
        }
    }
}

fn put(table: &mut Table, cells: &[&dyn AsCell]) {
    table.row(cells.iter().map(|cell| cell.cell()).collect());
}

/// The last day of the month before.
fn before_month(date: Date) -> Date {
    let first = date.first_of_month();
    first.yesterday().unwrap_or(first)
}
