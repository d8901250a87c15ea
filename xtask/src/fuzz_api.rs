//! `cargo xtask fuzz api`: schemathesis reads the document of a server of its own and asks whatever
//! comes to its mind. A scratch demo, a key with all scopes, no limits, a fixed seed.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{process::run, prove::python::environment, setup::cargo};

const SCOPES: [&str; 9] = [
    "read:grants",
    "read:results",
    "read:people",
    "read:jobs",
    "plan:write",
    "people:write",
    "imports:write",
    "read:events",
    "webhooks:write",
];
const SEED: &str = "20281130";
const FOLDER: &str = "crates/web/tests/schemathesis";

/// Ends the server however the run ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes `examples` requests of each kind for each operation (50).
pub(crate) fn api(root: &Path, words: &[String]) -> Result<()> {
    let examples = match words {
        [] => "50",
        [name, count] if name == "--examples" => count,
        _ => bail!("usage: cargo xtask fuzz api [--examples N]"),
    };
    let folder = root.join(FOLDER);
    let venv = root.join("target/schemathesis");
    let programs = environment(&venv, &folder.join("requirements.txt"))?;
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "guerdon"]);
    run("build", &mut build)?;
    let data = root.join("target/xtask/fuzz-api");
    let _ = fs::remove_dir_all(&data);
    let guerdon = |words: &[&str]| {
        let mut command = Command::new(root.join("target/debug/guerdon"));
        command.current_dir(root).arg("--data-dir").arg(&data);
        command.args(words);
        command
    };
    run("demo", &mut guerdon(&["demo", "--no-serve"]))?;
    let key = key(&mut guerdon(&[
        "--yes", "-o", "json", "key", "create", "fuzz",
    ]))?;
    let serve = ["serve", "--port", "0", "--key-limit", "0"];
    let (server, url) = served(&mut guerdon(&serve))?;
    let outcome = schemathesis(&programs, (&folder, &data), (&url, &key, examples));
    drop(server);
    outcome
}

fn schemathesis(
    programs: &Path,
    (folder, data): (&Path, &Path),
    (url, key, examples): (&str, &str, &str),
) -> Result<()> {
    let mut tests = Command::new(programs.join("schemathesis"));
    tests
        .current_dir(data)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", folder)
        .env("GUERDON_API_KEY", key)
        .arg("run")
        .arg(format!("{url}/api/openapi.json"))
        .args(["--checks", "all", "--seed", SEED, "--no-color"])
        .args(["--max-examples", examples])
        .args(["--phases", "examples,coverage,fuzzing"]);
    run("schemathesis", &mut tests)
}

fn key(command: &mut Command) -> Result<String> {
    for scope in SCOPES {
        command.args(["--scope", scope]);
    }
    let made = command.output().context("guerdon did not start")?;
    let value: serde_json::Value = serde_json::from_slice(&made.stdout)
        .with_context(|| format!("no key: {}", String::from_utf8_lossy(&made.stderr)))?;
    let key = value["key"].as_str().context("no key was printed")?;
    Ok(key.to_owned())
}

/// Starts the server and reads where it is; its log goes on to nowhere.
fn served(command: &mut Command) -> Result<(Server, String)> {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().context("guerdon did not start")?;
    let said = child.stderr.take().context("no output")?;
    let server = Server(child);
    let mut lines = BufReader::new(said).lines();
    for line in lines.by_ref() {
        if let Some(rest) = line?.strip_prefix("pages at ") {
            let url = rest.split(',').next().unwrap_or_default().to_owned();
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((server, url));
        }
    }
    bail!("the pages did not start")
}
