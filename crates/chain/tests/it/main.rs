//! The chain crate against a real anvil: the supervisor, and the main job on the contracts.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod goals;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod http;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod safe;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod supervisor;
#[cfg(test)]
mod support;
