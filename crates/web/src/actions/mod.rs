//! What the company and holders change together: previews, requests to sign, batches for a Safe.

mod batches;
mod change;
mod common;
mod consent;
mod effect;
mod end;
mod offers;
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

pub(crate) use table::routes;

use common::{closed, notes, to};
