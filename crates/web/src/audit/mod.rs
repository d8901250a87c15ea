//! What auditors read: the state at the end of a day, whether everything agrees, the register, the
//! contracts, the bundle of evidence, reports of months; and the links by which they read it.

mod agreement;
mod at;
mod bundle;
mod check;
mod contracts;
mod gather;
mod links;
mod pin;
mod register;
mod reports;
mod sending;
mod view;

pub(crate) use sending::Sending;

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (reads, makes) = (Access::AuditorReader, Access::Administrator);
    vec![
        Route::get("/audit", reads, at::choose),
        Route::get("/audit.json", reads, at::choose),
        Route::get("/audit.csv", reads, at::choose),
        Route::get("/audit.xlsx", reads, at::choose),
        Route::get("/audit/at/{date}", reads, at::page),
        Route::get("/audit/register", reads, register::page),
        Route::get("/audit/register.json", reads, register::page),
        Route::get("/audit/register.csv", reads, register::page),
        Route::get("/audit/register.xlsx", reads, register::page),
        Route::get("/audit/contracts", reads, contracts::page),
        Route::get("/audit/contracts.json", reads, contracts::page),
        Route::get("/audit/contracts.csv", reads, contracts::page),
        Route::get("/audit/contracts.xlsx", reads, contracts::page),
        Route::get("/audit/bundle", reads, bundle::page),
        Route::get("/audit/bundle/{file}", reads, bundle::file),
        Route::get("/company/reports", reads, reports::page),
        Route::get("/company/reports/{file}", reads, reports::file),
        Route::get("/audit/links", makes, links::page),
        Route::get("/audit/links.json", makes, links::data),
        Route::get("/audit/links.csv", makes, links::data),
        Route::get("/audit/links.xlsx", makes, links::data),
        Route::post("/audit/links", makes, links::make),
        Route::post("/audit/links/revoke", makes, links::revoke),
    ]
}
