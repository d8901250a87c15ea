//! `backup`: everything that the database holds, from one moment, in one file.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use guerdon_store::{Read, Schema, Store, Table};
use serde_json::json;
use tempfile::NamedTempFile;

use super::archive::{Header, Mark, Writer};
use super::progress::Progress;
use super::tally::Tally;
use super::{OF_THE_MOMENT, WHO_IS_SIGNED_IN, next, rows_of, shown, source};
use crate::cli::BackupArgs;
use crate::commands::store::now;
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome, file_error};
use crate::files;
use crate::output::Record;

pub(crate) async fn run(context: &Context, arguments: &BackupArgs) -> Outcome {
    let path = &arguments.file;
    if path.exists() {
        return Err(is_there(path));
    }
    let url = context.database_url();
    if context.global.dry_run {
        return weigh(context, (&url, path)).await;
    }
    let store = source(&url, Schema::Newest).await?;
    let outcome = write(&store, path).await;
    store.close().await;
    let (tables, rows) = outcome?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let record = Record::new(json!({
        "file": path, "database": shown(&url), "tables": tables, "rows": rows, "bytes": bytes,
        "keep_days": arguments.kept.backup_days,
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
            arguments.kept.backup_days
        ),
    );
    context.global.output.record(&record)
}

/// What would be kept; neither the database is changed nor a file made.
async fn weigh(context: &Context, (url, path): (&str, &Path)) -> Outcome {
    let store = source(url, Schema::AsFound).await?;
    let mut read = store.read().await?;
    let tables = kept(&mut read).await?;
    let rows = rows_of(&mut read, &tables).await?;
    drop(read);
    store.close().await;
    let tables = tables.len();
    let record = Record::new(json!({
        "file": path, "database": shown(url), "tables": tables, "rows": rows, "dry_run": true,
    }))
    .line("file", path.display().to_string())
    .line(
        "dry run",
        format!("{rows} rows of {tables} tables are to be kept; nothing was written"),
    );
    context.global.output.record(&record)
}

/// Writes beside the file and gives it its name in the end: a kill leaves no half backup.
async fn write(store: &Store, path: &Path) -> Outcome<(usize, u64)> {
    let beside = files::beside(path, 0o600)?;
    let written = archive(&mut store.read().await?, beside.as_file(), beside.path()).await?;
    name(beside, path)?;
    Ok(written)
}

/// What came to stand under the name meanwhile stays.
fn name(beside: NamedTempFile, path: &Path) -> Outcome {
    match beside.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(is_there(path)),
        Err(error) => Err(file_error("write", path, &error.error)),
    }
}

fn is_there(path: &Path) -> Failure {
    let sentence = format!("{} is there already", path.display());
    Failure::new(Kind::Precondition, sentence).hint("give the backup a new name")
}

async fn archive(read: &mut Read, file: &File, path: &Path) -> Outcome<(usize, u64)> {
    let header = Header::new(read.schema().await?, now());
    let tables = kept(read).await?;
    let all = rows_of(read, &tables).await?;
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

async fn kept(read: &mut Read) -> Outcome<Vec<Table>> {
    let mut tables = read.tables().await?;
    tables.retain(|table| {
        let name = table.name.as_str();
        !OF_THE_MOMENT.contains(&name) && !WHO_IS_SIGNED_IN.contains(&name)
    });
    Ok(tables)
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

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_planted_file_is_neither_followed_nor_kept() {
        let (own, shared) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let database = own.path().join("guerdon.db");
        let store = Store::open_file(&database).await.unwrap();
        let victim = own.path().join("victim");
        fs::write(&victim, "hers").unwrap();
        let path = shared.path().join("all.backup");
        let planted = format!("all.backup.{}.tmp", std::process::id());
        symlink(&victim, shared.path().join(&planted)).unwrap();

        write(&store, &path).await.unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "hers");
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(names(shared.path()), ["all.backup".to_owned(), planted]);

        // A name that leads nowhere is none that is free.
        let other = shared.path().join("other.backup");
        symlink(own.path().join("nowhere"), &other).unwrap();
        let refused = write(&store, &other).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Precondition);
        assert!(!own.path().join("nowhere").exists());
        assert_eq!(names(shared.path()).len(), 3);
        store.close().await;
    }
}
