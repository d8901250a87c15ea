//! `round list`: what was imported here and what stands on chain.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Outcome;
use crate::output::Listing;
use crate::session::Session;
use crate::words::{Unit, time};

pub(crate) async fn run(context: &Context) -> Outcome {
    let files = super::read_all(context)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let history = session.history().await?;
            let mut rows: BTreeMap<B256, Row> = BTreeMap::new();
            for (_, file) in &files {
                let row = rows.entry(file.header.root.hash).or_default();
                row.imported = true;
                row.grants = Some(file.header.count);
                row.total = file.header.root.total;
            }
            for (root, round) in &history.ledger.rounds {
                let row = rows.entry(*root).or_default();
                row.total = round.total;
                row.committed_at = Some(round.committed_at);
                row.state = match () {
                    () if round.rescinded => "rescinded",
                    () if round.binding_at > history.head.time => "not binding yet",
                    () => "binding",
                };
                // A leaf counts once, whatever took its place.
                let opened = history
                    .ledger
                    .grants
                    .values()
                    .filter(|grant| grant.root == *root && grant.descent.is_none());
                row.opened = opened.count();
            }
            context
                .global
                .output
                .listing(&listing(&rows, &session.unit()))
        })
        .await
}

#[derive(Debug)]
struct Row {
    imported: bool,
    grants: Option<u64>,
    total: u128,
    committed_at: Option<u64>,
    state: &'static str,
    opened: usize,
}

impl Default for Row {
    fn default() -> Self {
        let state = "not committed";
        Self {
            imported: false,
            grants: None,
            total: 0,
            committed_at: None,
            state,
            opened: 0,
        }
    }
}

fn listing(rows: &BTreeMap<B256, Row>, unit: &Unit) -> Listing {
    let value = |(root, row): (&B256, &Row)| -> Value {
        json!({
            "root": root,
            "state": row.state,
            "grants": row.grants,
            "opened": row.opened,
            "total": row.total.to_string(),
            "committed_at": row.committed_at,
            "imported": row.imported,
        })
    };
    let cells = |(root, row): (&B256, &Row)| {
        vec![
            root.to_string(),
            row.state.to_owned(),
            row.grants
                .map_or_else(|| "not imported here".to_owned(), |count| count.to_string()),
            row.opened.to_string(),
            unit.show(row.total),
            row.committed_at.map_or_else(String::new, time),
        ]
    };
    Listing {
        columns: vec!["root", "state", "grants", "opened", "total", "committed"],
        rows: rows.iter().map(cells).collect(),
        items: rows.iter().map(value).collect(),
        empty: "no rounds yet: import a sheet with guerdon round import".to_owned(),
    }
}
