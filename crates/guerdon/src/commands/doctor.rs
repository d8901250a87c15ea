//! `doctor`: whether everything that a command would lean on stands, and what to do where it does
//! not.

mod company;
mod data_key;
mod machine;
mod node;

use serde_json::json;

use crate::cli::DataKeyArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Listing;

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Ok,
    /// Worth a word; everything may be as it should.
    Warn,
    Fail,
}

/// What was looked at, how it is, what was found, and what to do about it.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    health: Health,
    found: String,
    remedy: String,
}

#[derive(Debug, Default)]
struct Checkup {
    findings: Vec<Finding>,
}

impl Health {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Checkup {
    fn ok(&mut self, what: &'static str, found: impl Into<String>) {
        self.add(what, Health::Ok, found, "");
    }

    fn warn(&mut self, what: &'static str, found: impl Into<String>, remedy: impl Into<String>) {
        self.add(what, Health::Warn, found, remedy);
    }

    fn fail(&mut self, what: &'static str, found: impl Into<String>, remedy: impl Into<String>) {
        self.add(what, Health::Fail, found, remedy);
    }

    /// What went wrong, with the error's own advice, or ours where it has none.
    fn failure(&mut self, what: &'static str, failure: Failure, remedy: &str) {
        let remedy = failure.hint.unwrap_or_else(|| remedy.to_owned());
        self.fail(what, failure.sentence, remedy);
    }

    fn add(
        &mut self,
        what: &'static str,
        health: Health,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding {
            what,
            health,
            found: found.into(),
            remedy: remedy.into(),
        });
    }
}

pub(crate) async fn run(context: &Context, key: &DataKeyArgs) -> Outcome {
    let mut checkup = Checkup::default();
    machine::config(context, &mut checkup);
    machine::disk(context, &mut checkup);
    match context.connect().await {
        Ok(node) => {
            node::look((context, key), &node.chain, &mut checkup).await;
            node.close().await?;
        }
        Err(failure) => {
            checkup.failure("node", failure, "start the node, or give another --rpc-url");
            machine::database_alone((context, key), &mut checkup).await;
        }
    }
    finish(context, &checkup)
}

fn finish(context: &Context, checkup: &Checkup) -> Outcome {
    let findings = &checkup.findings;
    let items = findings.iter().map(|it| {
        json!({"check": it.what, "state": it.health.word(), "found": it.found, "do": it.remedy})
    });
    let rows = findings.iter().map(|it| {
        let word = it.health.word().to_owned();
        vec![
            it.what.to_owned(),
            word,
            it.found.clone(),
            it.remedy.clone(),
        ]
    });
    context.global.output.listing(&Listing {
        columns: vec!["check", "state", "found", "do"],
        rows: rows.collect(),
        items: items.collect(),
        empty: String::new(),
    })?;
    let failed = findings.iter().filter(|it| it.health == Health::Fail);
    match failed.count() {
        0 => Ok(()),
        failed => {
            let all = findings.len();
            Err(Failure::failed(format!("{failed} of {all} checks failed")))
        }
    }
}
