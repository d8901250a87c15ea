//! Answers and notes that several pages share.

use alloy_primitives::B256;
use axum::response::{IntoResponse, Redirect};
use guerdon_core::act::Act;

use super::order;
use super::permission::Permission;
use super::subject::Subject;
use crate::pages::{Answer, html};
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::plain::MessagePage;
use crate::views::shell::Shell;

/// Leads on after a form.
pub(super) fn to(path: &str) -> Answer {
    Ok(Redirect::to(path).into_response())
}

/// A grant that nothing can be asked of, in words.
pub(super) fn closed(context: &Context<'_>, id: B256) -> Answer {
    html(&MessagePage {
        shell: Shell::bare(context, "Nothing to change"),
        heading: "Nothing to change".to_owned(),
        what: words::NOTHING_TO_CHANGE.to_owned(),
        hint: format!("/grants/{id} tells what became of it."),
    })
}

/// What is to be known before signing: a delay, and what it means for an end.
pub(super) fn notes(subject: &Subject, act: Act, permission: &Permission) -> Vec<String> {
    let delay = permission.delay();
    let Some(role) = order::role(act).filter(|_| delay > 0) else {
        return Vec::new();
    };
    let mut notes = vec![words::delayed(&role.label().to_lowercase(), delay)];
    if let Act::End { stop_at, .. } = act {
        let back = subject.terms.backdate_seconds;
        let earliest = subject.now.saturating_add(delay.into());
        if earliest.saturating_sub(back.into()) > stop_at {
            notes.push(words::delay_outruns(&crate::dates::length(back.into())));
        }
    }
    notes
}
