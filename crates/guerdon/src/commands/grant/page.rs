//! `grant page`: one HTML file that claims a grant by a wallet, from disk or any static server.

use std::path::PathBuf;

use guerdon_chain::plan;
use guerdon_formats::words::{describe_gates, describe_schedule};
use guerdon_web::{Exit, exit_page};
use serde_json::json;

use super::files::{Grant, find};
use crate::cli::PageArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::Record;

/// What of the agreement stands on the page: the page may be published, so no name does.
const SAID: [&str; 5] = [
    "Amount: ",
    "Earned by time: ",
    "Results: ",
    "May leave: ",
    "Withheld for tax from each payment: ",
];

pub(crate) fn run(context: &Context, arguments: &PageArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    let contract = grant.file.contract;
    let first = match grant.file.round {
        Some(_) => Some(plan::claim_first(contract, &grant.encoded, &grant.place()?)),
        None => None,
    };
    let exit = Exit {
        chain_id: grant.file.chain_id,
        contract,
        id: grant.id,
        recipient: grant.file.terms.recipient,
        terms: terms(&grant)?,
        first,
        later: plan::claim(contract, &grant.encoded),
    };
    let page = exit_page(&exit).map_err(|error| Failure::failed(error.to_string()))?;
    let default = || PathBuf::from(format!("{}.html", files::file_name(&grant.name)));
    let path = arguments.to.clone().unwrap_or_else(default);
    files::write(&path, page.as_bytes())?;
    let record = Record::new(json!({
        "grant": grant.id, "name": grant.name, "page": path, "chain_id": grant.file.chain_id,
        "contract": contract, "bytes": page.len(),
    }))
    .line("grant", &grant.name)
    .line("page", path.display().to_string())
    .line("open it", "from disk, or from any static web server")
    .line(
        "from disk",
        "wallets ask for a permission first: allow access to file URLs in the browser's extensions",
    );
    context.global.output.record(&record)
}

/// The terms in words: the agreement's own where the file has them.
fn terms(grant: &Grant) -> Outcome<Vec<String>> {
    let sentence = |text: &str| match text.ends_with('.') {
        true => text.to_owned(),
        false => format!("{text}."),
    };
    if let Some(agreement) = &grant.file.agreement {
        let lines = agreement.text.lines();
        let said = lines.filter(|line| SAID.iter().any(|start| line.starts_with(start)));
        return Ok(said.map(sentence).collect());
    }
    let terms = &grant.file.terms;
    let name = |goal: alloy_primitives::B256| {
        let goals = grant.file.goals.iter();
        let found = goals.clone().find(|known| known.id() == Some(goal));
        found.map_or_else(|| goal.to_string(), |known| known.name.clone())
    };
    let time = describe_schedule(&terms.vesting, terms.start, &grant.zone()?);
    let results = describe_gates(&terms.gates, &name).join(" ");
    Ok(vec![
        sentence(&format!("Amount: at most {} base units", terms.amount)),
        sentence(&format!("Earned by time: {time}")),
        sentence(&format!("Results: {results}")),
    ])
}
