//! What a command can end in: a kind, which is the exit code, one sentence, and a hint.

use std::fmt;

/// Why a command did not succeed. The number is the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something failed that the caller could not have known.
    Failed = 1,
    /// A wrong argument or a file with errors.
    Input = 2,
    /// A file, grant, round, goal or node that is not there.
    NotFound = 3,
    /// The account may not do this.
    NotPermitted = 4,
    /// The state of the world forbids it now.
    Precondition = 5,
    /// The chain refused the transaction.
    Reverted = 6,
    /// Sent, but not known to be done.
    Pending = 7,
    /// The person said no.
    Cancelled = 8,
}

/// One sentence for a person, and what she can do.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) sentence: String,
    pub(crate) hint: Option<String>,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(kind: Kind, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            sentence: sentence.into(),
            hint: None,
        }
    }

    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Failed, sentence)
    }

    pub(crate) fn input(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Input, sentence)
    }

    pub(crate) fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, sentence)
    }

    pub(crate) fn precondition(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Precondition, sentence)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.kind as u8
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

/// Names the file that could not be read or written.
pub(crate) fn file_error(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => Kind::NotFound,
        std::io::ErrorKind::PermissionDenied => Kind::NotPermitted,
        _ => Kind::Failed,
    };
    Failure::new(
        kind,
        format!("could not {doing} {}: {error}", path.display()),
    )
}
