//! Laws that hold for every replacement and every recovery.

use alloy_primitives::{Address, B256};
use guerdon_core::grant::{GateResult, amounts, held};
use guerdon_core::state::{Clock, Flags, Phase, State};
use guerdon_core::succession::{
    Around, Found, Left, Recovery, SuccessionRefused, announce, clear, execute, r#move, succeed,
    veto,
};
use guerdon_core::terms::{Powers, Schedule, Terms};
use proptest::prelude::*;

use crate::samples::{results, terms};
use crate::succession::{Known, desk};

const DAY: u64 = 86_400;

/// What a holder or the company may try.
#[derive(Clone, Copy, Debug)]
enum Call {
    Announce(u8),
    Execute(u8),
    Veto { by_holder: bool },
    Move { to: u8, by_holder: bool },
    Clear,
}

fn call() -> impl Strategy<Value = Call> {
    let to = || 1..4_u8;
    prop_oneof![
        4 => to().prop_map(Call::Announce),
        4 => to().prop_map(Call::Execute),
        1 => any::<bool>().prop_map(|by_holder| Call::Veto { by_holder }),
        1 => (to(), any::<bool>()).prop_map(|(to, by_holder)| Call::Move { to, by_holder }),
        2 => Just(Call::Clear),
    ]
}

/// Waits that meet the edges: 30, 60 and 90 days, and a second around them.
fn wait() -> impl Strategy<Value = u64> {
    let edge = (prop::sample::select(vec![30, 60, 90]), 0..3_u64);
    prop_oneof![
        2 => edge.prop_map(|(days, about)| days * DAY + about - 1),
        1 => 0..100 * DAY,
        1 => Just(0_u64),
    ]
}

/// A state that a grant of these terms can be in, with so much released.
fn state(terms: &Terms, kind: u8, now: u64, released: u128) -> State {
    let opened = State {
        released,
        ..State::opened(terms.withhold_bps, 0)
    };
    let clock = Clock {
        stop_at: now.saturating_sub(5_000),
        credit: 40,
        lost: 0,
    };
    let (flag, phase) = match kind {
        0 => (Flags::HOLDER_ONLY, opened.phase),
        1 => (Flags::ENDED, Phase::Active(clock)),
        2 => (Flags::PAUSED, Phase::Active(clock)),
        _ => {
            let value = released.max(terms.amount / 3);
            (Flags::SETTLED, Phase::Settled { value })
        }
    };
    State {
        flags: opened.flags.with(flag),
        phase,
        ..opened
    }
}

/// The old grant in parts, the first one as large as is wanted, each vesting a little otherwise.
fn parts(old: &Terms, first: u128, vests_at_once: bool) -> Vec<Vec<u8>> {
    let first = first.clamp(1, old.amount);
    let amounts = [first, old.amount - first];
    let part = |(place, amount): (u8, u128)| {
        let vesting = if vests_at_once {
            Schedule::whole()
        } else {
            old.vesting.clone()
        };
        let part = Terms {
            amount,
            document: B256::repeat_byte(place),
            vesting,
            ..old.clone()
        };
        part.encode().unwrap()
    };
    let some = (1..).zip(amounts).filter(|(_, amount)| *amount > 0);
    some.map(part).collect()
}

/// The holder as far as a sequence has come, and when what was said for or against a recovery.
#[derive(Debug)]
struct Story {
    state: State,
    recovery: Recovery,
    holder: u8,
    announced: Option<(u8, u64)>,
    cancelled: Option<u64>,
}

impl Story {
    fn take(&mut self, terms: &Terms, call: Call, now: u64) -> Result<(), TestCaseError> {
        let found = Found {
            terms,
            state: &self.state,
            recovery: &self.recovery,
        };
        let (desk, account) = (desk(now), Address::repeat_byte);
        let left = match call {
            Call::Announce(to) => announce(&desk, &found, account(to)),
            Call::Execute(to) => execute(&found, account(to), now),
            Call::Veto { by_holder } => veto(&found, now, by_holder),
            Call::Move { to, by_holder } => r#move(&desk, &found, account(to), by_holder),
            Call::Clear => clear(&found, now),
        };
        let Ok(Left { state, recovery }) = left else {
            return Ok(());
        };
        match call {
            Call::Announce(to) => {
                prop_assert!(terms.powers.recover);
                prop_assert_eq!(self.announced, None);
                let quiet = self.cancelled.is_none_or(|at| now >= at + 90 * DAY);
                prop_assert!(quiet, "announced within 90 days of a veto");
                self.announced = Some((to, now));
            }
            Call::Execute(to) => {
                let (announced_to, at) = self.announced.take().unwrap();
                prop_assert_eq!(to, announced_to);
                prop_assert!((at + 30 * DAY..=at + 60 * DAY).contains(&now));
                self.holder = to;
                self.cancelled = None;
            }
            Call::Veto { by_holder } => {
                prop_assert!(by_holder && self.announced.is_some());
                self.announced = None;
                self.cancelled = Some(now);
            }
            Call::Move { to, by_holder } => {
                prop_assert!(by_holder && terms.powers.r#move);
                self.holder = to;
                if self.announced.take().is_some() {
                    self.cancelled = Some(now);
                }
            }
            Call::Clear => {
                let (_, at) = self.announced.take().unwrap();
                prop_assert!(now > at + 60 * DAY);
                self.cancelled = None;
            }
        }
        (self.state, self.recovery) = (state, recovery);
        prop_assert_eq!(state.has(Flags::RECOVERING), recovery.stands());
        prop_assert_eq!(recovery.stands(), self.announced.is_some());
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_replacement_keeps_what_is_earned_and_conserves_money(
        old in terms(),
        results in results(),
        now in 900_000_000..2_200_000_000_u64,
        kind in 0..4_u8,
        share in 0..=100_u128,
        first in 0..=100_u128,
        at_once in any::<bool>(),
    ) {
        let gates = &results[..old.gates.len()];
        let goals = old.gates.iter().map(|gate| gate.goal).zip(gates.iter().copied());
        let known = Known { goals: goals.collect(), taken: Vec::new() };
        let unpaid = state(&old, kind, now, 0);
        let vested = amounts(&old, &unpaid, gates, now).unwrap().vested;
        let released = vested / 100 * share;
        let state = state(&old, kind, now, released);
        let before = amounts(&old, &state, gates, now).unwrap();
        let successors = parts(&old, released.max(old.amount / 100 * first), at_once);
        let desk = desk(now);
        let around = Around { desk: &desk, lookup: &known, free: u128::MAX >> 1 };
        let found = Found { terms: &old, state: &state, recovery: &Recovery::default() };
        let vested_in = |terms: &Terms, state: &State| {
            let gates: Vec<GateResult> =
                terms.gates.iter().map(|gate| known.goals[&gate.goal]).collect();
            amounts(terms, state, &gates, now).unwrap().vested
        };
        match succeed(&around, &found, gates, &successors, old.recipient) {
            Ok(born) => {
                let after: u128 = born.iter().map(|one| vested_in(&one.terms, &one.state)).sum();
                prop_assert!(after + born.len() as u128 > before.vested);
                let holds: u128 = born.iter().map(|one| held(&one.terms, &one.state)).sum();
                let freed: i128 = born.iter().map(|one| one.freed).sum();
                let moved = i128::try_from(before.held).unwrap() - freed;
                prop_assert_eq!(u128::try_from(moved).unwrap(), holds);
                let paid: u128 = born.iter().map(|one| one.state.released).sum();
                prop_assert_eq!(paid, state.released);
                prop_assert!(born.iter().all(|one| one.state.released <= one.terms.amount));
            }
            Err(SuccessionRefused::VestedFalls { before: had, after }) => {
                prop_assert_eq!(had, before.vested);
                prop_assert!(after < had);
            }
            Err(refused) => prop_assert!(false, "{refused}"),
        }
    }

    #[test]
    fn nobody_is_recovered_early_late_or_against_a_veto_and_moves_need_the_power(
        terms in terms(),
        powers in 0..8_u16,
        calls in prop::collection::vec((wait(), call()), 1..30),
    ) {
        let powers = Powers::from_bits(powers).unwrap();
        let terms = Terms { powers, ..terms };
        let mut story = Story {
            state: State::opened(0, 0),
            recovery: Recovery::default(),
            holder: 7,
            announced: None,
            cancelled: None,
        };
        let mut now = 1_800_000_000;
        for (wait, call) in calls {
            now += wait;
            let before = story.holder;
            story.take(&terms, call, now)?;
            if !matches!(call, Call::Execute(_) | Call::Move { .. }) {
                prop_assert_eq!(story.holder, before);
            }
            prop_assert_eq!(story.state.has(Flags::MOVED), story.holder != 7);
        }
        if !powers.r#move && !powers.recover {
            prop_assert_eq!(story.holder, 7);
        }
    }

    #[test]
    fn whatever_can_be_read_has_the_form_of_terms(
        terms in terms(), more in prop::collection::vec(any::<u8>(), 1..10), cut in 1..10_usize,
    ) {
        let bytes = terms.encode().unwrap();
        prop_assert!(Terms::has_form(&bytes));
        prop_assert!(!Terms::has_form(&[&bytes[..], &more].concat()));
        prop_assert!(!Terms::has_form(&bytes[..bytes.len() - cut]));
    }
}
