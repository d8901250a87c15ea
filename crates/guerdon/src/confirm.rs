//! Plan and confirm: nothing is written before a person, or `--yes`, agreed to the plan.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Whether a person is being asked: reading a terminal blocks, and then nothing else can end it.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Runs a question that blocks on the terminal.
pub(crate) fn ask<T>(question: impl FnOnce() -> T) -> T {
    ASKING.store(true, Ordering::SeqCst);
    let answer = question();
    ASKING.store(false, Ordering::SeqCst);
    answer
}

/// Ends the process at Ctrl-C while a person is being asked. At other times commands end themselves.
pub(crate) async fn end_questions() {
    while tokio::signal::ctrl_c().await.is_ok() {
        if ASKING.load(Ordering::SeqCst) {
            say("\nerror: nothing was sent");
            std::process::exit(i32::from(Kind::Cancelled as u8));
        }
    }
}

/// Asks on a terminal. Elsewhere only `--yes` agrees.
pub(crate) fn confirm(global: &Global, question: &str, consent: Consent<'_>) -> Outcome {
    confirm_or(global, question, consent, "nothing was sent")
}

/// The same where something else than sending is left undone: `undone` says what.
pub(crate) fn confirm_or(
    global: &Global,
    question: &str,
    consent: Consent<'_>,
    undone: &str,
) -> Outcome {
    if global.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::new(
            Kind::Cancelled,
            format!("{undone}: there is nobody to ask here"),
        )
        .hint("give --yes to agree in advance, or --dry-run to see the plan alone"));
    }
    let prompt = match consent {
        Consent::Yes => format!("{question} [y/N] "),
        Consent::Type(word) => format!("{question} Type {word} to agree: "),
    };
    let _ = write!(std::io::stderr().lock(), "{prompt}");
    let mut answer = String::new();
    ask(|| std::io::stdin().read_line(&mut answer))
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
        Err(Failure::new(Kind::Cancelled, undone))
    }
}
