//! What was done here, when and by whom.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::LINK;
use axum::response::Response;
use guerdon_store::{Actor, Entry, NewEntry, Owner, PersonId, Read};
use serde::Deserialize;

use crate::access::{Access, AuditorReader, Viewer};
use crate::dates;
use crate::error::PageError;
use crate::html::Moment;
use crate::load;
use crate::numbers::shortened;
use crate::pages::{Answer, Form, html};
use crate::routes::Route;
use crate::state::AppState;
use crate::strings::log as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

/// Entries on one page.
const PAGE: u32 = 50;
/// Entries in one file; the next one begins where it ends.
const FILE: u32 = 5_000;

/// Entries below this number.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Before {
    before: Option<u64>,
}

#[derive(Debug, Template)]
#[template(path = "pages/company_audit.html")]
struct AuditPage {
    shell: Shell,
    lead: &'static str,
    /// `?before=51`, of the files that begin where this page does.
    from: String,
    rows: Vec<EntryRow>,
    more: Option<String>,
    empty: &'static str,
}

#[derive(Debug)]
struct EntryRow {
    number: u64,
    when: Moment,
    who: Named,
    what: String,
    about: Option<Named>,
}

/// Somebody or something, with its page where the reader may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    text: String,
    /// What stands in the log itself.
    exact: String,
    href: Option<String>,
}

/// The log and its data.
pub(super) fn routes() -> Vec<Route> {
    let reads = Access::AuditorReader;
    vec![
        Route::get("/company/audit", reads, page),
        Route::get("/company/audit.json", reads, data),
        Route::get("/company/audit.csv", reads, data),
        Route::get("/company/audit.xlsx", reads, data),
    ]
}

async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(Before { before }): Query<Before>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let zone = context.zone_of(None);
    let entries = read.audit(before, PAGE).await?;
    let more = next(&entries, PAGE).map(|last| format!("/company/audit?before={last}"));
    let mut names = Names::new(&viewer);
    let mut rows = Vec::with_capacity(entries.len());
    for Entry { id, entry } in entries {
        rows.push(EntryRow {
            number: id,
            when: Moment::near(entry.at, &zone.0, (state.wall)()),
            who: names.actor(&mut read, entry.actor).await?,
            what: words::sentence(&entry.action, &entry.detail),
            about: names.subject(&mut read, &entry).await?,
        });
    }
    html(&AuditPage {
        shell: Shell::new(&context, "Audit log", Place::Log).with_zone(&zone.1),
        lead: words::LEAD,
        from: before.map_or_else(String::new, |before| format!("?before={before}")),
        rows,
        more,
        empty: words::NOTHING,
    })
}

/// A file of entries, as they stand in the log. Where there are more, its header `Link` says where
/// the next file begins.
async fn data(
    State(state): State<AppState>,
    AuditorReader(_viewer): AuditorReader,
    form: Form,
    Query(Before { before }): Query<Before>,
) -> Result<Response, PageError> {
    let entries = state.store.read().await?.audit(before, FILE).await?;
    let mut rows = Rows::new(&["number", "at", "who", "what", "subject", "detail"]);
    for Entry { id, entry } in &entries {
        rows.row(&[
            id,
            &dates::machine(entry.at),
            &entry.actor,
            &entry.action,
            &entry.subject,
            &entry.detail,
        ]);
    }
    let mut answer = table::answer(form, rows).await?;
    let next = next(&entries, FILE).map(|last| format!("<?before={last}>; rel=\"next\""));
    if let Some(link) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
        answer.headers_mut().insert(LINK, link);
    }
    Ok(answer)
}

/// The number below which the rest stands, if so many were found and there is any.
fn next(entries: &[Entry], wanted: u32) -> Option<u64> {
    let full = entries.len() >= wanted as usize;
    let last = entries.last().filter(|last| full && last.id > 1);
    last.map(|last| last.id)
}

/// Names of what stands in the log by numbers. Whoever is not of the company reads no names there
/// either.
struct Names<'a> {
    viewer: &'a Viewer,
    people: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    fn new(viewer: &'a Viewer) -> Self {
        Self {
            viewer,
            people: BTreeMap::new(),
        }
    }

    async fn actor(&mut self, read: &mut Read, actor: Actor) -> Result<Named, PageError> {
        if let Actor::Owner(Owner::Person(person)) = actor {
            return self.person(read, person).await;
        }
        let exact = actor.to_string();
        Ok(Named {
            text: words::short(&words::capital(&exact)),
            exact,
            href: None,
        })
    }

    /// The person's name while the list has it; the log itself holds only the serial number.
    async fn person(&mut self, read: &mut Read, person: PersonId) -> Result<Named, PageError> {
        let exact = person.to_string();
        if !self.viewer.is_company() {
            return Ok(Named {
                text: exact.clone(),
                exact,
                href: None,
            });
        }
        let text = match self.people.get(&exact) {
            Some(known) => known.clone(),
            None => {
                let member = read.member(person).await?;
                let name = member.map(|member| member.name);
                let name = name.filter(|name| !name.is_empty());
                name.map_or_else(|| exact.clone(), |name| format!("{name} ({exact})"))
            }
        };
        self.people.insert(exact.clone(), text.clone());
        Ok(Named {
            text,
            href: Some(format!("/company/people/{exact}")),
            exact,
        })
    }

    /// What an entry is about.
    async fn subject(
        &mut self,
        read: &mut Read,
        entry: &NewEntry,
    ) -> Result<Option<Named>, PageError> {
        let subject = entry.subject.as_str();
        if subject.is_empty() {
            return Ok(None);
        }
        if let Ok(Owner::Person(person)) = subject.parse() {
            return self.person(read, person).await.map(Some);
        }
        let (text, href) = match subject.parse::<B256>() {
            Ok(id) if subject.starts_with("0x") => self.hash(read, of_round(entry), id).await?,
            _ => match subject.strip_prefix("batch ") {
                Some(number) => {
                    let path = format!("/company/batches/{number}");
                    (words::capital(subject), Some(path))
                }
                None => (words::short(subject), None),
            },
        };
        Ok(Some(Named {
            text,
            exact: subject.to_owned(),
            href: href.filter(|href| self.viewer.is_company() || !href.starts_with("/company")),
        }))
    }

    /// A grant, a round or a goal.
    async fn hash(
        &self,
        read: &mut Read,
        of_round: bool,
        id: B256,
    ) -> Result<(String, Option<String>), PageError> {
        let short = shortened(&id.to_string());
        let path = |folder: &str| Some(format!("/{folder}/{id}"));
        // First: the root of a round of one grant is the id of that grant.
        if of_round {
            // One that nobody committed has no page yet.
            let href = read.round(id).await?.and_then(|_| path("rounds"));
            return Ok((format!("Round {short}"), href));
        }
        if self.viewer.is_company()
            && let Some(names) = read.grant_names(id).await?
        {
            let href = match has_page(read, id).await? {
                true => path("grants"),
                false => None,
            };
            return Ok((format!("Grant {}", names.external_id), href));
        }
        Ok(match () {
            () if read.grant(id).await?.is_some() => (format!("Grant {short}"), path("grants")),
            () if read.goal(id).await?.is_some() => (format!("Goal {short}"), path("goals")),
            () => (short, None),
        })
    }
}

/// Whether a grant has a page: it was opened, or its round was committed.
async fn has_page(read: &mut Read, id: B256) -> Result<bool, PageError> {
    if read.grant(id).await?.is_some() {
        return Ok(true);
    }
    let Some(root) = read.terms(id).await?.map(|grant| grant.root) else {
        return Ok(false);
    };
    Ok(read.round(root).await?.is_some())
}

/// Whether an entry is about a round: its import, or a request to commit or rescind it.
fn of_round(entry: &NewEntry) -> bool {
    let asked = |act: &str| entry.detail.starts_with(act);
    entry.action.contains("round") || asked("commit") || asked("rescind")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_on_while_there_is_anything_before_it() {
        let entries = |ids: std::ops::Range<u64>| {
            let entry = NewEntry {
                at: 0,
                actor: Actor::Keeper,
                action: String::new(),
                subject: String::new(),
                detail: String::new(),
            };
            let entries = ids.rev().map(|id| Entry {
                id,
                entry: entry.clone(),
            });
            entries.collect::<Vec<_>>()
        };
        assert_eq!(next(&entries(3..6), 3), Some(3));
        assert_eq!(
            next(&entries(1..4), 3),
            None,
            "it ends with the first entry"
        );
        assert_eq!(next(&entries(1..3), 3), None);
        assert_eq!(next(&[], 3), None);
    }
}
