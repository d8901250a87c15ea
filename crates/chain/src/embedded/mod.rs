//! The embedded chain: an anvil process of its own that outlives the command that started it.
//!
//! Its folder holds `anvil.json` (who runs it: process, port, chain id, genesis hash), `anvil.pid`,
//! `genesis.json` (what it is), the last two dumps of its state, its log, and two lock files. The
//! file `lock` is held while it is started, dumped or stopped; `users` is held, shared, by every
//! process that uses it, so that the last one out knows. Locks are the kernel's: a killed process
//! leaves none.

mod attach;
mod dumps;
mod error;
mod files;
mod locate;
mod process;
mod start;
mod travel;

pub use attach::{Embedded, Options};
pub use error::EmbeddedError;
pub use locate::find_anvil;
pub use travel::Clock;
