//! The command that runs an attempt's items.

use serde_json::json;

use super::whole_baseline;
use crate::goal_file::GoalDefinition;

/// A harness whose files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harness {
    /// EleutherAI's lm-evaluation-harness.
    LmEval,
    /// The UK AI Security Institute's Inspect.
    Inspect,
}

impl Harness {
    /// The harness of a goal, lm-evaluation-harness if its specification names none; none for one
    /// whose command is not known.
    #[must_use]
    pub fn of_goal(goal: &GoalDefinition) -> Option<Self> {
        let named = goal.specification.get("harness").map(String::as_str);
        match named.map(|named| named.split(' ').next().unwrap_or_default()) {
            None | Some("lm_eval") => Some(Self::LmEval),
            Some("inspect_ai") => Some(Self::Inspect),
            Some(_) => None,
        }
    }

    /// What the harness calls an item of a data set that gives its items no names: Inspect counts
    /// them from 1.
    #[must_use]
    pub fn item(self, item: u32) -> String {
        match self {
            Self::LmEval => item.to_string(),
            Self::Inspect => (u64::from(item) + 1).to_string(),
        }
    }
}

/// The seed for decoding of an attempt: the lowest 32 bits of what the chain drew, or 0, as the
/// baseline has it, where that was run before anything was drawn.
#[must_use]
pub fn run_seed(goal: Option<&GoalDefinition>, drawn: [u8; 12]) -> u32 {
    let [.., a, b, c, d] = drawn;
    match goal.is_some_and(whole_baseline) {
        true => 0,
        false => u32::from_be_bytes([a, b, c, d]),
    }
}

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The model, as the harness names it.
    pub model: &'a str,
    /// The task.
    pub task: &'a str,
    /// The seed for decoding.
    pub seed: u32,
    /// The items by the harness's own names; empty for all of them.
    pub items: &'a [String],
}

/// The command, and how long its longest argument is, in bytes.
#[must_use]
pub fn run_command(harness: Harness, run: &Run<'_>) -> (String, usize) {
    let Run {
        task, seed, items, ..
    } = run;
    let (model, quoted_task) = (quoted(run.model), quoted(task));
    match harness {
        Harness::LmEval => {
            let numbers: Vec<u64> = items.iter().filter_map(|item| item.parse().ok()).collect();
            let choice = match items {
                [] => String::new(),
                _ => json!({ *task: numbers }).to_string(),
            };
            let samples = option("--samples", &choice);
            let text = format!(
                "lm_eval run --model {model} --tasks {quoted_task}{samples} --seed {seed} \
                 --log_samples --output_path results"
            );
            (text, choice.len())
        }
        Harness::Inspect => {
            let choice = items.join(",");
            let samples = option("--sample-id", &choice);
            let text = format!(
                "inspect eval {quoted_task} --model {model}{samples} --seed {seed} --log-dir results"
            );
            (text, choice.len())
        }
    }
}

fn option(name: &str, value: &str) -> String {
    match value {
        "" => String::new(),
        value => format!(" {name} {}", quoted(value)),
    }
}

/// As a shell takes it, in one piece.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:@=+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_what_is_quoted_in_one_piece() {
        for (text, want) in [
            ("gsm8k", "gsm8k"),
            ("", "''"),
            ("{\"a\":[1]}", "'{\"a\":[1]}'"),
            ("it's; rm", "'it'\\''s; rm'"),
        ] {
            assert_eq!(quoted(text), want);
        }
    }

    #[test]
    fn all_items_need_no_choice() {
        let run = Run {
            model: "acme",
            task: "product_500",
            seed: 7,
            items: &[],
        };
        let (text, longest) = run_command(Harness::LmEval, &run);
        assert_eq!(
            text,
            "lm_eval run --model acme --tasks product_500 --seed 7 --log_samples --output_path results"
        );
        assert_eq!(longest, 0);
        let items = ["1".to_owned(), "4".to_owned()];
        let run = Run {
            items: &items,
            ..run
        };
        assert!(
            run_command(Harness::LmEval, &run)
                .0
                .contains("--samples '{\"product_500\":[1,4]}'")
        );
        assert!(
            run_command(Harness::Inspect, &run)
                .0
                .contains("--sample-id 1,4 ")
        );
    }
}
