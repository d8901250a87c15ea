//! Who is on the list, with a search by name, number or wallet.

use askama::Template;
use axum::extract::{Query, State};
use guerdon_store::Member;
use serde::Deserialize;

use super::shown_name;
use crate::access::{CompanyReader, Viewer};
use crate::load;
use crate::numbers::{count, shortened};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// People on one page.
const PAGE: u32 = 50;

/// What is looked for, and where the list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    find: String,
    from: u32,
    /// [`NOT_ACCEPTED`]: those alone who have a grant to accept.
    waiting: String,
}

/// What the desk's count leads to.
const NOT_ACCEPTED: &str = "acceptance";

#[derive(Debug, Template)]
#[template(path = "pages/company_people.html")]
struct PeoplePage {
    shell: Shell,
    lead: String,
    find: String,
    /// Why these people are listed and not all.
    filter: Option<&'static str>,
    rows: Vec<PersonRow>,
    before: Option<String>,
    more: Option<String>,
    empty: &'static str,
    may_write: bool,
    refused: Vec<String>,
}

#[derive(Debug)]
struct PersonRow {
    href: String,
    name: String,
    number: String,
    wallets: String,
    roles: String,
    country: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Query(asked): Query<Asked>,
) -> Answer {
    show(&state, &viewer, asked, Vec::new()).await
}

pub(super) async fn show(
    state: &AppState,
    viewer: &Viewer,
    Asked {
        find,
        from,
        waiting,
    }: Asked,
    refused: Vec<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let find = find.trim().to_owned();
    let not_accepted = waiting == NOT_ACCEPTED;
    let limit = PAGE.saturating_add(1);
    let mut found = match not_accepted {
        true => read.members_not_accepted(from, limit).await?,
        false => read.find_members(&find, from, limit).await?,
    };
    let all = read.count_members().await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let path = |from: u32| match not_accepted {
        true => format!("/company/people?waiting={NOT_ACCEPTED}&from={from}"),
        false => format!("/company/people?find={}&from={from}", escaped(&find)),
    };
    html(&PeoplePage {
        shell: Shell::new(&context, "People", Place::People).with_zone(&context.zone_of(None).1),
        lead: words::on_the_list(&count(all, "person").replace("persons", "people")),
        before: (from > 0).then(|| path(from.saturating_sub(PAGE))),
        more: more.then(|| path(from.saturating_add(PAGE))),
        empty: if all == 0 {
            words::NO_PEOPLE
        } else {
            words::NOTHING_FOUND
        },
        rows: found.iter().map(row).collect(),
        filter: not_accepted.then_some(words::NOT_ACCEPTED_BY),
        find,
        may_write: viewer.is_administrator() && viewer.wallet().is_some(),
        refused,
    })
}

fn row(member: &Member) -> PersonRow {
    let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
    let wallets = member.wallets.iter();
    let wallets: Vec<_> = wallets
        .map(|wallet| shortened(&wallet.address.to_checksum(None)))
        .collect();
    PersonRow {
        href: format!("/company/people/{}", member.person),
        name: shown_name(member),
        number: member.number.clone(),
        wallets: match wallets.is_empty() {
            true => "none".to_owned(),
            false => wallets.join(", "),
        },
        roles: roles.join(", "),
        country: member.country.clone(),
    }
}

/// A text as a query says it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
