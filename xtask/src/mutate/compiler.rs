//! The Solidity compiler as a process that stays (`contracts/tools/compiler.mjs`).

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Creation bytecode in hex by the contract's name.
pub(super) type Code = BTreeMap<String, String>;

/// What the sources are: their syntax trees, and which files each deployed file needs.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) asts: BTreeMap<String, Value>,
    pub(super) needs: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
pub(super) struct Compiler {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Compiler {
    /// Starts it in a folder of contracts.
    pub(super) fn start(root: &Path, contracts: &Path) -> Result<Self> {
        let mut child = Command::new("node")
            .current_dir(contracts)
            .arg(root.join("contracts/tools/compiler.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("node did not start the compiler")?;
        let requests = child.stdin.take().context("the compiler has an input")?;
        let answers = child.stdout.take().context("the compiler has an output")?;
        Ok(Self {
            child,
            requests,
            answers: BufReader::new(answers),
        })
    }

    /// The syntax trees of our own files among those that `files` need.
    pub(super) fn describe(&mut self, files: &[String]) -> Result<Description> {
        let mut answer = self.ask(&json!({ "describe": files }))?;
        Ok(Description {
            asts: serde_json::from_value(answer["asts"].take())?,
            needs: serde_json::from_value(answer["needs"].take())?,
        })
    }

    /// Compiles `files`, one of them or of what they need changed; `None` if that is not Solidity.
    pub(super) fn compile(
        &mut self,
        files: &[String],
        changed: Option<(&str, &str)>,
        optimizer: bool,
    ) -> Result<Option<Code>> {
        let changed: BTreeMap<&str, &str> = changed.into_iter().collect();
        let request = json!({ "compile": files, "changed": changed, "optimizer": optimizer });
        let mut answer = self.ask(&request)?;
        if answer.get("error").is_some() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_value(answer["code"].take())?))
    }

    fn ask(&mut self, request: &Value) -> Result<Value> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line)
            .with_context(|| format!("the compiler answered {} bytes, not JSON", line.len()))
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
