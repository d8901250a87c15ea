//! Who is on the list, with a search by name, number or wallet.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::LINK;
use guerdon_store::{Member, Read};
use serde::Deserialize;

use super::shown_name;
use crate::access::{CompanyReader, Viewer};
use crate::error::PageError;
use crate::load;
use crate::numbers::{count, shortened};
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::table::{self, Rows};
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

impl Asked {
    fn not_accepted(&self) -> bool {
        self.waiting == NOT_ACCEPTED
    }

    /// One page of those who are looked for, and whether there are more.
    async fn people(&self, read: &mut Read) -> Result<(Vec<Member>, bool), PageError> {
        let limit = PAGE.saturating_add(1);
        let mut found = match self.not_accepted() {
            true => read.members_not_accepted(self.from, limit).await?,
            false => {
                let find = self.find.trim();
                read.find_members(find, self.from, limit).await?
            }
        };
        let more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        Ok((found, more))
    }

    /// The same search from another place on.
    fn query(&self, from: u32) -> String {
        match self.not_accepted() {
            true => format!("?waiting={NOT_ACCEPTED}&from={from}"),
            false => format!("?find={}&from={from}", escaped(self.find.trim())),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/company_people.html")]
struct PeoplePage {
    shell: Shell,
    lead: String,
    find: String,
    /// Why these people are listed and not all.
    filter: Option<&'static str>,
    rows: Vec<PersonRow>,
    as_shown: &'static str,
    /// What the files of these rows are asked with.
    query: String,
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
    show(&state, &viewer, &asked, Vec::new()).await
}

pub(super) async fn show(
    state: &AppState,
    viewer: &Viewer,
    asked: &Asked,
    refused: Vec<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let (found, more) = asked.people(&mut read).await?;
    let all = read.count_members().await?;
    let from = asked.from;
    let path = |from: u32| format!("/company/people{}", asked.query(from));
    let before = (from > 0).then(|| path(from.saturating_sub(PAGE)));
    let more = more.then(|| path(from.saturating_add(PAGE)));
    html(&PeoplePage {
        shell: Shell::new(&context, "People", Place::People).with_zone(&context.zone_of(None).1),
        lead: words::on_the_list(&count(all, "person").replace("persons", "people")),
        before,
        more,
        empty: if all == 0 {
            words::NO_PEOPLE
        } else {
            words::NOTHING_FOUND
        },
        rows: found.iter().map(row).collect(),
        as_shown: words::PEOPLE_AS_SHOWN,
        query: asked.query(from),
        filter: asked.not_accepted().then_some(words::NOT_ACCEPTED_BY),
        find: asked.find.trim().to_owned(),
        may_write: viewer.is_administrator() && viewer.wallet().is_some(),
        refused,
    })
}

/// The rows of a page and no more, since nobody writes down who read them: the whole list with its
/// e-mail addresses is what a form takes out. Where there are more, the header `Link` says where
/// they begin.
pub(super) async fn data(
    State(state): State<AppState>,
    CompanyReader(_viewer): CompanyReader,
    form: Form,
    Query(asked): Query<Asked>,
) -> Answer {
    let (found, more) = asked.people(&mut state.store.read().await?).await?;
    let mut rows = Rows::new(&["id", "number", "name", "wallets", "roles", "country"]);
    for member in &found {
        let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
        let wallets = member.wallets.iter();
        let wallets: Vec<_> = wallets.map(|it| it.address.to_checksum(None)).collect();
        rows.row(&[
            &member.person,
            &member.number,
            &member.name,
            &wallets.join(" "),
            &roles.join(" "),
            &member.country,
        ]);
    }
    let mut answer = table::answer(form, rows).await?;
    let next = more.then(|| asked.query(asked.from.saturating_add(PAGE)));
    let next = next.map(|query| format!("<{query}>; rel=\"next\""));
    if let Some(link) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
        answer.headers_mut().insert(LINK, link);
    }
    Ok(answer)
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
