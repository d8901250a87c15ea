//! The answer as people read it, and whether both stored the same.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use serde_json::Value;

pub(super) fn table(answer: &Value) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let chain = &answer["chain"];
    let number = |name: &str| chain[name].as_u64().unwrap_or_default();
    let mut text = format!(
        "{} events in {} blocks, {} grants; {} profile, {cores} cores shared by indexer, PostgreSQL \
         and node; filled in {:.0} s\n\
         | indexer  | seconds | events a second | CPU s | of PostgreSQL | of the node | peak MiB |\n\
         |----------|---------|-----------------|-------|---------------|-------------|----------|\n",
        number("events"),
        number("head"),
        number("grants"),
        answer["profile"].as_str().unwrap_or_default(),
        chain["seconds"].as_f64().unwrap_or_default(),
    );
    let runs: Vec<&Value> = answer["runs"].as_array().into_iter().flatten().collect();
    for run in &runs {
        let figure = |name: &str| match run[name].as_f64() {
            Some(value) => format!("{value:.0}"),
            None => "-".to_owned(),
        };
        let _ = writeln!(
            text,
            "| {:<8} | {:>7} | {:>15} | {:>5} | {:>13} | {:>11} | {:>8} |",
            run["name"].as_str().unwrap_or_default(),
            figure("seconds"),
            figure("events_per_second"),
            figure("cpu_seconds"),
            figure("database_cpu_seconds"),
            figure("node_cpu_seconds"),
            figure("peak_mib"),
        );
    }
    if let [ours, peer] = runs.as_slice() {
        let speed = |run: &Value| run["events_per_second"].as_f64().unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "ours is {:.1} times as fast\n",
            speed(ours) / speed(peer)
        );
    }
    text.push_str(&kinds(chain, &runs));
    text
}

fn kinds(chain: &Value, runs: &[&Value]) -> String {
    let mut text = "| rows                      | on the chain |".to_owned();
    for run in runs {
        let _ = write!(text, " {:>9} |", run["name"].as_str().unwrap_or_default());
    }
    text.push_str("\n|---------------------------|--------------|");
    text.push_str(&"-----------|".repeat(runs.len()));
    text.push('\n');
    let mut row = |name: &str, there: Option<u64>, of: &dyn Fn(&Value) -> Option<u64>| {
        let shown = |count: Option<u64>| count.map_or("none".to_owned(), |count| count.to_string());
        let _ = write!(text, "| {name:<25} | {:>12} |", shown(there));
        for run in runs {
            let _ = write!(text, " {:>9} |", shown(of(&run["stored"])));
        }
        text.push('\n');
    };
    for (kind, count) in chain["kinds"].as_object().into_iter().flatten() {
        row(kind, count.as_u64(), &|stored| {
            stored["kinds"][kind].as_u64()
        });
    }
    row("all events", chain["events"].as_u64(), &|stored| {
        stored["events"].as_u64()
    });
    row("grants", chain["grants"].as_u64(), &|stored| {
        stored["grants"].as_u64()
    });
    text
}

/// Fails unless both stored every event of the chain, each with its block, place, kind and
/// transaction, and every grant and the pool with the same money.
pub(super) fn agreed(answer: &Value) -> Result<()> {
    let chain = &answer["chain"];
    let stored = |run: usize| &answer["runs"][run]["stored"];
    for run in [0, 1] {
        for what in ["kinds", "events", "grants"] {
            if stored(run)[what] != chain[what] {
                let name = &answer["runs"][run]["name"];
                bail!("{name} has not the {what} of the chain, see the table");
            }
        }
    }
    for what in ["events_sum", "grants_digest", "pool"] {
        if stored(0)[what].is_null() || stored(0)[what] != stored(1)[what] {
            bail!(
                "the two differ in {what}: {} and {}",
                stored(0)[what],
                stored(1)[what]
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        let kinds = json!({ "Claimed": 7, "Opened": 2 });
        let stored = json!({
            "kinds": kinds, "events": 9, "grants": 2, "events_sum": "5", "grants_digest": "ab",
            "pool": "funded 9",
        });
        let run = |name: &str, speed: f64| {
            json!({
                "name": name, "seconds": 3.0, "events_per_second": speed, "stored": stored,
            })
        };
        json!({
            "profile": "release",
            "chain": { "events": 9, "head": 4, "grants": 2, "kinds": kinds, "seconds": 1.0 },
            "runs": [run("guerdon", 9_000.0), run("ponder", 3_000.0)],
        })
    }

    #[test]
    fn the_table_says_how_much_faster_and_every_kind() {
        let text = table(&answer());
        assert!(text.contains("ours is 3.0 times as fast"), "{text}");
        assert!(
            text.contains("| Claimed                   |            7 |         7 |         7 |"),
            "{text}"
        );
    }

    #[test]
    fn what_differs_is_named() {
        agreed(&answer()).unwrap();
        for (run, what, value) in [
            (1, "events", json!(8)),
            (0, "kinds", json!({ "Claimed": 9 })),
            (1, "grants_digest", json!("cd")),
            (1, "pool", json!("funded 8")),
            (0, "events_sum", Value::Null),
        ] {
            let mut other = answer();
            other["runs"][run]["stored"][what] = value;
            let error = agreed(&other).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
