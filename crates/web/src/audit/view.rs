//! What every page of an auditor begins with: its places, its day and its block.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::ledger::PoolRecord;
use guerdon_formats::audit::{RoundLine, Row};

use super::pin::At;
use crate::dates;
use crate::error::PageError;
use crate::html::{Hex, Markup, Money};
use crate::numbers::{Token, grouped};
use crate::past::Block;
use crate::state::AppState;
use crate::strings::audit as words;
use crate::views::{Figure, markup};

/// The head of a page: where one is, and as of which block.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) places: Vec<PlaceLink>,
    pub(super) date: String,
    pub(super) block: String,
    pub(super) hash: Hex,
    pub(super) time: String,
    pub(super) standing: &'static str,
    /// Path of the form that chooses another day.
    pub(super) action: &'static str,
    /// The query that names this day and its block.
    pub(super) query: String,
}

/// A page of the auditor.
#[derive(Debug)]
pub(super) struct PlaceLink {
    pub(super) href: String,
    pub(super) name: &'static str,
    pub(super) current: bool,
}

impl Head {
    pub(super) fn new(at: &At, action: &'static str) -> Self {
        let (date, block) = (at.date.to_string(), &at.block);
        let places = [
            (format!("/audit/at/{date}"), "Does it agree?", "/audit"),
            (
                format!("/audit/register?date={date}"),
                "Register",
                "/audit/register",
            ),
            (
                format!("/audit/contracts?date={date}"),
                "Contracts",
                "/audit/contracts",
            ),
            (
                format!("/audit/bundle?date={date}"),
                "Bundle",
                "/audit/bundle",
            ),
        ];
        Self {
            places: places
                .into_iter()
                .map(|(href, name, of)| PlaceLink {
                    href,
                    name,
                    current: of == action,
                })
                .collect(),
            block: grouped(block.number),
            hash: Hex::hash(&block.hash),
            time: dates::exact(block.time),
            standing: standing(block),
            action,
            query: format!("?date={date}&block={}", block.hash),
            date,
        }
    }
}

/// What imports called the rounds, by their roots.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<B256, String>);

impl Names {
    pub(super) async fn read(state: &AppState) -> Result<Self, PageError> {
        let rounds = state.store.read().await?.imported_rounds().await?;
        let named = rounds.into_iter().map(|round| (round.root, round.label));
        Ok(Self(named.filter(|(_, label)| !label.is_empty()).collect()))
    }

    /// The name of a round; nothing for one that was not imported, and for all of them together.
    pub(super) fn of(&self, root: Option<&B256>) -> Option<String> {
        root.and_then(|root| self.0.get(root)).cloned()
    }

    /// The same by what a table says of a round: its root, or `all`.
    pub(super) fn of_text(&self, root: &str) -> String {
        let root: Option<B256> = root.parse().ok();
        self.of(root.as_ref()).unwrap_or_default()
    }
}

/// Whether the block stays what it is.
pub(super) fn standing(block: &Block) -> &'static str {
    match (block.is_closed, block.is_final) {
        (false, _) => words::OPEN_DAY,
        (true, false) => words::NOT_FINAL,
        (true, true) => words::FINAL,
    }
}

/// The key figures of the pool.
pub(super) fn figures(pool: &PoolRecord, vested: u128, token: &Token) -> Vec<Figure> {
    let figure = |label, amount, note: &str| Figure {
        label,
        value: markup(Money::key(amount, token)),
        note: note.to_owned(),
    };
    vec![
        figure("Promised", pool.promised, "to grants, paid or not"),
        figure("Vested", vested, "of opened grants"),
        figure("Claimed", pool.paid_net(), "reached holders"),
        figure("Free", pool.free(), "funded and not promised"),
    ]
}

/// A round of the table.
#[derive(Debug)]
pub(super) struct RoundRow {
    pub(super) root: Markup,
    pub(super) name: Option<String>,
    pub(super) opened: String,
    pub(super) granted: Money,
    pub(super) vested: Money,
    pub(super) claimed: Money,
    pub(super) withheld: Money,
    pub(super) promised: Money,
}

impl RoundRow {
    pub(super) fn new(line: &RoundLine, (names, token): (&Names, &Token)) -> Self {
        let money = |amount| Money::plain(amount, token);
        Self {
            name: names.of(Some(&line.root)),
            root: match line.root.is_zero() {
                true => Markup("All rounds".to_owned()),
                false => markup(Hex::linked(&line.root, "rounds")),
            },
            opened: grouped(line.opened),
            granted: money(line.granted),
            vested: money(line.vested),
            claimed: money(line.claimed),
            withheld: money(line.withheld),
            promised: money(line.promised),
        }
    }
}

/// A movement of the table.
#[derive(Debug)]
pub(super) struct MovementRow {
    pub(super) of: Markup,
    pub(super) name: Option<String>,
    pub(super) measure: &'static str,
    pub(super) opening: Money,
    pub(super) more: Money,
    pub(super) less: Money,
    pub(super) closing: Money,
    pub(super) closes: bool,
}

impl MovementRow {
    pub(super) fn new(row: &Row, (names, token): (&Names, &Token)) -> Self {
        let money = |amount| Money::plain(amount, token);
        Self {
            name: names.of(row.root.as_ref()),
            of: match &row.root {
                None => Markup("All rounds".to_owned()),
                Some(root) => markup(Hex::linked(root, "rounds")),
            },
            measure: row.measure.word(),
            opening: money(row.opening),
            more: money(row.more),
            less: money(row.less),
            closing: money(row.closing),
            closes: row.closes(),
        }
    }
}
