//! `db copy`: one consistent snapshot of a database into an empty one, of either engine.

use guerdon_store::{Read, Store, Table, Tx};
use serde_json::json;

use super::progress::Progress;
use super::tally::Tally;
use super::{Filling, OF_THE_MOMENT, check, must_be_blank, next, shown};
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
    let source = open(&from, true).await?;
    let outcome = match open(&to, false).await {
        Ok(target) => {
            let outcome = copy(&source, &target, &shown(&to), context.global.dry_run).await;
            target.close().await;
            outcome
        }
        Err(failure) => Err(failure),
    };
    source.close().await;
    let (tables, rows) = outcome?;
    let record = Record::new(json!({
        "from": shown(&from), "to": shown(&to), "tables": tables, "rows": rows,
        "dry_run": context.global.dry_run,
    }))
    .line("from", shown(&from))
    .line("to", shown(&to))
    .line(
        "copied",
        format!("{rows} rows of {tables} tables, each read back and compared"),
    )
    .line_if(
        "dry run",
        context
            .global
            .dry_run
            .then(|| "nothing was written".to_owned()),
    );
    context.global.output.record(&record)
}

/// A source must be there; what is written to may be made.
async fn open(url: &str, must_exist: bool) -> Outcome<Store> {
    let file = url
        .strip_prefix("sqlite://")
        .map(|path| path.split('?').next().unwrap_or(path));
    if let Some(path) = file.filter(|_| must_exist)
        && !std::path::Path::new(path).is_file()
    {
        return Err(Failure::not_found(format!("there is no database {path}"))
            .hint("name what is copied with --database-url"));
    }
    Ok(Store::open(url).await?)
}

async fn copy(source: &Store, target: &Store, to: &str, dry: bool) -> Outcome<(usize, u64)> {
    let mut from = source.read().await?;
    let mut tx = target.write().await?;
    must_be_blank(&mut tx, to).await?;
    let tables = copied(&mut from).await?;
    let mut all = 0;
    for table in &tables {
        all += from.count(table).await?;
    }
    let progress = Progress::new(all * 2);
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
    if !dry {
        tx.commit().await?;
    }
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
