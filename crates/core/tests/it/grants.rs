use alloy_primitives::U256;
use guerdon_core::grant::{Amounts, GateResult, Reason, Refused, amounts, claim, held, settle};
use guerdon_core::grant::{next_vesting, payable, why_locked};
use guerdon_core::state::{Flags, State};
use guerdon_core::terms::Terms;

use crate::samples::total;
use crate::table::Table;

struct Row {
    terms: Terms,
    word: U256,
    now: u64,
    gates: Vec<GateResult>,
    want: Amounts,
    done: bool,
}

#[test]
fn grants_amount_to_what_the_oracle_says() {
    for (number, row) in rows().iter().enumerate() {
        let state = State::from_word(row.word);
        assert_eq!(state.to_word(), row.word, "row {number}");
        let found = amounts(&row.terms, &state, &row.gates, row.now).unwrap();
        assert_eq!(found, row.want, "row {number}: {state:?} at {}", row.now);
        assert_eq!(held(&row.terms, &state), row.want.held);
        assert_eq!(
            payable(&row.terms, &state, &row.gates, row.now).unwrap(),
            row.want.payable
        );
    }
}

#[test]
fn claims_release_what_is_payable_and_settling_fixes_what_is_vested() {
    for row in rows() {
        let (terms, gates, now) = (&row.terms, &row.gates[..], row.now);
        let state = State::from_word(row.word);
        let paid = claim(terms, &state, gates, now, true);
        match row.want.payable {
            0 => assert!(matches!(paid, Err(Refused::NothingClaimable { .. }))),
            payable => {
                let (after, payment) = paid.unwrap();
                assert_eq!(payment.gross, payable);
                assert_eq!(payment.net + payment.withheld, payable);
                assert_eq!(after.released, state.released + payable);
            }
        }
        let held_back = state.has(Flags::HOLDER_ONLY);
        let by_anyone = claim(terms, &state, gates, now, false);
        assert_eq!(by_anyone == Err(Refused::HolderOnly), held_back);

        let ended = state.has_ended(now);
        let ahead = state.has(Flags::ENDED) && !ended;
        let may = !state.has(Flags::SETTLED) && !ahead;
        let may = may && row.done && (ended || row.want.time_ppb == guerdon_core::PPB);
        let settled = settle(terms, &state, gates, now);
        assert_eq!(settled.is_ok(), may, "{settled:?}");
        if let Ok(change) = settled {
            assert_eq!(held(terms, &change.state), row.want.vested);
            assert_eq!(
                change.freed,
                i128::try_from(row.want.held - row.want.vested).unwrap()
            );
        }
    }
}

#[test]
fn reasons_account_for_every_base_unit() {
    for (number, row) in rows().iter().enumerate() {
        let state = State::from_word(row.word);
        let reasons = why_locked(&row.terms, &state, &row.gates, row.now).unwrap();
        // A released sum above what the state ever let vest cannot happen on a chain.
        if row.want.held <= row.terms.amount && row.want.released <= row.want.unlocked {
            assert_eq!(
                total(&reasons),
                row.terms.amount,
                "row {number}: {reasons:?}"
            );
        }
    }
}

#[test]
fn the_next_vesting_is_the_first_second_in_which_more_is_vested() {
    for row in rows() {
        let state = State::from_word(row.word);
        let at = |now| amounts(&row.terms, &state, &row.gates, now).unwrap().vested;
        let Some((time, amount)) = next_vesting(&row.terms, &state, &row.gates, row.now).unwrap()
        else {
            continue;
        };
        let lapses = row.terms.gates.iter().any(|gate| gate.rule.lapse) && state.has(Flags::ENDED);
        if !lapses {
            assert_eq!(at(time - 1), row.want.vested);
            assert_eq!(at(time), row.want.vested + amount);
        }
        assert!(amount > 0 && time > row.now);
    }
}

#[test]
fn results_must_be_given_for_every_gate() {
    let gated = rows()
        .into_iter()
        .find(|row| !row.terms.gates.is_empty())
        .unwrap();
    let state = State::opened(0, 0);
    let refused = why_locked(&gated.terms, &state, &[], gated.now);
    let gates = gated.terms.gates.len();
    assert_eq!(refused, Err(Refused::GateResults { gates, given: 0 }));
    let closed = why_locked(&gated.terms, &State::closed(), &gated.gates, gated.now);
    assert_eq!(closed, Ok(vec![Reason::Closed]));
}

fn rows() -> Vec<Row> {
    let table = Table::read("grant");
    let terms: Vec<_> = table
        .bytes("termsBytes")
        .iter()
        .map(|bytes| Terms::decode(bytes).unwrap())
        .collect();
    let (places, words) = (table.all::<usize>("terms"), table.all::<U256>("word"));
    let (now, done) = (table.all::<u64>("now"), table.bools("doneAll"));
    let (first, count) = (
        table.all::<usize>("gateFirst"),
        table.all::<usize>("gateCount"),
    );
    let (gates, wanted) = (gates(&table), wanted(&table));
    let row = |i: usize| Row {
        terms: terms[places[i]].clone(),
        word: words[i],
        now: now[i],
        gates: gates[first[i]..first[i] + count[i]].to_vec(),
        want: wanted[i],
        done: done[i],
    };
    (0..places.len()).map(row).collect()
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

fn wanted(table: &Table) -> Vec<Amounts> {
    let (time, open) = (table.all::<u32>("timePpb"), table.all::<u32>("openPpb"));
    let column = |name| table.all::<u128>(name);
    let (vested, unlocked, released) = (column("vested"), column("unlocked"), column("released"));
    let (held, payable) = (column("held"), column("payable"));
    let amounts = |i: usize| Amounts {
        time_ppb: time[i],
        open_ppb: open[i],
        vested: vested[i],
        unlocked: unlocked[i],
        released: released[i],
        held: held[i],
        payable: payable[i],
    };
    (0..time.len()).map(amounts).collect()
}
