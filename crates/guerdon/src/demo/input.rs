//! What the story reads: a company's sheet, two evaluation results, and the hidden items.

/// The grant sheet, as a company would send it.
pub(super) const SHEET: &[u8] = include_bytes!("../../demo/acme-2026-h1.csv");
pub(super) const SHEET_NAME: &str = "acme-2026-h1.csv";

/// The items of the evaluation; the goal commits to them and the chain never sees them.
pub(super) const ITEMS: &[u8] = include_bytes!("../../demo/product_500-dataset.jsonl");

/// A release of the company's model and what lm-evaluation-harness said about it.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) model: &'static str,
    pub(super) attempt: u16,
    pub(super) result: &'static [u8],
}

pub(super) const RELEASE_2: Release = Release {
    model: "acme-coder-r2",
    attempt: 0,
    result: include_bytes!("../../demo/lm-eval-acme-coder-r2.json"),
};

pub(super) const RELEASE_3: Release = Release {
    model: "acme-coder-r3",
    attempt: 1,
    result: include_bytes!("../../demo/lm-eval-acme-coder-r3.json"),
};
