//! The last step: choose when the round binds, import it, and go on to its signature.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use guerdon_core::pool::BINDING_SECONDS_MAX;
use guerdon_formats::calendar::{Zone, parse_date};

use super::check::{Control, control, shell};
use super::draft::{self, Loaded};
use super::importer::ImportJob;
use super::judge::{Judged, judge};
use super::list::open_draft;
use super::preview::{pool, verdict};
use super::steps::{At, Step, steps};
use crate::access::{CompanyReader, CompanyWriter, Viewer};
use crate::company::forms::{Field, Fields, see};
use crate::company::note;
use crate::dates;
use crate::error::form_refused;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::Shell;

/// How long a round can be taken back unless somebody says otherwise, in seconds.
const BINDING_AFTER: u64 = 14 * 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/company_import_commit.html")]
struct CommitPage {
    shell: Shell,
    name: String,
    action: String,
    steps: Vec<Step>,
    verdict: String,
    control: Control,
    pool: String,
    pool_is_short: bool,
    doubts: usize,
    doubts_wrong: Option<&'static str>,
    fields: Vec<Field>,
    refused: Option<String>,
    may_write: bool,
}

/// What the form says, and what is wrong with it.
#[derive(Debug, Default)]
struct Asked {
    binding: String,
    title: String,
    binding_wrong: Option<&'static str>,
    doubts_wrong: Option<&'static str>,
    refused: Option<String>,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let draft = open_draft(&mut read, &id).await?;
    let now = load::as_of(&mut read, &state).await?.now();
    let asked = Asked {
        binding: date_of(now.saturating_add(BINDING_AFTER)),
        title: title(&draft.name),
        ..Asked::default()
    };
    let loaded = draft::load(&mut read, &state, &id).await?;
    let judged = judge(read, &state, &loaded).await?;
    if !judged.is_ready() {
        return Ok(see(&format!("/company/imports/{id}/check")).into_response());
    }
    show((&state, &viewer), (&loaded, &judged), asked).await
}

pub(super) async fn take(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let mut read = state.store.read().await?;
    open_draft(&mut read, &id).await?;
    let loaded = draft::load(&mut read, &state, &id).await?;
    let now = load::as_of(&mut read, &state).await?.now();
    // An open snapshot would keep the import waiting for whoever waits for this reader.
    let judged = judge(read, &state, &loaded).await?;
    if !judged.is_ready() {
        return Ok(see(&format!("/company/imports/{id}/check")).into_response());
    }
    let (binding_at, binding_wrong) = binding(fields.get("binding"), now);
    let unread = !judged.checked.doubts.is_empty() && !fields.has("doubts");
    let mut asked = Asked {
        binding: fields.get("binding").to_owned(),
        title: fields.get("title").to_owned(),
        binding_wrong,
        doubts_wrong: unread.then_some(words::READ_THE_DOUBTS),
        refused: None,
    };
    let Some(importer) = &state.importer else {
        asked.refused = Some(words::NO_IMPORTER.to_owned());
        return form_refused(show((&state, &viewer), (&loaded, &judged), asked).await);
    };
    if asked.binding_wrong.is_some() || asked.doubts_wrong.is_some() {
        return form_refused(show((&state, &viewer), (&loaded, &judged), asked).await);
    }
    let job = ImportJob {
        csv: loaded.draft.sheet.clone(),
        choices: loaded.choices.clone(),
        name: match asked.title.as_str() {
            "" => title(&loaded.draft.name),
            title => title.to_owned(),
        },
    };
    let root = match importer(job).await {
        Ok(root) => root,
        Err(sentence) => {
            asked.refused = Some(words::row_error(0, "", &sentence));
            return form_refused(show((&state, &viewer), (&loaded, &judged), asked).await);
        }
    };
    let mut draft = loaded.draft;
    (draft.root, draft.binding_at) = (Some(root), binding_at);
    // The rows stand with their round now; the sheet is not kept twice.
    draft.sheet.clear();
    draft.changed_at = (state.wall)();
    let mut tx = state.store.write().await?;
    tx.put_import_draft(&draft).await?;
    note(
        &mut tx,
        &state,
        &viewer,
        ("round imported", root.to_string(), id),
    )
    .await?;
    tx.commit().await?;
    let query = binding_at.map_or_else(String::new, |at| format!("?binding={}", date_of(at)));
    Ok(see(&format!("/company/rounds/{root}/commit{query}")).into_response())
}

async fn show(
    (state, viewer): (&AppState, &Viewer),
    (loaded, judged): (&Loaded, &Judged),
    asked: Asked,
) -> Answer {
    let mut read = state.store.read().await?;
    let token = &state.deployment.token;
    let (pool, pool_is_short) = pool(judged, token);
    let binding = Field::text("binding", "Binding from", &asked.binding)
        .kind("date")
        .hint(
            "00:00 UTC, at most 30 days ahead. Until then nothing of the round opens, and the \
             company can take it back; empty binds it at once.",
        )
        .wrong(asked.binding_wrong.map(str::to_owned));
    let title = Field::text("title", "Name of the round", &asked.title)
        .hint("For people; the chain knows only its root.");
    html(&CommitPage {
        shell: shell(&mut read, state, viewer).await?,
        name: loaded.draft.name.clone(),
        action: format!("/company/imports/{}", loaded.draft.id),
        steps: steps(&loaded.draft, At::Commit, true),
        verdict: verdict(judged, loaded),
        control: control(judged, loaded, token),
        pool,
        pool_is_short,
        doubts: judged.checked.doubts.len(),
        doubts_wrong: asked.doubts_wrong,
        fields: vec![title, binding],
        refused: asked.refused,
        may_write: viewer.wallet().is_some(),
    })
}

/// The first second of a day to come; nothing for an empty field.
fn binding(text: &str, now: u64) -> (Option<u64>, Option<&'static str>) {
    if text.is_empty() {
        return (None, None);
    }
    let midnight = || -> Option<u64> {
        let zone = Zone::named("UTC").ok()?;
        u64::try_from(zone.midnight(parse_date(text).ok()?).ok()?).ok()
    };
    match midnight() {
        None => (None, Some(words::NOT_A_DATE)),
        Some(at) if at <= now => (None, Some(words::BINDING_IS_PAST)),
        Some(at) if at > now.saturating_add(BINDING_SECONDS_MAX) => {
            (None, Some(words::BINDING_TOO_FAR))
        }
        Some(at) => (Some(at), None),
    }
}

/// `2028-07-15`, in UTC.
fn date_of(at: u64) -> String {
    let machine = dates::machine(at);
    machine.split('T').next().unwrap_or_default().to_owned()
}

/// The file's name without its ending.
pub(super) fn title(name: &str) -> String {
    let stem = name
        .strip_suffix(".csv")
        .or_else(|| name.strip_suffix(".xlsx"));
    stem.unwrap_or(name).to_owned()
}
