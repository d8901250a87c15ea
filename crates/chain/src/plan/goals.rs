//! Writes to Goals. Times are unix seconds.

use alloy::primitives::{Address, B256, U256};
use guerdon_core::goal::{Goal, PanelResult};

use super::Plan;
use super::money::date;
use crate::bindings::IGoals;
use crate::goal_abi::{Quorum, abi_goal, abi_result, u40};

/// What an arbiter decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The proposal stands.
    Upheld,
    /// The proposal falls and these counts stand instead.
    Overturned {
        /// Right answers, wins, sum of scores in ppb, or the count.
        x: u128,
        /// Losses of a paired comparison; else 0.
        y: u128,
        /// Conditions that hold.
        guards: u32,
    },
    /// The attempt never counted.
    Void,
}

/// Defines a goal; the chain publishes the definition and its panel.
#[must_use]
pub fn define_goal(goals: Address, goal: &Goal, m: u8, panel: &[Address]) -> Plan {
    let mut panel = panel.to_vec();
    panel.sort_unstable();
    let members = panel.len();
    let call = IGoals::defineGoalCall {
        goal: abi_goal(goal),
        m,
        panel,
    };
    Plan::call(
        goals,
        &call,
        format!("Define a goal decided by {m} of {members} panel members"),
    )
}

/// Registers an attempt before its run. `deadline` is that of the signed `Accept` messages.
#[must_use]
pub fn register(goals: Address, goal: &Goal, model: B256, deadline: u64, quorum: &Quorum) -> Plan {
    let call = IGoals::registerCall {
        goal: abi_goal(goal),
        model,
        deadline: u40(deadline),
        quorum: quorum.abi(),
    };
    Plan::call(
        goals,
        &call,
        format!("Register an attempt with model {model}"),
    )
}

/// Lets the chain draw the items of an attempt.
#[must_use]
pub fn seal(goals: Address, goal: &Goal, attempt: u16) -> Plan {
    let call = IGoals::sealCall {
        goal: abi_goal(goal),
        attempt,
    };
    Plan::call(goals, &call, format!("Draw the items of attempt {attempt}"))
}

/// Brings a signed result.
#[must_use]
pub fn propose(goals: Address, goal: &Goal, result: &PanelResult, quorum: &Quorum) -> Plan {
    let call = IGoals::proposeCall {
        goal: abi_goal(goal),
        result: abi_result(result),
        quorum: quorum.abi(),
    };
    let PanelResult {
        attempt,
        x,
        y,
        samples,
        ..
    } = result;
    let signed = quorum.signed();
    let losses = if *y == 0 {
        String::new()
    } else {
        format!(", y = {y}")
    };
    let summary = format!(
        "Propose x = {x}{losses} of {samples} samples for attempt {attempt}, signed by {signed}"
    );
    Plan::call(goals, &call, summary)
}

/// Turns an attempt that nobody reported into a proposed zero.
#[must_use]
pub fn expire(goals: Address, goal: &Goal, attempt: u16) -> Plan {
    let call = IGoals::expireCall {
        goal: abi_goal(goal),
        attempt,
    };
    Plan::call(goals, &call, format!("Let attempt {attempt} expire"))
}

/// Objects to a proposal, for the bond, which Goals must be approved for first.
#[must_use]
pub fn challenge(goals: Address, goal: &Goal, attempt: u16, reason: B256) -> Plan {
    let call = IGoals::challengeCall {
        goal: abi_goal(goal),
        attempt,
        reason,
    };
    Plan::call(
        goals,
        &call,
        format!("Challenge the proposal for attempt {attempt}"),
    )
}

/// Decides a challenge; for the arbiter.
#[must_use]
pub fn resolve(goals: Address, goal: &Goal, attempt: u16, verdict: Verdict) -> Plan {
    let (number, x, y, guards, words) = match verdict {
        Verdict::Upheld => (1, 0, 0, 0, "Uphold the proposal for".to_owned()),
        Verdict::Overturned { x, y, guards } => (
            2,
            x,
            y,
            guards,
            format!("Overturn, with x = {x} and y = {y}, the proposal for"),
        ),
        Verdict::Void => (3, 0, 0, 0, "Declare void".to_owned()),
    };
    let call = IGoals::resolveCall {
        goal: abi_goal(goal),
        attempt,
        verdict: number,
        x,
        y,
        guards,
    };
    Plan::call(goals, &call, format!("{words} attempt {attempt}"))
}

/// Lets a proposal stand after its window.
#[must_use]
pub fn finalize(goals: Address, goal: B256, attempt: u16) -> Plan {
    let call = IGoals::finalizeCall {
        goalId: goal,
        attempt,
    };
    Plan::call(
        goals,
        &call,
        format!("Finalize attempt {attempt} of goal {goal}"),
    )
}

/// Asks for a run; for the sponsor.
#[must_use]
pub fn demand(goals: Address, goal: &Goal, model: B256) -> Plan {
    let call = IGoals::demandCall {
        goal: abi_goal(goal),
        model,
    };
    Plan::call(goals, &call, format!("Demand a run of model {model}"))
}

/// Refuses a demand; for the arbiter.
#[must_use]
pub fn refuse(goals: Address, goal: &Goal) -> Plan {
    Plan::call(
        goals,
        &IGoals::refuseCall {
            goal: abi_goal(goal),
        },
        "Refuse the demand for a run",
    )
}

/// Extends the window once; for the arbiter.
#[must_use]
pub fn extend(goals: Address, goal: &Goal, closes: u64) -> Plan {
    let call = IGoals::extendCall {
        goal: abi_goal(goal),
        closes: u40(closes),
    };
    Plan::call(
        goals,
        &call,
        format!("Extend the goal to {}", date(U256::from(closes))),
    )
}

/// Makes a goal final.
#[must_use]
pub fn close(goals: Address, goal: &Goal) -> Plan {
    Plan::call(
        goals,
        &IGoals::closeCall {
            goal: abi_goal(goal),
        },
        "Close the goal for good",
    )
}

/// Pays the caller what the ledger of bonds owes it.
#[must_use]
pub fn withdraw_bond(goals: Address, token: Address) -> Plan {
    let call = IGoals::withdrawBondCall { token };
    Plan::call(
        goals,
        &call,
        format!("Take the bonds owed to you in token {token}"),
    )
}
