//! Signing in by a wallet's signature, by a link in an e-mail or by an auditor's link, signing out,
//! and the list of sessions.

mod attach;
mod auditor;
mod limits;
mod mail;
mod open;
mod pages;
mod sessions;
mod siwe;
mod wallet;

pub(crate) use limits::Attempts;
pub use mail::Letter;
pub(crate) use sessions::{SessionsView, sessions_of};
pub(crate) use wallet::{Signed, message_for, take};

use crate::access::Access;
use crate::routes::Route;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let (public, signer) = (Access::Public, Access::WithWallet);
    vec![
        Route::get("/sign-in", public, pages::page),
        Route::post("/sign-in/message.json", public, wallet::message),
        Route::post("/sign-in", public, wallet::sign_in),
        Route::post("/sign-in/mail", public, mail::ask),
        Route::get("/sign-in/mail", public, mail::asked),
        Route::get("/sign-in/mail/{token}", public, mail::button),
        Route::post("/sign-in/mail/{token}", public, mail::take),
        Route::get("/sign-in/auditor/{token}", public, auditor::button),
        Route::post("/sign-in/auditor/{token}", public, auditor::take),
        Route::post("/sign-out", public, sessions::sign_out),
        Route::post("/me/sessions/revoke", Access::SignedIn, sessions::revoke),
        Route::post(
            "/me/sessions/revoke-others",
            signer,
            sessions::revoke_others,
        ),
        Route::post("/me/settings/wallet", signer, attach::add),
        Route::post("/me/settings/wallet/message.json", signer, attach::message),
        Route::post("/me/settings/wallet/remove", signer, attach::remove),
    ]
}
