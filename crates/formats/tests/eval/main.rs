//! Evaluation results: the real files of real harnesses, and each trap by one changed field.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod drawn;
mod drawn_inspect;
mod every_eval_ever;
mod fit;
mod hostile;
mod inspect;
mod inspect_runs;
mod lm_eval;
mod measured;
mod paired;
mod runs;
mod samples;
mod support;
mod task_hash;
