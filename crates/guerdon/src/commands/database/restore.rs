//! `restore`: puts a backup into an empty database, whole or not at all.

use std::collections::BTreeMap;

use guerdon_store::{Schema, Store, Table, Tx};
use serde_json::json;

use super::archive::{Header, Line, Mark, Reader};
use super::tally::Tally;
use super::{Filling, check, could_be_filled, must_be_blank, shown};
use crate::cli::RestoreArgs;
use crate::commands::store::now;
use crate::context::Context;
use crate::error::{Failure, Outcome, file_error};
use crate::output::Record;
use crate::words::time;

const DAY: u64 = 86_400;

pub(crate) async fn run(context: &Context, arguments: &RestoreArgs) -> Outcome {
    let mut reader = Reader::open(&arguments.file)?;
    let header = reader.header.clone();
    if header.schema > Store::newest_schema() {
        return Err(reader.newer());
    }
    refuse_expired(&header, arguments, now())?;
    let url = context.database_url();
    if context.global.dry_run {
        could_be_filled(&url).await?;
        let (tables, rows) = weigh(&mut reader)?;
        return say(context, (arguments, &header, &url), (tables, rows));
    }
    if context.global.database_url.is_none() {
        let folder = &context.data.0;
        std::fs::create_dir_all(folder)
            .map_err(|error| file_error("make the folder", folder, &error))?;
    }
    let store = Store::open_at(&url, Schema::UpTo(header.schema)).await?;
    let outcome = fill(&store, &mut reader, &shown(&url)).await;
    store.close().await;
    let counts = outcome?;
    // What is missing since the backup was made.
    Store::open(&url).await?.close().await;
    say(context, (arguments, &header, &url), counts)
}

/// People who were erased since may be in an old backup.
fn refuse_expired(header: &Header, arguments: &RestoreArgs, now: u64) -> Outcome {
    let days = now.saturating_sub(header.made_at) / DAY;
    let most = arguments.kept.backup_days;
    if days <= u64::from(most) || arguments.expired {
        return Ok(());
    }
    Err(Failure::precondition(format!(
        "the backup is {days} days old and was to be deleted after {most}: people who were erased \
         since may be in it"
    ))
    .hint("take a newer one; or give --expired and erase them again at once"))
}

fn say(
    context: &Context,
    (arguments, header, url): (&RestoreArgs, &Header, &str),
    (tables, rows): (usize, u64),
) -> Outcome {
    let dry = context.global.dry_run;
    let record = Record::new(json!({
        "file": arguments.file, "database": shown(url), "made_at": header.made_at,
        "tables": tables, "rows": rows, "dry_run": dry,
    }))
    .line("database", shown(url))
    .line("as of", time(header.made_at));
    let record = match dry {
        true => record.line(
            "dry run",
            format!("{rows} rows of {tables} tables are to be restored; nothing was written"),
        ),
        false => record
            .line(
                "restored",
                format!("{rows} rows of {tables} tables, each read back and compared"),
            )
            .line(
                "now",
                "everybody signs in again; erase again who was erased since, and revoke links and \
                 keys that were revoked since",
            ),
    };
    context.global.output.record(&record)
}

/// Reads a whole backup and compares each table with what its end says.
fn weigh(reader: &mut Reader) -> Outcome<(usize, u64)> {
    let (mut tables, mut all, mut tally) = (0, 0, Tally::default());
    loop {
        match reader.next()? {
            Line::Mark(Mark::Table { .. }) => {
                tables += 1;
                tally = Tally::default();
            }
            Line::Row(row) => {
                tally.add(&row)?;
                all += 1;
            }
            Line::Mark(Mark::EndOfTable { rows, sha256 })
                if tally.sums() == (rows, sha256.clone()) => {}
            Line::Mark(Mark::End { tables: told }) if told == tables => return Ok((tables, all)),
            Line::Mark(_) => return Err(reader.damaged()),
        }
    }
}

async fn fill(store: &Store, reader: &mut Reader, to: &str) -> Outcome<(usize, u64)> {
    let mut tx = store.write().await?;
    if tx.schema().await? != reader.header.schema {
        return Err(Failure::precondition(format!(
            "{to} has a newer schema than the backup, which must be read into its own first"
        ))
        .hint("give a new file, or a new and empty PostgreSQL database"));
    }
    must_be_blank(&mut tx, to).await?;
    let known = tx.tables().await?.into_iter();
    let known: BTreeMap<String, Table> = known.map(|it| (it.name.clone(), it)).collect();
    let (mut tables, mut rows) = (0, 0);
    loop {
        match reader.next()? {
            Line::Mark(Mark::Table { name, columns }) => {
                let table = known.get(&name).filter(|table| has(table, &columns));
                let table = table.ok_or_else(|| reader.damaged())?;
                rows += one_table(&mut tx, reader, table).await?;
                tables += 1;
            }
            Line::Mark(Mark::End { tables: all }) if all == tables => break,
            _ => return Err(reader.damaged()),
        }
    }
    tx.commit().await?;
    Ok((tables, rows))
}

fn has(table: &Table, columns: &[String]) -> bool {
    let names = table.columns.iter().map(|column| &column.name);
    names.eq(columns)
}

async fn one_table(tx: &mut Tx, reader: &mut Reader, table: &Table) -> Outcome<u64> {
    let mut tally = Tally::default();
    let mut filling = Filling::new(table);
    let end = loop {
        match reader.next()? {
            Line::Row(row) if row.len() == table.columns.len() => {
                tally.add(&row)?;
                filling.add(tx, row).await?;
            }
            Line::Mark(Mark::EndOfTable { rows, sha256 }) => break (rows, sha256),
            _ => return Err(reader.damaged()),
        }
    };
    filling.end(tx).await?;
    if tally.sums() != end {
        return Err(reader.damaged());
    }
    check(tx, table, &tally).await?;
    Ok(tally.rows())
}
