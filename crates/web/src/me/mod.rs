//! What an engineer sees of her own grants.

mod ask;
mod calendar;
mod claim_all;
mod explain;
mod file;
mod grant;
mod home;
mod home_data;
mod kept;
mod lately;
mod leave;
mod links;
mod list;
mod load;
mod merge;
mod portfolio;
mod prompts;
mod receipt;
mod routes;
mod settings;
mod share;
mod worth;

pub(crate) use explain::Explain;
pub(crate) use routes::routes;

/// The name of the setting that holds a zone.
pub(crate) const ZONE: &str = "zone";
