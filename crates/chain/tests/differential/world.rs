//! What a sequence plays with: goals, leaves and rounds that a seed decides.

use alloy::primitives::{Address, B256};
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, panel_hash};
use guerdon_core::id::Domain;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms, Unlock};
use guerdon_core::tree::{Leaf, SumTree};

use crate::dice::Dice;
use crate::machine::{CHAIN_ID, Places, START};
use crate::people::{ARBITER, HOLDERS, SPONSORS, person, signers};
use crate::successors::successors;

/// Offsets at which header fields of terms lie, for spoiling them.
const POWERS_AT: usize = 38;
const BACKDATE_AT: usize = 44;
const WITHHOLD_AT: usize = 52;
const GATES_AT: usize = 86;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) places: Places,
    pub(crate) domain: Domain,
    pub(crate) goals: Vec<Defined>,
    /// Leaves of rounds, and after them what can take the place of others.
    pub(crate) leaves: Vec<LeafSpec>,
    /// How many of them are leaves of rounds.
    pub(crate) originals: usize,
    pub(crate) rounds: Vec<SumTree>,
}

/// A goal, defined or not yet.
#[derive(Clone, Debug)]
pub(crate) struct Defined {
    pub(crate) id: B256,
    pub(crate) goal: Goal,
    pub(crate) m: u8,
    pub(crate) panel: Vec<Address>,
    /// Places of the members among the signers.
    pub(crate) members: Vec<usize>,
}

/// A leaf of a round, whose bytes may be no terms at all.
#[derive(Clone, Debug)]
pub(crate) struct LeafSpec {
    pub(crate) id: B256,
    pub(crate) bytes: Vec<u8>,
    pub(crate) amount: u128,
    /// `None`: the bytes are no terms that can be opened.
    pub(crate) terms: Option<Terms>,
    /// The leaf that it was made to replace, alone or in part.
    pub(crate) replaces: Option<usize>,
}

impl World {
    pub(crate) fn new(seed: u64, places: Places) -> Self {
        let dice = &mut Dice::new(seed);
        let domain = Domain::new(CHAIN_ID, places.grants);
        let goals: Vec<_> = (0..4).map(|place| defined(dice, place, &places)).collect();
        let count = dice.between(3, 8);
        let mut leaves: Vec<_> = (0..count)
            .map(|place| leaf(dice, place, &goals, &places, domain))
            .collect();
        let rounds = rounds(dice, &leaves);
        let originals = leaves.len();
        successors(dice, &mut leaves, &goals, (&places, domain));
        Self {
            places,
            domain,
            goals,
            leaves,
            originals,
            rounds,
        }
    }
}

/// Every leaf in one round at least; some in two, which locks money but must not pay twice.
fn rounds(dice: &mut Dice, leaves: &[LeafSpec]) -> Vec<SumTree> {
    let count = dice.between(1, 3) as usize;
    let mut members = vec![Vec::new(); count];
    for spec in leaves {
        let leaf = Leaf {
            id: spec.id,
            amount: spec.amount,
        };
        let home = dice.place(count);
        members[home].push(leaf);
        let other = dice.place(count);
        if dice.percent(10) && other != home {
            members[other].push(leaf);
        }
    }
    let filled = members.into_iter().filter(|leaves| !leaves.is_empty());
    filled
        .map(|leaves| SumTree::build(leaves).unwrap())
        .collect()
}

pub(crate) fn leaf(
    dice: &mut Dice,
    place: u64,
    goals: &[Defined],
    places: &Places,
    domain: Domain,
) -> LeafSpec {
    let terms = terms(dice, place, goals);
    let mut bytes = terms.encode().unwrap();
    if dice.percent(15) {
        spoil(dice, &mut bytes, places);
    }
    read(bytes, places, domain)
}

/// What the bytes are as a leaf.
pub(crate) fn read(bytes: Vec<u8>, places: &Places, domain: Domain) -> LeafSpec {
    let valid = Terms::decode(&bytes)
        .ok()
        .filter(|terms| terms.check(places.grants, places.token).is_ok());
    let mut amount = [0; 16];
    amount[3..].copy_from_slice(&bytes[20..33]);
    LeafSpec {
        id: domain.id(&bytes),
        amount: u128::from_be_bytes(amount),
        terms: valid,
        replaces: None,
        bytes,
    }
}

/// Makes bytes that break one rule of terms, or by chance none.
fn spoil(dice: &mut Dice, bytes: &mut Vec<u8>, places: &Places) {
    let last = bytes.len() - 1;
    match dice.below(12) {
        0 => bytes[..20].fill(0),
        1 => bytes[..20].copy_from_slice(places.grants.as_slice()),
        2 => bytes[..20].copy_from_slice(places.token.as_slice()),
        3 => bytes[20..33].fill(0),
        4 => bytes[POWERS_AT + 1] |= 8,
        5 => bytes[BACKDATE_AT..BACKDATE_AT + 4].copy_from_slice(&31_622_401_u32.to_be_bytes()),
        6 => bytes[WITHHOLD_AT..WITHHOLD_AT + 2].copy_from_slice(&10_001_u16.to_be_bytes()),
        7 => bytes.push(0),
        8 => bytes.truncate(last),
        9 => bytes[GATES_AT] = 9,
        10 => bytes[last - 2] ^= 1,
        _ => bytes.truncate(60),
    }
}

fn terms(dice: &mut Dice, place: u64, goals: &[Defined]) -> Terms {
    let small = |dice: &mut Dice, most| match dice.below(4) {
        0 => 0,
        _ => dice.below(most) as u32,
    };
    let amount = match dice.below(3) {
        0 => dice.wide(50) + 1,
        1 => dice.wide((1 << 98) - 1) + 1,
        _ => 1_000_000,
    };
    let unlock = dice.percent(35).then(|| Unlock {
        start: START - 500 + dice.below(2_000),
        schedule: schedule(dice),
    });
    Terms {
        recipient: person(dice.pick(&HOLDERS)),
        amount,
        start: START - 2_500 + dice.below(3_500),
        powers: Powers {
            end: dice.percent(90),
            r#move: dice.percent(50),
            recover: dice.percent(50),
        },
        grace_seconds: small(dice, 2_000),
        backdate_seconds: small(dice, 3_000),
        pause_max: small(dice, 900),
        withhold_bps: dice.pick(&[0, 0, 1, 2_500, 4_999, 10_000]),
        document: B256::repeat_byte(place as u8 + 1),
        gates: gates(dice, goals),
        unlock,
        vesting: schedule(dice),
    }
}

fn gates(dice: &mut Dice, goals: &[Defined]) -> Vec<Gate> {
    let mut left = PPB;
    let count = dice.pick(&[0, 0, 0, 1, 1, 2, 3, 8]);
    let mut gates = Vec::new();
    for _ in 0..count {
        let goal = if dice.percent(2) {
            B256::repeat_byte(0xaa)
        } else {
            // the last goal breaks a rule and is never there
            let known = if dice.percent(4) { 4 } else { 3 };
            goals[dice.place(known)].id
        };
        let rule = Rule {
            lapse: dice.percent(50),
            trigger: dice.percent(30),
        };
        let whole = dice.percent(20);
        let share_ppb = match (rule.trigger, whole) {
            (true, _) => 0,
            (_, true) => left,
            _ => dice.below(u64::from(left) + 1) as u32,
        };
        left -= share_ppb;
        gates.push(Gate {
            goal,
            share_ppb,
            rule,
        });
    }
    gates
}

fn schedule(dice: &mut Dice) -> Schedule {
    let count = dice.between(1, 5);
    let mut shares: Vec<u32> = (0..count)
        .map(|_| dice.below(u64::from(PPB) + 1) as u32)
        .collect();
    shares.sort_unstable();
    *shares.last_mut().unwrap() = PPB;
    let mut end = if dice.percent(20) {
        0
    } else {
        dice.below(800) as u32
    };
    let mut segments = Vec::new();
    for cumulative in shares {
        let steps = dice.pick(&[0, 0, 1, 2, 7, 36]);
        segments.push(Segment {
            end,
            cumulative,
            steps,
        });
        end += dice.between(1, 1_500) as u32;
    }
    Schedule::new(segments).unwrap()
}

fn defined(dice: &mut Dice, place: usize, places: &Places) -> Defined {
    let count = dice.between(1, 4) as usize;
    let m = dice.between(count as u64 / 2 + 1, count as u64) as u8;
    let mut members: Vec<usize> = (0..signers().len() - 1).collect();
    while members.len() > count {
        members.remove(dice.place(members.len()));
    }
    let panel: Vec<Address> = members
        .iter()
        .map(|member| signers()[*member].address())
        .collect();
    let mut goal = goal(dice, place, places);
    goal.panel = panel_hash(m, &panel);
    if place == 3 {
        break_a_rule(dice, &mut goal);
    }
    Defined {
        id: goal.id(CHAIN_ID, places.goals),
        goal,
        m,
        panel,
        members,
    }
}

fn break_a_rule(dice: &mut Dice, goal: &mut Goal) {
    match dice.below(8) {
        0 => goal.closes = goal.opens,
        1 => goal.stretch = goal.threshold - 1,
        2 => goal.attempts = 0,
        3 => goal.challenge_seconds = 0,
        4 => goal.base_ppb = PPB + 1,
        5 => goal.samples = goal.pool + 1,
        6 => goal.arbiter_seconds = 366 * 86_400,
        _ => goal.panel = B256::ZERO,
    }
}

fn goal(dice: &mut Dice, place: usize, places: &Places) -> Goal {
    let kind = dice.pick(&[Kind::Proportion, Kind::Paired, Kind::Measure, Kind::Count]);
    let threshold = match kind {
        Kind::Count => dice.between(1, 4) as i64,
        Kind::Paired => dice.below(700_000_000) as i64 - 500_000_000,
        _ => dice.between(1, 700_000_000) as i64,
    };
    let rise = if kind == Kind::Count { 4 } else { 300_000_000 };
    let samples = match kind {
        Kind::Count => 1,
        Kind::Paired => dice.between(100, 200) as u32,
        _ => dice.between(1, 60) as u32,
    };
    let attempts = dice.between(1, 4) as u8;
    let opens = START - 200 + dice.below(800);
    Goal {
        kind,
        threshold,
        stretch: threshold + dice.below(rise) as i64,
        base_ppb: dice.pick(&[0, 1, 333_333_333, PPB]),
        default_ppb: dice.pick(&[0, 250_000_000, PPB]),
        bound: if kind == Kind::Count {
            0
        } else {
            dice.pick(&[1, 1_645, 2_995, 65_535])
        },
        attempts,
        max_voids: dice.below(3) as u8,
        samples,
        pool: samples + dice.below(3) as u32,
        guards: dice.pick(&[0, 0, 1, 6]),
        opens,
        closes: opens + dice.pick(&[1, 2_000, 5_000, 9_000, 20_000]),
        run_seconds: dice.pick(&[0, 300, 900, 3_000]),
        challenge_seconds: dice.pick(&[1, 200, 900]),
        arbiter_seconds: dice.pick(&[0, 200, 900]),
        seed_blocks: dice.pick(&[0, 0, 0, 0, 1, 3, 256]),
        sponsor: person(SPONSORS[place % 2]),
        panel: B256::ZERO,
        arbiter: person(ARBITER),
        bond_token: if dice.percent(80) {
            places.bond_token
        } else {
            places.token
        },
        bond: dice.pick(&[0, 1, 5, 1_000]),
        data: B256::ZERO,
        spec: B256::with_last_byte(place as u8),
    }
}
