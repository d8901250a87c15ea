//! `/company/jobs` and its data.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use guerdon_store::{Failing, Job};
use jiff::tz::TimeZone;

use super::data;
use super::load::{self, GrantName, Jobs, Scheduled, Standing};
use crate::access::CompanyReader;
use crate::error::PageError;
use crate::html::{Hex, Moment};
use crate::numbers::grouped;
use crate::pages::{self, Form};
use crate::state::AppState;
use crate::strings::jobs as words;
use crate::table;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/jobs.html")]
struct JobsPage {
    shell: Shell,
    lead: &'static str,
    none_open: &'static str,
    open: Vec<CallRow>,
    none_over: &'static str,
    over: Vec<CallRow>,
    no_jobs: &'static str,
    keeper: Vec<KeeperRow>,
    none_failing: &'static str,
    failing: Vec<FailingRow>,
}

/// A scheduled call in a list.
#[derive(Debug)]
struct CallRow {
    href: String,
    what: String,
    grant: Option<Named>,
    by: Hex,
    by_name: Option<String>,
    state: &'static str,
    from: Moment,
    until: Moment,
}

/// A grant with its page.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) person: Option<String>,
}

#[derive(Debug)]
struct KeeperRow {
    what: String,
    state: String,
    nonce: String,
    gas: String,
    tx: Option<Hex>,
}

#[derive(Debug)]
struct FailingRow {
    grant: Named,
    times: String,
    reason: String,
    last: Moment,
    retry: Moment,
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let jobs = load::jobs(&mut read, &context).await?;
    pages::html(&JobsPage::new(&jobs, &context))
}

/// The page as JSON.
pub(super) async fn as_json(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let jobs = load::jobs(&mut read, &context).await?;
    Ok(Json(data::jobs(&jobs, &context)).into_response())
}

/// Scheduled calls as a table.
pub(super) async fn as_table(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    form: Form,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let jobs = load::jobs(&mut read, &context).await?;
    let calls = jobs.open.iter().chain(&jobs.over);
    table::answer(form, data::calls_table(calls, as_of.now())).await
}

impl JobsPage {
    fn new(jobs: &Jobs, context: &Context<'_>) -> Self {
        let (zone, name) = context.zone_of(None);
        let now = context.now();
        let row = |one: &Scheduled| CallRow::new(one, &zone, now);
        let shell = Shell::new(context, "Jobs", Place::Jobs);
        Self {
            shell: shell.with_data("/company/jobs".to_owned()).with_zone(&name),
            lead: words::LEAD,
            none_open: words::NONE_OPEN,
            open: jobs.open.iter().map(row).collect(),
            none_over: words::NONE_OVER,
            over: jobs.over.iter().map(row).collect(),
            no_jobs: words::NO_JOBS,
            keeper: jobs.keeper.iter().map(KeeperRow::new).collect(),
            none_failing: words::NONE_FAILING,
            failing: jobs
                .failing
                .iter()
                .map(|(one, name)| FailingRow::new(one, name, (&zone, now)))
                .collect(),
        }
    }
}

impl CallRow {
    fn new(one: &Scheduled, zone: &TimeZone, now: u64) -> Self {
        let record = &one.record;
        Self {
            href: format!("/company/jobs/{}", record.id),
            what: one.told.clone(),
            grant: one.grant.as_ref().map(Named::new),
            by: Hex::address(&record.caller),
            by_name: one.by.clone(),
            state: words::state(Standing::of(record, now)),
            from: Moment::near(record.at, zone, now),
            until: Moment::at(record.until(), zone),
        }
    }
}

impl Named {
    pub(super) fn new(grant: &GrantName) -> Self {
        let id = grant.id.to_string();
        Self {
            href: format!("/grants/{id}"),
            name: grant
                .name
                .clone()
                .unwrap_or_else(|| crate::numbers::shortened(&id)),
            person: grant.person.clone(),
        }
    }
}

impl KeeperRow {
    fn new((job, told): &(Job, String)) -> Self {
        let done = job.done.as_ref();
        let last = job.sent.last().map(|sent| sent.tx);
        Self {
            what: told.clone(),
            state: words::job(job.state, done.map(|done| done.block)),
            nonce: grouped(job.job.nonce),
            gas: done.map_or_else(String::new, |done| grouped(done.gas_used)),
            tx: done.map(|done| done.tx).or(last).as_ref().map(Hex::hash),
        }
    }
}

impl FailingRow {
    fn new(one: &Failing, name: &GrantName, (zone, now): (&TimeZone, u64)) -> Self {
        Self {
            grant: Named::new(name),
            times: words::failed(one.times),
            reason: one.reason.clone(),
            last: Moment::at(one.last_at, zone),
            retry: Moment::near(one.retry_at, zone, now),
        }
    }
}

/// What a scheduled call does.
pub(super) fn sentence(one: &Scheduled) -> String {
    match &one.call {
        Some(call) => call.plan.summary.clone(),
        None => words::unknown_call(one.record.target, &one.record.data),
    }
}
