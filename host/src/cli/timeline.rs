//! The options of `--timeline`, and where it goes.

use std::path::{Path, PathBuf};

use clap::Args;

use super::outputs::share;
use super::{CliError, Messages};
use crate::engine::ClusterSettings;
use crate::report::file::OutputFile;
use crate::report::timeline::{Sampling, Timeline, Window};
use crate::run::Outcome;

/// The options.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct TimelineArgs {
    /// Write what happened when to this file, a trace that opens in Perfetto (ui.perfetto.dev); `.gz` at
    /// its end: compressed
    ///
    /// Steps, transfers, preemptions and counters of every instance, routing decisions with arrows to the
    /// first step, requests. Of a long run, a share of the requests and of the time is kept, so that the
    /// file stays below 200 MB; the counters are there all through the run. Results are the same. What is in
    /// it: host/docs/timeline.md.
    #[arg(long, value_name = "FILE")]
    timeline: Option<PathBuf>,
    /// Keep this share of the requests and of the time in the timeline, however large it becomes: 0.01 is
    /// one in a hundred
    #[arg(long, value_name = "SHARE", value_parser = share)]
    timeline_sample: Option<f64>,
    /// Keep everything between these two times in the timeline, in simulated seconds: `10..20`, `10..`,
    /// `..20`; elsewhere counters alone, and the share of --timeline-sample
    #[arg(long, value_name = "START..END", value_parser = Window::parse)]
    timeline_window: Option<Window>,
}

/// A place that was checked before the run.
#[derive(Debug)]
pub(super) struct TimelineOutput {
    /// None: no timeline is wanted.
    pub(super) place: Option<OutputFile>,
    pub(super) sampling: Sampling,
}

impl TimelineArgs {
    /// Checks that it can be written where it is wanted.
    pub(super) fn check(&self) -> Result<TimelineOutput, CliError> {
        if self.timeline.as_deref() == Some(Path::new("-")) {
            let message = "--timeline writes to a file, not to standard output: name one";
            return Err(CliError::Usage(message.to_owned()));
        }
        let place = self.timeline.as_deref().map(OutputFile::check).transpose().map_err(CliError::NoPlace)?;
        let sampling = Sampling { share: self.timeline_sample, window: self.timeline_window };
        Ok(TimelineOutput { place, sampling })
    }
}

impl TimelineOutput {
    /// Who watches the run for it, if it is wanted.
    pub(super) fn observer(
        &self,
        cluster: &ClusterSettings,
        messages: &Messages,
    ) -> Result<Option<Timeline>, CliError> {
        let Some(place) = &self.place else {
            let Sampling { share, window } = self.sampling;
            let needless = [("--timeline-sample", share.is_some()), ("--timeline-window", window.is_some())];
            for (option, _) in needless.iter().filter(|(_, is_given)| *is_given) {
                messages.warning(format!("{option} has no effect without --timeline"));
            }
            return Ok(None);
        };
        Timeline::new(cluster, self.sampling, place).map(Some).map_err(CliError::NotWritten)
    }

    /// Writes it, and says what it lacks.
    pub(super) fn write(
        &self,
        outcome: &Outcome,
        timeline: Option<Timeline>,
        messages: &Messages,
    ) -> Result<(), CliError> {
        if let (Some(place), Some(mut timeline)) = (&self.place, timeline) {
            timeline.write(outcome, place).map_err(CliError::NotWritten)?;
            timeline.remark().iter().for_each(|remark| messages.warning(remark));
        }
        Ok(())
    }
}
