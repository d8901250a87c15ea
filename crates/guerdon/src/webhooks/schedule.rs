//! When what did not arrive is tried again: the schedule that Standard Webhooks recommends, ten
//! tries in about three days.

use guerdon_store::Event;

/// Seconds between a try that failed and the next one.
const WAITS: [u64; 9] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3_600,
    5 * 3_600,
    10 * 3_600,
    14 * 3_600,
    20 * 3_600,
    24 * 3_600,
];
/// Nothing arrived for so many seconds: a webhook is switched off when its next event is given up.
const SILENCE: u64 = 3 * 86_400;
/// The most that a receiver can ask to be left alone, in seconds.
const ASKED_MAX: u64 = 86_400;

/// When an event is tried again that was tried `attempts` times, the last time at `now`; `None`:
/// never. `asked` are seconds that the receiver wants to be left alone.
pub(super) fn next_try(event: &Event, attempts: u32, now: u64, asked: Option<u64>) -> Option<u64> {
    let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let wait = *WAITS.get(place)?;
    let wait = wait.saturating_add(wait / 10 * spread(event) / 256);
    let asked = asked.unwrap_or(0).min(ASKED_MAX);
    Some(now.saturating_add(wait.max(asked)))
}

/// Whether a webhook that has failed since then is to be switched off.
pub(super) fn is_silent(failing_since: u64, now: u64) -> bool {
    now.saturating_sub(failing_since) >= SILENCE
}

/// 0 to 255, another number for each event: what failed together is not tried again together.
fn spread(event: &Event) -> u64 {
    let digits = event.event.id.get(event.event.id.len().saturating_sub(2)..);
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.unwrap_or(0).min(255)
}

#[cfg(test)]
mod tests {
    use guerdon_store::NewEvent;

    use super::*;

    fn event(id: &str) -> Event {
        Event {
            seq: 1,
            event: NewEvent {
                id: id.to_owned(),
                kind: String::new(),
                at: 0,
                body: String::new(),
            },
            noted_at: 0,
        }
    }

    #[test]
    fn ten_tries_take_about_three_days() {
        let one = event("evt_00");
        let (mut now, mut tries) = (1_000_000, 1);
        let mut waits = Vec::new();
        while let Some(next) = next_try(&one, tries, now, None) {
            waits.push(next - now);
            (now, tries) = (next, tries + 1);
        }
        assert_eq!(tries, 10);
        assert_eq!(waits[..4], [5, 300, 1_800, 7_200]);
        let days = (now - 1_000_000) as f64 / 86_400.0;
        assert!((3.0..3.5).contains(&days), "{days}");
        assert!(is_silent(1_000_000, now));
        assert!(!is_silent(now - SILENCE + 1, now));
    }

    #[test]
    fn what_failed_together_is_spread_and_a_receiver_may_ask_for_more() {
        let at = |id, asked| next_try(&event(id), 2, 0, asked);
        assert_eq!(at("evt_00", None), Some(300));
        assert_eq!(at("evt_80", None), Some(315));
        assert_eq!(at("evt_ff", None), Some(329));
        assert_eq!(at("evt_00", Some(120)), Some(300));
        assert_eq!(at("evt_00", Some(900)), Some(900));
        assert_eq!(at("evt_00", Some(u64::MAX)), Some(ASKED_MAX));
        assert_eq!(next_try(&event("evt_00"), 0, 0, None), None);
    }
}
