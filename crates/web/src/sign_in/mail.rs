//! Signing in by a link in an e-mail: to look, not to sign.

use std::fmt;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use guerdon_store::{MailLink, Means, Owner, Session};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::open::{Opening, next, open};
use super::sessions;
use crate::access::{Client, Visitor, cookie, token};
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::sign_in as words;
use crate::views::shell::Shell;

/// A link is good for so many seconds.
const LINK_SECONDS: u64 = 900;
/// So many links are sent to one person in that time.
const LINKS_MAX: u64 = 3;

/// So many requests for a link are worked on at once.
static SENDING: Semaphore = Semaphore::const_new(8);

/// An e-mail to be sent by whoever the binary lends.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// E-mail address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Prints neither who gets it nor the link in it, so that none reaches a log.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
pub(super) struct Asking {
    email: String,
}

/// Answers the same, at the same time, whoever asks: what follows happens afterwards.
pub(super) async fn ask(
    State(state): State<AppState>,
    _visitor: Visitor,
    client: Client,
    Form(Asking { email }): Form<Asking>,
) -> Result<Response, PageError> {
    if state.options.mail.is_none() {
        return Err(PageError::NotPermitted(words::NO_MAIL));
    }
    // Whoever sends many gets the same answer, and nothing happens.
    if !state.attempts().mails.count((state.wall)(), client) {
        return Ok(Redirect::to("/sign-in/mail").into_response());
    }
    let Ok(permit) = SENDING.try_acquire() else {
        return Ok(Redirect::to("/sign-in/mail").into_response());
    };
    tokio::spawn(async move {
        let _permit = permit;
        if let Err(error) = send(&state, &email).await {
            tracing::error!(%error, "a link could not be sent");
        }
    });
    Ok(Redirect::to("/sign-in/mail").into_response())
}

/// Queues a link for the person with this address, if there is one.
async fn send(state: &AppState, email: &str) -> Result<(), PageError> {
    let now = (state.wall)();
    // Looked up before anything is written: an unknown address makes no writer wait.
    let mut read = state.store.read().await?;
    if read.member_of_email(email).await?.is_none() {
        return Ok(());
    }
    drop(read);
    let mut tx = state.store.write().await?;
    let Some(member) = tx.member_of_email(email).await? else {
        return Ok(());
    };
    let since = now.saturating_sub(LINK_SECONDS);
    if tx.mail_links_since(member.person, since).await? >= LINKS_MAX {
        return Ok(());
    }
    let link = token::fresh(state);
    tx.put_mail_link(&MailLink {
        hash: link.hash,
        person: member.person,
        created_at: now,
        expires_at: now.saturating_add(LINK_SECONDS),
    })
    .await?;
    tx.commit().await?;
    let company = &state.company.name;
    let address = format!("{}/sign-in/mail/{}", state.options.origin, link.text);
    state.options.send(Letter {
        to: member.email,
        subject: words::mail_subject(company),
        text: words::mail_text(company, &address),
    });
    Ok(())
}

#[derive(Debug, Template)]
#[template(path = "pages/mail_asked.html")]
struct AskedPage {
    shell: Shell,
}

/// Says what happens next, whoever asked.
pub(super) async fn asked(State(state): State<AppState>, Visitor(viewer): Visitor) -> Answer {
    let context = load::bare(&state, viewer.as_ref());
    html(&AskedPage {
        shell: Shell::bare(&context, "Look into your mailbox"),
    })
}

#[derive(Debug, Template)]
#[template(path = "pages/mail_link.html")]
struct LinkPage {
    shell: Shell,
    token: String,
}

/// A button, since programs that scan e-mails follow links too.
pub(super) async fn button(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
) -> Answer {
    let dead = PageError::SignInRefused(words::DEAD_LINK);
    let Some(hash) = token::hash_of(&text) else {
        return Err(dead);
    };
    let mut read = state.store.read().await?;
    if !read.mail_link_is_good(hash, (state.wall)()).await? {
        return Err(dead);
    }
    let context = load::bare(&state, viewer.as_ref());
    html(&LinkPage {
        shell: Shell::bare(&context, "Sign in"),
        token: text,
    })
}

/// Uses the link up and opens a session that may look.
pub(super) async fn take(
    State(state): State<AppState>,
    _visitor: Visitor,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let dead = || PageError::SignInRefused(words::DEAD_LINK);
    let hash = token::hash_of(&text).ok_or_else(dead)?;
    let mut tx = state.store.write().await?;
    let person = tx.take_mail_link(hash, (state.wall)()).await?;
    tx.commit().await?;
    let person = person.ok_or_else(dead)?;
    let opening = Opening {
        owner: Some(Owner::Person(person)),
        session: Session {
            means: Means::MailLink,
            person: Some(person),
            ..sessions::blank(&headers)
        },
        before: cookie::read(&headers, &state.options),
        until: u64::MAX,
        next: next(None),
    };
    open(&state, opening).await
}
