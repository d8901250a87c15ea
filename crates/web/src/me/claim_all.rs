//! `/me/claim`: everything that can be claimed now, grant by grant or in one transaction.

use alloy_primitives::Address;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guerdon_chain::plan;
use guerdon_core::state::Flags;

use super::portfolio::{Mine, Portfolio};
use super::{ask, load};
use crate::access::SignedIn;
use crate::error::PageError;
use crate::html::{Hex, Markup, Money};
use crate::pages;
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::me as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// Grants that one transaction pays: far below what a block holds.
const AT_ONCE: usize = 50;

#[derive(Debug, Template)]
#[template(path = "pages/me-claim.html")]
struct ClaimPage {
    shell: Shell,
    heading: String,
    lead: String,
    /// Why nothing can be claimed from here now.
    off: Option<String>,
    rows: Vec<Row>,
    rounded: &'static str,
    sign: Option<Markup>,
}

#[derive(Debug)]
struct Row {
    href: String,
    name: String,
    wallet: Hex,
    net: Money,
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let portfolio = load::portfolio(&mut read, &state, &(&viewer).into()).await?;
    let context = crate::load::context(&state, as_of, Some(&viewer));
    let off = ask::refusal(&viewer, &context);
    let sign = match off.is_none() {
        true => all_at_once(&portfolio, &context)?,
        false => None,
    };
    pages::html(&ClaimPage::new(&portfolio, off, sign, &context))
}

impl ClaimPage {
    fn new(
        portfolio: &Portfolio,
        off: Option<String>,
        sign: Option<Markup>,
        context: &Context<'_>,
    ) -> Self {
        let token = context.token();
        let net = portfolio.net();
        let rows: Vec<_> = portfolio
            .claimable()
            .map(|mine| row(mine, context))
            .collect();
        let mut wallets: Vec<_> = portfolio.claimable().map(|it| it.data.holder()).collect();
        wallets.sort_unstable();
        wallets.dedup();
        let shell = Shell::new(context, "Claim", Place::Home);
        let zone = portfolio.zone(context).1;
        Self {
            shell: shell.with_island("sign").with_zone(&zone),
            heading: match net {
                0 => words::NOTHING_TO_CLAIM.to_owned(),
                _ => words::claim_heading(&token.words(net)),
            },
            lead: match net {
                0 => words::ALL_CLAIMED.to_owned(),
                _ => words::claim_lead(rows.len(), wallets.len()),
            },
            off,
            rows,
            rounded: words::ROWS_ROUNDED,
            sign,
        }
    }
}

fn row(mine: &Mine, context: &Context<'_>) -> Row {
    Row {
        href: mine.href(),
        name: mine.name(),
        wallet: Hex::address(&mine.data.holder()),
        net: Money::words(mine.payment.net, context.token()),
    }
}

/// One transaction for all that anyone may claim; nothing if that is fewer than two. Grants that
/// are not opened yet, and those that only their holder's own call pays, are claimed one by one.
fn all_at_once(portfolio: &Portfolio, context: &Context<'_>) -> Result<Option<Markup>, PageError> {
    let anyone = |mine: &&Mine| {
        let state = &mine.data.record.state;
        let own = Flags::HOLDER_ONLY.with(Flags::RECOVERING);
        state.has(Flags::OPENED) && !state.flags.intersects(own)
    };
    let paid: Vec<_> = portfolio.claimable().filter(anyone).take(AT_ONCE).collect();
    if paid.len() < 2 {
        return Ok(None);
    }
    let terms = paid
        .iter()
        .filter_map(|mine| mine.data.terms.as_ref()?.encode().ok());
    let terms: Vec<_> = terms.collect();
    let plan = plan::claim_many(context.deployment.grants, &terms);
    let Some(request) = Request::transaction(context.deployment.chain_id, &plan) else {
        return Ok(None);
    };
    let net = paid
        .iter()
        .fold(0u128, |sum, mine| sum.saturating_add(mine.payment.net));
    let amount = context.token().words(net);
    let mut wallets: Vec<Address> = paid.iter().map(|mine| mine.data.holder()).collect();
    wallets.sort_unstable();
    wallets.dedup();
    let names: Vec<_> = paid.iter().map(|mine| mine.name()).collect();
    let request = request
        .saying(words::pays_each(&names.join(", "), wallets.len()))
        .button(words::claim_heading(&amount))
        .back("/me")
        .command(words::CLAIM_COMMAND);
    Ok(Some(request.panel()?))
}
