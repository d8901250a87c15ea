//! Who is known here, and so worth a line in the log of what was done.

use guerdon_store::{Owner, Read};

use crate::error::PageError;

/// The owner, if the people list or the chain's AccessManager knows him. Anybody can make wallets
/// without end: what they do with their own sessions and calendars must not bury the log.
pub(crate) async fn known(read: &mut Read, owner: Owner) -> Result<Option<Owner>, PageError> {
    let is_known = match owner {
        Owner::Person(_) => true,
        Owner::Wallet(wallet) => !read.roles_of(wallet).await?.is_empty(),
    };
    Ok(is_known.then_some(owner))
}
