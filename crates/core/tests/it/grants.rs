use guerdon_core::PPB;
use guerdon_core::grant::{Amounts, EndOrder, Reason, Refused, amounts, claim, end, held, settle};
use guerdon_core::grant::{next_vesting, payable, reachable, why_locked};
use guerdon_core::state::{Flags, Phase, State};

use crate::cases::{Case, cases};
use crate::samples::total;
use crate::table::Table;

#[test]
fn grants_amount_to_what_the_oracle_says() {
    for (number, (case, want, _)) in rows().iter().enumerate() {
        let Case {
            terms,
            word,
            state,
            now,
            gates,
        } = case;
        assert_eq!(state.to_word(), *word, "row {number}");
        let found = amounts(terms, state, gates, *now).unwrap();
        assert_eq!(found, *want, "row {number}: {state:?} at {now}");
        assert_eq!(held(terms, state), want.held);
        assert_eq!(payable(terms, state, gates, *now).unwrap(), want.payable);
    }
}

#[test]
fn claims_release_what_is_payable() {
    for (
        Case {
            terms,
            state,
            now,
            gates,
            ..
        },
        want,
        _,
    ) in rows()
    {
        let paid = claim(&terms, &state, &gates, now, true);
        match want.payable {
            0 => assert!(matches!(paid, Err(Refused::NothingClaimable { .. }))),
            payable => {
                let (after, payment) = paid.unwrap();
                assert_eq!(
                    (payment.gross, payment.net + payment.withheld),
                    (payable, payable)
                );
                assert_eq!(after.released, state.released + payable);
            }
        }
        let by_anyone = claim(&terms, &state, &gates, now, false);
        assert_eq!(
            by_anyone == Err(Refused::HolderOnly),
            state.has(Flags::HOLDER_ONLY)
        );
    }
}

#[test]
fn ends_and_settlements_are_those_of_the_oracle() {
    let table = Table::read("moves");
    let (call, stop_at) = (table.all::<u8>("call"), table.all::<u64>("stopAt"));
    let (grace, free) = (table.bools("grace"), table.all::<u128>("free"));
    let (ok, freed) = (table.bools("ok"), table.all::<i128>("freed"));
    let after = table.all::<alloy_primitives::U256>("after");
    for (i, case) in cases(&table).iter().enumerate() {
        let Case {
            terms,
            state,
            now,
            gates,
            ..
        } = case;
        let order = EndOrder {
            stop_at: stop_at[i],
            grace: grace[i],
            now: *now,
            free: free[i],
        };
        let change = match call[i] {
            0 => end(terms, state, gates, &order),
            _ => settle(terms, state, gates, *now),
        };
        assert_eq!(
            change.is_ok(),
            ok[i],
            "row {i}: {change:?} of {state:?} at {now}"
        );
        if let Ok(change) = change {
            assert_eq!(
                change.state.to_word(),
                after[i],
                "row {i}: {change:?} of {state:?}"
            );
            assert_eq!(change.freed, freed[i], "row {i}");
        }
    }
}

#[test]
fn a_grant_settles_exactly_when_nothing_can_change_it() {
    for (
        Case {
            terms,
            state,
            now,
            gates,
            ..
        },
        want,
        done,
    ) in rows()
    {
        // The second of the end itself must be over.
        let ended = state.has_ended(now - 1);
        let ahead = state.has(Flags::ENDED) && !ended;
        let may = !state.has(Flags::SETTLED) && !ahead && done && (ended || want.time_ppb == PPB);
        let settled = settle(&terms, &state, &gates, now);
        assert_eq!(settled.is_ok(), may, "{settled:?}");
    }
}

#[test]
fn reasons_account_for_every_base_unit() {
    for (number, (case, want, _)) in rows().iter().enumerate() {
        let reasons = why_locked(&case.terms, &case.state, &case.gates, case.now).unwrap();
        // More released than unlocked cannot happen on a chain; the table asks it all the same.
        if want.released <= want.unlocked {
            assert_eq!(
                total(&reasons),
                case.terms.amount,
                "row {number}: {reasons:?}"
            );
        }
    }
}

/// Long after every schedule of the table, and within the forty bits of a time.
const FAR: u64 = 1_000_000_000_000;

#[test]
fn a_grant_can_reach_what_time_and_open_results_can_still_bring() {
    for (number, (case, want, done)) in rows().iter().enumerate() {
        let Case {
            terms,
            state,
            now,
            gates,
            ..
        } = case;
        let most = reachable(terms, state, gates, *now).unwrap();
        assert!(most >= want.vested, "row {number}");
        assert!(most <= want.held.max(want.released), "row {number}");
        let lapses = terms.gates.iter().any(|gate| gate.rule.lapse) && state.has(Flags::ENDED);
        if *done && !lapses {
            let last = amounts(terms, state, gates, FAR).unwrap().vested;
            assert_eq!(most, last, "row {number}: nothing but time is left");
        }
        if terms.gates.is_empty() && matches!(state.phase, Phase::Active(_)) {
            assert_eq!(most, want.held.max(want.released), "row {number}");
        }
    }
}

#[test]
fn what_a_final_result_keeps_shut_can_never_be_reached() {
    let (mut case, ..) = rows()
        .into_iter()
        .find(|(case, want, _)| {
            let plain = |gate: &guerdon_core::terms::Gate| {
                !gate.rule.trigger && !gate.rule.lapse && gate.share_ppb > 0
            };
            matches!(case.state.phase, Phase::Active(_))
                && want.released == 0
                && case.terms.gates.len() == 1
                && case.terms.gates.iter().all(plain)
        })
        .unwrap();
    let most = |case: &Case| reachable(&case.terms, &case.state, &case.gates, case.now).unwrap();
    case.gates[0].is_final = false;
    case.gates[0].fraction = 0;
    let open = most(&case);
    case.gates[0].is_final = true;
    let shut = most(&case);
    assert!(shut < open, "{shut} of {open}");
    case.gates[0].fraction = PPB;
    assert_eq!(most(&case), open);
}

#[test]
fn the_next_vesting_is_the_first_second_in_which_more_is_vested() {
    for (
        Case {
            terms,
            state,
            now,
            gates,
            ..
        },
        want,
        _,
    ) in rows()
    {
        let at = |now| amounts(&terms, &state, &gates, now).unwrap().vested;
        let Some((time, amount)) = next_vesting(&terms, &state, &gates, now).unwrap() else {
            continue;
        };
        assert!(amount > 0 && time > now);
        let lapses = terms.gates.iter().any(|gate| gate.rule.lapse) && state.has(Flags::ENDED);
        if !lapses {
            assert_eq!(
                (at(time - 1), at(time)),
                (want.vested, want.vested + amount)
            );
        }
    }
}

#[test]
fn results_must_be_given_for_every_gate() {
    let (gated, _, _) = rows()
        .into_iter()
        .find(|row| !row.0.terms.gates.is_empty())
        .unwrap();
    let refused = why_locked(&gated.terms, &State::opened(0, 0), &[], gated.now);
    let gates = gated.terms.gates.len();
    assert_eq!(refused, Err(Refused::GateResults { gates, given: 0 }));
    let closed = why_locked(&gated.terms, &State::closed(), &gated.gates, gated.now);
    assert_eq!(closed, Ok(vec![Reason::Closed]));
}

/// Each case, what it amounts to, and whether all its gates are done.
fn rows() -> Vec<(Case, Amounts, bool)> {
    let table = Table::read("grant");
    let wanted = wanted(&table).into_iter().zip(table.bools("doneAll"));
    cases(&table)
        .into_iter()
        .zip(wanted)
        .map(|(case, (want, done))| (case, want, done))
        .collect()
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
