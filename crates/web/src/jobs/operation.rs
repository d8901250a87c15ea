//! `/company/jobs/{operation}`: one scheduled call, to execute or to cancel.

use alloy_primitives::Address;
use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use guerdon_chain::{ChainError, Plan, plan};
use guerdon_store::Read;
use serde_json::json;

use super::data;
use super::list::{Named, sentence};
use super::load::{self, Scheduled, Standing};
use crate::access::{CompanyReader, Viewer};
use crate::data::head;
use crate::dates;
use crate::error::PageError;
use crate::html::{Hex, Markup, Moment};
use crate::pages::{self, Asked, Form};
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::jobs as words;
use crate::table;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// Number of the administrator's role.
const ADMIN: u64 = 0;

#[derive(Debug, Template)]
#[template(path = "pages/operation.html")]
struct OperationPage {
    shell: Shell,
    heading: &'static str,
    what: String,
    /// The same with every digit.
    exact: String,
    standing: String,
    trial: Option<String>,
    grant: Option<Named>,
    by: Hex,
    by_name: Option<String>,
    from: Moment,
    until: Moment,
    id: Hex,
    target: Hex,
    scheduled: Moment,
    scheduled_in: Hex,
    execute: Option<Action>,
    cancel: Option<Action>,
}

/// What a reader can sign, or why not.
#[derive(Debug)]
enum Action {
    Sign(Markup),
    No {
        button: &'static str,
        reason: String,
        command: String,
    },
}

/// The page, or its data.
pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    let Asked { id, form } = Asked::parse("scheduled call", &text)?;
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let noun = "scheduled call";
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let one = load::one(&mut read, &context, id).await?;
    let one = one.ok_or(PageError::Missing { noun, id })?;
    match form {
        Form::Html => {}
        Form::Json => {
            let call = data::operation(&one, as_of.now());
            return Ok(Json(json!({"as_of": head(&context), "call": call})).into_response());
        }
        Form::Csv | Form::Xlsx => {
            let rows = data::calls_table(std::iter::once(&one), as_of.now());
            return table::answer(form, rows).await;
        }
    }
    let role = lost_role(&mut read, &one, as_of.now()).await?;
    drop(read);
    let trial = trial(&state, &one, as_of.now()).await;
    let page = OperationPage::new((&one, role), trial, (&viewer, &context))?;
    pages::html(&page)
}

/// The name of the role that the call needs and its scheduler no longer has.
async fn lost_role(
    read: &mut Read,
    one: &Scheduled,
    now: u64,
) -> Result<Option<String>, PageError> {
    let record = &one.record;
    let Some(selector) = record.data.first_chunk::<4>() else {
        return Ok(None);
    };
    let role = read.function_role(record.target, *selector).await?;
    let Some(role) = role.map(|function| function.role) else {
        return Ok(None);
    };
    let member = read.role_member(role, record.caller).await?;
    let has = member.is_some_and(|member| member.is_member(now));
    Ok((!has).then(|| plan::role_name(role)))
}

/// The call as planned: with our sentence if we know it.
fn planned(one: &Scheduled) -> Plan {
    one.call.as_ref().map_or_else(
        || Plan {
            to: Some(one.record.target),
            data: one.record.data.clone().into(),
            summary: sentence(one),
        },
        |call| call.plan.clone(),
    )
}

/// Whether it would succeed now, in words, if its time has come.
async fn trial(state: &AppState, one: &Scheduled, now: u64) -> Option<String> {
    let manager = load::places(&state.deployment)?.manager;
    if Standing::of(&one.record, now) != Standing::Due {
        return None;
    }
    let Some(chain) = &state.chain else {
        return Some(words::UNTRIED.to_owned());
    };
    let call = plan::execute(manager, &planned(one));
    Some(match chain.simulate(&call, one.record.caller).await {
        Ok(_) => words::SUCCEEDS.to_owned(),
        Err(ChainError::Reverted(reverted)) => {
            words::refused_now(&reverted.sentence, &reverted.hint)
        }
        Err(error) => {
            tracing::warn!(%error, "a scheduled call was not tried");
            words::UNTRIED.to_owned()
        }
    })
}

impl OperationPage {
    fn new(
        (one, lost): (&Scheduled, Option<String>),
        trial: Option<String>,
        (viewer, context): (&Viewer, &Context<'_>),
    ) -> Result<Self, PageError> {
        let (zone, name) = context.zone_of(None);
        let (record, now) = (&one.record, context.now());
        let standing = Standing::of(record, now);
        let from = dates::moment(record.at, &zone);
        let until = format!("{} ({name})", dates::moment(record.until(), &zone));
        let asked = Asking {
            one,
            viewer,
            context,
            lost,
            from: format!("{from} ({name})"),
        };
        let shell = Shell::new(context, words::title(standing), Place::Jobs);
        Ok(Self {
            shell: shell
                .with_data(format!("/company/jobs/{}", record.id))
                .with_zone(&name)
                .with_island("sign"),
            heading: words::title(standing),
            what: format!("{}.", one.told),
            exact: format!("{}.", sentence(one)),
            standing: words::standing(standing, (&from, &until)),
            trial,
            grant: one.grant.as_ref().map(Named::new),
            by: Hex::address(&record.caller),
            by_name: one.by.clone(),
            from: Moment::near(record.at, &zone, now),
            until: Moment::near(record.until(), &zone, now),
            id: Hex::hash(&record.id),
            target: Hex::address(&record.target),
            scheduled: Moment::at(record.scheduled.block_time, &zone),
            scheduled_in: Hex::hash(&record.scheduled.tx),
            execute: asked.execute(standing)?,
            cancel: asked.cancel(standing)?,
        })
    }
}

/// Who asks, and for which call.
struct Asking<'a> {
    one: &'a Scheduled,
    viewer: &'a Viewer,
    context: &'a Context<'a>,
    lost: Option<String>,
    from: String,
}

impl Asking<'_> {
    fn manager(&self) -> Option<Address> {
        load::places(self.context.deployment).map(|places| places.manager)
    }

    fn execute(&self, standing: Standing) -> Result<Option<Action>, PageError> {
        let Some(manager) = self.manager() else {
            return Ok(None);
        };
        if !matches!(standing, Standing::Waits | Standing::Due) {
            return Ok(None);
        }
        let command = format!("guerdon job execute {}", self.one.record.id);
        let no = |reason| {
            Ok(Some(Action::No {
                button: "Execute",
                reason,
                command: command.clone(),
            }))
        };
        let caller = self.one.record.caller;
        match (self.viewer.wallet(), &self.lost) {
            (None, _) => no(words::NO_WALLET.to_owned()),
            (Some(_), Some(role)) => no(words::role_lost(role, &self.one.called(), manager)),
            (Some(wallet), None) if wallet != caller => {
                no(words::not_the_caller(&self.one.called()))
            }
            _ if standing == Standing::Waits => no(words::too_early(&self.from)),
            (Some(wallet), None) => {
                let call = plan::execute(manager, &planned(self.one));
                self.sign(&call, wallet, ("Execute", command.clone()))
            }
        }
    }

    fn cancel(&self, standing: Standing) -> Result<Option<Action>, PageError> {
        let Some(manager) = self.manager() else {
            return Ok(None);
        };
        if !matches!(standing, Standing::Waits | Standing::Due) {
            return Ok(None);
        }
        let command = format!("guerdon job cancel {}", self.one.record.id);
        let caller = self.one.record.caller;
        let may = |wallet: Address| wallet == caller || self.viewer.chain_role(ADMIN).is_some();
        let reason = match self.viewer.wallet() {
            None => words::NO_WALLET.to_owned(),
            Some(wallet) if may(wallet) => {
                let call = plan::cancel(manager, caller, &planned(self.one));
                return self.sign(&call, wallet, ("Cancel", command));
            }
            Some(_) => words::may_not_cancel(&self.one.called()),
        };
        Ok(Some(Action::No {
            button: "Cancel",
            reason,
            command,
        }))
    }

    fn sign(
        &self,
        call: &Plan,
        wallet: Address,
        (button, command): (&'static str, String),
    ) -> Result<Option<Action>, PageError> {
        let Some(request) = Request::transaction(self.context.deployment.chain_id, call) else {
            return Ok(None);
        };
        let request = request
            .from(wallet)
            .button(button)
            .back("/company/jobs")
            .command(command);
        let told = &self.one.told;
        let request = match button {
            "Cancel" => request
                .told(&words::cancels(&self.one.called(), told))
                .second(),
            _ => request.told(&words::executes(told)),
        };
        Ok(Some(Action::Sign(request.panel()?)))
    }
}
