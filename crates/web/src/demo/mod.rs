//! What only a demonstration offers: other people's wallets, and time.

use crate::routes::Route;

/// What a demonstration lends to its pages.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Demo {}

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
