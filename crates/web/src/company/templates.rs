//! Named sets of terms for the column `template` of sheets.

mod list;

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use guerdon_core::terms::Powers;
use guerdon_formats::calendar::Zone;
use guerdon_formats::percent::Percent;
use guerdon_formats::schedule;
use guerdon_formats::sheet::{self, Choices};
use guerdon_formats::words::{describe_gates, describe_schedule};
use guerdon_store::{Read, Template};

use super::forms::{Field, Fields, see};
use super::imports::{goals_offered, known_goals, named_terms, sheet_context};
use super::note;
use crate::access::{Access, CompanyReader, CompanyWriter, Viewer};
use crate::error::{PageError, form_refused};
use crate::load;
use crate::pages::{Answer, html};
use crate::routes::Route;
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// The longest name, so that it fits a cell and an address.
const NAME_MAX: usize = 64;

pub(super) fn routes() -> Vec<Route> {
    use Access::{CompanyReader as Reads, CompanyWriter as Writes};
    vec![
        Route::get("/company/templates", Reads, list::page),
        Route::get("/company/templates.json", Reads, list::data),
        Route::get("/company/templates.csv", Reads, list::data),
        Route::get("/company/templates.xlsx", Reads, list::data),
        Route::get("/company/templates/new", Writes, new),
        Route::post("/company/templates/new", Writes, add),
        Route::get("/company/templates/{name}", Reads, edit),
        Route::post("/company/templates/{name}", Writes, change),
        Route::post("/company/templates/{name}/discard", Writes, discard),
    ]
}

#[derive(Debug, askama::Template)]
#[template(path = "pages/company_template.html")]
struct TemplatePage {
    shell: Shell,
    heading: String,
    action: String,
    used: Option<String>,
    words: Vec<String>,
    refused: Vec<String>,
    fields: Vec<Field>,
    powers: Vec<(&'static str, &'static str, bool)>,
    may_write: bool,
    discard: Option<String>,
}

async fn new(State(state): State<AppState>, CompanyWriter { viewer, .. }: CompanyWriter) -> Answer {
    let template = of_fields(&Fields::default(), String::new(), 0);
    show(&state, &viewer, (template, None), ReadAs::default()).await
}

async fn add(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    fields: Fields,
) -> Answer {
    let name = fields.get("name").to_owned();
    take(&state, &viewer, (&fields, name, true)).await
}

async fn edit(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(name): Path<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let template = read.template(&name).await?.ok_or(PageError::NoPage)?;
    let read_as = judge(&mut read, &state, &template).await?;
    let uses = read.template_uses(&name).await?;
    drop(read);
    show(&state, &viewer, (template, Some(uses)), read_as).await
}

async fn change(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(name): Path<String>,
    fields: Fields,
) -> Answer {
    take(&state, &viewer, (&fields, name, false)).await
}

async fn discard(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(name): Path<String>,
) -> Answer {
    let mut tx = state.store.write().await?;
    tx.template(&name).await?.ok_or(PageError::NoPage)?;
    tx.delete_template(&name).await?;
    note(
        &mut tx,
        &state,
        &viewer,
        ("template discarded", name, String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(see("/company/templates").into_response())
}

async fn take(
    state: &AppState,
    viewer: &Viewer,
    (fields, name, is_new): (&Fields, String, bool),
) -> Answer {
    let template = of_fields(fields, name.clone(), (state.wall)());
    let mut tx = state.store.write().await?;
    let known = tx.template(&name).await?;
    if !is_new && known.is_none() {
        return Err(PageError::NoPage);
    }
    let mut read_as = judge(&mut tx, state, &template).await?;
    if is_new {
        let wrong = wrong_name(&name, known.is_some());
        read_as
            .wrong
            .entry("name")
            .or_default()
            .extend(wrong.map(str::to_owned));
        read_as.wrong.retain(|_, sentences| !sentences.is_empty());
    }
    for column in ["grace_days", "backdate_days", "pause_days"] {
        if days(fields.get(column)).is_none() {
            read_as
                .wrong
                .entry(column)
                .or_default()
                .push(words::NOT_DAYS.to_owned());
        }
    }
    if bps(fields.get("withhold")).is_none() {
        let told = read_as.wrong.entry("withhold").or_default();
        told.push(words::NOT_WITHHELD.to_owned());
    }
    if !read_as.wrong.is_empty() || !read_as.whole.is_empty() {
        drop(tx);
        let uses = (!is_new).then_some(0);
        return form_refused(show(state, viewer, (template, uses), read_as).await);
    }
    tx.put_template(&template).await?;
    let action = if is_new {
        "template added"
    } else {
        "template changed"
    };
    note(
        &mut tx,
        state,
        viewer,
        (action, name.clone(), String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(see("/company/templates").into_response())
}

/// What a template says, and what is wrong with it.
#[derive(Debug, Default)]
struct ReadAs {
    words: Vec<String>,
    wrong: BTreeMap<&'static str, Vec<String>>,
    whole: Vec<String>,
}

/// Reads the template as a row of a sheet would: by the same code, with a wallet of nobody.
async fn judge(
    read: &mut Read,
    state: &AppState,
    template: &Template,
) -> Result<ReadAs, PageError> {
    let goals = known_goals(read).await?;
    let columns = [
        "external_id",
        "employee_id",
        "wallet",
        "quantity",
        "vesting_start",
        "timezone",
    ];
    let columns = columns.into_iter().chain(["template"]);
    let choices = Choices {
        columns: Some(columns.map(|column| Some(column.to_owned())).collect()),
        token: Some(state.deployment.token.symbol.clone()),
        templates: BTreeMap::from([("it".to_owned(), named_terms(template))]),
        ..Choices::default()
    };
    let row =
        "a,b,c,d,e,f,g\nG-1,E1,0x00000000000000000000000000000000000000ff,1,2026-01-01,UTC,it";
    let mut context = sheet_context(state, &goals);
    let checked = sheet::check(row.as_bytes(), &choices, &mut context);
    let mut read_as = ReadAs::default();
    for error in &checked.errors {
        let sentence = words::row_error(0, "", &error.message);
        match COLUMNS.iter().find(|(column, ..)| *column == error.column) {
            Some((column, ..)) => read_as.wrong.entry(column).or_default().push(sentence),
            None => read_as.whole.push(sentence),
        }
    }
    if let Some(draft) = checked.good.first() {
        let zone = Zone::named("UTC").map_err(|_| PageError::NotUnderstood)?;
        let schedule = describe_schedule(&draft.terms.vesting, draft.terms.start, &zone);
        // The dates belong to the row of the check, not to the template.
        let rhythm = schedule.split(", from ").next().unwrap_or_default();
        let rhythm = rhythm.replace(" on 1 Jan 2026 (UTC)", " at the start");
        read_as
            .words
            .push(crate::numbers::capital(&format!("{rhythm}.")));
        let name = |id| {
            let known = goals.ids.iter().find(|(_, known)| **known == id);
            known.map_or_else(String::new, |(name, _)| name.clone())
        };
        read_as
            .words
            .extend(describe_gates(&draft.terms.gates, &name));
        read_as.words.extend(words::powers(&draft.terms));
    }
    read_as.words.extend(
        checked
            .doubts
            .iter()
            .map(|it| words::row_error(0, "", &it.message)),
    );
    Ok(read_as)
}

fn wrong_name(name: &str, is_known: bool) -> Option<&'static str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let fits = !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(plain);
    let own = matches!(
        schedule::Template::parse(name),
        Ok(schedule::Template::Calendar)
    );
    match () {
        () if !fits || name == "new" => Some(words::WRONG_TEMPLATE_NAME),
        () if !own => Some(words::TAKEN_TEMPLATE_WORD),
        () if is_known => Some(words::KNOWN_TEMPLATE_NAME),
        () => None,
    }
}

/// Fields of the schedule: column, label, hint.
const COLUMNS: [(&str, &str, &str); 7] = [
    ("template", "Kind of schedule", ""),
    (
        "cliff_months",
        "Months until the cliff",
        "0 or empty: none.",
    ),
    (
        "duration_months",
        "Months until all has vested",
        "0: all at the start.",
    ),
    (
        "interval_months",
        "Months between dates",
        "Empty for a graded or continuous schedule.",
    ),
    (
        "cliff_percent",
        "Per cent at the cliff",
        "Empty: as much as time has passed.",
    ),
    ("vest_day", "Day of the month", "Empty: the start's."),
    (
        "gates",
        "Goals",
        "Such as launch-eu:40; several with ; between.",
    ),
];

async fn show(
    state: &AppState,
    viewer: &Viewer,
    (template, uses): (Template, Option<u64>),
    read_as: ReadAs,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let goals = goals_offered(&mut read).await?;
    let heading = match uses {
        Some(_) => format!("Template {}", template.name),
        None => "New template".to_owned(),
    };
    let action = match uses {
        Some(_) => format!("/company/templates/{}", template.name),
        None => "/company/templates/new".to_owned(),
    };
    html(&TemplatePage {
        shell: Shell::new(&context, &heading, Place::Templates).with_zone(&context.zone_of(None).1),
        heading,
        discard: uses.map(|_| format!("{action}/discard")),
        action,
        used: match uses {
            Some(_) => Some(words::template_used(
                read.template_uses(&template.name).await?,
            )),
            None => None,
        },
        fields: fields(&template, uses.is_none(), (&read_as, &goals)),
        words: read_as.words,
        refused: read_as.whole,
        powers: vec![
            (
                "can_end",
                "The company may end the grant",
                template.powers.end,
            ),
            (
                "can_move",
                "The holder may move it to another wallet",
                template.powers.r#move,
            ),
            (
                "can_recover",
                "The company may start a recovery for a lost key",
                template.powers.recover,
            ),
        ],
        may_write: viewer.wallet().is_some(),
    })
}

fn fields(
    template: &Template,
    is_new: bool,
    (read_as, goals): (&ReadAs, &[(String, String)]),
) -> Vec<Field> {
    let told = |name: &str| read_as.wrong.get(name).cloned().unwrap_or_default();
    let value = |column: &str| match column {
        "template" => template.kind.as_str(),
        "cliff_months" => &template.cliff_months,
        "duration_months" => &template.duration_months,
        "interval_months" => &template.interval_months,
        "cliff_percent" => &template.cliff_percent,
        "vest_day" => &template.vest_day,
        _ => &template.gates,
    };
    let mut all = Vec::new();
    if is_new {
        let name = Field::text("name", "Name", &template.name).required();
        all.push(
            name.hint("As sheets write it, such as standard-4y.")
                .wrong(told("name")),
        );
    }
    all.extend(COLUMNS.iter().map(|(column, label, hint)| {
        let field = Field::text(*column, label, value(column))
            .hint(hint)
            .wrong(told(column));
        match *column {
            "template" => field.hint(words::TEMPLATE_KINDS).known(kinds()),
            "gates" => field.known(goals.to_vec()),
            _ => field,
        }
    }));
    let days = |seconds: u32| (seconds / 86_400).to_string();
    let more = [
        (
            "grace_days",
            "Days that a good leaver vests on",
            days(template.grace_seconds),
        ),
        (
            "backdate_days",
            "Days that an end may reach back",
            days(template.backdate_seconds),
        ),
        (
            "pause_days",
            "Days of pause in all",
            days(template.pause_max),
        ),
        (
            "withhold",
            "Per cent withheld for tax",
            Percent::of_ppb(u32::from(template.withhold_bps) * 100_000).to_string(),
        ),
    ];
    let more = more
        .into_iter()
        .map(|(name, label, value)| Field::text(name, label, &value).wrong(told(name)));
    all.extend(more);
    all
}

/// Kinds of schedule to choose from.
fn kinds() -> Vec<(String, String)> {
    let all = words::SCHEDULE_KINDS.iter();
    all.map(|(kind, says)| ((*kind).to_owned(), (*says).to_owned()))
        .collect()
}

fn of_fields(fields: &Fields, name: String, now: u64) -> Template {
    let usual = sheet::Defaults::default();
    let is_empty = !fields.has("duration_months");
    let text = |column: &str| fields.get(column).to_owned();
    let seconds = |column: &str, usual: u32| match is_empty {
        true => usual,
        false => days(fields.get(column)).unwrap_or(usual),
    };
    Template {
        name,
        kind: text("template"),
        cliff_months: text("cliff_months"),
        duration_months: text("duration_months"),
        interval_months: text("interval_months"),
        cliff_percent: text("cliff_percent"),
        vest_day: text("vest_day"),
        gates: text("gates"),
        powers: match is_empty {
            true => usual.powers,
            false => Powers {
                end: fields.has("can_end"),
                r#move: fields.has("can_move"),
                recover: fields.has("can_recover"),
            },
        },
        grace_seconds: seconds("grace_days", usual.grace_seconds),
        backdate_seconds: seconds("backdate_days", usual.backdate_seconds),
        pause_max: seconds("pause_days", usual.pause_max),
        withhold_bps: bps(fields.get("withhold")).unwrap_or(usual.withhold_bps),
        changed_at: now,
    }
}

/// Days as seconds; an empty field is none.
fn days(text: &str) -> Option<u32> {
    let days: u32 = if text.is_empty() {
        0
    } else {
        text.parse().ok()?
    };
    days.checked_mul(86_400)
}

/// Per cent as basis points; an empty field is none.
fn bps(text: &str) -> Option<u16> {
    if text.is_empty() {
        return Some(0);
    }
    let ppb = Percent::parse(text).ok()?.exact_ppb()?;
    let whole = ppb.is_multiple_of(100_000);
    u16::try_from(ppb / 100_000).ok().filter(|_| whole)
}
