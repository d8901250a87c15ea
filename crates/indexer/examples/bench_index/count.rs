//! What stands in a database after the reading: events by kind, grants and their money, and sums of
//! hashes by which every row is compared.

use serde_json::{Value, json};
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Row};

use crate::Outcome;
use crate::tally::Tally;

/// Where one indexer keeps what is compared.
struct Place {
    /// Kind and count.
    kinds: String,
    /// A sum over all events.
    events: String,
    /// Number of grants, and a digest of their money.
    grants: String,
    /// The money of the pool.
    pool: String,
}

/// Our tables.
pub(crate) async fn ours(url: &str) -> Outcome<Value> {
    let place = Place {
        kinds: "SELECT name AS kind, COUNT(*) AS n FROM logs GROUP BY name".to_owned(),
        events: sum("block", "log_index", "name", "tx", "logs"),
        grants: digest("grants"),
        pool: pool("pool"),
    };
    look(url, place).await
}

/// The tables of the peer's project, in a schema of their own.
pub(crate) async fn peers(url: &str, schema: &str) -> Outcome<Value> {
    if !schema.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(format!("{schema} is no schema").into());
    }
    let event = format!("{schema}.event");
    let place = Place {
        kinds: format!("SELECT kind, COUNT(*) AS n FROM {event} GROUP BY kind"),
        events: sum("block", "log_index", "kind", "tx", &event),
        grants: digest(&format!("{schema}.grants")),
        pool: pool(&format!("{schema}.pool")),
    };
    look(url, place).await
}

/// Adds up a hash of each event's place, kind and transaction, in whatever order they stand.
fn sum(block: &str, index: &str, kind: &str, tx: &str, table: &str) -> String {
    let event = format!("{block} || ':' || {index} || ':' || {kind} || ':' || {tx}");
    format!(
        "SELECT COALESCE(SUM(hashtextextended({event}, 0)::NUMERIC), 0)::TEXT AS found FROM {table}"
    )
}

fn digest(table: &str) -> String {
    format!(
        "SELECT COUNT(*) AS n, COALESCE(SUM(released::NUMERIC), 0)::TEXT AS released, \
         COALESCE(md5(string_agg(id || ':' || root || ':' || released || ':' || withheld || ':' || \
         payments, ',' ORDER BY id COLLATE \"C\")), '') AS found FROM {table}"
    )
}

fn pool(table: &str) -> String {
    format!(
        "SELECT 'funded ' || funded || ', promised ' || promised || ', released ' || released || \
         ', withheld ' || withheld AS found FROM {table}"
    )
}

async fn look(url: &str, place: Place) -> Outcome<Value> {
    let database = PgPool::connect(url).await?;
    let mut kinds = Tally::new();
    for row in sqlx::query(AssertSqlSafe(place.kinds))
        .fetch_all(&database)
        .await?
    {
        kinds.insert(
            row.try_get("kind")?,
            u64::try_from(row.try_get::<i64, _>("n")?)?,
        );
    }
    let events = sqlx::query(AssertSqlSafe(place.events))
        .fetch_one(&database)
        .await?;
    let grants = sqlx::query(AssertSqlSafe(place.grants))
        .fetch_one(&database)
        .await?;
    let pool = sqlx::query(AssertSqlSafe(place.pool))
        .fetch_one(&database)
        .await?;
    Ok(json!({
        "events": kinds.values().sum::<u64>(),
        "kinds": kinds,
        "events_sum": events.try_get::<String, _>("found")?,
        "grants": grants.try_get::<i64, _>("n")?,
        "released": grants.try_get::<String, _>("released")?,
        "pool": pool.try_get::<String, _>("found")?,
        "grants_digest": grants.try_get::<String, _>("found")?,
    }))
}
