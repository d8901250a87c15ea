//! Failures as pages and data: what failed, what is safe, what to do.

use alloy_primitives::B256;
use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use guerdon_store::StoreError;
use serde_json::json;
use thiserror::Error;

use crate::access::{Recognised, Viewer};
use crate::load;
use crate::state::AppState;
use crate::strings::access::{FOREIGN_FORM, NOT_SIGNED_IN, Refusal};
use crate::strings::errors as said;
use crate::views::plain::MessagePage;
use crate::views::shell::Shell;

/// After how many seconds to ask again while the database is away.
pub(crate) const AWAY_SECONDS: u64 = 5;

/// Why a page could not be shown.
#[derive(Debug, Error)]
pub(crate) enum PageError {
    /// Nothing has this path.
    #[error("there is no page at this address")]
    NoPage,
    /// Nothing public has this id.
    #[error("no {noun} with the id {id} is known here")]
    Missing {
        /// `grant`, `round`, `goal`.
        noun: &'static str,
        /// What was asked for.
        id: B256,
    },
    /// The path holds no id.
    #[error("`{text}` is not the id of a {noun}: ids are 0x and 64 hexadecimal digits")]
    NotAnId {
        /// `grant`, `round`, `goal`.
        noun: &'static str,
        /// What stood in the path.
        text: String,
    },
    /// A page of somebody who is not signed in: leads to the sign-in and back to `next`.
    #[error("you are not signed in")]
    SignIn {
        /// Path and query to go on to.
        next: String,
    },
    /// A form or data of somebody who is not signed in.
    #[error("you are not signed in")]
    NotSignedIn,
    /// A sign-in that was not taken.
    #[error("{}", .0.what)]
    SignInRefused(Refusal),
    /// Too much was tried; the seconds after which to try again.
    #[error("{}", .0.what)]
    TooMany(Refusal, u64),
    /// The server has its hands full; the seconds after which to try again.
    #[error("{}", .0.what)]
    Busy(Refusal, u64),
    /// A form that did not come from one of our pages.
    #[error("{}", FOREIGN_FORM.what)]
    ForeignForm,
    /// The session may not do this.
    #[error("{}", .0.what)]
    NotPermitted(Refusal),
    /// A form holds something that is not taken.
    #[error("{}", .0.what)]
    NotTaken(Refusal),
    /// Something that this server does not have.
    #[error("{}", .0.what)]
    NotHere(Refusal),
    /// A form that no page of ours sends.
    #[error("the form was not understood: nothing was changed")]
    NotUnderstood,
    /// The database failed.
    #[error("the database did not answer: {0}")]
    Store(#[from] StoreError),
    /// The records do not fit together.
    #[error("the records of {noun} {id} do not fit together: {reason}")]
    Records {
        /// `grant`, `round`, `goal`.
        noun: &'static str,
        /// Whose records.
        id: B256,
        /// What does not fit.
        reason: String,
    },
    /// No block was read yet.
    #[error("no block was read yet")]
    NothingRead,
    /// A date before everything.
    #[error("on {date} these contracts did not exist yet")]
    BeforeAll {
        /// The date that was asked for.
        date: String,
    },
    /// No date.
    #[error("`{0}` is not a date: write a day that was, as 2026-11-22")]
    NotADate(String),
    /// The chain replaced the block that a report was pinned to.
    #[error("the chain replaced block {number}: it was {was} and is {is}")]
    Reorged {
        /// Its number.
        number: u64,
        /// The hash that was asked for.
        was: B256,
        /// The one of now.
        is: B256,
    },
    /// A workbook could not be made.
    #[error("the workbook could not be written: {0}")]
    Workbook(String),
    /// A template failed.
    #[error("the page could not be written: {0}")]
    Render(#[from] askama::Error),
}

/// What a reader sees of a failure.
#[derive(Clone, Debug)]
struct Shown {
    status: StatusCode,
    heading: &'static str,
    what: String,
    hint: &'static str,
}

impl Shown {
    fn refusal(status: StatusCode, heading: &'static str, Refusal { what, hint }: Refusal) -> Self {
        Self {
            status,
            heading,
            what: what.to_owned(),
            hint,
        }
    }
}

impl PageError {
    fn shown(&self) -> Shown {
        let of = |status, (heading, hint): (&'static str, &'static str)| Shown {
            status,
            heading,
            what: sentence(&self.to_string()),
            hint,
        };
        let refused =
            |status, heading, refusal: &Refusal| Shown::refusal(status, heading, *refusal);
        match self {
            Self::NoPage => of(StatusCode::NOT_FOUND, said::NO_PAGE),
            Self::Missing { noun: "grant", .. } => of(StatusCode::NOT_FOUND, said::NO_GRANT),
            Self::Missing { .. } => of(StatusCode::NOT_FOUND, said::MISSING),
            Self::NotAnId { .. } => of(StatusCode::NOT_FOUND, said::NOT_AN_ID),
            Self::SignIn { .. } | Self::NotSignedIn => {
                refused(StatusCode::UNAUTHORIZED, said::SIGN_IN, &NOT_SIGNED_IN)
            }
            Self::SignInRefused(why) => refused(StatusCode::BAD_REQUEST, said::NOT_SIGNED_IN, why),
            Self::TooMany(why, _) => refused(StatusCode::TOO_MANY_REQUESTS, said::TOO_MANY, why),
            Self::Busy(why, _) => refused(StatusCode::SERVICE_UNAVAILABLE, said::BUSY, why),
            Self::ForeignForm => refused(StatusCode::FORBIDDEN, said::FOREIGN, &FOREIGN_FORM),
            Self::NotPermitted(why) => refused(StatusCode::FORBIDDEN, said::NOT_PERMITTED, why),
            Self::NotTaken(why) => refused(StatusCode::UNPROCESSABLE_ENTITY, said::NOT_TAKEN, why),
            Self::NotHere(why) => refused(StatusCode::NOT_FOUND, said::NOT_HERE, why),
            Self::NotUnderstood => of(StatusCode::BAD_REQUEST, said::NOT_UNDERSTOOD),
            Self::NothingRead | Self::BeforeAll { .. } | Self::NotADate(_) => {
                of(StatusCode::NOT_FOUND, said::NO_DAY)
            }
            Self::Reorged { .. } => of(StatusCode::CONFLICT, said::REORGED),
            Self::Workbook(_) => of(StatusCode::INTERNAL_SERVER_ERROR, said::WORKBOOK),
            Self::Store(error) if error.is_away() => refused(
                StatusCode::SERVICE_UNAVAILABLE,
                said::AWAY_HEADING,
                &said::AWAY,
            ),
            // What failed stands in the log, not on the page.
            Self::Store(_) | Self::Records { .. } | Self::Render(_) => Shown {
                what: said::FAILED_WHAT.to_owned(),
                ..of(StatusCode::INTERNAL_SERVER_ERROR, said::FAILED)
            },
        }
    }
}

/// Marks a failed answer that has its words already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsIs;

/// Logged here, once; shown by [`words`].
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::SignIn { next } = &self {
            return Redirect::to(&sign_in_path(next)).into_response();
        }
        let shown = self.shown();
        if shown.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = %self, "a page failed");
        }
        let mut response = shown.status.into_response();
        response.extensions_mut().insert(shown);
        let again = match &self {
            Self::TooMany(_, seconds) | Self::Busy(_, seconds) => Some(*seconds),
            Self::Store(error) if error.is_away() => {
                tracing::warn!(%error, "the database does not answer");
                Some(AWAY_SECONDS)
            }
            _ => None,
        };
        if let Some(seconds) = again {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

/// Gives every failed answer its words, as a page or, for paths of data, as JSON.
pub(crate) async fn words(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let recognised = request.extensions().get::<Recognised>().cloned();
    let viewer = recognised.and_then(|Recognised(viewer)| viewer);
    let wants_data = wants_data(request.uri());
    let response = next.run(request).await;
    put_into_words(response, (&state, viewer.as_deref()), wants_data)
}

/// A form that is shown again with what is wrong in it: 422, and its own words stay.
pub(crate) fn form_refused(answer: Result<Response, PageError>) -> Result<Response, PageError> {
    let mut response = answer?;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(AsIs);
    }
    Ok(response)
}

/// Whether a path asks for data.
pub(crate) fn wants_data(uri: &Uri) -> bool {
    let path = uri.path();
    [".json", ".csv", ".xlsx"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// A failed answer in words; any other as it is.
pub(crate) fn put_into_words(
    mut response: Response,
    (state, viewer): (&AppState, Option<&Viewer>),
    wants_data: bool,
) -> Response {
    let status = response.status();
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_failure || response.extensions().get::<AsIs>().is_some() {
        return response;
    }
    let shown = response
        .extensions_mut()
        .remove::<Shown>()
        .unwrap_or_else(|| of_status(status));
    let mut worded = match wants_data {
        true => {
            let body =
                json!({ "error": shown.what, "hint": shown.hint, "status": status.as_u16() });
            Json(body).into_response()
        }
        false => page(&shown, state, viewer),
    };
    *worded.status_mut() = status;
    for kept in [RETRY_AFTER, ALLOW] {
        if let Some(value) = response.headers_mut().remove(&kept) {
            worded.headers_mut().insert(kept, value);
        }
    }
    worded
}

fn page(shown: &Shown, state: &AppState, viewer: Option<&Viewer>) -> Response {
    let context = load::bare(state, viewer);
    let page = MessagePage {
        shell: Shell::bare(&context, shown.heading),
        heading: shown.heading.to_owned(),
        what: shown.what.clone(),
        hint: shown.hint.to_owned(),
    };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of a failure failed");
            "The page could not be written.".into_response()
        }
    }
}

/// Words for what the router itself refuses.
fn of_status(status: StatusCode) -> Shown {
    let (heading, what, hint) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "Only reading here",
            "These pages can be read, not written to.",
            "Every change is a transaction on the chain; the `guerdon` command sends it.",
        ),
        StatusCode::NOT_FOUND => {
            return PageError::NoPage.shown();
        }
        StatusCode::PAYLOAD_TOO_LARGE => (
            "Too large",
            "What was sent is larger than this server takes.",
            "Send less at once.",
        ),
        status if status.is_server_error() => (
            "This page failed",
            "Something went wrong on this server.",
            "No money depends on it: the contracts pay without this server. Try again in a moment.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "This form was not understood",
            "A field is missing or holds something else than it should; nothing was changed.",
            "Go back, fill in the form again and send it.",
        ),
        _ => (
            "This request was not understood",
            "The address holds something that is no text.",
            "Copy the whole address and try again.",
        ),
    };
    Shown {
        status,
        heading,
        what: what.to_owned(),
        hint,
    }
}

/// The sign-in that leads back to a path of ours.
fn sign_in_path(next: &str) -> String {
    let mut path = "/sign-in?next=".to_owned();
    for byte in next.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                path.push(char::from(byte));
            }
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    let mut sentence: String = first.into_iter().chain(characters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}
