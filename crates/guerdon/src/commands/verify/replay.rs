//! The chain's history recomputed: each event must be what `core` says, from the terms and from the
//! events before it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::goal::{self, Goal, GoalFlags, panel_hash};
use guerdon_core::grant::{self, EndOrder, GateResult};
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::terms::Terms;

use super::report::Report;
use super::succession::Replacing;

/// Everything the recomputation knows besides the events.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    /// Terms by id, from grant and round files.
    pub(crate) terms: &'a BTreeMap<B256, Terms>,
    /// Chain id at deployment.
    pub(crate) chain_id: u64,
    /// The Goals contract.
    pub(crate) goals: Address,
    /// The Grants contract.
    pub(crate) grants: Address,
    /// Whether grants without terms are others' and are passed over.
    pub(crate) partial: bool,
}

/// Folds the events, checking each against what came before.
pub(crate) fn replay(known: &Known<'_>, facts: &[(Origin, Fact)], report: &mut Report) -> Ledger {
    let mut ledger = Ledger::default();
    let mut replacing = None;
    for (origin, fact) in facts {
        let mut step = Step {
            known,
            ledger: &ledger,
            origin,
            report,
            replacing: &mut replacing,
        };
        step.check(fact);
        if let Err(error) = ledger.apply(origin, fact) {
            let place = format!("block {}, log {}", origin.block, origin.log_index);
            report.fail("events", &place, "order", error.to_string());
        }
    }
    ledger
}

/// The gate results of a grant as its goals' events tell them.
pub(crate) fn gate_results(ledger: &Ledger, terms: &Terms, grant: &GrantRecord) -> Vec<GateResult> {
    let stop_at = (grant.state.clock().stop_at != 0).then(|| grant.state.clock().stop_at);
    let result = |gate: &guerdon_core::terms::Gate| {
        ledger
            .goals
            .get(&gate.goal)
            .map(|goal| goal.gate_result(stop_at))
            .unwrap_or_default()
    };
    terms.gates.iter().map(result).collect()
}

pub(super) struct Step<'a, 'r> {
    pub(super) known: &'a Known<'a>,
    pub(super) ledger: &'a Ledger,
    pub(super) origin: &'a Origin,
    pub(super) report: &'r mut Report,
    /// The replacement whose successors come next.
    pub(super) replacing: &'r mut Option<Replacing>,
}

impl Step<'_, '_> {
    fn check(&mut self, fact: &Fact) {
        match fact.subject() {
            Subject::Grant(id) if self.known.partial && !self.known.terms.contains_key(&id) => {}
            Subject::Grant(_) => self.check_grant(fact),
            Subject::Goal(_) => self.check_goal(fact),
            _ => {}
        }
    }

    fn check_grant(&mut self, fact: &Fact) {
        match *fact {
            Fact::Opened {
                id,
                root,
                recipient,
                amount,
                withhold_bps: bps,
                ..
            } => {
                self.opened(id, root, recipient, amount, bps);
            }
            Fact::Claimed {
                id,
                to,
                gross,
                withheld,
            } => self.claimed(id, to, gross, withheld),
            Fact::Ended {
                id,
                stop_at,
                grace,
                freed,
                lost,
            } => {
                self.ended(id, (stop_at, grace), freed, Some(lost));
            }
            Fact::EndWithdrawn { id, freed } => self.ended(id, (0, false), freed, None),
            Fact::Settled { id, value, freed } => self.settled(id, value, freed),
            _ => self.check_succession(fact),
        }
    }

    fn check_goal(&mut self, fact: &Fact) {
        self.answered(fact);
        match fact {
            Fact::GoalDefined { id, goal, m, panel } => self.defined(*id, goal, *m, panel),
            Fact::Proposed {
                id,
                attempt,
                x,
                y,
                guards,
                fraction,
                ..
            }
            | Fact::Resolved {
                id,
                attempt,
                verdict: OVERTURNED,
                x,
                y,
                guards,
                fraction,
                ..
            } => self.counted(*id, *attempt, (*x, *y, *guards), *fraction),
            Fact::Finalized {
                id, fraction, best, ..
            } => self.finalized(*id, *fraction, *best),
            Fact::GoalClosed { id, fraction, .. } => self.closed(*id, *fraction),
            _ => {}
        }
    }

    /// The terms and the record of an opened grant; what is missing is a finding.
    pub(super) fn grant(&mut self, kind: &'static str, id: B256) -> Option<(Terms, GrantRecord)> {
        let name = format!("grant {id}");
        let Some(terms) = self.known.terms.get(&id) else {
            let message = "no grant or round file here has its terms, so it cannot be recomputed";
            self.report.fail(kind, &name, "terms", message);
            return None;
        };
        let Some(record) = self.ledger.grants.get(&id) else {
            self.report.fail(
                kind,
                &name,
                "opened",
                "an event concerns it before it was opened",
            );
            return None;
        };
        Some((terms.clone(), *record))
    }

    fn opened(&mut self, id: B256, root: B256, recipient: Address, amount: u128, bps: u16) {
        let name = format!("grant {id}");
        if !self.ledger.rounds.contains_key(&root) {
            self.report.fail(
                "openings",
                &name,
                "root",
                format!("no round {root} was committed"),
            );
        }
        let Some(terms) = self.known.terms.get(&id) else {
            let message = "no grant or round file here has its terms, so it cannot be recomputed";
            self.report.fail("openings", &name, "terms", message);
            return;
        };
        self.report
            .equal(("openings", &name), "recipient", recipient, terms.recipient);
        self.report
            .equal(("openings", &name), "amount", amount, terms.amount);
        self.report
            .equal(("openings", &name), "withholdBps", bps, terms.withhold_bps);
    }

    fn claimed(&mut self, id: B256, to: Address, gross: u128, withheld: u128) {
        let Some((terms, record)) = self.grant("claims", id) else {
            return;
        };
        let name = format!("claim of grant {id} in block {}", self.origin.block);
        let gates = gate_results(self.ledger, &terms, &record);
        let now = self.origin.block_time;
        match grant::claim(&terms, &record.state, &gates, now, true) {
            Ok((_, payment)) => {
                self.report
                    .equal(("claims", &name), "gross", gross, payment.gross);
                self.report
                    .equal(("claims", &name), "withheld", withheld, payment.withheld);
            }
            Err(refused) => self.refused("claims", &name, refused),
        }
        let holder = grant::holder(&terms, &record.state, record.moved_to);
        self.report.equal(("claims", &name), "to", to, holder);
    }

    fn ended(&mut self, id: B256, order: (u64, bool), freed: i128, lost: Option<u32>) {
        let Some((terms, record)) = self.grant("ends", id) else {
            return;
        };
        let name = format!("end of grant {id} in block {}", self.origin.block);
        let gates = gate_results(self.ledger, &terms, &record);
        let order = EndOrder {
            stop_at: order.0,
            grace: order.1,
            now: self.origin.block_time,
            free: self.ledger.pool.free(),
        };
        match grant::end(&terms, &record.state, &gates, &order) {
            Ok(change) => {
                self.report
                    .equal(("ends", &name), "freed", freed, change.freed);
                if let Some(lost) = lost {
                    self.report
                        .equal(("ends", &name), "lost", lost, change.state.clock().lost);
                }
            }
            Err(refused) => self.refused("ends", &name, refused),
        }
    }

    fn settled(&mut self, id: B256, value: u128, freed: u128) {
        let Some((terms, record)) = self.grant("settlements", id) else {
            return;
        };
        let name = format!("settlement of grant {id}");
        let gates = gate_results(self.ledger, &terms, &record);
        match grant::settle(&terms, &record.state, &gates, self.origin.block_time) {
            Ok(change) => {
                let want = grant::held(&terms, &change.state);
                self.report
                    .equal(("settlements", &name), "value", value, want);
                let freed = i128::try_from(freed).unwrap_or(i128::MAX);
                self.report
                    .equal(("settlements", &name), "freed", freed, change.freed);
            }
            Err(refused) => self.refused("settlements", &name, refused),
        }
    }

    fn defined(&mut self, id: B256, goal: &Goal, m: u8, panel: &[Address]) {
        let name = format!("goal {id}");
        let want = goal.id(self.known.chain_id, self.known.goals);
        self.report.equal(("goals", &name), "id", id, want);
        self.report
            .equal(("goals", &name), "panel", goal.panel, panel_hash(m, panel));
    }

    fn counted(&mut self, id: B256, attempt: u16, counts: (u128, u128, u32), fraction: u32) {
        let name = format!("attempt {attempt} at goal {id}");
        let Some(record) = self.ledger.goals.get(&id) else {
            self.report
                .fail("results", &name, "goal", "the goal was never defined");
            return;
        };
        let (x, y, guards) = counts;
        let goal = &record.goal;
        match goal::lower_bound(goal.kind, goal.bound, goal.samples, x, y) {
            Ok(lower) => {
                let guarded = guards & goal.guards == goal.guards;
                let want = if guarded {
                    goal::payout(goal, lower)
                } else {
                    0
                };
                self.report
                    .equal(("results", &name), "fraction", fraction, want);
            }
            Err(error) => self
                .report
                .fail("results", &name, "counts", error.to_string()),
        }
    }

    /// Whether an attempt answered the demand exactly when the rules say so.
    fn answered(&mut self, fact: &Fact) {
        let (id, number, told, counts) = match *fact {
            Fact::Finalized {
                id,
                attempt,
                cleared_demand,
                ..
            } => (id, attempt, cleared_demand, true),
            Fact::Resolved {
                id,
                attempt,
                verdict,
                cleared_demand,
                ..
            } => (id, attempt, cleared_demand, verdict != VOID),
            _ => return,
        };
        let Some(record) = self.ledger.goals.get(&id) else {
            return;
        };
        let attempt = record.attempts.get(usize::from(number));
        let want = counts && attempt.is_some_and(|it| goal::answers(&record.state, &it.word));
        let name = format!("attempt {number} at goal {id}");
        self.report
            .equal(("results", &name), "answers the demand", told, want);
    }

    fn finalized(&mut self, id: B256, fraction: u32, best: u32) {
        let before = self
            .ledger
            .goals
            .get(&id)
            .map_or(0, |goal| goal.state.fraction);
        let name = format!("goal {id}");
        self.report
            .equal(("results", &name), "best", best, before.max(fraction));
    }

    fn closed(&mut self, id: B256, fraction: u32) {
        let Some(record) = self.ledger.goals.get(&id) else {
            return;
        };
        let asked = record.state.has(GoalFlags::DEMANDED);
        let default = if asked { record.goal.default_ppb } else { 0 };
        let want = record.state.fraction.max(default);
        self.report.equal(
            ("results", &format!("goal {id}")),
            "fraction",
            fraction,
            want,
        );
    }

    pub(super) fn refused(
        &mut self,
        kind: &'static str,
        name: &str,
        refused: impl std::fmt::Display,
    ) {
        let message = format!("the chain did it and the rules refuse it: {refused}");
        self.report.fail(kind, name, "rule", message);
    }
}

/// The arbiter's verdict that corrects a result.
const OVERTURNED: u8 = 2;
/// A verdict of the arbiter that gives the attempt back.
const VOID: u8 = 3;
