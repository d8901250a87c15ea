//! What was done here, when and by whom.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use guerdon_store::{Actor, Entry, Owner, Read};
use serde::Deserialize;

use crate::access::AuditorReader;
use crate::csv::Csv;
use crate::dates;
use crate::error::PageError;
use crate::html::When;
use crate::load;
use crate::pages::{Answer, csv, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// Entries on one page.
const PAGE: u32 = 50;
/// Entries asked of the store at a time.
const BATCH: u32 = 1_000;

/// Entries below this number.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    before: Option<u64>,
}

#[derive(Debug, Template)]
#[template(path = "pages/company_audit.html")]
struct AuditPage {
    shell: Shell,
    rows: Vec<EntryRow>,
    more: Option<String>,
    empty: &'static str,
}

#[derive(Debug)]
struct EntryRow {
    number: u64,
    when: When,
    who: String,
    what: String,
    subject: String,
    href: Option<String>,
    detail: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(Before { before }): Query<Before>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let zone = context.zone_of(None);
    let entries = read.audit(before, PAGE).await?;
    let more = entries
        .last()
        .filter(|last| last.id > 1 && entries.len() >= PAGE as usize);
    let more = more.map(|last| format!("/company/audit?before={}", last.id));
    let mut rows = Vec::with_capacity(entries.len());
    for Entry { id, entry } in entries {
        rows.push(EntryRow {
            number: id,
            when: When::near(entry.at, &zone.0, (state.wall)()),
            who: who(&mut read, entry.actor).await?,
            what: entry.action,
            href: linked(&entry.subject),
            subject: entry.subject,
            detail: entry.detail,
        });
    }
    html(&AuditPage {
        shell: Shell::new(&context, "Audit log", Place::Company).with_zone(&zone.1),
        rows,
        more,
        empty: words::NO_AUDIT,
    })
}

pub(super) async fn data(
    State(state): State<AppState>,
    AuditorReader(_viewer): AuditorReader,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let mut table = Csv::new(&["number", "at", "who", "what", "subject", "detail"]);
    let mut before = None;
    loop {
        let entries = read.audit(before, BATCH).await?;
        for Entry { id, entry } in &entries {
            table.row(&[
                id,
                &dates::machine(entry.at),
                &entry.actor,
                &entry.action,
                &entry.subject,
                &entry.detail,
            ]);
        }
        match entries.last() {
            Some(last) if last.id > 1 => before = Some(last.id),
            _ => break,
        }
    }
    Ok(csv(table))
}

/// The person's name while the list has it; the log itself holds only the serial number.
async fn who(read: &mut Read, actor: Actor) -> Result<String, PageError> {
    let Actor::Owner(Owner::Person(person)) = actor else {
        return Ok(actor.to_string());
    };
    let member = read.member(person).await?;
    let name = member
        .map(|member| member.name)
        .filter(|name| !name.is_empty());
    Ok(name.map_or_else(|| person.to_string(), |name| format!("{name} ({person})")))
}

/// Where a subject has a page.
fn linked(subject: &str) -> Option<String> {
    let is_person = subject
        .strip_prefix('P')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()));
    is_person.then(|| format!("/company/people/{subject}"))
}
