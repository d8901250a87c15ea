//! How many requests a key or a session makes in a minute. A bucket a caller, which fills evenly
//! and holds a minute's worth. It stands in memory: each copy of the server counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::B256;

/// Parts of one request: a bucket gains so many times its rate in a minute.
const PARTS: u64 = 60;
/// Above so many callers the full buckets are thrown away.
const CALLERS_MAX: usize = 10_000;

/// How many requests are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// A minute, of each API key; `None`: as many as come.
    pub key: Option<u32>,
    /// A minute, of each session of the pages; `None`: as many as come.
    pub session: Option<u32>,
}

/// The buckets.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<HashMap<B256, Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// In parts of a request.
    level: u64,
    at: u64,
}

impl Limiter {
    /// Takes one request of a caller at `now`, Unix seconds.
    ///
    /// # Errors
    /// The seconds after which to try again.
    pub(crate) fn take(&self, who: B256, a_minute: u32, now: u64) -> Result<(), u64> {
        let rate = u64::from(a_minute.max(1));
        let full = rate.saturating_mul(PARTS);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > CALLERS_MAX {
            buckets.retain(|_, bucket| now.saturating_sub(bucket.at) < PARTS);
        }
        let bucket = buckets.entry(who).or_insert(Bucket {
            level: full,
            at: now,
        });
        let gained = now.saturating_sub(bucket.at).saturating_mul(rate);
        bucket.level = bucket.level.saturating_add(gained).min(full);
        bucket.at = now;
        match bucket.level.checked_sub(PARTS) {
            Some(left) => {
                bucket.level = left;
                Ok(())
            }
            None => Err((PARTS - bucket.level).div_ceil(rate)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_a_minute_and_fills_evenly() {
        let limiter = Limiter::default();
        let (who, other) = (B256::repeat_byte(1), B256::repeat_byte(2));
        for n in 0..6 {
            assert_eq!(limiter.take(who, 6, 1_000), Ok(()), "{n}");
        }
        assert_eq!(limiter.take(who, 6, 1_000), Err(10));
        assert_eq!(limiter.take(who, 6, 1_009), Err(1));
        assert_eq!(limiter.take(other, 6, 1_009), Ok(()), "another's bucket");
        assert_eq!(limiter.take(who, 6, 1_010), Ok(()));
        assert_eq!(limiter.take(who, 6, 1_010), Err(10));
        assert_eq!(
            limiter.take(who, 6, 500),
            Err(10),
            "a clock that was set back"
        );
        assert_eq!(limiter.take(who, 6, 9_000), Ok(()));
    }
}
