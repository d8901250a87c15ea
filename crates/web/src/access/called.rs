//! What a wallet is called in a sentence.

use alloy_primitives::{Address, B256};
use guerdon_store::Read;
use jiff::Timestamp;

use super::Viewer;
use crate::dates;
use crate::error::PageError;
use crate::numbers::shortened;
use crate::strings::access as words;
use crate::views::Context;

/// A wallet as this reader knows it: as his own; by the name on the people list where he may read
/// that; else by its address. The address stands beside.
pub(crate) async fn called(
    read: &mut Read,
    viewer: Option<&Viewer>,
    wallet: Address,
) -> Result<String, PageError> {
    let short = shortened(&wallet.to_checksum(None));
    Ok(match name(read, viewer, wallet).await? {
        Some(name) => words::called(&name, &short),
        None => short,
    })
}

/// The name alone, where this reader may know one.
pub(crate) async fn name(
    read: &mut Read,
    viewer: Option<&Viewer>,
    wallet: Address,
) -> Result<Option<String>, PageError> {
    if viewer.is_some_and(|viewer| viewer.wallets.contains(&wallet)) {
        return Ok(Some(words::YOU.to_owned()));
    }
    let member = match viewer.is_some_and(Viewer::is_company) {
        true => read.member_of_wallet(wallet).await?,
        false => None,
    };
    let name = member.map(|member| member.name);
    Ok(name.filter(|name| !name.is_empty()))
}

/// A plan's sentence as this reader reads it: wallets and contracts by their names, hashes shortened
/// in the middle, moments in his zone with UTC beside. The plan's own words stay what is exact.
pub(crate) async fn told(
    read: &mut Read,
    context: &Context<'_>,
    sentence: &str,
) -> Result<String, PageError> {
    let mut all = Vec::new();
    for word in sentence.split(' ') {
        let bare = word.trim_matches(|mark| "(),.;:".contains(mark));
        let said = said(read, context, bare).await?;
        all.push(said.map_or_else(|| word.to_owned(), |said| word.replacen(bare, &said, 1)));
    }
    Ok(all.join(" "))
}

/// What stands for a word that is a wallet, a hash or a moment; nothing for any other.
async fn said(
    read: &mut Read,
    context: &Context<'_>,
    word: &str,
) -> Result<Option<String>, PageError> {
    if let Some(address) = of_length::<Address>(word, 42) {
        let mut contracts = context.deployment.contracts.iter();
        let contract = contracts.find(|contract| contract.address == address);
        return Ok(Some(match contract {
            Some(contract) => words::called(&contract.name, &shortened(word)),
            None => called(read, context.viewer, address).await?,
        }));
    }
    if of_length::<B256>(word, 66).is_some() {
        return Ok(Some(shortened(word)));
    }
    let moment = of_length::<Timestamp>(word, 20).map(Timestamp::as_second);
    let moment = moment.and_then(|second| u64::try_from(second).ok());
    Ok(moment.map(|at| dates::both(at, &context.zone_of(None).0)))
}

fn of_length<T: std::str::FromStr>(word: &str, length: usize) -> Option<T> {
    (word.len() == length).then(|| word.parse().ok()).flatten()
}
