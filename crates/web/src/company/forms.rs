//! Plain forms: what was sent, and fields that are shown again with what was wrong.

use axum::extract::{FromRequest, Request};
use axum::response::Redirect;

use crate::error::PageError;

/// What a form sent, spaces trimmed. A name may come several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty if it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let sent = self.0.iter().filter(move |(known, _)| known == name);
        sent.map(|(_, value)| value.trim())
    }

    /// Whether a box was ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let sent = axum::Form::<Vec<(String, String)>>::from_request(request, state).await;
        let axum::Form(fields) = sent.map_err(|_| PageError::NotUnderstood)?;
        Ok(Self(fields))
    }
}

/// One field as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) hint: &'static str,
    pub(crate) wrong: Vec<String>,
    pub(crate) required: bool,
    /// What may be chosen, with its words; a line to type in if there is nothing.
    pub(crate) options: Vec<(String, String)>,
    /// What is known and offered while typing; anything else may be typed as well.
    pub(crate) known: Vec<(String, String)>,
}

impl Field {
    pub(crate) fn text(name: impl Into<String>, label: &'static str, value: &str) -> Self {
        Self {
            name: name.into(),
            label,
            kind: "text",
            value: value.to_owned(),
            hint: "",
            wrong: Vec::new(),
            required: false,
            options: Vec::new(),
            known: Vec::new(),
        }
    }

    pub(crate) fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(crate) fn options(self, options: Vec<(String, String)>) -> Self {
        Self { options, ..self }
    }

    pub(crate) fn known(self, known: Vec<(String, String)>) -> Self {
        Self { known, ..self }
    }

    pub(crate) fn wrong(mut self, sentences: impl IntoIterator<Item = String>) -> Self {
        self.wrong.extend(sentences);
        self
    }

    /// The ids of what describes the field, for those who do not see it.
    pub(crate) fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let wrong = (!self.wrong.is_empty()).then(|| format!("{}-wrong", self.name));
        let ids: Vec<_> = hint.into_iter().chain(wrong).collect();
        ids.join(" ")
    }
}

/// Where a form leads once it was taken.
pub(crate) fn see(path: &str) -> Redirect {
    Redirect::to(path)
}
