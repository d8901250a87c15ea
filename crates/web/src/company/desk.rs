//! What needs the company: a line each, with who acts next.

use alloy_primitives::B256;
use askama::Template;
use axum::extract::State;
use guerdon_core::goal::GoalFlags;
use guerdon_core::ledger::GrantRecord;
use guerdon_core::state::Flags;
use guerdon_store::{Operations, Page, Read};

use super::replacements;
use super::rounds::{self, Known, Stage};
use crate::access::CompanyReader;
use crate::error::PageError;
use crate::jobs;
use crate::load;
use crate::numbers::{count, shortened};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::strings::goal_words::standing;
use crate::views::shell::{Place, Shell};
use crate::views::{Context, NamedGoal};

/// Rows asked of the store at a time.
const BATCH: u32 = 1_000;
/// Lines of one kind; the rest is counted.
pub(super) const LINES: usize = 8;
/// A goal that closes within so many seconds is due: 60 days.
const DUE: u64 = 60 * 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/company.html")]
struct DeskPage {
    shell: Shell,
    free: String,
    needs: Vec<Need>,
    runs: Vec<Need>,
    nothing: &'static str,
}

/// A line: what, who acts next, where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    what: String,
    who: String,
    go: &'static str,
    href: String,
}

impl Need {
    pub(super) fn new(what: String, who: &str, (go, href): (&'static str, String)) -> Self {
        Self {
            what,
            who: who.to_owned(),
            go,
            href,
        }
    }
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let known = rounds::known(&mut read).await?;
    let free = read.pool().await?.free();
    let (mut needs, mut runs) = of_rounds(&known, &context);
    needs.extend(money(&known, free, &context));
    needs.extend(drafts(&mut read, &context).await?);
    let (to_send, to_sign) = replacements::needs(&mut read, &context).await?;
    needs.extend(to_send);
    runs.extend(to_sign);
    needs.extend(operations(&mut read, &context).await?);
    needs.extend(goals(&mut read, &context).await?);
    needs.extend(failures(&mut read, &context).await?);
    needs.extend(not_accepted(&mut read).await?);
    runs.extend(clocks(&mut read, &context).await?);
    html(&DeskPage {
        shell: Shell::new(&context, "Company", Place::Company).with_zone(&context.zone_of(None).1),
        free: words::free_money(&context.token().words(free), None),
        needs,
        runs,
        nothing: words::NOTHING_TO_DO,
    })
}

/// Rounds that wait for a signature, and those that can still be taken back.
fn of_rounds(known: &[Known], context: &Context<'_>) -> (Vec<Need>, Vec<Need>) {
    let (mut needs, mut runs) = (Vec::new(), Vec::new());
    for round in known {
        let path = |verb: &str| format!("/company/rounds/{}/{verb}", round.root);
        let total = context.token().words(round.total());
        let grants = round.imported.as_ref().map_or(0, |imported| imported.count);
        match (round.stage(context.now()), &round.record) {
            (Stage::Imported, _) => needs.push(Need::new(
                words::round_waits(&round.name(), &count(grants, "grant"), &total),
                words::ISSUER,
                ("Commit it", path("commit")),
            )),
            (Stage::Revocable, Some(record)) => runs.push(Need::new(
                words::round_binds(&round.name(), &total, &context.day(record.binding_at)),
                words::TIME_OR_ISSUER,
                ("Take it back", path("rescind")),
            )),
            _ => {}
        }
    }
    (needs, runs)
}

/// Free money against rounds that wait for their signature.
fn money(known: &[Known], free: u128, context: &Context<'_>) -> Option<Need> {
    let waiting = known.iter().filter(|round| round.record.is_none());
    let sum = waiting.map(Known::total).fold(0, u128::saturating_add);
    let missing = sum.checked_sub(free).filter(|missing| *missing > 0)?;
    let token = context.token();
    Some(Need::new(
        words::pool_lacks(&token.words(sum), &token.words(free), &token.words(missing)),
        words::TREASURY,
        ("Rounds", "/company/rounds".to_owned()),
    ))
}

async fn drafts(read: &mut Read, context: &Context<'_>) -> Result<Vec<Need>, PageError> {
    let open = read.import_drafts(BATCH).await?.into_iter();
    let open: Vec<_> = open.filter(|draft| draft.root.is_none()).collect();
    let need = |draft: &guerdon_store::ImportDraft| {
        let step = if draft.matched.is_some() {
            "check"
        } else {
            "map"
        };
        Need::new(
            words::draft_waits(&draft.name, &context.day(draft.changed_at)),
            words::COMPANY,
            ("Go on", format!("/company/imports/{}/{step}", draft.id)),
        )
    };
    let mut needs: Vec<_> = open.iter().take(LINES).map(need).collect();
    if open.len() > LINES {
        let rest = u64::try_from(open.len().saturating_sub(LINES)).unwrap_or(u64::MAX);
        needs.push(Need::new(
            words::more_drafts(&count(rest, "sheet")),
            words::COMPANY,
            ("All sheets", "/company/imports".to_owned()),
        ));
    }
    Ok(needs)
}

/// Calls that wait under a delay, or can be executed.
async fn operations(read: &mut Read, context: &Context<'_>) -> Result<Vec<Need>, PageError> {
    let now = context.now();
    let open = read.operations(Operations::Open(now)).await?;
    let mut needs = Vec::new();
    for operation in open.into_iter().take(LINES) {
        let (at, id) = (operation.at, operation.id);
        let (what, caller) = jobs::in_words(read, context, operation).await?;
        let what = match at <= now {
            true => words::call_is_ready(&what, &context.day(at)),
            false => words::call_waits(&what, &context.day(at)),
        };
        let go = ("The call", format!("/company/jobs/{id}"));
        needs.push(Need::new(what, &words::call_of(&caller), go));
    }
    Ok(needs)
}

/// Goals that somebody must act on, or that close soon.
async fn goals(read: &mut Read, context: &Context<'_>) -> Result<Vec<Need>, PageError> {
    let names: std::collections::BTreeMap<_, _> = read
        .goal_definitions()
        .await?
        .into_iter()
        .map(|goal| (goal.id, goal))
        .collect();
    let now = context.now();
    let mut needs = Vec::new();
    for record in read.goals().await? {
        let is_final = record.state.flags.contains(GoalFlags::FINAL);
        let mut attempts = record.attempts.iter();
        let pending = attempts.any(|attempt| attempt.word.status.is_pending());
        let soon = record.state.closes <= now.saturating_add(DUE);
        if is_final || !(pending || soon) {
            continue;
        }
        let name = NamedGoal::new(record.clone(), names.get(&record.id)).title();
        let standing = standing(&record, &context.zone_of(None).0, now);
        needs.push(Need::new(
            words::goal_due(&name, &standing.state),
            standing.next.trim_end_matches('.'),
            ("The goal", format!("/goals/{}", record.id)),
        ));
    }
    needs.truncate(LINES);
    Ok(needs)
}

/// Grants that the keeper could not pay.
async fn failures(read: &mut Read, context: &Context<'_>) -> Result<Vec<Need>, PageError> {
    let failing = read.failures().await?;
    let mut needs = Vec::new();
    for failed in failing.iter().take(LINES) {
        let name = grant_name(read, failed.id).await?;
        needs.push(Need::new(
            words::keeper_failed(&name, failed.times, &failed.reason),
            &words::keeper_tries(&context.day(failed.retry_at)),
            ("The grant", format!("/grants/{}", failed.id)),
        ));
    }
    Ok(needs)
}

/// What the company calls a grant, else its shortened id.
pub(super) async fn grant_name(read: &mut Read, id: B256) -> Result<String, PageError> {
    let terms = read.terms(id).await?;
    let name = terms.map(|terms| terms.external_id);
    let name = name.filter(|name| !name.is_empty());
    Ok(name.unwrap_or_else(|| shortened(&id.to_string())))
}

async fn not_accepted(read: &mut Read) -> Result<Option<Need>, PageError> {
    let number = read.count_not_accepted().await?;
    Ok((number > 0).then(|| {
        Need::new(
            words::not_accepted(number),
            words::HOLDERS,
            ("Who", "/company/people?waiting=acceptance".to_owned()),
        )
    }))
}

/// Ends that lie ahead and pauses that run.
async fn clocks(read: &mut Read, context: &Context<'_>) -> Result<Vec<Need>, PageError> {
    let mut page = Page {
        after: None,
        limit: BATCH,
    };
    let (mut lines, mut more) = (Vec::new(), 0_u64);
    loop {
        let grants = read.grants(&page).await?;
        for grant in &grants {
            let Some((what, who)) = clock(grant, context) else {
                continue;
            };
            if lines.len() >= LINES {
                more = more.saturating_add(1);
                continue;
            }
            let name = grant_name(read, grant.id).await?;
            let href = format!("/grants/{}", grant.id);
            lines.push(Need::new(
                format!("{name} {what}"),
                who,
                ("The grant", href),
            ));
        }
        match grants.last() {
            Some(last) => page.after = Some(last.id),
            None => break,
        }
    }
    if more > 0 {
        lines.push(Need::new(
            words::more_clocks(more),
            words::COMPANY,
            ("Rounds", "/company/rounds".to_owned()),
        ));
    }
    Ok(lines)
}

fn clock(grant: &GrantRecord, context: &Context<'_>) -> Option<(String, &'static str)> {
    let (state, now) = (&grant.state, context.now());
    match () {
        () if state.has(Flags::CLOSED) || state.has(Flags::SETTLED) => None,
        () if state.has(Flags::ENDED) && !state.has_ended(now) => Some((
            words::ends_on(&context.day(state.clock().stop_at)),
            words::TIME,
        )),
        () if state.has(Flags::PAUSED) => Some((words::IS_PAUSED.to_owned(), words::PEOPLE_ROLE)),
        () => None,
    }
}
