//! `db copy`: one consistent snapshot of a database into an empty one, of either engine.

use guerdon_store::{Read, Schema, Store, Table, Tx};
use serde_json::json;

use super::progress::Progress;
use super::tally::Tally;
use super::{
    Filling, OF_THE_MOMENT, check, could_be_filled, must_be_blank, next, rows_of, shown, source,
};
use crate::cli::CopyArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::Record;

pub(crate) async fn run(context: &Context, arguments: &CopyArgs) -> Outcome {
    let from = context.database_url();
    let to = match (&arguments.to, &arguments.to_file) {
        (Some(url), _) => url.clone(),
        (None, Some(path)) => files::read_secret(path)?,
        (None, None) => return Err(Failure::input("--to or --to-file names the new database")),
    };
    if from == to {
        return Err(Failure::input(
            "--database-url and --to name the same database",
        ));
    }
    let dry = context.global.dry_run;
    let (tables, rows) = match dry {
        true => weigh(&from, &to).await?,
        false => copy(&from, &to).await?,
    };
    let checked = match dry {
        true => "are to be copied; nothing was written",
        false => "each read back and compared",
    };
    let record = Record::new(json!({
        "from": shown(&from), "to": shown(&to), "tables": tables, "rows": rows, "dry_run": dry,
    }))
    .line("from", shown(&from))
    .line("to", shown(&to))
    .line(
        if dry { "dry run" } else { "copied" },
        format!("{rows} rows of {tables} tables, {checked}"),
    );
    context.global.output.record(&record)
}

/// What would be copied; neither database is changed.
async fn weigh(from: &str, to: &str) -> Outcome<(usize, u64)> {
    could_be_filled(to).await?;
    let source = source(from, Schema::AsFound).await?;
    let mut read = source.read().await?;
    let tables = copied(&mut read).await?;
    let rows = rows_of(&mut read, &tables).await?;
    drop(read);
    source.close().await;
    Ok((tables.len(), rows))
}

async fn copy(from: &str, to: &str) -> Outcome<(usize, u64)> {
    let source = source(from, Schema::Newest).await?;
    let outcome = match Store::open(to).await {
        Ok(target) => {
            let outcome = fill(&source, &target, &shown(to)).await;
            target.close().await;
            outcome
        }
        Err(error) => Err(error.into()),
    };
    source.close().await;
    outcome
}

async fn fill(source: &Store, target: &Store, to: &str) -> Outcome<(usize, u64)> {
    let mut from = source.read().await?;
    let mut tx = target.write().await?;
    must_be_blank(&mut tx, to).await?;
    let tables = copied(&mut from).await?;
    let progress = Progress::new(rows_of(&mut from, &tables).await? * 2);
    let mut tallies = Vec::with_capacity(tables.len());
    for table in &tables {
        progress.at(&table.name);
        tallies.push(copy_table(&mut from, &mut tx, (table, &progress)).await?);
    }
    for (table, tally) in tables.iter().zip(&tallies) {
        progress.at(&table.name);
        check(&mut tx, table, tally).await?;
        progress.add(tally.rows());
    }
    progress.finish();
    tx.commit().await?;
    let rows = tallies.iter().map(Tally::rows).sum();
    Ok((tables.len(), rows))
}

async fn copy_table(
    from: &mut Read,
    tx: &mut Tx,
    (table, progress): (&Table, &Progress),
) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let mut filling = Filling::new(table);
    let mut rows = from.rows(table);
    while let Some(row) = next(&mut rows).await? {
        tally.add(&row)?;
        filling.add(tx, row).await?;
        progress.add(1);
    }
    filling.end(tx).await?;
    Ok(tally)
}

async fn copied(read: &mut Read) -> Outcome<Vec<Table>> {
    let mut tables = read.tables().await?;
    tables.retain(|table| !OF_THE_MOMENT.contains(&table.name.as_str()));
    Ok(tables)
}
