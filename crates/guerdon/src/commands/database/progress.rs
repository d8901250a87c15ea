//! How far a long work is: a bar on a terminal, nothing elsewhere; always on stderr.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `rows` is what there is to do in all.
    pub(super) fn new(rows: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
        let form = "{bar:24} {human_pos:>9}/{human_len} rows  {msg}";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        Self { bar: Some(bar) }
    }

    pub(super) fn at(&self, table: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(table.to_owned());
        }
    }

    pub(super) fn add(&self, rows: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(rows);
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
