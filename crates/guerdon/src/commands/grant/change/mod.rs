//! Changes of a grant's word by the company, payroll or the holder: one way for all, from the check
//! before sending to the answer after it.

mod effect;
mod refusal;
mod run;
mod verb;

pub(crate) use effect::Subject;
pub(crate) use refusal::{Words, not_opened, refusal};
pub(crate) use run::{run_accelerate, run_hold, run_plain, run_withholding};
pub(crate) use verb::Verb;
