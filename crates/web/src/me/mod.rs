//! What an engineer sees of her own grants.

use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
