//! What the company sees and drafts.

use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
