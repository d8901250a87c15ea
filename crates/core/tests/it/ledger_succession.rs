//! What the events of Succession and its part of Grants add up to.

use alloy_primitives::{Address, B256, U256};
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::ledger::{Descent, GrantRecord, Ledger, LedgerError, Record};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::Recovery;
use guerdon_core::terms::{Powers, Schedule, Terms};

const ROOT: B256 = B256::repeat_byte(1);
const OLD: B256 = B256::repeat_byte(2);
const NEW: [B256; 2] = [B256::repeat_byte(3), B256::repeat_byte(4)];
const TO: Address = Address::repeat_byte(9);

fn at(block: u64) -> Origin {
    Origin {
        block,
        block_time: block * 12,
        ..Origin::default()
    }
}

fn terms(amount: u128) -> Vec<u8> {
    let terms = Terms {
        recipient: Address::repeat_byte(5),
        amount,
        start: 1,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 77,
        document: B256::ZERO,
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::whole(),
    };
    terms.encode().unwrap()
}

fn claimed(id: B256, gross: u128, withheld: u128) -> Fact {
    Fact::Claimed {
        id,
        to: TO,
        gross,
        withheld,
    }
}

fn opening() -> Vec<Fact> {
    vec![
        Fact::Funded {
            from: TO,
            amount: 1_000,
        },
        Fact::RoundCommitted {
            root: ROOT,
            total: 600,
            document: B256::ZERO,
            binding_at: 0,
            since: 8,
        },
        Fact::Opened {
            id: OLD,
            root: ROOT,
            index: 3,
            recipient: TO,
            amount: 600,
            withhold_bps: 0,
        },
        claimed(OLD, 100, 40),
    ]
}

/// One grant of 600, of which 100 were claimed, becomes two of 500 and 250.
fn replacing() -> [Fact; 3] {
    let born = |place: u8, amount: u128, freed: i128| Fact::Succeeded {
        old: OLD,
        id: NEW[usize::from(place)],
        place,
        terms: terms(amount),
        freed,
    };
    let replaced = Fact::Replaced {
        old: OLD,
        holder: TO,
        count: U256::from(2),
    };
    [replaced, born(0, 500, 100), born(1, 250, -250)]
}

fn fold(facts: &[Fact]) -> Ledger {
    let mut ledger = Ledger::default();
    for (block, fact) in (1..).zip(facts) {
        ledger.apply(&at(block), fact).unwrap();
    }
    ledger
}

#[test]
fn successors_take_over_what_was_released_and_the_old_grant_holds_nothing() {
    let mut facts = opening();
    facts.extend(replacing());
    let ledger = fold(&facts);
    assert_eq!((ledger.pool.promised, ledger.pool.funded), (750, 1_040));
    let old = ledger.grants[&OLD];
    assert_eq!((old.state, old.held()), (State::closed(), 0));
    assert_eq!((old.paid_net, old.withheld, old.handed_on()), (60, 40, 100));

    let [first, second] = NEW.map(|id| ledger.grants[&id]);
    let opened = State::opened(77, 8);
    assert_eq!(second.state, opened);
    let inherited = State {
        released: 100,
        ..opened
    };
    assert_eq!(first.state, inherited);
    assert_eq!((first.held(), second.held()), (500, 250));
    assert_eq!((first.inherited, second.inherited), (100, 0));
    assert_eq!(
        (first.paid_net, first.recipient),
        (0, Address::repeat_byte(5))
    );
    for (place, one) in (0..).zip([first, second]) {
        assert_eq!(one.descent, Some(Descent { old: OLD, place }));
        assert_eq!((one.root, one.index), (ROOT, 3));
    }
    let held: u128 = ledger.grants.values().map(GrantRecord::held).sum();
    assert_eq!(held, ledger.pool.promised);
}

#[test]
fn a_successor_folds_alone_from_its_events_and_its_predecessor() {
    let mut facts = opening();
    facts.extend(replacing());
    facts.push(claimed(NEW[0], 30, 3));
    let ledger = fold(&facts);
    let numbered: Vec<_> = (1..).map(at).zip(facts).collect();
    let own = |id: B256| {
        let of = |(_, fact): &&(Origin, Fact)| fact.subject() == Subject::Grant(id);
        GrantRecord::fold(numbered.iter().filter(of))
            .unwrap()
            .unwrap()
    };
    let mut first = own(NEW[0]);
    assert_eq!(first.state.released, 30);
    first.inherit(&own(OLD)).unwrap();
    first.state.since = 8;
    assert_eq!(first, ledger.grants[&NEW[0]]);
    assert_eq!(
        (first.state.released, first.handed_on(), first.paid_net),
        (130, 130, 27)
    );
}

#[test]
fn holders_and_recoveries_follow_their_events() {
    let (to, id) = (TO, OLD);
    let mut facts = opening();
    facts.extend([
        Fact::RecoveryAnnounced { id, to, at: 50 },
        Fact::RecoveringSet { id, on: true },
    ]);
    let announced = fold(&facts).grants[&OLD];
    assert_eq!(announced.recovery, Recovery::announced(TO, 50));
    assert!(announced.state.has(Flags::RECOVERING));

    let with = |more: &[Fact]| fold(&[&facts[..], more].concat()).grants[&OLD];
    let off = Fact::RecoveringSet { id, on: false };
    let vetoed = with(&[Fact::RecoveryVetoed { id, at: 60 }, off.clone()]);
    assert_eq!(vetoed.recovery, Recovery::cancelled(60));
    assert_eq!(vetoed.state.flags, Flags::OPENED);
    let lapsed = with(&[Fact::RecoveryLapsed { id }, off]);
    assert_eq!(lapsed.recovery, Recovery::default());
    assert_eq!(lapsed.state.flags, Flags::OPENED);

    let holder = Address::repeat_byte(6);
    let changed = Fact::HolderChanged { id, holder };
    let executed = with(&[Fact::RecoveryExecuted { id, to }, changed.clone()]);
    assert_eq!(executed.recovery, Recovery::default());
    assert_eq!(executed.moved_to, Some(holder));
    assert_eq!(executed.state.flags, Flags::OPENED.with(Flags::MOVED));
    let moved = with(&[
        Fact::RecoveryVetoed { id, at: 70 },
        Fact::Moved {
            id,
            from: TO,
            to: holder,
        },
        changed,
    ]);
    assert_eq!(moved.recovery, Recovery::cancelled(70));
    assert_eq!(moved.moved_to, Some(holder));
    assert_eq!(moved.recipient, TO);
}

#[test]
fn successors_of_nothing_and_twice_are_refused() {
    let [_, born, _] = replacing();
    let mut ledger = Ledger::default();
    // money comes first, so that it is the grant that is missing
    ledger.apply(&at(1), &opening()[0]).unwrap();
    ledger.apply(&at(2), &opening()[1]).unwrap();
    let subject = Subject::Grant(OLD);
    assert_eq!(
        ledger.apply(&at(3), &born),
        Err(LedgerError::Unknown { subject })
    );
    let mut facts = opening();
    facts.extend(replacing());
    let subject = Subject::Grant(NEW[0]);
    assert_eq!(
        fold(&facts).apply(&at(9), &born),
        Err(LedgerError::Twice { subject })
    );
}
