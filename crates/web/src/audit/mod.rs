//! What auditors read: the state at the end of a day, whether everything agrees, the register, the
//! contracts, and the bundle of evidence.

mod at;
mod bundle;
mod check;
mod contracts;
mod pin;
mod register;
mod reports;
mod view;

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (reads, company) = (Access::AuditorReader, Access::CompanyReader);
    vec![
        Route::get("/audit", reads, at::choose),
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
        Route::get("/company/reports", company, reports::page),
        Route::get("/company/reports/{file}", company, reports::file),
    ]
}
