//! Budgets of files and functions, and marks that must not stay behind.

use super::Tree;

/// Lines of a file, by the end of its name; the first row that fits counts.
const LINES: &[(&str, usize)] = &[
    ("/lib.rs", 60),
    ("/mod.rs", 60),
    (".rs", 500),
    (".html", 150),
    ("docs/ARCHITECTURE.md", 300),
];

/// Files above their budget, each with its reason.
const EXCUSED: &[(&str, &str)] = &[
    (
        "xtask/src/tidy/mod.rs",
        "holds the tree that all checks read",
    ),
    (
        "crates/formats/src/eval/mod.rs",
        "holds the reading, the one type of its module",
    ),
];

const FUNCTION_LINES: usize = 70;
/// What may stand before the word that begins a function.
const MODIFIERS: [&str; 7] = [
    "",
    "pub",
    "pub(crate)",
    "pub(super)",
    "async",
    "const",
    "unsafe",
];
const CONTRACT_CODE_LINES: usize = 350;

pub(super) fn check(tree: &Tree, findings: &mut Vec<String>) {
    for (name, text) in &tree.files {
        let count = text.lines().count();
        let budget = LINES.iter().find(|(ending, _)| name.ends_with(ending));
        if let Some((_, most)) = budget
            && count > *most
            && !EXCUSED.iter().any(|(excused, _)| excused == name)
        {
            findings.push(format!("{name} has {count} lines, at most {most}"));
        }
        if name.ends_with(".rs") {
            functions(name, text, findings);
        }
        marks(name, text, findings);
    }
    for (name, text) in tree
        .with(".sol")
        .filter(|(name, _)| name.starts_with("contracts/src/"))
    {
        solidity(name, text, findings);
    }
    for (name, text) in tree.with("package-lock.json") {
        if text.contains("\"resolved\"") {
            findings.push(format!("{name} names download addresses"));
        }
    }
}

/// Unfinished work and switched-off tests. The words are put together here, or this file would
/// find itself.
fn marks(name: &str, text: &str, findings: &mut Vec<String>) {
    let words = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["#[ig", "nore"],
        ["vm.s", "kip("],
        ["todo", "!("],
    ];
    if name.ends_with(".lock") || name.ends_with(".json") || name.ends_with(".csv") {
        return;
    }
    for (number, line) in text.lines().enumerate() {
        for word in words.iter().map(|halves| halves.concat()) {
            if line.contains(&word) {
                findings.push(format!("{name}:{}: {word} is left behind", number + 1));
            }
        }
    }
}

/// Functions of at most 70 lines, files of at most 350 lines of code, interfaces apart.
fn solidity(name: &str, text: &str, findings: &mut Vec<String>) {
    if name.contains("/interfaces/") {
        if text
            .lines()
            .any(|line| line.trim_start().starts_with("import"))
        {
            findings.push(format!("{name} imports: an interface stands alone"));
        }
        return;
    }
    let count = text.lines().filter(|line| is_code(line)).count();
    if count > CONTRACT_CODE_LINES {
        findings.push(format!(
            "{name} has {count} lines of code, at most {CONTRACT_CODE_LINES}"
        ));
    }
    functions(name, text, findings);
}

fn is_code(line: &str) -> bool {
    let line = line.trim();
    let comments = ["//", "/*", "*"];
    !line.is_empty() && !comments.iter().any(|start| line.starts_with(start))
}

/// Functions of at most 70 lines of code between their braces, as the formatters lay them out:
/// told here in a second, by the lints at the end of a build.
fn functions(name: &str, text: &str, findings: &mut Vec<String>) {
    let mut begun: Option<(&str, &str)> = None;
    let mut lines: Option<usize> = None;
    for line in text.lines() {
        let indent = line.split_at(line.len() - line.trim_start().len()).0;
        let is_head = ["function ", "fn "].iter().any(|word| {
            let before = line.split(word).next().unwrap_or_default().trim();
            line.contains(word) && before.split(' ').all(|part| MODIFIERS.contains(&part))
        });
        if is_head {
            (begun, lines) = (Some((indent, line.trim())), None);
        }
        let Some((margin, head)) = begun else {
            continue;
        };
        if line.strip_prefix(margin).is_some_and(|rest| rest == "}") {
            if let Some(count) = lines.filter(|count| *count > FUNCTION_LINES) {
                findings.push(format!("{name}: `{head}` has {count} lines, at most 70"));
            }
            (begun, lines) = (None, None);
        } else if let Some(count) = &mut lines {
            *count += usize::from(is_code(line));
        } else if line.ends_with('{') && (is_head || indent == margin) {
            lines = Some(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn each_excess_is_found() {
        let file = |name: &str, text: String| (name.to_owned(), text);
        let long = format!("    function f() {{\n{}    }}\n", "        a;\n".repeat(71));
        let rust = format!(
            "    pub fn f(\n    ) {{\n{}    }}\n",
            "        a;\n".repeat(71)
        );
        let short = format!("fn f() {{\n{}\n    // b\n}}\n", "    a;\n".repeat(70));
        let tree = Tree {
            root: ".".into(),
            files: vec![
                file("crates/core/src/lib.rs", "\n".repeat(61)),
                file("crates/core/src/ok.rs", "\n".repeat(500)),
                file("contracts/src/Long.sol", long),
                file("crates/core/src/long.rs", rust),
                file("crates/core/src/short.rs", short),
                file("contracts/src/interfaces/I.sol", "import \"x\";".to_owned()),
                file("notes.md", ["a TO", "DO b"].concat()),
                file("package-lock.json", "\"resolved\": 1".to_owned()),
            ],
        };
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        assert_eq!(findings.len(), 6, "{findings:?}");
    }
}
