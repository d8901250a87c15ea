//! Errors of Grants.

use alloy::primitives::{B256, U256};

use super::RevertKind::{Forbidden, Input, Missing, Precondition};
use super::{Words, say, shared, tokens};
use crate::bindings::IGrants::{self, IGrantsErrors as Error};
use crate::plan::{date, decimal, grouped};

pub(super) fn words(error: Error) -> Words {
    match error {
        Error::BadDeployment(_) => shared::bad_deployment("Grants"),
        Error::BadTerms(_) => say(
            Input,
            "the terms of the grant are not well formed",
            "take them from the grant file as they are",
        ),
        Error::BadProof(_) => say(
            Input,
            "the proof does not lead from this grant to its round",
            "use the proof, index and root of one and the same grant file",
        ),
        Error::BadRound(_) => say(
            Input,
            "a round needs a root and a total above zero",
            "import the round again",
        ),
        Error::RoundNotFound(e) => say(
            Missing,
            format!(
                "no round {} is committed here, or it was taken back",
                e.root
            ),
            "commit the round first (`guerdon round commit`), or check the contract's address",
        ),
        Error::RootUsed(e) => say(
            Precondition,
            format!("round {} was committed before", e.root),
            "nothing is left to do, or import the sheet anew for another round",
        ),
        Error::NotYet(e) => shared::not_yet(e.until),
        Error::TooLate(e) => shared::too_late(e.until),
        Error::NotPayable(e) => shared::not_payable(e.to),
        Error::PaymentUnclear(e) => say(
            Precondition,
            format!(
                "the token denied its payment to {} and moved the money all the same",
                e.to
            ),
            "nothing was paid; claim one grant at a time, and ask who issues the token",
        ),
        other => grant_words(other),
    }
}

fn grant_words(error: Error) -> Words {
    match error {
        Error::NotFreeEnough(e) => not_free_enough(e.wanted, e.free),
        Error::NothingReceived(_) => say(
            Precondition,
            "the deposit brought no tokens to Grants",
            "give an amount above zero, of a token that really arrives",
        ),
        Error::NothingClaimable(e) => nothing_claimable(&e),
        Error::OutOfRange(e) => shared::out_of_range(e.value, e.limit),
        Error::ResultUnderWay(e) => under_way(e.goal, e.lastRegisteredAt),
        Error::GoalNotDefined(e) => shared::goal_not_defined(e.goal),
        Error::GoalNotFinal(e) => say(
            Precondition,
            format!(
                "goal {} behind a gate can still change, so the grant cannot settle",
                e.goal
            ),
            "wait until the goal is closed (`guerdon goal close`)",
        ),
        Error::NotFullyVested(e) => say(
            Precondition,
            format!(
                "only {} % of the grant is vested by time",
                decimal(e.timePpb, 7)
            ),
            "settle it when its schedule is over",
        ),
        Error::NotOpened(e) => say(
            Precondition,
            format!("grant {} is not opened yet", e.id),
            "claim it with its grant file, which holds the proof that opens it",
        ),
        Error::IsClosed(e) => say(
            Precondition,
            format!(
                "grant {} is closed: its leaf was invalid, or it was replaced",
                e.id
            ),
            "ask the company for the grant that replaces it",
        ),
        Error::WrongState(e) => wrong_state(e.id, e.flags),
        Error::NoPower(e) => shared::no_power(e.power),
        Error::NotHolder(e) => shared::not_holder(e.caller, e.holder),
        Error::NotEnoughGas(e) => say(
            Precondition,
            format!(
                "{} gas are left and a fair try at a payment needs {}",
                grouped(&e.left.to_string()),
                grouped(&e.needed.to_string())
            ),
            "pay fewer grants at once",
        ),
        other => succession_words(other),
    }
}

/// Errors of what only Succession asks for.
fn succession_words(error: Error) -> Words {
    match error {
        Error::NotSuccession(e) => say(
            Forbidden,
            format!(
                "only the Succession contract may do this, and {} is not",
                e.caller
            ),
            "use `guerdon grant replace`, `move` or `recover`",
        ),
        Error::AlreadyOpened(e) => say(
            Precondition,
            format!(
                "grant {} has a word already and cannot take another's place",
                e.id
            ),
            "change its terms, the agreement's nonce for example, for another id",
        ),
        Error::VestedFalls(e) => say(
            Precondition,
            format!(
                "the new grants have {} tokens vested and the old one {}",
                tokens(e.current),
                tokens(e.before)
            ),
            "give terms under which nothing vested is lost; a replacement never takes back",
        ),
        // Those of the functions above, which call this one for what it does not know.
        _ => say(
            Input,
            "the Grants contract refused",
            "check the terms and the round",
        ),
    }
}

fn not_free_enough(wanted: U256, free: U256) -> Words {
    let missing = tokens(wanted.saturating_sub(free));
    let (wanted, free) = (tokens(wanted), tokens(free));
    say(
        Precondition,
        format!("{wanted} tokens are wanted and {free} in the pool are free of promises"),
        format!("put at least {missing} more into the pool (`guerdon fund`)"),
    )
}

fn nothing_claimable(e: &IGrants::NothingClaimable) -> Words {
    let (vested, unlocked) = (tokens(e.vested), tokens(e.unlocked));
    let released = tokens(e.released);
    say(
        Precondition,
        format!(
            "nothing is claimable now: {vested} vested, {unlocked} unlocked, {released} claimed \
             or withheld so far"
        ),
        "`guerdon grant show` says why the rest is locked and who acts next",
    )
}

fn under_way(goal: B256, last: U256) -> Words {
    let last = date(last);
    say(
        Precondition,
        format!(
            "an attempt at goal {goal} was registered, or a run demanded, at {last}, after the end \
             you ask for"
        ),
        "end the grant at that time or later: a result that is under way counts",
    )
}

fn wrong_state(id: B256, flags: U256) -> Words {
    const NAMES: [(u64, &str); 8] = [
        (2, "closed"),
        (4, "paused"),
        (8, "ended"),
        (16, "ended with grace"),
        (32, "settled"),
        (64, "moved to another holder"),
        (128, "claimed by its holder only"),
        (256, "under recovery"),
    ];
    let bits = u64::try_from(flags).unwrap_or_default();
    let set: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    let state = if set.is_empty() {
        "active".to_owned()
    } else {
        set.join(", ")
    };
    say(
        Precondition,
        format!("grant {id} is {state}, which does not allow this"),
        "`guerdon grant show` tells what is possible",
    )
}
