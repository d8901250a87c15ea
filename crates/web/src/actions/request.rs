//! Orders: taken from a form, kept as a request to sign or as a call of a batch, shown to sign.

use alloy_primitives::Address;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guerdon_chain::{Plan, Role};
use guerdon_core::act::Act;
use guerdon_store::{Actor, BatchCall, NewEntry, NewRequest, Owner, Request as Kept};
use serde::Deserialize;

use super::done::Happened;
use super::effect::{EffectView, weigh};
use super::order::{self, Fields, field};
use super::permission::Permission;
use super::subject::{Subject, contract, places};
use super::{replace, replace_sign, to};
use crate::access::{GrantParty, Viewer, told};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::html::Markup;
use crate::load;
use crate::pages::{Answer, html};
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// What a form asked for.
pub(super) struct Order<'a> {
    pub(super) subject: &'a Subject,
    pub(super) act: Act,
    /// Whether the grant's name has to be typed.
    pub(super) typed: bool,
}

/// What became of an order.
pub(super) enum Taken {
    /// It is kept; this leads to it.
    Kept(Response),
    /// Its page is to be shown again, filled in like this, with what is wrong.
    Again(Fields),
}

impl Taken {
    /// The answer to a form, by whatever shows its page.
    pub(super) async fn answer(self, page: impl AsyncFnOnce(Fields) -> Answer) -> Answer {
        match self {
            Self::Kept(answer) => Ok(answer),
            Self::Again(fields) => form_refused(page(fields).await),
        }
    }
}

/// Something that can be signed or batched, with what the log says of it.
pub(super) struct Call {
    /// `grant:0x…` or `round:0x…`.
    pub(super) subject: String,
    pub(super) kind: &'static str,
    pub(super) body: String,
    pub(super) plan: Option<Plan>,
}

/// Keeps an order as a request to sign, or as a call of a batch, and leads there.
pub(super) async fn take(
    state: &AppState,
    viewer: &Viewer,
    (order, fields): (Order<'_>, &Fields),
) -> Result<Taken, PageError> {
    let subject = order.subject;
    let typed = field(fields, "confirm").unwrap_or_default();
    if order.typed && typed != subject.name {
        return Ok(Taken::Again(again(order.act, true)));
    }
    // What the contracts would refuse is no request; the page says why.
    if weigh(subject, order.act, &state.deployment.token).is_err() {
        return Ok(Taken::Again(again(order.act, false)));
    }
    let announced = subject.data.record.recovery.to;
    let (places, bytes) = (places(&state.deployment), &subject.bytes);
    let call = Call {
        subject: format!("grant:{}", subject.id()),
        kind: order::word(order.act),
        body: order::body(order.act, subject.block),
        plan: order::plan(order.act, places, bytes, announced),
    };
    let place = format!("/grants/{}/sign/", subject.id());
    Ok(Taken::Kept(
        keep(state, viewer, (call, fields, &place)).await?,
    ))
}

/// The form of an order as its page reads it; `is_wrong`: what was typed is not the name.
fn again(act: Act, is_wrong: bool) -> Fields {
    let filled = match act {
        Act::End { stop_at, grace } => vec![
            ("when", "moment".to_owned()),
            ("stop_at", stop_at.to_string()),
            ("leaver", if grace { "good" } else { "bad" }.to_owned()),
        ],
        Act::Accelerate { by } => vec![("seconds", by.to_string())],
        Act::LowerWithholding { withhold_bps } => vec![("bps", withhold_bps.to_string())],
        Act::Move { to } | Act::AnnounceRecovery { to } => vec![("to", to.to_checksum(None))],
        _ => Vec::new(),
    };
    let named = match act {
        Act::End { .. } => None,
        other => Some(("act", order::word(other).to_owned())),
    };
    let wrong = is_wrong.then(|| ("confirm", "wrong".to_owned()));
    let all = filled.into_iter().chain(named).chain(wrong);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Writes a request or a batch's call, and the log's entry, in one transaction.
pub(super) async fn keep(
    state: &AppState,
    viewer: &Viewer,
    (call, fields, place): (Call, &Fields, &str),
) -> Answer {
    let Some(owner) = viewer.owner() else {
        return Err(PageError::NotSignedIn);
    };
    let at = (state.wall)();
    let (subject, kind) = (call.subject.clone(), call.kind);
    let mut tx = state.store.write().await?;
    let (path, action, detail) = if field(fields, "go") == Some("batch") {
        let Some(plan) = call.plan.clone() else {
            return Err(PageError::NoPage);
        };
        let batch = match field(fields, "batch").and_then(|number| number.parse().ok()) {
            Some(number) => number,
            None => tx.add_batch(&owner, at).await?,
        };
        let call = batched(call, &plan, (owner, at))?;
        if tx.add_batch_call(batch, &call).await?.is_none() {
            return to("/company/batches?said=closed");
        }
        let detail = format!("{kind}, batch {batch}");
        (
            format!("/company/batches/{batch}"),
            "call added to batch",
            detail,
        )
    } else {
        let new = NewRequest {
            subject: call.subject,
            kind: kind.to_owned(),
            body: call.body,
            made_at: at,
            made_by: owner,
        };
        let number = tx.add_request(&new).await?;
        let detail = format!("{kind}, request {number}");
        (format!("{place}{number}"), "request made", detail)
    };
    let subject = subject
        .split_once(':')
        .map_or(subject.as_str(), |it| it.1)
        .to_owned();
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: action.to_owned(),
        subject,
        detail,
    })
    .await?;
    tx.commit().await?;
    to(&path)
}

fn batched(call: Call, plan: &Plan, (owner, at): (Owner, u64)) -> Result<BatchCall, PageError> {
    Ok(BatchCall {
        subject: call.subject,
        kind: call.kind.to_owned(),
        body: call.body,
        to: plan.to.ok_or(PageError::NoPage)?,
        data: plan.data.to_vec(),
        summary: plan.summary.clone(),
        added_at: at,
        added_by: owner,
    })
}

/// Which request of which grant.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    pub(super) id: String,
    pub(super) request: u64,
}

#[derive(Debug, Template)]
#[template(path = "pages/request.html")]
pub(super) struct RequestPage {
    pub(super) shell: Shell,
    pub(super) crumb: String,
    pub(super) crumb_href: String,
    pub(super) title: String,
    pub(super) lead: String,
    /// Why it cannot be signed, or not by this reader.
    pub(super) stopped: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) effect: Option<EffectView>,
    /// What the node said when the call was tried.
    pub(super) tried: Option<String>,
    pub(super) sign: Option<Markup>,
    pub(super) made: String,
    pub(super) command: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    GrantParty { viewer, id }: GrantParty,
    Path(which): Path<Which>,
) -> Answer {
    let mut read = state.store.read().await?;
    let Some(kept) = read.request(which.request).await? else {
        return Err(PageError::NoPage);
    };
    if kept.request.subject != format!("grant:{id}") {
        return Err(PageError::NoPage);
    }
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    if kept.request.kind == replace::KIND {
        return replace_sign::page(read, &state, (&context, id, &kept), None).await;
    }
    let Some(subject) = Subject::load(&mut read, &state, (id, &context)).await? else {
        return super::closed(&context, id);
    };
    let act = order::read(&kept.request.body).ok_or(PageError::NoPage)?;
    if let Some(done) = Happened::of_act(&subject, (act, &kept.request.body), &context) {
        let grant = format!("/grants/{id}");
        let links = vec![
            (grant.clone(), "The grant as it stands now".to_owned()),
            (
                format!("{grant}/change"),
                "What else can be asked".to_owned(),
            ),
        ];
        let title = format!("{}: {}", words::heading(act), subject.title());
        let crumb = (subject.name.clone(), grant);
        return done.page((&context, &subject.zone), crumb, &title, links);
    }
    let recovery_to = subject.data.record.recovery.to;
    let plan = order::plan(act, places(&state.deployment), &subject.bytes, recovery_to);
    let plan = plan.ok_or(PageError::NoPage)?;
    let asked = (&subject, act, &plan);
    let permission = Permission::of_act(&mut read, &state.deployment, &viewer, asked).await?;
    let call = announced(&context, &permission, &plan);
    let told = told(&mut read, &context, &call.summary).await?;
    drop(read);
    let asked = Asked {
        subject: &subject,
        act,
        call,
        told,
        permission: &permission,
    };
    html(&asked.page(&state, &context, &kept).await?)
}

/// A request of an act, as it is shown.
struct Asked<'a> {
    subject: &'a Subject,
    act: Act,
    /// What is sent: the call, or its announcement.
    call: Plan,
    /// What it does, as this reader reads it.
    told: String,
    permission: &'a Permission,
}

impl Asked<'_> {
    async fn page(
        &self,
        state: &AppState,
        context: &Context<'_>,
        kept: &Kept,
    ) -> Result<RequestPage, PageError> {
        let (subject, act) = (self.subject, self.act);
        let mut stopped = Vec::new();
        if !kept.stands() {
            stopped.push(words::WITHDRAWN.to_owned());
        }
        let weighed = weigh(subject, act, context.token());
        let effect = match &weighed {
            Ok((after, effect)) => Some(EffectView::new(
                subject,
                act,
                (after, effect),
                context.token(),
            )),
            Err(why) => {
                stopped.push(words::no_longer(why));
                None
            }
        };
        let signer = context.viewer.and_then(Viewer::wallet);
        stopped.extend(self.permission.reason().map(str::to_owned));
        let tried = match (stopped.is_empty(), signer) {
            (true, Some(signer)) => Some(tried(state, &self.call, signer).await),
            _ => None,
        };
        let sign = match (stopped.is_empty(), signer) {
            (true, Some(signer)) => self.sign(context, kept.id, signer)?,
            _ => None,
        };
        let id = subject.id();
        let title = format!("{}: {}", words::heading(act), subject.title());
        let shell = Shell::new(context, words::heading(act), Place::Elsewhere);
        Ok(RequestPage {
            shell: shell
                .with_zone(&subject.zone_name)
                .with_island("sign")
                .with_island("live"),
            crumb: subject.name.clone(),
            crumb_href: format!("/grants/{id}"),
            title,
            lead: words::WAITS.to_owned(),
            stopped,
            notes: super::notes(subject, act, self.permission),
            effect,
            tried,
            sign,
            made: dates::at(kept.request.made_at, &subject.zone),
            command: order::command(act, &subject.name),
        })
    }

    fn sign(
        &self,
        context: &Context<'_>,
        number: u64,
        signer: Address,
    ) -> Result<Option<Markup>, PageError> {
        let subject = self.subject;
        let Some(request) = Request::transaction(context.deployment.chain_id, &self.call) else {
            return Ok(None);
        };
        let request = request
            .from(signer)
            .told(&self.told)
            .saying(words::undo(self.act, subject.now))
            .button(words::button(self.act))
            .back(format!("/grants/{}", subject.id()))
            .done(format!("/grants/{}/sign/{number}?tx=", subject.id()))
            .command(order::command(self.act, &subject.name));
        Ok(Some(request.panel()?))
    }
}

/// What the node says of the call now.
pub(crate) async fn tried(state: &AppState, plan: &Plan, signer: Address) -> String {
    let Some(chain) = &state.chain else {
        return words::NOT_TRIED.to_owned();
    };
    match chain.call_plan(plan, signer).await {
        Ok(_) => words::WOULD_SUCCEED.to_owned(),
        Err(error) => words::would_fail(&error.to_string()),
    }
}

/// The call itself, or its announcement where the role must wait.
pub(super) fn announced(context: &Context<'_>, permission: &Permission, call: &Plan) -> Plan {
    let manager = contract(context.deployment, "AccessManager");
    match (permission.delay(), manager) {
        (1.., Some(manager)) => guerdon_chain::plan::schedule(manager, call, None),
        _ => call.clone(),
    }
}

/// What is to be known of a role's delay.
pub(super) fn delay_notes(role: Role, permission: &Permission) -> Vec<String> {
    match permission.delay() {
        0 => Vec::new(),
        delay => vec![words::delayed(&role.label().to_lowercase(), delay)],
    }
}

/// Takes a request about a subject back, with an entry in the log.
pub(super) async fn withdraw(
    state: &AppState,
    viewer: &Viewer,
    (subject, number): (&str, u64),
) -> Result<(), PageError> {
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    let kept = tx.request(number).await?;
    if kept.is_none_or(|kept| kept.request.subject != subject) {
        return Err(PageError::NoPage);
    }
    if tx.withdraw_request(number, at).await? {
        let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Owner(owner),
            action: "request withdrawn".to_owned(),
            subject: subject
                .split_once(':')
                .map_or(subject, |it| it.1)
                .to_owned(),
            detail: format!("request {number}"),
        })
        .await?;
    }
    tx.commit().await?;
    Ok(())
}
