//! A round: is it funded, and which of its grants were opened.

use askama::Template;
use guerdon_core::grant::{self, Reason, Refused};
use guerdon_core::ledger::{GrantRecord, PoolRecord};
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;
use guerdon_core::terms::Terms;
use jiff::tz::TimeZone;

use super::home::{RoundSummary, committed};
use super::shell::{Place, Shell};
use super::{Context, Figure, Goals, NamedGoal, Why, markup, zone};
use crate::dates;
use crate::html::{Hex, Money, When};
use crate::numbers::{count, grouped};

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
    pub(crate) goals: Vec<NamedGoal>,
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
        let heading = format!("Round {title}");
        let shell = Shell::new(context, &heading, Place::Rounds);
        let grants = rows.collect::<Result<Vec<_>, _>>()?;
        let unopened = summary.imported.as_ref().and_then(|imported| {
            let left = imported
                .count
                .checked_sub(summary.totals.opened)
                .filter(|left| *left > 0)?;
            Some(format!(
                "{} not opened yet; nothing about them is shown.",
                count(left, "grant")
            ))
        });
        Ok(Self {
            shell: shell.with_data(format!("/rounds/{}", record.root)),
            crumb: title,
            heading,
            lead: format!("Committed {}.", committed(record, context)),
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
    let grants = match &summary.imported {
        Some(imported) => {
            format!(
                "{} of {} opened",
                grouped(totals.opened),
                count(imported.count, "grant")
            )
        }
        None => format!("{} opened", count(totals.opened, "grant")),
    };
    let grants = match (totals.replaced, totals.successors) {
        (0, 0) => grants,
        (old, new) => format!("{grants}; {} replaced by {}", grouped(old), grouped(new)),
    };
    let payments = match totals.released.saturating_sub(totals.paid_net) {
        0 => format!("in {}", count(totals.payments, "payment")),
        kept => {
            format!(
                "in {}; {} withheld",
                count(totals.payments, "payment"),
                token.words(kept)
            )
        }
    };
    let open = (summary.record.total.saturating_add(totals.added()))
        .saturating_sub(totals.released)
        .saturating_sub(totals.freed());
    vec![
        Figure {
            label: "Promised",
            value: key(summary.record.total),
            note: token.symbol.clone(),
        },
        Figure {
            label: "Paid",
            value: key(totals.paid_net),
            note: payments,
        },
        Figure {
            label: "Back to free",
            value: key(totals.freed()),
            note: "ended, settled or replaced".to_owned(),
        },
        Figure {
            label: "Still promised",
            value: key(open),
            note: grants,
        },
    ]
}

fn funded(summary: &RoundSummary, pool: &PoolRecord, context: &Context<'_>) -> (String, String) {
    if summary.record.rescinded {
        return (
            "It was taken back.".to_owned(),
            "Its total is 0 and its root can never be used again.".to_owned(),
        );
    }
    let token = context.token();
    let answer = match pool.promised <= pool.funded {
        true => "Yes, in full.",
        false => "The records say no, which the contract forbids.",
    };
    let why = format!(
        "All rounds together are promised {}, and the contract holds {} against it. It refuses to \
         commit a round that its free money does not cover, and the sums are part of the round's \
         root, so all grants of it together fit into its total.",
        token.words(pool.promised.saturating_sub(pool.released)),
        token.words(pool.owed())
    );
    (answer.to_owned(), why)
}

fn binding(summary: &RoundSummary, context: &Context<'_>) -> Vec<Why> {
    let record = &summary.record;
    if record.rescinded || record.binding_at <= context.now() {
        return Vec::new();
    }
    let what = format!(
        "Not binding before {}.",
        dates::day(record.binding_at, &TimeZone::UTC)
    );
    let why = "Until then nothing of it opens, and the company may take it back.".to_owned();
    vec![Why::new(what, why, "nobody, time does.")]
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
                    nothing_yet(&reasons, &zone(grant.zone.as_deref()).0)
                }
                units => token.plain(units),
            }
        }
        None if record.state.has(Flags::CLOSED) => "nothing".to_owned(),
        None => "terms not known".to_owned(),
    };
    Ok(GrantRow {
        id: context.grant(
            &record.id,
            Some(record.moved_to.unwrap_or(record.recipient)),
        ),
        leaf: match record.descent {
            Some(_) => format!("instead of {}", grouped(u128::from(record.index) + 1)),
            None => grouped(u128::from(record.index) + 1),
        },
        opened: When::date(record.opened.block_time, &TimeZone::UTC),
        state: state_word(record, now),
        granted: Money::plain(record.amount, token),
        claimable,
        claimed: Money::plain(record.paid_net, token),
    })
}

/// Why nothing is claimable, in two or three words; the grant's page says all of it.
fn nothing_yet(reasons: &[Reason], zone: &TimeZone) -> String {
    let words = reasons.iter().find_map(|reason| match *reason {
        Reason::NotStarted { until } | Reason::BeforeCliff { until } => {
            Some(format!("nothing before {}", dates::day(until, zone)))
        }
        Reason::WaitsForTime {
            next: Some((at, _)),
            ..
        } => Some(format!("next on {}", dates::day(at, zone))),
        Reason::UnlockClock { until, .. } => {
            Some(format!("unlocks on {}", dates::day(until, zone)))
        }
        Reason::WaitsForResult { .. } => Some("waits for a result".to_owned()),
        _ => None,
    });
    words.unwrap_or_else(|| "all claimed".to_owned())
}

/// The state of a grant in the glossary's word.
pub(crate) fn state_word(record: &GrantRecord, now: u64) -> &'static str {
    let state = &record.state;
    let has = |flag| state.has(flag);
    match () {
        () if record.was_replaced() => "replaced",
        () if has(Flags::CLOSED) => "closed",
        () if !has(Flags::OPENED) => "not opened yet",
        () if has(Flags::SETTLED) => "settled",
        () if matches!(record.recovery.stage(now), Stage::Lapsed { .. }) => "recovery lapsed",
        () if has(Flags::RECOVERING) => "recovery announced",
        () if state.has_ended(now) => "ended",
        () if has(Flags::ENDED) => "notice given",
        () if has(Flags::PAUSED) => "paused",
        () if has(Flags::HOLDER_ONLY) => "held by its holder",
        () => "active",
    }
}
