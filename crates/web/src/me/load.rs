//! Reads a reader's own grants, with what the company's list says of them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Subject;
use guerdon_store::{GrantNames, Held, Owner, Page, Read};

use super::portfolio::{Mine, Portfolio};
use crate::access::Viewer;
use crate::data::refused;
use crate::error::PageError;
use crate::load;
use crate::outline::Outline;
use crate::state::AppState;
use crate::views::grant::{GrantData, Named};

/// Grants of one page of the list.
pub(super) const PAGE: u32 = 50;
/// Grants that one page sums and draws.
const GRANTS_MAX: u32 = 200;

/// Whose grants are read: a person of the list, and wallets.
#[derive(Clone, Debug)]
pub(super) struct Whose {
    pub(super) person: Option<guerdon_store::PersonId>,
    pub(super) wallets: Vec<Address>,
}

impl From<&Viewer> for Whose {
    fn from(viewer: &Viewer) -> Self {
        Self {
            person: viewer.person,
            wallets: viewer.wallets.clone(),
        }
    }
}

impl Whose {
    /// Whom a calendar link was made for.
    pub(super) async fn owner(read: &mut Read, owner: Owner) -> Result<Self, PageError> {
        let Owner::Person(person) = owner else {
            let wallets = match owner {
                Owner::Wallet(wallet) => vec![wallet],
                Owner::Person(_) => Vec::new(),
            };
            return Ok(Self {
                person: None,
                wallets,
            });
        };
        let member = read.member(person).await?;
        let wallets = member.map(|member| member.wallets).unwrap_or_default();
        let proven = wallets.into_iter().filter(|it| it.proven_at.is_some());
        Ok(Self {
            person: Some(person),
            wallets: proven.map(|it| it.address).collect(),
        })
    }
}

/// Somebody's grants after a cursor, in order of ids; one more than `limit` if there are more.
async fn held(
    read: &mut Read,
    whose: &Whose,
    (after, limit): (Option<B256>, u32),
) -> Result<Vec<Held>, PageError> {
    let page = Page {
        after,
        limit: limit.saturating_add(1),
    };
    let mut held = read.grants_of_wallets(&whose.wallets, &page).await?;
    if let Some(person) = whose.person {
        held.extend(read.grants_of_person(person, &page).await?);
    }
    held.sort_by_key(Held::id);
    held.dedup_by_key(|held| held.id());
    held.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
    Ok(held)
}

/// All grants of somebody that are committed, as far as one page sums them.
pub(super) async fn portfolio(
    read: &mut Read,
    state: &AppState,
    whose: &Whose,
) -> Result<Portfolio, PageError> {
    let part = (None, GRANTS_MAX);
    let mut portfolio = page(read, state, whose, part).await?.0;
    for mine in &mut portfolio.grants {
        let subject = Subject::Grant(mine.data.record.id);
        mine.data.facts = load::facts(read, state, subject).await?;
    }
    Ok(portfolio)
}

/// A page of somebody's grants without their histories, and the cursor of the next.
pub(super) async fn page(
    read: &mut Read,
    state: &AppState,
    whose: &Whose,
    (after, limit): (Option<B256>, u32),
) -> Result<(Portfolio, Option<B256>), PageError> {
    let outline = Outline::read(read).await?;
    let mut held = held(read, whose, (after, limit)).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = held.len() > most;
    held.truncate(most);
    let ids: Vec<_> = held.iter().map(Held::id).collect();
    let next = ids.last().copied().filter(|_| more);
    let now = load::as_of(read, state).await?.now();
    let papers = read.grant_papers(&ids).await?.into_iter();
    let mut papers: BTreeMap<_, _> = papers.map(|it| (it.names.origin, it)).collect();
    let mut grants = Vec::with_capacity(ids.len());
    for one in held {
        let id = one.id();
        let papers = papers.remove(&id);
        let data = match one {
            Held::Opened(record) => {
                Some(load::listed(read, &outline, *record, papers.as_ref()).await?)
            }
            // Nothing while its round is not committed: nobody is promised it yet.
            Held::Waiting(imported) => load::promised_of(&outline, imported)?,
        };
        let Some(data) = data else { continue };
        let data = match papers {
            Some(papers) => with(data, Some(papers.names), id),
            None => with_names(read, data, id).await?,
        };
        grants.push(Mine::new(data, now).map_err(refused("grant", id))?);
    }
    Ok((Portfolio { grants, more }, next))
}

/// A grant, opened or not, without what the company's list says of it.
pub(super) async fn by_id(
    read: &mut Read,
    state: &AppState,
    id: B256,
) -> Result<GrantData, PageError> {
    match load::grant(read, state, id).await {
        Err(PageError::Missing { .. }) => load::promised(read, id).await,
        found => found,
    }
}

/// A grant with its name, its person and its stated value: for those who may see them.
pub(super) async fn named(
    read: &mut Read,
    state: &AppState,
    id: B256,
) -> Result<GrantData, PageError> {
    let data = by_id(read, state, id).await?;
    with_names(read, data, id).await
}

async fn with_names(read: &mut Read, data: GrantData, id: B256) -> Result<GrantData, PageError> {
    Ok(with(data, read.grant_names(id).await?, id))
}

fn with(data: GrantData, names: Option<GrantNames>, id: B256) -> GrantData {
    let named = names.map(|names| Named {
        sheet_id: match names.origin == id || names.external_id.is_empty() {
            true => names.external_id,
            false => crate::strings::me::in_place_of(&names.external_id),
        },
        person: names.person.unwrap_or_default(),
        stated: names.stated,
    });
    GrantData {
        named: Some(named.unwrap_or_default()),
        ..data
    }
}
