//! What only a demonstration offers: other people's accounts, a wallet in the page, and time.
//!
//! Nothing of it exists elsewhere: without a [`Demo`] every route of this part answers 404. With
//! one it answers only on this machine, by a name of this machine, so that no page of another site
//! reaches it by turning its own name to our address.

mod bar;
mod cast;
mod dates;
mod guard;
mod page;
mod switch;
mod travel;
mod wallet;

pub use cast::{Actor, Answer, Call, Stage};

pub(crate) use bar::bar;
pub(crate) use guard::is_loopback;

use std::fmt;
use std::sync::Arc;

use crate::access::Access;
use crate::routes::Route;

/// What a demonstration lends to its pages.
#[derive(Clone)]
pub struct Demo(pub Arc<dyn Stage>);

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actors = self.0.cast().len();
        f.debug_struct("Demo").field("actors", &actors).finish()
    }
}

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/demo", Access::Demo, page::page),
        Route::post("/demo/switch", Access::Demo, switch::switch),
        Route::post("/demo/travel", Access::Demo, travel::travel),
        Route::post("/demo/wallet", Access::Demo, wallet::ask),
    ]
}
