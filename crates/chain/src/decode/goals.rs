//! Events of Goals.

use guerdon_core::fact::Fact;

use crate::bindings::IGoals;
use crate::bindings::IGoals::IGoalsEvents as Event;
use crate::goal_abi::core_goal;

/// Fails only for a kind of goal that the contract does not know.
pub(super) fn fact(event: Event) -> Result<Fact, String> {
    Ok(match event {
        Event::GoalDefined(e) => Fact::GoalDefined {
            id: e.id,
            goal: Box::new(core_goal(&e.goal)?),
            m: e.m,
            panel: e.panel,
        },
        Event::Registered(e) => Fact::Registered {
            id: e.id,
            attempt: e.attempt,
            model: e.model,
            registered_at: e.registeredAt.to(),
            registered_block: e.registeredBlock.to(),
            deadline: e.deadline.to(),
        },
        Event::Sealed(e) => Fact::Sealed {
            id: e.id,
            attempt: e.attempt,
            seed: e.seed.to_be_bytes(),
        },
        Event::Proposed(e) => proposed(e),
        Event::Expired(e) => Fact::Expired {
            id: e.id,
            attempt: e.attempt,
            deadline: e.deadline.to(),
        },
        Event::Challenged(e) => Fact::Challenged {
            id: e.id,
            attempt: e.attempt,
            challenger: e.challenger,
            reason: e.reason,
            bond: e.bond,
            deadline: e.deadline.to(),
        },
        Event::Resolved(e) => resolved(e),
        Event::Finalized(e) => Fact::Finalized {
            id: e.id,
            attempt: e.attempt,
            fraction: e.fraction,
            best: e.best,
            to_challenger: e.toChallenger,
        },
        Event::Demanded(e) => Fact::Demanded {
            id: e.id,
            model: e.model,
            demanded_at: e.demandedAt.to(),
        },
        Event::DemandRefused(e) => Fact::DemandRefused { id: e.id },
        Event::Extended(e) => Fact::Extended {
            id: e.id,
            closes: e.closes.to(),
        },
        Event::GoalClosed(e) => Fact::GoalClosed {
            id: e.id,
            fraction: e.fraction,
            defaulted: e.defaulted,
        },
        Event::BondWithdrawn(e) => Fact::BondWithdrawn {
            token: e.token,
            to: e.to,
            amount: e.amount,
        },
    })
}

fn proposed(e: IGoals::Proposed) -> Fact {
    Fact::Proposed {
        id: e.id,
        attempt: e.attempt,
        x: e.x,
        y: e.y,
        guards: e.guards,
        evidence: e.evidence,
        signers: e.signers,
        fraction: e.fraction,
        deadline: e.deadline.to(),
        cleared_demand: e.clearedDemand,
    }
}

fn resolved(e: IGoals::Resolved) -> Fact {
    Fact::Resolved {
        id: e.id,
        attempt: e.attempt,
        verdict: e.verdict,
        fraction: e.fraction,
        x: e.x,
        y: e.y,
        guards: e.guards,
        to_sponsor: e.toSponsor,
        to_challenger: e.toChallenger,
        to_dead: e.toDead,
        restored_demand: e.restoredDemand,
    }
}
