//! What the story reads: a company's sheets, two evaluation results, and the hidden items.

/// A grant sheet, as a company would send it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
    /// A grant of it.
    pub(super) grant: &'static str,
    /// Until when its round may be taken back; at once binding without it.
    pub(super) binding: Option<&'static str>,
}

pub(super) const FIRST: Sheet = Sheet {
    name: "acme-2026-h1.csv",
    bytes: include_bytes!("../../demo/acme-2026-h1.csv"),
    grant: "G-1001",
    binding: None,
};

/// Committed days before the story ends, and not binding then.
pub(super) const SECOND: Sheet = Sheet {
    name: "acme-2028-refreshers.csv",
    bytes: include_bytes!("../../demo/acme-2028-refreshers.csv"),
    grant: "G-2001",
    binding: Some("2028-07-15T00:00:00Z"),
};

/// Imported when the story ends, and not committed.
pub(super) const THIRD: Sheet = Sheet {
    name: "acme-2028-retention.csv",
    bytes: include_bytes!("../../demo/acme-2028-retention.csv"),
    grant: "G-2101",
    binding: None,
};

/// What may take the place of an engineer's grant once she signs it.
pub(super) const PROMOTED: &[u8] = include_bytes!("../../demo/acme-2028-rosa.csv");

/// What takes the place of a contractor's grant when he is employed.
pub(super) const EMPLOYED: &[u8] = include_bytes!("../../demo/acme-2028-nikhil.csv");

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
