//! The three questions of the home page.

use guerdon_core::grant::Reason;
use jiff::tz::TimeZone;

use super::explain::Explain;
use super::portfolio::{Mine, Portfolio};
use super::worth::{Worth, dollars, in_cents, stated};
use crate::access::Viewer;
use crate::dates;
use crate::html::{Hex, Markup, Money, When};
use crate::numbers::grouped;
use crate::strings::me as words;
use crate::views::{Context, markup};

/// One question with its answer.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) ask: &'static str,
    pub(super) answer: Markup,
    pub(super) notes: Vec<Markup>,
    /// The one filled button of the page: where it leads, and what it says.
    pub(super) button: Option<(String, String)>,
    pub(super) explain: Option<Explain>,
}

/// What can I claim now?
pub(super) fn claim(
    portfolio: &Portfolio,
    (viewer, relayed): (&Viewer, bool),
    context: &Context<'_>,
) -> Ask {
    let token = context.token();
    let net = portfolio.net();
    let unit = format!(" <span class=\"soft\">{}</span>", escaped(&token.symbol));
    let answer = match net {
        0 => Markup(words::NOTHING_NOW.to_owned()),
        _ => Markup(format!("{}{unit}", Money::plain(net, token))),
    };
    let mut notes = Vec::new();
    if net == 0 {
        notes.push(text(&why_nothing(portfolio, context)));
    } else {
        let gas = if relayed { words::NO_GAS } else { "" };
        notes.push(markup(format!("{}{gas}", to_whom(portfolio))));
        if portfolio.withheld() > 0 {
            let kept = token.words(portfolio.withheld());
            notes.push(text(&words::after_withholding(&kept)));
        }
    }
    let mut button = None;
    if net > 0 {
        match refusal(viewer, context) {
            Some(sentence) => notes.push(text(&sentence)),
            None => {
                let says = words::claim_heading(&token.words(net));
                button = Some((claim_href(portfolio), says));
            }
        }
    }
    Ask {
        ask: words::CLAIMABLE,
        answer,
        notes,
        button,
        explain: Some(explain_claim(portfolio, context)),
    }
}

/// Why there is no button though there is something to claim.
pub(super) fn refusal(viewer: &Viewer, context: &Context<'_>) -> Option<String> {
    match context.as_of.behind() {
        Some(Some(age)) => {
            let block = context.as_of.head.map_or(0, |(block, _)| block);
            Some(words::claiming_is_off(&grouped(block), age))
        }
        Some(None) => Some(words::CLAIMING_WAITS.to_owned()),
        None => viewer
            .wallet()
            .is_none()
            .then(|| words::VIEW_ONLY.to_owned()),
    }
}

/// The grant's own page, or one that lists all that can be claimed.
fn claim_href(portfolio: &Portfolio) -> String {
    let mut claimable = portfolio.claimable();
    match (claimable.next(), claimable.next()) {
        (Some(only), None) => format!("{}/claim", only.href()),
        _ => "/me/claim".to_owned(),
    }
}

fn to_whom(portfolio: &Portfolio) -> String {
    let mut wallets: Vec<_> = portfolio
        .claimable()
        .map(|mine| mine.data.holder())
        .collect();
    wallets.dedup();
    match wallets.as_slice() {
        [one] => words::to_wallet(&Hex::address(one)),
        _ => words::TO_EACH_WALLET.to_owned(),
    }
}

/// Why nothing is claimable: the nearest reason, in a sentence.
fn why_nothing(portfolio: &Portfolio, context: &Context<'_>) -> String {
    let waiting = portfolio.sum(|mine| {
        let waits = mine.reasons.iter().map(|reason| match reason {
            Reason::WaitsForResult { amount, .. } => *amount,
            _ => 0,
        });
        waits.fold(0, u128::saturating_add)
    });
    if waiting > 0 {
        return words::waits(&context.token().words(waiting));
    }
    let first = portfolio.standing().filter_map(|mine| {
        let zone = context.zone_of(mine.data.zone.as_deref()).0;
        mine.reasons.iter().find_map(|reason| match *reason {
            Reason::NotStarted { until } | Reason::BeforeCliff { until } => {
                Some((until, zone.clone()))
            }
            _ => None,
        })
    });
    let claimed = portfolio.sum(|mine| mine.vested);
    match first.min_by_key(|(until, _)| *until) {
        Some((until, zone)) if claimed == 0 => words::nothing_before(&dates::day(until, &zone)),
        _ => words::ALL_CLAIMED.to_owned(),
    }
}

fn explain_claim(portfolio: &Portfolio, context: &Context<'_>) -> Explain {
    let mut explain = Explain::new(words::OF_CLAIM, words::CLAIM_FORMULA, context);
    let claimable: Vec<_> = portfolio.claimable().collect();
    let one = claimable.len() == 1;
    for mine in claimable {
        let name = |what: &str| match one {
            true => what.to_owned(),
            false => format!("{what}, {}", mine.name()),
        };
        let released = mine.data.record.state.released;
        explain = explain
            .with_money(name("vested"), mine.vested, context)
            .with_money(name("released before"), released, context)
            .with_money(name("payable"), mine.payment.gross, context)
            .with_money(name("withheld"), mine.payment.withheld, context)
            .with_money(name("claimable"), mine.payment.net, context);
    }
    explain
}

/// Something that time will bring.
struct Coming {
    at: u64,
    what: String,
}

/// What comes next?
pub(super) fn next(portfolio: &Portfolio, context: &Context<'_>, zone: &TimeZone) -> Ask {
    let mut coming: Vec<_> = portfolio
        .standing()
        .filter_map(|mine| coming(mine, context))
        .collect();
    coming.sort_by_key(|next| next.at);
    let mut explain = Explain::new(words::OF_NEXT, words::NEXT_FORMULA, context);
    for next in coming.iter().take(5) {
        let exact = dates::exact(next.at);
        explain = explain.with(next.what.clone(), Markup(exact));
    }
    let mut rest = coming.iter();
    let (answer, notes) = match rest.next() {
        Some(first) => {
            let mut notes = vec![text(&first.what)];
            notes.extend(rest.next().map(|second| {
                let day = dates::day(second.at, zone);
                text(&words::then(&second.what, &day))
            }));
            (markup(When::near(first.at, zone, context.now())), notes)
        }
        None => (
            Markup(words::NOTHING_BY_TIME.to_owned()),
            vec![text(no_more(portfolio))],
        ),
    };
    Ask {
        ask: words::NEXT,
        answer,
        notes,
        button: None,
        explain: Some(explain),
    }
}

fn no_more(portfolio: &Portfolio) -> &'static str {
    let mut reasons = portfolio.standing().flat_map(|mine| &mine.reasons);
    match reasons.any(|reason| matches!(reason, Reason::WaitsForResult { .. })) {
        true => words::DEPENDS_ON_RESULTS,
        false => words::NOTHING_MORE,
    }
}

/// The next thing that time alone brings to a grant.
fn coming(mine: &Mine, context: &Context<'_>) -> Option<Coming> {
    let name = mine.name();
    if mine.data.binding_at > context.now() {
        return Some(Coming {
            at: mine.data.binding_at,
            what: words::binds(&name),
        });
    }
    let of = |reason: &Reason| match *reason {
        Reason::WaitsForTime {
            next: Some((at, amount)),
            ..
        } => Some(Coming {
            at,
            what: words::vest(&context.token().words(amount), &name),
        }),
        Reason::UnlockClock { until, .. } => Some(Coming {
            at: until,
            what: words::may_leave(&name),
        }),
        _ => None,
    };
    let nearest = mine.reasons.iter().filter_map(of);
    nearest.min_by_key(|coming| coming.at)
}

/// What is it worth?
pub(super) fn worth(portfolio: &Portfolio, context: &Context<'_>) -> Ask {
    let token = context.token();
    let worth = Worth::of(portfolio, token);
    let ask = words::WORTH;
    if worth.valued == 0 {
        return Ask {
            ask,
            answer: Markup(words::NOT_VALUED.to_owned()),
            notes: vec![text(words::NO_STATED_VALUE)],
            button: None,
            explain: None,
        };
    }
    let stated = worth.stated.iter();
    let stated: Vec<_> = stated
        .map(|(unit, on)| (unit.as_str(), day_of(on)))
        .collect();
    let mut notes = vec![
        text(&words::if_all_is_paid(&dollars(worth.vested_cents))),
        text(&words::stated(&stated)),
    ];
    if worth.unvalued > 0 {
        notes.push(text(&words::unvalued(worth.unvalued)));
    }
    Ask {
        ask,
        answer: text(&dollars(worth.most_cents)),
        notes,
        button: None,
        explain: Some(explain_worth(portfolio, &worth, context)),
    }
}

fn explain_worth(portfolio: &Portfolio, worth: &Worth, context: &Context<'_>) -> Explain {
    let token = context.token();
    let mut formula = words::WORTH_FORMULA.to_owned();
    if worth.lost > 0 {
        // The bar is of all grants: it can be spoken of where all have a value.
        let in_bar = worth.unvalued == 0 && worth.shut > 0 && worth.shut < worth.lost;
        let shut = in_bar.then(|| token.words(worth.shut));
        let lost = words::out_of_reach(&token.words(worth.lost), shut.as_deref());
        formula = format!("{formula} {lost}");
    }
    let mut explain = Explain::new(words::OF_WORTH, &formula, context);
    for mine in portfolio.standing() {
        let Some(stated) = stated(mine, token) else {
            continue;
        };
        let (name, unit) = (mine.name(), &stated.unit_usd);
        let value = in_cents(mine.reachable, token, stated).map(dollars);
        explain = explain
            .with_money(words::granted(&name), mine.data.record.amount, context)
            .with_money(words::within_reach(&name), mine.reachable, context)
            .with(
                words::at_each(&name, unit),
                text(&value.unwrap_or_default()),
            );
    }
    explain
}

/// `30 Jun 2026` of `2026-06-30`.
fn day_of(date: &str) -> String {
    match guerdon_formats::calendar::parse_date(date) {
        Ok(date) => date.strftime("%-d %b %Y").to_string(),
        Err(_) => String::new(),
    }
}

/// Plain words as markup.
pub(super) fn text(words: &str) -> Markup {
    Markup(escaped(words))
}

fn escaped(words: &str) -> String {
    crate::charts::svg::Escaped(words).to_string()
}
