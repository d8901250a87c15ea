//! `/api/v1`: the same records for other systems, by keys of their own.
//!
//! [`table`] says everything of an operation once; [`serve`] is the one way in, and [`openapi`]
//! prints the document from the same table. Amounts come from core, as on the pages.

mod books;
mod call;
mod cursor;
mod docs;
mod endpoint;
mod goals;
mod grants;
mod integrations;
mod jobs;
mod kept;
mod key;
mod limit;
mod openapi;
mod people;
mod plans;
mod pool;
mod problem;
mod schema;
mod serve;
mod shapes;
mod table;

pub(crate) use kept::{Kept, by_session};
pub use key::NewKey;
pub use limit::Limits;
pub use openapi::document;
pub(crate) use serve::router;

use crate::access::Access;
use crate::routes::Route;

/// Rows on a page of a list, if a request names no other number.
const PAGE: usize = 50;

/// The pages about it.
pub(crate) fn routes() -> Vec<Route> {
    let administrator = Access::Administrator;
    let integrations = "/company/integrations";
    vec![
        Route::get("/api", Access::Public, docs::page),
        Route::get("/api/openapi.json", Access::Public, docs::document),
        Route::get(integrations, administrator, integrations::page),
        Route::post(integrations, administrator, integrations::make),
        Route::post(
            "/company/integrations/revoke",
            administrator,
            integrations::revoke,
        ),
    ]
}
