//! `/queue`: what is due from the reader, and what goes on at the goals that name him.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use guerdon_store::Read;
use serde_json::{Value, json};

use super::desk::{At, Desk};
use super::queue::{Due, Task, due};
use crate::access::{SignedIn, Viewer, parts_of};
use crate::data::head;
use crate::dates;
use crate::error::PageError;
use crate::html::Moment;
use crate::load;
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::results as words;
use crate::table::{self, Rows};
use crate::views::Context;
use crate::views::goal_words::{Standing, standing};
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/queue.html")]
struct QueuePage {
    shell: Shell,
    lead: String,
    rows: Vec<Row>,
    empty: &'static str,
    going: Vec<Going>,
    no_goals: Option<&'static str>,
    unknown: Vec<String>,
}

#[derive(Debug)]
struct Row {
    what: &'static str,
    href: String,
    goal: String,
    goal_href: String,
    attempt: String,
    part: &'static str,
    by: Option<Moment>,
}

#[derive(Debug)]
struct Going {
    title: String,
    href: String,
    parts: String,
    state: String,
    next: String,
}

/// All that is due from somebody.
struct Queue {
    rows: Vec<Due>,
    /// The goals that name him: with what he is to each, and how it stands.
    goals: Vec<(Desk, String)>,
}

pub(super) async fn page(State(state): State<AppState>, SignedIn(viewer): SignedIn) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let at = At::of(&context);
    let queue = Queue::load(&mut read, &state, (&viewer, at.now)).await?;
    drop(read);
    html(&queue.page(&context, &at))
}

pub(super) async fn as_json(State(state): State<AppState>, SignedIn(viewer): SignedIn) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let queue = Queue::load(&mut read, &state, (&viewer, context.now())).await?;
    let rows: Vec<Value> = queue.rows.iter().map(row_value).collect();
    Ok(Json(json!({"as_of": head(&context), "due": rows})).into_response())
}

pub(super) async fn as_table(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    form: Form,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let queue = Queue::load(&mut read, &state, (&viewer, as_of.now())).await?;
    drop(read);
    let mut rows = Rows::new(&["due", "goal", "name", "attempt", "as", "by", "page"]);
    for row in &queue.rows {
        rows.row(&[
            &words::task(row.task),
            &row.goal,
            &row.title,
            &row.attempt,
            &words::part(row.part),
            &row.by.map(dates::machine),
            &row.href(),
        ]);
    }
    table::answer(form, rows).await
}

fn row_value(row: &Due) -> Value {
    json!({
        "due": words::task(row.task),
        "goal": row.goal,
        "name": row.title,
        "attempt": row.attempt,
        "as": words::part(row.part),
        "by": row.by.map(dates::machine),
        "page": row.href(),
    })
}

impl Queue {
    async fn load(
        read: &mut Read,
        state: &AppState,
        (viewer, now): (&Viewer, u64),
    ) -> Result<Self, PageError> {
        let (mut rows, mut goals) = (Vec::new(), Vec::new());
        for record in read.goals().await? {
            let parts = parts_of(&record, &viewer.wallets);
            if parts.is_empty() {
                continue;
            }
            let desk = Desk::of(read, record).await?;
            rows.extend(due(&desk, &parts, now));
            let mut names: Vec<_> = parts
                .iter()
                .map(|(part, _)| words::part(Some(*part)))
                .collect();
            names.dedup();
            goals.push((desk, names.join(", ")));
        }
        rows.extend(bonds(state, viewer, &goals).await);
        rows.sort_by_key(|row| (row.by.unwrap_or(u64::MAX), row.task, row.title.clone()));
        Ok(Self { rows, goals })
    }

    fn page(&self, context: &Context<'_>, at: &At) -> QueuePage {
        let rows = self.rows.iter().map(|row| Row {
            what: words::task(row.task),
            href: row.href(),
            goal: row.title.clone(),
            goal_href: format!("/goals/{}", row.goal),
            attempt: row.attempt.map_or_else(String::new, words::attempt),
            part: words::part(row.part),
            by: row.by.map(|by| Moment::near(by, &at.zone, at.now)),
        });
        let going = self.goals.iter().map(|(desk, parts)| {
            let Standing { state, next, .. } = standing(&desk.record, &at.zone, at.now);
            Going {
                title: desk.title(),
                href: format!("/goals/{}", desk.record.id),
                parts: parts.clone(),
                state,
                next,
            }
        });
        let unknown = self
            .goals
            .iter()
            .filter(|(desk, _)| desk.definition.is_none());
        let shell = Shell::new(context, "Queue", Place::Queue);
        QueuePage {
            shell: shell
                .with_data("/queue".to_owned())
                .with_zone(&at.zone_name),
            lead: words::due(self.rows.len()),
            rows: rows.collect(),
            empty: words::NOTHING_DUE,
            going: going.collect(),
            no_goals: self.goals.is_empty().then_some(words::NO_GOALS),
            unknown: unknown
                .map(|(desk, _)| words::definition_unknown(&desk.title()))
                .collect(),
        }
    }
}

/// Bonds that the contract owes the reader's wallet; without a node none are known.
async fn bonds(state: &AppState, viewer: &Viewer, goals: &[(Desk, String)]) -> Vec<Due> {
    let (Some(chain), Some(wallet)) = (&state.chain, viewer.wallet()) else {
        return Vec::new();
    };
    let mut found: Vec<Due> = Vec::new();
    let mut asked = Vec::new();
    for (desk, _) in goals {
        let token = desk.record.goal.bond_token;
        if desk.record.goal.bond == 0 || asked.contains(&token) {
            continue;
        }
        asked.push(token);
        let owed = chain.bond_owed(state.deployment.goals, token, wallet, None);
        match owed.await {
            Ok(0) => {}
            Ok(_) => found.push(Due {
                goal: desk.record.id,
                title: desk.title(),
                attempt: None,
                part: None,
                task: Task::TakeBond,
                by: None,
            }),
            Err(error) => tracing::info!(%error, "what bonds are owed could not be read"),
        }
    }
    found
}
