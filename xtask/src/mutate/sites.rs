//! Finds the places to change in a syntax tree of the compiler.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    mutant::{Mutant, Operator},
    solidity, yul,
};

/// A node's children that hold no code to change.
const SKIPPED: [&str; 7] = [
    "typeName",
    "parameters",
    "returnParameters",
    "documentation",
    "overrides",
    "typeDescriptions",
    "externalReferences",
];

/// All mutants of the sources, by operator, then file, then place.
pub(super) fn all(asts: &BTreeMap<String, Value>, texts: &BTreeMap<String, String>) -> Vec<Mutant> {
    let own = asts
        .iter()
        .filter(|(file, _)| texts.contains_key(*file))
        .flat_map(|(_, ast)| declarations(ast))
        .collect();
    let mut found: Vec<Mutant> = texts
        .iter()
        .filter_map(|(file, text)| Some((file, text, asts.get(file)?)))
        .flat_map(|(file, text, ast)| {
            let mut sites = Sites::new(file, text, &own);
            sites.walk(ast);
            sites.found
        })
        .collect();
    found.sort_by(|a, b| {
        let place = |mutant: &Mutant| (mutant.operator, mutant.file.clone(), mutant.start);
        (place(a), a.end, &a.after).cmp(&(place(b), b.end, &b.after))
    });
    number(found)
}

/// Numbers those that read alike, leaving out what two operators make of one place alike.
fn number(found: Vec<Mutant>) -> Vec<Mutant> {
    let mut changes = BTreeSet::new();
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for mut mutant in found {
        let place = (mutant.file.clone(), mutant.start, mutant.end);
        if !changes.insert((place, mutant.after.clone())) {
            continue;
        }
        let count = alike.entry(mutant.to_string()).or_default();
        *count += 1;
        mutant.nth = *count;
        kept.push(mutant);
    }
    kept
}

/// The ids of all functions, events, errors and structs of a file.
fn declarations(ast: &Value) -> Vec<u64> {
    let mut ids = Vec::new();
    let mut rest = vec![ast];
    while let Some(node) = rest.pop() {
        if node["nodeType"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("Definition"))
        {
            ids.extend(node["id"].as_u64());
        }
        match node {
            Value::Array(list) => rest.extend(list),
            Value::Object(map) => rest.extend(map.values()),
            _ => {}
        }
    }
    ids
}

/// Walks one file.
pub(super) struct Sites<'a> {
    file: &'a str,
    pub(super) text: &'a str,
    /// Ids of what our own files declare.
    pub(super) own: &'a BTreeSet<u64>,
    function: String,
    found: Vec<Mutant>,
}

impl<'a> Sites<'a> {
    fn new(file: &'a str, text: &'a str, own: &'a BTreeSet<u64>) -> Self {
        Self {
            file,
            text,
            own,
            function: String::new(),
            found: Vec::new(),
        }
    }

    fn walk(&mut self, node: &Value) {
        match node {
            Value::Array(list) => list.iter().for_each(|child| self.walk(child)),
            Value::Object(map) => {
                let outer = self.function.clone();
                self.enter(node);
                for (key, child) in map {
                    if !SKIPPED.contains(&key.as_str()) {
                        self.walk(child);
                    }
                }
                self.function = outer;
            }
            _ => {}
        }
    }

    fn enter(&mut self, node: &Value) {
        let kind = node["nodeType"].as_str().unwrap_or_default();
        if kind.starts_with("Yul") {
            yul::mutate(self, kind, node);
            return;
        }
        let name = node["name"].as_str().unwrap_or_default();
        match kind {
            "FunctionDefinition" if name.is_empty() => self.function = "constructor".to_owned(),
            "FunctionDefinition" | "ModifierDefinition" => self.function = name.to_owned(),
            "VariableDeclaration" if node["stateVariable"] == true => {
                self.function = name.to_owned();
            }
            _ => {}
        }
        solidity::mutate(self, kind, node);
    }

    /// Adds a mutant, unless it changes nothing.
    pub(super) fn add(&mut self, operator: Operator, span: (usize, usize), after: &str) {
        let (start, end) = span;
        let Some(before) = self.text.get(start..end) else {
            return;
        };
        if before == after {
            return;
        }
        let head = self.text.get(..start).unwrap_or_default();
        self.found.push(Mutant {
            file: self.file.to_owned(),
            function: self.function.clone(),
            operator,
            start,
            end,
            line: 1 + head.matches('\n').count(),
            before: before.to_owned(),
            after: after.to_owned(),
            nth: 1,
        });
    }

    pub(super) fn source(&self, node: &Value) -> &'a str {
        span(node)
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or_default()
    }

    /// Leaves out a statement with its semicolon, which its node does not contain.
    pub(super) fn leave_out(&mut self, operator: Operator, node: &Value) {
        let Some((start, end)) = span(node) else {
            return;
        };
        let tail = self.text.get(end..).unwrap_or_default();
        let blank = tail.len() - tail.trim_start().len();
        let semicolon = tail.trim_start().starts_with(';');
        let end = if semicolon { end + blank + 1 } else { end };
        self.add(operator, (start, end), "{}");
    }

    /// The place of an operator between two operands.
    pub(super) fn between(
        &self,
        left: &Value,
        right: &Value,
        sign: &str,
    ) -> Option<(usize, usize)> {
        let (from, to) = (span(left)?.1, span(right)?.0);
        let at = from + self.text.get(from..to)?.find(sign)?;
        Some((at, at + sign.len()))
    }
}

/// First byte and the one after the last.
pub(super) fn span(node: &Value) -> Option<(usize, usize)> {
    place(node["src"].as_str()?)
}

/// Reads the compiler's `start:length:file`.
pub(super) fn place(src: &str) -> Option<(usize, usize)> {
    let mut numbers = src.split(':').map(str::parse::<usize>);
    let start = numbers.next()?.ok()?;
    let length = numbers.next()?.ok()?;
    Some((start, start + length))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "function f() { require(a < 2 && b); g(); }";

    /// A node over the first place where `part` stands in `TEXT`.
    fn node(kind: &str, part: &str, mut rest: Value) -> Value {
        let start = TEXT.find(part).unwrap();
        rest["nodeType"] = json!(kind);
        rest["src"] = json!(format!("{start}:{}:0", part.len()));
        rest
    }

    fn tree() -> Value {
        let two = node("Literal", "2", json!({ "kind": "number" }));
        let left = json!({
            "operator": "<", "leftExpression": node("Identifier", "a <", json!({})),
            "rightExpression": two,
        });
        let mut left = node("BinaryOperation", "a < 2", left);
        left["leftExpression"]["src"] = json!(format!("{}:1:0", TEXT.find("a <").unwrap()));
        let right = node("Identifier", "b)", json!({}));
        let both = json!({ "operator": "&&", "leftExpression": left, "rightExpression": right });
        let mut both = node("BinaryOperation", "a < 2 && b", both);
        both["rightExpression"]["src"] = json!(format!("{}:1:0", TEXT.find("b)").unwrap()));
        let required = json!({ "expression": { "name": "require" }, "arguments": [both] });
        let required = node("FunctionCall", "require(a < 2 && b)", required);
        let first = json!({ "expression": required });
        let first = node("ExpressionStatement", "require(a < 2 && b)", first);
        let second = node("ExpressionStatement", "g()", json!({}));
        node(
            "FunctionDefinition",
            TEXT,
            json!({ "name": "f", "body": [first, second] }),
        )
    }

    #[test]
    fn every_place_of_a_function_is_changed_once_per_operator() {
        let file = "src/A.sol".to_owned();
        let texts = BTreeMap::from([(file.clone(), TEXT.to_owned())]);
        let found = all(&BTreeMap::from([(file, tree())]), &texts);
        let changed: Vec<String> = found.iter().map(|mutant| mutant.apply(TEXT)).collect();
        assert_eq!(
            changed,
            [
                "function f() { {} g(); }",
                "function f() { require(a < 2); g(); }",
                "function f() { require(b); g(); }",
                "function f() { require(a <= 2 && b); g(); }",
                "function f() { require(a < 2 || b); g(); }",
                "function f() { require(a < 2 && b); {} }",
                "function f() { require(a < (2 + 1) && b); g(); }",
            ]
        );
        assert_eq!(
            found[0].to_string(),
            "A.sol f: require `require(a < 2 && b);`"
        );
        assert_eq!(found[3].to_string(), "A.sol f: comparison `<` -> `<=`");
    }
}
