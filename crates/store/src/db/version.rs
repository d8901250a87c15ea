//! A stamp of the whole database, by which a reader knows that nothing was written since.

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection,
    SqlitePool,
};
use tokio::sync::Mutex;

use super::{Db, Store};
use crate::StoreError;

/// What a database was at one moment: as long as it answers the same version, nothing was
/// committed to it, by this process or by any other. Two stores' versions are not comparable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which of the watching connections answered: their answers are not comparable either.
    watch: u64,
    stamp: Stamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stamp {
    /// SQLite counts the commits of all other connections for each connection.
    Lite(i64),
    /// Which transactions PostgreSQL shows: every commit of a change makes it another.
    Pg(String),
}

/// A connection that writes nothing, kept for asking. It is never given back to a pool: the count
/// of SQLite is the connection's own.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Watching>);

#[derive(Debug, Default)]
struct Watching {
    opened: u64,
    lite: Option<SqliteConnection>,
    pg: Option<PgConnection>,
}

impl Store {
    /// The version that the database has now. What is read after asking is of this version or of a
    /// later one; so whoever meets the same version again may use it in place of reading.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn version(&self) -> Result<Version, StoreError> {
        let mut watching = self.watch.0.lock().await;
        match &self.db {
            Db::Lite(pool) => watching.lite(pool).await,
            Db::Pg(pool) => match watching.pg(pool).await {
                // The server may have closed it while nobody asked.
                Err(_) => watching.pg(pool).await,
                answer => answer,
            },
        }
    }
}

impl Watch {
    /// Closes the connection, if there is one.
    pub(super) async fn close(&self) {
        let mut watching = self.0.lock().await;
        if let Some(connection) = watching.lite.take() {
            let _ = connection.close().await;
        }
        if let Some(connection) = watching.pg.take() {
            let _ = connection.close().await;
        }
    }
}

impl Watching {
    async fn lite(&mut self, pool: &SqlitePool) -> Result<Version, StoreError> {
        let mut connection = match self.lite.take() {
            Some(connection) => connection,
            None => {
                self.opened += 1;
                pool.connect_options().connect().await?
            }
        };
        // All rows, so that the statement is over and holds no snapshot.
        let rows: Vec<(i64,)> = sqlx::query_as::<Sqlite, _>("PRAGMA data_version")
            .fetch_all(&mut connection)
            .await?;
        self.lite = Some(connection);
        let stamp = rows.first().map_or(0, |(changes,)| *changes);
        Ok(self.stamped(Stamp::Lite(stamp)))
    }

    async fn pg(&mut self, pool: &PgPool) -> Result<Version, StoreError> {
        let mut connection = match self.pg.take() {
            Some(connection) => connection,
            None => {
                self.opened += 1;
                pool.connect_options().connect().await?
            }
        };
        let sql = "SELECT CAST(pg_current_snapshot() AS TEXT)";
        let (stamp,): (String,) = sqlx::query_as::<Postgres, _>(sql)
            .fetch_one(&mut connection)
            .await?;
        self.pg = Some(connection);
        Ok(self.stamped(Stamp::Pg(stamp)))
    }

    fn stamped(&self, stamp: Stamp) -> Version {
        Version {
            watch: self.opened,
            stamp,
        }
    }
}
