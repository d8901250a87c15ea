//! Every sentence of the pre-flight, from states that facts lead to.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{Goal, Kind};
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use guerdon_store::{RelayRequest, RelayState};
use jiff::tz::TimeZone;

use super::look::{AtNode, Known, Trial};
use super::preflight::{Finding, Preflight};
use super::relay::{DAY, Relay, RelayPolicy, Standing};
use crate::numbers::Token;
use crate::strings::claim::Words;
use crate::views::{Goals, NamedGoal};

const UNIT: u128 = 1_000_000_000_000_000_000;
const AMOUNT: u128 = 1_000 * UNIT;
const CHAIN: u64 = 31_337;
const BINDING: u64 = 1_782_864_000; // 1 Jul 2026
const ID: B256 = B256::repeat_byte(1);
const ROOT: B256 = B256::repeat_byte(2);
const GOAL: B256 = B256::repeat_byte(3);
const HOLDER: Address = Address::repeat_byte(0xaa);
const OTHER: Address = Address::repeat_byte(0xbb);
const YEAR: u64 = 31_536_000;

/// A life so far: facts, and the time of the last block.
struct Life {
    terms: Terms,
    ledger: Ledger,
    now: u64,
    block: u64,
}

/// Half a year is a cliff; all is earned after a year.
fn terms() -> Terms {
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

fn gated() -> Terms {
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

fn locked() -> Terms {
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
    fn of(terms: Terms) -> Self {
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

    fn opened(terms: Terms) -> Self {
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

    fn after(mut self, seconds: u64) -> Self {
        self.now += seconds;
        self
    }

    fn told(mut self, fact: Fact) -> Self {
        self.say(fact);
        self
    }

    fn say(&mut self, fact: Fact) {
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

    fn known(&self) -> Known {
        let goals = self.ledger.goals.values().cloned();
        Known {
            id: ID,
            encoded: self.terms.encode().unwrap(),
            terms: self.terms.clone(),
            record: self.ledger.grants.get(&ID).copied(),
            round: self.ledger.rounds.get(&ROOT).copied(),
            goals: goals
                .map(|record| NamedGoal {
                    record,
                    name: Some("launch".to_owned()),
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
fn node(known: &Known) -> AtNode {
    let gross = known.payment().unwrap().gross;
    AtNode {
        chain_id: CHAIN,
        head: Some(known.head.0),
        trial: match gross {
            0 => Trial::None,
            gross => Trial::Pays { gross, gas: 90_000 },
        },
        gas: Some((UNIT, 90_000_000_000_000)),
    }
}

fn relay() -> Relay {
    Relay {
        policy: Some(RelayPolicy {
            min_payout: UNIT,
            gas_per_day: 1_000_000,
        }),
        needs: 90_000,
        wall: BINDING,
        ..Relay::default()
    }
}

/// The sentences for a wallet, each with what it stops: `-` nothing, `w` this wallet, `r` the relay,
/// `a` all.
fn said(known: &Known, node: &AtNode, wallet: Address, relay: &Relay) -> Vec<String> {
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

fn check(life: &Life, want: &[&str]) {
    let known = life.known();
    assert_eq!(said(&known, &node(&known), HOLDER, &relay()), want);
}

#[test]
fn a_grant_that_pays_says_nothing() {
    check(&Life::opened(terms()), &[]);
}

#[test]
fn each_state_of_a_grant_has_its_sentence() {
    let life = || Life::opened(terms());
    check(
        &Life::of(terms()),
        &["-: Nobody has opened this grant yet."],
    );
    let mut early = Life::of(terms());
    early.now = BINDING - 3_600;
    check(
        &early,
        &[
            "a: The round is not binding until 1 Jul 2026.",
            "a: Nothing has vested yet.",
            "-: Nobody has opened this grant yet.",
        ],
    );
    let claimed = life().told(Fact::Claimed {
        id: ID,
        to: HOLDER,
        gross: AMOUNT / 2,
        withheld: AMOUNT / 20,
    });
    check(
        &claimed,
        &["a: All that has vested is claimed already: 500.00 ACC."],
    );
    let paused = life();
    let now = paused.now;
    check(
        &paused.told(Fact::Paused {
            id: ID,
            stop_at: now,
        }),
        &["-: The grant has been paused since 31 Mar 2027."],
    );
    let end = |stop_at| Fact::Ended {
        id: ID,
        stop_at,
        grace: false,
        freed: i128::try_from(AMOUNT / 2).unwrap(),
        lost: 0,
    };
    check(
        &life().told(end(now + 30 * 86_400)),
        &["-: Notice is given: the grant ends on 30 Apr 2027."],
    );
    check(
        &life().told(end(now)).after(60),
        &["-: The grant ended on 31 Mar 2027."],
    );
    check(
        &life().told(Fact::Settled {
            id: ID,
            value: AMOUNT / 2,
            freed: AMOUNT / 2,
        }),
        &["-: The grant is settled: its final amount is 500.00 ACC."],
    );
    check(
        &Life::opened(locked()),
        &[
            "a: Nothing has vested yet.",
            "-: 500.00 ACC are vested and locked until 1 Jul 2027.",
        ],
    );
}

#[test]
fn a_round_that_is_not_there_has_its_sentences() {
    let mut nowhere = Life::of(terms());
    nowhere.ledger.rounds.clear();
    check(
        &nowhere,
        &[
            "a: The round of this grant is not committed on the chain yet.",
            "-: Nobody has opened this grant yet.",
        ],
    );
    let mut back = Life::of(terms());
    back.say(Fact::RoundRescinded {
        root: ROOT,
        freed: AMOUNT,
    });
    check(
        &back,
        &[
            "a: The company took back the round of this grant before it was binding.",
            "-: Nobody has opened this grant yet.",
        ],
    );
}

#[test]
fn a_pending_gate_says_who_acts() {
    let mut life = Life::opened(gated());
    life.say(Fact::GoalDefined {
        id: GOAL,
        goal: Box::new(goal()),
        m: 1,
        panel: vec![OTHER],
    });
    check(
        &life,
        &[
            "a: Nothing has vested yet.",
            "-: 500.00 ACC are earned by time and wait for the goal launch.",
        ],
    );
}

#[test]
fn who_may_claim_has_its_sentences() {
    let held = Life::opened(terms()).told(Fact::ClaimsHeld { id: ID, on: true });
    check(
        &held,
        &["r: Only the holder may call for payment of this grant."],
    );
    let life = Life::opened(terms());
    let at = life.now;
    let recovering =
        life.told(Fact::RecoveringSet { id: ID, on: true })
            .told(Fact::RecoveryAnnounced {
                id: ID,
                to: OTHER,
                at,
            });
    check(
        &recovering,
        &["r: A recovery is announced, so only the holder's own call is paid."],
    );

    let known = held.known();
    let other = said(&known, &node(&known), OTHER, &relay());
    let want = [
        "w: Only 0xAaAa…aAaa may claim this grant now, and you are signed in with 0xbBbB…BbBb.",
        "wr: Only the holder may call for payment of this grant.",
    ];
    assert_eq!(other, want);
    let known = Life::opened(terms()).known();
    let other = said(&known, &node(&known), OTHER, &relay());
    let want = ["-: This grant pays 0xAaAa…aAaa, and you are signed in with 0xbBbB…BbBb."];
    assert_eq!(other, want);
}

#[test]
fn what_the_node_says_has_its_sentences() {
    let known = Life::opened(terms()).known();
    let rows: [(AtNode, &str); 6] = [
        (
            AtNode {
                chain_id: 1,
                ..node(&known)
            },
            "a: This server's node is on chain 1, and the grant is on chain 31337.",
        ),
        (
            AtNode {
                head: None,
                ..node(&known)
            },
            "a: This server's node does not answer, so the claim was not tried.",
        ),
        (
            AtNode {
                head: Some(known.head.0 + 5),
                ..node(&known)
            },
            "a: As of block 13, 5 blocks behind the chain; claiming is off until the index \
             catches up.",
        ),
        (
            AtNode {
                trial: Trial::Refuses {
                    reason: "it is closed".to_owned(),
                },
                ..node(&known)
            },
            "a: The contract would refuse this claim now.",
        ),
        (
            AtNode {
                trial: Trial::NoAnswer,
                ..node(&known)
            },
            "a: This server's node does not answer, so the claim was not tried.",
        ),
        (
            AtNode {
                gas: Some((0, 90_000_000_000_000)),
                ..node(&known)
            },
            "w: Your wallet has not enough of the chain's own coin to pay for gas.",
        ),
    ];
    for (node, want) in rows {
        assert_eq!(said(&known, &node, HOLDER, &relay()), [want]);
    }
    let near = AtNode {
        head: Some(known.head.0 + 2),
        ..node(&known)
    };
    assert!(said(&known, &near, HOLDER, &relay()).is_empty());
}

#[test]
fn the_relay_says_where_it_stands() {
    let known = Life::opened(terms()).known();
    let payment = known.payment().unwrap();
    let spent = Relay {
        used: 950_000,
        ..relay()
    };
    let want = ["r: The relay's gas for today is used up."];
    assert_eq!(said(&known, &node(&known), HOLDER, &spent), want);

    let asked = |state, asked_at| Relay {
        last: Some(RelayRequest {
            id: 1,
            grant: ID,
            wallet: HOLDER,
            asked_at,
            state,
            outcome: String::new(),
            job: None,
            changed_at: asked_at,
        }),
        ..relay()
    };
    let dear = Relay {
        policy: Some(RelayPolicy {
            min_payout: AMOUNT,
            gas_per_day: 1_000_000,
        }),
        ..relay()
    };
    let rows = [
        (relay(), true, Standing::Ready),
        (relay(), false, Standing::Stopped),
        (
            Relay {
                policy: None,
                ..relay()
            },
            true,
            Standing::Off,
        ),
        (spent, true, Standing::Spent),
        (dear, true, Standing::TooSmall { min: AMOUNT }),
        (
            asked(RelayState::Open, 5),
            true,
            Standing::Waiting { asked_at: 5 },
        ),
        (
            asked(RelayState::Done, BINDING - 60),
            true,
            Standing::Again {
                from: BINDING - 60 + DAY,
            },
        ),
        (
            asked(RelayState::Done, BINDING - DAY),
            true,
            Standing::Ready,
        ),
        (asked(RelayState::Refused, BINDING), true, Standing::Ready),
    ];
    for (relay, open, want) in rows {
        assert_eq!(relay.standing(&payment, open), want);
    }
}

#[test]
fn what_arrives_is_what_core_says() {
    let known = Life::opened(terms()).known();
    let preflight = Preflight::new(&known, Some(&node(&known)), Some(HOLDER), &relay()).unwrap();
    assert_eq!(preflight.payment.gross, AMOUNT / 2);
    assert_eq!(preflight.payment.withheld, AMOUNT / 20);
    assert_eq!(preflight.payment.net, AMOUNT * 9 / 20);
    assert!(preflight.by_wallet() && preflight.by_relay() && preflight.tried);
}

fn goal() -> Goal {
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
