//! `/goals/{id}/attempts/{n}/work`: an attempt from its acceptance to its result, step by step.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::desk::{At, Desk, domain};
use super::sheet::{SheetView, Working};
use super::steps::StepView;
use crate::access::{GoalParty, Viewer};
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::results as words;
use crate::views::goal_words::{Standing, standing};
use crate::views::shell::{Place, Shell};
use crate::views::{Context, Why};

/// Which attempt of which goal a path names.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    pub(super) number: u16,
}

#[derive(Debug, Template)]
#[template(path = "pages/work.html")]
struct WorkPage {
    shell: Shell,
    goal: String,
    goal_href: String,
    heading: String,
    whys: Vec<Why>,
    /// What was wrong with what was sent, and what was read of it.
    refused: Option<Refused>,
    steps: Vec<StepView>,
    reads: &'static str,
    wallets: &'static str,
    unknown: Option<String>,
}

/// A file or a field that was not taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    pub(super) sentence: String,
    pub(super) facts: Vec<(&'static str, String)>,
}

impl From<&str> for Refused {
    fn from(sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            facts: Vec::new(),
        }
    }
}

pub(super) async fn page(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Which { number }): Path<Which>,
) -> Answer {
    show(&state, party, (number, None)).await
}

/// The page, with what was refused of a form.
pub(super) async fn show(
    state: &AppState,
    party: GoalParty,
    (number, refused): (u16, Option<Refused>),
) -> Answer {
    let GoalParty { viewer, record } = party;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(&viewer));
    let desk = Desk::of(&mut read, *record).await?;
    let desk = desk.naming(&mut read, &viewer).await?;
    drop(read);
    let mut page = made(&desk, (&context, &viewer), number)?;
    page.refused = refused;
    for step in &mut page.steps {
        for sheet in &mut step.sheets {
            sheet.try_it(state).await;
        }
    }
    html(&page)
}

fn made(
    desk: &Desk,
    (context, viewer): (&Context<'_>, &Viewer),
    number: u16,
) -> Result<WorkPage, PageError> {
    if number > desk.next() {
        return Err(PageError::NoPage);
    }
    let at = At::of(context);
    let working = Working {
        desk,
        context,
        viewer,
        at: &at,
        number,
        domain: domain(context),
    };
    let Standing {
        state, next, done, ..
    } = standing(&desk.record, &at.zone, at.now);
    let what = format!("{}.", crate::numbers::capital(&state));
    let id = desk.record.id;
    let heading = format!(
        "{}: {}",
        crate::numbers::capital(&words::attempt(number)),
        desk.title()
    );
    Ok(WorkPage {
        shell: Shell::new(context, &heading, Place::Queue)
            .with_zone(&at.zone_name)
            .with_island("sign"),
        goal: desk.title(),
        goal_href: format!("/goals/{id}"),
        heading,
        whys: vec![Why::new(what, String::new(), &next).done(done)],
        refused: None,
        steps: super::steps::steps(&working)?,
        reads: words::ONLY_PARTIES_READ,
        wallets: words::CONTRACT_WALLETS,
        unknown: desk
            .definition
            .is_none()
            .then(|| words::definition_unknown(&desk.title())),
    })
}

impl SheetView {
    /// Asks the node whether the call of this sheet would succeed now.
    async fn try_it(&mut self, state: &AppState) {
        if let Some((plan, signer)) = &self.call {
            self.tried = Some(crate::actions::tried(state, plan, *signer).await);
        }
    }
}
