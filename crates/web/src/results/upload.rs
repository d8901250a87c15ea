//! A result file: taken, read by the readers of the command line, kept by its hash.

use alloy_primitives::{B256, keccak256};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use guerdon_store::{Paper, ResultFile, Tx};
use serde::Deserialize;
use serde_json::Value;

use super::desk::{Desk, domain};
use super::hand_in::{back, has_room, note};
use super::judge::{Brought, File, judge};
use super::papers::{Asked, Sheet};
use super::work::{Which, show};
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
/// `POST …/file`
pub(super) async fn take(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Which { number }): Path<Which>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let brought = match receive(form).await {
        Ok(brought) => brought,
        Err(sentence) => return show(&state, party, (number, Some(sentence.into()))).await,
    };
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let desk = Desk::of(&mut read, (*party.record).clone()).await?;
    drop(read);
    let judged = judge(&desk, &party, (number, as_of.now()), brought).await;
    let judged = match judged {
        Ok(judged) => judged,
        Err(refused) => return show(&state, party, (number, Some(refused))).await,
    };
    let owner = party.viewer.owner().ok_or(PageError::NotSignedIn)?;
    let now = (state.wall)();
    let context = load::context(&state, as_of, Some(&party.viewer));
    let (result, reading) = (judged.result, &judged.reading);
    let answers = judged.answers.as_ref().map(|file| keccak256(&file.bytes));
    let read = (judged.evidence.name.as_str(), reading, answers);
    let paper = Asked::Result(result).paper(&domain(&context), read, (owner, now));
    let file = |file: File| ResultFile {
        goal: result.goal,
        attempt: number,
        hash: keccak256(&file.bytes),
        name: file.name,
        content: file.bytes.to_vec(),
        added_at: now,
        added_by: owner,
    };
    let files = Files {
        answers: judged.answers.map(file),
        evidence: file(judged.evidence),
        named: judged.named.into_iter().map(file).collect(),
    };
    let mut tx = state.store.write().await?;
    if !keep(&mut tx, (&paper, as_of.now()), files).await? {
        drop(tx);
        return show(&state, party, (number, Some(words::TOO_MANY.into()))).await;
    }
    tx.commit().await?;
    Ok(back(result.goal, number).into_response())
}

/// What is kept of a result.
struct Files {
    evidence: ResultFile,
    answers: Option<ResultFile>,
    /// Files that the evidence names by their hash.
    named: Vec<ResultFile>,
}

/// Keeps a result with the files that it was read from. Answers whether its author had room for it.
async fn keep(tx: &mut Tx, (paper, now): (&Paper, u64), files: Files) -> Result<bool, PageError> {
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
        Some(sheet) if sheet.answers.is_none() && files.answers.is_some() => {
            let body = renamed(&paper.body, sheet.file);
            tx.set_paper_body(paper.digest, &body).await?;
            "answers read"
        }
        Some(_) => return Ok(true),
    };
    let detail = format!("attempt {}, file {}", paper.attempt, files.evidence.hash);
    let beside = files.answers.into_iter().chain(files.named);
    for file in std::iter::once(files.evidence).chain(beside) {
        tx.put_result_file(&file).await?;
    }
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
        let file = || File {
            name: file_name,
            bytes: bytes.clone(),
        };
        match name.as_str() {
            _ if bytes.len() > BYTES_MAX => return Err(words::TOO_LARGE),
            "file" => brought.file = file(),
            "samples" if !bytes.is_empty() => brought.samples = Some(file()),
            "baseline" if !bytes.is_empty() => brought.baseline = Some(file()),
            "baseline_samples" if !bytes.is_empty() => brought.baseline_samples = Some(file()),
            "count" => brought.count = text(),
            "guard" => {
                let bit = text().parse::<u32>().ok().filter(|bit| *bit < 32);
                brought.guards |= bit.map_or(0, |bit| 1 << bit);
            }
            _ => {}
        }
    }
    match brought.file.bytes.len() {
        0 => Err(words::NO_FILE),
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

/// Which file or message of which attempt.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) number: u16,
    pub(super) hash: String,
}

/// `GET …/files/{hash}`: the bytes as they came, for those who judge by them.
pub(super) async fn download(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Place { number, hash }): Path<Place>,
) -> Answer {
    let hash: B256 = hash.parse().map_err(|_| PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let file = read.result_file((party.record.id, number), hash).await?;
    let file = file.ok_or(PageError::NoPage)?;
    let name = match file.name.as_str() {
        "" => "result",
        name => name,
    };
    Ok(sent("application/octet-stream", name, file.content))
}

/// A file to keep, never shown in place; its name in plain letters.
pub(super) fn sent(form: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let name: String = name.chars().filter(char::is_ascii).collect();
    let headers = [
        (CONTENT_TYPE, form.to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}
