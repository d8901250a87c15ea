use crate::PPB;

/// Segments a vesting schedule can have.
pub const VESTING_SEGMENTS_MAX: usize = 256;

/// A piece of a schedule: it reaches `cumulative` at `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Seconds after the start.
    pub end: u32,
    /// Share released at `end`, in ppb of the whole.
    pub cumulative: u32,
    /// Equal steps in which it is released; 0: every second.
    pub steps: u16,
}

/// What is released when: a list of segments that obeys its rules.
///
/// Ends strictly rise (the first may be 0), shares never fall, the last is the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    segments: Vec<Segment>,
}

/// Why segments are no schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is no segment, or there are too many.
    #[error("a schedule has 1 to 256 segments, not {segments}")]
    Count {
        /// Segments given.
        segments: usize,
    },
    /// A segment does not end after the one before it.
    #[error("segment {place} must end later than the one before it")]
    Order {
        /// Place of the segment, from 0.
        place: usize,
    },
    /// A share is smaller than the one before it.
    #[error("the share of segment {place} is smaller than the one before it")]
    Falls {
        /// Place of the segment, from 0.
        place: usize,
    },
    /// The last share is not the whole.
    #[error("the last share is {cumulative} ppb: it must be 1000000000")]
    Whole {
        /// The last share, in ppb.
        cumulative: u32,
    },
}

impl Schedule {
    /// A schedule of these segments, or the first rule that they break.
    pub fn new(segments: Vec<Segment>) -> Result<Self, ScheduleError> {
        if segments.len() > VESTING_SEGMENTS_MAX {
            return Err(ScheduleError::Count {
                segments: segments.len(),
            });
        }
        let Some(last) = segments.last() else {
            return Err(ScheduleError::Count { segments: 0 });
        };
        for (place, (before, after)) in (1..).zip(segments.iter().zip(segments.iter().skip(1))) {
            if after.end <= before.end {
                return Err(ScheduleError::Order { place });
            }
            if after.cumulative < before.cumulative {
                return Err(ScheduleError::Falls { place });
            }
        }
        if last.cumulative != PPB {
            return Err(ScheduleError::Whole {
                cumulative: last.cumulative,
            });
        }
        Ok(Self { segments })
    }

    /// Everything at the start: one segment (0, the whole, 1).
    pub fn whole() -> Self {
        Self {
            segments: vec![Segment {
                end: 0,
                cumulative: PPB,
                steps: 1,
            }],
        }
    }

    /// The segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The share released `elapsed` seconds after the start, in ppb, rounded down; 0 before the
    /// start.
    pub fn fraction(&self, elapsed: i64) -> u32 {
        let Ok(elapsed) = u64::try_from(elapsed) else {
            return 0;
        };
        let place = self
            .segments
            .partition_point(|segment| u64::from(segment.end) <= elapsed);
        let Some(segment) = self.segments.get(place) else {
            return PPB;
        };
        let before = place
            .checked_sub(1)
            .and_then(|place| self.segments.get(place));
        let (begin, base) = before.map_or((0, 0), |before| (before.end, before.cumulative));
        let length = u64::from(segment.end.saturating_sub(begin));
        let passed = elapsed.saturating_sub(u64::from(begin));
        let rise = u64::from(segment.cumulative.saturating_sub(base));
        let gain = match u64::from(segment.steps) {
            0 => mul_div_down(rise, passed, length),
            steps => mul_div_down(rise, mul_div_down(passed, steps, length), steps),
        };
        // The gain is below `rise`, so the sum is at most the segment's share.
        base.saturating_add(u32::try_from(gain).unwrap_or(0))
    }

    /// Seconds after the start at which everything is released.
    pub fn last_end(&self) -> u32 {
        self.segments.last().map_or(0, |segment| segment.end)
    }
}

/// floor(left * right / divisor): the factors are below 2^32 each, the divisor is never 0 here.
fn mul_div_down(left: u64, right: u64, divisor: u64) -> u64 {
    left.saturating_mul(right).checked_div(divisor).unwrap_or(0)
}
