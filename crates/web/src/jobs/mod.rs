//! What waits for its time, and what runs by itself.

mod data;
mod list;
mod load;
mod operation;

pub(crate) use load::Standing;

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let company = Access::CompanyReader;
    vec![
        Route::get("/company/jobs", company, list::page),
        Route::get("/company/jobs.json", company, list::as_json),
        Route::get("/company/jobs.csv", company, list::as_table),
        Route::get("/company/jobs.xlsx", company, list::as_table),
        Route::get("/company/jobs/{operation}", company, operation::page),
    ]
}
