//! What the portal keeps beside the chain: the people list, sessions, links, the audit log.

mod acceptances;
mod audit;
mod auditor_links;
mod brought;
mod erase;
mod held;
mod keys;
mod links;
mod list;
mod members;
mod named;
mod owner;
mod relay;
mod sessions;
mod settings;

pub use acceptances::Acceptance;
pub use audit::{Actor, Entry, NewEntry};
pub use auditor_links::{AuditorLink, NewAuditorLink};
pub use brought::BroughtFile;
pub use erase::Erased;
pub use held::Held;
pub use keys::{ApiAnswer, ApiKey, NewApiKey, Scope};
pub use links::{MailLink, ShareLink};
pub use members::{ListRole, Member, MemberWallet, NewMember};
pub use named::{GrantNames, Papers};
pub use owner::{Owner, PersonId};
pub use relay::{RelayRequest, RelayState};
pub use sessions::{Means, Session};
