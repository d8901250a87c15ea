//! Forms of an attempt's page: a model is named, signatures are handed in.

use alloy_primitives::{Address, B256};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use guerdon_chain::recover;
use guerdon_core::goal::{Accept, AttemptStatus, Registration, Signed, register};
use guerdon_core::ledger::GoalRecord;
use guerdon_store::{Actor, NewEntry, Owner, Paper, PaperSignature, Tx};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::desk::{At, Desk, domain};
use super::papers::{Asked, Sheet};
use super::work::{Refused, Which, show};
use crate::access::{GoalParty, Part, Viewer, parts_of};
use crate::company::forms::Fields;
use crate::error::PageError;
use crate::load;
use crate::pages::Answer;
use crate::signing::parse_signature;
use crate::state::AppState;
use crate::strings::access::Refusal;
use crate::strings::results as words;

/// Papers of one author that are kept for an attempt while they can be signed to any effect.
const PAPERS_MAX: usize = 4;

/// `POST …/ask`: somebody names the model of the next attempt, for members to accept.
pub(super) async fn ask(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Which { number }): Path<Which>,
    fields: Fields,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    drop(read);
    if !may_bring(&party.record, &party.viewer) {
        let refused = Some(words::NAMES_NOTHING.into());
        return show(&state, party, (number, refused)).await;
    }
    let context = load::context(&state, as_of, Some(&party.viewer));
    let at = At::of(&context);
    let record = &party.record;
    let accept = match named((&fields, &at), (record.id, number)) {
        Ok(accept) => accept,
        Err(sentence) => return show(&state, party, (number, Some(sentence.into()))).await,
    };
    let by = Registration {
        signed: Signed {
            signatures: 1,
            m: record.m,
        },
        accepted_until: accept.deadline,
        by_sponsor: true,
        now: at.now,
        block: at.block,
    };
    let standing = register(&record.goal, &record.state, &by);
    if number != record.state.count || standing.is_err() {
        let sentence = match standing {
            Err(why) => words::refused(&why, &at.zone),
            Ok(_) => words::NOT_NOW.to_owned(),
        };
        let facts = Vec::new();
        return show(&state, party, (number, Some(Refused { sentence, facts }))).await;
    }
    let owner = party.viewer.owner().ok_or(PageError::NotSignedIn)?;
    let now = (state.wall)();
    let asked = Asked::Accept(accept);
    let paper = asked.paper(&domain(&context), ("", &Value::Null, None), (owner, now));
    let mut tx = state.store.write().await?;
    if !has_room(&tx.panel_papers(record.id).await?, &paper, at.now) {
        drop(tx);
        return show(&state, party, (number, Some(words::TOO_MANY_NAMED.into()))).await;
    }
    if tx.put_paper(&paper).await? {
        let detail = format!("attempt {number}, model {}", accept.model);
        note(&mut tx, (owner, now), ("model named", record.id, detail)).await?;
    }
    tx.commit().await?;
    Ok(back(record.id, number).into_response())
}

/// The acceptance that a form asks for.
fn named(
    (fields, at): (&Fields, &At),
    (goal, attempt): (B256, u16),
) -> Result<Accept, &'static str> {
    let model = fields.get("model");
    let model = model.strip_prefix("0x").and_then(|hex| hex.parse().ok());
    let model: B256 = model.ok_or(words::NO_MODEL)?;
    let deadline = last_second(fields.get("until"), &at.zone).ok_or(words::NO_UNTIL)?;
    if deadline <= at.now || model.is_zero() {
        return Err(words::NO_UNTIL);
    }
    Ok(Accept {
        goal,
        attempt,
        model,
        deadline,
    })
}

/// The last second of a day in a zone.
pub(super) fn last_second(day: &str, zone: &TimeZone) -> Option<u64> {
    let day: Date = day.parse().ok()?;
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    let second = next.timestamp().as_second().checked_sub(1)?;
    u64::try_from(second)
        .ok()
        .filter(|second| second >> 40 == 0)
}

/// `POST …/sign`: a member's signature of a sheet, whoever hands it in.
pub(super) async fn sign(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Which { number }): Path<Which>,
    fields: Fields,
) -> Answer {
    let GoalParty { viewer, record } = party;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let desk = Desk::of(&mut read, *record).await?;
    drop(read);
    let digest = fields.get("digest").parse::<B256>();
    let digest = digest.map_err(|_| PageError::NotUnderstood)?;
    let mut sheets = desk.sheets.iter();
    let sheet = sheets.find(|sheet| sheet.paper.digest == digest && sheet.paper.attempt == number);
    let sheet = sheet.ok_or(PageError::NotUnderstood)?;
    let context = load::context(&state, as_of, Some(&viewer));
    // The hash is computed anew: what is kept beside it must be what was signed.
    if sheet.asked.digest(&domain(&context)) != digest || !open(&desk, sheet, as_of.now()) {
        return Err(PageError::NotPermitted(refusal(words::NOT_NOW)));
    }
    let signature = fields.get("signature");
    let (signer, signature) = judged(&desk, digest, signature)
        .ok_or(PageError::NotPermitted(refusal(words::NOT_HERS)))?;
    keep(&state, &viewer, (&desk, sheet), (signer, signature)).await?;
    Ok(back(desk.record.id, number).into_response())
}

fn refusal(what: &'static str) -> Refusal {
    Refusal {
        what,
        hint: words::CONTRACT_WALLETS,
    }
}

/// Whether a sheet can still be signed to any effect.
fn open(desk: &Desk, sheet: &Sheet, now: u64) -> bool {
    match &sheet.asked {
        Asked::Accept(accept) => accept.attempt == desk.next() && accept.deadline >= now,
        Asked::Result(result) => desk.attempt(result.attempt).is_some_and(|attempt| {
            attempt.word.status == AttemptStatus::Registered
                && attempt.word.deadline >= now
                && attempt.model == result.model
        }),
    }
}

/// Who of the panel signed, with the signature as the contract takes it: 65 bytes, v 27 or 28.
fn judged(desk: &Desk, digest: B256, text: &str) -> Option<(Address, [u8; 65])> {
    let bytes = parse_signature(text)?;
    let mut signature = <[u8; 65]>::try_from(bytes.as_slice()).ok()?;
    let last = signature.last_mut()?;
    if *last < 27 {
        *last = last.saturating_add(27);
    }
    let signer = recover(&digest, &signature)?;
    desk.record
        .panel
        .contains(&signer)
        .then_some((signer, signature))
}

async fn keep(
    state: &AppState,
    viewer: &Viewer,
    (desk, sheet): (&Desk, &Sheet),
    (signer, signature): (Address, [u8; 65]),
) -> Result<(), PageError> {
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let now = (state.wall)();
    let kept = PaperSignature {
        digest: sheet.paper.digest,
        signer,
        signature: signature.to_vec(),
        added_at: now,
    };
    let mut tx = state.store.write().await?;
    if tx.put_paper_signature(&kept).await? {
        let (kind, number) = (sheet.asked.kind(), sheet.paper.attempt);
        let detail = format!("{kind} of attempt {number}, by {signer}, {}", kept.digest);
        let what = ("panel signature", desk.record.id, detail);
        note(&mut tx, (owner, now), what).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes down who did what at a goal.
pub(super) async fn note(
    tx: &mut Tx,
    (owner, at): (Owner, u64),
    (action, goal, detail): (&str, B256, String),
) -> Result<(), PageError> {
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: action.to_owned(),
        subject: goal.to_string(),
        detail,
    })
    .await?;
    Ok(())
}

/// Leads back to an attempt's page.
pub(super) fn back(goal: B256, number: u16) -> Redirect {
    Redirect::to(&format!("/goals/{goal}/attempts/{number}/work"))
}

/// Whether somebody may name models and bring files.
pub(super) fn may_bring(record: &GoalRecord, viewer: &Viewer) -> bool {
    let mut parts = parts_of(record, &viewer.wallets).into_iter();
    parts.any(|(part, _)| matches!(part, Part::Sponsor | Part::Member))
}

/// Whether a paper is kept beside the others of its goal: it is there already, or its author has
/// room for one more at the attempt. An acceptance that ended takes no room.
pub(super) fn has_room(papers: &[Paper], paper: &Paper, now: u64) -> bool {
    let hers = papers.iter().filter(|other| {
        (other.attempt, other.made_by) == (paper.attempt, paper.made_by) && other.kind == paper.kind
    });
    let open = hers.filter(|other| match Sheet::read((*other).clone()) {
        Some(Sheet {
            asked: Asked::Accept(accept),
            ..
        }) => accept.deadline >= now,
        _ => true,
    });
    papers.iter().any(|other| other.digest == paper.digest) || open.count() < PAPERS_MAX
}
