//! A page's content, kept apart from its frame, which says how old the page is.

use std::convert::Infallible;
use std::sync::Arc;

use alloy_primitives::B256;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guerdon_store::Read;

use super::Moment;
use crate::access::Recognised;
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::views::shell::{AsOf, Shell};

/// Whose page, by the hash of the session, and which: path and query.
pub(super) type Name = (B256, String);

/// Asks for a page of a session, at one moment of the database and at one of the clock.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// `None` without a session: then nothing is kept.
    name: Option<Name>,
    moment: Option<Arc<Moment>>,
    /// How fresh the index was when the request came, of no block.
    clock: AsOf,
}

/// A page without the words of its frame that age.
#[derive(Debug)]
pub(crate) struct Kept {
    shell: Shell,
    as_of: AsOf,
    content: String,
}

#[derive(Debug, Template)]
#[template(path = "layouts/kept.html")]
struct KeptPage {
    shell: Shell,
    kept: Arc<Kept>,
}

impl FromRequestParts<AppState> for Asking {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let viewer = parts.extensions.get::<Recognised>();
        let viewer = viewer.and_then(|Recognised(viewer)| viewer.as_ref());
        let path = parts.uri.path_and_query();
        let path = path.map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
        Ok(Self {
            name: viewer.map(|viewer| (viewer.session, path)),
            moment: parts.extensions.get::<Arc<Moment>>().cloned(),
            clock: load::as_of_checkpoint(None, state),
        })
    }
}

impl Asking {
    /// As of when a snapshot speaks, by the clock of this request.
    pub(crate) async fn as_of(&self, read: &mut Read, state: &AppState) -> Result<AsOf, PageError> {
        let as_of = load::as_of(read, state).await?;
        Ok(self.aged(as_of))
    }

    /// Answers with the page as it is kept, or has it made. `make` must follow from the database,
    /// the session, the path and [`Self::as_of`] alone: no other clock, no node.
    pub(crate) async fn page(&self, make: impl Future<Output = Result<Kept, PageError>>) -> Answer {
        let kept = match (&self.moment, &self.name) {
            (Some(moment), Some(name)) if self.is_fresh() => {
                let make = async { make.await.map(Arc::new) };
                moment.pages.get(name.clone(), make).await?
            }
            // A page that is behind says so, and more of it depends on how much.
            _ => Arc::new(make.await?),
        };
        html(&KeptPage {
            shell: kept.shell.clone().aged(&self.aged(kept.as_of)),
            kept,
        })
    }

    fn aged(&self, as_of: AsOf) -> AsOf {
        AsOf {
            head: as_of.head,
            ..self.clock
        }
    }

    /// Whether the index is fresh: then what a page says does not depend on how old it is.
    fn is_fresh(&self) -> bool {
        let read = AsOf {
            head: Some((0, 0)),
            ..self.clock
        };
        read.behind().is_none()
    }
}

impl Kept {
    /// A frame and what stands in it.
    pub(crate) fn new(
        shell: Shell,
        as_of: AsOf,
        content: &impl Template,
    ) -> Result<Self, PageError> {
        Ok(Self {
            shell,
            as_of,
            content: content.render()?,
        })
    }
}
