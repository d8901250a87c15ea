//! Reads evaluation results: what a file says, and whether it may decide money.
//!
//! A result file is evidence that a panel signs over. The readers turn it into counts of right
//! answers, the hash of the task it was, and a verdict: a file that is limited to a part of the
//! questions, averages a group, was not finished, or whose own numbers contradict each other must
//! not decide money, and says so in one sentence.

mod answers;
mod canonical;
mod count;
mod drawn;
mod every_eval_ever;
mod fit;
mod inspect;
mod inspect_drawn;
mod inspect_samples;
mod inspect_task;
mod inspect_zip;
mod json;
mod lm_drawn;
mod lm_eval;
mod lm_samples;
mod lm_task;
mod measurement;
mod paired;
mod parse;
mod reading;
mod run;
mod score;
mod token;

pub use fit::{Misfit, fits, fits_pair, names_baseline, whole_baseline};
pub use paired::{Hashes, PairError, PairFile, Pairing, Side, pair};
pub use reading::{Check, Counts, EvalError, FILE_BYTES_MAX, Format, Origin, Query, Reading, read};
pub use run::{Harness, Run, run_command, run_seed};
