//! What waits for somebody's word: agreements to accept, replacements to sign and to send.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::state::Phase;
use guerdon_formats::replacement_file::ReplacementFile;
use guerdon_store::Read;

use super::portfolio::{Mine, Portfolio};
use crate::access::Viewer;
use crate::actions::REPLACE;
use crate::error::PageError;
use crate::strings::me as words;
use crate::views::Why;

/// Requests of a grant that are looked through.
const REQUESTS: u32 = 8;

/// What waits for the holder of a grant: her signature under a replacement, her acceptance.
pub(super) async fn of_holder(
    read: &mut Read,
    (mine, now): (&Mine, u64),
    viewer: &Viewer,
) -> Result<Vec<Why>, PageError> {
    let replaced = replacement(read, (mine, now), true).await?;
    let accept = acceptance(read, mine, viewer).await?;
    Ok(replaced.into_iter().chain(accept).collect())
}

/// All that wait for the reader, by grant.
pub(super) async fn prompts(
    read: &mut Read,
    (portfolio, now): (&Portfolio, u64),
    viewer: &Viewer,
) -> Result<BTreeMap<B256, Vec<Why>>, PageError> {
    let mut all = BTreeMap::new();
    for mine in portfolio.standing() {
        let asked = of_holder(read, (mine, now), viewer).await?;
        all.insert(mine.data.record.id, asked);
    }
    Ok(all)
}

/// The newest replacement of a grant that can still be signed or sent, as the holder or the company
/// reads it.
pub(super) async fn replacement(
    read: &mut Read,
    (mine, now): (&Mine, u64),
    is_holder: bool,
) -> Result<Option<Why>, PageError> {
    if !mine.stands() {
        return Ok(None);
    }
    let subject = format!("grant:{}", mine.data.record.id);
    let kept = read.requests_of(&subject, REQUESTS).await?;
    let mut open = kept.into_iter().filter(|kept| {
        let deadline = || ReplacementFile::decode(kept.request.body.as_bytes());
        kept.request.kind == REPLACE
            && kept.stands()
            && deadline().is_ok_and(|file| file.deadline > now)
    });
    let Some(kept) = open.next() else {
        return Ok(None);
    };
    let (what, why, next) = match (&kept.signature, is_holder) {
        (None, true) => (words::REPLACE_ASKED, words::REPLACE_WHY, words::ACCEPT_NEXT),
        (None, false) => (
            words::REPLACE_DRAFTED,
            words::REPLACE_WHY_DRAFTED,
            words::HOLDER_NEXT,
        ),
        (Some(_), _) => (
            words::REPLACE_SIGNED,
            words::REPLACE_WHY_SIGNED,
            words::COMPANY_NEXT,
        ),
    };
    let path = format!("{}/sign/{}", mine.href(), kept.id);
    let why = Why::new(what.to_owned(), why.to_owned(), next);
    Ok(Some(why.with_link(path, words::READ_REPLACEMENT)))
}

/// Asks for the acceptance of a grant, unless its holder has accepted it or nothing is left of it.
async fn acceptance(
    read: &mut Read,
    mine: &Mine,
    viewer: &Viewer,
) -> Result<Option<Why>, PageError> {
    let Some(agreement) = open(mine) else {
        return Ok(None);
    };
    let holder = mine.data.holder();
    let accepted = read.acceptances(mine.data.record.id).await?;
    let mut accepted = accepted.iter();
    if accepted.any(|one| one.wallet == holder && one.agreement == agreement) {
        return Ok(None);
    }
    let signs = viewer
        .wallet()
        .is_some_and(|_| viewer.wallets.contains(&holder));
    let next = match signs {
        true => words::ACCEPT_NEXT,
        false => words::ACCEPT_NEXT_ELSEWHERE,
    };
    let what = words::NOT_ACCEPTED.to_owned();
    let why = Why::new(what, words::ACCEPT_WHY.to_owned(), next);
    Ok(Some(why.with_link(
        format!("{}/accept", mine.href()),
        words::READ_AND_ACCEPT,
    )))
}

/// The agreement of a grant that stands and is not settled.
fn open(mine: &Mine) -> Option<B256> {
    let terms = mine.data.terms.as_ref()?;
    let settled = matches!(mine.data.record.state.phase, Phase::Settled { .. });
    Some(terms.document).filter(|document| mine.stands() && !settled && !document.is_zero())
}
