//! The branching trees beside the contracts' unit tests: `contracts/test/unit/<contract>/*.tree`.
//!
//! A tree names its function in the first column, and each leaf ends with `→` and the tests that
//! show it. Every leaf has its test, every unit test its leaf, every function of an interface its
//! tree.

use std::collections::BTreeSet;

use super::Tree;

const TESTS: &str = "contracts/test/";
const UNITS: &str = "contracts/test/unit/";
const INTERFACES: &str = "contracts/src/interfaces/I";
/// What lies between a leaf and its tests.
const ARROW: char = '→';

pub(super) fn check(tree: &Tree, findings: &mut Vec<String>) {
    let tests = tests(tree, TESTS);
    let mut named = BTreeSet::new();
    let mut roots = BTreeSet::new();
    for (name, text) in tree.with(".tree") {
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        for (number, line) in lines.iter().enumerate() {
            let depth = depth(line);
            let deeper = lines.get(number + 1).map_or(0, |next| self::depth(next));
            if depth == 0 {
                roots.insert(root(line));
            }
            if deeper > depth {
                continue;
            }
            let Some((_, shown)) = line.split_once(ARROW) else {
                findings.push(format!("{name}: `{}` names no test", line.trim()));
                continue;
            };
            for test in shown.split(',').map(str::trim) {
                if !tests.contains(test) {
                    findings.push(format!("{name}: there is no test {test}"));
                }
                named.insert(test.to_owned());
            }
        }
    }
    for test in self::tests(tree, UNITS).difference(&named) {
        findings.push(format!("no tree in {UNITS} has a leaf for {test}"));
    }
    for function in functions(tree).difference(&roots) {
        findings.push(format!("no tree in {UNITS} begins with {function}"));
    }
}

/// How far a line is indented; 0 is a function's name.
fn depth(line: &str) -> usize {
    let drawn = |sign: &char| " │├└─".contains(*sign);
    line.chars().take_while(drawn).count()
}

/// `Grants.claim` of `Grants.claim(terms)`.
fn root(line: &str) -> String {
    line.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// The names of all test functions in a folder.
fn tests(tree: &Tree, folder: &str) -> BTreeSet<String> {
    tree.with(".t.sol")
        .filter(|(name, _)| name.starts_with(folder))
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.trim().strip_prefix("function test"))
        .filter_map(|rest| rest.split_once('('))
        .map(|(rest, _)| format!("test{rest}"))
        .collect()
}

/// Every function of an interface, as `Contract.function`.
fn functions(tree: &Tree) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (name, text) in tree.with(".sol") {
        let Some(contract) = name.strip_prefix(INTERFACES) else {
            continue;
        };
        let contract = contract.trim_end_matches(".sol");
        let declared = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("function "));
        for function in declared.filter_map(|line| line.split('(').next()) {
            all.insert(format!("{contract}.{function}"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn a_leaf_without_a_test_and_a_test_without_a_leaf_are_found() {
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let test = "    function test_A() public {}\n    function test_B(uint256 x) public {}\n";
        let drawn = "Pot.fill(amount)\n├── given nothing → test_A\n└── given something\n    \
                     ├── it pays → test_C\n    └── it stays\n";
        let tree = Tree {
            root: ".".into(),
            files: vec![
                file(
                    "contracts/src/interfaces/IPot.sol",
                    "    function fill(uint256 a);\n    function drain(\n",
                ),
                file("contracts/test/unit/Pot.t.sol", test),
                file("contracts/test/unit/pot/fill.tree", drawn),
            ],
        };
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        let all = findings.join("\n");
        assert_eq!(findings.len(), 4, "{all}");
        for part in ["no test test_C", "it stays", "leaf for test_B", "Pot.drain"] {
            assert!(all.contains(part), "{part} is not in\n{all}");
        }
    }
}
