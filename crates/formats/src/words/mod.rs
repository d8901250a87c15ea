//! Words for people: schedules, gates, and why something is locked.

mod gates;
mod goals;
mod reasons;
mod schedule;
mod segments;
mod states;

pub use gates::describe_gates;
pub use goals::goal_next;
pub use reasons::{GoalWords, Telling, Why};
pub use schedule::describe_schedule;
pub use segments::describe_segments;
pub(crate) use segments::exact_segments;
pub use states::state_word;

use std::borrow::Borrow;

use crate::calendar::{Zone, show_date};

/// The date of an instant in unix seconds; the seconds themselves past the calendar.
fn date_words(seconds: u64, zone: &Zone) -> String {
    let date = i64::try_from(seconds)
        .ok()
        .and_then(|time| zone.date_at(time).ok());
    date.map_or_else(|| format!("{seconds} (unix seconds)"), show_date)
}

/// Numbers up to twelve in letters, as in `a two-year cliff`.
fn number(count: i64) -> String {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let word = usize::try_from(count - 1)
        .ok()
        .and_then(|place| WORDS.get(place));
    word.map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// Joins with commas, and `and` before the last.
pub fn listed<T: Borrow<str>>(parts: &[T]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.borrow().to_owned(),
        [firsts @ .., last] => format!("{} and {}", firsts.join(", "), last.borrow()),
    }
}
