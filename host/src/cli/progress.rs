//! The progress bar: on standard error, and gone when the run is over.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::bar_target::AnyStderr;
use super::interrupt::Interrupt;
use crate::engine::{self, Watch};
use crate::report::number::decimal;

/// When to show the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressMode {
    /// On a terminal.
    Auto,
    /// Even where there is no terminal.
    Bar,
    /// Not at all.
    None,
}

impl ProgressMode {
    /// Where a bar is drawn.
    pub(super) fn target(self) -> ProgressDrawTarget {
        match self {
            // Hidden by itself where there is no terminal.
            Self::Auto => ProgressDrawTarget::stderr(),
            Self::Bar => ProgressDrawTarget::term_like(Box::new(AnyStderr)),
            Self::None => ProgressDrawTarget::hidden(),
        }
    }
}

/// Time between two updates: often enough to look alive, rare enough to cost nothing.
const PERIOD: Duration = Duration::from_millis(100);

/// Sees a run from its preparation to its end.
pub(super) trait Spectator: Watch {
    /// Whether somebody asked for the end.
    fn is_asked(&self) -> bool;

    /// The simulation begins, of so many requests, if that is known.
    fn begin(&mut self, total: Option<u64>);

    /// The simulation is over.
    fn finish(&mut self);
}

/// Shows how far a run is, and passes Ctrl-C on to it.
pub(super) struct Progress {
    mode: ProgressMode,
    interrupt: Interrupt,
    shown: Option<Shown>,
}

/// What is shown since the simulation began.
struct Shown {
    bar: ProgressBar,
    begun: Instant,
    /// The last update; none before the first look, which draws at once.
    updated: Option<Instant>,
}

impl Progress {
    /// Shows nothing yet.
    pub(super) fn new(mode: ProgressMode, interrupt: Interrupt) -> Self {
        Self { mode, interrupt, shown: None }
    }

    /// Whether the simulation has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.shown.is_some()
    }

    /// Lets `write` write to standard error, with the bar out of its way.
    pub(super) fn aside(&self, write: impl FnOnce()) {
        match &self.shown {
            Some(shown) => shown.bar.suspend(write),
            None => write(),
        }
    }
}

impl Spectator for Progress {
    fn is_asked(&self) -> bool {
        self.interrupt.is_asked()
    }

    /// A bar for `total` requests, or one without an end.
    fn begin(&mut self, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, self.mode.target());
        let template = match total {
            Some(_) => "{bar:20.cyan} {human_pos}/{human_len} requests{wide_msg}",
            None => "{spinner:.cyan} {human_pos} requests{wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        self.shown = Some(Shown { bar, begun: now(), updated: None });
    }

    /// Takes the bar away.
    fn finish(&mut self) {
        if let Some(shown) = self.shown.take() {
            shown.bar.finish_and_clear();
        }
    }
}

impl Watch for Progress {
    fn go_on(&mut self, progress: engine::Progress) -> bool {
        if let Some(shown) = self.shown.as_mut().filter(|shown| !shown.bar.is_hidden()) {
            let now = now();
            if shown.updated.is_none_or(|updated| now - updated >= PERIOD) {
                shown.updated = Some(now);
                shown.bar.set_message(speeds(progress, now - shown.begun));
                shown.bar.set_position(progress.done);
            }
        }
        !self.interrupt.is_asked()
    }
}

/// Simulated time, its speed, and requests per second of real time.
fn speeds(progress: engine::Progress, elapsed: Duration) -> String {
    let simulated_s = progress.now_us as f64 / 1e6;
    let elapsed_s = elapsed.as_secs_f64().max(1e-9);
    format!(
        "  {} s simulated ({}x)  {}/s",
        decimal(simulated_s, 1),
        decimal(simulated_s / elapsed_s, 0),
        decimal(progress.done as f64 / elapsed_s, 0)
    )
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a person watches the progress; no result depends on it")]
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_averages_since_the_start() {
        let progress = engine::Progress { now_us: 12_340_000, done: 500, generated: 600 };
        let text = speeds(progress, Duration::from_millis(500));
        assert_eq!(text, "  12.3 s simulated (25x)  1,000/s");
    }
}
