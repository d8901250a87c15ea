//! Every sentence of the pre-flight, from states that facts lead to.

use guerdon_core::fact::Fact;
use guerdon_store::{RelayRequest, RelayState};

use super::life::*;
use super::look::{AtNode, Trial};
use super::preflight::Preflight;
use super::relay::{DAY, Relay, RelayPolicy, Standing};

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
            "a: Nothing can be claimed yet.",
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
        &["a: All that can be claimed is claimed already: 500.00 ACC."],
    );
    let paused = life();
    let now = paused.now;
    check(
        &paused.told(Fact::Paused {
            id: ID,
            stop_at: now,
        }),
        &["-: The grant has been paused since 30 Mar 2027."],
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
        &["-: Notice is given: the grant ends on 29 Apr 2027."],
    );
    check(
        &life().told(end(now)).after(60),
        &["-: The grant ended on 30 Mar 2027."],
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
            "a: Nothing can be claimed yet.",
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
            "a: Nothing can be claimed yet.",
            "-: 500.00 ACC are earned by time and wait for the goal “launch”.",
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
        "w: Only 0xAaAa…aAaa may claim this grant now, and you are signed in with 0xbBbB…BBbB.",
        "wr: Only the holder may call for payment of this grant.",
    ];
    assert_eq!(other, want);
    let known = Life::opened(terms()).known();
    let other = said(&known, &node(&known), OTHER, &relay());
    let want = ["-: This grant pays 0xAaAa…aAaa, and you are signed in with 0xbBbB…BBbB."];
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
                head: Some((known.head.0 + 5, known.head.1 + 61)),
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
    for (blocks, seconds) in [(2, 90_000), (500, 60)] {
        let near = AtNode {
            head: Some((known.head.0 + blocks, known.head.1 + seconds)),
            ..node(&known)
        };
        assert!(said(&known, &near, HOLDER, &relay()).is_empty());
    }
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
