//! One change of one place in the contracts.

use std::{collections::BTreeMap, fmt};

/// The kinds of change, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    Require,
    If,
    Modifier,
    Clause,
    Comparison,
    Negate,
    Logic,
    Return,
    Statement,
    Emit,
    Arithmetic,
    Bits,
    MinMax,
    Boolean,
    Constant,
    Argument,
}

impl Operator {
    pub(super) const ALL: [(Self, &str, &str); 16] = [
        (Self::Require, "require", "a require is left out"),
        (
            Self::If,
            "if",
            "an if without else is left out, with what it guards",
        ),
        (Self::Modifier, "modifier", "a modifier is left out"),
        (
            Self::Clause,
            "clause",
            "one side of && or || stands for both",
        ),
        (
            Self::Comparison,
            "comparison",
            "< and <=, > and >=, == and != change places",
        ),
        (Self::Negate, "negate", "a condition is turned round"),
        (Self::Logic, "logic", "&& and || change places"),
        (Self::Return, "return", "another value is returned"),
        (
            Self::Statement,
            "statement",
            "an assignment or a call is left out",
        ),
        (Self::Emit, "emit", "an event is left out"),
        (
            Self::Arithmetic,
            "arithmetic",
            "+ and -, * and / change places, % is *",
        ),
        (
            Self::Bits,
            "bits",
            "& and |, << and >> change places, ~ is left out",
        ),
        (Self::MinMax, "min-max", "min and max change places"),
        (Self::Boolean, "boolean", "true and false change places"),
        (Self::Constant, "constant", "a number is one more"),
        (
            Self::Argument,
            "argument",
            "neighbouring arguments of one type change places",
        ),
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(operator, ..)| *operator == self)
            .map_or("", |(_, name, _)| name)
    }
}

/// The bytes `start..end` of a file become `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    pub(super) file: String,
    pub(super) function: String,
    pub(super) operator: Operator,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: usize,
    pub(super) before: String,
    pub(super) after: String,
    /// Which of the like ones in its function, from 1.
    pub(super) nth: usize,
}

impl Mutant {
    /// The file with the change in it.
    pub(super) fn apply(&self, text: &str) -> String {
        let (head, tail) = (text.get(..self.start), text.get(self.end..));
        format!(
            "{}{}{}",
            head.unwrap_or_default(),
            self.after,
            tail.unwrap_or_default()
        )
    }

    /// The line of the file in which it begins.
    pub(super) fn code<'a>(&self, texts: &'a BTreeMap<String, String>) -> &'a str {
        let text = texts.get(&self.file).map_or("", String::as_str);
        text.lines().nth(self.line - 1).unwrap_or_default().trim()
    }

    pub(super) fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }

    /// What becomes of what.
    pub(super) fn change(&self) -> String {
        let (operator, before) = (self.operator.name(), short(&self.before));
        match self.after.as_str() {
            "" | "{}" => format!("{operator} `{before}`"),
            after => format!("{operator} `{before}` -> `{}`", short(after)),
        }
    }
}

/// A name that survives edits elsewhere in the file.
impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.file_name(),
            self.function,
            self.change()
        )?;
        if self.nth > 1 {
            write!(f, " ({})", self.nth)?;
        }
        Ok(())
    }
}

/// On one line, and not too long.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 90 {
        return line;
    }
    let head: String = line.chars().take(88).collect();
    format!("{head}..")
}
