//! Where events are sent: what the pages and the API do alike.

mod answers;
mod lent;
mod log;
mod made;
mod page;
mod show;

pub(super) use answers::{add, list, remove, shapes};
pub use lent::{NewSecret, Webhooks};
pub use made::test_event;
use made::{NotMade, Wanted, note, put};
pub(super) use page::{change, make, one};
pub(super) use show::{HookRow, Telling, events, rows};
pub use show::{delivery_outcome, webhook_standing};
