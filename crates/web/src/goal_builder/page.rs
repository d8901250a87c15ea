//! The page: a form, and above it what the definition in it is worth.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_formats::goal_doubts::doubts;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_store::{Read, Store};
use guerdon_valuation::calibrate::CalibrateError;

use super::draft;
use super::fields::{Section, sections};
use super::figures::{self, Figures};
use super::people::{People, own_judges};
use super::read::Wrong;
use super::sheet::Sheet;
use super::{EMBEDDED, templates};
use crate::access::CompanyReader;
use crate::actions;
use crate::charts::power;
use crate::company::forms::Fields;
use crate::error::{PageError, form_refused};
use crate::html::{Hex, Markup};
use crate::load;
use crate::numbers::capital;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::goal;
use crate::strings::goal_builder as words;
use crate::views::shell::{Place, Shell};
use crate::views::{ChartView, Context};

/// A definition that can stand, and what it is worth.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// With its bound.
    pub(crate) definition: GoalDefinition,
    pub(crate) id: B256,
    figures: Figures,
    weaknesses: Vec<String>,
    remarks: Vec<String>,
    panel: Vec<(Address, String)>,
}

#[derive(Debug, Template)]
#[template(path = "pages/goal_new.html")]
struct GoalNewPage {
    shell: Shell,
    lead: &'static str,
    templates: Vec<(String, &'static str, &'static str)>,
    refused: Option<String>,
    whole: Vec<String>,
    judged: Option<JudgedView>,
    sections: Vec<Section>,
}

#[derive(Debug)]
struct JudgedView {
    verdict: String,
    weaknesses: Vec<String>,
    remarks: Vec<String>,
    all_attempts: String,
    rows: Vec<[String; 3]>,
    brings: Option<String>,
    message: String,
    chart: Option<ChartView>,
    points: Vec<(String, String)>,
    points_are: &'static str,
    source: &'static str,
    assumed: &'static str,
    definition: Vec<(&'static str, String)>,
    specification: Vec<(String, String)>,
    panel: Vec<(Hex, String)>,
    signatures: String,
    sponsor: Hex,
    arbiter: Hex,
    id: String,
    spec: String,
    download: String,
    define: Markup,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    fields: Fields,
) -> Answer {
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    if !fields.has("kind") {
        let sheet = templates::sheet(fields.get("template"), context.now());
        return show(&context, &sheet, (&Wrong::default(), None));
    }
    let sheet = Sheet::of(&fields);
    match judge(&state.store, &context, &sheet).await? {
        Ok(judged) => {
            let mut read = state.store.read().await?;
            let define = actions::offer(&mut read, &viewer, (&sheet, &judged)).await?;
            let view = JudgedView::new(&judged, &context, (&sheet, define));
            show(&context, &sheet, (&Wrong::default(), Some(view)))
        }
        Err(wrong) => refused(&context, &sheet, &wrong),
    }
}

/// The definition as a file that `guerdon goal define` takes.
pub(super) async fn file(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    fields: Fields,
) -> Answer {
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let sheet = Sheet::of(&fields);
    let judged = match judge(&state.store, &context, &sheet).await? {
        Ok(judged) => judged,
        Err(wrong) => return refused(&context, &sheet, &wrong),
    };
    let name = file_name(&judged.definition.name);
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, judged.definition.encode()).into_response())
}

/// What the file of a definition is called.
pub(crate) fn file_name(goal: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    format!("{}.json", goal.replace(|letter| !plain(letter), "-"))
}

/// Reads a form, and judges the definition in it. That takes long and waits for others who judge
/// theirs: no connection to the database is held meanwhile.
pub(crate) async fn judge(
    store: &Store,
    context: &Context<'_>,
    sheet: &Sheet,
) -> Result<Result<Judged, Wrong>, PageError> {
    let deployment = context.deployment;
    let people = People::look_up(&mut store.read().await?, sheet).await?;
    let draft = match draft::read(sheet, &people, deployment) {
        Ok(draft) => draft,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let embedded = deployment.chain_id == EMBEDDED;
    let figures = match figures::judge(draft.clone(), embedded).await? {
        Ok(figures) => figures,
        Err(error) => return Ok(Err(unfit(&error))),
    };
    let read = &mut store.read().await?;
    let mut definition = draft.definition;
    definition.goal.bound = figures.odds.calibration.bound;
    let id = definition.goal.id(deployment.chain_id, deployment.goals);
    let mut wrong = Wrong::default();
    if let Err(error) = GoalDefinition::decode(&definition.encode()) {
        wrong.add("", words::sentence(&error.to_string()));
    }
    if let Some(other) = namesake(read, &definition.name, id).await? {
        wrong.add("name", words::name_taken(&other.to_string()));
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let now = context.now();
    let mut weaknesses: Vec<String> = doubts(&definition, None, now)
        .iter()
        .map(|doubt| words::sentence(&doubt.to_string()))
        .collect();
    weaknesses.extend(own_judges(read, &definition.panel, now).await?);
    let own = actions::contract(deployment, "AccessToken");
    if definition.goal.bond > 0 && own == Some(definition.goal.bond_token) {
        weaknesses.push(words::OWN_COIN.to_owned());
    }
    weaknesses.extend(figures.misses.clone());
    let mut remarks = Vec::new();
    for warning in &figures.odds.warnings {
        let said = words::sentence(&warning.to_string());
        match warning.is_remark() {
            true => remarks.push(said),
            false => weaknesses.push(said),
        }
    }
    let panel = definition.panel.iter().map(|member| {
        let name = people.names.get(member).cloned();
        (*member, name.unwrap_or_default())
    });
    Ok(Ok(Judged {
        panel: panel.collect(),
        definition,
        id,
        figures,
        weaknesses,
        remarks,
    }))
}

/// Why no bound makes it a test.
fn unfit(error: &CalibrateError) -> Wrong {
    let mut wrong = Wrong::default();
    let name = match error {
        CalibrateError::Impossible { .. } | CalibrateError::TooMany { .. } => "samples",
        CalibrateError::Definition(_)
        | CalibrateError::Bound(_)
        | CalibrateError::TooStrict { .. } => "bound",
    };
    wrong.add(name, words::sentence(&capital(&error.to_string())));
    wrong
}

/// Another goal of the chain with this name.
async fn namesake(read: &mut Read, name: &str, id: B256) -> Result<Option<B256>, PageError> {
    let known = read.goal_definitions().await?.into_iter();
    let others: Vec<_> = known
        .filter(|other| other.name == name && other.id != id)
        .map(|other| other.id)
        .collect();
    if others.is_empty() {
        return Ok(None);
    }
    let goals = read.goals().await?;
    Ok(goals
        .iter()
        .map(|goal| goal.id)
        .find(|id| others.contains(id)))
}

/// A name that is another goal's, on the chain or on its way there.
pub(crate) fn name_is_taken(sentence: String) -> Wrong {
    let mut wrong = Wrong::default();
    wrong.add("name", sentence);
    wrong
}

/// The form again, with what is wrong in it: 422.
pub(crate) fn refused(context: &Context<'_>, sheet: &Sheet, wrong: &Wrong) -> Answer {
    form_refused(show(context, sheet, (wrong, None)))
}

fn show(
    context: &Context<'_>,
    sheet: &Sheet,
    (wrong, judged): (&Wrong, Option<JudgedView>),
) -> Answer {
    html(&GoalNewPage {
        shell: Shell::new(context, words::TITLE, Place::NewGoal),
        lead: words::LEAD,
        templates: templates::links(),
        refused: (!wrong.is_empty()).then(|| words::refused(wrong.fields())),
        whole: wrong.of(""),
        judged,
        sections: sections(sheet, wrong),
    })
}

impl JudgedView {
    fn new(judged: &Judged, context: &Context<'_>, (sheet, define): (&Sheet, Markup)) -> Self {
        let (definition, figures) = (&judged.definition, &judged.figures);
        let decided = &definition.goal;
        let bond_token = context.deployment.bond_token.get();
        let mut rows = goal::definition(decided, bond_token, decided.closes);
        let calibration = &figures.odds.calibration;
        let full = calibration.needed_full;
        rows.push(("First payment", words::needed(decided, calibration.needed)));
        let full = full.map_or_else(|| words::NEVER.to_owned(), |x| words::needed(decided, x));
        rows.push(("All of it", full));
        if decided.bound > 0 {
            rows.push(("Bound", words::bound(decided, figures.odds.fair)));
        }
        let power = figures.power.as_ref();
        let points = power
            .map(|power| power.points.as_slice())
            .unwrap_or_default();
        let chance = |chance: u32| words::share(chance.into());
        Self {
            verdict: words::verdict(judged.weaknesses.len()),
            weaknesses: judged.weaknesses.clone(),
            remarks: judged.remarks.clone(),
            all_attempts: words::all_attempts(decided.attempts),
            rows: figures.rows.clone(),
            brings: figures.brings.clone(),
            message: figures.message.clone(),
            chart: power.map(|it| power::draw(it, &figures.message).into()),
            points: points
                .iter()
                .map(|(at, of)| (words::share(*at), chance(*of)))
                .collect(),
            points_are: words::points(decided.kind),
            source: words::source(decided.kind),
            assumed: words::ASSUMED,
            definition: rows,
            specification: definition.specification.clone().into_iter().collect(),
            panel: judged
                .panel
                .iter()
                .map(|(member, name)| (Hex::address(member), name.clone()))
                .collect(),
            signatures: words::signatures(definition.m, definition.panel.len()),
            sponsor: Hex::address(&decided.sponsor),
            arbiter: Hex::address(&decided.arbiter),
            id: judged.id.to_string(),
            spec: decided.spec.to_string(),
            download: format!("/company/goals/new/definition.json?{}", sheet.query()),
            define,
        }
    }
}
