//! Plan and confirm: nothing is written before a person, or `--yes`, agreed to the plan.

use std::io::{IsTerminal, Write};

use crate::cli::Global;
use crate::error::{Failure, Kind, Outcome};
use crate::output::say;

/// What a person must do to agree.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Consent<'a> {
    /// Answer y.
    Yes,
    /// Type a word that names what cannot be undone.
    Type(&'a str),
}

/// Asks on a terminal. Elsewhere only `--yes` agrees.
pub(crate) fn confirm(global: &Global, question: &str, consent: Consent<'_>) -> Outcome {
    if global.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::new(
            Kind::Cancelled,
            "nothing was sent: there is nobody to ask here",
        )
        .hint("give --yes to agree in advance, or --dry-run to see the plan alone"));
    }
    let prompt = match consent {
        Consent::Yes => format!("{question} [y/N] "),
        Consent::Type(word) => format!("{question} Type {word} to agree: "),
    };
    let _ = write!(std::io::stderr().lock(), "{prompt}");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Failure::failed(format!("could not read the answer: {error}")))?;
    let answer = answer.trim();
    let agreed = match consent {
        Consent::Yes => matches!(answer, "y" | "Y" | "yes"),
        Consent::Type(word) => answer == word,
    };
    if agreed {
        Ok(())
    } else {
        say("");
        Err(Failure::new(Kind::Cancelled, "nothing was sent"))
    }
}
