//! What waits for its time, and what runs by itself.

mod data;
mod list;
mod load;
mod operation;

pub(crate) use load::Standing;

use guerdon_core::ledger::OperationRecord;
use guerdon_store::Read;

use crate::access::Access;
use crate::error::PageError;
use crate::routes::Route;
use crate::views::Context;

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

/// What a scheduled call does, and who scheduled it.
pub(crate) async fn in_words(
    read: &mut Read,
    context: &Context<'_>,
    record: OperationRecord,
) -> Result<(String, String), PageError> {
    let one = load::scheduled(read, context, record).await?;
    let caller = one.called();
    Ok((one.told, caller))
}
