//! What runs by itself, and what waits for its time.

use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
