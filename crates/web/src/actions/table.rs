//! Every route of this part.

use super::{batches, change, define, end, open, replace, replace_sign, request, rounds};
use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (reads, writes) = (Access::CompanyReader, Access::CompanyWriter);
    let (party, holder) = (Access::GrantParty, Access::GrantHolder);
    vec![
        Route::get("/grants/{id}/end", reads, end::page),
        Route::post("/grants/{id}/end", writes, end::order),
        Route::get("/grants/{id}/open", party, open::page),
        Route::get("/grants/{id}/change", party, change::page),
        Route::post("/grants/{id}/change", writes, change::order),
        Route::post(
            "/grants/{id}/change/holder",
            holder,
            change::order_as_holder,
        ),
        Route::get("/grants/{id}/replace", reads, replace::page),
        Route::post("/grants/{id}/replace", writes, replace::prepare),
        Route::get("/grants/{id}/sign/{request}", party, request::page),
        Route::post("/grants/{id}/sign/{request}", holder, replace_sign::sign),
        Route::post(
            "/grants/{id}/sign/{request}/batch",
            writes,
            replace_sign::batch,
        ),
        Route::post(
            "/grants/{id}/sign/{request}/withdraw",
            writes,
            replace::withdraw,
        ),
        Route::get(
            "/grants/{id}/sign/{request}/replacement.json",
            party,
            replace::download,
        ),
        Route::get("/company/rounds/{root}/commit", reads, rounds::commit),
        Route::post(
            "/company/rounds/{root}/commit",
            writes,
            rounds::order_commit,
        ),
        Route::get("/company/rounds/{root}/rescind", reads, rounds::rescind),
        Route::post(
            "/company/rounds/{root}/rescind",
            writes,
            rounds::order_rescind,
        ),
        Route::get("/company/rounds/{root}/sign/{request}", reads, rounds::sign),
        Route::post("/company/goals/new", writes, define::order),
        Route::get("/company/goals/{id}/sign/{request}", reads, define::sign),
        Route::get("/company/batches", reads, batches::list),
        Route::get("/company/batches.json", reads, batches::data),
        Route::get("/company/batches.csv", reads, batches::data),
        Route::get("/company/batches.xlsx", reads, batches::data),
        Route::post("/company/batches", writes, batches::begin),
        Route::get("/company/batches/{id}", reads, batches::page),
        Route::post("/company/batches/{id}", writes, batches::change),
        Route::get("/company/batches/{id}/safe.json", reads, batches::file),
    ]
}
