//! Runs of Inspect 0.3.285, written as it writes them: a log with its samples.

use serde_json::{Value, json};

/// A run over samples of the task `arith`, and which of them it got right.
#[derive(Debug, Clone)]
pub(crate) struct InspectRun {
    pub(crate) model: &'static str,
    /// Number of each item from 0, and whether it was answered right.
    pub(crate) rights: Vec<(u32, bool)>,
    /// Items of the whole data set; fewer in the run were chosen by `--sample-id`.
    pub(crate) original: u32,
    pub(crate) seed: u32,
}

impl InspectRun {
    /// A run that gets right what `is_right` says.
    pub(crate) fn over(
        model: &'static str,
        items: impl IntoIterator<Item = u32>,
        is_right: impl Fn(u32) -> bool,
    ) -> Self {
        let rights = items.into_iter().map(|item| (item, is_right(item)));
        Self {
            model,
            rights: rights.collect(),
            original: 40,
            seed: 0,
        }
    }

    /// The ids of the samples, as Inspect counts them from 1.
    fn ids(&self) -> Vec<u32> {
        self.rights.iter().map(|(item, _)| item + 1).collect()
    }

    pub(crate) fn document(&self) -> Value {
        let ids = self.ids();
        let (count, right) = (ids.len(), self.rights.iter().filter(|(_, right)| *right));
        let share = right.count() as f64 / count as f64;
        let stderr = match count {
            1 => 0.0,
            count => (share * (1.0 - share) / (count - 1) as f64).sqrt(),
        };
        let mut config = json!({
            "epochs": 1, "fail_on_error": true, "continue_on_fail": false,
            "score_on_error": false, "log_samples": true,
        });
        if count < self.original as usize {
            // As texts, which is how they come from the command line.
            config["sample_id"] = ids.iter().map(u32::to_string).collect();
        }
        let samples = self.rights.iter().map(|(item, right)| {
            let answer = if *right { 2 * item } else { 2 * item + 1 }.to_string();
            let value = if *right { "C" } else { "I" };
            json!({
                "id": item + 1, "epoch": 1, "input": format!("Compute {item} + {item}."),
                "target": (2 * item).to_string(), "metadata": {}, "error_retries": [],
                "scores": {"match": {
                    "value": value, "answer": answer, "explanation": answer, "history": [],
                }},
            })
        });
        json!({
            "version": 2, "status": "success",
            "eval": {
                "task": "arith", "task_version": 0, "task_args": {}, "model": self.model,
                "model_generate_config": {"seed": self.seed},
                "dataset": {"samples": self.original, "sample_ids": ids, "shuffled": false},
                "config": config, "packages": {"inspect_ai": "0.3.285"},
                "scorers": [{"name": "match", "options": {"numeric": true}, "metadata": {}}],
            },
            "plan": {
                "name": "plan", "config": {"seed": self.seed},
                "steps": [{"solver": "generate", "params": {"tool_calls": "loop"}}],
            },
            "results": {
                "total_samples": count, "completed_samples": count,
                "scores": [{
                    "name": "match", "scorer": "match", "scored_samples": count,
                    "unscored_samples": 0, "params": {"numeric": true},
                    "metrics": {
                        "accuracy": {"name": "accuracy", "value": share, "params": {}},
                        "stderr": {"name": "stderr", "value": stderr, "params": {}},
                    },
                }],
            },
            "samples": samples.collect::<Vec<_>>(),
        })
    }

    /// `<time>_arith_<id>.json`
    pub(crate) fn log(&self) -> Vec<u8> {
        self.document().to_string().into_bytes()
    }
}
