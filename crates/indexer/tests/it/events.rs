//! Event logs, encoded by hand from the interface files.

use alloy_primitives::{Address, B256, I256, U256, keccak256};
use guerdon_core::goal::{Goal, Kind, panel_hash};
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms};

pub(crate) const GRANTS: Address = Address::repeat_byte(0x02);
pub(crate) const GOALS: Address = Address::repeat_byte(0x03);
pub(crate) const SUCCESSION: Address = Address::repeat_byte(0x04);

/// A log without its place on the chain.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) address: Address,
    pub(crate) topics: Vec<B256>,
    pub(crate) data: Vec<u8>,
}

pub(crate) fn funded(amount: u128) -> Event {
    grants("Funded(address,uint128)", &[who(0x10)], &[uint(amount)])
}

pub(crate) fn committed(root: B256, total: u128, since: u16) -> Event {
    let data = [
        uint(total),
        B256::repeat_byte(5),
        uint(1_785_000_000),
        uint(since.into()),
    ];
    grants(
        "RoundCommitted(bytes32,uint128,bytes32,uint40,uint16)",
        &[root],
        &data,
    )
}

pub(crate) fn rescinded(root: B256, freed: u128) -> Event {
    grants("RoundRescinded(bytes32,uint128)", &[root], &[uint(freed)])
}

pub(crate) fn opened(id: B256, root: B256, index: u32, amount: u128) -> Event {
    let topics = [id, root, who(0x11)];
    let data = [uint(index.into()), uint(amount), uint(500)];
    grants(
        "Opened(bytes32,bytes32,uint32,address,uint128,uint16)",
        &topics,
        &data,
    )
}

pub(crate) fn invalid(id: B256, root: B256, index: u32, freed: u128) -> Event {
    let data = [uint(index.into()), uint(freed)];
    grants(
        "Invalid(bytes32,bytes32,uint32,uint128)",
        &[id, root],
        &data,
    )
}

pub(crate) fn claimed(id: B256, gross: u128, withheld: u128) -> Event {
    let data = [uint(gross), uint(withheld)];
    grants(
        "Claimed(bytes32,address,uint128,uint128)",
        &[id, who(0x11)],
        &data,
    )
}

pub(crate) fn claim_failed(id: B256, gross: u128) -> Event {
    let data = [uint(gross), B256::repeat_byte(0xfa)];
    grants(
        "ClaimFailed(bytes32,address,uint128,bytes32)",
        &[id, who(0x11)],
        &data,
    )
}

pub(crate) fn ended(id: B256, stop_at: u64, freed: u128) -> Event {
    let data = [uint(stop_at.into()), uint(1), uint(freed), uint(0)];
    grants("Ended(bytes32,uint40,bool,int128,uint32)", &[id], &data)
}

pub(crate) fn settled(id: B256, value: u128, freed: u128) -> Event {
    grants(
        "Settled(bytes32,uint128,uint128)",
        &[id],
        &[uint(value), uint(freed)],
    )
}

/// Terms that pay so much over a year.
pub(crate) fn terms(recipient: u8, amount: u128) -> Terms {
    let segment = |end, cumulative, steps| Segment {
        end,
        cumulative,
        steps,
    };
    Terms {
        recipient: Address::repeat_byte(recipient),
        amount,
        start: 1_782_864_000,
        powers: Powers::default(),
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 500,
        document: B256::repeat_byte(0x41),
        gates: vec![Gate {
            goal: B256::repeat_byte(0x42),
            share_ppb: 400_000_000,
            rule: Rule::default(),
        }],
        unlock: None,
        vesting: Schedule::new(vec![segment(31_536_000, 1_000_000_000, 12)]).unwrap(),
    }
}

pub(crate) fn succeeded(old: B256, id: B256, place: u8, (terms, freed): (&Terms, i128)) -> Event {
    let terms = terms.encode().unwrap();
    let mut data = vec![
        uint(place.into()),
        uint(96),
        B256::from(I256::try_from(freed).unwrap().into_raw()),
        uint(terms.len() as u128),
    ];
    let padded = terms.chunks(32).map(|chunk| {
        let mut word = [0; 32];
        word[..chunk.len()].copy_from_slice(chunk);
        B256::from(word)
    });
    data.extend(padded);
    grants(
        "Succeeded(bytes32,bytes32,uint8,bytes,int128)",
        &[old, id],
        &data,
    )
}

pub(crate) fn replaced(old: B256, count: u128) -> Event {
    succession(
        "Replaced(bytes32,address,uint256)",
        &[old, who(0x11)],
        &[uint(count)],
    )
}

pub(crate) fn holder_changed(id: B256, to: u8) -> Event {
    grants("HolderChanged(bytes32,address)", &[id, who(to)], &[])
}

pub(crate) fn moved(id: B256, to: u8) -> Event {
    let topics = [id, who(0x11), who(to)];
    succession("Moved(bytes32,address,address)", &topics, &[])
}

pub(crate) fn recovering(id: B256, on: bool) -> Event {
    grants("RecoveringSet(bytes32,bool)", &[id], &[uint(on.into())])
}

pub(crate) fn announced(id: B256, to: u8, at: u64) -> Event {
    let signature = "RecoveryAnnounced(bytes32,address,uint40)";
    succession(signature, &[id, who(to)], &[uint(at.into())])
}

pub(crate) fn executed(id: B256, to: u8) -> Event {
    succession("RecoveryExecuted(bytes32,address)", &[id, who(to)], &[])
}

pub(crate) fn vetoed(id: B256, at: u64) -> Event {
    succession("RecoveryVetoed(bytes32,uint40)", &[id], &[uint(at.into())])
}

pub(crate) fn lapsed(id: B256) -> Event {
    succession("RecoveryLapsed(bytes32)", &[id], &[])
}

/// An event that Grants writes too, of OpenZeppelin's AccessManaged: it states no fact of ours.
pub(crate) fn authority_updated() -> Event {
    grants("AuthorityUpdated(address)", &[], &[who(0x12)])
}

pub(crate) fn goal() -> Goal {
    let members = panel();
    Goal {
        kind: Kind::Proportion,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 20,
        max_voids: 10,
        samples: 500,
        pool: 500,
        guards: 0,
        opens: 1_782_864_000,
        closes: 1_814_400_000,
        run_seconds: 86_400,
        challenge_seconds: 86_400,
        arbiter_seconds: 86_400,
        seed_blocks: 0,
        sponsor: Address::repeat_byte(0x20),
        panel: panel_hash(2, &members),
        arbiter: Address::repeat_byte(0x21),
        bond_token: Address::repeat_byte(0x22),
        bond: 7,
        data: B256::repeat_byte(0x23),
        spec: B256::repeat_byte(0x24),
    }
}

pub(crate) fn goal_defined(id: B256) -> Event {
    let members = panel();
    let mut data = goal().encode();
    let panel_at = data.len() + 64;
    for word in [uint(2), uint(panel_at as u128), uint(members.len() as u128)] {
        data.extend(word);
    }
    for member in members {
        data.extend(member.into_word());
    }
    let goal = "(uint8,int64,int64,uint32,uint32,uint16,uint8,uint8,uint32,uint32,uint32,uint40,\
                uint40,uint32,uint32,uint32,uint16,address,bytes32,address,address,uint128,\
                bytes32,bytes32)";
    let signature = format!("GoalDefined(bytes32,{goal},uint8,address[])");
    Event {
        data,
        ..goals(&signature, &[id], &[])
    }
}

pub(crate) fn registered(id: B256, attempt: u16, time: u64, block: u64) -> Event {
    let deadline = uint(u128::from(time) + 86_400);
    let data = [
        B256::repeat_byte(0x31),
        uint(time.into()),
        uint(block.into()),
        deadline,
    ];
    let signature = "Registered(bytes32,uint16,bytes32,uint40,uint40,uint40)";
    goals(signature, &[id, uint(attempt.into())], &data)
}

pub(crate) fn proposed(id: B256, attempt: u16, right: u128, fraction: u32) -> Event {
    let evidence = B256::repeat_byte(0x32);
    let data = [
        uint(right),
        uint(0),
        uint(0),
        evidence,
        uint(3),
        uint(fraction.into()),
        uint(1_790_000_000),
    ];
    let signature = "Proposed(bytes32,uint16,uint128,uint128,uint32,bytes32,uint16,uint32,uint40)";
    goals(signature, &[id, uint(attempt.into())], &data)
}

/// A fraction that stands, the best of the goal, and whether it answers a demand.
pub(crate) fn finalized(id: B256, attempt: u16, fractions: (u32, u32), answers: bool) -> Event {
    let (fraction, best) = fractions;
    let answers = uint(answers.into());
    let data = [uint(fraction.into()), uint(best.into()), uint(0), answers];
    let signature = "Finalized(bytes32,uint16,uint32,uint32,uint128,bool)";
    goals(signature, &[id, uint(attempt.into())], &data)
}

pub(crate) fn demanded(id: B256, time: u64) -> Event {
    let data = [B256::repeat_byte(0x33), uint(time.into())];
    goals("Demanded(bytes32,bytes32,uint40)", &[id], &data)
}

pub(crate) fn goal_closed(id: B256, fraction: u32) -> Event {
    goals(
        "GoalClosed(bytes32,uint32,uint32)",
        &[id],
        &[uint(fraction.into()), uint(0)],
    )
}

fn panel() -> Vec<Address> {
    [0x25, 0x26, 0x27].map(Address::repeat_byte).to_vec()
}

fn grants(signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    event(GRANTS, signature, indexed, words)
}

fn succession(signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    event(SUCCESSION, signature, indexed, words)
}

fn goals(signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    event(GOALS, signature, indexed, words)
}

fn event(address: Address, signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    let mut topics = vec![keccak256(signature)];
    topics.extend(indexed);
    Event {
        address,
        topics,
        data: words.iter().flat_map(|word| word.0).collect(),
    }
}

fn uint(value: u128) -> B256 {
    B256::from(U256::from(value))
}

fn who(byte: u8) -> B256 {
    Address::repeat_byte(byte).into_word()
}
