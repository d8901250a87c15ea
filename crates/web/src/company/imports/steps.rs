//! Where one is on the way from a sheet to a round.

use guerdon_store::ImportDraft;

/// The four pages of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Map,
    Check,
    Preview,
    Commit,
}

/// A step as the page shows it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) href: Option<String>,
    pub(super) current: bool,
    pub(super) mark: &'static str,
}

/// The steps of a draft; those that cannot be taken yet are no links.
pub(super) fn steps(draft: &ImportDraft, at: At, ready: bool) -> Vec<Step> {
    let matched = draft.matched.is_some();
    let all = [
        (At::Map, "Match the columns", "map", true, matched),
        (At::Check, "Check the rows", "check", matched, ready),
        (At::Preview, "Read each grant", "preview", matched, false),
        (At::Commit, "Import and sign", "commit", ready, false),
    ];
    let step = |(place, name, path, open, done): (At, &'static str, &str, bool, bool)| Step {
        name,
        href: (open && place != at).then(|| format!("/company/imports/{}/{path}", draft.id)),
        current: place == at,
        mark: match (done, place == at) {
            (_, true) => "→",
            (true, false) => "✓",
            (false, false) => "·",
        },
    };
    all.map(step).into()
}
