//! A result file: taken, read by the readers of the command line, kept by its hash.

use alloy_primitives::{B256, keccak256};
use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_core::goal::{AttemptStatus, Kind, PanelResult, check_result, draw};
use guerdon_core::ledger::AttemptRecord;
use guerdon_formats::eval::{Query, fits, read};
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_store::{Paper, ResultFile, Tx};
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::{Desk, domain};
use super::hand_in::{back, has_room, may_bring, note};
use super::papers::{Asked, Sheet};
use super::reading::facts;
use super::work::{Refused, Which, show};
use crate::access::GoalParty;
use crate::error::PageError;
use crate::load;
use crate::pages::Answer;
use crate::state::AppState;
use crate::strings::results as words;

/// The largest file that is taken, in bytes.
pub(super) const BYTES_MAX: usize = 16 << 20;
/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 100;
/// What the form brought.
#[derive(Default)]
struct Brought {
    name: String,
    file: Bytes,
    /// The answers one by one, where the harness wrote them into a file of their own, by its name.
    samples: Option<(String, Bytes)>,
    count: String,
    guards: u32,
}

/// `POST …/file`
pub(super) async fn take(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Which { number }): Path<Which>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let mut brought = match receive(form).await {
        Ok(brought) => brought,
        Err(sentence) => return show(&state, party, (number, Some(sentence.into()))).await,
    };
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let desk = Desk::of(&mut read, (*party.record).clone()).await?;
    drop(read);
    let judged = judge(&desk, &party, (number, as_of.now()), &brought).await;
    let (result, reading) = match judged {
        Ok(judged) => judged,
        Err(refused) => return show(&state, party, (number, Some(refused))).await,
    };
    let owner = party.viewer.owner().ok_or(PageError::NotSignedIn)?;
    let now = (state.wall)();
    let context = load::context(&state, as_of, Some(&party.viewer));
    // Answers confirm nothing where they were not read.
    let answers = brought.samples.take().filter(|_| !reading.is_null());
    let hash = answers.as_ref().map(|(_, bytes)| keccak256(bytes));
    let read = (brought.name.as_str(), &reading, hash);
    let paper = Asked::Result(result).paper(&domain(&context), read, (owner, now));
    let file = |hash, (name, bytes): (String, Bytes)| ResultFile {
        goal: result.goal,
        attempt: number,
        hash,
        name,
        content: bytes.to_vec(),
        added_at: now,
        added_by: owner,
    };
    let evidence = file(result.evidence, (brought.name, brought.file));
    let answers = answers.zip(hash).map(|(bytes, hash)| file(hash, bytes));
    let mut tx = state.store.write().await?;
    if !keep(&mut tx, (&paper, as_of.now()), (evidence, answers)).await? {
        drop(tx);
        return show(&state, party, (number, Some(words::TOO_MANY.into()))).await;
    }
    tx.commit().await?;
    Ok(back(result.goal, number).into_response())
}

/// Keeps a result with the files that it was read from. Answers whether its author had room for it.
async fn keep(
    tx: &mut Tx,
    (paper, now): (&Paper, u64),
    (evidence, answers): (ResultFile, Option<ResultFile>),
) -> Result<bool, PageError> {
    let papers = tx.panel_papers(paper.goal).await?;
    if !has_room(&papers, paper, now) {
        return Ok(false);
    }
    let mut papers = papers.into_iter();
    let known = papers.find(|one| one.digest == paper.digest);
    let what = match known.and_then(Sheet::read) {
        None => {
            tx.put_paper(paper).await?;
            "result read"
        }
        // Answers that come later confirm what was read before.
        Some(sheet) if sheet.answers.is_none() && answers.is_some() => {
            let body = renamed(&paper.body, sheet.file);
            tx.set_paper_body(paper.digest, &body).await?;
            "answers read"
        }
        Some(_) => return Ok(true),
    };
    tx.put_result_file(&evidence).await?;
    if let Some(answers) = answers {
        tx.put_result_file(&answers).await?;
    }
    let detail = format!("attempt {}, file {}", paper.attempt, evidence.hash);
    let by = (paper.made_by, paper.made_at);
    note(tx, by, (what, paper.goal, detail)).await?;
    Ok(true)
}

/// A paper's body with the file's name as its author wrote it.
fn renamed(body: &str, file: String) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    if let Some(name) = body.get_mut("file") {
        *name = file.into();
    }
    body.to_string()
}

async fn receive(form: Result<Multipart, MultipartRejection>) -> Result<Brought, &'static str> {
    let mut form = form.map_err(|_| words::BROKE_OFF)?;
    let mut brought = Brought::default();
    loop {
        let field = form.next_field().await.map_err(|error| broken(&error))?;
        let Some(field) = field else { break };
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = kept_name(field.file_name().unwrap_or_default());
        let bytes = field.bytes().await.map_err(|error| broken(&error))?;
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "file" => (brought.name, brought.file) = (file_name, bytes),
            "samples" if bytes.len() > BYTES_MAX => return Err(words::TOO_LARGE),
            "samples" if !bytes.is_empty() => brought.samples = Some((file_name, bytes)),
            "count" => brought.count = text(),
            "guard" => {
                let bit = text().parse::<u32>().ok().filter(|bit| *bit < 32);
                brought.guards |= bit.map_or(0, |bit| 1 << bit);
            }
            _ => {}
        }
    }
    match brought.file.len() {
        0 => Err(words::NO_FILE),
        large if large > BYTES_MAX => Err(words::TOO_LARGE),
        _ => Ok(brought),
    }
}

fn broken(error: &axum::extract::multipart::MultipartError) -> &'static str {
    match error.status().as_u16() {
        413 => words::TOO_LARGE,
        _ => words::BROKE_OFF,
    }
}

/// The file's name without folders and signs that no name needs.
fn kept_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last
        .chars()
        .filter(|letter| !letter.is_control() && *letter != '"');
    let name: String = plain.take(NAME_MAX).collect();
    match name.trim() {
        "" => "result.json".to_owned(),
        name => name.to_owned(),
    }
}

/// The result that a file brings for a running attempt, and what was read.
async fn judge(
    desk: &Desk,
    party: &GoalParty,
    (number, now): (u16, u64),
    brought: &Brought,
) -> Result<(PanelResult, Value), Refused> {
    let attempt = desk.attempt(number);
    let attempt = attempt.filter(|attempt| {
        attempt.word.status == AttemptStatus::Registered && attempt.word.deadline >= now
    });
    let attempt = attempt.ok_or(Refused::from(words::NOT_NOW))?;
    if !may_bring(&desk.record, &party.viewer) {
        return Err(words::NAMES_NOTHING.into());
    }
    let goal = &desk.record.goal;
    let result = PanelResult {
        goal: desk.record.id,
        attempt: number,
        model: attempt.model,
        x: 0,
        y: 0,
        samples: goal.samples,
        guards: brought.guards,
        evidence: keccak256(&brought.file),
    };
    let (x, reading) = match goal.kind {
        Kind::Count => {
            let count: u128 = brought.count.parse().map_err(|_| words::NOT_A_COUNT)?;
            (count, Value::Null)
        }
        Kind::Proportion => proportion(desk, attempt, brought).await?,
        Kind::Paired | Kind::Measure => return Err(words::OTHER_KIND.into()),
    };
    let result = PanelResult { x, ..result };
    check_result(goal, &result).map_err(|error| Refused {
        sentence: format!("{}.", crate::numbers::capital(&error.to_string())),
        facts: facts(&reading, result.evidence, None),
    })?;
    Ok((result, reading))
}

/// Right answers that a file of a harness counts.
async fn proportion(
    desk: &Desk,
    attempt: &AttemptRecord,
    brought: &Brought,
) -> Result<(u128, Value), Refused> {
    let definition = desk.definition.clone().ok_or_else(|| Refused {
        sentence: words::definition_unknown(&desk.title()),
        facts: Vec::new(),
    })?;
    let query = query(&definition, attempt)?;
    let file = brought.file.clone();
    let samples = brought.samples.as_ref().map(|(_, bytes)| bytes.clone());
    let evidence = keccak256(&file);
    // Reading takes time: other pages go on meanwhile.
    let drawn = query.drawn.len();
    let work = move || {
        let reading = read(&file, &query, samples.as_deref());
        reading.map(|reading| (fits(&definition, &reading), reading))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|_| Refused::from(words::BROKE_OFF))?;
    let (fits, reading) = done.map_err(|error| Refused {
        sentence: error.to_string(),
        facts: Vec::new(),
    })?;
    let mut value = json!(reading);
    if let (Some(object), 1..) = (value.as_object_mut(), drawn) {
        let said = format!("exactly the {drawn} that the chain drew");
        object.insert("items".to_owned(), said.into());
    }
    match fits {
        Ok(()) => Ok((reading.x, value)),
        Err(misfit) => Err(Refused {
            sentence: format!("{}.", crate::numbers::capital(&misfit.to_string()))
                .replace("..", "."),
            facts: facts(&value, evidence, None),
        }),
    }
}

/// Which number of a file the goal's specification means, over which items.
fn query(definition: &GoalDefinition, attempt: &AttemptRecord) -> Result<Query, Refused> {
    let named = |name: &str| definition.specification.get(name).cloned();
    let goal = &definition.goal;
    let drawn = match goal.seed_blocks {
        0 => Vec::new(),
        _ => draw(attempt.word.seed, goal.pool, goal.samples),
    };
    Ok(Query {
        task: named("task"),
        metric: named("metric").ok_or(words::NO_METRIC)?,
        filter: named("filter"),
        drawn,
    })
}

/// Which file of which attempt.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    number: u16,
    hash: String,
}

/// `GET …/files/{hash}`: the bytes as they came, for those who judge by them.
pub(super) async fn download(
    State(state): State<AppState>,
    party: GoalParty,
    Path(File { number, hash }): Path<File>,
) -> Answer {
    let hash: B256 = hash.parse().map_err(|_| PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let file = read.result_file((party.record.id, number), hash).await?;
    let file = file.ok_or(PageError::NoPage)?;
    let name = match file.name.as_str() {
        "" => "result",
        name => name,
    };
    let name: String = name.chars().filter(char::is_ascii).collect();
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, file.content).into_response())
}
