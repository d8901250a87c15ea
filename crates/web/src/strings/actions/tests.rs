//! Every sentence has its capital and its full stop, and says what it is about.

use alloy_primitives::{Address, B256};
use guerdon_core::act::Act;
use guerdon_core::grant::Refused;
use guerdon_core::succession::{Power, SuccessionRefused};
use guerdon_core::terms::TermsError;
use jiff::tz::TimeZone;

use super::*;
use crate::numbers::Token;

const GOAL: B256 = B256::ZERO;
const AT: u64 = 1_796_083_199;
const ACCOUNT: Address = Address::repeat_byte(0x0c);
const ACC: u128 = 1_000_000_000_000_000_000;

fn token() -> Token {
    Token {
        symbol: "ACC".to_owned(),
        name: "Acme Access".to_owned(),
        decimals: 18,
    }
}

fn is_sentence(text: &str) -> bool {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
    first && text.ends_with('.') && !text.contains("..") && !text.contains("  ")
}

fn acts() -> Vec<Act> {
    let (to, grace) = (ACCOUNT, true);
    vec![
        Act::End { stop_at: AT, grace },
        Act::WithdrawEnd,
        Act::Pause,
        Act::Resume,
        Act::Accelerate { by: 1 },
        Act::LowerWithholding { withhold_bps: 1 },
        Act::Settle,
        Act::Waive,
        Act::Hold { on: true },
        Act::Hold { on: false },
        Act::Move { to },
        Act::AnnounceRecovery { to },
        Act::ExecuteRecovery,
        Act::ClearRecovery,
        Act::Veto,
    ]
}

#[test]
fn every_act_has_its_words() {
    let mut headings = std::collections::BTreeSet::new();
    for act in acts() {
        assert!(is_sentence(what(act)), "{}", what(act));
        assert!(
            is_sentence(undo(act, AT)) && is_sentence(undo(act, AT - 1)),
            "{act:?}"
        );
        assert!(headings.insert(heading(act)), "{}", heading(act));
        assert!(!heading(act).ends_with('.') && !button(act).ends_with('.'));
    }
    let end = acts()[0];
    assert_ne!(undo(end, AT), undo(end, AT - 1));
}

fn of_grants() -> Vec<Refused> {
    let (goal, amount) = (GOAL, ACC);
    vec![
        Refused::GateResults { gates: 1, given: 0 },
        Refused::StopResult { goal },
        Refused::NotOpened,
        Refused::Closed,
        Refused::HolderOnly,
        Refused::NotHolder,
        Refused::NoPauseLeft {
            lost: 0,
            pause_max: 0,
        },
        Refused::NoPauseLeft {
            lost: 86_400,
            pause_max: 86_400,
        },
        Refused::WithholdingNotLower {
            withhold_bps: 1,
            present: 0,
        },
        Refused::WithholdingNotLower {
            withhold_bps: 600,
            present: 500,
        },
        Refused::NothingClaimable {
            vested: amount,
            unlocked: 0,
            released: 0,
        },
        Refused::NoPower,
        Refused::WrongState { flags: 1 },
        Refused::TooFarBack {
            stop_at: AT - 86_400,
            earliest: AT,
        },
        Refused::TimeTooLarge { time: u64::MAX },
        Refused::ResultUnderWay {
            goal,
            last_registered_at: AT,
        },
        Refused::NotFreeEnough {
            wanted: 3 * amount,
            free: amount,
        },
        Refused::RevenueRises,
        Refused::TimeNotOver,
        Refused::GoalNotFinal { goal },
    ]
}

fn of_successions() -> Vec<SuccessionRefused> {
    let (to, holder, id, until) = (ACCOUNT, ACCOUNT, GOAL, AT);
    let (amount, released) = (ACC, 2 * ACC);
    vec![
        SuccessionRefused::NotOpened,
        SuccessionRefused::Closed,
        SuccessionRefused::NotHolder,
        SuccessionRefused::NoPower { power: Power::Move },
        SuccessionRefused::NoPower {
            power: Power::Recover,
        },
        SuccessionRefused::NotPayable { to },
        SuccessionRefused::TooLate { until },
        SuccessionRefused::NotYet { until },
        SuccessionRefused::RecoveryOpen { until },
        SuccessionRefused::NoRecovery,
        SuccessionRefused::BadSignature { holder },
        SuccessionRefused::Count { count: 9 },
        SuccessionRefused::BadTerms {
            place: 0,
            reason: TermsError::Amount { amount: 0 },
        },
        SuccessionRefused::GoalNotDefined { goal: id },
        SuccessionRefused::AlreadyOpened { id },
        SuccessionRefused::BelowReleased { amount, released },
        SuccessionRefused::VestedFalls {
            before: released,
            after: amount,
        },
        SuccessionRefused::NotHeir { heir: to, holder },
        SuccessionRefused::NotFreeEnough {
            wanted: released,
            free: amount,
        },
        SuccessionRefused::RevenueRises,
    ]
}

#[test]
fn every_refusal_is_a_sentence() {
    let (token, zone) = (token(), TimeZone::UTC);
    let names = Names {
        token: &token,
        zone: &zone,
        state: "paused",
        goal: &|_| "launch-eu".to_owned(),
    };
    let grants = of_grants().into_iter().map(SuccessionRefused::Grant);
    for why in grants.chain(of_successions()) {
        let said = refused(names, &why);
        assert!(is_sentence(&said), "{why:?}: {said}");
    }
    let say = |why| refused(names, &SuccessionRefused::Grant(why));
    assert_eq!(
        say(Refused::NotFreeEnough {
            wanted: 3 * ACC,
            free: ACC
        }),
        "3.00 ACC more would be promised, and 1.00 ACC are free: fund the pool with at least 2.00 \
         ACC first."
    );
    assert_eq!(
        say(Refused::TooFarBack {
            stop_at: AT - 86_400,
            earliest: AT
        }),
        "The terms let an end reach back to 30 Nov 2026, 23:59 UTC, and 29 Nov 2026, \
         23:59 UTC is earlier."
    );
    assert_eq!(
        say(Refused::WrongState { flags: 1 }),
        "The grant's state is paused, which does not allow this."
    );
    assert_eq!(
        say(Refused::NoPauseLeft {
            lost: 0,
            pause_max: 0
        }),
        "The terms do not allow pausing."
    );
}

#[test]
fn what_rounds_requests_and_batches_say_are_sentences() {
    let token = token();
    let held = ["Ada (0x0c0c\u{2026}0c0c)".to_owned()];
    let said = [
        commit_lead(&token, (ACC, 21)),
        binds(None),
        binds(Some("1 Dec 2026, 00:00")),
        committed_before("1 Dec 2026"),
        rescind_lead(&token, (ACC, Some(1))),
        rescind_lead(&token, (ACC, None)),
        rescindable("1 Dec 2026"),
        binding_since("1 Dec 2026"),
        own_judge("0x0c0c0c0c0c0c", "launch-eu", "people"),
        binds_too_late("1 Dec 2026"),
        no_role(
            "people",
            ("0x0c0c0c0c0c0c0c0c", Some("0x0d0d0d0d0d0d0d0d")),
            &held,
        ),
        no_role("people", ("0x0c0c0c0c0c0c0c0c", None), &[]),
        not_your_grant("0x0c0c0c0c0c0c0c0c"),
        delayed("treasury", 172_800),
        delay_outruns("30 days"),
        typed_wrong("G-1004"),
        no_longer("It ended."),
        would_fail("the call would revert."),
        waits_for_holder("0x0c0c0c0c0c0c0c0c", "1 Dec 2026"),
        signed_by_holder("0x0c0c0c0c0c0c0c0c", "1 Dec 2026"),
        closed_on("1 Dec 2026"),
        owners(2, 3, 7),
        safe_version("1.3.0", "1.4.1").unwrap(),
        batch_fails(2, "Nothing is claimable."),
        batch_untried("MultiSend is missing"),
        node_failed("connection refused."),
        row_wrong(0, "", "amount is missing"),
        row_wrong(2, "wallet", "it is no address."),
    ];
    for sentence in &said {
        assert!(is_sentence(sentence), "{sentence}");
    }
    assert_eq!(safe_version("1.4.1", "1.4.1"), None);
    assert_eq!(type_this("G-1004"), "Type G-1004 to confirm");
    assert_eq!(calls(1), "1 call");
}

#[test]
fn what_never_changes_is_a_sentence_too() {
    let fixed = [
        NO_WALLET,
        WAITS,
        WITHDRAWN,
        WOULD_SUCCEED,
        NOT_TRIED,
        REPLACED,
        CHANGED_SINCE,
        NO_SIGNATURE,
        SIGNED_BEFORE,
        NO_DAY,
        NOTHING_TO_CHANGE,
        DAYS_HINT,
        RATE_HINT,
        ACCOUNT_HINT,
        CHECKSUM_WRONG,
        WRONG_SIGNER,
        HOLDER_SIGNS,
        COMPANY_SENDS,
        OTHER_DIGEST,
        NO_SUCCESSION,
        DEADLINE_WRONG,
        RESCINDED,
        NOT_COMMITTED,
        BINDING_DAY_WRONG,
        ROUND_UNKNOWN,
        SET_ASIDE,
        UNDO_COMMIT,
        UNDO_BINDING,
        UNDO_RESCIND,
        EMPTY_BATCH,
        NO_BATCHES,
        SIGNERS_SEE,
        NAME_THE_SAFE,
        NO_NODE,
        BATCH_SUCCEEDS,
        BATCH_CLOSED,
        NOT_OURS,
        NONCE_WANTED,
        NO_SAFE_THERE,
        SAME_HASH,
        OTHER_HASH,
        NO_MULTI_SEND,
        OTHER_MULTI_SEND,
    ];
    for sentence in fixed {
        assert!(is_sentence(sentence), "{sentence}");
    }
}

#[test]
fn what_a_contract_said_stands_in_plain_words() {
    let said = would_fail("the round is unknown: commit it first (`guerdon round commit`).");
    assert_eq!(
        said,
        "Tried on the node just now: it would be refused. The round is unknown: commit it first \
         (guerdon round commit)."
    );
}

#[test]
fn a_letter_says_what_is_hers_and_what_is_not() {
    let gates = vec![gate_line(
        &token(),
        (ACC, "launch-eu"),
        None,
        Some("30 Jun 2029"),
    )];
    let madrid = TimeZone::get("Europe/Madrid").unwrap();
    let leaver = Leaver {
        company: "Acme AI",
        grant: "G-1004",
        granted: "7,300.00 ACC",
        now: AT - 86_400,
        stop_at: 1_796_079_599,
        grace: Some(1_803_855_599),
        zone: &madrid,
        paid: Some("1,926.62 ACC"),
        claimable: Some("352.59 ACC"),
        locked: None,
        gates: &gates,
        freed: Some("4,600.00 ACC"),
        page: "https://grants.acme.example/grants/0x12",
    };
    assert_eq!(
        letter(&leaver),
        "Your grant G-1004 at Acme AI ends on 30 Nov 2026\n\n\
         Your grant G-1004 of 7,300.00 ACC ends at the end of 30 Nov 2026, Europe/Madrid time. You \
         leave as a good leaver: it goes on vesting for the grace that its terms give, which is \
         over at the end of 28 Feb 2027, Europe/Madrid time.\n\n\
         By the results known today it comes to this:\n\n\
         - 1,926.62 ACC were paid to you. They stay yours.\n\
         - 352.59 ACC more are vested by then. You can claim them, and there is no last day.\n\
         - 1.00 ACC wait for the goal “launch-eu”: results that come after the end count as well. \
         The goal's window closes on 30 Jun 2029.\n\
         - 4,600.00 ACC are not earned by then and go back to Acme AI.\n\n\
         Your grant's page: https://grants.acme.example/grants/0x12\n\
         It also shows your agreement. What the agreement does not allow, the contract refuses.\n\
         To check all this without us, use your grant file and any node: guerdon verify grant FILE\n"
    );
    let at_once = letter(&Leaver {
        now: AT + 1,
        stop_at: AT - 30,
        grace: None,
        zone: &TimeZone::UTC,
        ..leaver
    });
    assert!(
        at_once.contains("G-1004 of 7,300.00 ACC ended on 30 Nov 2026 at 23:59, UTC.\n"),
        "{at_once}"
    );
    let lapsing = gate_line(
        &token(),
        (ACC, "launch-eu"),
        Some("30 Nov 2026, 23:59"),
        None,
    );
    assert!(lapsing.contains("attempts registered by 30 Nov 2026, 23:59 still count, later"));
}
