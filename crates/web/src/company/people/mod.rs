//! The people list: who works here, what each holds, what each may read.

mod brought;
mod common;
mod edit;
mod erase;
mod export;
mod list;
mod person;
mod sheet;

use crate::access::Access;
use crate::routes::Route;
use axum::extract::DefaultBodyLimit;

pub use export::person_export;

use common::{member, new_member, role_names, shown_name};

/// The largest sheet of people, in bytes.
const BYTES_MAX: usize = 1 << 20;

pub(super) fn routes() -> Vec<Route> {
    use Access::{Administrator as Rules, CompanyReader as Reads};
    let import = Route::post("/company/people/import", Rules, sheet::import);
    let limit = DefaultBodyLimit::max(BYTES_MAX + 16_384);
    vec![
        Route::get("/company/people", Reads, list::page),
        Route::get("/company/people.json", Reads, list::data),
        Route::get("/company/people.csv", Reads, list::data),
        Route::get("/company/people.xlsx", Reads, list::data),
        // What takes the whole list out is written down, so that it is no reading.
        Route::post("/company/people.json", Reads, sheet::export),
        Route::post("/company/people.csv", Reads, sheet::export),
        Route::post("/company/people.xlsx", Reads, sheet::export),
        Route::get("/company/people/new", Rules, edit::new),
        Route::post("/company/people/new", Rules, edit::add),
        Route {
            handler: import.handler.layer(limit),
            ..import
        },
        Route::get("/company/people/{id}", Reads, person::page),
        Route::post("/company/people/{id}/export", Rules, export::take),
        Route::get("/company/people/{id}/edit", Rules, edit::edit),
        Route::post("/company/people/{id}/edit", Rules, edit::change),
        Route::get("/company/people/{id}/erase", Rules, erase::page),
        Route::post("/company/people/{id}/erase", Rules, erase::take),
    ]
}
