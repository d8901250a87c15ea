//! `backup`: everything that the database holds, from one moment, in one file.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use guerdon_store::{Read, Store, Table};
use serde_json::json;

use super::archive::{Header, Mark, Writer};
use super::progress::Progress;
use super::tally::Tally;
use super::{OF_THE_MOMENT, WHO_IS_SIGNED_IN, next, shown};
use crate::cli::BackupArgs;
use crate::commands::store::now;
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome, file_error};
use crate::output::Record;

pub(crate) async fn run(context: &Context, arguments: &BackupArgs) -> Outcome {
    let path = &arguments.file;
    if path.exists() {
        let sentence = format!("{} is there already", path.display());
        return Err(Failure::new(Kind::Precondition, sentence).hint("give the backup a new name"));
    }
    let url = context.database_url();
    let store = Store::open(&url).await?;
    let outcome = write(&store, path).await;
    store.close().await;
    let (tables, rows) = outcome?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let record = Record::new(json!({
        "file": path, "database": shown(&url), "tables": tables, "rows": rows, "bytes": bytes,
        "keep_days": arguments.backup_days,
    }))
    .line("file", path.display().to_string())
    .line(
        "kept",
        format!("{rows} rows of {tables} tables, {bytes} bytes"),
    )
    .line(
        "names",
        format!(
            "it names people: delete it after {} days, as people who are erased are told",
            arguments.backup_days
        ),
    );
    context.global.output.record(&record)
}

/// Writes beside the file, for its owner alone, and renames: a kill leaves no half backup.
async fn write(store: &Store, path: &Path) -> Outcome<(usize, u64)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let outcome = async {
        let file = create(&beside)?;
        let written = archive(&mut store.read().await?, &file, &beside).await?;
        std::fs::rename(&beside, path).map_err(|error| file_error("write", path, &error))?;
        Ok(written)
    }
    .await;
    if outcome.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    outcome
}

fn create(path: &Path) -> Outcome<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| file_error("write", path, &error))
}

async fn archive(read: &mut Read, file: &File, path: &Path) -> Outcome<(usize, u64)> {
    let header = Header::new(read.schema().await?, now());
    let mut tables = read.tables().await?;
    tables.retain(|table| {
        let name = table.name.as_str();
        !OF_THE_MOMENT.contains(&name) && !WHO_IS_SIGNED_IN.contains(&name)
    });
    let mut all = 0;
    for table in &tables {
        all += read.count(table).await?;
    }
    let progress = Progress::new(all);
    let mut writer = Writer::begin(file, path, &header)?;
    for table in &tables {
        progress.at(&table.name);
        one_table(read, table, (&mut writer, &progress)).await?;
    }
    writer.mark(&Mark::End {
        tables: tables.len(),
    })?;
    writer.finish()?;
    progress.finish();
    Ok((tables.len(), all))
}

async fn one_table(
    read: &mut Read,
    table: &Table,
    (writer, progress): (&mut Writer<'_>, &Progress),
) -> Outcome {
    let columns = table.columns.iter().map(|column| column.name.clone());
    writer.mark(&Mark::Table {
        name: table.name.clone(),
        columns: columns.collect(),
    })?;
    let mut tally = Tally::default();
    let mut rows = read.rows(table);
    while let Some(row) = next(&mut rows).await? {
        writer.row(&tally.add(&row)?)?;
        progress.add(1);
    }
    let (rows, sha256) = tally.sums();
    writer.mark(&Mark::EndOfTable { rows, sha256 })
}
