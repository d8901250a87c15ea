//! What an AccessManager could have said: members of roles, roles of functions, scheduled calls.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, keccak256};

use crate::events::Event;

pub(crate) const MANAGER: Address = Address::repeat_byte(0x05);

/// What the events so far amount to, as far as it decides which may follow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// The delay of each member, by role and account.
    members: BTreeMap<(u8, u8), u32>,
    /// How often each call was scheduled, and whether it is now.
    operations: BTreeMap<u8, (u32, bool)>,
}

impl Access {
    /// The events of one call of the AccessManager.
    pub(crate) fn tell(&mut self, choice: u8, time: u64) -> Vec<Event> {
        let (role, account) = (choice % 3, choice / 3 % 2);
        let id = choice % 2;
        let (nonce, is_open) = *self.operations.entry(id).or_default();
        match choice % 7 {
            0..=2 => self.grant((role, account), choice, time),
            3 if self.members.remove(&(role, account)).is_some() => {
                vec![revoked(role, account)]
            }
            4 => vec![function_role(choice % 2, role)],
            5 if !is_open => {
                self.operations.insert(id, (nonce + 1, true));
                vec![scheduled(id, nonce + 1, time + 60)]
            }
            _ if is_open => {
                self.operations.insert(id, (nonce, false));
                let name = if choice % 4 < 2 {
                    "Executed"
                } else {
                    "Canceled"
                };
                vec![operation_over(name, id, nonce)]
            }
            _ => Vec::new(),
        }
    }

    fn grant(&mut self, key: (u8, u8), choice: u8, time: u64) -> Vec<Event> {
        let delay = u32::from(choice) * 7;
        let before = self.members.insert(key, delay);
        let setback = before.map_or(0, |before| before.saturating_sub(delay));
        let since = time + u64::from(setback);
        vec![granted(key, delay, (since, before.is_none()))]
    }
}

pub(crate) fn granted(
    (role, account): (u8, u8),
    delay: u32,
    (since, is_new): (u64, bool),
) -> Event {
    let data = [uint(delay.into()), uint(since.into()), uint(is_new.into())];
    let topics = [uint(role.into()), who(account)];
    event(
        "RoleGranted(uint64,address,uint32,uint48,bool)",
        &topics,
        &data,
    )
}

pub(crate) fn revoked(role: u8, account: u8) -> Event {
    let topics = [uint(role.into()), who(account)];
    event("RoleRevoked(uint64,address)", &topics, &[])
}

pub(crate) fn function_role(target: u8, role: u8) -> Event {
    let mut selector = B256::ZERO;
    selector[..4].copy_from_slice(&[0xde, 0xad, 0xbe, 0xef]);
    let topics = [who(target), uint(role.into())];
    let signature = "TargetFunctionRoleUpdated(address,bytes4,uint64)";
    event(signature, &topics, &[selector])
}

pub(crate) fn scheduled(id: u8, nonce: u32, at: u64) -> Event {
    let mut call = B256::ZERO;
    call[..5].copy_from_slice(&[1, 2, 3, 4, id]);
    let data = [
        uint(at.into()),
        who(0x71),
        who(0x72),
        uint(128),
        uint(5),
        call,
    ];
    let topics = [operation(id), uint(nonce.into())];
    let signature = "OperationScheduled(bytes32,uint32,uint48,address,address,bytes)";
    event(signature, &topics, &data)
}

pub(crate) fn operation_over(name: &str, id: u8, nonce: u32) -> Event {
    let topics = [operation(id), uint(nonce.into())];
    event(&format!("Operation{name}(bytes32,uint32)"), &topics, &[])
}

pub(crate) fn operation(id: u8) -> B256 {
    keccak256([b"operation".as_slice(), &[id]].concat())
}

fn event(signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    let mut topics = vec![keccak256(signature)];
    topics.extend(indexed);
    Event {
        address: MANAGER,
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
