//! Sentences of an attempt's page.

use alloy_primitives::B256;
use guerdon_core::goal::{AttemptStatus, Goal, Kind};
use jiff::tz::TimeZone;

use crate::dates;
use crate::numbers::{count, grouped, percent, score, shortened};

pub(crate) const ONLY_PARTIES_READ: &str = "This page, the files on it and who signed what are \
     read by the goal's sponsor, its panel and its arbiter, signed in by wallet: nobody else. What \
     the chain takes up is public: counts, the hash of the file, who signed.";
pub(crate) const CONTRACT_WALLETS: &str = "The contract counts signatures of keys alone, 65 bytes \
     each: an account that is itself a contract cannot sit on a panel.";
pub(crate) const NO_MODEL: &str = "Give the hash of the model's manifest: 0x and 64 hexadecimal \
     digits. The manifest holds a nonce, so that nobody guesses it.";
pub(crate) const NO_UNTIL: &str = "Give the last day of the acceptance, after today.";
pub(crate) const NO_FILE: &str = "Choose the file that the harness wrote.";
pub(crate) const TOO_LARGE: &str = "A file is larger than 16 MiB, or all of them are larger than \
     32 MiB. Sign them by the command line, which reads 256 MiB: guerdon goal sign GOAL --result \
     FILE.";
pub(crate) const BROKE_OFF: &str = "The file did not arrive whole. Send it again.";
pub(crate) const NOT_A_COUNT: &str = "Give the count as a whole number.";
pub(crate) const TOO_MANY: &str = "You brought four results for this attempt, and no further one of \
     yours is taken. Sign one of them, or by the command line: guerdon goal sign.";
pub(crate) const TOO_MANY_NAMED: &str = "You asked for four acceptances of this attempt that still \
     stand, and no further one of yours is taken. Register one of them, or accept by the command \
     line: guerdon goal accept.";
pub(crate) const NAMES_NOTHING: &str =
    "Only the goal's sponsor and members of its panel name models and bring files.";
pub(crate) const NO_BASELINE: &str = "Two runs are compared here: choose the baseline's file, too.";
pub(crate) const NOT_SEALED: &str = "The items of this attempt are not drawn yet: let the chain \
     draw them first.";
pub(crate) const UNREAD: &str =
    "The file is evidence that nothing here reads: open it and check it yourself.";
pub(crate) const UNCONFIRMED: &str = "Nothing in the file confirms the score beside it: ask for \
     the answers one by one.";
pub(crate) const MODEL_IS_TEXT: &str = "The model's name in the file is free text and binds \
     nothing: check that the model that was run is the one that was registered.";
pub(crate) const SAME_MODEL: &str = "Both files name the same model: check that the baseline is \
     another one than the candidate.";
pub(crate) const BASELINE_UNNAMED: &str = "The goal's specification names no baseline: check that \
     this is the one that was agreed on.";
pub(crate) const MEASURED: &str = "Nothing confirms a measurement but its source: measure it \
     again there before you sign.";
pub(crate) const PAIR_FILE: &str = "pair.json";
pub(crate) const ANSWERS: &str = "The answers one by one";
pub(crate) const SIGNATURES: &str = "The signatures so far, for the command line";
pub(crate) const NO_METRIC: &str = "The goal's specification names no metric, so a file cannot be \
     read for it here. Sign by the command line: guerdon goal sign --metric.";
pub(crate) const NOT_HERS: &str = "This is not the signature of a member of the panel.";
pub(crate) const NOT_NOW: &str = "The attempt stands where this can no longer be signed.";
pub(crate) const ACCEPT: &str = "Sign the acceptance";
pub(crate) const SIGN: &str = "Sign this result";
pub(crate) const REGISTER: &str = "Register the attempt";
pub(crate) const PROPOSE: &str = "Propose this result";

/// What is to be run where nothing is drawn.
pub(crate) const fn not_drawn(kind: Kind) -> &'static str {
    match kind {
        Kind::Proportion => "Nothing is drawn: every attempt runs all items of the task.",
        Kind::Paired => {
            "Nothing is drawn: candidate and baseline run all items of the task, with the same \
             settings, and each keeps its answers one by one."
        }
        Kind::Measure => "Nothing is drawn: every attempt measures all items.",
        Kind::Count => "There are no items to run: the result is one number with its evidence.",
    }
}

/// The model in a command: the candidate's, or the baseline's.
pub(crate) const MODEL: &str = "MODEL";
pub(crate) const BASELINE: &str = "BASELINE";

/// Why an attempt that stands so does not allow it.
pub(crate) const fn wrong_status(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::None => "The attempt is not registered.",
        AttemptStatus::Registered => "The attempt is running: nothing is proposed yet.",
        AttemptStatus::Proposed => "A result is proposed already.",
        AttemptStatus::Challenged => "The attempt is challenged: the arbiter decides.",
        AttemptStatus::Finished => "The attempt is final: nothing changes it any more.",
        AttemptStatus::Void => "The attempt was declared void.",
    }
}

/// What an acceptance says, sentence by sentence.
pub(crate) fn accepting(goal: &str, number: u16, model: B256, until: &str) -> Vec<String> {
    vec![
        format!(
            "Accept that the {} at {goal} is registered with the model {}.",
            super::attempt(number),
            shortened(&model.to_string())
        ),
        format!("Good until {until}; without a registration by then it means nothing."),
        "It says nothing about the result.".to_owned(),
    ]
}

/// What a signed result says.
pub(crate) fn signing(goal: &str, number: u16, raw: &str, evidence: B256) -> Vec<String> {
    vec![
        format!(
            "Say that the {} at {goal} came to {raw}.",
            super::attempt(number)
        ),
        format!(
            "The evidence is the file with the hash {}.",
            shortened(&evidence.to_string())
        ),
    ]
}

/// Who signed, of how many.
pub(crate) fn signed(have: usize, m: u8, panel: usize) -> String {
    let needed = if m == 1 { "is" } else { "are" };
    format!("{have} of {panel} members signed; {m} {needed} needed.")
}

/// When a member signed.
pub(crate) fn signed_on(at: u64, zone: &TimeZone) -> String {
    format!("signed on {}", dates::moment(at, zone))
}

pub(crate) const NOT_SIGNED: &str = "has not signed";

/// Who is to act, and by when.
pub(crate) fn until(who: &str, by: &str) -> String {
    format!("{who}, by {by}.")
}

/// The block that draws the items.
pub(crate) fn drawn_by(block: u64) -> String {
    format!(
        "Block {} draws the items. Within 256 blocks after it somebody has to seal them, or they \
         are lost and the attempt expires as zero.",
        grouped(block)
    )
}

/// How many items were drawn by which seed.
pub(crate) fn drawn(samples: u32, pool: u32, seed: &str) -> String {
    format!(
        "{} of {} items were drawn by the chain with the seed {seed}.",
        grouped(samples),
        grouped(pool)
    )
}

/// A baseline that was pinned by its file before the chain drew anything.
pub(crate) fn whole_baseline(pool: u32) -> String {
    format!(
        "The baseline's file was named before the draw, over all {} items: bring that one, and what \
         it answered to the drawn items counts. Run the model with the baseline's seeds, 0 unless \
         its file has others.",
        grouped(pool)
    )
}

/// What the contract will decide by a result.
pub(crate) fn decides(goal: &Goal, raw: &str, lower: i64, fraction: u32) -> String {
    let pays = percent(fraction.into());
    if goal.kind == Kind::Count {
        return format!("{raw}: it would pay {pays}.");
    }
    let place = match lower {
        lower if lower < goal.threshold => "below the threshold",
        lower if lower >= goal.stretch => "at or above the stretch",
        _ => "between threshold and stretch",
    };
    format!(
        "{raw}; what counts is the lower bound {}, {place}: it would pay {pays}.",
        score(lower)
    )
}

/// A condition of the goal that a result does not meet.
pub(crate) fn guards_fail(missing: u32) -> String {
    format!(
        "{} not confirmed, so it pays nothing.",
        match missing {
            1 => "One condition is".to_owned(),
            many => format!("{} are", count(many.into(), "condition")),
        }
    )
}

/// What a goal's page leads to.
pub(crate) fn link(what: &str, number: u16) -> String {
    let attempt = super::attempt(number);
    match what {
        "challenge" => format!("Challenge the {attempt}"),
        "finalize" => format!("Finalize the {attempt}"),
        "expire" => format!("Let the {attempt} expire"),
        _ => format!("Work on the {attempt}"),
    }
}

/// The files that a kind of goal asks for: field and label of a file, and of its answers.
pub(crate) fn runs(kind: Kind) -> Vec<[&'static str; 4]> {
    let answers = "Its answers one by one, if there is such a file";
    match kind {
        Kind::Count => Vec::new(),
        Kind::Proportion => {
            let said = "Result file of the harness, at most 16 MiB";
            vec![["file", said, "samples", answers]]
        }
        Kind::Measure => {
            let said = "Result file of the harness, or a measurement, at most 16 MiB";
            vec![["file", said, "samples", answers]]
        }
        Kind::Paired => {
            let ours = "Result file of the candidate";
            let hers = "Answers of the candidate, if they are a file of their own";
            let theirs = "Result file of the baseline";
            let others = "Answers of the baseline, if they are a file of their own";
            vec![
                ["file", ours, "samples", hers],
                ["baseline", theirs, "baseline_samples", others],
            ]
        }
    }
}

/// How a result of this kind is signed by command.
pub(crate) fn sign_command(kind: Kind, goal: &str) -> String {
    let files = match kind {
        Kind::Proportion => "--result FILE",
        Kind::Paired => {
            "--result FILE --samples FILE --against BASELINE --against-samples BASELINE"
        }
        Kind::Measure => "--result FILE --samples FILE",
        Kind::Count => "--x NUMBER --evidence FILE",
    };
    format!("guerdon goal sign {goal} {files}")
}

/// A file that was brought.
pub(crate) fn the_file(name: &str) -> String {
    format!("The file: {name}")
}

/// A count that is not its measurement's.
pub(crate) fn other_count(typed: &str, measured: &str) -> String {
    format!("You typed {typed}, and the measurement says {measured}.")
}

/// A number of a goal's condition.
pub(crate) fn guard(bit: u32) -> String {
    format!("condition {} holds", bit.saturating_add(1))
}

/// Who waits for whom while signatures are missing.
pub(crate) fn more_signatures(missing: u8) -> String {
    match missing {
        1 => "One more member of the panel has to sign.".to_owned(),
        many => format!("{many} more members of the panel have to sign."),
    }
}
