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
    let code = |line: &&str| {
        let line = line.trim();
        !line.is_empty()
            && !["//", "/*", "*"]
                .iter()
                .any(|start| line.starts_with(start))
    };
    let count = text.lines().filter(code).count();
    if count > CONTRACT_CODE_LINES {
        findings.push(format!(
            "{name} has {count} lines of code, at most {CONTRACT_CODE_LINES}"
        ));
    }
    let mut begun: Option<(usize, &str)> = None;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("    function ") || line.starts_with("function ") {
            begun = Some((number, line.trim()));
        } else if line == "    }" || line == "}" {
            let Some((start, head)) = begun.take() else {
                continue;
            };
            let lines = number + 1 - start;
            if lines > FUNCTION_LINES {
                findings.push(format!("{name}: `{head}` has {lines} lines, at most 70"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn each_excess_is_found() {
        let file = |name: &str, text: String| (name.to_owned(), text);
        let long = format!("    function f() {{\n{}    }}\n", "        a;\n".repeat(70));
        let tree = Tree {
            root: ".".into(),
            files: vec![
                file("crates/core/src/lib.rs", "\n".repeat(61)),
                file("crates/core/src/ok.rs", "\n".repeat(500)),
                file("contracts/src/Long.sol", long),
                file("contracts/src/interfaces/I.sol", "import \"x\";".to_owned()),
                file("notes.md", ["a TO", "DO b"].concat()),
                file("package-lock.json", "\"resolved\": 1".to_owned()),
            ],
        };
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        assert_eq!(findings.len(), 5, "{findings:?}");
    }
}
