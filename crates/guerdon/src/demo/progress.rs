//! Where the story is: a bar on a terminal, plain lines elsewhere; always on stderr.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::say;

#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(scenes: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(scenes as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos:>2}/{len} {msg}") {
            bar.set_style(style);
        }
        Self { bar: Some(bar) }
    }

    pub(super) fn begin(&self, at: &str, title: &str) {
        let day = at.get(..10).unwrap_or(at);
        match &self.bar {
            Some(bar) => bar.set_message(format!("{day}  {title}")),
            None => say(&format!("{day}  {title}")),
        }
    }

    pub(super) fn done(&self) {
        self.skip();
    }

    pub(super) fn skip(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    pub(super) fn finish(&self) {
        match &self.bar {
            Some(bar) => bar.finish_with_message("2028-07-01  two years have passed"),
            None => say("2028-07-01  two years have passed"),
        }
    }
}
