//! Grants to try laws on, and sums over reasons.

use alloy_primitives::{Address, B256};
use guerdon_core::PPB;
use guerdon_core::grant::{GateResult, Reason};
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use proptest::prelude::*;

/// What the reasons say the grant is made of.
pub(crate) fn total(reasons: &[Reason]) -> u128 {
    let part = |reason: &Reason| match *reason {
        Reason::Paid { amount }
        | Reason::Claimable { amount }
        | Reason::WaitsForTime { amount, .. }
        | Reason::WaitsForResult { amount, .. }
        | Reason::NotReached { amount, .. }
        | Reason::UnlockClock { amount, .. }
        | Reason::Ended { amount, .. } => amount,
        Reason::Settled { freed, .. } => freed,
        _ => 0,
    };
    reasons.iter().map(part).sum()
}

prop_compose! {
    pub(crate) fn schedule()(
        first in prop_oneof![Just(0), 1..100_000_u32],
        parts in prop::collection::vec((1..10_000_000_u32, 0..=PPB, 0..100_u16), 1..12),
    ) -> Schedule {
        let mut shares: Vec<u32> = parts.iter().map(|part| part.1).collect();
        shares.sort_unstable();
        *shares.last_mut().unwrap() = PPB;
        let mut end = first;
        let mut segments = Vec::new();
        for ((length, _, steps), cumulative) in parts.into_iter().zip(shares) {
            segments.push(Segment { end, cumulative, steps });
            end += length;
        }
        Schedule::new(segments).unwrap()
    }
}

prop_compose! {
    fn gates()(
        cuts in prop::collection::vec((0..=PPB, 0..4_u8), 0..6),
    ) -> Vec<Gate> {
        let mut left = PPB;
        let gate = |(place, (cut, rule)): (usize, (u32, u8))| {
            let rule = Rule::from_bits(rule).unwrap();
            let share_ppb = if rule.trigger { 0 } else { cut.min(left) };
            left -= share_ppb;
            Gate { goal: B256::with_last_byte(place as u8), share_ppb, rule }
        };
        cuts.into_iter().enumerate().map(gate).collect()
    }
}

prop_compose! {
    pub(crate) fn terms()(
        amount in prop_oneof![1..1000_u128, 1..(1_u128 << 104)],
        start in 1_000_000_000..2_000_000_000_u64,
        seconds in (0..20_000_000_u32, 0..31_622_400_u32, 0..40_000_000_u32),
        withhold_bps in 0..=10_000_u16,
        gates in gates(),
        unlock in prop::option::of((1_000_000_000..2_000_000_000_u64, schedule())),
        vesting in schedule(),
    ) -> Terms {
        Terms {
            recipient: Address::repeat_byte(7),
            amount,
            start,
            powers: Powers::ALL,
            grace_seconds: seconds.0,
            backdate_seconds: seconds.1,
            pause_max: seconds.2,
            withhold_bps,
            document: B256::repeat_byte(9),
            gates,
            unlock: unlock.map(|(start, schedule)| Unlock { start, schedule }),
            vesting,
        }
    }
}

/// Results for up to eight gates: those at the stop are never better than the best, as on chain.
pub(crate) fn results() -> impl Strategy<Value = Vec<GateResult>> {
    let result = (0..=PPB, 0..=PPB, any::<bool>(), any::<bool>()).prop_map(
        |(one, other, is_final, pending)| GateResult {
            fraction: one.max(other),
            is_final,
            last_registered_at: 0,
            at_stop: Some((one.min(other), pending)),
        },
    );
    prop::collection::vec(result, 8)
}

/// A grant of 1,000 base units that vests second by second over 10,000 seconds.
pub(crate) fn plain() -> Terms {
    let segment = Segment {
        end: 10_000,
        cumulative: PPB,
        steps: 0,
    };
    Terms {
        recipient: Address::repeat_byte(7),
        amount: 1_000,
        start: 1_700_000_000,
        powers: Powers::default(),
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::repeat_byte(9),
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::new(vec![segment]).unwrap(),
    }
}
