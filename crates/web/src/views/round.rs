//! A round: is it funded, and which of its grants were opened.

use std::sync::Arc;

use askama::Template;
use guerdon_core::grant::{self, Refused};
use guerdon_core::ledger::{GrantRecord, PoolRecord};
use guerdon_core::state::Flags;
use guerdon_core::terms::Terms;
pub(crate) use guerdon_formats::words::state_word;
use jiff::tz::TimeZone;

use super::home::{RoundSummary, committed};
use super::shell::{Place, Shell};
use super::{Context, Figure, Goals, NamedGoal, Why, markup, zone};
use crate::dates;
use crate::html::{Hex, Money, When};
use crate::numbers::grouped;
use crate::strings::next::{Stop, who_acts_next};
use crate::strings::round as words;

/// An opened grant of the round, with its terms if they are known.
#[derive(Clone, Debug)]
pub(crate) struct OpenedGrant {
    pub(crate) record: GrantRecord,
    pub(crate) terms: Option<Terms>,
    /// The zone in which the dates of its schedule are days.
    pub(crate) zone: Option<String>,
}

/// All that a round's page is made of.
#[derive(Clone, Debug)]
pub(crate) struct RoundData {
    pub(crate) summary: RoundSummary,
    pub(crate) pool: PoolRecord,
    pub(crate) grants: Vec<OpenedGrant>,
    pub(crate) goals: Arc<[NamedGoal]>,
    /// The leaf to go on from, if there are more.
    pub(crate) more: Option<u32>,
}

#[derive(Debug, Template)]
#[template(path = "pages/round.html")]
pub(crate) struct RoundPage {
    pub(crate) shell: Shell,
    pub(crate) crumb: String,
    pub(crate) heading: String,
    pub(crate) lead: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) whys: Vec<Why>,
    pub(crate) funded: String,
    pub(crate) funded_why: String,
    pub(crate) root: Hex,
    pub(crate) transaction: Hex,
    pub(crate) block: String,
    pub(crate) document: Option<Hex>,
    pub(crate) command: String,
    pub(crate) grants: Vec<GrantRow>,
    pub(crate) more: Option<String>,
    pub(crate) unopened: Option<String>,
}

#[derive(Debug)]
pub(crate) struct GrantRow {
    pub(crate) id: Hex,
    pub(crate) leaf: String,
    pub(crate) opened: When,
    pub(crate) state: &'static str,
    pub(crate) granted: Money,
    pub(crate) claimable: String,
    pub(crate) claimed: Money,
}

impl RoundPage {
    pub(crate) fn new(data: &RoundData, context: &Context<'_>) -> Result<Self, Refused> {
        let RoundData { summary, pool, .. } = data;
        let (record, token) = (&summary.record, context.token());
        let title = summary.title();
        let rows = data
            .grants
            .iter()
            .map(|grant| grant_row(grant, data, context));
        let (funded, funded_why) = funded(summary, pool, context);
        let heading = words::heading(&title);
        let shell = Shell::new(context, &heading, Place::Rounds);
        let grants = rows.collect::<Result<Vec<_>, _>>()?;
        let unopened = summary.imported.as_ref().and_then(|imported| {
            let left = imported
                .count
                .checked_sub(summary.totals.opened)
                .filter(|left| *left > 0)?;
            Some(words::unopened(left))
        });
        Ok(Self {
            shell: shell.with_data(format!("/rounds/{}", record.root)),
            crumb: title,
            heading,
            lead: words::lead(&committed(record, context)),
            figures: figures(summary, context),
            whys: binding(summary, context),
            funded,
            funded_why,
            root: Hex::hash(&record.root),
            transaction: Hex::hash(&record.committed.tx),
            block: grouped(record.committed.block),
            document: Some(&record.document)
                .filter(|hash| !hash.is_zero())
                .map(Hex::hash),
            command: format!(
                "cast call {} \\\n\"rounds(bytes32)(uint128,uint40,uint40,uint16)\" \\\n{} \
                 --rpc-url NODE",
                context.deployment.grants.to_checksum(None),
                record.root
            ),
            grants,
            more: data
                .more
                .map(|from| format!("/rounds/{}?from={from}", record.root)),
            unopened: unopened.filter(|_| record.total > 0 && token.decimals < 255),
        })
    }
}

fn figures(summary: &RoundSummary, context: &Context<'_>) -> Vec<Figure> {
    let token = context.token();
    let key = |units| markup(Money::key(units, token));
    let totals = &summary.totals;
    let leaves = summary.imported.as_ref().map(|imported| imported.count);
    let grants = words::opened(
        (totals.opened, leaves),
        (totals.replaced, totals.successors),
    );
    let kept = totals.released.saturating_sub(totals.paid_net);
    let withheld = (kept > 0).then(|| token.words(kept));
    let payments = words::payments(totals.payments, withheld.as_deref());
    let open = (summary.record.total.saturating_add(totals.added()))
        .saturating_sub(totals.released)
        .saturating_sub(totals.freed());
    vec![
        Figure {
            label: words::PROMISED,
            value: key(summary.record.total),
            note: token.symbol.clone(),
        },
        Figure {
            label: words::PAID,
            value: key(totals.paid_net),
            note: payments,
        },
        Figure {
            label: words::BACK,
            value: key(totals.freed()),
            note: words::BACK_NOTE.to_owned(),
        },
        Figure {
            label: words::STILL,
            value: key(open),
            note: grants,
        },
    ]
}

fn funded(summary: &RoundSummary, pool: &PoolRecord, context: &Context<'_>) -> (String, String) {
    let said = |(answer, why): (&str, String)| (answer.to_owned(), why);
    if summary.record.rescinded {
        return said((words::RESCINDED.0, words::RESCINDED.1.to_owned()));
    }
    let token = context.token();
    let answer = match pool.promised <= pool.funded {
        true => words::FUNDED,
        false => words::NOT_FUNDED,
    };
    let open = token.words(pool.promised.saturating_sub(pool.released));
    said((answer, words::funded(&open, &token.words(pool.owed()))))
}

fn binding(summary: &RoundSummary, context: &Context<'_>) -> Vec<Why> {
    let record = &summary.record;
    if record.rescinded || record.binding_at <= context.now() {
        return Vec::new();
    }
    let what = words::not_binding(&dates::day(record.binding_at, &TimeZone::UTC));
    let next = who_acts_next(Stop::Time);
    vec![Why::new(what, words::NOT_BINDING_WHY.to_owned(), next)]
}

fn grant_row(
    grant: &OpenedGrant,
    data: &RoundData,
    context: &Context<'_>,
) -> Result<GrantRow, Refused> {
    let (record, token, now) = (&grant.record, context.token(), context.now());
    let claimable = match &grant.terms {
        Some(terms) => {
            let results = Goals(&data.goals).results(terms, &record.state);
            match grant::payable(terms, &record.state, &results, now)? {
                0 => {
                    let reasons = grant::why_locked(terms, &record.state, &results, now)?;
                    words::nothing_yet(&reasons, &zone(grant.zone.as_deref()).0)
                }
                units => token.plain(units),
            }
        }
        None if record.state.has(Flags::CLOSED) => words::NOTHING.to_owned(),
        None => words::UNKNOWN_TERMS.to_owned(),
    };
    Ok(GrantRow {
        id: context.grant(
            &record.id,
            Some(record.moved_to.unwrap_or(record.recipient)),
        ),
        leaf: match record.descent {
            Some(_) => words::instead_of(u128::from(record.index) + 1),
            None => grouped(u128::from(record.index) + 1),
        },
        opened: When::date(record.opened.block_time, &TimeZone::UTC),
        state: state_word(record, now),
        granted: Money::plain(record.amount, token),
        claimable,
        claimed: Money::plain(record.paid_net, token),
    })
}
