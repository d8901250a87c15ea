//! Failures as `application/problem+json` (RFC 9457).

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use guerdon_store::StoreError;
use serde_json::json;

use crate::error::{AWAY_SECONDS, PageError};
use crate::strings::api as words;

/// What can go wrong. Each has a code that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    NotUnderstood,
    KeyWithCookie,
    NameMissing,
    KeyMissing,
    KeyUnknown,
    ScopeMissing,
    NotFound,
    DayNotOver,
    MethodNotAllowed,
    Reorged,
    OtherList,
    EventUnknown,
    Refused,
    Taken,
    SheetRefused,
    WebhookRefused,
    TooLarge,
    NotJson,
    Invalid,
    NameReused,
    TooMany,
    Failed,
    NotReady,
}

impl Kind {
    pub(crate) const ALL: [Self; 23] = [
        Self::NotUnderstood,
        Self::KeyWithCookie,
        Self::NameMissing,
        Self::KeyMissing,
        Self::KeyUnknown,
        Self::ScopeMissing,
        Self::NotFound,
        Self::DayNotOver,
        Self::MethodNotAllowed,
        Self::Reorged,
        Self::OtherList,
        Self::EventUnknown,
        Self::Refused,
        Self::Taken,
        Self::SheetRefused,
        Self::WebhookRefused,
        Self::TooLarge,
        Self::NotJson,
        Self::Invalid,
        Self::NameReused,
        Self::TooMany,
        Self::Failed,
        Self::NotReady,
    ];

    /// Code, status and title.
    pub(crate) const fn said(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::NotUnderstood => ("not_understood", 400, "Not understood"),
            Self::KeyWithCookie => ("key_with_cookie", 400, "A key and a cookie"),
            Self::NameMissing => ("idempotency_key_missing", 400, "No idempotency key"),
            Self::KeyMissing => ("key_missing", 401, "No key"),
            Self::KeyUnknown => ("key_unknown", 401, "Unknown key"),
            Self::ScopeMissing => ("scope_missing", 403, "Not in the key's scopes"),
            Self::NotFound => ("not_found", 404, "Not found"),
            Self::DayNotOver => ("as_of_unknown", 404, "No block of that day"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "No such method"),
            Self::Reorged => ("as_of_reorged", 409, "The chain was re-organised"),
            Self::OtherList => ("cursor_of_other_list", 409, "A cursor of another list"),
            Self::EventUnknown => ("event_unknown", 409, "No such event"),
            Self::Refused => ("refused_by_contract", 409, "The contract would refuse"),
            Self::Taken => ("taken", 409, "Already taken"),
            Self::SheetRefused => ("sheet_refused", 409, "The sheet was not imported"),
            Self::WebhookRefused => ("webhook_refused", 409, "The webhook was not made"),
            Self::TooLarge => ("too_large", 413, "Too large"),
            Self::NotJson => ("not_json", 415, "Not JSON"),
            Self::Invalid => ("invalid", 422, "Not valid"),
            Self::NameReused => ("idempotency_key_reused", 422, "Idempotency key used before"),
            Self::TooMany => ("too_many_requests", 429, "Too many requests"),
            Self::Failed => ("failed", 500, "Failed"),
            Self::NotReady => ("not_ready", 503, "Not ready"),
        }
    }
}

/// One wrong value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// JSON pointer into the body, or the parameter's name.
    pub(crate) at: String,
    pub(crate) detail: String,
}

/// A failure as it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    detail: String,
    faults: Vec<Fault>,
    retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            faults: Vec::new(),
            retry_after: None,
        }
    }

    /// Values that are not as the document says.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            ..Self::new(Kind::Invalid, words::INVALID)
        }
    }

    pub(crate) fn too_many(seconds: u64) -> Self {
        Self::too_many_of(words::TOO_MANY, seconds)
    }

    /// Too much at a time, of what `detail` says.
    pub(crate) fn too_many_of(detail: impl Into<String>, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(Kind::TooMany, detail)
        }
    }

    pub(crate) fn missing(noun: &str) -> Self {
        Self::new(Kind::NotFound, words::missing(noun))
    }

    /// For what the router itself refuses.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(Kind::NotFound, words::NO_PATH),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(Kind::MethodNotAllowed, words::NO_METHOD),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Kind::TooLarge, words::TOO_LARGE),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(Kind::NotJson, words::NOT_JSON),
            status if status.is_server_error() => Self::new(Kind::Failed, words::FAILED),
            _ => Self::new(Kind::NotUnderstood, words::NOT_UNDERSTOOD),
        }
    }

    /// Written to the log here, and shown without its reason.
    fn failed(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "an answer of the API failed");
        Self::new(Kind::Failed, words::FAILED)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NumberTaken { .. } | StoreError::WalletTaken { .. } => {
                // The error names whose it is, which a key that only adds people may not read.
                Self::new(Kind::Taken, words::TAKEN)
            }
            error if error.is_away() => {
                tracing::warn!(%error, "the database does not answer");
                Self {
                    retry_after: Some(AWAY_SECONDS),
                    ..Self::new(Kind::NotReady, words::AWAY)
                }
            }
            error => Self::failed(&error),
        }
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Missing { noun, .. } => Self::missing(noun),
            PageError::NoPage => Self::new(Kind::NotFound, words::NO_PATH),
            PageError::NothingRead => Self::new(Kind::NotReady, words::NOT_READY),
            PageError::Reorged { .. } => Self::new(Kind::Reorged, words::REORGED),
            PageError::BeforeAll { .. } => Self::new(Kind::DayNotOver, words::DAY_NOT_OVER),
            PageError::Store(error) => error.into(),
            error => Self::failed(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, status, title) = self.kind.said();
        let mut body = json!({
            "type": format!("/api#{code}"),
            "code": code,
            "title": title,
            "status": status,
            "detail": self.detail,
        });
        if !self.faults.is_empty()
            && let Some(object) = body.as_object_mut()
        {
            let faults = self.faults.iter();
            let faults = faults.map(|fault| json!({"at": fault.at, "detail": fault.detail}));
            object.insert("errors".to_owned(), faults.collect());
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

const PROBLEM: &str = "application/problem+json";

/// Puts into words what no endpoint answered.
pub(crate) fn worded(mut response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(CONTENT_TYPE);
    if !failed || kind.is_some_and(|kind| kind == PROBLEM) {
        return response;
    }
    let mut worded = Problem::of_status(status).into_response();
    if let Some(allow) = response.headers_mut().remove(ALLOW) {
        worded.headers_mut().insert(ALLOW, allow);
    }
    worded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_is_a_matter_of_seconds() {
        let away = || StoreError::Unreachable {
            at: "postgres@localhost:5432/payroll".to_owned(),
            why: "connection refused".to_owned(),
        };
        let broken = || StoreError::Corrupt {
            what: "hash",
            text: "0x".to_owned(),
        };
        let answers = |error: fn() -> StoreError| {
            let page = PageError::from(error()).into_response();
            [page, Problem::from(error()).into_response()]
        };
        for answer in answers(away) {
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers()[RETRY_AFTER], "5");
        }
        for answer in answers(broken) {
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!answer.headers().contains_key(RETRY_AFTER));
        }
    }
}
