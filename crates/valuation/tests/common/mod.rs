//! A definition that tests vary.

use alloy_primitives::{Address, B256};
use guerdon_core::goal::{Goal, Kind};

/// From 80 % on half, from 90 % on everything; no bound yet.
pub(crate) fn goal(kind: Kind, samples: u32, attempts: u8) -> Goal {
    Goal {
        kind,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 0,
        attempts,
        max_voids: 0,
        samples,
        pool: samples,
        guards: 0,
        opens: 1,
        closes: 2,
        run_seconds: 1,
        challenge_seconds: 1,
        arbiter_seconds: 1,
        seed_blocks: 0,
        sponsor: Address::ZERO,
        panel: B256::ZERO,
        arbiter: Address::ZERO,
        bond_token: Address::ZERO,
        bond: 0,
        data: B256::ZERO,
        spec: B256::ZERO,
    }
}
