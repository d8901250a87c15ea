//! `/audit/links`: links by which auditors read without a wallet, made, told apart and revoked.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use guerdon_store::{Actor, AuditorLink, NewAuditorLink, NewEntry};
use jiff::tz::TimeZone;

use crate::access::{Administrator, Viewer, token};
use crate::company::forms::{Fields, see};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::pages::{self, Answer, html};
use crate::state::AppState;
use crate::strings::auditor_links as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

/// The longest name of a link, in letters.
const LABEL_MAX: usize = 100;
/// The longest life of a link, in days.
const DAYS_MAX: u64 = 90;
const DAY: u64 = 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/audit_links.html")]
struct LinksPage {
    shell: Shell,
    lead: &'static str,
    /// A link that was made now; shown this once.
    made: Option<String>,
    refused: Option<&'static str>,
    label: String,
    days: String,
    rows: Vec<LinkRow>,
    empty: &'static str,
}

#[derive(Debug)]
struct LinkRow {
    id: u64,
    label: String,
    made: String,
    used: String,
    standing: String,
    is_alive: bool,
}

/// What the form shows: a new link, or what was wrong with what was sent.
struct Form<'a> {
    made: Option<String>,
    refused: Option<&'static str>,
    label: &'a str,
    days: &'a str,
}

pub(super) async fn page(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
) -> Answer {
    show(&state, &viewer, Form::made(None)).await
}

async fn show(state: &AppState, viewer: &Viewer, form: Form<'_>) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let now = (state.wall)();
    let links = read.auditor_links().await?;
    let (zone, zone_name) = context.zone_of(None);
    let mut answer = html(&LinksPage {
        shell: Shell::new(&context, "Auditors", Place::Auditors)
            .with_data("/audit/links".to_owned())
            .with_zone(&zone_name),
        lead: words::LEAD,
        made: form.made,
        refused: form.refused,
        label: form.label.to_owned(),
        days: form.days.to_owned(),
        rows: links
            .iter()
            .map(|link| LinkRow::new(link, &zone, now))
            .collect(),
        empty: words::NOTHING,
    })?;
    // The link is shown once: no copy of the page is kept on the way.
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The links as data, without what opens them.
pub(super) async fn data(
    State(state): State<AppState>,
    Administrator(_viewer): Administrator,
    form: pages::Form,
) -> Answer {
    let links = state.store.read().await?.auditor_links().await?;
    let now = (state.wall)();
    let mut rows = Rows::new(&[
        "number",
        "label",
        "made",
        "made_by",
        "first_used",
        "last_used",
        "ends",
        "revoked",
        "standing",
    ]);
    for link in &links {
        let time = |at: Option<u64>| at.map_or_else(String::new, dates::machine);
        rows.row(&[
            &link.id,
            &words::label(&link.link.label, link.id),
            &dates::machine(link.link.made_at),
            &link.link.made_by,
            &time(link.first_used_at),
            &time(link.used_at),
            &dates::machine(link.link.expires_at),
            &time(link.revoked_at),
            &words::standing_word(link.revoked_at.is_some(), link.is_alive(now)),
        ]);
    }
    table::answer(form, rows).await
}

/// Makes a link and shows it, this once. The answer is the page itself and leads nowhere: the link
/// must stand in no other address and no store.
pub(super) async fn make(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    let (label, days) = (fields.get("label"), fields.get("days"));
    let at = (state.wall)();
    let days = match asked(label, days) {
        Ok(days) => days,
        Err(why) => {
            let form = Form {
                made: None,
                refused: Some(why),
                label,
                days,
            };
            return form_refused(show(&state, &viewer, form).await);
        }
    };
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let secret = token::fresh(&state);
    let expires_at = at.saturating_add(days.saturating_mul(DAY));
    let mut tx = state.store.write().await?;
    let link = NewAuditorLink {
        hash: secret.hash,
        label: label.to_owned(),
        made_at: at,
        made_by: Actor::Owner(owner),
        expires_at,
    };
    let id = tx.add_auditor_link(&link).await?;
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: "link for auditors made".to_owned(),
        subject: Actor::Link(id).to_string(),
        detail: words::until(&dates::machine(expires_at)),
    })
    .await?;
    tx.commit().await?;
    let address = format!("{}/sign-in/auditor/{}", state.options.origin, secret.text);
    show(&state, &viewer, Form::made(Some(address))).await
}

/// For how many days, or what is wrong with the form.
fn asked(label: &str, days: &str) -> Result<u64, &'static str> {
    let length = label.chars().count();
    if length == 0 || length > LABEL_MAX || label.chars().any(char::is_control) {
        return Err(words::LABEL_WRONG);
    }
    let days = days.parse().map_err(|_| words::DAYS_WRONG)?;
    match (1..=DAYS_MAX).contains(&days) {
        true => Ok(days),
        false => Err(words::DAYS_WRONG),
    }
}

/// Ends a link, and every session that was opened by it.
pub(super) async fn revoke(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    let id = fields.get("link").parse();
    let id: u64 = id.map_err(|_| PageError::NotUnderstood)?;
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    if tx.revoke_auditor_link(id, at).await? {
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Owner(owner),
            action: "link for auditors revoked".to_owned(),
            subject: Actor::Link(id).to_string(),
            detail: String::new(),
        })
        .await?;
    }
    tx.commit().await?;
    Ok(see("/audit/links").into_response())
}

impl Form<'_> {
    /// An empty form, with a link that was made.
    fn made(made: Option<String>) -> Self {
        Self {
            made,
            refused: None,
            label: "",
            days: words::DAYS,
        }
    }
}

impl LinkRow {
    fn new(link: &AuditorLink, zone: &TimeZone, now: u64) -> Self {
        let day = |at: u64| dates::day(at, zone);
        let (revoked, is_alive) = (link.revoked_at.map(day), link.is_alive(now));
        let expires = day(link.link.expires_at);
        Self {
            id: link.id,
            label: words::label(&link.link.label, link.id),
            made: day(link.link.made_at),
            used: words::used(
                link.first_used_at.map(day).as_deref(),
                link.used_at.map(day).as_deref(),
            ),
            standing: words::standing(revoked.as_deref(), &expires, is_alive),
            is_alive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_name_and_ends_within_ninety_days() {
        assert_eq!(asked("KPMG, audit of 2026", "14"), Ok(14));
        assert_eq!(asked("é", "90"), Ok(90));
        for days in ["", "0", "91", "-1", "1.5", "soon"] {
            assert_eq!(asked("KPMG", days), Err(words::DAYS_WRONG), "{days}");
        }
        for label in ["", "a\u{7}b", &"a".repeat(101)] {
            assert_eq!(asked(label, "14"), Err(words::LABEL_WRONG), "{label}");
        }
    }
}
