//! `/company/batches`: calls that the owners of a Safe sign together.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_chain::Plan;
use guerdon_chain::plan::{self, Places, Unit};
use guerdon_formats::safe_batch::{SafeBatch, SafeCall};
use guerdon_store::{Actor, Batch, BatchCall, NewEntry, Read};

use super::batch_calls::{Fares, fares};
use super::change::account;
use super::order::{Fields, field};
use super::safe::{Seen, see};
use super::subject::contract;
use super::to;
use crate::access::{self, CompanyReader, CompanyWriter, Viewer};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::html::Hex;
use crate::load;
use crate::numbers::{count_of, shortened};
use crate::pages::{self, Answer, html};
use crate::state::{AppState, DeploymentView};
use crate::strings::actions as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

/// Batches of the list.
const LISTED: u32 = 50;
/// Batches in a file.
const FILED: u32 = 5_000;
const MILLISECONDS: u64 = 1_000;

#[derive(Debug, Template)]
#[template(path = "pages/batches.html")]
struct BatchesPage {
    shell: Shell,
    rows: Vec<BatchRow>,
    none: &'static str,
    said: Option<&'static str>,
}

#[derive(Debug)]
struct BatchRow {
    id: u64,
    begun: String,
    calls: String,
    state: &'static str,
}

pub(super) async fn list(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Query(fields): Query<Fields>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let (zone, zone_name) = context.zone_of(None);
    let rows = read
        .batches(LISTED)
        .await?
        .into_iter()
        .map(|batch| BatchRow {
            id: batch.id,
            begun: dates::day(batch.made_at, &zone),
            calls: words::calls(batch.calls.len()),
            state: standing(&batch),
        });
    html(&BatchesPage {
        shell: Shell::new(&context, "Batches for a Safe", Place::Batches)
            .with_data("/company/batches".to_owned())
            .with_zone(&zone_name),
        rows: rows.collect(),
        none: words::NO_BATCHES,
        said: (field(&fields, "said") == Some("closed")).then_some(words::BATCH_CLOSED),
    })
}

fn standing(batch: &Batch) -> &'static str {
    match batch.closed_at {
        Some(_) => "closed",
        None => "open",
    }
}

/// The batches as a file.
pub(super) async fn data(
    State(state): State<AppState>,
    CompanyReader(_): CompanyReader,
    form: pages::Form,
) -> Answer {
    let batches = state.store.read().await?.batches(FILED).await?;
    let mut rows = Rows::new(&["batch", "begun", "calls", "state", "closed", "safe"]);
    for batch in &batches {
        rows.row(&[
            &batch.id,
            &dates::machine(batch.made_at),
            &count_of(&batch.calls),
            &standing(batch),
            &batch.closed_at.map(dates::machine),
            &batch.safe,
        ]);
    }
    table::answer(form, rows).await
}

#[derive(Debug, Template)]
#[template(path = "pages/batch.html")]
struct BatchPage {
    shell: Shell,
    id: u64,
    closed: Option<String>,
    empty: &'static str,
    /// Calls of it would be refused now.
    warned: Option<String>,
    calls: Vec<CallView>,
    seen: Seen,
    signers_see: &'static str,
    file_href: String,
    /// Whether the reader can change it.
    may_change: bool,
}

/// One call, read back from its bytes.
#[derive(Debug)]
struct CallView {
    place: u64,
    number: usize,
    /// Our sentence for the bytes, as this reader reads it.
    sentence: String,
    /// The same with whole wallets and moments in UTC.
    exact: String,
    /// It happened already.
    done: Option<String>,
    /// Why the contracts would refuse it now.
    refused: Option<String>,
    /// What it is about: path and name; no path before there is a page.
    subject: About,
    to: Hex,
    data: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<u64>,
    Query(fields): Query<Fields>,
) -> Answer {
    show(&state, &viewer, (id, &fields)).await
}

async fn show(state: &AppState, viewer: &Viewer, (id, fields): (u64, &Fields)) -> Answer {
    let mut read = state.store.read().await?;
    let batch = read.batch(id).await?.ok_or(PageError::NoPage)?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let fares = fares(&mut read, (state, &context), &batch).await?;
    let places = places(&state.deployment);
    let mut told = Vec::new();
    for (_, call) in &batch.calls {
        let exact = sentence(places.as_ref(), call);
        let sentence = access::told(&mut read, &context, &exact).await?;
        told.push(Told {
            sentence,
            exact,
            about: subject(&mut read, &call.subject).await?,
        });
    }
    drop(read);
    let plans = plans(&batch);
    let safe = field(fields, "safe");
    let safe = safe
        .map(str::to_owned)
        .or(batch.safe.map(|safe| safe.to_checksum(None)));
    let mut asked = fields.clone();
    asked.extend(safe.map(|safe| ("safe".to_owned(), safe)));
    let seen = see(state, &plans, &asked).await;
    let open = batch.closed_at.is_none();
    let refused = fares.iter().filter(|it| !matches!(it, Fares::Goes));
    let warned = words::would_be_refused(refused.count()).filter(|_| open);
    let calls = batch.calls.iter().zip(fares).zip(told).enumerate();
    let view = |(number, ((placed, fares), told)): (usize, Listed<'_>)| {
        let (place, call) = placed;
        let (done, refused) = match fares {
            Fares::Goes => (None, None),
            Fares::Done(when) => (Some(when), None),
            Fares::Refused(why) => (None, Some(why).filter(|_| open)),
        };
        CallView {
            place: *place,
            number: number.saturating_add(1),
            sentence: told.sentence,
            exact: told.exact,
            done,
            refused,
            subject: told.about,
            to: Hex::address(&call.to),
            data: alloy_primitives::hex::encode_prefixed(&call.data),
        }
    };
    let (zone, zone_name) = context.zone_of(None);
    html(&BatchPage {
        shell: Shell::new(&context, &format!("Batch {id}"), Place::Batches).with_zone(&zone_name),
        id,
        closed: batch
            .closed_at
            .map(|at| words::closed_on(&dates::day(at, &zone))),
        empty: words::EMPTY_BATCH,
        warned,
        calls: calls.map(view).collect(),
        file_href: seen.file_href(id),
        seen,
        signers_see: words::SIGNERS_SEE,
        may_change: open && viewer.wallet().is_some(),
    })
}

fn plans(batch: &Batch) -> Vec<Plan> {
    let calls = batch.calls.iter();
    let plan = |(_, call): &(u64, BatchCall)| Plan {
        to: Some(call.to),
        data: call.data.clone().into(),
        summary: call.summary.clone(),
    };
    calls.map(plan).collect()
}

/// What a call is about: path and name; no path before there is a page.
type About = Option<(Option<String>, String)>;

/// What a call does, as the reader reads it and exactly, and what it is about.
struct Told {
    sentence: String,
    exact: String,
    about: About,
}

/// A call with its place, how it fares, and what is told of it.
type Listed<'a> = ((&'a (u64, BatchCall), Fares), Told);

/// The contracts whose calls are read back.
fn places(deployment: &DeploymentView) -> Option<Places> {
    let token = &deployment.token;
    Some(Places {
        grants: deployment.grants,
        succession: contract(deployment, "Succession"),
        token: contract(deployment, "AccessToken")?,
        manager: contract(deployment, "AccessManager")?,
        goals: Some(deployment.goals),
        unit: Unit::new(&token.symbol, token.decimals),
    })
}

/// What the bytes do: read back from them, not what somebody wrote beside them.
fn sentence(places: Option<&Places>, call: &BatchCall) -> String {
    let read = places.and_then(|places| plan::read(places, call.to, &call.data));
    read.map_or_else(
        || words::NOT_OURS.to_owned(),
        |read| format!("{}.", read.plan.summary),
    )
}

/// What a call is about: its page, if it has one, and its name and whose it is.
async fn subject(read: &mut Read, text: &str) -> Result<About, PageError> {
    let parts = text.split_once(':');
    let Some((noun, id)) = parts.and_then(|(noun, id)| Some((noun, id.parse::<B256>().ok()?)))
    else {
        return Ok(None);
    };
    let short = shortened(&id.to_string());
    Ok(Some(match noun {
        "round" => {
            let label = read.imported_round(id).await?.map(|round| round.label);
            // It has no page before it is committed.
            let href = read.round(id).await?.map(|_| format!("/rounds/{id}"));
            (href, label.unwrap_or(short))
        }
        // It has no page before it is defined.
        "goal" => (None, short),
        _ => {
            let name = read.terms(id).await?.map(|grant| grant.external_id);
            let person = read.member_of_grant(id).await?.map(|member| member.name);
            let named = [name, person].into_iter().flatten();
            let named: Vec<_> = named.filter(|name| !name.is_empty()).collect();
            let named = Some(named.join(", ")).filter(|named| !named.is_empty());
            (Some(format!("/grants/{id}")), named.unwrap_or(short))
        }
    }))
}

/// The file that the Safe's transaction builder reads.
pub(super) async fn file(
    State(state): State<AppState>,
    CompanyReader(_): CompanyReader,
    Path(id): Path<u64>,
    Query(fields): Query<Fields>,
) -> Answer {
    let mut read = state.store.read().await?;
    let batch = read.batch(id).await?.ok_or(PageError::NoPage)?;
    let told = field(&fields, "safe").and_then(|safe| account(safe).ok());
    let calls = plans(&batch);
    let sentences: Vec<_> = calls.iter().map(|call| call.summary.as_str()).collect();
    let file = SafeBatch {
        chain_id: state.deployment.chain_id,
        created_at: (state.wall)().saturating_mul(MILLISECONDS),
        name: format!("Guerdon: batch {id}"),
        description: sentences.join(". "),
        safe: told.or(batch.safe),
        calls: calls.iter().filter_map(safe_call).collect(),
    };
    let name = format!("attachment; filename=\"guerdon-batch-{id}.json\"");
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file.encode()).into_response())
}

fn safe_call(plan: &Plan) -> Option<SafeCall> {
    Some(SafeCall {
        to: plan.to?,
        data: plan.data.to_vec(),
    })
}

/// Begins a batch.
pub(super) async fn begin(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
) -> Answer {
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    let id = tx.add_batch(&owner, at).await?;
    tx.append_audit(&entry(&viewer, at, ("batch begun", id))?)
        .await?;
    tx.commit().await?;
    to(&format!("/company/batches/{id}"))
}

/// Changes a batch: takes a call out, names its Safe, or closes it.
pub(super) async fn change(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<u64>,
    Form(fields): Form<Fields>,
) -> Answer {
    let at = (state.wall)();
    let path = format!("/company/batches/{id}");
    let mut tx = state.store.write().await?;
    let done = match field(&fields, "go") {
        Some("remove") => {
            let place = field(&fields, "place").and_then(|place| place.parse().ok());
            let removed = match place {
                Some(place) => tx.remove_batch_call(id, place).await?,
                None => false,
            };
            removed.then_some("call taken out of batch")
        }
        Some("safe") => {
            let safe: Option<Address> = field(&fields, "safe").and_then(|it| account(it).ok());
            match safe {
                Some(safe) if tx.set_batch_safe(id, safe).await? => Some("safe of batch named"),
                Some(_) => None,
                None => {
                    drop(tx);
                    let safe = field(&fields, "safe").unwrap_or_default().to_owned();
                    let mut again = Fields::from([("safe".to_owned(), safe)]);
                    again.insert("said".to_owned(), "address".to_owned());
                    return form_refused(show(&state, &viewer, (id, &again)).await);
                }
            }
        }
        Some("close") => tx.close_batch(id, at).await?.then_some("batch closed"),
        _ => None,
    };
    if let Some(action) = done {
        tx.append_audit(&entry(&viewer, at, (action, id))?).await?;
        tx.commit().await?;
    }
    to(&path)
}

fn entry(viewer: &Viewer, at: u64, (action, id): (&str, u64)) -> Result<NewEntry, PageError> {
    Ok(NewEntry {
        at,
        actor: Actor::Owner(viewer.owner().ok_or(PageError::NotSignedIn)?),
        action: action.to_owned(),
        subject: format!("batch {id}"),
        detail: String::new(),
    })
}
