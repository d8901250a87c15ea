//! Licences and sources of the dependencies, held to deny.toml.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

pub(super) fn check(root: &Path, metadata: &Value, findings: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string(root.join("deny.toml")).context("deny.toml is missing")?;
    let rules: toml::Table = text.parse().context("deny.toml is not TOML")?;
    for package in metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
    {
        let name = package["name"].as_str().unwrap_or_default();
        let source = package["source"].as_str().unwrap_or("registry+ours");
        if !source.starts_with("registry+") {
            findings.push(format!("{name} comes from {source}, not from the registry"));
        }
        let licence = package["license"].as_str().unwrap_or_default();
        let allowed = allowed_for(&rules, name);
        if !satisfied(licence, &allowed) {
            findings.push(format!(
                "{name} has the licence {licence:?}, which deny.toml refuses"
            ));
        }
    }
    Ok(())
}

fn allowed_for(rules: &toml::Table, name: &str) -> Vec<String> {
    let strings = |value: Option<&toml::Value>| -> Vec<String> {
        let list = value
            .and_then(toml::Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        list.iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let licenses = rules.get("licenses");
    let mut allowed = strings(licenses.and_then(|table| table.get("allow")));
    let exceptions = licenses.and_then(|table| table.get("exceptions"));
    for exception in exceptions
        .and_then(toml::Value::as_array)
        .map_or(&[][..], Vec::as_slice)
    {
        if exception.get("crate").and_then(toml::Value::as_str) == Some(name) {
            allowed.extend(strings(exception.get("allow")));
        }
    }
    allowed
}

/// Whether an SPDX expression can be met with the allowed licences. AND binds closer than OR; the
/// old form `A/B` means A OR B.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    !words.is_empty() && any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let first = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if first == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut licence = first.to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!(
            "{first} WITH {}",
            words.get(*at + 1).copied().unwrap_or_default()
        );
        *at += 2;
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    #[test]
    fn expressions_are_read_as_spdx_says() {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        let rows = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0/MIT", true),
            ("ISC AND (GPL-3.0 OR MIT)", true),
            ("ISC AND GPL-3.0", false),
            ("GPL-3.0 OR ISC AND MIT", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("", false),
        ];
        for (expression, want) in rows {
            assert_eq!(super::satisfied(expression, &allowed), want, "{expression}");
        }
    }
}
