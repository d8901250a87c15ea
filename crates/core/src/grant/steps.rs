use super::stop_with_grace;
use crate::pack::share_down;
use crate::state::{Flags, Phase, State};
use crate::terms::{Schedule, Terms};

/// Steps of a segment that count one by one; a segment of more, or of every second, is one step.
const STEPS_MAX: u16 = 400;

/// A step of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Place of its segment, from 0.
    pub segment: usize,
    /// Which step of the segment, from 1.
    pub step: u16,
    /// Seconds of the grant's own clock after the start at which it is complete.
    pub elapsed: u64,
}

/// The steps of a schedule in the order of time.
pub fn steps(schedule: &Schedule) -> Vec<Step> {
    let mut all = Vec::new();
    let mut before = 0_u64;
    for (segment, piece) in schedule.segments().iter().enumerate() {
        let end = u64::from(piece.end);
        let length = end.saturating_sub(before);
        let count = match piece.steps {
            count @ 1..=STEPS_MAX => count,
            _ => 1,
        };
        for step in 1..=count {
            let part = length.saturating_mul(step.into()).div_ceil(count.into());
            all.push(Step {
                segment,
                step,
                elapsed: before.saturating_add(part),
            });
        }
        before = end;
    }
    all
}

/// When a grant's clock, as it stands, has run for `elapsed` seconds after the start of its terms,
/// in unix seconds; `None`: never, or nothing hangs on its clock any more.
pub fn reached_at(terms: &Terms, state: &State, elapsed: u64) -> Option<u64> {
    let Phase::Active(clock) = state.phase else {
        return None;
    };
    if state.has(Flags::CLOSED) {
        return None;
    }
    let late = elapsed.saturating_add(clock.lost.into());
    let at = terms
        .start
        .saturating_add(late)
        .saturating_sub(clock.credit.into());
    if state.has(Flags::ENDED) {
        // The grace is earned in one with the end.
        let is_earned = at <= stop_with_grace(terms, state, clock.stop_at);
        return is_earned.then_some(at.min(clock.stop_at));
    }
    if state.has(Flags::PAUSED) && at > clock.stop_at {
        // The clock goes on by itself once a pause has taken all that pauses may.
        let left = terms.pause_max.saturating_sub(clock.lost);
        return Some(at.saturating_add(left.into()));
    }
    Some(at)
}

/// What is earned by time once the clock has run for `elapsed` seconds, in base units, rounded down.
pub fn earned_by(terms: &Terms, elapsed: u64) -> u128 {
    let elapsed = i64::try_from(elapsed).unwrap_or(i64::MAX);
    share_down(terms.amount, terms.vesting.fraction(elapsed))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256};

    use super::*;
    use crate::PPB;
    use crate::grant::time_ppb;
    use crate::state::Clock;
    use crate::terms::{Powers, Segment};

    const START: u64 = 1_000_000;

    fn terms(segments: &[(u32, u32, u16)]) -> Terms {
        let segments = segments.iter().map(|&(end, cumulative, steps)| Segment {
            end,
            cumulative,
            steps,
        });
        Terms {
            recipient: Address::repeat_byte(1),
            amount: 1_000,
            start: START,
            powers: Powers::default(),
            grace_seconds: 40,
            backdate_seconds: 0,
            pause_max: 60,
            withhold_bps: 0,
            document: B256::ZERO,
            gates: Vec::new(),
            unlock: None,
            vesting: Schedule::new(segments.collect()).unwrap(),
        }
    }

    fn state(flags: Flags, clock: Clock) -> State {
        State {
            flags: Flags::OPENED.with(flags),
            phase: Phase::Active(clock),
            ..State::UNOPENED
        }
    }

    #[test]
    fn each_step_has_its_second_and_long_segments_are_one() {
        let seconds = |segments| {
            let all = steps(&terms(segments).vesting);
            all.into_iter()
                .map(|it| (it.segment, it.step, it.elapsed))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            seconds(&[(100, PPB, 3)]),
            [(0, 1, 34), (0, 2, 67), (0, 3, 100)]
        );
        assert_eq!(
            seconds(&[(100, PPB / 4, 1), (400, PPB, 0)]),
            [(0, 1, 100), (1, 1, 400)]
        );
        assert_eq!(seconds(&[(500, PPB, 401)]), [(0, 1, 500)]);
        assert_eq!(seconds(&[(0, PPB, 1)]), [(0, 1, 0)]);
    }

    /// At its second a step is earned by time, a second before it is not: whatever the clock does.
    #[test]
    fn a_step_is_reached_when_time_earns_it() {
        let terms = terms(&[(300, PPB, 3)]);
        let clock = |stop_at, credit, lost| Clock {
            stop_at,
            credit,
            lost,
        };
        let (stop, none) = (START + 150, Flags(0));
        let graced = Flags::ENDED.with(Flags::GRACED);
        for (flags, clock, want) in [
            (none, clock(0, 0, 0), [Some(100), Some(200), Some(300)]),
            (none, clock(0, 30, 5), [Some(75), Some(175), Some(275)]),
            (
                Flags::PAUSED,
                clock(stop, 0, 20),
                [Some(120), Some(260), Some(360)],
            ),
            (Flags::ENDED, clock(stop, 0, 0), [Some(100), None, None]),
            (graced, clock(stop, 0, 0), [Some(100), None, None]),
            (graced, clock(stop, 10, 0), [Some(90), Some(150), None]),
        ] {
            let state = state(flags, clock);
            for (step, want) in steps(&terms.vesting).into_iter().zip(want) {
                let at = reached_at(&terms, &state, step.elapsed);
                assert_eq!(
                    at.map(|at| at - START),
                    want,
                    "{flags:?} {clock:?} {step:?}"
                );
                let share = terms.vesting.fraction(step.elapsed.try_into().unwrap());
                match at {
                    Some(at) => {
                        assert!(time_ppb(&terms, &state, at) >= share);
                        // A pause tells nothing of the time before it.
                        let told = !state.has(Flags::PAUSED) || at > clock.stop_at;
                        assert!(!told || time_ppb(&terms, &state, at - 1) < share);
                    }
                    None => assert!(time_ppb(&terms, &state, START + 9_999) < share),
                }
            }
        }
        let settled = State {
            phase: Phase::Settled { value: 7 },
            ..State::UNOPENED
        };
        assert_eq!(reached_at(&terms, &settled, 100), None);
        assert_eq!(reached_at(&terms, &State::closed(), 100), None);
        let earned = steps(&terms.vesting);
        let earned: Vec<_> = earned
            .iter()
            .map(|it| earned_by(&terms, it.elapsed))
            .collect();
        assert_eq!(earned, [333, 666, 1_000]);
    }
}
