//! A goal that is to be defined: offered, kept as a request or a call of a batch, signed.

use alloy_primitives::B256;
use askama::Template;
use axum::extract::{Path, State};
use guerdon_chain::{Plan, plan};
use guerdon_core::goal::GoalState;
use guerdon_core::ledger::GoalRecord;
use guerdon_formats::goal_file::{GoalDefinition, GoalPlace};
use guerdon_store::{Actor, ImportedGoal, NewEntry, Owner, Read};
use serde::Deserialize;

use super::batch_calls::Fares;
use super::consent::{Consent, Terms};
use super::done::Happened;
use super::effect::EffectView;
use super::order::Fields;
use super::permission::Permission;
use super::request::{self, Call, RequestPage, tried};
use crate::access::{CompanyReader, CompanyWriter, Viewer};
use crate::company::forms::Fields as Sent;
use crate::dates;
use crate::error::PageError;
use crate::goal_builder::{self, Judged, Sheet};
use crate::html::Markup;
use crate::load;
use crate::pages::{Answer, Asked, html};
use crate::signing::Request;
use crate::state::{AppState, DeploymentView};
use crate::strings::actions as words;
use crate::strings::goal as said;
use crate::strings::goal_builder as builder;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// What the store and the log call it.
const KIND: &str = "define-goal";

#[derive(Debug, Template)]
#[template(path = "partials/consent.html")]
struct ConsentPart {
    consent: Consent,
}

/// The form under a judged definition. Anyone may define a goal, so that a wallet is all it takes.
pub(crate) async fn offer(
    read: &mut Read,
    viewer: &Viewer,
    (sheet, judged): (&Sheet, &Judged),
) -> Result<Markup, PageError> {
    let permission = may(viewer);
    let notes = match defined(read, judged.id).await? {
        Some(_) => vec![builder::THERE.to_owned()],
        None => Vec::new(),
    };
    let terms = Terms {
        action: "/company/goals/new".to_owned(),
        fields: sheet.fields(),
        typed: None,
        button: builder::READY,
        permission: &permission,
        notes,
        batched: true,
        is_wrong: false,
        command: command(&judged.definition.name),
    };
    let consent = Consent::new(read, Some(viewer), terms).await?;
    Ok(Markup(ConsentPart { consent }.render()?))
}

fn may(viewer: &Viewer) -> Permission {
    match viewer.wallet() {
        Some(_) => Permission::May { delay: 0 },
        None => Permission::No(words::NO_WALLET.to_owned()),
    }
}

fn command(name: &str) -> String {
    format!("guerdon goal define {}", goal_builder::file_name(name))
}

async fn defined(read: &mut Read, id: B256) -> Result<Option<GoalRecord>, PageError> {
    Ok(read.goals().await?.into_iter().find(|goal| goal.id == id))
}

fn call(deployment: &DeploymentView, definition: &GoalDefinition) -> Plan {
    plan::define_goal(
        deployment.goals,
        &definition.goal,
        definition.m,
        &definition.panel,
    )
}

/// Takes the definition: keeps it with its name, and a request to sign or a call of a batch.
pub(super) async fn order(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    sent: Sent,
) -> Answer {
    let sheet = Sheet::of(&sent);
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let judged = match goal_builder::judge(&state.store, &context, &sheet).await? {
        Ok(judged) => judged,
        Err(wrong) => return goal_builder::refused(&context, &sheet, &wrong),
    };
    if defined(&mut state.store.read().await?, judged.id)
        .await?
        .is_some()
    {
        return super::to(&format!("/goals/{}", judged.id));
    }
    let mut definition = judged.definition;
    definition.place = Some(GoalPlace {
        chain_id: state.deployment.chain_id,
        contract: state.deployment.goals,
    });
    let body = String::from_utf8_lossy(&definition.encode()).into_owned();
    let goal = (judged.id, definition.name.as_str(), body.as_str());
    if let Some(taken) = keep_definition(&state, &viewer, goal).await? {
        let wrong = goal_builder::name_is_taken(taken);
        return goal_builder::refused(&context, &sheet, &wrong);
    }
    let plan = Some(call(&state.deployment, &definition));
    let kept = Call {
        subject: subject(judged.id),
        kind: KIND,
        body,
        plan,
    };
    let chosen = ["go", "batch"].map(|name| (name.to_owned(), sent.get(name).to_owned()));
    let place = format!("/company/goals/{}/sign/", judged.id);
    request::keep(&state, &viewer, (kept, &Fields::from(chosen), &place)).await
}

/// The definition is kept before anything leaves: once it is on the chain, pages know it by name.
/// Answers why not, where the name is taken.
async fn keep_definition(
    state: &AppState,
    viewer: &Viewer,
    (id, name, definition): (B256, &str, &str),
) -> Result<Option<String>, PageError> {
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    // A name means one goal. Nobody's definition may be lost that the chain has or may come to have.
    for other in tx.goal_definitions().await? {
        if other.name != name || other.id == id {
            continue;
        }
        if defined(&mut tx, other.id).await?.is_some() {
            return Ok(Some(builder::name_taken(&other.id.to_string())));
        }
        if !is_ones_own(&mut tx, owner, other.id).await? {
            return Ok(Some(builder::name_waits(&other.id.to_string())));
        }
        for request in tx.requests_of(&subject(other.id), u32::MAX).await? {
            tx.withdraw_request(request.id, at).await?;
        }
        tx.delete_goal_definition(other.id).await?;
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Owner(owner),
            action: "goal replaced".to_owned(),
            subject: other.id.to_string(),
            detail: format!("by {id}"),
        })
        .await?;
    }
    tx.put_goal_definition(&ImportedGoal {
        id,
        name: name.to_owned(),
        definition: definition.to_owned(),
    })
    .await?;
    tx.commit().await?;
    Ok(None)
}

/// What requests and batches call a goal.
fn subject(id: B256) -> String {
    format!("goal:{id}")
}

/// Whether somebody may drop a definition that waits: only he ever did anything with it, and it
/// stands in no batch, which others may be signing.
async fn is_ones_own(read: &mut Read, owner: Owner, id: B256) -> Result<bool, PageError> {
    let entries = read
        .audit_of_subject(&id.to_string(), None, u32::MAX)
        .await?;
    let mut actors = entries.iter().map(|it| it.entry.actor);
    let all_his = !entries.is_empty() && actors.all(|actor| actor == Actor::Owner(owner));
    let batches = read.batches(u32::MAX).await?;
    let mut calls = batches.iter().flat_map(|batch| &batch.calls);
    Ok(all_his && !calls.any(|(_, call)| call.subject == subject(id)))
}

/// Which request of which goal.
#[derive(Debug, Deserialize)]
pub(super) struct WhichGoal {
    id: String,
    request: u64,
}

/// The call that defines a goal, to be signed.
pub(super) async fn sign(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(which): Path<WhichGoal>,
) -> Answer {
    let id = Asked::parse("goal", &which.id)?.id;
    let mut read = state.store.read().await?;
    let kept = read.request(which.request).await?;
    let kept = kept.filter(|kept| kept.request.subject == subject(id));
    let kept = kept.ok_or(PageError::NoPage)?;
    let definition = decode(id, &kept.request.body).ok_or(PageError::NoPage)?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let title = said::title(&definition.name);
    if let Some(record) = defined(&mut read, id).await? {
        let zone = context.zone_of(None).0;
        let links = vec![(format!("/goals/{id}"), title.clone())];
        let crumb = ("New goal".to_owned(), "/company/goals/new".to_owned());
        return happened(&record).page((&context, &zone), crumb, builder::HEADING, links);
    }
    drop(read);
    let permission = may(&viewer);
    let mut stopped = Vec::new();
    if !kept.stands() {
        stopped.push(words::WITHDRAWN.to_owned());
    }
    stopped.extend(refusal(&definition));
    stopped.extend(permission.reason().map(str::to_owned));
    let plan = call(&state.deployment, &definition);
    let (mut told, mut panel) = (None, None);
    if let (true, Some(wallet)) = (stopped.is_empty(), viewer.wallet()) {
        told = Some(tried(&state, &plan, wallet).await);
        let request = Request::transaction(state.deployment.chain_id, &plan);
        let request = request.ok_or(PageError::NoPage)?.from(wallet);
        let request = request
            .saying(builder::UNDO)
            .button(builder::BUTTON)
            .back("/company/goals/new")
            .done(format!("/company/goals/{id}/sign/{}?tx=", kept.id))
            .command(command(&definition.name));
        panel = Some(request.panel()?);
    }
    let shell = Shell::new(&context, &title, Place::NewGoal);
    html(&RequestPage {
        shell: shell.with_island("sign").with_island("live"),
        crumb: "New goal".to_owned(),
        crumb_href: "/company/goals/new".to_owned(),
        title: format!("{}: {}", builder::HEADING, definition.name),
        lead: words::WAITS.to_owned(),
        stopped,
        notes: Vec::new(),
        effect: Some(effect(&definition, &context)),
        tried: told,
        sign: panel,
        made: dates::at(kept.request.made_at, &context.zone_of(None).0),
        command: command(&definition.name),
    })
}

/// A definition that was kept for this id.
fn decode(id: B256, body: &str) -> Option<GoalDefinition> {
    let definition = GoalDefinition::decode(body.as_bytes()).ok()?;
    (definition.id() == Some(id)).then_some(definition)
}

/// Why the contract would refuse it.
fn refusal(definition: &GoalDefinition) -> Option<String> {
    let before = GoalState::default();
    let (goal, panel) = (&definition.goal, &definition.panel);
    let refused = guerdon_core::goal::define(goal, &before, definition.m, panel).err();
    refused.map(|why| builder::sentence(&why.to_string()))
}

fn effect(definition: &GoalDefinition, context: &Context<'_>) -> EffectView {
    let goal = &definition.goal;
    let bond_token = context.deployment.bond_token.get();
    let rows = said::definition(goal, bond_token, goal.closes).into_iter();
    let mut told: Vec<_> = rows
        .map(|(what, answer)| format!("{what}: {answer}."))
        .collect();
    told.push(builder::signatures(definition.m, definition.panel.len()));
    EffectView {
        lines: Vec::new(),
        said: told,
        undo: builder::UNDO,
    }
}

fn happened(record: &GoalRecord) -> Happened {
    Happened {
        origin: record.defined,
        said: builder::DEFINED.to_owned(),
    }
}

/// How the call of a batch would fare now.
pub(super) async fn fares(
    read: &mut Read,
    context: &Context<'_>,
    (id, body): (B256, &str),
) -> Result<Fares, PageError> {
    if let Some(record) = defined(read, id).await? {
        return Ok(Fares::Done(
            happened(&record).when(&context.zone_of(None).0),
        ));
    }
    let why = match decode(id, body) {
        Some(definition) => refusal(&definition),
        None => Some(words::NOTHING_TO_CHANGE.to_owned()),
    };
    Ok(why.map_or(Fares::Goes, Fares::Refused))
}
