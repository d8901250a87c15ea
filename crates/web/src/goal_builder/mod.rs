//! `/company/goals/new`: a definition is written, judged as a test, and made ready to sign.

mod draft;
mod fields;
mod figures;
mod page;
mod people;
mod read;
mod sheet;
mod templates;

pub(crate) use page::{Judged, file_name, judge, name_is_taken, refused};
pub(crate) use sheet::Sheet;

use crate::access::Access;
use crate::routes::Route;

/// The chain that a company runs for itself: it makes the blocks.
const EMBEDDED: u64 = 31_337;

/// The pages of this part that are read; what signs stands with the company's other actions.
pub(crate) fn routes() -> Vec<Route> {
    let reads = Access::CompanyReader;
    vec![
        Route::get("/company/goals/new", reads, page::page),
        Route::get("/company/goals/new/definition.json", reads, page::file),
    ]
}
