//! `/grants/{id}/claim`: will it work, and the claim itself; `/grants/{id}/relay`: without gas.

mod look;
mod page;
mod preflight;
mod relay;

#[cfg(test)]
mod life;
#[cfg(test)]
mod tests;

pub(crate) use look::{Known, proof};
pub(crate) use page::{claim, relay as ask_relay};
pub(crate) use preflight::{Finding, Next};
pub use relay::RelayPolicy;
pub(crate) use relay::Standing;
