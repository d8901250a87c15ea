//! The records that an answer is made of: those of the last block that was read, or of the last
//! one of a day, folded from events by core.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_store::{Page, Read};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::call::Call;
use super::cursor::Cursor;
use super::problem::{Kind, Problem};
use crate::dates;
use crate::load;
use crate::outline::Outline;
use crate::past::{self, Past};
use crate::state::AppState;
use crate::strings::api as words;
use crate::views::home::{Overview, RoundSummary, RoundTotals};

/// A block that an answer speaks of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) number: u64,
    hash: B256,
    time: u64,
}

/// The end of a day that is over.
#[derive(Clone, Debug)]
pub(super) struct Day {
    date: String,
    block: Block,
    past: Arc<Past>,
}

impl Day {
    /// Finds the block of a day and what stood there, if a day is asked for. The node is asked, and
    /// no connection to the database is held meanwhile.
    pub(super) async fn asked(
        state: &AppState,
        date: Option<&str>,
    ) -> Result<Option<Self>, Problem> {
        let Some(text) = date else {
            return Ok(None);
        };
        let unknown = || Problem::new(Kind::DayNotOver, words::DAY_NOT_OVER);
        let date: Date = text.parse().map_err(|_| unknown())?;
        let block = past::block_of(state, date).await?;
        if !block.is_closed {
            return Err(unknown());
        }
        let past = past::up_to(state, &block).await?;
        Ok(Some(Self {
            date: text.to_owned(),
            block: Block {
                number: block.number,
                hash: block.hash,
                time: block.time,
            },
            past,
        }))
    }
}

/// Everything as of one block.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) block: Block,
    /// The day that was asked for.
    day: Option<String>,
    past: Option<Arc<Past>>,
    /// The mark of the list that was asked for.
    list: [u8; 4],
    /// The last key of the page before.
    pub(super) after: Option<B256>,
}

impl Books {
    /// Opens them for a request, and makes sure that its cursor is of the same chain and list.
    pub(super) async fn open(call: &Call, read: &mut Read) -> Result<Self, Problem> {
        let head = read.checkpoint().await?;
        let head = head.ok_or_else(|| Problem::new(Kind::NotReady, words::NOT_READY))?;
        let list = Cursor::mark(&list_of(call));
        let cursor = call.asked("cursor").and_then(Cursor::read);
        if cursor.is_some_and(|cursor| cursor.list != list) {
            return Err(Problem::new(Kind::OtherList, words::OTHER_LIST));
        }
        let block = match &call.day {
            Some(day) => day.block,
            None => Block {
                number: head.block,
                hash: head.hash,
                time: head.time,
            },
        };
        if let Some(cursor) = cursor {
            let holds = match &call.day {
                Some(day) => cursor.hash == day.block.hash,
                None => read.is_on_chain(cursor.block, cursor.hash).await?,
            };
            if !holds {
                return Err(Problem::new(Kind::Reorged, words::REORGED));
            }
        }
        let past = call.day.as_ref().map(|day| Arc::clone(&day.past));
        Ok(Self {
            block,
            day: call.day.as_ref().map(|day| day.date.clone()),
            past,
            list,
            after: cursor.map(|cursor| cursor.after),
        })
    }

    /// Money's clock.
    pub(super) fn now(&self) -> u64 {
        self.block.time
    }

    /// As of which block an answer speaks.
    pub(super) fn as_of(&self, call: &Call) -> Value {
        json!({
            "chain_id": call.state.deployment.chain_id,
            "block": self.block.number,
            "hash": self.block.hash,
            "time": dates::machine(self.block.time),
            "day": self.day,
        })
    }

    /// What every grant adds up to. Only the money and the rounds need it.
    pub(super) async fn overview(
        &self,
        call: &Call,
        read: &mut Read,
    ) -> Result<Arc<Overview>, Problem> {
        Ok(match &self.past {
            None => load::overview(read, &call.state).await?,
            Some(past) => Arc::new(overview(read, &past.ledger).await?),
        })
    }

    /// The rounds and goals alone.
    pub(super) async fn outline(&self, read: &mut Read) -> Result<Outline, Problem> {
        Ok(match &self.past {
            None => Outline::read(read).await?,
            Some(past) => Outline::of(read, &past.ledger).await?,
        })
    }

    /// An opened grant.
    pub(super) async fn grant(
        &self,
        read: &mut Read,
        id: B256,
    ) -> Result<Option<GrantRecord>, Problem> {
        Ok(match &self.past {
            Some(past) => past.ledger.grants.get(&id).copied(),
            None => read.grant(id).await?,
        })
    }

    /// Opened grants in order of their ids.
    pub(super) async fn grants(
        &self,
        read: &mut Read,
        page: &Page,
    ) -> Result<Vec<GrantRecord>, Problem> {
        let Some(past) = &self.past else {
            return Ok(read.grants(page).await?);
        };
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let after = page.after.unwrap_or_default();
        let later = past.ledger.grants.range(after..).map(|(_, grant)| *grant);
        let later = later.filter(|grant| page.after != Some(grant.id));
        Ok(later.take(limit).collect())
    }

    /// A page of a list: at most the rows that were asked for, and where it goes on. `rows` may
    /// hold one more; each comes with its key.
    pub(super) fn page(&self, call: &Call, mut rows: Vec<(B256, Value)>) -> Value {
        let more = rows.len() > call.limit();
        rows.truncate(call.limit());
        let last = rows.last().map(|(key, _)| *key).filter(|_| more);
        self.page_to(call, rows, last)
    }

    /// The same, where the list goes on after a key.
    pub(super) fn page_to(
        &self,
        call: &Call,
        rows: Vec<(B256, Value)>,
        last: Option<B256>,
    ) -> Value {
        let next = last.map(|after| {
            let cursor = Cursor {
                block: self.block.number,
                hash: self.block.hash,
                list: self.list,
                after,
            };
            cursor.write()
        });
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        json!({
            "as_of": self.as_of(call),
            "data": rows,
            "has_more": next.is_some(),
            "next_cursor": next,
        })
    }

    /// Cuts what comes after the page before from a list in order of its keys.
    pub(super) fn rest(&self, rows: Vec<(B256, Value)>) -> Vec<(B256, Value)> {
        let after = self.after;
        let later = |(key, _): &(B256, Value)| after.is_none_or(|after| *key > after);
        rows.into_iter().filter(later).collect()
    }
}

/// Which list a request is about: its address without the place in it.
fn list_of(call: &Call) -> String {
    let mut text = call.endpoint.id.to_owned();
    let asked = call.path.iter().chain(&call.query);
    for (name, value) in asked.filter(|(name, _)| !["cursor", "limit"].contains(&name.as_str())) {
        text.push_str(&format!("&{name}={value}"));
    }
    text
}

/// The money, the goals and the rounds of a ledger, with the names that imports gave them.
async fn overview(read: &mut Read, ledger: &Ledger) -> Result<Overview, Problem> {
    let Outline { goals, rounds } = Outline::of(read, ledger).await?;
    let mut totals: BTreeMap<B256, RoundTotals> = BTreeMap::new();
    for grant in ledger.grants.values() {
        totals.entry(grant.root).or_default().add(grant);
    }
    let rounds = rounds.into_iter().map(|(root, round)| RoundSummary {
        record: round.record,
        imported: round.imported,
        totals: totals.remove(&root).unwrap_or_default(),
    });
    Ok(Overview {
        pool: ledger.pool,
        goals,
        rounds: rounds.collect(),
        ..Overview::default()
    })
}
