//! The table of these pages.

use super::{
    calendar, claim_all, file, grant, home, home_data, kept, leave, links, list, receipt, settings,
    share,
};
use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (public, signed_in, reader) = (Access::Public, Access::SignedIn, Access::GrantReader);
    let wallet = Access::WithWallet;
    vec![
        Route::get("/me", signed_in, home::page),
        Route::get("/me.json", signed_in, home_data::as_json),
        Route::get("/me.csv", signed_in, home_data::as_table),
        Route::get("/me.xlsx", signed_in, home_data::as_table),
        Route::get("/me/grants", signed_in, list::page),
        Route::get("/me/grants.json", signed_in, list::as_json),
        Route::get("/me/grants.csv", signed_in, list::as_table),
        Route::get("/me/grants.xlsx", signed_in, list::as_table),
        Route::get("/me/claim", signed_in, claim_all::page),
        Route::get("/me/settings", signed_in, settings::page),
        Route::post("/me/settings/zone", signed_in, settings::set_zone),
        Route::post("/me/settings/calendar", wallet, links::make_calendar),
        Route::post(
            "/me/settings/calendar/revoke",
            wallet,
            links::revoke_calendar,
        ),
        Route::get("/me/privacy", signed_in, kept::page),
        Route::get("/me/privacy.json", signed_in, kept::as_json),
        Route::get("/grants/{id}", reader, grant::page),
        Route::get("/grants/{id}/file.json", Access::GrantParty, file::download),
        Route::get("/grants/{id}/leave", reader, leave::page),
        Route::get("/grants/{id}/receipts/{tx}", reader, receipt::page),
        Route::post("/grants/{id}/share", Access::GrantHolder, links::make_share),
        Route::post(
            "/grants/{id}/share/revoke",
            Access::GrantHolder,
            links::revoke_share,
        ),
        Route::get("/share/{token}", public, share::page),
        Route::get("/calendar/{file}", public, calendar::file),
    ]
}
