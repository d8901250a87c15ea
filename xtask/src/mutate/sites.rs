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
