//! `cargo xtask prove`: symbolic proofs of the contracts with halmos, and slither's findings.
//!
//! Not part of `cargo xtask test`: it needs Python and some minutes. Works on a copy of the
//! contracts in `target/prove`, in a virtual environment of the versions pinned, with their hashes,
//! in `contracts/tools/prover/requirements.txt`.

mod copy;
mod findings;
mod properties;
pub(crate) mod python;
mod workshop;

use std::path::Path;

use anyhow::Result;

use self::workshop::Workshop;
use crate::process::run;

/// Proves what `contracts/test/symbolic` states and reads slither's findings; fails unless every
/// property is proven and every finding is answered in `contracts/tools/prover/answers.toml`.
pub(crate) fn prove(root: &Path, forge: &Path) -> Result<()> {
    let workshop = Workshop::open(root, forge)?;
    run(
        "translation of the solver's questions, against bit vectors",
        workshop.program("python").arg("tools/prover/selftest.py"),
    )?;
    let answered = findings::check(&workshop);
    let proven = properties::check(&workshop);
    proven.and(answered)
}
