//! How far an experiment is: runs done, running, failed, time left; on standard error.

use indicatif::{ProgressBar, ProgressStyle};

use super::progress::ProgressMode;
use crate::experiment::conduct::Watch;
use crate::report::number::count;

/// The display.
pub(super) struct RunsBar {
    bar: ProgressBar,
    running: u64,
    failed: u64,
    known: u64,
}

impl RunsBar {
    /// Before the first run.
    pub(super) fn new(mode: ProgressMode) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), mode.target());
        if let Ok(style) = ProgressStyle::with_template(
            "{prefix}{bar:20.cyan} {human_pos}/{human_len} runs{msg}, {eta} left",
        ) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self { bar, running: 0, failed: 0, known: 0 }
    }

    /// Takes the display away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self) {
        let mut text = format!("  {} running", self.running);
        if self.failed > 0 {
            text += &format!(", {} failed", count(self.failed));
        }
        if self.known > 0 {
            text += &format!(", {} known before", count(self.known));
        }
        self.bar.set_message(text);
    }
}

impl Watch for RunsBar {
    fn stage(&mut self, name: &str) {
        self.bar.set_prefix(format!("{name}  "));
    }

    fn batch(&mut self, runs: usize, known: usize) {
        let (runs, known) = (runs as u64, known as u64);
        self.bar.inc_length(runs);
        self.bar.inc(known);
        self.known += known;
        // What was known took no time: the time left is of runs that are made.
        self.bar.reset_eta();
        self.say();
    }

    fn begun(&mut self) {
        self.running += 1;
        self.say();
    }

    fn ended(&mut self, arm: &str, seed: u64, failure: Option<&str>) {
        self.running = self.running.saturating_sub(1);
        if let Some(message) = failure {
            self.failed += 1;
            if self.failed <= SHOWN_FAILURES {
                self.bar.suspend(|| say_failure(arm, seed, message));
            }
        }
        self.bar.inc(1);
        self.say();
    }
}

/// Failures that are shown at once; all are in the results.
const SHOWN_FAILURES: u64 = 5;

#[expect(clippy::print_stderr, reason = "beside the bar, which is on standard error too")]
fn say_failure(arm: &str, seed: u64, message: &str) {
    eprintln!("failed: `{arm}`, seed {seed}: {message}");
}
