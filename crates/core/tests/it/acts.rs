//! Whatever is asked of a grant: what the preview says is what the records say once the chain has
//! written its facts.

use alloy_primitives::{Address, B256};
use guerdon_core::act::{Act, Results, Standing, at_stake};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::{Desk, GateResult, amounts, held, holder, payment};
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GrantRecord, PoolRecord, Record};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::SuccessionRefused;
use guerdon_core::terms::{Powers, Schedule, Segment, Terms};
use proptest::prelude::*;

use crate::samples::{results, terms};

const ID: B256 = B256::repeat_byte(0x1d);
const GRANTS: Address = Address::repeat_byte(0x6a);
const TOKEN: Address = Address::repeat_byte(0x70);

#[derive(Debug)]
struct Fixed(Vec<GateResult>);

impl Results for Fixed {
    fn gates(&self, terms: &Terms, stop_at: Option<u64>) -> Vec<GateResult> {
        let gates = terms.gates.iter().zip(&self.0);
        gates
            .map(|(_, result)| GateResult {
                at_stop: stop_at.and(result.at_stop),
                ..*result
            })
            .collect()
    }
}

/// An act with its times relative to now.
fn act() -> impl Strategy<Value = (Act, i64)> {
    let account = || (1..4_u8).prop_map(Address::repeat_byte);
    let end = (any::<bool>(), -40_000_000..40_000_000_i64)
        .prop_map(|(grace, ahead)| (Act::End { stop_at: 0, grace }, ahead));
    let plain = prop_oneof![
        Just(Act::WithdrawEnd),
        Just(Act::Pause),
        Just(Act::Resume),
        (0..50_000_000_u32).prop_map(|by| Act::Accelerate { by }),
        (0..=10_000_u16).prop_map(|withhold_bps| Act::LowerWithholding { withhold_bps }),
        Just(Act::Settle),
        Just(Act::Waive),
        any::<bool>().prop_map(|on| Act::Hold { on }),
        account().prop_map(|to| Act::Move { to }),
        account().prop_map(|to| Act::AnnounceRecovery { to }),
        Just(Act::ExecuteRecovery),
        Just(Act::ClearRecovery),
        Just(Act::Veto),
    ];
    prop_oneof![2 => end, 9 => plain.prop_map(|act| (act, 0))]
}

fn at(act: Act, now: u64, ahead: i64) -> Act {
    match act {
        Act::End { grace, .. } => Act::End {
            stop_at: now.saturating_add_signed(ahead).max(1),
            grace,
        },
        other => other,
    }
}

/// The grant as its records tell it.
struct Life {
    terms: Terms,
    results: Fixed,
    record: GrantRecord,
    pool: PoolRecord,
    now: u64,
}

impl Life {
    fn begin(terms: Terms, results: Vec<GateResult>, spare: u128) -> Self {
        let opened = Fact::Opened {
            id: ID,
            root: B256::ZERO,
            index: 0,
            recipient: terms.recipient,
            amount: terms.amount,
            withhold_bps: terms.withhold_bps,
        };
        Self {
            record: GrantRecord::begin(&Origin::default(), &opened).unwrap(),
            pool: PoolRecord {
                funded: terms.amount + spare,
                promised: terms.amount,
                ..PoolRecord::default()
            },
            now: terms.start,
            results: Fixed(results),
            terms,
        }
    }

    fn standing(&self) -> Standing<'_> {
        Standing {
            desk: Desk {
                domain: Domain::new(31_337, GRANTS),
                grants: GRANTS,
                token: TOKEN,
                now: self.now,
            },
            terms: &self.terms,
            state: &self.record.state,
            recovery: &self.record.recovery,
            holder: holder(&self.terms, &self.record.state, self.record.moved_to),
            results: &self.results,
            free: self.pool.free(),
        }
    }

    /// Whether it was carried out.
    fn live(&mut self, act: Act, by_holder: bool) -> bool {
        let standing = self.standing();
        let (after, effect) = match standing.weigh(act, by_holder) {
            Ok(weighed) => weighed,
            Err(refused) => {
                assert_eq!(act.apply(&standing, by_holder), Err(refused));
                return false;
            }
        };
        let facts = act.facts(ID, &standing, &after);
        assert_eq!(effect.before, standing.figures(standing.state).unwrap());
        let told = facts.iter().filter(|fact| act.is_told_by(fact)).count();
        assert_eq!(told, 1, "{act:?} is told by {facts:?}");
        for fact in &facts {
            self.record.apply(&Origin::default(), fact).unwrap();
            self.pool.apply(&Origin::default(), fact).unwrap();
        }
        let record = self.record;
        assert_eq!(record.state, after.state, "{act:?}");
        assert_eq!(record.recovery, after.recovery, "{act:?}");
        assert_eq!(record.held(), held(&self.terms, &record.state), "{act:?}");
        assert_eq!(self.pool.promised, record.held(), "{act:?}");
        let standing = self.standing();
        assert_eq!(standing.holder, after.holder, "{act:?}");
        let gates = standing.gates(&record.state);
        let now = amounts(&self.terms, &record.state, &gates, self.now).unwrap();
        assert_eq!(effect.after.amounts, now, "{act:?}");
        let net = payment(now.payable, record.state.withhold_bps).net;
        assert_eq!(effect.after.claimable, net, "{act:?}");
        assert_eq!(effect.before.amounts.released, now.released, "{act:?}");
        let vested = effect.before.amounts.vested;
        assert!(effect.after.at_stake <= now.vested && effect.before.at_stake <= vested);
        true
    }
}

proptest! {
    #[test]
    fn a_preview_says_what_the_records_say_afterwards(
        terms in terms(),
        results in results(),
        spare in 0..1_000_000_u128,
        acts in prop::collection::vec((act(), 0..30_000_000_u64, 0..5_u8), 1..14),
    ) {
        let mut life = Life::begin(terms, results, spare);
        for ((act, ahead), wait, by_other) in acts {
            life.now += wait;
            life.live(at(act, life.now, ahead), by_other != 0);
        }
    }

    #[test]
    fn terms_without_powers_allow_none_of_what_they_leave_out(terms in terms()) {
        let terms = Terms { powers: Powers::default(), pause_max: 0, ..terms };
        let now = terms.start;
        let mut life = Life::begin(terms, vec![GateResult::default(); 8], 0);
        let to = Address::repeat_byte(1);
        let refused = [
            Act::End { stop_at: now, grace: false },
            Act::Pause,
            Act::Move { to },
            Act::AnnounceRecovery { to },
        ];
        for act in refused {
            prop_assert!(!life.live(act, true), "{act:?}");
        }
        let by_another = Act::Waive.apply(&life.standing(), false);
        prop_assert_eq!(
            by_another,
            Err(SuccessionRefused::Grant(guerdon_core::grant::Refused::NotHolder))
        );
    }
}

#[test]
fn acts_are_carried_out_and_not_only_refused() {
    let to = Address::repeat_byte(2);
    let day = 86_400;
    let terms = Terms {
        powers: Powers::ALL,
        grace_seconds: day,
        backdate_seconds: 30 * day,
        pause_max: 60 * day,
        withhold_bps: 500,
        ..crate::samples::plain()
    };
    let mut life = Life::begin(terms, Vec::new(), 0);
    life.now += 100;
    let stop_at = life.now + 1_000;
    let steps = [
        Act::Pause,
        Act::Resume,
        Act::Accelerate { by: 5 },
        Act::LowerWithholding { withhold_bps: 100 },
        Act::Hold { on: true },
        Act::Hold { on: false },
        Act::End {
            stop_at,
            grace: true,
        },
        Act::WithdrawEnd,
        Act::AnnounceRecovery { to },
        Act::Veto,
        Act::Move { to },
        Act::Waive,
    ];
    for act in steps {
        assert!(life.live(act, true), "{act:?}");
    }
    life.now += 91 * u64::from(day);
    assert!(!life.live(Act::AnnounceRecovery { to: TOKEN }, false));
    assert!(life.live(
        Act::AnnounceRecovery {
            to: Address::repeat_byte(3)
        },
        false
    ));
    life.now += 31 * u64::from(day);
    assert!(life.live(Act::ExecuteRecovery, false));
    assert!(life.live(Act::AnnounceRecovery { to }, false));
    life.now += 61 * u64::from(day);
    assert!(life.live(Act::ClearRecovery, false));
    assert!(Act::Waive.is_holders() && Act::Settle.is_anyones() && Act::Settle.is_final(0));
    assert!(
        Act::End {
            stop_at,
            grace: true
        }
        .is_final(stop_at)
    );
    assert!(
        !Act::End {
            stop_at,
            grace: true
        }
        .is_final(stop_at - 1)
    );
}

#[test]
fn what_an_end_could_take_is_the_same_whether_the_clock_runs_stands_or_is_not_opened() {
    const DAY: u64 = 86_400;
    let vesting = Segment {
        end: 1_000 * 86_400,
        cumulative: 1_000_000_000,
        steps: 1_000,
    };
    let terms = Terms {
        recipient: Address::repeat_byte(7),
        amount: 1_000,
        start: 1_782_864_000,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 30 * 86_400,
        pause_max: 365 * 86_400,
        withhold_bps: 0,
        document: B256::ZERO,
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::new(vec![vesting]).unwrap(),
    };
    let mut life = Life::begin(terms, Vec::new(), 0);
    life.now += 100 * DAY;
    let stake =
        |life: &Life, now| at_stake(&life.terms, &life.record.state, &life.results, now).unwrap();
    assert_eq!(stake(&life, life.now), 30);
    assert!(life.live(Act::Pause, false));
    assert_eq!(
        stake(&life, life.now),
        30,
        "the clock stands at this moment"
    );
    life.now += 10 * DAY;
    assert_eq!(
        stake(&life, life.now),
        20,
        "ten of the thirty days back were paused"
    );
    let standing = life.standing();
    let figures = standing.figures(standing.state).unwrap();
    assert_eq!(figures.at_stake, 20);
    let earliest = Act::End {
        stop_at: life.now - 30 * DAY,
        grace: false,
    };
    let (_, effect) = life.standing().weigh(earliest, false).unwrap();
    let taken = effect.before.amounts.vested - effect.after.amounts.vested;
    assert_eq!(taken, 20, "what the end takes is what was said");

    let unopened = State::opened(0, 0);
    let unopened = State {
        flags: Flags::default(),
        ..unopened
    };
    let now = life.terms.start + 100 * DAY;
    let found = at_stake(&life.terms, &unopened, &life.results, now).unwrap();
    assert_eq!(found, 30);
}
