use std::fmt;

use alloy_primitives::Address;

use crate::grant::{Desk, GateResult};
use crate::ledger::Ledger;
use crate::state::State;
use crate::succession::{Found, Recovery};
use crate::terms::Terms;

/// Where results of goals are looked up.
pub trait Results: fmt::Debug {
    /// What each gate of the terms reads, with the results at a stop (unix seconds) if there is
    /// one; a goal that is not known counts as without result.
    fn gates(&self, terms: &Terms, stop_at: Option<u64>) -> Vec<GateResult>;
}

impl Results for Ledger {
    fn gates(&self, terms: &Terms, stop_at: Option<u64>) -> Vec<GateResult> {
        let one = |gate: &crate::terms::Gate| {
            let goal = self.goals.get(&gate.goal);
            goal.map(|goal| goal.gate_result(stop_at))
                .unwrap_or_default()
        };
        terms.gates.iter().map(one).collect()
    }
}

/// A grant as it stands, and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The contracts and the moment.
    pub desk: Desk,
    /// Its terms.
    pub terms: &'a Terms,
    /// Its word.
    pub state: &'a State,
    /// Its recovery.
    pub recovery: &'a Recovery,
    /// Who holds it.
    pub holder: Address,
    /// Results of the goals of its gates.
    pub results: &'a dyn Results,
    /// Funded and not promised, in base units.
    pub free: u128,
}

impl Standing<'_> {
    /// What its gates would read if its word were `state`.
    pub fn gates(&self, state: &State) -> Vec<GateResult> {
        let stop_at = Some(state.clock().stop_at).filter(|time| *time != 0);
        self.results.gates(self.terms, stop_at)
    }

    /// As Succession finds it.
    pub const fn found(&self) -> Found<'_> {
        Found {
            terms: self.terms,
            state: self.state,
            recovery: self.recovery,
        }
    }
}
