//! What other systems are told: events, the webhooks that they are sent to, and each delivery.
//! Times are Unix seconds of the wall clock but for an event's own, which is the chain's.

mod deliveries;
mod events;
mod steps;
mod webhooks;

pub use deliveries::{Delivery, Due, Outcome};
pub use events::{Event, NewEvent, Told};
pub use steps::GrantSteps;
pub use webhooks::{NewWebhook, Webhook};
