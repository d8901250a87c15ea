//! `/grants/{id}/open`: a grant of a binding round that the chain has no word for yet is opened, by
//! anyone, before anything can be asked of it.

use askama::Template;
use axum::extract::State;
use guerdon_core::state::Flags;

use super::request::tried;
use super::subject::Subject;
use crate::access::GrantParty;
use crate::dates;
use crate::html::Markup;
use crate::pages::{Answer, html};
use crate::signing::{Request, claim::Known};
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::shell::{Place, Shell};

/// What has to be done before anything can be asked of a grant.
#[derive(Debug)]
pub(super) struct First {
    pub(super) why: String,
    /// Where it is done; none while nobody can.
    pub(super) href: Option<String>,
}

impl First {
    /// Nothing, once it is opened.
    pub(super) fn of(subject: &Subject) -> Option<Self> {
        let record = &subject.data.record;
        if record.state.has(Flags::OPENED) {
            return None;
        }
        let binding_at = subject.data.binding_at;
        if binding_at > subject.now {
            let why = words::not_binding(&dates::at(binding_at, &subject.zone));
            return Some(Self { why, href: None });
        }
        Some(Self {
            why: words::OPEN_FIRST.to_owned(),
            href: Some(format!("/grants/{}/open", record.id)),
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/open.html")]
struct OpenPage {
    shell: Shell,
    grant: String,
    grant_href: String,
    title: String,
    lead: &'static str,
    /// It is opened already.
    done: Option<&'static str>,
    /// Why it cannot be opened, or not by this reader.
    stopped: Option<String>,
    tried: Option<String>,
    sign: Option<Markup>,
    command: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    GrantParty { viewer, id }: GrantParty,
) -> Answer {
    let (mut read, context, subject) = Subject::of_page(&state, &viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    let first = First::of(&subject);
    let can = first.as_ref().is_some_and(|first| first.href.is_some());
    let known = match can {
        true => Known::read(&mut read, &state, id).await?,
        false => None,
    };
    let plan = match &known {
        Some(known) => known.opening(&mut read, &state).await?,
        None => None,
    };
    drop(read);
    let title = format!("Open {}", subject.name);
    let shell = Shell::new(&context, &title, Place::Grants).with_zone(&subject.zone_name);
    let command = format!("guerdon grant open {}", subject.name);
    let mut page = OpenPage {
        shell: shell.with_island("sign").with_island("live"),
        grant: subject.name.clone(),
        grant_href: format!("/grants/{id}"),
        title: format!("Open {}", subject.title()),
        lead: words::OPENING,
        done: first.is_none().then_some(words::OPENED),
        stopped: first.filter(|_| !can).map(|first| first.why),
        tried: None,
        sign: None,
        command: command.clone(),
    };
    match (plan, viewer.wallet()) {
        (Some(_), None) => page.stopped = Some(words::NO_WALLET.to_owned()),
        (Some(plan), Some(wallet)) => {
            page.tried = Some(tried(&state, &plan, wallet).await);
            let request = Request::transaction(state.deployment.chain_id, &plan);
            let request = request.ok_or(crate::error::PageError::NoPage)?.from(wallet);
            let request = request
                .saying(words::OPENING_IS_SAFE)
                .button("Open this grant")
                .back(format!("/grants/{id}/change"))
                .done(format!("/grants/{id}/open?tx="))
                .command(command);
            page.sign = Some(request.panel()?);
        }
        (None, _) => {}
    }
    html(&page)
}
