use alloy_primitives::{Address, B256, U256};
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::goal::{AttemptStatus, GoalFlags, payout};
use guerdon_core::ledger::{GoalRecord, GrantRecord, Ledger, LedgerError, Record, RoundRecord};
use guerdon_core::state::{Flags, Phase};

use crate::goals::product_500;

const ROOT: B256 = B256::repeat_byte(1);
const ID: B256 = B256::repeat_byte(2);
const BAD: B256 = B256::repeat_byte(3);
const GOAL: B256 = B256::repeat_byte(4);
const ZERO: Address = Address::ZERO;

fn at(block: u64) -> Origin {
    Origin {
        block,
        block_time: block * 12,
        ..Origin::default()
    }
}

fn fold(facts: &[Fact]) -> Ledger {
    let mut ledger = Ledger::default();
    for (block, fact) in (1..).zip(facts) {
        ledger.apply(&at(block), fact).unwrap();
    }
    ledger
}

fn opening() -> Vec<Fact> {
    let recipient = Address::repeat_byte(7);
    vec![
        Fact::Funded {
            from: ZERO,
            amount: 1_000,
        },
        Fact::RoundCommitted {
            root: ROOT,
            total: 900,
            document: B256::ZERO,
            binding_at: 5,
            since: 0,
        },
        Fact::Opened {
            id: ID,
            root: ROOT,
            index: 0,
            recipient,
            amount: 600,
            withhold_bps: 4_200,
        },
        Fact::Invalid {
            id: BAD,
            root: ROOT,
            index: 1,
            freed: 300,
        },
    ]
}

#[test]
fn money_adds_up_from_facts_alone() {
    let mut facts = opening();
    facts.extend([
        Fact::Claimed {
            id: ID,
            to: ZERO,
            gross: 100,
            withheld: 42,
        },
        Fact::ClaimFailed {
            id: ID,
            to: ZERO,
            gross: 50,
            reason: B256::ZERO,
        },
        Fact::Ended {
            id: ID,
            stop_at: 70,
            grace: true,
            freed: 200,
            lost: 3,
        },
        Fact::FreeWithdrawn {
            to: ZERO,
            amount: 42,
        },
        Fact::Settled {
            id: ID,
            value: 150,
            freed: 250,
        },
    ]);
    let ledger = fold(&facts);
    let (pool, grant) = (ledger.pool, ledger.grants[&ID]);
    assert_eq!(
        (pool.funded, pool.promised, pool.released, pool.withheld),
        (1_000, 150, 100, 42)
    );
    assert_eq!((pool.free(), pool.paid_net(), pool.owed()), (850, 58, 900));
    assert_eq!(
        (grant.held(), grant.paid_net, grant.withheld, grant.payments),
        (150, 58, 42, 1)
    );
    assert_eq!(grant.state.phase, Phase::Settled { value: 150 });
    assert_eq!(grant.state.flags, Flags::OPENED.with(Flags::SETTLED));
    assert_eq!(grant.state.released, 100);
    let bad = ledger.grants[&BAD];
    assert_eq!(
        (bad.held(), bad.state.flags),
        (0, Flags::OPENED.with(Flags::CLOSED))
    );
    assert_eq!(
        ledger.grants.values().map(GrantRecord::held).sum::<u128>(),
        pool.promised
    );
}

#[test]
fn the_word_of_a_grant_follows_its_events() {
    let mut facts = opening();
    facts.extend([
        Fact::Paused {
            id: ID,
            stop_at: 50,
        },
        Fact::Resumed { id: ID, lost: 9 },
        Fact::Accelerated {
            id: ID,
            credit: 11,
            freed: 0,
        },
        Fact::Paused {
            id: ID,
            stop_at: 60,
        },
        Fact::ClaimsHeld { id: ID, on: true },
        Fact::WithholdingLowered {
            id: ID,
            withhold_bps: 1_000,
        },
    ]);
    let state = fold(&facts).grants[&ID].state;
    let wanted = U256::from(u16::from(true) | 4 | 128) << 104
        | U256::from(1_000) << 120
        | U256::from(60) << 152
        | U256::from(11) << 192
        | U256::from(9) << 224;
    assert_eq!(state.to_word(), wanted);

    facts.push(Fact::Ended {
        id: ID,
        stop_at: 70,
        grace: true,
        freed: 500,
        lost: 12,
    });
    let ended = fold(&facts).grants[&ID];
    let flags = Flags::OPENED
        .with(Flags::ENDED)
        .with(Flags::GRACED)
        .with(Flags::HOLDER_ONLY);
    assert_eq!((ended.state.flags, ended.held()), (flags, 100));
    facts.push(Fact::EndWithdrawn {
        id: ID,
        freed: -500,
    });
    let ledger = fold(&facts);
    let back = ledger.grants[&ID];
    assert_eq!(back.state.flags, Flags::OPENED.with(Flags::HOLDER_ONLY));
    assert_eq!(
        (back.state.clock().stop_at, back.state.clock().lost),
        (0, 12)
    );
    assert_eq!((back.held(), ledger.pool.promised), (600, 600));
}

#[test]
fn a_rescinded_round_promises_nothing() {
    let mut facts = opening();
    facts.truncate(2);
    facts.push(Fact::RoundRescinded {
        root: ROOT,
        freed: 900,
    });
    let ledger = fold(&facts);
    assert_eq!(ledger.pool.promised, 0);
    let round = ledger.rounds[&ROOT];
    assert_eq!(
        (round.total, round.rescinded, round.committed_at),
        (0, true, 24)
    );
}

#[test]
fn facts_out_of_order_are_refused() {
    let subject = Subject::Grant(ID);
    let claimed = Fact::Claimed {
        id: ID,
        to: ZERO,
        gross: 1,
        withheld: 0,
    };
    assert_eq!(
        Ledger::default().apply(&at(1), &claimed),
        Err(LedgerError::Unknown { subject })
    );
    let mut ledger = fold(&opening());
    let twice = ledger.apply(&at(9), &opening()[2]);
    assert_eq!(twice, Err(LedgerError::Twice { subject }));
    let wild = Fact::FreeWithdrawn {
        to: ZERO,
        amount: 5_000,
    };
    let refused = ledger.apply(&at(9), &wild);
    assert_eq!(
        refused,
        Err(LedgerError::Amount {
            subject: Subject::Pool
        })
    );
    let facts = [(at(1), claimed)];
    assert!(GrantRecord::fold(&facts).is_err());
    assert_eq!(RoundRecord::fold(&[]), Ok(None));
}

fn registered(attempt: u16, registered_at: u64) -> Fact {
    let (registered_block, deadline) = (registered_at / 12, registered_at + 1_000);
    let model = B256::with_last_byte(attempt as u8);
    Fact::Registered {
        id: GOAL,
        attempt,
        model,
        registered_at,
        registered_block,
        deadline,
    }
}

fn proposed(attempt: u16, x: u128, fraction: u32) -> Fact {
    Fact::Proposed {
        id: GOAL,
        attempt,
        x,
        y: 0,
        guards: 0,
        evidence: B256::ZERO,
        signers: 3,
        fraction,
        deadline: 9_000,
    }
}

fn goal_of(facts: &[Fact]) -> GoalRecord {
    let panel = [1, 2, 3].map(Address::with_last_byte).to_vec();
    let defined = Fact::GoalDefined {
        id: GOAL,
        goal: Box::new(product_500()),
        m: 2,
        panel,
    };
    let numbered = (1..)
        .map(at)
        .zip(std::iter::once(defined).chain(facts.iter().cloned()));
    GoalRecord::fold(&numbered.collect::<Vec<_>>())
        .unwrap()
        .unwrap()
}

#[test]
fn a_goal_goes_from_registration_to_its_end() {
    let best = 610_420_550;
    let facts = [
        registered(0, 2_000),
        proposed(0, 355, 0),
        Fact::Finalized {
            id: GOAL,
            attempt: 0,
            fraction: 0,
            best: 0,
            to_challenger: 0,
            cleared_demand: false,
        },
        registered(1, 5_000),
        proposed(1, 428, best),
        Fact::Finalized {
            id: GOAL,
            attempt: 1,
            fraction: best,
            best,
            to_challenger: 0,
            cleared_demand: false,
        },
        Fact::GoalClosed {
            id: GOAL,
            fraction: best,
            defaulted: 0,
        },
    ];
    let open = goal_of(&facts[..4]);
    assert_eq!(
        (
            open.state.pending,
            open.state.count,
            open.state.attempts_left(2)
        ),
        (1, 2, 0)
    );
    assert_eq!(open.fraction_at(2_000), (0, false));
    assert_eq!(open.fraction_at(5_000), (0, true));
    let closed = goal_of(&facts);
    let release = &closed.attempts[1];
    assert_eq!(payout(&closed.goal, release.lower.unwrap()), best);
    assert_eq!(
        (release.samples, release.word.fraction, release.word.signed),
        (500, best, true)
    );
    let statuses: Vec<_> = release.history.iter().map(|(status, _)| *status).collect();
    use AttemptStatus::{Finished, Proposed, Registered};
    assert_eq!(statuses, [Registered, Proposed, Finished]);
    let gate = closed.gate_result(Some(4_999));
    assert_eq!(
        (gate.fraction, gate.is_final, gate.at_stop),
        (best, true, Some((0, false)))
    );
    assert_eq!(gate.last_registered_at, 5_000);
}

#[test]
fn a_challenge_can_overturn_or_void_an_attempt() {
    let (challenger, reason) = (Address::repeat_byte(5), B256::ZERO);
    let challenged = |attempt| Fact::Challenged {
        id: GOAL,
        attempt,
        challenger,
        reason,
        bond: 9,
        deadline: 9_900,
    };
    let resolved = |attempt, verdict, fraction, x| Fact::Resolved {
        id: GOAL,
        attempt,
        verdict,
        fraction,
        x,
        y: 0,
        guards: 0,
        to_sponsor: 0,
        to_challenger: 9,
        to_dead: 0,
        cleared_demand: false,
    };
    let goal = goal_of(&[
        Fact::Demanded {
            id: GOAL,
            model: B256::ZERO,
            demanded_at: 1_500,
        },
        registered(0, 2_000),
        Fact::Expired {
            id: GOAL,
            attempt: 0,
            deadline: 3_000,
        },
        challenged(0),
        resolved(0, 2, 500_000_000, 420),
        registered(1, 2_500),
        Fact::Sealed {
            id: GOAL,
            attempt: 1,
            seed: [6; 12],
        },
        proposed(1, 500, 1_000_000_000),
        challenged(1),
        resolved(1, 3, 0, 0),
    ]);
    assert_eq!(
        (goal.state.fraction, goal.state.pending, goal.state.voided),
        (500_000_000, 0, 1)
    );
    assert!(goal.state.has(GoalFlags::DEMANDED));
    assert_eq!(
        (goal.attempts[0].x, goal.attempts[0].has_result),
        (420, true)
    );
    assert_eq!(goal.attempts[1].word.status, AttemptStatus::Void);
    assert_eq!(
        (goal.attempts[1].x, goal.attempts[1].word.seed),
        (500, [6; 12])
    );
    assert_eq!(goal.attempts[1].challenger, Some(challenger));
    assert_eq!(goal.fraction_at(9_999), (500_000_000, true));
}

#[test]
fn a_default_counts_for_those_who_were_there_when_it_was_demanded() {
    let demanded = Fact::Demanded {
        id: GOAL,
        model: B256::ZERO,
        demanded_at: 3_000,
    };
    let closes = Fact::Extended {
        id: GOAL,
        closes: 7_777,
    };
    let open = goal_of(&[demanded.clone(), closes]);
    assert_eq!(open.fraction_at(2_999), (0, false));
    assert_eq!(open.fraction_at(3_000), (0, true));
    assert_eq!(open.state.closes, 7_777);
    let closed = Fact::GoalClosed {
        id: GOAL,
        fraction: 400,
        defaulted: 400,
    };
    let closed = goal_of(&[demanded.clone(), closed]);
    assert_eq!(
        (closed.fraction_at(2_999), closed.fraction_at(3_000)),
        ((0, false), (400, false))
    );
    let answer = Fact::Finalized {
        id: GOAL,
        attempt: 0,
        fraction: 700,
        best: 700,
        to_challenger: 0,
        cleared_demand: true,
    };
    let answered = [
        demanded.clone(),
        registered(0, 3_500),
        proposed(0, 500, 700),
        answer,
    ];
    let under_way = goal_of(&answered[..3]);
    assert_eq!(under_way.fraction_at(2_999), (0, false));
    assert_eq!(under_way.fraction_at(3_000), (0, true));
    assert_eq!(under_way.gate_result(None).last_registered_at, 3_500);
    let asked = goal_of(&answered[..1]);
    assert_eq!(asked.gate_result(None).last_registered_at, 3_000);
    let answered = goal_of(&answered);
    assert!(!answered.state.has(GoalFlags::DEMANDED));
    assert!(answered.attempts[0].word.cleared_demand);
    assert_eq!(answered.attempts[0].word.deadline, 3_000);
    assert_eq!(answered.fraction_at(2_999), (0, false));
    assert_eq!(answered.fraction_at(3_000), (700, false));
    let refused = goal_of(&[demanded, Fact::DemandRefused { id: GOAL }]);
    assert_eq!(
        (refused.fraction_at(9_000), refused.state.demanded_at),
        ((0, false), 0)
    );
}
