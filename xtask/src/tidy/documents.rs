//! Documents name what exists: paths, crates, decision records, errors and events.

use super::Tree;

const INTERFACES: &str = "contracts/src/interfaces/";

pub(super) fn check(tree: &Tree, findings: &mut Vec<String>) {
    paths(tree, findings);
    records(tree, findings);
    crates(tree, findings);
    interfaces(tree, findings);
}

/// Every path in backticks in a Markdown file exists: what has a slash and starts with a folder or
/// file of the workspace's root.
fn paths(tree: &Tree, findings: &mut Vec<String>) {
    for (name, text) in tree.with(".md") {
        for quoted in text.split('`').skip(1).step_by(2) {
            let first = quoted.split('/').next().unwrap_or_default();
            let plain = quoted
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let ours = plain && quoted.contains('/') && tree.root.join(first).exists();
            if ours && !first.is_empty() && !first.starts_with('.') {
                let exists = tree.root.join(quoted).exists() || first == "node_modules";
                if !exists && first != "target" {
                    findings.push(format!("{name} names `{quoted}`, which does not exist"));
                }
            }
        }
    }
}

/// Decision records are numbered once each and listed in their README.
fn records(tree: &Tree, findings: &mut Vec<String>) {
    const FOLDER: &str = "docs/decisions/";
    let index = text_of(tree, "docs/decisions/README.md");
    let mut numbers = Vec::new();
    for (name, _) in tree
        .with(".md")
        .filter(|(name, _)| name.starts_with(FOLDER))
    {
        let file = name.trim_start_matches(FOLDER);
        if file == "README.md" {
            continue;
        }
        let number = file.get(..4).unwrap_or_default();
        if number.len() != 4 || !number.chars().all(|c| c.is_ascii_digit()) {
            findings.push(format!("{name}: a decision record is named NNNN-title.md"));
        } else if numbers.contains(&number) {
            findings.push(format!("{name}: the number {number} is used twice"));
        }
        numbers.push(number);
        if !index.contains(file) {
            findings.push(format!("{name} is not listed in docs/decisions/README.md"));
        }
    }
}

fn crates(tree: &Tree, findings: &mut Vec<String>) {
    let architecture = text_of(tree, "docs/ARCHITECTURE.md");
    for (name, _) in tree.with("/Cargo.toml") {
        let folder = name.trim_end_matches("/Cargo.toml");
        if !architecture.contains(&format!("`{folder}`")) {
            findings.push(format!(
                "docs/ARCHITECTURE.md does not name the crate `{folder}`"
            ));
        }
    }
}

/// Every error and event of the interfaces appears in a test of the contracts, and every event in
/// the chain crate, which decodes them for the indexer.
fn interfaces(tree: &Tree, findings: &mut Vec<String>) {
    let gather = |folder: &str, ending: &str| -> String {
        let files = tree
            .with(ending)
            .filter(|(name, _)| name.starts_with(folder));
        files.map(|(_, text)| text.as_str()).collect()
    };
    let tests = gather("contracts/test/", ".sol");
    let decoding = gather("crates/chain/", ".rs");
    for (name, text) in tree
        .with(".sol")
        .filter(|(name, _)| name.starts_with(INTERFACES))
    {
        for (kind, noun) in declared(text) {
            if !has_word(&tests, noun) {
                findings.push(format!("{name}: no contract test names the {kind} {noun}"));
            }
            if kind == "event" && !has_word(&decoding, noun) {
                findings.push(format!("{name}: the chain crate does not decode {noun}"));
            }
        }
    }
}

/// The errors and events an interface file declares.
fn declared(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let (kind, rest) = line.trim_start().split_once(' ')?;
        let noun = rest.split('(').next()?.trim();
        (matches!(kind, "error" | "event") && rest.contains('(')).then_some((kind, noun))
    })
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

fn text_of<'a>(tree: &'a Tree, path: &str) -> &'a str {
    tree.files
        .iter()
        .find(|(name, _)| name == path)
        .map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn each_kind_of_gap_is_found() {
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let tree = Tree {
            root: crate::setup::root().unwrap(),
            files: vec![
                file(
                    "README.md",
                    "see `crates/nowhere` and `xtask/src`, not `a/b`",
                ),
                file("docs/decisions/README.md", "0001-one.md"),
                file("docs/decisions/0001-one.md", ""),
                file("docs/decisions/0001-two.md", ""),
                file("docs/ARCHITECTURE.md", "`crates/core`"),
                file("crates/core/Cargo.toml", ""),
                file("crates/new/Cargo.toml", ""),
                file(
                    "contracts/src/interfaces/I.sol",
                    "    error Bad();\n    event Done(uint256 a);",
                ),
                file("contracts/test/T.sol", "Bad.selector; NotDone"),
                file("crates/chain/src/x.rs", "Done"),
            ],
        };
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        let want = [
            "README.md names `crates/nowhere`, which does not exist",
            "docs/decisions/0001-two.md: the number 0001 is used twice",
            "docs/decisions/0001-two.md is not listed in docs/decisions/README.md",
            "docs/ARCHITECTURE.md does not name the crate `crates/new`",
            "contracts/src/interfaces/I.sol: no contract test names the event Done",
        ];
        assert_eq!(findings, want);
    }
}
