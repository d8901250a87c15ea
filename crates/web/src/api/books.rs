//! The records that an answer is made of: those of the last block that was read, or of the last
//! one of a day, folded from events by core.

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
use crate::past;
use crate::strings::api as words;
use crate::views::NamedGoal;
use crate::views::home::{Overview, RoundSummary, RoundTotals};

/// A block that an answer speaks of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) number: u64,
    hash: B256,
    time: u64,
}

/// Everything as of one block.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) block: Block,
    /// The day that was asked for.
    day: Option<String>,
    pub(super) overview: Arc<Overview>,
    past: Option<Arc<Ledger>>,
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
        let reorged = || Problem::new(Kind::Reorged, words::REORGED);
        let day = call.asked("as_of").map(str::to_owned);
        let (block, past) = match &day {
            None => {
                if let Some(cursor) = cursor
                    && !read.is_on_chain(cursor.block, cursor.hash).await?
                {
                    return Err(reorged());
                }
                let block = Block {
                    number: head.block,
                    hash: head.hash,
                    time: head.time,
                };
                (block, None)
            }
            Some(day) => {
                let block = block_of(call, read, day).await?;
                if cursor.is_some_and(|cursor| cursor.hash != block.hash) {
                    return Err(reorged());
                }
                (block, Some(folded(call, read, &block).await?))
            }
        };
        let overview = match &past {
            None => load::overview(read, &call.state).await?,
            Some(ledger) => Arc::new(overview(read, ledger).await?),
        };
        Ok(Self {
            block,
            day,
            overview,
            past,
            list,
            after: cursor.map(|cursor| cursor.after),
        })
    }

    /// Money's clock.
    pub(super) fn now(&self) -> u64 {
        self.block.time
    }

    /// Whether they are of a day that is over.
    pub(super) fn are_past(&self) -> bool {
        self.past.is_some()
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

    /// An opened grant.
    pub(super) async fn grant(
        &self,
        read: &mut Read,
        id: B256,
    ) -> Result<Option<GrantRecord>, Problem> {
        Ok(match &self.past {
            Some(ledger) => ledger.grants.get(&id).copied(),
            None => read.grant(id).await?,
        })
    }

    /// Opened grants in order of their ids.
    pub(super) async fn grants(
        &self,
        read: &mut Read,
        page: &Page,
    ) -> Result<Vec<GrantRecord>, Problem> {
        let Some(ledger) = &self.past else {
            return Ok(read.grants(page).await?);
        };
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let after = page.after.unwrap_or_default();
        let later = ledger.grants.range(after..).map(|(_, grant)| *grant);
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

async fn block_of(call: &Call, read: &mut Read, day: &str) -> Result<Block, Problem> {
    let unknown = || Problem::new(Kind::DayNotOver, words::DAY_NOT_OVER);
    let date: Date = day.parse().map_err(|_| unknown())?;
    let block = past::block_of(read, &call.state, date).await?;
    match block.is_closed {
        true => Ok(Block {
            number: block.number,
            hash: block.hash,
            time: block.time,
        }),
        false => Err(unknown()),
    }
}

/// The ledger of a block; that of the last one asked for is kept.
async fn folded(call: &Call, read: &mut Read, block: &Block) -> Result<Arc<Ledger>, Problem> {
    if let Some(known) = call.state.api().folded(block.hash) {
        return Ok(known);
    }
    let ledger = Arc::new(past::ledger(read, &call.state, block.number).await?);
    call.state.api().keep_folded(block.hash, &ledger);
    Ok(ledger)
}

/// The money, the goals and the rounds of a ledger, with the names that imports gave them.
async fn overview(read: &mut Read, ledger: &Ledger) -> Result<Overview, Problem> {
    let definitions = read.goal_definitions().await?;
    let goals = ledger.goals.values().map(|record| {
        let known = definitions.iter().find(|goal| goal.id == record.id);
        NamedGoal {
            record: record.clone(),
            name: known.map(|goal| goal.name.clone()),
        }
    });
    let mut overview = Overview {
        pool: ledger.pool,
        goals: goals.collect(),
        ..Overview::default()
    };
    for record in ledger.rounds.values() {
        let mut totals = RoundTotals::default();
        let opened = ledger.grants.values();
        for grant in opened.filter(|grant| grant.root == record.root) {
            totals.add(grant);
        }
        overview.rounds.push(RoundSummary {
            record: *record,
            imported: read.imported_round(record.root).await?,
            totals,
        });
    }
    Ok(overview)
}
