//! The two pools, the read snapshot and the write transaction.

mod version;

pub use version::Version;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::StoreError;
use crate::text::big;
use version::Watch;

/// Which database stands behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, WAL, one writer.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// A database with Guerdon's schema. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
    watch: Arc<Watch>,
}

#[derive(Clone, Debug)]
enum Db {
    Lite(SqlitePool),
    Pg(PgPool),
}

/// Up to which migration a database is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// As it is: nothing is applied, and a file that is not there is not made.
    AsFound,
    /// All that this version knows.
    Newest,
    /// The migration of this number is the last one.
    UpTo(u64),
}

/// One consistent snapshot: everything read through it belongs to the same moment.
#[derive(Debug)]
pub struct Read {
    pub(crate) conn: Conn,
}

/// The write transaction. Dropped without [`Tx::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    read: Read,
}

#[derive(Debug)]
pub(crate) enum Conn {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// Does the same on whichever engine is there: `$c` is its transaction, `$db` its type for sqlx.
macro_rules! on_engine {
    ($read:expr, |$c:ident, $db:ident| $done:expr) => {
        match &mut $read.conn {
            $crate::db::Conn::Lite($c) => {
                type $db = sqlx::Sqlite;
                $done
            }
            $crate::db::Conn::Pg($c) => {
                type $db = sqlx::Postgres;
                $done
            }
        }
    };
}

/// Runs one SQL text on whichever engine is there. `$method` is of sqlx's `Query` or `QueryAs`;
/// for rows, name the row type after `as`.
macro_rules! run {
    ($read:expr, $method:ident as $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_engine!($read, |c, Db| {
            sqlx::query_as::<Db, $row>($sql)$(.bind($bind))*.$method(&mut **c).await
        })
    };
    ($read:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_engine!($read, |c, Db| {
            let query = sqlx::query::<Db>($sql)$(.bind($bind))*;
            query.execute(&mut **c).await.map(|done| done.rows_affected())
        })
    };
}

/// Runs one SQL text with the values of several rows: `$bind` binds those of one `$row` to the
/// `$query` and answers the query.
macro_rules! run_many {
    ($read:expr, $sql:expr, $rows:expr, |$query:ident, $row:ident| $bind:expr) => {
        on_engine!($read, |c, Db| {
            let mut $query = sqlx::query::<Db>($sql);
            for $row in $rows {
                $query = $bind;
            }
            let done = $query.execute(&mut **c).await;
            done.map(|done| done.rows_affected())
        })
    };
}

/// All rows of a type that one SQL text finds for a list of values. The statement is not kept:
/// PostgreSQL would keep its plan, too, and one made while the table was small reads all of it.
macro_rules! all_of {
    ($read:expr, $row:ty, $sql:expr, $values:expr) => {
        on_engine!($read, |c, Db| {
            let query = sqlx::query_as::<Db, $row>($sql).persistent(false);
            let query = $values.fold(query, |query, value| query.bind(value));
            query.fetch_all(&mut **c).await
        })
    };
}

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
const CONNECTIONS_MAX: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a caller waits for a connection to PostgreSQL: nobody reads a page for longer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
const MIGRATION_TRIES: u32 = 8;
/// How long PostgreSQL lets a writer wait for another, and a process hold its transaction while it
/// does nothing: one that hangs must not hold up all others.
const PATIENCE: [(&str, &str); 2] = [
    ("lock_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "60s"),
];

impl Store {
    /// Opens `sqlite://path` (created if missing) or `postgres://…` and applies the migrations
    /// it has not seen.
    ///
    /// # Errors
    /// The address names neither engine, the database cannot be reached, or it was written by a
    /// newer version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_at(url, Schema::Newest).await
    }

    /// [`Self::open`] with the schema of a certain version: what a backup of that version is
    /// restored into before it is brought up to date.
    ///
    /// # Errors
    /// As [`Self::open`], or there is no such version.
    pub async fn open_at(url: &str, schema: Schema) -> Result<Self, StoreError> {
        let db = if url.starts_with("sqlite://") && !url.contains(":memory:") {
            Db::Lite(open_sqlite(SqliteConnectOptions::from_str(url)?, schema).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Db::Pg(open_postgres(url, schema).await?)
        } else {
            return Err(StoreError::UnknownEngine);
        };
        Ok(Self::of(db))
    }

    /// The number of the newest migration that this version knows.
    #[must_use]
    pub fn newest_schema() -> u64 {
        let versions = SQLITE.iter().map(|migration| migration.version);
        versions.max().map_or(0, i64::unsigned_abs)
    }

    /// Connections that are open, and how many of them nobody uses.
    #[must_use]
    pub fn connections(&self) -> (u64, u64) {
        match &self.db {
            Db::Lite(pool) => (pool.size().into(), pool.num_idle() as u64),
            Db::Pg(pool) => (pool.size().into(), pool.num_idle() as u64),
        }
    }

    /// Opens a SQLite file by its path, created if missing, whatever characters the path has.
    ///
    /// # Errors
    /// The file cannot be opened, or was written by a newer version.
    pub async fn open_file(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().filename(path);
        Ok(Self::of(Db::Lite(
            open_sqlite(options, Schema::Newest).await?,
        )))
    }

    fn of(db: Db) -> Self {
        Self {
            db,
            watch: Arc::default(),
        }
    }

    /// Which engine stands behind this store.
    pub fn engine(&self) -> Engine {
        match self.db {
            Db::Lite(_) => Engine::Sqlite,
            Db::Pg(_) => Engine::Postgres,
        }
    }

    /// Begins a snapshot. Writers do not wait for it, nor it for them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(&self) -> Result<Read, StoreError> {
        let conn = match &self.db {
            Db::Lite(pool) => Conn::Lite(pool.begin().await?),
            Db::Pg(pool) => Conn::Pg(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        };
        Ok(Read { conn })
    }

    /// Begins the write transaction, after any other writer's is finished: what it reads cannot
    /// change before it commits.
    ///
    /// # Errors
    /// The database does not answer, or another writer held it for more than 30 seconds.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let conn = match &self.db {
            // A plain BEGIN would fail with "database is locked" when a reader turns writer.
            Db::Lite(pool) => Conn::Lite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Db::Pg(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("LOCK TABLE meta IN EXCLUSIVE MODE")
                    .execute(&mut *tx)
                    .await?;
                Conn::Pg(tx)
            }
        };
        Ok(Tx {
            read: Read { conn },
        })
    }

    /// Takes what erased rows left behind out of the database's own files: write-ahead log and
    /// free space. Answers false if a reader held an old snapshot; then ask again later.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        match &self.db {
            // Deleted content is overwritten (`secure_delete`) once the log is in the file.
            Db::Lite(pool) => {
                let (busy, _, _): (i64, i64, i64) =
                    sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
                        .fetch_one(pool)
                        .await?;
                Ok(busy == 0)
            }
            Db::Pg(pool) => {
                sqlx::query(
                    "VACUUM (FULL) members, member_wallets, people, terms, settings, sessions, \
                     mail_links, share_links, calendar_links, imports, requests, panel_papers, \
                     result_files, challenge_reasons, auditor_links",
                )
                .execute(pool)
                .await?;
                Ok(true)
            }
        }
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.watch.close().await;
        match &self.db {
            Db::Lite(pool) => pool.close().await,
            Db::Pg(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything written through this transaction durable, at once.
    ///
    /// # Errors
    /// The database could not commit; then nothing of it was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.read.conn {
            Conn::Lite(tx) => tx.commit().await?,
            Conn::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A writer reads what it has written itself.
impl Deref for Tx {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

async fn open_sqlite(
    options: SqliteConnectOptions,
    schema: Schema,
) -> Result<SqlitePool, StoreError> {
    let changes = schema != Schema::AsFound;
    let options = match changes {
        true => options.journal_mode(SqliteJournalMode::Wal),
        false => options,
    };
    let options = options
        .create_if_missing(changes)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("secure_delete", "ON");
    if changes {
        keep_private(options.get_filename())?;
    }
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect_with(options)
        .await?;
    // SQLite has no migration lock: of two processes that open a new file at once, the slower one
    // fails and then finds the work done.
    let mut tries = 1;
    while let Err(error) = match schema {
        Schema::AsFound => Ok(()),
        Schema::Newest => SQLITE.run(&pool).await,
        Schema::UpTo(version) => SQLITE.run_to(big("schema", version)?, &pool).await,
    } {
        if tries == MIGRATION_TRIES {
            return Err(error.into());
        }
        tries += 1;
    }
    Ok(pool)
}

/// The file holds personal data: it is created for its owner alone, and SQLite gives its
/// companions (`-wal`, `-shm`) the same permissions.
fn keep_private(path: &Path) -> Result<(), StoreError> {
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

fn unreachable(options: &PgConnectOptions, error: sqlx::Error) -> StoreError {
    let (user, host, port) = (
        options.get_username(),
        options.get_host(),
        options.get_port(),
    );
    let name = options.get_database().unwrap_or(user);
    StoreError::Unreachable {
        at: format!("{user}@{host}:{port}/{name}"),
        why: match error {
            sqlx::Error::Database(error) => error.message().to_owned(),
            sqlx::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        },
    }
}

async fn open_postgres(url: &str, schema: Schema) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?.options(PATIENCE);
    // A pool tries again for half a minute and then says only that it waited.
    let first = options.connect().await;
    first.map_err(|error| unreachable(&options, error))?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(CONNECTION_TIMEOUT)
        .connect_with(options)
        .await?;
    match schema {
        Schema::AsFound => {}
        Schema::Newest => POSTGRES.run(&pool).await?,
        Schema::UpTo(version) => POSTGRES.run_to(big("schema", version)?, &pool).await?,
    }
    Ok(pool)
}
