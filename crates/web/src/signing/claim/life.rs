//! A grant's life as facts, and what a page would say of it.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{Goal, Kind};
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use jiff::tz::TimeZone;

use super::look::{AtNode, Known, Trial};
use super::preflight::{Finding, Preflight};
use super::relay::{Relay, RelayPolicy};
use crate::numbers::Token;
use crate::strings::claim::Words;
use crate::views::{Goals, NamedGoal};

pub(super) const UNIT: u128 = 1_000_000_000_000_000_000;
pub(super) const AMOUNT: u128 = 1_000 * UNIT;
pub(super) const CHAIN: u64 = 31_337;
pub(super) const BINDING: u64 = 1_782_864_000; // 1 Jul 2026
pub(super) const ID: B256 = B256::repeat_byte(1);
pub(super) const ROOT: B256 = B256::repeat_byte(2);
pub(super) const GOAL: B256 = B256::repeat_byte(3);
pub(super) const HOLDER: Address = Address::repeat_byte(0xaa);
pub(super) const OTHER: Address = Address::repeat_byte(0xbb);
pub(super) const YEAR: u64 = 31_536_000;

/// A life so far: facts, and the time of the last block.
pub(super) struct Life {
    terms: Terms,
    pub(super) ledger: Ledger,
    pub(super) now: u64,
    block: u64,
}

/// Half a year is a cliff; all is earned after a year.
pub(super) fn terms() -> Terms {
    let segment = |end, cumulative| Segment {
        end,
        cumulative,
        steps: 1,
    };
    Terms {
        recipient: HOLDER,
        amount: AMOUNT,
        start: BINDING,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 90 * 86_400,
        withhold_bps: 1_000,
        document: B256::repeat_byte(7),
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::new(vec![
            segment(YEAR as u32 / 2, 500_000_000),
            segment(YEAR as u32, 1_000_000_000),
        ])
        .unwrap(),
    }
}

pub(super) fn gated() -> Terms {
    let gate = Gate {
        goal: GOAL,
        share_ppb: 1_000_000_000,
        rule: Rule::default(),
    };
    Terms {
        gates: vec![gate],
        ..terms()
    }
}

pub(super) fn locked() -> Terms {
    let unlock = Unlock {
        start: BINDING + YEAR,
        schedule: Schedule::whole(),
    };
    Terms {
        unlock: Some(unlock),
        ..terms()
    }
}

impl Life {
    /// Its round is committed; three quarters of a year have passed.
    pub(super) fn of(terms: Terms) -> Self {
        let mut life = Self {
            terms,
            ledger: Ledger::default(),
            now: BINDING - 86_400,
            block: 10,
        };
        life.say(Fact::Funded {
            from: OTHER,
            amount: AMOUNT,
        });
        life.say(Fact::RoundCommitted {
            root: ROOT,
            total: AMOUNT,
            document: B256::ZERO,
            binding_at: BINDING,
            since: 0,
        });
        life.after(YEAR * 3 / 4)
    }

    pub(super) fn opened(terms: Terms) -> Self {
        let (recipient, withhold_bps) = (terms.recipient, terms.withhold_bps);
        Self::of(terms).told(Fact::Opened {
            id: ID,
            root: ROOT,
            index: 0,
            recipient,
            amount: AMOUNT,
            withhold_bps,
        })
    }

    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.now += seconds;
        self
    }

    pub(super) fn told(mut self, fact: Fact) -> Self {
        self.say(fact);
        self
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a fact is made where it is told"
    )]
    pub(super) fn say(&mut self, fact: Fact) {
        self.block += 1;
        let origin = Origin {
            block: self.block,
            block_hash: B256::ZERO,
            block_time: self.now,
            tx: keccak256(self.block.to_be_bytes()),
            log_index: 0,
        };
        self.ledger.apply(&origin, &fact).unwrap();
    }

    pub(super) fn known(&self) -> Known {
        let goals = self.ledger.goals.values().cloned();
        Known {
            id: ID,
            sheet_id: None,
            encoded: self.terms.encode().unwrap(),
            terms: self.terms.clone(),
            record: self.ledger.grants.get(&ID).copied(),
            round: self.ledger.rounds.get(&ROOT).copied(),
            goals: goals
                .map(|record| NamedGoal {
                    record,
                    name: Some("launch".to_owned()),
                    title: None,
                })
                .collect(),
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            chain_id: CHAIN,
            head: (self.block, self.now),
        }
    }
}

/// A node that has read as much, and pays what core says.
pub(super) fn node(known: &Known) -> AtNode {
    let gross = known.payment().unwrap().gross;
    AtNode {
        chain_id: CHAIN,
        head: Some(known.head),
        trial: match gross {
            0 => Trial::None,
            gross => Trial::Pays { gross, gas: 90_000 },
        },
        gas: Some((UNIT, 90_000_000_000_000)),
    }
}

pub(super) fn relay() -> Relay {
    Relay {
        policy: Some(RelayPolicy {
            min_payout: UNIT,
            gas_per_day: 1_000_000,
        }),
        needs: 90_000,
        now: BINDING,
        ..Relay::default()
    }
}

/// The sentences for a wallet, each with what it stops: `-` nothing, `w` this wallet, `r` the relay,
/// `a` all.
pub(super) fn said(known: &Known, node: &AtNode, wallet: Address, relay: &Relay) -> Vec<String> {
    let preflight = Preflight::new(known, Some(node), Some(wallet), relay).unwrap();
    let token = Token {
        symbol: "ACC".to_owned(),
        name: "Acme Access".to_owned(),
        decimals: 18,
    };
    let words = Words {
        token: &token,
        goals: Goals(&known.goals),
        zone: &known.zone,
        now: known.now(),
        chain_id: CHAIN,
        holder: "0xAaAa…aAaa",
    };
    let one = |finding: &Finding| {
        let stops = match finding {
            it if it.stops_all() => "a",
            it if it.stops_wallet() && it.stops_relay() => "wr",
            it if it.stops_wallet() => "w",
            it if it.stops_relay() => "r",
            _ => "-",
        };
        let why = words.why(finding).unwrap();
        assert!(
            !why.why.is_empty() && why.next.ends_with('.'),
            "{finding:?}"
        );
        format!("{stops}: {}", why.what)
    };
    preflight.findings.iter().map(one).collect()
}

pub(super) fn check(life: &Life, want: &[&str]) {
    let known = life.known();
    assert_eq!(said(&known, &node(&known), HOLDER, &relay()), want);
}

pub(super) fn goal() -> Goal {
    Goal {
        kind: Kind::Count,
        threshold: 1,
        stretch: 1,
        base_ppb: 1_000_000_000,
        default_ppb: 0,
        bound: 0,
        attempts: 1,
        max_voids: 0,
        samples: 1,
        pool: 1,
        guards: 0,
        opens: BINDING,
        closes: BINDING + 2 * YEAR,
        run_seconds: 86_400,
        challenge_seconds: 86_400,
        arbiter_seconds: 86_400,
        seed_blocks: 0,
        sponsor: OTHER,
        panel: B256::ZERO,
        arbiter: OTHER,
        bond_token: Address::ZERO,
        bond: 0,
        data: B256::ZERO,
        spec: B256::ZERO,
    }
}
