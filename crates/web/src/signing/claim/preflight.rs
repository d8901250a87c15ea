//! Will it work? Everything that stands in a claim's way, or that one should know before it.

use alloy_primitives::{Address, B256};
use guerdon_core::grant::{Payment, Reason, Refused};
use guerdon_core::succession::Stage;

use super::look::{AtNode, Known, Trial};
use super::relay::Relay;

/// The index may be so many blocks behind the node, however long they took, and so many seconds,
/// however many blocks were made in them.
const BEHIND_BLOCKS: u64 = 2;
const BEHIND_SECONDS: u64 = 60;

/// What brings more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Time does: then, and so much.
    At {
        time: u64,
        more: u128,
    },
    /// A result must come.
    Result,
    Nothing,
}

impl Next {
    fn of(reasons: &[Reason]) -> Self {
        let by_time = reasons.iter().find_map(|reason| match *reason {
            Reason::WaitsForTime { next, .. } => next,
            Reason::UnlockClock { amount, until } => Some((until, amount)),
            _ => None,
        });
        let waits = |reason: &Reason| matches!(reason, Reason::WaitsForResult { .. });
        match by_time {
            Some((time, more)) => Self::At { time, more },
            None if reasons.iter().any(waits) => Self::Result,
            None => Self::Nothing,
        }
    }
}

/// One thing that was found. Amounts in base units, times in unix seconds, gas in wei.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    WrongNetwork {
        node: u64,
    },
    NoAnswer,
    Behind {
        blocks: u64,
        at: u64,
    },
    NotCommitted,
    Rescinded,
    NotBinding {
        until: u64,
    },
    Closed {
        replaced: bool,
    },
    WrongWallet {
        signed_in: Address,
        only_holder: bool,
    },
    HeldByHolder {
        yours: bool,
    },
    Recovering {
        stage: Stage,
        yours: bool,
    },
    NotOpened,
    NothingYet {
        next: Next,
    },
    AlreadyClaimed {
        released: u128,
        next: Next,
    },
    GatePending {
        goal: B256,
        amount: u128,
    },
    NotReached {
        goal: B256,
        amount: u128,
    },
    UnlockClock {
        amount: u128,
        until: u64,
    },
    Paused {
        since: u64,
        until: u64,
    },
    Notice {
        stop_at: u64,
    },
    Ended {
        stop_at: u64,
        freed: u128,
    },
    Settled {
        value: u128,
    },
    Refused {
        reason: String,
    },
    NoGas {
        have: u128,
        need: u128,
    },
    RelaySpent,
}

impl Finding {
    /// Whether nobody can claim while it stands.
    pub(crate) fn stops_all(&self) -> bool {
        matches!(
            self,
            Self::WrongNetwork { .. }
                | Self::NoAnswer
                | Self::Behind { .. }
                | Self::NotCommitted
                | Self::Rescinded
                | Self::NotBinding { .. }
                | Self::Closed { .. }
                | Self::NothingYet { .. }
                | Self::AlreadyClaimed { .. }
                | Self::Refused { .. }
        )
    }

    /// Whether this wallet cannot send the claim while it stands.
    pub(crate) fn stops_wallet(&self) -> bool {
        let others = matches!(
            self,
            Self::NoGas { .. }
                | Self::WrongWallet {
                    only_holder: true,
                    ..
                }
                | Self::HeldByHolder { yours: false }
                | Self::Recovering { yours: false, .. }
        );
        self.stops_all() || others
    }

    /// Whether the relay cannot send it while it stands: it is never the holder's own call.
    pub(crate) fn stops_relay(&self) -> bool {
        let others = matches!(
            self,
            Self::HeldByHolder { .. } | Self::Recovering { .. } | Self::RelaySpent
        );
        self.stops_all() || others
    }
}

/// The answer to "will it work?".
#[derive(Clone, Debug)]
pub(crate) struct Preflight {
    /// What stops, first; then what is good to know.
    pub(crate) findings: Vec<Finding>,
    /// What a claim pays now.
    pub(crate) payment: Payment,
    /// A trial at the node paid as well.
    pub(crate) tried: bool,
}

impl Preflight {
    /// Judges a claim that `wallet` would send.
    pub(crate) fn new(
        known: &Known,
        node: Option<&AtNode>,
        wallet: Option<Address>,
        relay: &Relay,
    ) -> Result<Self, Refused> {
        let payment = known.payment()?;
        let mut findings = Vec::new();
        if let Some(node) = node {
            findings.extend(of_node(known, node));
        }
        findings.extend(of_round(known));
        findings.extend(of_reasons(known, payment.gross)?);
        findings.extend(wallet.and_then(|wallet| of_wallet(known, wallet)));
        findings.extend(who_may(known, wallet));
        let stopped = findings.iter().any(Finding::stops_all);
        if let Some(node) = node.filter(|_| !stopped) {
            findings.extend(of_trial(node, wallet));
        }
        findings.extend((!stopped && relay.is_spent()).then_some(Finding::RelaySpent));
        findings.sort_by_key(|finding| (!finding.stops_all(), !finding.stops_wallet()));
        Ok(Self {
            findings,
            payment,
            tried: node.is_some_and(|node| matches!(node.trial, Trial::Pays { .. })),
        })
    }

    /// Whether this wallet can claim now.
    pub(crate) fn by_wallet(&self) -> bool {
        !self.findings.iter().any(Finding::stops_wallet)
    }

    /// Whether the relay can.
    pub(crate) fn by_relay(&self) -> bool {
        !self.findings.iter().any(Finding::stops_relay)
    }
}

fn of_node(known: &Known, node: &AtNode) -> Option<Finding> {
    if node.chain_id != known.chain_id {
        return Some(Finding::WrongNetwork {
            node: node.chain_id,
        });
    }
    let Some((head, time)) = node.head else {
        return Some(Finding::NoAnswer);
    };
    let blocks = head.saturating_sub(known.head.0);
    let late = time.saturating_sub(known.now()) > BEHIND_SECONDS;
    (blocks > BEHIND_BLOCKS && late).then_some(Finding::Behind {
        blocks,
        at: known.head.0,
    })
}

fn of_round(known: &Known) -> Option<Finding> {
    if known.record.is_some() {
        return None;
    }
    match known.round {
        None => Some(Finding::NotCommitted),
        Some(round) if round.rescinded => Some(Finding::Rescinded),
        Some(round) if round.binding_at > known.now() => Some(Finding::NotBinding {
            until: round.binding_at,
        }),
        Some(_) => None,
    }
}

/// What the grant's own state says.
fn of_reasons(known: &Known, gross: u128) -> Result<Vec<Finding>, Refused> {
    let reasons = known.reasons()?;
    let now = known.now();
    let next = Next::of(&reasons);
    let mut found = Vec::new();
    let released = known.state().released;
    if gross == 0 && !reasons.contains(&Reason::Closed) {
        found.push(match released {
            0 => Finding::NothingYet { next },
            released => Finding::AlreadyClaimed { released, next },
        });
    }
    found.extend(reasons.iter().filter_map(|reason| match *reason {
        Reason::NotOpened => Some(Finding::NotOpened),
        Reason::Closed => Some(Finding::Closed {
            replaced: known.record.is_some_and(|record| record.was_replaced()),
        }),
        Reason::WaitsForResult { goal, amount } => Some(Finding::GatePending { goal, amount }),
        Reason::NotReached { goal, amount } => Some(Finding::NotReached { goal, amount }),
        Reason::UnlockClock { amount, until } => Some(Finding::UnlockClock { amount, until }),
        Reason::Paused { since, until } => Some(Finding::Paused { since, until }),
        Reason::Ended { stop_at, .. } if stop_at > now => Some(Finding::Notice { stop_at }),
        Reason::Ended {
            stop_at, amount, ..
        } => Some(Finding::Ended {
            stop_at,
            freed: amount,
        }),
        Reason::Settled { value, .. } => Some(Finding::Settled { value }),
        _ => None,
    }));
    Ok(found)
}

fn of_wallet(known: &Known, wallet: Address) -> Option<Finding> {
    (wallet != known.holder()).then_some(Finding::WrongWallet {
        signed_in: wallet,
        only_holder: known.holder_only(),
    })
}

fn who_may(known: &Known, wallet: Option<Address>) -> Vec<Finding> {
    let yours = wallet == Some(known.holder());
    let reasons = known.reasons().unwrap_or_default();
    let found = reasons.into_iter().filter_map(|reason| match reason {
        Reason::HeldByHolder => Some(Finding::HeldByHolder { yours }),
        Reason::Recovering => Some(Finding::Recovering {
            stage: known.recovery(),
            yours,
        }),
        _ => None,
    });
    found.collect()
}

fn of_trial(node: &AtNode, wallet: Option<Address>) -> Option<Finding> {
    if let Trial::Refuses { reason } = &node.trial {
        let reason = reason.clone();
        return Some(Finding::Refused { reason });
    }
    if node.trial == Trial::NoAnswer {
        return Some(Finding::NoAnswer);
    }
    let (have, need) = node.gas.filter(|_| wallet.is_some())?;
    (have < need).then_some(Finding::NoGas { have, need })
}
