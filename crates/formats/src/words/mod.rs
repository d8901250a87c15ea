//! Words for people: schedules, gates, and why something is locked.

mod gates;
mod reasons;
mod schedule;

pub use gates::describe_gates;
pub use reasons::{GoalWords, Telling, Why};
pub use schedule::describe_schedule;

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
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}
