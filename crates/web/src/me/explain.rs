//! "Explain this number": the formula, the inputs and the block of a figure.

use crate::html::{Markup, Money};
use crate::numbers::grouped;
use crate::strings::me as words;
use crate::views::{Context, markup};

/// What stands behind one figure.
#[derive(Clone, Debug)]
pub(crate) struct Explain {
    pub(crate) summary: String,
    /// What is explained, for those who hear the page.
    pub(crate) of: String,
    pub(crate) formula: String,
    pub(crate) inputs: Vec<(String, Markup)>,
    pub(crate) block: String,
}

impl Explain {
    /// Inputs follow by [`Self::with`] and [`Self::with_money`].
    pub(crate) fn new(of: &str, formula: &str, context: &Context<'_>) -> Self {
        let block = match context.as_of.head {
            Some((block, time)) => words::as_of_block(&grouped(block), time),
            None => words::NO_BLOCK.to_owned(),
        };
        Self {
            summary: words::EXPLAIN.to_owned(),
            of: format!("({of})"),
            formula: formula.to_owned(),
            inputs: Vec::new(),
            block,
        }
    }

    /// One of several beside each other: the summary says which.
    pub(crate) fn beside_others(self, name: &str) -> Self {
        Self {
            summary: words::explain(name),
            of: String::new(),
            ..self
        }
    }

    pub(crate) fn with(mut self, name: impl Into<String>, value: Markup) -> Self {
        self.inputs.push((name.into(), value));
        self
    }

    pub(crate) fn with_money(
        self,
        name: impl Into<String>,
        units: u128,
        context: &Context<'_>,
    ) -> Self {
        self.with(name, markup(Money::words(units, context.token())))
    }
}
