//! Runs of lm-evaluation-harness 0.4.13, written as it writes them: a result and its samples.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A run over items of the task `arith`, and what it scored on each.
#[derive(Debug, Clone)]
pub(crate) struct LmRun {
    pub(crate) model: &'static str,
    /// Number of each item in the data set, and its score as the file has it.
    pub(crate) scores: Vec<(u32, String)>,
    /// Items of the whole data set.
    pub(crate) original: u32,
    /// Of `--seed`, where it was given; otherwise the harness has seeds of its own.
    pub(crate) seed: Option<u32>,
    pub(crate) fewshot_seed: u32,
    pub(crate) prompt: &'static str,
}

impl LmRun {
    pub(crate) fn of(model: &'static str, scores: &[&str]) -> Self {
        let scores: Vec<_> = (0..)
            .zip(scores.iter().map(|score| (*score).to_owned()))
            .collect();
        Self {
            model,
            original: u32::try_from(scores.len()).unwrap(),
            scores,
            seed: None,
            fewshot_seed: 1234,
            prompt: "Answer with the number only.",
        }
    }

    /// Right and wrong answers to the items from 0 on.
    pub(crate) fn right(model: &'static str, rights: &[bool]) -> Self {
        let score = |right: &bool| if *right { "1.0" } else { "0.0" };
        Self::of(model, &rights.iter().map(score).collect::<Vec<_>>())
    }

    fn lines(&self) -> Vec<Value> {
        let sample = |(item, score): &(u32, String)| {
            let (question, target) = (format!("{item} + {item}"), (2 * item).to_string());
            let doc = json!({"question": question, "answer": target});
            let prompt = format!("Compute {question}. {}", self.prompt);
            json!({
                "doc_id": item, "doc": doc, "target": target,
                "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {"until": ["\n"]}}},
                "resps": [[self.model]], "filtered_resps": [self.model],
                "filter": "none", "metrics": ["score"],
                "doc_hash": hash(&doc.to_string()),
                "prompt_hash": hash(&prompt),
                "target_hash": hash(&target),
                "score": serde_json::from_str::<Value>(score).unwrap(),
            })
        };
        self.scores.iter().map(sample).collect()
    }

    /// `samples_arith_<time>.jsonl`
    pub(crate) fn samples(&self) -> Vec<u8> {
        let lines = self.lines().into_iter().map(|line| line.to_string() + "\n");
        lines.collect::<String>().into_bytes()
    }

    /// `results_<time>.json`; the harness writes no choice of items down.
    pub(crate) fn result(&self) -> Vec<u8> {
        let lines = self.lines();
        let hashes = lines.iter().map(|line| {
            let text = |key: &str| line[key].as_str().unwrap();
            [text("doc_hash"), text("prompt_hash"), text("target_hash")].concat()
        });
        let task_hash = hash(&hashes.collect::<String>());
        let scores: Vec<f64> = self
            .scores
            .iter()
            .map(|(_, text)| text.parse().unwrap())
            .collect();
        let count = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / count;
        let spread = scores
            .iter()
            .map(|score| (score - mean).powi(2))
            .sum::<f64>();
        let stderr = if count > 1.0 {
            (spread / (count - 1.0) / count).sqrt()
        } else {
            0.0
        };
        let document = json!({
            "results": {"arith": {
                "name": "arith", "alias": "arith", "sample_len": scores.len(),
                "score,none": mean, "score_stderr,none": stderr,
            }},
            "group_subtasks": {},
            "configs": {"arith": {
                "task": "arith", "dataset_path": "json", "test_split": "test",
                "doc_to_text": "Compute {{question}}.", "doc_to_target": "{{answer}}",
                "num_fewshot": 0,
                "metric_list": [
                    {"metric": "score", "aggregation": "mean", "higher_is_better": true}
                ],
                "output_type": "generate_until", "repeats": 1,
                "metadata": {"version": 1.0, "model": self.model},
            }},
            "versions": {"arith": 1.0},
            "n-shot": {"arith": 0},
            "higher_is_better": {"arith": {"score": true}},
            "n-samples": {"arith": {"original": self.original, "effective": scores.len()}},
            "config": {
                "model": "local-chat-completions", "model_args": {"model": self.model},
                "limit": null, "gen_kwargs": {}, "random_seed": self.seed.unwrap_or(0),
                "numpy_seed": self.seed.unwrap_or(1234), "torch_seed": self.seed.unwrap_or(1234),
                "fewshot_seed": self.seed.unwrap_or(self.fewshot_seed),
            },
            "lm_eval_version": "0.4.13",
            "task_hashes": {"arith": task_hash},
            "model_name": self.model,
            "system_instruction": null, "fewshot_as_multiturn": null,
        });
        serde_json::to_vec_pretty(&document).unwrap()
    }
}

fn hash(text: &str) -> String {
    alloy_primitives::hex::encode(Sha256::digest(text))
}
