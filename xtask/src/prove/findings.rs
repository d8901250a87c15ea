//! What slither says of the contracts, and whether each finding is answered.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::workshop::{Workshop, read};

/// For each of slither's checks, the places that are answered; `*` answers it everywhere.
type Answers = BTreeMap<String, Vec<String>>;

/// Runs slither and prints a table; fails on a finding without an answer and on an answer to
/// nothing.
pub(super) fn check(workshop: &Workshop) -> Result<()> {
    let report = workshop.report("slither.json")?;
    eprintln!("==> static analysis (slither)");
    // ends with an error when there is any finding
    let told = workshop
        .program("slither")
        .args([".", "--filter-paths", "node_modules", "--json"])
        .arg(&report)
        .output()
        .context("slither did not start")?;
    if !report.exists() {
        bail!("slither: {}", String::from_utf8_lossy(&told.stderr));
    }
    let findings = findings(&read(&report)?)?;
    let answers = answers(&workshop.contracts.join("tools/prover/answers.toml"))?;
    let (table, open) = compare(&findings, &answers);
    eprint!("{table}");
    if !open.is_empty() {
        bail!(
            "slither's findings and tools/prover/answers.toml differ:\n  {}",
            open.join("\n  ")
        );
    }
    Ok(())
}

/// Each check of slither that found something, with the places.
fn findings(report: &Value) -> Result<BTreeMap<String, Vec<String>>> {
    if report["success"] != true {
        bail!("slither: {}", report["error"]);
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let detectors = report["results"]["detectors"].as_array();
    for finding in detectors.into_iter().flatten() {
        let check = finding["check"].as_str().context("a finding has a check")?;
        let place = place(&finding["elements"][0]);
        found.entry(check.to_owned()).or_default().push(place);
    }
    Ok(found)
}

/// `Contract.function.variable`.
fn place(element: &Value) -> String {
    let name = element["name"].as_str().unwrap_or_default();
    let parent = &element["type_specific_fields"]["parent"];
    let inside = ["contract", "function", "struct", "event"];
    if parent["type"]
        .as_str()
        .is_some_and(|kind| inside.contains(&kind))
    {
        return format!("{}.{name}", place(parent));
    }
    name.to_owned()
}

fn answers(path: &Path) -> Result<Answers> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} is missing", path.display()))?;
    let table: BTreeMap<String, BTreeMap<String, toml::Value>> = toml::from_str(&text)?;
    let mut answers = Answers::new();
    for (check, answer) in table {
        let because = answer.get("because").and_then(toml::Value::as_str);
        if because.is_none_or(str::is_empty) {
            bail!("answers.toml: {check} has no `because`");
        }
        let places = answer.get("places").and_then(toml::Value::as_array);
        let places = places.with_context(|| format!("answers.toml: {check} has no `places`"))?;
        let names = places.iter().filter_map(toml::Value::as_str);
        answers.insert(check, names.map(str::to_owned).collect());
    }
    Ok(answers)
}

/// A table of what was found, and what is wrong: findings without answer, answers to nothing.
fn compare(findings: &BTreeMap<String, Vec<String>>, answers: &Answers) -> (String, Vec<String>) {
    let mut wrong = Vec::new();
    let mut table = String::from(
        "\n| check of slither         | findings | answered |\n\
         |--------------------------|----------|----------|\n",
    );
    for (check, places) in findings {
        let known = answers.get(check).map(Vec::as_slice).unwrap_or_default();
        let open: Vec<&String> = places
            .iter()
            .filter(|place| !known.iter().any(|name| name == "*" || name == *place))
            .collect();
        let answered = places.len().saturating_sub(open.len());
        table += &format!("| {check:<24} | {:>8} | {answered:>8} |\n", places.len());
        wrong.extend(
            open.iter()
                .map(|place| format!("not answered: {check} at {place}")),
        );
    }
    for (check, known) in answers {
        let places = findings.get(check).map(Vec::as_slice).unwrap_or_default();
        let stale = known
            .iter()
            .filter(|name| *name != "*" && !places.contains(name) || places.is_empty());
        wrong.extend(stale.map(|name| format!("answered, but not found: {check} at {name}")));
    }
    (table, wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_finding_needs_its_answer_and_an_answer_its_finding() {
        let contract = json!({ "type": "contract", "name": "Grants" });
        let claim = json!({ "type": "function", "name": "claim", "type_specific_fields": { "parent": contract } });
        let finding = |check: &str| json!({ "check": check, "elements": [claim] });
        let report = json!({ "success": true, "results": { "detectors":
            [finding("timestamp"), finding("reentrancy"), finding("assembly")] } });
        let findings = super::findings(&report).expect("the report is whole");
        let answers = [
            ("timestamp", "*"),
            ("assembly", "Grants.claim"),
            ("tx-origin", "Grants.end"),
        ]
        .map(|(check, place)| (check.to_owned(), vec![place.to_owned()]));
        let (_, wrong) = super::compare(&findings, &answers.into());
        assert_eq!(
            wrong,
            [
                "not answered: reentrancy at Grants.claim",
                "answered, but not found: tx-origin at Grants.end"
            ]
        );
    }
}
