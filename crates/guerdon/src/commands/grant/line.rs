//! Where a grant comes from and what became of it: what it replaced, what replaced it, who is to
//! hold it.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::ledger::GrantRecord;
use guerdon_core::succession::Stage;
use serde_json::{Value, json};

use super::files::read_all;
use crate::context::Context;
use crate::error::Outcome;
use crate::session::History;
use crate::words::{Unit, time};

/// A grant among those before and after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    history: &'a History,
    id: B256,
    names: &'a BTreeMap<B256, String>,
}

/// Names of the grants known here, by id.
pub(crate) fn names_of(context: &Context) -> Outcome<BTreeMap<B256, String>> {
    let grants = read_all(context)?.into_iter();
    Ok(grants.map(|(_, grant)| (grant.id, grant.name)).collect())
}

impl<'a> Line<'a> {
    pub(crate) fn of(history: &'a History, id: B256, names: &'a BTreeMap<B256, String>) -> Self {
        Self { history, id, names }
    }

    fn record(&self) -> Option<&'a GrantRecord> {
        self.history.ledger.grants.get(&self.id)
    }

    /// Ids of what took its place, in their order.
    pub(crate) fn successors(&self) -> impl Iterator<Item = B256> {
        let mut found: Vec<_> = self.history.successors(self.id).collect();
        found.sort_by_key(|record| record.descent.map(|descent| descent.place));
        found.into_iter().map(|record| record.id)
    }

    pub(crate) fn replaced_by(&self) -> Vec<String> {
        self.successors().map(|id| self.named(id)).collect()
    }

    pub(crate) fn replaces(&self) -> Vec<String> {
        let descent = self.record().and_then(|record| record.descent);
        descent.into_iter().map(|it| self.named(it.old)).collect()
    }

    /// What it replaced, for programs.
    pub(crate) fn origin(&self) -> Value {
        let descent = self.record().and_then(|record| record.descent);
        descent.map_or(
            Value::Null,
            |it| json!({"grant": it.old, "place": it.place}),
        )
    }

    /// What the grants before it had released, which it counts as its own.
    pub(crate) fn inherited(&self, unit: &Unit) -> Option<String> {
        let inherited = self.record()?.inherited;
        (inherited > 0).then(|| format!("{}, of the grant it replaced", unit.show(inherited)))
    }

    fn named(&self, id: B256) -> String {
        match self.names.get(&id) {
            Some(name) => format!("{name} ({id})"),
            None => id.to_string(),
        }
    }

    /// Where its recovery stands, in words; nothing if there is none.
    pub(crate) fn recovery(&self, now: u64) -> Option<String> {
        match self.record()?.recovery.stage(now) {
            Stage::None => None,
            Stage::Quiet { until } => Some(format!(
                "cancelled by the holder; none can be announced before {}",
                time(until)
            )),
            Stage::Announced { to, from, until } => Some(format!(
                "to {to}, from {} until {}, unless the holder vetoes",
                time(from),
                time(until)
            )),
            Stage::Open { to, until } => Some(format!(
                "to {to}, possible now until {}, unless the holder vetoes",
                time(until)
            )),
            Stage::Lapsed { to, until } => Some(format!(
                "to {to} lapsed at {}: anyone may clear it",
                time(until)
            )),
        }
    }

    /// The same for programs.
    pub(crate) fn stage(&self, now: u64) -> Value {
        let stage = self.record().map(|record| record.recovery.stage(now));
        match stage {
            None | Some(Stage::None) => Value::Null,
            Some(Stage::Quiet { until }) => json!({"stage": "cancelled", "quiet_until": until}),
            Some(Stage::Announced { to, from, until }) => {
                json!({"stage": "announced", "to": to, "from": from, "until": until})
            }
            Some(Stage::Open { to, until }) => json!({"stage": "open", "to": to, "until": until}),
            Some(Stage::Lapsed { to, until }) => {
                json!({"stage": "lapsed", "to": to, "until": until})
            }
        }
    }
}
