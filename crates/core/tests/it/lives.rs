//! Replays the lives of goals: who was answered by what, and what counts for a time that is over.

use alloy_primitives::{Address, B256, U256};
use guerdon_core::goal::{
    Attempt, Goal, GoalFlags, GoalRefused, GoalState, Kind, PanelResult, Proposal, Registration,
    Ruling, Signed, Verdict, challenge, close, demand, expire, extend, finalize, fraction_at,
    propose, refuse, register, resolve,
};

use crate::table::Table;

/// A goal and its attempts, by the moves of core.
struct Life {
    goal: Goal,
    block: u64,
    state: GoalState,
    attempts: Vec<Attempt>,
}

/// One call of the table; what a number means depends on the call.
struct Call {
    kind: u8,
    now: u64,
    attempt: usize,
    value: u64,
    verdict: u8,
}

const MODEL: B256 = B256::repeat_byte(7);
const QUORUM: Signed = Signed {
    signatures: 2,
    m: 2,
};

fn goal(table: &Table) -> Goal {
    Goal {
        kind: Kind::Count,
        threshold: table.scalar("threshold"),
        stretch: table.scalar("stretch"),
        base_ppb: 0,
        default_ppb: table.scalar("defaultPpb"),
        bound: 0,
        attempts: table.scalar("attempts"),
        max_voids: table.scalar("maxVoids"),
        samples: 1,
        pool: 1,
        guards: 0,
        opens: table.scalar("opens"),
        closes: table.scalar("closes"),
        run_seconds: table.scalar("runSeconds"),
        challenge_seconds: table.scalar("challengeSeconds"),
        arbiter_seconds: table.scalar("arbiterSeconds"),
        seed_blocks: 0,
        sponsor: Address::ZERO,
        panel: B256::ZERO,
        arbiter: Address::ZERO,
        bond_token: Address::ZERO,
        bond: 0,
        data: B256::ZERO,
        spec: B256::ZERO,
    }
}

impl Life {
    fn new(table: &Table) -> Self {
        let goal = goal(table);
        goal.check().unwrap();
        let state = GoalState {
            flags: GoalFlags::DEFINED,
            closes: goal.closes,
            ..GoalState::default()
        };
        Self {
            goal,
            block: table.scalar("block"),
            state,
            attempts: Vec::new(),
        }
    }

    fn attempt(&self, number: usize) -> Attempt {
        self.attempts.get(number).copied().unwrap_or_default()
    }

    fn apply(&mut self, call: &Call) -> Result<(), GoalRefused> {
        let (goal, state, now) = (&self.goal, &self.state, call.now);
        let attempt = self.attempt(call.attempt);
        let (state, attempt) = match call.kind {
            0 => {
                let by = Registration {
                    signed: QUORUM,
                    accepted_until: now,
                    by_sponsor: true,
                    now,
                    block: self.block,
                };
                let (state, attempt) = register(goal, state, &by)?;
                self.attempts.push(attempt);
                (state, attempt)
            }
            1 => (*state, self.proposed(&attempt, call)?),
            2 => (*state, expire(goal, &attempt, now)?),
            3 => (*state, challenge(goal, &attempt, now)?),
            4 => {
                let verdict = match call.verdict {
                    1 => Verdict::Upheld,
                    2 => Verdict::Overturned {
                        x: call.value.into(),
                        y: 0,
                        guards: 0,
                    },
                    _ => Verdict::Void,
                };
                let ruling = Ruling {
                    verdict,
                    by_arbiter: true,
                    now,
                };
                let (state, attempt, _) = resolve(goal, state, &attempt, &ruling)?;
                (state, attempt)
            }
            5 => finalize(state, &attempt, now)?,
            6 => (demand(goal, state, true, now)?, attempt),
            7 => (refuse(state, true)?, attempt),
            8 => (extend(goal, state, call.value, true, now)?, attempt),
            9 => (close(goal, state, now)?, attempt),
            other => panic!("no call {other}"),
        };
        self.state = state;
        if let Some(place) = self.attempts.get_mut(call.attempt) {
            *place = attempt;
        }
        Ok(())
    }

    fn proposed(&self, attempt: &Attempt, call: &Call) -> Result<Attempt, GoalRefused> {
        let result = PanelResult {
            goal: B256::ZERO,
            attempt: call.attempt as u16,
            model: MODEL,
            x: call.value.into(),
            y: 0,
            samples: 1,
            guards: 0,
            evidence: B256::ZERO,
        };
        let proposal = Proposal {
            result: &result,
            registered: MODEL,
            signed: QUORUM,
            now: call.now,
        };
        propose(&self.goal, attempt, &proposal)
    }
}

#[test]
fn lives_of_goals_go_as_the_oracle_tells_them() {
    let table = Table::read("demands");
    let (lives, kinds) = (table.all::<u32>("life"), table.all::<u8>("call"));
    let (now, attempts) = (table.all::<u64>("now"), table.all::<usize>("attempt"));
    let (values, verdicts) = (table.all::<u64>("value"), table.all::<u8>("verdict"));
    let (words, attempt_words) = (table.all::<U256>("word"), table.all::<U256>("attemptWord"));
    let (ok, lapses) = (table.bools("ok"), table.all::<u64>("lapsesFrom"));
    let (times, fractions) = (table.all::<u64>("time"), table.all::<u32>("fraction"));
    let pending = table.bools("pending");
    let mut life = Life::new(&table);
    for i in 0..lives.len() {
        if i > 0 && lives[i] != lives[i - 1] {
            life = Life::new(&table);
        }
        let call = Call {
            kind: kinds[i],
            now: now[i],
            attempt: attempts[i],
            value: values[i],
            verdict: verdicts[i],
        };
        let done = life.apply(&call);
        assert_eq!(done.is_ok(), ok[i], "row {i}: {done:?}");
        assert_eq!(life.state.to_word(), words[i], "row {i}");
        let word = life.attempt(attempts[i]).to_word();
        assert_eq!(word, attempt_words[i], "row {i}");
        assert_eq!(life.state.lapses_from(), lapses[i], "row {i}");
        let found = fraction_at(&life.state, &life.attempts, times[i]);
        assert_eq!(found, (fractions[i], pending[i]), "row {i}");
    }
}
