//! `docs/threat-model.md`: each attacker names the tests that stop him, and each of them exists.
//!
//! A test is written `path::name` in backticks: a function of a Rust or Solidity file, or the title
//! of a test in a script.

use super::Tree;

const MODEL: &str = "docs/threat-model.md";
/// What begins an attacker.
const ATTACKER: &str = "### ";

pub(super) fn check(tree: &Tree, findings: &mut Vec<String>) {
    let Some((_, model)) = tree.files.iter().find(|(name, _)| name == MODEL) else {
        findings.push(format!("{MODEL} is missing"));
        return;
    };
    for part in model.split(ATTACKER).skip(1) {
        // What follows a section of another kind is not about this attacker.
        let part = part.split("\n## ").next().unwrap_or(part);
        let attacker = part.lines().next().unwrap_or_default();
        let tests: Vec<&str> = named(part).collect();
        if tests.is_empty() {
            findings.push(format!("{MODEL}: no test stops `{attacker}`"));
        }
        for test in tests {
            if !exists(tree, test) {
                findings.push(format!("{MODEL}: there is no test {test}"));
            }
        }
    }
}

/// The tests that a text names.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|quoted| {
        let path = quoted.split("::").next().unwrap_or_default();
        path.contains('/') && path.contains('.') && quoted.contains("::")
    })
}

fn exists(tree: &Tree, test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else {
        return false;
    };
    let found = tree.files.iter().find(|(known, _)| known == path);
    let Some((_, text)) = found else {
        return false;
    };
    let (rust, solidity) = (format!("fn {name}("), format!("function {name}("));
    match path.rsplit('.').next() {
        Some("rs") => text.match_indices(&rust).any(|(at, _)| is_test(text, at)),
        Some("sol") => text.contains(&solidity),
        Some("mjs") => text.contains(&format!("test(\"{name}\"")),
        _ => false,
    }
}

/// Whether the function at this place is a test: its attribute stands above it, or a macro that
/// writes tests names it.
fn is_test(text: &str, at: usize) -> bool {
    let above = text.get(..at).unwrap_or_default();
    let above = above.trim_end_matches(|sign| sign != '\n');
    let lines = above.lines().rev();
    let mut attributes = lines.take_while(|line| !line.trim().is_empty() && !line.ends_with('}'));
    attributes.any(|line| line.contains("test]") || line.contains("test("))
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn an_attacker_without_a_test_and_a_test_that_is_not_there_are_found() {
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let model = "# Threats\n## Who\n### A thief\nIs stopped by `a/b.rs::stops`, `a/b.rs::plain` \
                     and `a/c.mjs::it holds`.\n### A ghost\nNobody stops it.\n## Not here\n`a/d.rs::x`";
        let rust = "#[test]\nfn stops() {}\n\nfn plain() {}\n";
        let tree = Tree {
            root: ".".into(),
            files: vec![
                file("docs/threat-model.md", model),
                file("a/b.rs", rust),
                file("a/c.mjs", "test(\"it holds\", () => {});"),
            ],
        };
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        let want = [
            "docs/threat-model.md: there is no test a/b.rs::plain",
            "docs/threat-model.md: no test stops `A ghost`",
        ];
        assert_eq!(findings, want);
    }
}
