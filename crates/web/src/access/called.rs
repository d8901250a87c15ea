//! What a wallet is called in a sentence.

use alloy_primitives::Address;
use guerdon_store::Read;

use super::Viewer;
use crate::error::PageError;
use crate::numbers::shortened;
use crate::strings::access as words;

/// A wallet as this reader knows it: as his own; by the name on the people list where he may read
/// that; else by its address. The address stands beside.
pub(crate) async fn called(
    read: &mut Read,
    viewer: Option<&Viewer>,
    wallet: Address,
) -> Result<String, PageError> {
    let short = shortened(&wallet.to_checksum(None));
    if viewer.is_some_and(|viewer| viewer.wallets.contains(&wallet)) {
        return Ok(words::called(words::YOU, &short));
    }
    let member = match viewer.is_some_and(Viewer::is_company) {
        true => read.member_of_wallet(wallet).await?,
        false => None,
    };
    let name = member.map(|member| member.name);
    Ok(match name.filter(|name| !name.is_empty()) {
        Some(name) => words::called(&name, &short),
        None => short,
    })
}
