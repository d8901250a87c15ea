//! What the company and holders change together.

use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
