//! Events of Goals.

use guerdon_core::fact::Fact;

use super::convert::facts;
use crate::bindings::IGoals::{self, IGoalsEvents as Event};
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
        Event::Registered(e) => e.into(),
        Event::Sealed(e) => e.into(),
        Event::Proposed(e) => e.into(),
        Event::Expired(e) => e.into(),
        Event::Challenged(e) => e.into(),
        Event::Resolved(e) => e.into(),
        Event::Finalized(e) => e.into(),
        Event::Demanded(e) => e.into(),
        Event::DemandRefused(e) => e.into(),
        Event::Extended(e) => e.into(),
        Event::GoalClosed(e) => e.into(),
        Event::BondWithdrawn(e) => e.into(),
    })
}

facts! { IGoals:
    Registered {
        id => id, attempt => attempt, model => model, registeredAt => registered_at,
        registeredBlock => registered_block, deadline => deadline,
    }
    Sealed { id => id, attempt => attempt, seed => seed }
    Proposed {
        id => id, attempt => attempt, x => x, y => y, guards => guards, evidence => evidence,
        signers => signers, fraction => fraction, deadline => deadline,
    }
    Expired { id => id, attempt => attempt, deadline => deadline }
    Challenged {
        id => id, attempt => attempt, challenger => challenger, reason => reason, bond => bond,
        deadline => deadline,
    }
    Resolved {
        id => id, attempt => attempt, verdict => verdict, fraction => fraction, x => x, y => y,
        guards => guards, toSponsor => to_sponsor, toChallenger => to_challenger,
        toDead => to_dead, clearedDemand => cleared_demand,
    }
    Finalized {
        id => id, attempt => attempt, fraction => fraction, best => best,
        toChallenger => to_challenger, clearedDemand => cleared_demand,
    }
    Demanded { id => id, model => model, demandedAt => demanded_at }
    DemandRefused { id => id }
    Extended { id => id, closes => closes }
    GoalClosed { id => id, fraction => fraction, defaulted => defaulted }
    BondWithdrawn { token => token, to => to, amount => amount }
}
