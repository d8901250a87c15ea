//! Requests to sign: one struct makes the sentences that a person reads and the bytes that her
//! wallet gets.
//!
//! A page makes a [`Request`] of a plan of `guerdon-chain` (or of typed data) and shows
//! [`Request::panel`], which is the partial `partials/sign.html` around `<guerdon-sign>`. The
//! island only signs: it encodes nothing. Signatures that come back are judged by [`signed_by`].
//! What was sent is followed by [`sent`] and [`live`]; [`claim`] and [`accept`] are pages of it.

mod accept;
pub(crate) mod claim;
mod exit;
mod live;
mod panel;
mod request;
mod sent;
mod streams;
mod verify;

#[cfg(test)]
mod tests;

pub use accept::acceptance;
pub(crate) use accept::said_of as acceptances_of;
pub use claim::RelayPolicy;
pub(crate) use claim::{Known, proof};
pub use exit::{Exit, ExitError, exit_page};
pub(crate) use request::{Kind, Request};
pub(crate) use sent::Fate;
pub(crate) use streams::Streams;
pub(crate) use verify::{Judged, parse_signature, signed_by};

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/grants/{id}/claim", Access::GrantParty, claim::claim),
        Route::post("/grants/{id}/relay", Access::GrantHolder, claim::ask_relay),
        Route::get("/grants/{id}/accept", Access::GrantParty, accept::page),
        Route::post("/grants/{id}/accept", Access::GrantHolder, accept::hand_in),
        Route::get(
            "/grants/{id}/acceptance.json",
            Access::GrantParty,
            accept::export,
        ),
        Route::get("/sent/{tx}", Access::Public, sent::page),
        Route::get("/events", Access::Public, live::events),
    ]
}
