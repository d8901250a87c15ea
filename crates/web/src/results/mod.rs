//! Where results are made and disputed: what is due, an attempt's work, challenges and verdicts.

mod act;
mod act_form;
mod act_page;
mod challenge;
mod desk;
mod hand_in;
mod judge;
mod links;
mod papers;
mod queue;
mod queue_page;
mod reading;
mod sheet;
mod signatures;
mod steps;
mod upload;
mod work;

pub(crate) use act::Name;
pub(crate) use links::links;
pub use papers::accept_paper;
pub(crate) use queue::Task;

use axum::extract::DefaultBodyLimit;

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (any, party) = (Access::SignedIn, Access::GoalParty);
    let file = Route::post("/goals/{id}/attempts/{number}/file", party, upload::take);
    let limit = DefaultBodyLimit::max(2 * upload::BYTES_MAX + 16_384);
    let mut routes = vec![
        Route::get("/queue", any, queue_page::page),
        Route::get("/queue.json", any, queue_page::as_json),
        Route::get("/queue.csv", any, queue_page::as_table),
        Route::get("/queue.xlsx", any, queue_page::as_table),
        Route::get("/goals/{id}/attempts/{number}/work", party, work::page),
        Route::post("/goals/{id}/attempts/{number}/ask", party, hand_in::ask),
        Route::post("/goals/{id}/attempts/{number}/sign", party, hand_in::sign),
        Route {
            handler: file.handler.layer(limit),
            ..file
        },
        Route::get(
            "/goals/{id}/attempts/{number}/files/{hash}",
            party,
            upload::download,
        ),
    ];
    let signed = "/goals/{id}/attempts/{number}/signatures/{hash}";
    routes.push(Route::get(signed, party, signatures::download));
    routes.extend(act_page::routes());
    routes
}
