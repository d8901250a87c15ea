//! `/me/grants` and its data, and `/me/claim`.

use alloy_primitives::B256;
use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use guerdon_core::grant::Reason;
use guerdon_store::{Means, Read};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::load::{self, PAGE};
use super::portfolio::{Mine, Portfolio};
use crate::access::{SignedIn, Viewer};
use crate::charts::bar;
use crate::charts::svg::Escaped;
use crate::data::{head, money};
use crate::dates;
use crate::error::PageError;
use crate::html::{Markup, Money, When};
use crate::memory::{Asking, Kept};
use crate::numbers::{Token, count, count_of};
use crate::pages::{self, Form};
use crate::state::AppState;
use crate::strings::me as words;
use crate::strings::round::{NOTHING, nothing_yet};
use crate::table::{self, Rows};
use crate::views::grant::bar_label;
use crate::views::round::state_word;
use crate::views::shell::{Place, Shell};
use crate::views::{Context, markup};

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    after: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "pages/me-grants.html", blocks = ["content"])]
struct GrantsPage {
    shell: Shell,
    lead: String,
    empty: &'static str,
    empty_hint: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Debug)]
struct Row {
    href: String,
    name: String,
    state: &'static str,
    bar: Markup,
    granted: Money,
    /// Never a bare nothing: why, in two or three words.
    claimable: Markup,
    next: Markup,
}

/// The list as a page.
pub(super) async fn page(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    asking: Asking,
    Query(cursor): Query<Cursor>,
) -> Result<Response, PageError> {
    let made = async {
        let mut read = state.store.read().await?;
        let as_of = asking.as_of(&mut read, &state).await?;
        let (portfolio, next) = part(&mut read, &state, (&viewer, &cursor)).await?;
        let context = crate::load::context(&state, as_of, Some(&viewer));
        let page = GrantsPage::new(&portfolio, next, &viewer, &context);
        Kept::new(page.shell.clone(), as_of, &page.as_content())
    };
    asking.page(made).await
}

/// The part of the list that was asked for, and where it goes on.
async fn part(
    read: &mut Read,
    state: &AppState,
    (viewer, cursor): (&Viewer, &Cursor),
) -> Result<(Portfolio, Option<B256>), PageError> {
    load::page(read, state, &viewer.into(), (after(cursor)?, PAGE)).await
}

/// The list as JSON.
pub(super) async fn as_json(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    Query(cursor): Query<Cursor>,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let (portfolio, next) = part(&mut read, &state, (&viewer, &cursor)).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let grants = portfolio.grants.iter().map(|mine| data(mine, &context));
    Ok(Json(json!({
        "as_of": head(&context),
        "grants": grants.collect::<Vec<_>>(),
        "next_after": next.map(|id| id.to_string()),
    }))
    .into_response())
}

/// The list as a table.
pub(super) async fn as_table(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    Query(cursor): Query<Cursor>,
    form: Form,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let now = crate::load::as_of(&mut read, &state).await?.now();
    let (portfolio, _) = part(&mut read, &state, (&viewer, &cursor)).await?;
    table::answer(form, rows(&portfolio, (&state.deployment.token, now))).await
}

pub(super) fn rows(portfolio: &Portfolio, (token, now): (&Token, u64)) -> Rows {
    let raw = [
        "granted_raw",
        "claimable_raw",
        "claimed_raw",
        "withheld_raw",
    ];
    let mut rows = Rows::new(&[
        "grant", "id", "state", raw[0], raw[1], raw[2], raw[3], "next", "symbol", "decimals",
    ])
    .amounts(token, &raw);
    for mine in &portfolio.grants {
        let record = &mine.data.record;
        rows.row(&[
            &mine.name(),
            &record.id,
            &state_word(record, now),
            &record.amount,
            &mine.payment.net,
            &record.paid_net,
            &record.withheld,
            &next_at(mine).map(dates::machine).unwrap_or_default(),
            &token.symbol,
            &token.decimals,
        ]);
    }
    rows
}

fn after(cursor: &Cursor) -> Result<Option<B256>, PageError> {
    let Some(text) = &cursor.after else {
        return Ok(None);
    };
    Ok(Some(pages::Asked::parse("grant", text)?.id))
}

impl GrantsPage {
    fn new(
        portfolio: &Portfolio,
        next: Option<B256>,
        viewer: &Viewer,
        context: &Context<'_>,
    ) -> Self {
        let zone_name = portfolio.zone(context).1;
        let shell = Shell::new(context, "Your grants", Place::Grants);
        Self {
            shell: shell
                .with_data("/me/grants".to_owned())
                .with_zone(&zone_name),
            lead: format!(
                "{} of {}",
                count(count_of(&portfolio.grants), "grant"),
                context.company.name
            ),
            empty: match viewer.means {
                Means::Wallet => words::NO_GRANTS,
                Means::MailLink | Means::AuditorLink(_) => words::NO_GRANTS_MAIL,
            },
            empty_hint: words::NO_GRANTS_HINT,
            rows: in_order(portfolio)
                .into_iter()
                .zip(0..)
                .map(|(mine, place)| row(mine, place, context))
                .collect(),
            next: next.map(|id| format!("/me/grants?after={id}")),
        }
    }
}

/// The grants of a page, the oldest first; pages follow each other by ids.
fn in_order(portfolio: &Portfolio) -> Vec<&Mine> {
    let mut all: Vec<_> = portfolio.grants.iter().collect();
    all.sort_by_key(|mine| {
        let start = mine.data.terms.as_ref().map_or(0, |terms| terms.start);
        (start, mine.name())
    });
    all
}

fn row(mine: &Mine, place: u32, context: &Context<'_>) -> Row {
    let (record, token, now) = (&mine.data.record, context.token(), context.now());
    let zone = context.zone_of(mine.data.zone.as_deref()).0;
    let parts = mine.data.parts(&mine.reasons, context, &zone);
    let label = bar_label(&parts, context);
    let drawn: Vec<_> = parts
        .iter()
        .map(|(part, amount, _)| (*part, *amount))
        .collect();
    let svg = bar::draw(&format!("bar-{place}"), &label, &drawn, record.amount);
    Row {
        href: mine.href(),
        name: mine.name(),
        state: state_word(record, now),
        bar: Markup(svg.replacen("class=\"bar\"", "class=\"bar thin\"", 1)),
        granted: Money::plain(record.amount, token),
        claimable: match mine.payment.net {
            0 => nothing(mine, &zone, now),
            net => markup(Money::plain(net, token)),
        },
        next: match next_at(mine) {
            Some(at) => markup(When::date(at, &zone)),
            None => Markup("–".to_owned()),
        },
    }
}

/// Why nothing can be claimed.
fn nothing(mine: &Mine, zone: &TimeZone, now: u64) -> Markup {
    let words = match mine.stands() {
        _ if mine.data.binding_at > now => {
            words::nothing_until(&dates::day(mine.data.binding_at, zone))
        }
        true => nothing_yet(&mine.reasons, zone),
        false => NOTHING.to_owned(),
    };
    Markup(format!("<span class=\"soft\">{}</span>", Escaped(&words)))
}

/// When time alone brings more.
fn next_at(mine: &Mine) -> Option<u64> {
    let times = mine.reasons.iter().filter_map(|reason| match *reason {
        Reason::WaitsForTime {
            next: Some((at, _)),
            ..
        } => Some(at),
        Reason::UnlockClock { until, .. } => Some(until),
        _ => None,
    });
    times.min()
}

pub(super) fn data(mine: &Mine, context: &Context<'_>) -> Value {
    let (record, token) = (&mine.data.record, context.token());
    json!({
        "id": record.id.to_string(),
        "name": mine.data.named.as_ref().map(|named| named.sheet_id.clone()),
        "round": record.root.to_string(),
        "holder": mine.data.holder().to_checksum(None),
        "state": state_word(record, context.now()),
        "granted": money(record.amount, token),
        "vested": money(mine.vested, token),
        "claimable": money(mine.payment.net, token),
        "claimed": money(record.paid_net, token),
        "withheld": money(record.withheld, token),
        "next": next_at(mine).map(dates::machine),
        "zone": mine.data.zone,
    })
}
