//! `/api/v1`: the same records for other systems, by keys of their own.
//!
//! [`table`] says everything of an operation once; [`serve`] is the one way in, and [`openapi`]
//! prints the document from the same table. Amounts come from core, as on the pages.

mod books;
mod call;
mod cursor;
mod docs;
mod endpoint;
mod events;
mod goals;
mod grants;
mod imports;
mod integrations;
mod jobs;
mod kept;
mod key;
mod limit;
mod lists;
mod once;
mod openapi;
mod pages;
mod people;
mod plans;
mod pool;
mod problem;
mod schema;
mod serve;
mod shapes;
mod table;
mod tag;
mod webhooks;

pub use events::{EventKind, event_of, vested_event};
pub(crate) use kept::{Kept, by_session};
pub use key::NewKey;
pub use limit::Limits;
pub use openapi::document;
pub(crate) use pages::routes;
pub(crate) use serve::router;
pub use webhooks::{NewSecret, Webhooks, delivery_outcome, test_event, webhook_standing};

/// Rows on a page of a list, if a request names no other number.
const PAGE: usize = 50;
