//! The whole database as rows, whatever its tables are: what copies and backups are made of.
//!
//! Names of tables and columns come from the database's own catalog and from nowhere else; values
//! are always bound.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{BoxStream, StreamExt};
use serde_json::Value;
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Type};

use crate::db::Conn;
use crate::text::{NumberRow, corrupt, unsigned};
use crate::{Read, StoreError, Tx};

/// Values that one statement binds at most; SQLite takes 32,766 and PostgreSQL 65,535.
const BOUND_MAX: usize = 8_000;

/// A table, as the database describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<Column>,
    /// The columns that order its rows: the primary key.
    key: Vec<usize>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// TEXT.
    Text,
    /// BIGINT.
    Number,
    /// BOOLEAN.
    Truth,
}

/// A row: its values in the order of the table's columns, as text, numbers, truths or null.
pub type Row = Vec<Value>;

/// Rows in the order of the primary key, one after the other.
pub type Rows<'r> = BoxStream<'r, Result<Row, StoreError>>;

#[derive(sqlx::FromRow)]
struct ColumnRow {
    of_table: String,
    name: String,
    kind: String,
    place: i64,
}

/// Columns of a primary key: which place in the key, which column of the table.
type Key = Vec<(i64, usize)>;

#[derive(sqlx::FromRow)]
struct ReferenceRow {
    child: String,
    parent: String,
}

const COLUMNS_LITE: &str = "SELECT t.name AS of_table, c.name AS name, c.type AS kind, \
     c.pk AS place FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     AND t.name <> '_sqlx_migrations' ORDER BY t.name, c.name";
const COLUMNS_PG: &str = "SELECT t.relname::text AS of_table, a.attname::text AS name, \
     format_type(a.atttypid, NULL) AS kind, \
     COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint AS place \
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid \
     LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary \
     WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace \
     AND t.relname <> '_sqlx_migrations' AND a.attnum > 0 AND NOT a.attisdropped \
     ORDER BY t.relname::text COLLATE \"C\", a.attname::text COLLATE \"C\"";
const REFERENCES_LITE: &str = "SELECT t.name AS child, f.\"table\" AS parent \
     FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'";
const REFERENCES_PG: &str = "SELECT c.relname::text AS child, p.relname::text AS parent \
     FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid \
     JOIN pg_class p ON p.oid = f.confrelid \
     WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace";

impl Table {
    fn names(&self) -> String {
        let names = self.columns.iter().map(|column| quoted(&column.name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Both engines order text by its bytes then.
    fn order(&self, is_lite: bool) -> String {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let key = if self.key.is_empty() { &all } else { &self.key };
        let columns = key.iter().filter_map(|at| self.columns.get(*at));
        let by = columns.map(|column| match column.kind {
            Kind::Text if !is_lite => format!("{} COLLATE \"C\"", quoted(&column.name)),
            _ => quoted(&column.name),
        });
        by.collect::<Vec<_>>().join(", ")
    }
}

impl Read {
    fn is_lite(&self) -> bool {
        matches!(self.conn, Conn::Lite(_))
    }

    /// The number of the last migration that this database saw.
    ///
    /// # Errors
    /// The database failed.
    pub async fn schema(&mut self) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(version), 0) AS n FROM _sqlx_migrations";
        let row = run!(self, fetch_one as NumberRow, sql)?;
        unsigned("schema", row.n)
    }

    /// Every table, those before it that it refers to.
    ///
    /// # Errors
    /// The database failed, or has a column that holds neither text, numbers nor truths.
    pub async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let (columns, references) = match self.is_lite() {
            true => (COLUMNS_LITE, REFERENCES_LITE),
            false => (COLUMNS_PG, REFERENCES_PG),
        };
        let columns = run!(self, fetch_all as ColumnRow, columns)?;
        let mut tables: BTreeMap<String, (Vec<Column>, Key)> = BTreeMap::new();
        for row in columns {
            let kind = kind_of(&row.kind)?;
            let (columns, key) = tables.entry(row.of_table).or_default();
            if row.place > 0 {
                key.push((row.place, columns.len()));
            }
            let name = row.name;
            columns.push(Column { name, kind });
        }
        let tables = tables.into_iter().map(|(name, (columns, mut key))| {
            key.sort_unstable();
            let key = key.into_iter().map(|(_, at)| at).collect();
            Table { name, columns, key }
        });
        let references = run!(self, fetch_all as ReferenceRow, references)?;
        Ok(in_order(tables.collect(), &references))
    }

    /// Whether no table has a row.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_blank(&mut self) -> Result<bool, StoreError> {
        for table in self.tables().await? {
            if self.count(&table).await? > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many rows a table has.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = || AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {}", quoted(&table.name)));
        let row = run!(self, fetch_one as NumberRow, sql())?;
        unsigned("count", row.n)
    }

    /// The rows of a table, in the same order on both engines.
    pub fn rows(&mut self, table: &Table) -> Rows<'_> {
        let (names, order) = (table.names(), table.order(self.is_lite()));
        let sql = format!(
            "SELECT {names} FROM {} ORDER BY {order}",
            quoted(&table.name)
        );
        let columns = table.columns.clone();
        on_engine!(self, |c, Db| {
            let rows = sqlx::query::<Db>(AssertSqlSafe(sql)).fetch(&mut **c);
            rows.map(move |row| row_of(&row?, &columns)).boxed()
        })
    }
}

impl Tx {
    /// Writes rows that a table does not have yet.
    ///
    /// # Errors
    /// The database failed, or a value is not of its column's kind.
    pub async fn put_rows(&mut self, table: &Table, rows: &[Row]) -> Result<(), StoreError> {
        let width = table.columns.len().max(1);
        for some in rows.chunks((BOUND_MAX / width).max(1)) {
            let sql = AssertSqlSafe(insert(table, some.len()));
            let cells = some.iter().flat_map(|row| table.columns.iter().zip(row));
            let cells = cells.map(bound).collect::<Result<Vec<_>, _>>()?;
            run_many!(self, sql, cells, |query, cell| match cell {
                Bound::Text(text) => query.bind(text),
                Bound::Number(number) => query.bind(number),
                Bound::Truth(truth) => query.bind(truth),
            })?;
        }
        Ok(())
    }
}

/// A value to bind, null included.
enum Bound<'a> {
    Text(Option<&'a str>),
    Number(Option<i64>),
    Truth(Option<bool>),
}

fn bound<'a>((column, value): (&Column, &'a Value)) -> Result<Bound<'a>, StoreError> {
    let other = || corrupt("row", format!("{}: {value}", column.name));
    let null = value.is_null();
    Ok(match column.kind {
        Kind::Text if null => Bound::Text(None),
        Kind::Number if null => Bound::Number(None),
        Kind::Truth if null => Bound::Truth(None),
        Kind::Text => Bound::Text(Some(value.as_str().ok_or_else(other)?)),
        Kind::Number => Bound::Number(Some(value.as_i64().ok_or_else(other)?)),
        Kind::Truth => Bound::Truth(Some(value.as_bool().ok_or_else(other)?)),
    })
}

fn insert(table: &Table, rows: usize) -> String {
    let width = table.columns.len();
    let tuple = |row: usize| {
        let values = (1..=width).map(|column| format!("${}", row * width + column));
        format!("({})", values.collect::<Vec<_>>().join(", "))
    };
    let tuples = (0..rows).map(tuple).collect::<Vec<_>>().join(", ");
    let (name, columns) = (quoted(&table.name), table.names());
    format!("INSERT INTO {name} ({columns}) VALUES {tuples}")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn kind_of(declared: &str) -> Result<Kind, StoreError> {
    match declared.to_ascii_uppercase().as_str() {
        "TEXT" => Ok(Kind::Text),
        "BIGINT" | "INTEGER" => Ok(Kind::Number),
        "BOOLEAN" => Ok(Kind::Truth),
        other => Err(corrupt("type of a column", other)),
    }
}

fn row_of<R>(row: &R, columns: &[Column]) -> Result<Row, StoreError>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    Option<String>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Option<bool>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
    let cells = columns.iter().enumerate().map(|(at, column)| {
        Ok(match column.kind {
            Kind::Text => row.try_get::<Option<String>, _>(at)?.into(),
            Kind::Number => row.try_get::<Option<i64>, _>(at)?.into(),
            Kind::Truth => row.try_get::<Option<bool>, _>(at)?.into(),
        })
    });
    cells.collect()
}

/// By name, but after whatever a table refers to.
fn in_order(mut left: Vec<Table>, references: &[ReferenceRow]) -> Vec<Table> {
    let mut done = Vec::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    while !left.is_empty() {
        let is_free = |table: &Table| {
            let mut parents = references.iter().filter(|it| it.child == table.name);
            parents.all(|it| it.parent == it.child || named.contains(&it.parent))
        };
        // Tables that refer to each other in a circle come as they are.
        let next = left.iter().position(is_free).unwrap_or(0);
        let table = left.remove(next);
        named.insert(table.name.clone());
        done.push(table);
    }
    done
}
