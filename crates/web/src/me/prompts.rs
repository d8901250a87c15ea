//! Agreements that wait for their holder's word.

use alloy_primitives::B256;
use guerdon_core::state::Phase;
use guerdon_store::Read;

use super::portfolio::{Mine, Portfolio};
use crate::access::Viewer;
use crate::error::PageError;
use crate::strings::me as words;
use crate::views::Why;

/// Asks for the acceptance of a grant, unless its holder has accepted it or nothing is left of it.
pub(super) async fn prompt(
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
    let what = words::not_accepted(&mine.name());
    let why = Why::new(what, words::ACCEPT_WHY.to_owned(), next);
    Ok(Some(why.with_link(
        format!("{}/accept", mine.href()),
        words::READ_AND_ACCEPT,
    )))
}

/// All that wait.
pub(super) async fn prompts(
    read: &mut Read,
    portfolio: &Portfolio,
    viewer: &Viewer,
) -> Result<Vec<Why>, PageError> {
    let mut all = Vec::new();
    for mine in portfolio.standing() {
        all.extend(prompt(read, mine, viewer).await?);
    }
    Ok(all)
}

/// The agreement of a grant that stands and is not settled.
fn open(mine: &Mine) -> Option<B256> {
    let terms = mine.data.terms.as_ref()?;
    let settled = matches!(mine.data.record.state.phase, Phase::Settled { .. });
    Some(terms.document).filter(|document| mine.stands() && !settled && !document.is_zero())
}
