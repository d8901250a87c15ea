//! Each grant of a sheet in words, before anything is promised.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use guerdon_formats::calendar::Zone;
use guerdon_formats::sheet::Draft;
use guerdon_formats::words::{describe_gates, describe_schedule};

use super::PAGE;
use super::check::{Control, From, control, shell, told};
use super::draft::{self, Loaded};
use super::judge::{Judged, judge};
use super::list::open_draft;
use super::steps::{At, Step, steps};
use crate::access::CompanyReader;
use crate::company::forms::see;
use crate::html::{Hex, Money};
use crate::numbers::Token;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::Shell;

#[derive(Debug, Template)]
#[template(path = "pages/company_import_preview.html")]
struct PreviewPage {
    shell: Shell,
    name: String,
    action: String,
    steps: Vec<Step>,
    verdict: String,
    control: Control,
    pool: String,
    pool_is_short: bool,
    unasked: Option<String>,
    grants: Vec<GrantWords>,
    before: Option<String>,
    more: Option<String>,
    doubts: Vec<String>,
    ready: bool,
}

/// One grant in words.
#[derive(Debug)]
struct GrantWords {
    row: usize,
    title: String,
    amount: Money,
    wallet: Hex,
    sentences: Vec<String>,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
    Query(From { from }): Query<From>,
) -> Answer {
    let mut read = state.store.read().await?;
    open_draft(&mut read, &id).await?;
    let loaded = draft::load(&mut read, &state, &id).await?;
    if !loaded.is_matched() {
        return Ok(see(&format!("/company/imports/{id}/map")).into_response());
    }
    let shell = shell(&mut read, &state, &viewer).await?;
    let judged = judge(read, &state, &loaded).await?;
    let token = &state.deployment.token;
    let (pool, pool_is_short) = pool(&judged, token);
    let path = |from: usize| format!("/company/imports/{id}/preview?from={from}");
    let good = &judged.checked.good;
    let shown = good.iter().skip(from).take(PAGE);
    let doubts = judged.checked.doubts.iter().take(PAGE);
    html(&PreviewPage {
        shell,
        name: loaded.draft.name.clone(),
        action: format!("/company/imports/{id}"),
        steps: steps(&loaded.draft, At::Preview, judged.is_ready()),
        verdict: verdict(&judged, &loaded),
        control: control(&judged, &loaded, token),
        pool,
        pool_is_short,
        unasked: (judged.unasked > 0).then(|| words::unasked(judged.unasked)),
        grants: shown.map(|draft| in_words(draft, &loaded, token)).collect(),
        before: (from > 0).then(|| path(from.saturating_sub(PAGE))),
        more: (good.len() > from.saturating_add(PAGE)).then(|| path(from + PAGE)),
        doubts: doubts.map(|doubt| told(&loaded, doubt)).collect(),
        ready: judged.is_ready(),
    })
}

pub(super) fn verdict(judged: &Judged, loaded: &Loaded) -> String {
    let number = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    words::verdict(
        number(judged.checked.good.len()),
        number(judged.checked.wrong().len()),
        number(loaded.choices.left_out.len()),
    )
}

/// Whether the pool's free money covers the grants, in words.
pub(super) fn pool(judged: &Judged, token: &Token) -> (String, bool) {
    match judged.missing() {
        0 => {
            let after = judged.free.saturating_sub(judged.good);
            let sentence = words::within_the_pool(&token.words(judged.free), &token.words(after));
            (sentence, false)
        }
        missing => {
            let exact = |units| token.whole(units);
            let sentence =
                words::over_the_pool(&exact(judged.good), &exact(judged.free), &exact(missing));
            (sentence, true)
        }
    }
}

fn in_words(draft: &Draft, loaded: &Loaded, token: &Token) -> GrantWords {
    let person = &draft.person;
    let title = [
        draft.external_id.as_str(),
        person.name.as_str(),
        person.employee_id.as_str(),
    ];
    let title: Vec<_> = title.into_iter().filter(|part| !part.is_empty()).collect();
    GrantWords {
        row: draft.row,
        title: title.join(", "),
        amount: Money::words(draft.terms.amount, token),
        wallet: Hex::address(&draft.terms.recipient),
        sentences: sentences(draft, loaded),
    }
}

/// What the grant promises, sentence by sentence.
pub(super) fn sentences(draft: &Draft, loaded: &Loaded) -> Vec<String> {
    let terms = &draft.terms;
    let schedule = match Zone::named(&draft.zone) {
        Ok(zone) => describe_schedule(&terms.vesting, terms.start, &zone),
        Err(error) => error.to_string(),
    };
    let mut all = vec![crate::numbers::capital(&format!("{schedule}."))];
    all.extend(describe_gates(&terms.gates, &|id| loaded.goal_name(id)));
    all.extend(words::powers(terms));
    all
}
