use guerdon_core::PPB;
use guerdon_core::goal::{AttemptStatus, GoalFlags};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};

use super::date_words;
use crate::calendar::Zone;

/// Says who acts next on a goal at `now` (unix seconds), with dates in `zone`. Attempts are called
/// by their numbers on the chain, from 0.
#[must_use]
pub fn goal_next(record: &GoalRecord, now: u64, zone: &Zone) -> String {
    let state = &record.state;
    if state.flags.contains(GoalFlags::FINAL) {
        return "Nobody: its result is final.".to_owned();
    }
    let mut attempts = record.attempts.iter().rev();
    if let Some(attempt) = attempts.find(|attempt| attempt.word.status.is_pending()) {
        return of_attempt(attempt, now, zone);
    }
    if state.fraction >= PPB || now > state.closes {
        return "Anyone can close the goal, which makes its result final.".to_owned();
    }
    let closes = date_words(state.closes, zone);
    let counted = state.count.saturating_sub(state.voided.into());
    if counted >= record.goal.attempts.into() {
        return format!("All attempts are used: anyone can close the goal after {closes}.");
    }
    if now < record.goal.opens {
        let opens = date_words(record.goal.opens, zone);
        return format!("The sponsor can register an attempt from {opens} on, until {closes}.");
    }
    format!("The sponsor, with one member of the panel, can register an attempt until {closes}.")
}

fn of_attempt(attempt: &AttemptRecord, now: u64, zone: &Zone) -> String {
    let (number, deadline) = (attempt.number, attempt.word.deadline);
    let until = date_words(deadline, zone);
    match (attempt.word.status, now > deadline) {
        (AttemptStatus::Registered, false) => {
            format!("The panel signs a result of attempt {number} until {until}.")
        }
        (AttemptStatus::Registered, true) => format!(
            "The run of attempt {number} ended on {until} without a result: anyone can expire it, \
             and it counts as zero."
        ),
        (AttemptStatus::Proposed, false) => format!(
            "Anyone can challenge the result of attempt {number} until {until}; then anyone can \
             finalize it."
        ),
        (AttemptStatus::Challenged, false) => {
            format!("The arbiter decides on the challenge of attempt {number} until {until}.")
        }
        _ => format!("Anyone can finalize attempt {number}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{Address, B256};
    use guerdon_core::fact::Origin;
    use guerdon_core::goal::{Attempt, Goal, GoalState, Kind};

    const OPENS: u64 = 1_782_864_000;
    const DAY: u64 = 86_400;

    fn record(status: AttemptStatus) -> GoalRecord {
        let goal = Goal {
            kind: Kind::Count,
            threshold: 1,
            stretch: 1,
            base_ppb: 0,
            default_ppb: 0,
            bound: 0,
            attempts: 1,
            max_voids: 0,
            samples: 1,
            pool: 1,
            guards: 0,
            opens: OPENS,
            closes: OPENS + 30 * DAY,
            run_seconds: 1,
            challenge_seconds: 1,
            arbiter_seconds: 1,
            seed_blocks: 0,
            sponsor: Address::ZERO,
            panel: B256::ZERO,
            arbiter: Address::ZERO,
            bond_token: Address::ZERO,
            bond: 0,
            data: B256::ZERO,
            spec: B256::ZERO,
        };
        let word = Attempt {
            status,
            deadline: OPENS + 10 * DAY,
            ..Attempt::default()
        };
        let attempts = match status {
            AttemptStatus::None => Vec::new(),
            _ => vec![AttemptRecord {
                word,
                ..AttemptRecord::default()
            }],
        };
        let origin = Origin {
            block: 1,
            block_hash: B256::ZERO,
            block_time: OPENS,
            tx: B256::ZERO,
            log_index: 0,
        };
        let count = u16::try_from(attempts.len()).unwrap();
        let state = GoalState {
            count,
            closes: goal.closes,
            ..GoalState::default()
        };
        GoalRecord {
            id: B256::ZERO,
            goal,
            m: 1,
            panel: Vec::new(),
            state,
            attempts,
            defined: origin,
            changed: origin,
        }
    }

    #[test]
    fn somebody_always_acts_next() {
        let rows = [
            (
                AttemptStatus::None,
                0,
                "The sponsor can register an attempt from 1 Jul 2026 on",
            ),
            (
                AttemptStatus::None,
                OPENS,
                "The sponsor, with one member of the panel, can",
            ),
            (
                AttemptStatus::None,
                OPENS + 31 * DAY,
                "Anyone can close the goal",
            ),
            (
                AttemptStatus::Registered,
                OPENS,
                "The panel signs a result of attempt 0 until 11",
            ),
            (
                AttemptStatus::Registered,
                OPENS + 11 * DAY,
                "The run of attempt 0 ended on 11 Jul",
            ),
            (
                AttemptStatus::Proposed,
                OPENS,
                "Anyone can challenge the result of attempt 0",
            ),
            (
                AttemptStatus::Challenged,
                OPENS,
                "The arbiter decides on the challenge of attempt 0",
            ),
            (
                AttemptStatus::Challenged,
                OPENS + 11 * DAY,
                "Anyone can finalize attempt 0.",
            ),
            (
                AttemptStatus::Finished,
                OPENS,
                "All attempts are used: anyone can close the goal",
            ),
        ];
        let zone = Zone::named("UTC").unwrap();
        for (status, now, want) in rows {
            let told = goal_next(&record(status), now, &zone);
            assert!(told.starts_with(want), "{told}");
        }
        let mut done = record(AttemptStatus::Finished);
        done.state.flags = GoalFlags::DEFINED.with(GoalFlags::FINAL);
        assert_eq!(
            goal_next(&done, OPENS, &zone),
            "Nobody: its result is final."
        );
    }
}
