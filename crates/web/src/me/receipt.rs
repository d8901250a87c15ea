//! `/grants/{id}/receipts/{tx}`: one payment, to print.

use alloy_primitives::B256;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guerdon_core::fact::{Fact, Origin};

use super::load;
use crate::access::{GrantReader, Why};
use crate::dates;
use crate::error::PageError;
use crate::html::{Markup, Money, When};
use crate::numbers::{Token, grouped};
use crate::pages;
use crate::state::AppState;
use crate::strings::me as words;
use crate::views::grant::GrantData;
use crate::views::shell::{Place, Shell};
use crate::views::{Context, markup};

#[derive(Debug, Template)]
#[template(path = "pages/receipt.html")]
struct ReceiptPage {
    shell: Shell,
    href: String,
    name: String,
    heading: String,
    lead: String,
    payments: Vec<Payment>,
    facts: Vec<(&'static str, Markup)>,
    verify: &'static str,
    raw: String,
    made: String,
}

#[derive(Debug)]
struct Payment {
    gross: Sum,
    withheld: Sum,
    net: Sum,
}

/// An amount as people read it and to the last place: paper has no title to point at.
#[derive(Debug)]
struct Sum {
    shown: Money,
    exact: String,
}

impl Sum {
    fn new(units: u128, token: &Token) -> Self {
        Self {
            shown: Money::words(units, token),
            exact: token.exact(units),
        }
    }
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    reader: GrantReader,
    Path((_, tx)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let tx = pages::Asked::parse("payment", &tx)?.id;
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let data = match reader.why {
        Why::Holder | Why::Company => load::named(&mut read, &state, reader.id).await?,
        Why::Auditor | Why::Share => load::by_id(&mut read, &state, reader.id).await?,
    };
    let by_keeper = read.was_sent(tx).await?;
    let context = crate::load::context(&state, as_of, reader.viewer.as_ref());
    let page = ReceiptPage::new(&data, (tx, by_keeper), &context);
    pages::html(&page.ok_or(PageError::Missing {
        noun: "payment",
        id: tx,
    })?)
}

impl ReceiptPage {
    /// `None`: no payment of this grant stands in the transaction.
    fn new(data: &GrantData, (tx, by_keeper): (B256, bool), context: &Context<'_>) -> Option<Self> {
        let token = context.token();
        let paid = data.facts.iter().filter_map(|(origin, fact)| match fact {
            Fact::Claimed {
                to,
                gross,
                withheld,
                ..
            } if origin.tx == tx => Some((*origin, *to, *gross, *withheld)),
            _ => None,
        });
        let paid: Vec<_> = paid.collect();
        let (origin, to, gross, withheld) = *paid.first()?;
        let (zone, zone_name) = context.zone_of(data.zone.as_deref());
        let name = data.title();
        let net = token.words(gross.saturating_sub(withheld));
        let mut facts = vec![
            ("When", markup(When::date(origin.block_time, &zone))),
            ("Exact time", time_of(&origin, &zone_name, &zone)),
            ("Paid to the wallet", whole(&to.to_checksum(None))),
        ];
        if let Some(person) = data.named.as_ref().filter(|named| !named.person.is_empty()) {
            facts.insert(2, ("Paid to", super::ask::text(&person.person)));
        }
        let sent_by = if by_keeper {
            "the keeper"
        } else {
            words::ANY_WALLET
        };
        facts.extend([
            ("Paid by", super::ask::text(&context.company.name)),
            ("Claim sent by", super::ask::text(sent_by)),
            ("Grant", whole(&data.record.id.to_string())),
            ("Round", whole(&data.record.root.to_string())),
            ("Block", Markup(grouped(origin.block))),
            ("Transaction", whole(&origin.tx.to_string())),
            ("Chain", Markup(context.deployment.chain_id.to_string())),
            (
                "Contract",
                whole(&context.deployment.grants.to_checksum(None)),
            ),
        ]);
        let shell = Shell::new(context, &format!("Receipt of {net}"), Place::Grants);
        Some(Self {
            shell: shell.with_zone(&zone_name),
            href: format!("/grants/{}", data.record.id),
            heading: format!("Receipt: {net}"),
            lead: words::receipt_lead(
                &context.company.name,
                &name,
                &dates::day(origin.block_time, &zone),
            ),
            name,
            payments: paid
                .iter()
                .map(|&(_, _, gross, withheld)| Payment {
                    gross: Sum::new(gross, token),
                    withheld: Sum::new(withheld, token),
                    net: Sum::new(gross.saturating_sub(withheld), token),
                })
                .collect(),
            facts,
            verify: "guerdon verify grant GRANT.json --rpc-url NODE",
            raw: format!("cast receipt {} --rpc-url NODE", origin.tx),
            made: words::receipt_made(
                &grouped(context.as_of.head.map_or(0, |(block, _)| block)),
                &zone_name,
            ),
        })
    }
}

/// A hash with every digit: a receipt is printed, and paper has no title to point at.
fn whole(hash: &str) -> Markup {
    Markup(format!("<code>{hash}</code>"))
}

fn time_of(origin: &Origin, zone_name: &str, zone: &jiff::tz::TimeZone) -> Markup {
    let local = dates::zoned(origin.block_time, zone).strftime("%H:%M:%S");
    let exact = dates::exact(origin.block_time);
    super::ask::text(&format!("{local} in {zone_name}, {exact}"))
}
