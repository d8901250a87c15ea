//! What the benches promise to people: the same terms, and goals for which nothing is measured.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, panel_hash};
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms};

/// Seconds of a month.
pub(crate) const MONTH: u32 = 2_629_746;
/// Months until everything has vested.
pub(crate) const LENGTH: u16 = 120;
/// Base units of a grant: 12,000 tokens, a hundred for each month.
pub(crate) const AMOUNT: u128 = 12_000_000_000_000_000_000_000;

/// Everything vests month by month from `start` (unix seconds) on; with a goal, four tenths wait
/// for it.
pub(crate) fn terms(
    number: u64,
    recipient: Address,
    goal: Option<B256>,
    start: u64,
) -> Result<Terms, Box<dyn std::error::Error>> {
    let whole = Segment {
        end: MONTH * u32::from(LENGTH),
        cumulative: PPB,
        steps: LENGTH,
    };
    let gate = |goal| Gate {
        goal,
        share_ppb: PPB / 10 * 4,
        rule: Rule::default(),
    };
    Ok(Terms {
        recipient,
        amount: AMOUNT,
        start,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 2_592_000,
        withhold_bps: 500,
        document: keccak256(number.to_be_bytes()),
        gates: goal.map(gate).into_iter().collect(),
        unlock: None,
        vesting: Schedule::new(vec![whole])?,
    })
}

/// Two of them decide.
pub(crate) const fn panel() -> [Address; 3] {
    [
        Address::repeat_byte(0x25),
        Address::repeat_byte(0x26),
        Address::repeat_byte(0x27),
    ]
}

/// A goal that is open from `opens` (unix seconds) for ten years, told from others by its data.
pub(crate) fn goal(opens: u64, data: B256) -> Goal {
    Goal {
        kind: Kind::Proportion,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 2,
        max_voids: 0,
        samples: 500,
        pool: 500,
        guards: 0,
        opens,
        closes: opens + 300_000_000,
        run_seconds: 86_400,
        challenge_seconds: 86_400,
        arbiter_seconds: 86_400,
        seed_blocks: 0,
        sponsor: Address::repeat_byte(0x20),
        panel: panel_hash(2, &panel()),
        arbiter: Address::repeat_byte(0x21),
        bond_token: Address::repeat_byte(0x22),
        bond: 0,
        data,
        spec: B256::repeat_byte(0x24),
    }
}
