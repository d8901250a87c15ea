//! The pages of one step each: what it means, who acts next, and the call to sign.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use guerdon_core::goal::{AttemptStatus, Verdict};
use serde::Deserialize;

use super::act::{After, By, Name, Step};
use super::challenge::{self, Bond};
use super::desk::{At, Desk};
use crate::access::{Access, GoalParty, Viewer, WithWallet};
use crate::company::forms::Field;
use crate::dates;
use crate::error::PageError;
use crate::html::Markup;
use crate::load;
use crate::numbers::{capital, payout};
use crate::pages::{Answer, Asked, html};
use crate::routes::Route;
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::results as words;
use crate::views::goal_words::{Standing, raw, standing};
use crate::views::shell::{Place, Shell};
use crate::views::{Context, Why};

/// The fields of a query.
pub(super) type Asks = BTreeMap<String, String>;

#[derive(Debug, Template)]
#[template(path = "pages/goal_act.html")]
struct ActPage {
    shell: Shell,
    goal: String,
    goal_href: String,
    word: &'static str,
    heading: String,
    lead: &'static str,
    notes: Vec<String>,
    method: &'static str,
    action: String,
    fields: Vec<Field>,
    submit: &'static str,
    refused: Option<String>,
    rows: Vec<(&'static str, String, String)>,
    whys: Vec<Why>,
    tried: Option<String>,
    signs: Vec<Markup>,
}

/// Which attempt of which goal.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    id: String,
    number: Option<u16>,
}

macro_rules! step {
    ($handler:ident, $name:ident) => {
        async fn $handler(
            State(state): State<AppState>,
            WithWallet { viewer }: WithWallet,
            Path(which): Path<Which>,
            Query(asks): Query<Asks>,
        ) -> Answer {
            show(&state, viewer, (Name::$name, which, asks)).await
        }
    };
}

step!(seal, Seal);
step!(expire, Expire);
step!(finalize, Finalize);
step!(challenge_page, Challenge);
step!(demand, Demand);
step!(refuse, Refuse);
step!(extend, Extend);
step!(close, Close);
step!(withdraw_bond, WithdrawBond);

/// A verdict's page shows what the challenger wrote, so it is for the parties alone.
async fn resolve(
    State(state): State<AppState>,
    GoalParty { viewer, .. }: GoalParty,
    Path(which): Path<Which>,
    Query(asks): Query<Asks>,
) -> Answer {
    show(&state, viewer, (Name::Resolve, which, asks)).await
}

pub(super) fn routes() -> Vec<Route> {
    let (wallet, party) = (Access::WithWallet, Access::GoalParty);
    vec![
        Route::get("/goals/{id}/attempts/{number}/seal", wallet, seal),
        Route::get("/goals/{id}/attempts/{number}/expire", wallet, expire),
        Route::get("/goals/{id}/attempts/{number}/finalize", wallet, finalize),
        Route::get(
            "/goals/{id}/attempts/{number}/challenge",
            wallet,
            challenge_page,
        ),
        Route::post(
            "/goals/{id}/attempts/{number}/challenge",
            wallet,
            challenge::write,
        ),
        Route::get("/goals/{id}/attempts/{number}/resolve", party, resolve),
        Route::get("/goals/{id}/demand", wallet, demand),
        Route::get("/goals/{id}/refuse", wallet, refuse),
        Route::get("/goals/{id}/extend", wallet, extend),
        Route::get("/goals/{id}/close", wallet, close),
        Route::get("/goals/{id}/withdraw-bond", wallet, withdraw_bond),
    ]
}

async fn show(
    state: &AppState,
    viewer: Viewer,
    (name, which, asks): (Name, Which, Asks),
) -> Answer {
    let id = Asked::parse("goal", &which.id)?.id;
    let number = which.number.unwrap_or(u16::MAX);
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(&viewer));
    let record = read.goal(id).await?;
    let record = record.ok_or(PageError::Missing { noun: "goal", id })?;
    let desk = Desk::of(&mut read, record).await?;
    if which.number.is_some() && desk.attempt(number).is_none() {
        return Err(PageError::NoPage);
    }
    let mut notes = Vec::new();
    if name == Name::Resolve {
        notes.extend(reason(&mut read, &desk, number).await?);
    }
    drop(read);
    let at = At::of(&context);
    let asking = Asking {
        state,
        context: &context,
        viewer: &viewer,
        desk: &desk,
        at: &at,
        name,
        number,
    };
    html(&asking.page(&asks, notes).await?)
}

/// What the challenger wrote.
async fn reason(
    read: &mut guerdon_store::Read,
    desk: &Desk,
    number: u16,
) -> Result<Option<String>, PageError> {
    let attempt = desk.attempt(number).filter(|it| it.challenger.is_some());
    let Some(attempt) = attempt else {
        return Ok(None);
    };
    let place = (desk.record.id, number);
    let written = challenge::written(read, place, attempt.reason).await?;
    Ok(Some(match written {
        Some(text) => words::reason(&text),
        None => words::REASON_ELSEWHERE.to_owned(),
    }))
}

pub(super) struct Asking<'a> {
    pub(super) state: &'a AppState,
    pub(super) context: &'a Context<'a>,
    pub(super) viewer: &'a Viewer,
    pub(super) desk: &'a Desk,
    pub(super) at: &'a At,
    pub(super) name: Name,
    pub(super) number: u16,
}

impl Asking<'_> {
    async fn page(&self, asks: &Asks, mut notes: Vec<String>) -> Result<ActPage, PageError> {
        let (name, desk, record) = (self.name, self.desk, &self.desk.record);
        let wanted = self.wanted(asks);
        let probe = match &wanted {
            Ok(Some(step)) => Some(*step),
            _ => self.probe(),
        };
        let by = By {
            wallet: self.viewer.wallet(),
            now: self.at.now,
            block: self.at.block,
        };
        let weighed = probe.map(|step| step.weigh((record, self.number), by));
        let mut refused = match &weighed {
            Some(Err(why)) => Some(words::refused(why, &self.at.zone)),
            _ => wanted.err().map(str::to_owned),
        };
        let mut page = self.frame(asks);
        let mut bond = Bond::default();
        if name == Name::Challenge {
            bond = Bond::of(self.state, &record.goal, by.wallet).await;
            notes.extend(bond.said.clone());
            notes.push(words::REASON_KEPT.to_owned());
            refused = refused.or_else(|| bond.short.clone());
        }
        if name == Name::WithdrawBond {
            match self.owed().await {
                Ok(said) => notes.push(said),
                Err(why) => refused = Some(why),
            }
        }
        if let (Ok(Some(step)), Some(Ok(after)), None) = (&wanted, &weighed, &refused) {
            (page.rows, page.whys) = self.means(after);
            self.to_sign(&mut page, (*step, &bond)).await?;
        }
        if bond.approve.is_some() && !page.signs.is_empty() {
            notes.push(words::APPROVE_FIRST.to_owned());
        }
        page.heading = match self.desk.attempt(self.number) {
            Some(_) => format!(
                "{}: {}, {}",
                words::heading(name),
                desk.title(),
                words::attempt(self.number)
            ),
            None => format!("{}: {}", words::heading(name), desk.title()),
        };
        (page.notes, page.refused) = (notes, refused);
        Ok(page)
    }

    fn path(&self) -> String {
        let goal = format!("/goals/{}", self.desk.record.id);
        match self.desk.attempt(self.number) {
            Some(_) => format!("{goal}/attempts/{}/{}", self.number, self.name.word()),
            None => format!("{goal}/{}", self.name.word()),
        }
    }

    fn frame(&self, asks: &Asks) -> ActPage {
        let name = self.name;
        let shell = Shell::new(self.context, words::heading(name), Place::Queue);
        ActPage {
            shell: shell.with_zone(&self.at.zone_name).with_island("sign"),
            goal: self.desk.title(),
            goal_href: format!("/goals/{}", self.desk.record.id),
            word: name.word(),
            heading: String::new(),
            lead: words::lead(name),
            notes: Vec::new(),
            method: if name == Name::Challenge {
                "post"
            } else {
                "get"
            },
            action: self.path(),
            fields: self.fields(asks),
            submit: match name {
                Name::Challenge => "Keep the reason and go on",
                _ => "Show what this means",
            },
            refused: None,
            rows: Vec::new(),
            whys: Vec::new(),
            tried: None,
            signs: Vec::new(),
        }
    }

    /// What it changes, and who acts next.
    fn means(&self, after: &After) -> (Vec<(&'static str, String, String)>, Vec<Why>) {
        let before = &self.desk.record;
        let mut rows = Vec::new();
        let mut row = |what, before: String, after: String| {
            if before != after {
                rows.push((what, before, after));
            }
        };
        let number = usize::from(self.number);
        if let (Some(old), Some(new)) = (
            before.attempts.get(number),
            after.record.attempts.get(number),
        ) {
            let state = |status| status_word(status).to_owned();
            row("Attempt", state(old.word.status), state(new.word.status));
            let raw_of = |attempt| capital(&raw(&before.goal, attempt));
            row("Result", raw_of(old), raw_of(new));
            let pays = |fraction: u32| payout(fraction.into());
            row(
                "The attempt pays",
                pays(old.word.fraction),
                pays(new.word.fraction),
            );
        }
        let (old, new) = (&before.state, &after.record.state);
        row(
            "The goal pays",
            payout(old.fraction.into()),
            payout(new.fraction.into()),
        );
        let closes = |at| dates::moment(at, &self.at.zone);
        row("The window closes", closes(old.closes), closes(new.closes));
        if let Some(split) = after.split.filter(|_| before.goal.bond > 0) {
            let token = self.context.deployment.bond_token.get();
            let token = token.filter(|(address, _)| *address == before.goal.bond_token);
            let said = |units: u128| match token {
                Some((_, token)) => token.words(units),
                None => format!("{units} base units"),
            };
            row("Bond to the challenger", said(0), said(split.to_challenger));
            row("Bond to the sponsor", said(0), said(split.to_sponsor));
            row("Bond to nobody", said(0), said(split.to_dead));
        }
        let Standing {
            state, next, done, ..
        } = standing(&after.record, &self.at.zone, self.at.now);
        let what = format!("After it: {state}.");
        (rows, vec![Why::new(what, String::new(), &next).done(done)])
    }

    async fn to_sign(
        &self,
        page: &mut ActPage,
        (step, bond): (Step, &Bond),
    ) -> Result<(), PageError> {
        let Some(signer) = self.viewer.wallet() else {
            return Ok(());
        };
        let chain_id = self.context.deployment.chain_id;
        if let Some(approve) = &bond.approve {
            if let Some(request) = Request::transaction(chain_id, approve) {
                let request = request.from(signer).button(words::APPROVE);
                page.signs.push(request.back(self.path()).panel()?);
            }
            return Ok(());
        }
        let plan = step.plan(
            self.context.deployment.goals,
            (&self.desk.record, self.number),
        );
        page.tried = Some(crate::actions::tried(self.state, &plan, signer).await);
        if let Some(request) = Request::transaction(chain_id, &plan) {
            let request = request
                .from(signer)
                .saying(words::undo(self.name))
                .button(words::button(self.name))
                .back(format!("/goals/{}", self.desk.record.id))
                .command(self.command(step));
            page.signs.push(request.panel()?);
        }
        Ok(())
    }

    fn command(&self, step: Step) -> String {
        let (word, goal) = (self.name.word(), self.desk.named());
        let attempt = match self.desk.attempt(self.number) {
            Some(_) => format!(" --attempt {}", self.number),
            None => String::new(),
        };
        let rest = match step {
            Step::Challenge { reason } => format!(" --reason {reason}"),
            Step::Resolve(Verdict::Upheld) => " --verdict upheld".to_owned(),
            Step::Resolve(Verdict::Void) => " --verdict void".to_owned(),
            Step::Resolve(Verdict::Overturned { x, y, guards }) => {
                format!(" --verdict overturned --x {x} --y {y} --guards {guards}")
            }
            Step::Demand { model } => format!(" --model {model}"),
            Step::Extend { closes } => format!(" --closes {}", dates::machine(closes)),
            Step::WithdrawBond => {
                let token = self.desk.record.goal.bond_token.to_checksum(None);
                return format!("guerdon goal {word} --token {token}");
            }
            _ => String::new(),
        };
        format!("guerdon goal {word} {goal}{attempt}{rest}")
    }

    /// What the contract owes the reader's wallet, or why there is nothing to take.
    async fn owed(&self) -> Result<String, String> {
        let address = self.desk.record.goal.bond_token;
        let (Some(chain), Some(wallet)) = (&self.state.chain, self.viewer.wallet()) else {
            return Err(words::NO_NODE.to_owned());
        };
        let goals = self.context.deployment.goals;
        let owed = chain.bond_owed(goals, address, wallet, None).await;
        match (owed, challenge::token(self.state, address).await) {
            (Ok(0), _) => Err(words::NOTHING_OWED.to_owned()),
            (Ok(units), Some(token)) => Ok(words::owed(&token.words(units))),
            (Ok(_), None) | (Err(_), _) => Err(words::NO_NODE.to_owned()),
        }
    }
}

const fn status_word(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::None => "not registered",
        AttemptStatus::Registered => "running",
        AttemptStatus::Proposed => "proposed",
        AttemptStatus::Challenged => "challenged",
        AttemptStatus::Finished => "final",
        AttemptStatus::Void => "void",
    }
}
