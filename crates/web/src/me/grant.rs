//! `/grants/{id}` for those who may read it, and its data.

use alloy_primitives::B256;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use guerdon_core::grant::{self, Refused};
use guerdon_core::state::Phase;
use guerdon_store::Read;

use super::explain::Explain;
use super::portfolio::Mine;
use super::{ask, load, prompts};
use crate::access::{GrantReader, Viewer, Why};
use crate::data::{self, refused};
use crate::dates;
use crate::error::PageError;
use crate::html::Markup;
use crate::memory::{Asking, Kept};
use crate::numbers::percent;
use crate::pages::{Asked, Form};
use crate::signing;
use crate::state::AppState;
use crate::strings::grant as said;
use crate::strings::me as words;
use crate::table;
use crate::views::Context;
use crate::views::grant::{GrantData, GrantPage, Private, ShareRow, ShareView};

/// The page, or its data.
pub(super) async fn page(
    State(state): State<AppState>,
    reader: GrantReader,
    asking: Asking,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    let Asked { id, form } = Asked::parse("grant", &text)?;
    if form == Form::Html {
        return asking.page(made(&state, &reader, (id, &asking))).await;
    }
    let mut read = state.store.read().await?;
    let as_of = asking.as_of(&mut read, &state).await?;
    let data = readable(&mut read, &state, (id, reader.why)).await?;
    let context = crate::load::context(&state, as_of, reader.viewer.as_ref());
    match form {
        Form::Json => Ok(Json(data::grant(&data, &context)?).into_response()),
        _ => table::answer(form, data::grant_table(&data)).await,
    }
}

/// What this reader may see of the grant.
async fn readable(
    read: &mut Read,
    state: &AppState,
    (id, why): (B256, Why),
) -> Result<GrantData, PageError> {
    match why {
        Why::Holder | Why::Company => load::named(read, state, id).await,
        // Auditors check amounts against the chain: by id, without names.
        Why::Auditor | Why::Share => load::by_id(read, state, id).await,
    }
}

/// The page from one snapshot.
async fn made(
    state: &AppState,
    reader: &GrantReader,
    (id, asking): (B256, &Asking),
) -> Result<Kept, PageError> {
    let mut read = state.store.read().await?;
    let as_of = asking.as_of(&mut read, state).await?;
    let data = readable(&mut read, state, (id, reader.why)).await?;
    let context = crate::load::context(state, as_of, reader.viewer.as_ref());
    let zone = context.zone_of(data.zone.as_deref()).0;
    let acceptance =
        signing::acceptances_of(&mut read, id, (reader.viewer.as_ref(), &zone)).await?;
    let share = match (reader.why, &reader.viewer) {
        (Why::Holder, Some(viewer)) => shares(&mut read, &data, viewer).await?,
        _ => None,
    };
    let page = page_of(&data, (reader.why, reader.viewer.as_ref()), &context);
    let mut page = page.map_err(refused("grant", id))?;
    if let (Why::Holder | Why::Company, Some(viewer)) = (reader.why, &reader.viewer) {
        let mine = Mine::new(data, context.now()).map_err(refused("grant", id))?;
        let at = (&mine, context.now());
        let prompts = match reader.why {
            Why::Holder => prompts::of_holder(&mut read, at, viewer).await?,
            _ => Vec::from_iter(prompts::replacement(&mut read, at, false).await?),
        };
        page.whys.splice(..0, prompts);
    }
    page.private.acceptance = acceptance;
    page.private.share = share;
    Kept::new(page.shell.clone(), as_of, &page.as_content())
}

/// The page with what this reader may do.
pub(super) fn page_of(
    data: &GrantData,
    (why, viewer): (Why, Option<&Viewer>),
    context: &Context<'_>,
) -> Result<GrantPage, Refused> {
    let mut page = GrantPage::new(data, context)?;
    let base = format!("/grants/{}", data.record.id);
    let mine = Mine::new(data.clone(), context.now())?;
    let mut private = Private {
        explains: explains(&mine, context)?,
        ..Private::default()
    };
    match why {
        Why::Holder => {
            private.list = Some(("/me/grants", "Grants"));
            holders(&mut private, &mine, viewer, context);
        }
        Why::Company => {
            let mut acts = Vec::new();
            acts.extend(can_end(&mine, context).then_some(("/end", said::END_IT)));
            acts.extend(can_change(&mine).then_some(("/change", said::CHANGE_IT)));
            acts.push(("/accept", said::AGREEMENT));
            acts.extend(can_end(&mine, context).then_some(("/leave", said::LEFT_BY_END)));
            private.actions = links(&base, acts);
        }
        Why::Auditor => {
            let leave = can_end(&mine, context).then_some(("/leave", said::LEFT_BY_END));
            private.actions = links(&base, leave);
        }
        Why::Share => {}
    }
    if matches!(why, Why::Holder | Why::Company) && data.terms.is_some() {
        private.file = Some(format!("{base}/file.json"));
    }
    if why != Why::Share {
        for row in &mut page.transactions {
            row.receipt = row.paid.map(|tx| format!("{base}/receipts/{tx}"));
        }
    }
    page.private = private;
    Ok(page)
}

/// What the holder may do, with the claim first.
fn holders(private: &mut Private, mine: &Mine, viewer: Option<&Viewer>, context: &Context<'_>) {
    let base = mine.href();
    if mine.payment.net > 0 {
        match viewer.and_then(|viewer| ask::refusal(viewer, context)) {
            Some(sentence) => private.off = Some(sentence),
            None => {
                let says = words::claim_heading(&context.token().words(mine.payment.net));
                private.claim = Some((format!("{base}/claim"), says));
            }
        }
    }
    let mut acts = Vec::new();
    acts.extend(can_end(mine, context).then_some(("/leave", said::IF_I_LEAVE)));
    acts.push(("/accept", said::AGREEMENT));
    acts.extend(can_change(mine).then_some(("/change", said::MY_CHANGES)));
    private.actions = links(&base, acts);
    let shares = viewer.is_some_and(|viewer| viewer.wallet().is_some());
    let share = shares.then(|| ("#share".to_owned(), said::SHARE.to_owned()));
    private.actions.extend(share);
}

fn links<'a>(
    base: &str,
    acts: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, String)> {
    let link = |(path, words): (&str, &str)| (format!("{base}{path}"), words.to_owned());
    acts.into_iter().map(link).collect()
}

/// Whether an end could still take something, so that it is worth a preview: the terms allow it, and
/// it has neither ended nor come to its last amount.
fn can_end(mine: &Mine, context: &Context<'_>) -> bool {
    let state = &mine.data.record.state;
    let terms = mine.data.terms.as_ref();
    let over = matches!(state.phase, Phase::Settled { .. }) || state.has_ended(context.now());
    terms.is_some_and(|terms| terms.powers.end) && mine.stands() && !over
}

/// Whether anything of it is left to be paid or held: a grant that is closed, or settled and paid,
/// cannot be changed.
fn can_change(mine: &Mine) -> bool {
    let state = &mine.data.record.state;
    let paid = matches!(state.phase, Phase::Settled { value } if state.released >= value);
    mine.data.terms.is_some() && mine.stands() && !paid
}

/// The living links of a grant that this reader made or could have made.
async fn shares(
    read: &mut Read,
    data: &GrantData,
    viewer: &Viewer,
) -> Result<Option<ShareView>, PageError> {
    let holder = data.holder();
    if viewer.wallet().is_none() || !viewer.wallets.contains(&holder) {
        return Ok(None);
    }
    let links = read.share_links_of_grant(data.record.id).await?;
    let alive = links
        .into_iter()
        .filter(|link| link.revoked_at.is_none() && link.wallet == holder);
    let zone = jiff::tz::TimeZone::UTC;
    let zone = viewer.zone.as_ref().unwrap_or(&zone);
    let rows = alive.map(|link| ShareRow {
        label: match link.label.is_empty() {
            true => words::SHARED_LABEL.to_owned(),
            false => link.label,
        },
        made: words::made_on(&dates::day(link.created_at, zone)),
        hash: link.hash,
    });
    Ok(Some(ShareView {
        action: format!("/grants/{}/share", data.record.id),
        rows: rows.collect(),
    }))
}

/// What stands behind each figure; nothing where the terms are not known.
fn explains(mine: &Mine, context: &Context<'_>) -> Result<Vec<Explain>, Refused> {
    let record = &mine.data.record;
    let Some(terms) = &mine.data.terms else {
        return Ok(Vec::new());
    };
    let results = mine.data.goals().results(terms, &record.state);
    let amounts = grant::amounts(terms, &record.state, &results, context.now())?;
    let share = |ppb: u32| Markup(format!("{}, exactly {ppb} ppb", percent(ppb.into())));
    let of = |name: &str, formula| Explain::new("", formula, context).beside_others(name);
    let released = record.state.released;
    let earned = crate::views::timeline::parts(terms.amount, amounts.time_ppb);
    let mut all = vec![
        of("vested", words::VESTED_FORMULA)
            .with_money("granted", terms.amount, context)
            .with("earned by time", share(amounts.time_ppb))
            .with("let through by results", share(amounts.open_ppb))
            .with_money("released", released, context)
            .with_money("vested", amounts.vested, context),
        of("claimed", words::CLAIMED_FORMULA)
            .with_money("released", released, context)
            .with_money("withheld", record.withheld, context)
            .with_money("claimed", record.paid_net, context),
        of("claimable now", words::CLAIM_FORMULA)
            .with_money("vested", amounts.vested, context)
            .with_money("unlocked", amounts.unlocked, context)
            .with_money("released", released, context)
            .with_money("payable", amounts.payable, context)
            .with_money("withheld", mine.payment.withheld, context)
            .with_money("claimable", mine.payment.net, context),
    ];
    if !terms.gates.is_empty() {
        all.push(
            of("waits for a result", words::WAITS_FORMULA)
                .with_money("earned by time", earned, context)
                .with_money("vested", amounts.vested, context),
        );
    }
    all.push(
        of("not earned yet", words::UNEARNED_FORMULA)
            .with_money("held by the grant", amounts.held, context)
            .with_money("earned by time", earned, context),
    );
    Ok(all)
}
