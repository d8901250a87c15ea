//! What can be asked of a grant now, and why the rest cannot.

use alloy_primitives::Address;
use guerdon_core::act::Act;
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;

use super::effect::weigh;
use super::order;
use super::subject::Subject;
use crate::numbers::Token;
use crate::strings::actions as words;

/// Somebody's acts.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) who: &'static str,
    pub(super) offers: Vec<Offer>,
}

/// One act.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) heading: &'static str,
    pub(super) what: &'static str,
    /// Where it is looked at; none if the contracts would refuse it.
    pub(super) href: Option<String>,
    /// Why they would.
    pub(super) why_not: Option<String>,
}

/// An account that a move or a recovery is tried with: nobody's, and never sent.
const SOMEBODY: Address = Address::repeat_byte(0x11);

/// Everything that the company, the holder and anyone can ask.
pub(super) fn groups(subject: &Subject, token: &Token) -> Vec<Group> {
    let record = &subject.data.record;
    let (held, ended) = (
        record.state.has(Flags::HOLDER_ONLY),
        record.state.has(Flags::ENDED),
    );
    let recovering = record.recovery.stands();
    let lapsed = matches!(record.recovery.stage(subject.now), Stage::Lapsed { .. });
    let ahead = Act::End {
        stop_at: subject.now.saturating_add(86_400),
        grace: false,
    };
    let rate = Act::LowerWithholding {
        withhold_bps: record.state.withhold_bps.saturating_sub(1),
    };
    let mut company = vec![ahead];
    company.extend(ended.then_some(Act::WithdrawEnd));
    let paused = record.state.has(Flags::PAUSED);
    company.push(if paused { Act::Resume } else { Act::Pause });
    company.extend([Act::Accelerate { by: 86_400 }, rate]);
    company.push(match recovering && !lapsed {
        true => Act::ExecuteRecovery,
        false => Act::AnnounceRecovery { to: SOMEBODY },
    });
    let mut holder = vec![Act::Hold { on: !held }, Act::Move { to: SOMEBODY }];
    holder.extend(recovering.then_some(Act::Veto));
    holder.push(Act::Waive);
    let mut anyone = vec![Act::Settle];
    anyone.extend(lapsed.then_some(Act::ClearRecovery));
    let group = |who, acts: Vec<Act>| Group {
        who,
        offers: acts
            .into_iter()
            .map(|act| offer(subject, act, token))
            .collect(),
    };
    vec![
        group("What the company may do", company),
        group("What its holder may do", holder),
        group("What anyone may do", anyone),
    ]
}

fn offer(subject: &Subject, act: Act, token: &Token) -> Offer {
    let why_not = weigh(subject, act, token).err();
    let grant = format!("/grants/{}", subject.id());
    let href = match act {
        Act::End { .. } => format!("{grant}/end"),
        other => format!("{grant}/change?act={}#preview", order::word(other)),
    };
    Offer {
        heading: words::heading(act),
        what: words::what(act),
        href: why_not.is_none().then_some(href),
        why_not,
    }
}
