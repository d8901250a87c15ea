//! The page where one signs in.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::open::next;
use crate::access::Visitor;
use crate::assets;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::sign_in as words;
use crate::views::shell::{Place, Shell};

#[derive(Deserialize)]
pub(super) struct Wanted {
    next: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    /// Where to go on.
    next: String,
    /// Links by e-mail are sent.
    mail: bool,
    /// The page was built with its script.
    wallets: bool,
    /// What the script says, as JSON.
    words: String,
}

/// Two ways in, or where one is signed in already.
pub(super) async fn page(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Query(Wanted { next: wanted }): Query<Wanted>,
) -> Answer {
    let context = load::bare(&state, viewer.as_ref());
    let shell = Shell::bare_at(&context, "Sign in", Place::SignIn).with_island("sign-in");
    html(&SignInPage {
        shell,
        next: next(wanted.as_deref()),
        mail: state.options.mail.is_some(),
        wallets: assets::island_path("sign-in").is_some(),
        words: serde_json::to_string(&BTreeMap::from(words::ISLAND)).unwrap_or_default(),
    })
}
