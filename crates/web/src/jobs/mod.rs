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
use crate::numbers::short_addresses;
use crate::routes::Route;
use crate::state::DeploymentView;

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
    deployment: &DeploymentView,
    record: OperationRecord,
) -> Result<(String, String), PageError> {
    let one = load::scheduled(read, deployment, record).await?;
    Ok((short_addresses(&list::sentence(&one)), one.called()))
}
