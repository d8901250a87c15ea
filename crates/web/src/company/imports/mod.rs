//! Sheets on their way to rounds: upload, match the columns, check, look at each grant in words,
//! import. A draft stands in the database until it is imported or discarded.

mod check;
mod commit;
mod draft;
mod importer;
mod judge;
pub(crate) mod lent;
mod list;
mod map;
mod preview;
mod small;
mod steps;
mod upload;

pub(super) use draft::named as named_terms;
pub(crate) use draft::{context as sheet_context, goals_offered, known_goals};
pub use importer::{ImportJob, ImportOutcome, Importer};

use axum::extract::DefaultBodyLimit;

use crate::access::Access;
use crate::routes::Route;

/// Rows on one page.
const PAGE: usize = 50;

pub(super) fn routes() -> Vec<Route> {
    use Access::{CompanyReader as Reads, CompanyWriter as Writes};
    let mut all = list::routes();
    all.extend([
        Route::get("/company/imports/small", Writes, small::page),
        Route::post("/company/imports/small", Writes, small::take),
        Route::get("/company/imports/{id}/map", Reads, map::page),
        Route::post("/company/imports/{id}/map", Writes, map::take),
        Route::get("/company/imports/{id}/check", Reads, check::page),
        Route::post("/company/imports/{id}/check", Writes, check::take),
        Route::get("/company/imports/{id}/errors.csv", Reads, check::errors),
        Route::get("/company/imports/{id}/preview", Reads, preview::page),
        Route::get("/company/imports/{id}/commit", Reads, commit::page),
        Route::post("/company/imports/{id}/commit", Writes, commit::take),
    ]);
    all
}

/// Takes files beside plain forms.
fn large(route: Route) -> Route {
    let limit = DefaultBodyLimit::max(upload::BYTES_MAX + 16_384);
    Route {
        handler: route.handler.layer(limit),
        ..route
    }
}
