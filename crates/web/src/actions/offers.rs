//! What can be asked of a grant now, and why the rest cannot.

use alloy_primitives::Address;
use guerdon_core::act::Act;
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;
use guerdon_formats::words::listed;

use super::effect::weigh;
use super::order;
use super::subject::Subject;
use crate::access::Viewer;
use crate::numbers::Token;
use crate::strings::actions as words;

/// Somebody's acts.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) who: &'static str,
    /// What the contracts would carry out now.
    pub(super) offers: Vec<Offer>,
    /// What they would refuse, each reason once.
    pub(super) not_now: Vec<NotNow>,
}

/// One act that is possible.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) heading: &'static str,
    pub(super) what: &'static str,
    /// Where it is looked at; none if somebody else does it.
    pub(super) href: Option<String>,
}

/// Acts that the contracts would refuse for the same reason.
#[derive(Debug)]
pub(super) struct NotNow {
    pub(super) why: String,
    pub(super) acts: String,
}

/// Whose acts a reader can do. Both, where somebody of the company holds the grant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) company: bool,
    pub(super) holder: bool,
}

impl Seat {
    /// Of a reader who is one of the two sides.
    pub(super) fn of(viewer: &Viewer, subject: &Subject) -> Self {
        let company = viewer.is_company();
        Self {
            company,
            holder: !company || viewer.wallets.contains(&subject.holder),
        }
    }
}

/// An account that a move or a recovery is tried with: nobody's, and never sent.
const SOMEBODY: Address = Address::repeat_byte(0x11);
const DAY: u32 = 86_400;

/// Everything that the company, the holder and anyone can ask; the reader's own first.
pub(super) fn groups(subject: &Subject, token: &Token, seat: Seat) -> Vec<Group> {
    let group = |who, acts: Vec<Act>, is_his| Group::new(subject, token, (who, acts, is_his));
    let company = match seat.company {
        true => "What you may do for the company",
        false => "What the company may do",
    };
    let holder = match seat.holder {
        true => "What you may do as its holder",
        false => "What its holder may do",
    };
    let company = group(company, of_company(subject), seat.company);
    let holder = group(holder, of_holder(subject), seat.holder);
    let anyone = group("What anyone may do", of_anyone(subject), true);
    match seat.company {
        true => vec![company, anyone, holder],
        false => vec![holder, anyone, company],
    }
}

fn of_company(subject: &Subject) -> Vec<Act> {
    let record = &subject.data.record;
    let state = &record.state;
    let mut acts = vec![Act::End {
        stop_at: subject.now.saturating_add(DAY.into()),
        grace: false,
    }];
    acts.extend(state.has(Flags::ENDED).then_some(Act::WithdrawEnd));
    acts.push(match state.has(Flags::PAUSED) {
        true => Act::Resume,
        false => Act::Pause,
    });
    acts.push(Act::Accelerate { by: DAY });
    acts.push(Act::LowerWithholding {
        withhold_bps: state.withhold_bps.saturating_sub(1),
    });
    acts.push(match record.recovery.stands() && !lapsed(subject) {
        true => Act::ExecuteRecovery,
        false => Act::AnnounceRecovery { to: SOMEBODY },
    });
    acts
}

fn of_holder(subject: &Subject) -> Vec<Act> {
    let record = &subject.data.record;
    let on = !record.state.has(Flags::HOLDER_ONLY);
    let mut acts = vec![Act::Hold { on }, Act::Move { to: SOMEBODY }];
    acts.extend(record.recovery.stands().then_some(Act::Veto));
    acts.push(Act::Waive);
    acts
}

fn of_anyone(subject: &Subject) -> Vec<Act> {
    let mut acts = vec![Act::Settle];
    acts.extend(lapsed(subject).then_some(Act::ClearRecovery));
    acts
}

fn lapsed(subject: &Subject) -> bool {
    let stage = subject.data.record.recovery.stage(subject.now);
    matches!(stage, Stage::Lapsed { .. })
}

impl Group {
    fn new(
        subject: &Subject,
        token: &Token,
        (who, acts, is_his): (&'static str, Vec<Act>, bool),
    ) -> Self {
        let mut offers = Vec::new();
        let mut refused: Vec<(String, Vec<String>)> = Vec::new();
        for act in acts {
            match weigh(subject, act, token) {
                Ok(_) => offers.push(Offer {
                    heading: words::heading(act),
                    what: words::what(act),
                    href: is_his.then(|| href(subject, act)),
                }),
                Err(why) => {
                    let act = words::heading(act).to_lowercase();
                    match refused.iter_mut().find(|(said, _)| *said == why) {
                        Some((_, acts)) => acts.push(act),
                        None => refused.push((why, vec![act])),
                    }
                }
            }
        }
        let not_now = refused.into_iter().map(|(why, acts)| NotNow {
            why,
            acts: crate::numbers::capital(&listed(&acts)),
        });
        Self {
            who,
            offers,
            not_now: not_now.collect(),
        }
    }
}

fn href(subject: &Subject, act: Act) -> String {
    let grant = format!("/grants/{}", subject.id());
    match act {
        Act::End { .. } => format!("{grant}/end"),
        other => format!("{grant}/change?act={}#preview", order::word(other)),
    }
}
