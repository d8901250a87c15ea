//! Grants in some state with some results, as `grant.json` and `moves.json` list them.

use alloy_primitives::U256;
use guerdon_core::grant::GateResult;
use guerdon_core::state::State;
use guerdon_core::terms::Terms;

use crate::table::Table;

pub(crate) struct Case {
    pub(crate) terms: Terms,
    pub(crate) word: U256,
    pub(crate) state: State,
    pub(crate) now: u64,
    pub(crate) gates: Vec<GateResult>,
}

pub(crate) fn cases(table: &Table) -> Vec<Case> {
    let decode = |bytes: &Vec<u8>| Terms::decode(bytes).unwrap();
    let terms: Vec<_> = table.bytes("termsBytes").iter().map(decode).collect();
    let (places, words) = (table.all::<usize>("terms"), table.all::<U256>("word"));
    let (first, count) = (
        table.all::<usize>("gateFirst"),
        table.all::<usize>("gateCount"),
    );
    let (gates, now) = (gates(table), table.all::<u64>("now"));
    let case = |i: usize| Case {
        terms: terms[places[i]].clone(),
        word: words[i],
        state: State::from_word(words[i]),
        now: now[i],
        gates: gates[first[i]..first[i] + count[i]].to_vec(),
    };
    (0..places.len()).map(case).collect()
}

fn gates(table: &Table) -> Vec<GateResult> {
    let (fraction, is_final) = (table.all::<u32>("gateFraction"), table.bools("gateFinal"));
    let (stop, pending) = (
        table.all::<u32>("gateStopFraction"),
        table.bools("gateStopPending"),
    );
    let last = table.all::<u64>("gateLastRegisteredAt");
    let gate = |i: usize| GateResult {
        fraction: fraction[i],
        is_final: is_final[i],
        last_registered_at: last[i],
        at_stop: Some((stop[i], pending[i])),
    };
    (0..fraction.len()).map(gate).collect()
}
