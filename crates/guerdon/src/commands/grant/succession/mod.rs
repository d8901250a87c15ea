//! Who holds a grant, and what replaces it: replacing with the holder's signature, moving,
//! recovering for a lost key.

mod agree;
mod holder;
mod offer;
mod recover;
mod refusal;
mod replace;
mod sources;

pub(crate) use agree::run_agree;
pub(crate) use holder::{run_move, run_veto};
pub(crate) use recover::run_recover;
pub(crate) use replace::run_replace;
