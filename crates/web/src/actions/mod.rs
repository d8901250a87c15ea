//! What the company and holders change together: previews, requests to sign, batches for a Safe.

mod api;
mod batch_calls;
mod batches;
mod beside;
mod change;
mod common;
mod consent;
mod define;
mod done;
mod effect;
mod end;
mod offers;
mod open;
mod order;
mod permission;
mod replace;
mod replace_sign;
mod request;
mod round_subject;
mod rounds;
mod safe;
mod subject;
mod table;
mod weighed;

pub use api::batch_call;
pub(crate) use api::{Judged, Planned, plan_act, plan_round};
pub(crate) use change::account;
pub(crate) use define::offer;
pub(crate) use replace::KIND as REPLACE;
pub(crate) use request::tried;
pub(crate) use subject::contract;
pub(crate) use table::routes;

use common::{closed, notes, to};
