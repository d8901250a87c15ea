//! Every event of the interfaces, from random values through its log into a fact.

use std::collections::BTreeSet;

use alloy::primitives::aliases::{U40, U48, U96};
use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256};
use alloy::sol_types::SolEvent;
use guerdon_core::fact::{Fact, Log, Origin};

use super::{decode, event_name};
use crate::bindings::{IAccessManager, IAccessToken, IGoals, IGrants, ISuccession};
use crate::goal_abi::{abi_goal, core_goal};

/// Values that look random and are the same in every run.
struct Draw(u64);

impl Draw {
    fn word(&mut self) -> B256 {
        self.0 += 1;
        keccak256(self.0.to_be_bytes())
    }

    fn uint(&mut self, bits: usize) -> u128 {
        let word = u128::from_be_bytes(self.word()[..16].try_into().unwrap());
        word >> (128 - bits)
    }

    fn u128(&mut self) -> u128 {
        self.uint(128)
    }

    fn u64(&mut self) -> u64 {
        self.uint(64) as u64
    }

    fn selector(&mut self) -> [u8; 4] {
        self.word()[..4].try_into().unwrap()
    }

    fn u32(&mut self) -> u32 {
        self.uint(32) as u32
    }

    fn u16(&mut self) -> u16 {
        self.uint(16) as u16
    }

    fn u8(&mut self) -> u8 {
        self.uint(8) as u8
    }

    fn seed(&mut self) -> [u8; 12] {
        self.word()[..12].try_into().unwrap()
    }

    fn u256(&mut self) -> U256 {
        self.word().into()
    }

    fn time(&mut self) -> u64 {
        self.uint(40) as u64
    }

    fn u40(&mut self) -> U40 {
        U40::from(self.time())
    }

    fn i128(&mut self) -> i128 {
        self.uint(128) as i128
    }

    fn terms(&mut self) -> Vec<u8> {
        self.word()[..].repeat(3)
    }

    fn bool(&mut self) -> bool {
        self.uint(1) == 1
    }

    fn address(&mut self) -> Address {
        Address::from_word(self.word())
    }

    fn goal(&mut self) -> IGoals::Goal {
        IGoals::Goal {
            kind: self.uint(2) as u8,
            threshold: self.uint(63) as i64,
            stretch: -(self.uint(60) as i64),
            basePpb: self.u32(),
            defaultPpb: self.u32(),
            bound: self.u16(),
            attempts: self.uint(8) as u8,
            maxVoids: self.uint(8) as u8,
            samples: self.u32(),
            pool: self.u32(),
            guards: self.u32(),
            opens: self.u40(),
            closes: self.u40(),
            runSeconds: self.u32(),
            challengeSeconds: self.u32(),
            arbiterSeconds: self.u32(),
            seedBlocks: self.u16(),
            sponsor: self.address(),
            panel: self.word(),
            arbiter: self.address(),
            bondToken: self.address(),
            bond: self.u128(),
            data: self.word(),
            spec: self.word(),
        }
    }
}

fn log(event: &impl SolEvent) -> Log {
    let data = event.encode_log_data();
    Log {
        origin: Origin {
            block: 7,
            log_index: 3,
            ..Origin::default()
        },
        address: Address::ZERO,
        topics: data.topics().to_vec(),
        data: data.data.to_vec(),
    }
}

fn check(seen: &mut BTreeSet<B256>, event: &impl SolEvent, want: &Fact) {
    let log = log(event);
    assert_eq!(
        decode(&log).unwrap().as_ref(),
        Some(want),
        "{}",
        event_name(&log).unwrap()
    );
    seen.insert(log.topics[0]);
    let mut torn = log;
    if torn.data.pop().is_some() {
        assert!(decode(&torn).is_err(), "{want:?} from a torn log");
    }
}

/// Draws each field of an event once; the fact has it under core's name for it.
macro_rules! events {
    ($seen:ident, $draw:ident, $interface:ident:
        $($name:ident { $($field:ident => $to:ident: $kind:ident),+ $(,)? })+) => {$({
        $(let $to = $draw.$kind();)+
        let event = $interface::$name { $($field: $to.clone().into_abi()),+ };
        check($seen, &event, &Fact::$name { $($to),+ });
    })+};
}

/// Core's types as the ABI has them.
trait IntoAbi<T> {
    fn into_abi(self) -> T;
}

macro_rules! same {
    ($($kind:ty),+) => {$(
        impl IntoAbi<$kind> for $kind {
            fn into_abi(self) -> $kind {
                self
            }
        }
    )+};
}

same!(Address, B256, U256, u128, i128, u64, u32, u16, u8, bool);

impl IntoAbi<U40> for u64 {
    fn into_abi(self) -> U40 {
        U40::from(self)
    }
}

impl IntoAbi<U48> for u64 {
    fn into_abi(self) -> U48 {
        U48::from(self)
    }
}

impl IntoAbi<FixedBytes<4>> for [u8; 4] {
    fn into_abi(self) -> FixedBytes<4> {
        self.into()
    }
}

impl IntoAbi<Bytes> for Vec<u8> {
    fn into_abi(self) -> Bytes {
        self.into()
    }
}

impl IntoAbi<U96> for [u8; 12] {
    fn into_abi(self) -> U96 {
        U96::from_be_bytes(self)
    }
}

#[test]
fn every_event_becomes_its_fact() {
    let (seen, draw) = (&mut BTreeSet::new(), &mut Draw(0));
    for _ in 0..10 {
        grants_events(seen, draw);
        succession_events(seen, draw);
        goals_events(seen, draw);
        access_events(seen, draw);
        events!(seen, draw, IAccessToken:
            Transfer { from => from: address, to => to: address, value => amount: u256 }
        );
    }

    let known = IGrants::IGrantsEvents::SELECTORS
        .iter()
        .chain(ISuccession::ISuccessionEvents::SELECTORS)
        .chain(IGoals::IGoalsEvents::SELECTORS)
        .chain(IAccessManager::IAccessManagerEvents::SELECTORS);
    let missing = known
        .map(B256::from)
        .filter(|selector| !seen.contains(selector));
    let names: Vec<_> = missing
        .filter_map(|topic| {
            event_name(&Log {
                topics: vec![topic],
                ..log_of_nothing()
            })
        })
        .collect();
    // It has a test of its own.
    assert_eq!(names, ["GoalDefined"]);
}

fn succession_events(seen: &mut BTreeSet<B256>, draw: &mut Draw) {
    events!(seen, draw, IGrants:
        Succeeded {
            oldId => old: word,
            newId => id: word,
            place => place: u8,
            terms => terms: terms,
            freed => freed: i128,
        }
        HolderChanged { id => id: word, holder => holder: address }
        RecoveringSet { id => id: word, on => on: bool }
    );
    events!(seen, draw, ISuccession:
        Replaced { oldId => old: word, holder => holder: address, count => count: u256 }
        Moved { id => id: word, from => from: address, to => to: address }
        RecoveryAnnounced { id => id: word, to => to: address, announcedAt => at: time }
        RecoveryExecuted { id => id: word, to => to: address }
        RecoveryVetoed { id => id: word, cancelledAt => at: time }
        RecoveryLapsed { id => id: word }
    );
}

fn grants_events(seen: &mut BTreeSet<B256>, draw: &mut Draw) {
    events!(seen, draw, IGrants:
        Funded { from => from: address, amount => amount: u128 }
        FreeWithdrawn { to => to: address, amount => amount: u128 }
        RoundCommitted {
            root => root: word,
            total => total: u128,
            document => document: word,
            bindingAt => binding_at: time,
            since => since: u16,
        }
        RoundRescinded { root => root: word, freed => freed: u128 }
        Opened {
            id => id: word,
            root => root: word,
            index => index: u32,
            recipient => recipient: address,
            amount => amount: u128,
            withholdBps => withhold_bps: u16,
        }
        Invalid { id => id: word, root => root: word, index => index: u32, freed => freed: u128 }
        Claimed {
            id => id: word,
            to => to: address,
            gross => gross: u128,
            withheld => withheld: u128,
        }
        ClaimFailed {
            id => id: word,
            to => to: address,
            gross => gross: u128,
            reason => reason: word,
        }
        Ended {
            id => id: word,
            stopAt => stop_at: time,
            grace => grace: bool,
            freed => freed: i128,
            lost => lost: u32,
        }
        EndWithdrawn { id => id: word, freed => freed: i128 }
        Paused { id => id: word, stopAt => stop_at: time }
        Resumed { id => id: word, lost => lost: u32 }
        Accelerated { id => id: word, credit => credit: u32, freed => freed: i128 }
        Settled { id => id: word, value => value: u128, freed => freed: u128 }
        Waived { id => id: word, value => value: u128, freed => freed: u128 }
        WithholdingLowered { id => id: word, withholdBps => withhold_bps: u16 }
        ClaimsHeld { id => id: word, on => on: bool }
    );
}

fn goals_events(seen: &mut BTreeSet<B256>, draw: &mut Draw) {
    events!(seen, draw, IGoals:
        Sealed { id => id: word, attempt => attempt: u16, seed => seed: seed }
        Registered {
            id => id: word,
            attempt => attempt: u16,
            model => model: word,
            registeredAt => registered_at: time,
            registeredBlock => registered_block: time,
            deadline => deadline: time,
        }
        Proposed {
            id => id: word,
            attempt => attempt: u16,
            x => x: u128,
            y => y: u128,
            guards => guards: u32,
            evidence => evidence: word,
            signers => signers: u16,
            fraction => fraction: u32,
            deadline => deadline: time,
        }
        Expired { id => id: word, attempt => attempt: u16, deadline => deadline: time }
        Challenged {
            id => id: word,
            attempt => attempt: u16,
            challenger => challenger: address,
            reason => reason: word,
            bond => bond: u128,
            deadline => deadline: time,
        }
        Resolved {
            id => id: word,
            attempt => attempt: u16,
            verdict => verdict: u8,
            fraction => fraction: u32,
            x => x: u128,
            y => y: u128,
            guards => guards: u32,
            toSponsor => to_sponsor: u128,
            toChallenger => to_challenger: u128,
            toDead => to_dead: u128,
            clearedDemand => cleared_demand: bool,
        }
        Finalized {
            id => id: word,
            attempt => attempt: u16,
            fraction => fraction: u32,
            best => best: u32,
            toChallenger => to_challenger: u128,
            clearedDemand => cleared_demand: bool,
        }
        Demanded { id => id: word, model => model: word, demandedAt => demanded_at: time }
        DemandRefused { id => id: word }
        Extended { id => id: word, closes => closes: time }
        GoalClosed { id => id: word, fraction => fraction: u32, defaulted => defaulted: u32 }
        BondWithdrawn { token => token: address, to => to: address, amount => amount: u256 }
    );
}

fn access_events(seen: &mut BTreeSet<B256>, draw: &mut Draw) {
    events!(seen, draw, IAccessManager:
        OperationScheduled {
            operationId => id: word,
            nonce => nonce: u32,
            schedule => at: time,
            caller => caller: address,
            target => target: address,
            data => data: terms,
        }
        OperationExecuted { operationId => id: word, nonce => nonce: u32 }
        OperationCanceled { operationId => id: word, nonce => nonce: u32 }
        RoleGranted {
            roleId => role: u64,
            account => account: address,
            delay => delay: u32,
            since => since: time,
            newMember => new_member: bool,
        }
        RoleRevoked { roleId => role: u64, account => account: address }
        TargetFunctionRoleUpdated {
            target => target: address,
            selector => selector: selector,
            roleId => role: u64,
        }
    );
}

#[test]
fn a_definition_becomes_its_fact() {
    let (mut seen, mut draw) = (BTreeSet::new(), Draw(1_000));
    for _ in 0..20 {
        let (id, goal, m) = (draw.word(), draw.goal(), draw.u8());
        let panel = vec![draw.address(), draw.address()];
        let core = core_goal(&goal).unwrap();
        assert_eq!(abi_goal(&core), goal);
        let want = Fact::GoalDefined {
            id,
            goal: Box::new(core),
            m,
            panel: panel.clone(),
        };
        check(
            &mut seen,
            &IGoals::GoalDefined { id, goal, m, panel },
            &want,
        );
    }
}

#[test]
fn a_kind_that_nobody_knows_is_an_error() {
    let mut draw = Draw(2_000);
    let goal = IGoals::Goal {
        kind: 4,
        ..draw.goal()
    };
    let event = IGoals::GoalDefined {
        id: draw.word(),
        goal,
        m: 1,
        panel: vec![],
    };
    let error = decode(&log(&event)).unwrap_err().to_string();
    assert!(
        error.contains("block 7") && error.contains("no kind"),
        "{error}"
    );
}

#[test]
fn other_events_are_no_facts() {
    let mut draw = Draw(3_000);
    let approval = IAccessToken::Approval {
        owner: draw.address(),
        spender: draw.address(),
        value: draw.u256(),
    };
    let logs = [
        log(&approval),
        log(&IAccessToken::DelegateChanged {
            delegator: draw.address(),
            fromDelegate: draw.address(),
            toDelegate: draw.address(),
        }),
        log(&IAccessToken::DelegateVotesChanged {
            delegate: draw.address(),
            previousVotes: draw.u256(),
            newVotes: draw.u256(),
        }),
        log(&IAccessToken::AuthorizationUsed {
            authorizer: draw.address(),
            nonce: draw.word(),
        }),
        log(&IAccessToken::AuthorizationCanceled {
            authorizer: draw.address(),
            nonce: draw.word(),
        }),
    ];
    for log in &logs {
        assert_eq!(decode(log).unwrap(), None);
        assert!(event_name(log).is_some());
    }
    let unknown = Log {
        topics: vec![draw.word()],
        ..log_of_nothing()
    };
    for log in [unknown, log_of_nothing()] {
        assert_eq!(decode(&log).unwrap(), None);
        assert_eq!(event_name(&log), None);
    }
    assert_eq!(event_name(&log(&approval)), Some("Approval"));
}

fn log_of_nothing() -> Log {
    Log {
        origin: Origin::default(),
        address: Address::ZERO,
        topics: vec![],
        data: vec![],
    }
}
