//! The database as a whole: copied to another one, kept in a file, put back.

mod archive;
mod backup;
mod copy;
mod progress;
mod restore;
mod tally;

pub(crate) use backup::run as backup;
pub(crate) use copy::run as copy;
pub(crate) use restore::run as restore;

use std::path::Path;

use guerdon_store::{Read, Row, Schema, Store, Table, Tx};

use crate::error::{Failure, Outcome};
use tally::Tally;

/// Tables that say who is at work in this moment: they are neither copied nor kept.
const OF_THE_MOMENT: [&str; 2] = ["index_state", "leases"];
/// What lets somebody in for a while. A backup leaves it out: put back, it would let in again who
/// was locked out since.
const WHO_IS_SIGNED_IN: [&str; 3] = ["mail_links", "sessions", "sign_in_nonces"];
/// Rows read and written at a time.
const BATCH: usize = 1_000;

/// Writes rows into a table, batch by batch.
#[derive(Debug)]
struct Filling<'t> {
    table: &'t Table,
    waiting: Vec<Row>,
}

impl<'t> Filling<'t> {
    fn new(table: &'t Table) -> Self {
        let waiting = Vec::with_capacity(BATCH);
        Self { table, waiting }
    }

    async fn add(&mut self, tx: &mut Tx, row: Row) -> Outcome {
        self.waiting.push(row);
        match self.waiting.len() >= BATCH {
            true => self.end(tx).await,
            false => Ok(()),
        }
    }

    async fn end(&mut self, tx: &mut Tx) -> Outcome {
        tx.put_rows(self.table, &self.waiting).await?;
        self.waiting.clear();
        Ok(())
    }
}

/// Reads a table back, before the commit, and compares it with what should stand there.
async fn check(tx: &mut Tx, table: &Table, want: &Tally) -> Outcome {
    let mut found = Tally::default();
    let mut rows = tx.rows(table);
    while let Some(row) = next(&mut rows).await? {
        found.add(&row)?;
    }
    drop(rows);
    if found.sums() == want.sums() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the table {} was written and reads differently ({} rows of {}): nothing was kept",
        table.name,
        found.rows(),
        want.rows()
    )))
}

async fn next(rows: &mut guerdon_store::Rows<'_>) -> Outcome<Option<Row>> {
    use futures::StreamExt;
    Ok(rows.next().await.transpose()?)
}

/// Opens a database that is read; one that is not there is not made.
async fn source(url: &str, schema: Schema) -> Outcome<Store> {
    match file_of(url).filter(|path| !path.is_file()) {
        Some(path) => Err(
            Failure::not_found(format!("there is no database {}", path.display()))
                .hint("name the one to read with --database-url"),
        ),
        None => Ok(Store::open_at(url, schema).await?),
    }
}

/// Refuses a database that could not be filled, without changing it or making it.
async fn could_be_filled(url: &str) -> Outcome {
    if file_of(url).is_some_and(|path| !path.exists()) {
        return Ok(());
    }
    let store = Store::open_at(url, Schema::AsFound).await?;
    let mut read = store.read().await?;
    let outcome = must_be_blank(&mut read, &shown(url)).await;
    drop(read);
    store.close().await;
    outcome
}

/// The file of a SQLite database.
fn file_of(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite://")?;
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

/// How many rows tables have in all.
async fn rows_of(read: &mut Read, tables: &[Table]) -> Outcome<u64> {
    let mut all = 0;
    for table in tables {
        all += read.count(table).await?;
    }
    Ok(all)
}

/// Refuses a database that has rows already.
async fn must_be_blank(read: &mut Read, shown: &str) -> Outcome {
    if read.is_blank().await? {
        return Ok(());
    }
    Err(
        Failure::precondition(format!("{shown} is not empty: nothing was written"))
            .hint("give a new file, or a new and empty PostgreSQL database"),
    )
}

/// A database's address without its password, which may also stand behind the `?`.
fn shown(url: &str) -> String {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let Some((scheme, rest)) = place.split_once("://") else {
        return place.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        // The `?` may be one of a password, of which half stands before it.
        None if query.contains('@') => {
            let name = rest.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}")
        }
        None => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_shown_address_hides_the_password() {
        for (url, seen) in [
            (
                "postgres://ada:secret@db.example/g",
                "postgres://ada@db.example/g",
            ),
            (
                "postgres://ada:s@cret@db.example/g",
                "postgres://ada@db.example/g",
            ),
            (
                "sqlite:///var/lib/guerdon.db",
                "sqlite:///var/lib/guerdon.db",
            ),
            ("postgres://db/g?user=a&password=s", "postgres://db/g"),
            ("postgres://a@db/g?password=s", "postgres://a@db/g"),
            ("postgres://db/g?user=a&password=s@x", "postgres://db/g"),
            ("postgres://ada:s?cret@db/g", "postgres://ada"),
            ("sqlite:g.db?mode=ro", "sqlite:g.db"),
        ] {
            assert_eq!(shown(url), seen);
        }
    }
}
