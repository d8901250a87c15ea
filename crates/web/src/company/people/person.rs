//! One person: grants, wallets, and what she may, by the list and by the chain.

use askama::Template;
use axum::extract::{Path, State};
use guerdon_core::terms::Terms;
use guerdon_store::{Held, Member, Owner, Page, Read};

use super::{member, shown_name};
use crate::access::CompanyReader;
use crate::error::PageError;
use crate::html::{Hex, Money};
use crate::load;
use crate::numbers::{count, count_of, shortened};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::Context;
use crate::views::round::state_word;
use crate::views::shell::{Place, Shell};

/// Grants that are shown.
const GRANTS: u32 = 100;

#[derive(Debug, Template)]
#[template(path = "pages/company_person.html")]
struct PersonPage {
    shell: Shell,
    name: String,
    path: String,
    lead: String,
    facts: Vec<(&'static str, String)>,
    wallets: Vec<WalletRow>,
    grants: Vec<GrantRow>,
    may_write: bool,
}

#[derive(Debug)]
struct WalletRow {
    address: Hex,
    proven: String,
    on_chain: String,
}

#[derive(Debug)]
struct GrantRow {
    name: String,
    /// None before its round is committed: it has no page yet.
    href: Option<String>,
    granted: Money,
    state: String,
    accepted: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let member = member(&mut read, &id).await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let name = shown_name(&member);
    let sessions = read
        .list_sessions(Owner::Person(member.person), (state.wall)())
        .await?;
    let page = PersonPage {
        shell: Shell::new(&context, &name, Place::People).with_zone(&context.zone_of(None).1),
        lead: words::person_lead(&member.number, &context.day(member.added_at)),
        path: format!("/company/people/{}", member.person),
        facts: facts(&member, count_of(&sessions)),
        wallets: wallets(&mut read, &member, &context).await?,
        grants: grants(&mut read, &member, &context).await?,
        may_write: viewer.is_administrator() && viewer.wallet().is_some(),
        name,
    };
    html(&page)
}

fn facts(member: &Member, sessions: u64) -> Vec<(&'static str, String)> {
    let or = |text: &str, none: &str| match text {
        "" => none.to_owned(),
        text => text.to_owned(),
    };
    let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
    vec![
        ("E-mail", or(&member.email, "not known")),
        ("Country for tax", or(&member.country, "not known")),
        ("Time zone", or(&member.zone, "UTC")),
        (
            "May read, by this list",
            or(&roles.join(", "), "only what is hers or his"),
        ),
        ("Sessions now", count(sessions, "session")),
    ]
}

/// Each wallet, with the roles that the chain gives it.
async fn wallets(
    read: &mut Read,
    member: &Member,
    context: &Context<'_>,
) -> Result<Vec<WalletRow>, PageError> {
    let mut rows = Vec::with_capacity(member.wallets.len());
    for wallet in &member.wallets {
        let roles = read.roles_of(wallet.address).await?;
        let held = roles.iter().filter(|role| role.is_member(context.now()));
        let names: Vec<_> = held
            .map(|role| guerdon_chain::plan::role_name(role.role))
            .collect();
        rows.push(WalletRow {
            address: Hex::address(&wallet.address),
            proven: match wallet.proven_at {
                Some(at) => format!("signed in first on {}", context.day(at)),
                None => words::NEVER_SIGNED_IN.to_owned(),
            },
            on_chain: match names.is_empty() {
                true => words::NO_CHAIN_ROLE.to_owned(),
                false => names.join(", "),
            },
        });
    }
    Ok(rows)
}

async fn grants(
    read: &mut Read,
    member: &Member,
    context: &Context<'_>,
) -> Result<Vec<GrantRow>, PageError> {
    let page = Page {
        after: None,
        limit: GRANTS,
    };
    let mut rows = Vec::new();
    for held in read.grants_of_person(member.person, &page).await? {
        let id = held.id();
        let accepted = read.acceptances(id).await?;
        let (name, amount, state, has_page) = match &held {
            Held::Opened(record) => {
                let terms = read.terms(id).await?;
                let name = terms.map(|terms| terms.external_id).unwrap_or_default();
                let state = state_word(record, context.now()).to_owned();
                (name, record.amount, state, true)
            }
            Held::Waiting(grant) => {
                let amount = Terms::decode(&grant.terms).map_or(0, |terms| terms.amount);
                let state = waiting(read, grant.root, context.now()).await?;
                let has_page = read.round(grant.root).await?.is_some();
                (grant.external_id.clone(), amount, state, has_page)
            }
        };
        rows.push(GrantRow {
            name: match name.as_str() {
                "" => shortened(&id.to_string()),
                name => name.to_owned(),
            },
            href: has_page.then(|| format!("/grants/{id}")),
            granted: Money::words(amount, context.token()),
            state,
            accepted: match accepted.iter().map(|it| it.signed_at).min() {
                Some(at) => format!("accepted on {}", context.day(at)),
                None => "not accepted".to_owned(),
            },
        });
    }
    Ok(rows)
}

/// Why a grant is not opened yet.
async fn waiting(
    read: &mut Read,
    root: alloy_primitives::B256,
    now: u64,
) -> Result<String, PageError> {
    let known = super::super::rounds::Known {
        root,
        imported: None,
        record: read.round(root).await?,
    };
    Ok(words::unopened(known.stage(now)).to_owned())
}
