//! `cargo xtask bench load`: pages under load, on both databases, by wrk.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{postgres::Postgres, process::run, setup::cargo};

/// Targets in milliseconds, and what is asked: grants, and payments of each.
const MEDIAN_MS: f64 = 50.0;
const P99_MS: f64 = 200.0;
const GRANTS: &str = "10000";
const MONTHS: &str = "99";
const EXAMPLE: &str = "bench_load";
const WRK: [&str; 4] = ["-t2", "-c50", "-d60s", "--latency"];
/// Long enough for a database that was just filled to have tidied up after itself.
const WARM: [&str; 4] = ["-t2", "-c50", "-d30s", "--latency"];

/// Fills each database through the indexer, and measures the list of grants and one grant. In the
/// profile everything is tested in, or in Cargo's `release`: what is installed is built so.
pub(super) fn load(root: &Path, (json, release): (bool, bool)) -> Result<()> {
    require_wrk()?;
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "guerdon"]);
    build.args(["--example", EXAMPLE]);
    if release {
        build.arg("--release");
    }
    run("build", &mut build)?;
    let profile = if release { "release" } else { "debug" };
    let program = root
        .join("target")
        .join(profile)
        .join("examples")
        .join(EXAMPLE);
    let mut rows = sqlite(root, &program)?;
    let server = Postgres::start(root)?;
    rows.extend(pages("PostgreSQL", &program, &server.url())?);
    server.stop()?;
    let answer = json!({ "profile": profile, "pages": rows });
    let shown = if json {
        format!("{answer:#}\n")
    } else {
        table(&answer)
    };
    super::show(&shown)
}

fn sqlite(root: &Path, program: &Path) -> Result<Vec<Value>> {
    let folder = root.join("target/xtask");
    std::fs::create_dir_all(&folder)?;
    let remove = || {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("load.db{ending}")));
        }
    };
    remove();
    let url = format!("sqlite://{}", folder.join("load.db").display());
    let rows = pages("SQLite", program, &url);
    remove();
    rows
}

fn require_wrk() -> Result<()> {
    let found = Command::new("wrk")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    match found {
        Ok(_) => Ok(()),
        Err(_) => bail!("wrk is missing: install the package wrk of your system"),
    }
}

/// The example with its pages up; dropped, it ends.
struct Served {
    child: Child,
    facts: Value,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(program: &Path, url: &str) -> Result<Self> {
        let mut child = Command::new(program)
            .args([url, GRANTS, MONTHS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} did not start", program.display()))?;
        let output = child.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let facts = serde_json::from_str(&line)
            .with_context(|| format!("{EXAMPLE} answered {line:?}, see above"))?;
        Ok(Self { child, facts })
    }

    fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_default()
    }
}

fn pages(database: &str, program: &Path, url: &str) -> Result<Vec<Value>> {
    eprintln!("==> {database}: {GRANTS} grants, {MONTHS} payments each");
    let served = Served::start(program, url)?;
    let mut rows = Vec::new();
    for page in ["list", "grant"] {
        let target = format!("{}{}", served.fact("url"), served.fact(page));
        let cookie = format!("Cookie: {}", served.fact("cookie"));
        wrk(&WARM, &target, &cookie)?;
        let said = wrk(&WRK, &target, &cookie)?;
        let mut row = figures(&said).with_context(|| format!("wrk said {said}"))?;
        row["database"] = json!(database);
        row["page"] = json!(page);
        row["events"] = served.facts["events"].clone();
        row["fill_seconds"] = served.facts["seconds"].clone();
        eprintln!("    {row}");
        rows.push(row);
    }
    Ok(rows)
}

fn wrk(options: &[&str], target: &str, cookie: &str) -> Result<String> {
    let output = Command::new("wrk")
        .args(options)
        .args(["-H", cookie, target])
        .output()?;
    if !output.status.success() {
        bail!("wrk failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Median, 99th of a hundred, and answers a second; nothing if an answer was an error.
fn figures(said: &str) -> Option<Value> {
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        return None;
    }
    let after = |label: &str| {
        let mut lines = said.lines().map(str::trim);
        lines.find_map(|line| Some(line.strip_prefix(label)?.trim().to_owned()))
    };
    Some(json!({
        "median_ms": milliseconds(&after("50%")?)?,
        "p99_ms": milliseconds(&after("99%")?)?,
        "per_second": after("Requests/sec:")?.parse::<f64>().ok()?,
    }))
}

/// `1.20ms`, `870us` or `1.02s`.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0), ("m", 60_000.0)];
    units
        .iter()
        .find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}

fn table(answer: &Value) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "pages under load: 50 connections for 60 s, {} profile, {cores} cores shared by server, \
         database and wrk; a write every second and a block every 12\n\
         | database   | page  | median ms | at most | 99 % ms | at most | a second |         |\n\
         |------------|-------|-----------|---------|---------|---------|----------|---------|\n",
        answer["profile"].as_str().unwrap_or_default()
    );
    for row in answer["pages"].as_array().into_iter().flatten() {
        let figure = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let (median, p99) = (figure("median_ms"), figure("p99_ms"));
        let is_met = median < MEDIAN_MS && p99 < P99_MS;
        let _ = writeln!(
            text,
            "| {:<10} | {:<5} | {median:>9.1} | {MEDIAN_MS:>7.0} | {p99:>7.1} | {P99_MS:>7.0} | {:>8.0} | {:<7} |",
            row["database"].as_str().unwrap_or_default(),
            row["page"].as_str().unwrap_or_default(),
            figure("per_second"),
            if is_met { "met" } else { "missed" },
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Running 1m test @ http://127.0.0.1:1/me/grants\n  2 threads and 50 connections\n  \
        Latency Distribution\n     50%   12.34ms\n     75%   20.00ms\n     90%   30.00ms\n     \
        99%    1.02s \n  100 requests in 1.00m, 1MB read\nRequests/sec:   1234.56\n";

    #[test]
    fn figures_are_read_in_any_unit_and_errors_are_none() {
        let read = figures(SAID).unwrap();
        assert_eq!(
            read,
            json!({"median_ms": 12.34, "p99_ms": 1020.0, "per_second": 1234.56})
        );
        assert_eq!(milliseconds("870.00us"), Some(0.87));
        assert_eq!(
            figures(&format!("{SAID}  Non-2xx or 3xx responses: 3\n")),
            None
        );
    }

    #[test]
    fn a_page_that_is_too_slow_at_the_end_is_called_missed() {
        let row = |p99| {
            json!({"database": "SQLite", "page": "list", "median_ms": 9.0, "p99_ms": p99,
                   "per_second": 9.0})
        };
        let text = table(&json!({"profile": "debug", "pages": [row(199.0), row(200.0)]}));
        let verdicts: Vec<bool> = text
            .lines()
            .skip(3)
            .map(|line| line.contains("met "))
            .collect();
        assert_eq!(verdicts, [true, false], "{text}");
    }
}
