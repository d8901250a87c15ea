use alloy_primitives::{Address, B256};

use super::{LedgerError, Record};
use crate::fact::{Fact, Origin, Subject};
use crate::goal::{Attempt, AttemptStatus, Goal, GoalFlags, GoalState, fraction_at, lower_bound};
use crate::grant::GateResult;

/// A goal, as its events tell it. Times in unix seconds, shares in ppb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalRecord {
    /// Its id.
    pub id: B256,
    /// Its definition.
    pub goal: Goal,
    /// Signatures a result needs.
    pub m: u8,
    /// Who may sign, in ascending order.
    pub panel: Vec<Address>,
    /// Its word of state.
    pub state: GoalState,
    /// Its attempts, by number.
    pub attempts: Vec<AttemptRecord>,
    /// Where it was defined.
    pub defined: Origin,
    /// Where it last changed.
    pub changed: Origin,
}

/// An attempt at a goal, as its events tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Its number, from 0.
    pub number: u16,
    /// Its word: status, times, fraction, seed.
    pub word: Attempt,
    /// Hash of the model's manifest.
    pub model: B256,
    /// Who objected.
    pub challenger: Option<Address>,
    /// Hash of what the challenger says.
    pub reason: B256,
    /// The bond put down, in base units of the bond token.
    pub bond: u128,
    /// Whether a result was brought: what follows is then from it, or from the arbiter's
    /// correction.
    pub has_result: bool,
    /// Right answers, wins, sum of scores, or the count.
    pub x: u128,
    /// Losses, for a paired comparison.
    pub y: u128,
    /// Samples.
    pub samples: u32,
    /// Safety and regression conditions that hold.
    pub guards: u32,
    /// Hash of the evidence.
    pub evidence: B256,
    /// Bitmap of the panel members who signed.
    pub signers: u16,
    /// The lower bound that decides, in ppb (a count: x); `None` without a result.
    pub lower: Option<i64>,
    /// Each status it went through, and where.
    pub history: Vec<(AttemptStatus, Origin)>,
}

/// A verdict of the arbiter.
const VOID: u8 = 3;

impl GoalRecord {
    /// What a gate reads of this goal now; with the stop of an ended grant, what a lapsing gate
    /// reads too.
    pub fn gate_result(&self, stop_at: Option<u64>) -> GateResult {
        GateResult {
            fraction: self.state.fraction,
            is_final: self.state.has(GoalFlags::FINAL),
            last_registered_at: self.state.lapses_from(),
            at_stop: stop_at.map(|time| self.fraction_at(time)),
        }
    }

    /// The best fraction (ppb) of what counts from `time` or earlier, and whether something of then
    /// is pending: [`fraction_at`] over its attempts.
    pub fn fraction_at(&self, time: u64) -> (u32, bool) {
        let attempts = self.attempts.iter().map(|attempt| &attempt.word);
        fraction_at(&self.state, attempts, time)
    }

    /// Takes up a fact about an attempt; `None` if it does not exist.
    fn attempt(&mut self, number: u16, fact: &Fact, origin: &Origin) -> Option<()> {
        let goal = &self.goal;
        let attempt = self.attempts.get_mut(usize::from(number))?;
        let status = match *fact {
            Fact::Sealed { seed, .. } => {
                attempt.word.seed = seed;
                return Some(());
            }
            Fact::Proposed {
                x,
                y,
                guards,
                evidence,
                signers,
                fraction,
                deadline,
                ..
            } => {
                (attempt.evidence, attempt.signers) = (evidence, signers);
                (attempt.word.fraction, attempt.word.deadline) = (fraction, deadline);
                attempt.word.signed = true;
                attempt.count(goal, x, y, guards);
                AttemptStatus::Proposed
            }
            Fact::Expired { deadline, .. } => {
                (attempt.word.fraction, attempt.word.deadline) = (0, deadline);
                AttemptStatus::Proposed
            }
            Fact::Challenged {
                challenger,
                reason,
                bond,
                deadline,
                ..
            } => {
                attempt.challenger = Some(challenger);
                (attempt.reason, attempt.bond) = (reason, bond);
                attempt.word.deadline = deadline;
                AttemptStatus::Challenged
            }
            Fact::Resolved {
                verdict,
                fraction,
                x,
                y,
                guards,
                ..
            } => {
                attempt.word.fraction = fraction;
                if verdict == OVERTURNED {
                    attempt.count(goal, x, y, guards);
                }
                if verdict == VOID {
                    AttemptStatus::Void
                } else {
                    AttemptStatus::Finished
                }
            }
            Fact::Finalized { fraction, .. } => {
                attempt.word.fraction = fraction;
                AttemptStatus::Finished
            }
            _ => return Some(()),
        };
        attempt.word.status = status;
        attempt.history.push((status, *origin));
        Some(())
    }

    /// What a fact does to the goal's own word; `None` if a counter leaves its range.
    fn word(&mut self, fact: &Fact) -> Option<()> {
        let state = &mut self.state;
        match *fact {
            Fact::Registered { registered_at, .. } => {
                state.count = state.count.checked_add(1)?;
                state.pending = state.pending.checked_add(1)?;
                state.last_registered_at = registered_at;
            }
            Fact::Resolved {
                attempt,
                verdict,
                fraction,
                cleared_demand,
                ..
            } => {
                state.pending = state.pending.checked_sub(1)?;
                if verdict == VOID {
                    state.voided = state.voided.checked_add(1)?;
                } else {
                    state.fraction = state.fraction.max(fraction);
                }
                self.answer(attempt, cleared_demand)?;
            }
            Fact::Finalized {
                attempt,
                best,
                cleared_demand,
                ..
            } => {
                state.pending = state.pending.checked_sub(1)?;
                state.fraction = best;
                self.answer(attempt, cleared_demand)?;
            }
            Fact::Demanded { demanded_at, .. } => {
                state.flags = state.flags.with(GoalFlags::DEMANDED);
                state.demanded_at = demanded_at;
            }
            Fact::DemandRefused { .. } => {
                state.flags = state.flags.without(GoalFlags::DEMANDED);
                state.demanded_at = 0;
            }
            Fact::Extended { closes, .. } => {
                state.flags = state.flags.with(GoalFlags::EXTENDED);
                state.closes = closes;
            }
            Fact::GoalClosed {
                fraction,
                defaulted,
                ..
            } => {
                state.flags = state.flags.with(GoalFlags::FINAL);
                (state.fraction, state.defaulted) = (fraction, defaulted);
            }
            _ => {}
        }
        Some(())
    }

    /// An attempt that answers the demand counts from it on; `None` if it does not exist.
    fn answer(&mut self, attempt: u16, answers: bool) -> Option<()> {
        if answers {
            let word = &mut self.attempts.get_mut(usize::from(attempt))?.word;
            (word.cleared_demand, word.deadline) = (true, self.state.demanded_at);
            self.state.flags = self.state.flags.without(GoalFlags::DEMANDED);
        }
        Some(())
    }

    fn register(&mut self, fact: &Fact, origin: &Origin) -> Option<()> {
        let Fact::Registered {
            attempt,
            model,
            registered_at,
            registered_block,
            deadline,
            ..
        } = *fact
        else {
            return Some(());
        };
        let follows = usize::from(attempt) == self.attempts.len();
        let status = AttemptStatus::Registered;
        let word = Attempt {
            registered_at,
            registered_block,
            deadline,
            status,
            ..Attempt::default()
        };
        self.attempts.push(AttemptRecord {
            number: attempt,
            word,
            model,
            history: vec![(status, *origin)],
            ..AttemptRecord::default()
        });
        follows.then_some(())
    }
}

/// A verdict of the arbiter that corrects the counts.
const OVERTURNED: u8 = 2;

impl AttemptRecord {
    fn count(&mut self, goal: &Goal, x: u128, y: u128, guards: u32) {
        (self.x, self.y, self.guards) = (x, y, guards);
        (self.has_result, self.samples) = (true, goal.samples);
        self.lower = lower_bound(goal.kind, goal.bound, goal.samples, x, y).ok();
    }
}

impl Record for GoalRecord {
    fn subject(&self) -> Subject {
        Subject::Goal(self.id)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let Fact::GoalDefined { id, goal, m, panel } = fact else {
            return None;
        };
        let state = GoalState {
            flags: GoalFlags::DEFINED,
            closes: goal.closes,
            ..GoalState::default()
        };
        Some(Self {
            id: *id,
            goal: Goal::clone(goal),
            m: *m,
            panel: panel.clone(),
            state,
            attempts: Vec::new(),
            defined: *origin,
            changed: *origin,
        })
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        let subject = self.subject();
        let goal = self.id;
        let number = match *fact {
            Fact::GoalDefined { .. } => return Err(LedgerError::Twice { subject }),
            Fact::Registered { attempt, .. }
            | Fact::Sealed { attempt, .. }
            | Fact::Proposed { attempt, .. }
            | Fact::Expired { attempt, .. }
            | Fact::Challenged { attempt, .. }
            | Fact::Resolved { attempt, .. }
            | Fact::Finalized { attempt, .. } => Some(attempt),
            _ => None,
        };
        if let Some(attempt) = number {
            let known = LedgerError::Attempt { goal, attempt };
            self.register(fact, origin).ok_or(known)?;
            self.attempt(attempt, fact, origin).ok_or(known)?;
        }
        self.word(fact).ok_or(LedgerError::Amount { subject })?;
        self.changed = *origin;
        Ok(())
    }
}
