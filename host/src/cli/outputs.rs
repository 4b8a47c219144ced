//! Where the results of a run go.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::stdout::Stdout;
use super::timeline::{TimelineArgs, TimelineOutput};
use super::{CliError, Messages};
use crate::report::file::OutputFile;
use crate::report::rows::RequestRows;
use crate::report::staged::Staged;
use crate::report::timeline::Timeline;
use crate::report::{Style, decisions, json, terminal};
use crate::run::{Look, Outcome};

/// Options for results.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Write one line per request to this CSV file; `-`: to standard output, instead of the summary
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    /// Write all figures and the record of the run to this JSON file; `-`: to standard output
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Write every routing decision to this file, one a line: candidates, scores, choice, regret in
    /// hindsight; `.gz` at its end: compressed
    ///
    /// `pointsman decisions` shows what it says. Each scorer is asked once more for every signal that it
    /// reads, which makes routing slower; results are the same.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Keep only this share of the decisions, by request: 0.01 is one in a hundred
    #[arg(long, value_name = "SHARE", value_parser = share)]
    decisions_sample: Option<f64>,
    #[command(flatten)]
    timeline: TimelineArgs,
    /// Form of the summary on standard output; `json` is what `--summary` writes
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// No summary and no progress; errors and warnings stay
    #[arg(short, long, conflicts_with = "format")]
    pub(super) quiet: bool,
}

/// A share of requests.
pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("a number above 0, up to 1".to_owned()),
    }
}

/// How something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What standard output gets: one thing only, so that it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Printed {
    Text,
    Json,
    Requests,
    Nothing,
}

/// Places that were checked before the run.
#[derive(Debug)]
pub(super) struct Outputs {
    requests: Option<OutputFile>,
    summary: Option<OutputFile>,
    decisions: Option<OutputFile>,
    /// The share of the decisions that is kept, if that was said.
    sample: Option<f64>,
    pub(super) timeline: TimelineOutput,
    printed: Printed,
}

impl OutputArgs {
    /// Checks that everything can be written where it is wanted.
    pub(super) fn check(&self) -> Result<Outputs, CliError> {
        let is_stdout = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
        let place = |path: &Option<PathBuf>| match path {
            Some(path) if !is_stdout(&Some(path.clone())) => OutputFile::check(path).map(Some),
            _ => Ok(None),
        };
        let printed = match (is_stdout(&self.requests), is_stdout(&self.summary), self.format) {
            (true, true, _) | (true, _, Format::Json) => {
                let message =
                    "standard output can take the requests or the summary, not both: name a file for one";
                return Err(CliError::Usage(message.to_owned()));
            }
            (true, false, Format::Text) => Printed::Requests,
            (false, true, _) | (false, false, Format::Json) => Printed::Json,
            (false, false, Format::Text) if self.quiet => Printed::Nothing,
            (false, false, Format::Text) => Printed::Text,
        };
        let requests = place(&self.requests).map_err(CliError::NoPlace)?;
        let summary = place(&self.summary).map_err(CliError::NoPlace)?;
        if is_stdout(&self.decisions) {
            let message = "--decisions writes to a file, not to standard output: name one";
            return Err(CliError::Usage(message.to_owned()));
        }
        let decisions = place(&self.decisions).map_err(CliError::NoPlace)?;
        let timeline = self.timeline.check()?;
        let outputs =
            Outputs { requests, summary, decisions, sample: self.decisions_sample, timeline, printed };
        outputs.are_apart()?;
        Ok(outputs)
    }
}

impl Outputs {
    /// The files, each with its option.
    fn named(&self) -> [(&'static str, Option<&OutputFile>); 4] {
        [
            ("--requests", self.requests.as_ref()),
            ("--summary", self.summary.as_ref()),
            ("--decisions", self.decisions.as_ref()),
            ("--timeline", self.timeline.place.as_ref()),
        ]
    }

    /// Refuses one place for two files.
    fn are_apart(&self) -> Result<(), CliError> {
        let named = self.named();
        for (index, (second, place)) in named.iter().enumerate() {
            for (first, other) in &named[..index] {
                if let (Some(place), Some(other)) = (place, other)
                    && place.is_same(other)
                {
                    let path = place.path().display();
                    let message = format!("{first} and {second} both name {path}: choose another");
                    return Err(CliError::Usage(message));
                }
            }
        }
        Ok(())
    }

    /// What has to be looked at while the run is made.
    pub(super) fn look(&self, messages: &Messages) -> Look {
        if self.decisions.is_none() && self.sample.is_some() {
            messages.warning("--decisions-sample has no effect without --decisions");
        }
        let is_wanted = self.decisions.is_some();
        let decisions = is_wanted.then(|| self.sample.unwrap_or(1.0));
        Look { attribution: is_wanted, probes: is_wanted, decisions }
    }

    /// Refuses to destroy what the run is made from.
    pub(super) fn spare<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), CliError> {
        let named = self.named();
        for input in inputs {
            for (option, place) in &named {
                if place.is_some_and(|place| place.overwrites(input)) {
                    let path = input.display();
                    let message =
                        format!("{option} would overwrite {path}, which is an input: choose another file");
                    return Err(CliError::Usage(message));
                }
            }
        }
        Ok(())
    }

    /// The files, each with the name under which a worker process finds its stage.
    pub(super) fn stages(&self, elsewhere: &Path) -> Result<Vec<(&'static str, Staged<'_>)>, CliError> {
        let staged = self.named().into_iter().filter_map(|(option, place)| {
            let name = option.trim_start_matches('-');
            Some(Staged::new(place?, elsewhere).map(|staged| (name, staged)))
        });
        staged.collect::<Result<_, _>>().map_err(CliError::NoPlace)
    }

    /// As a worker process: writes go to the stages that the parent put into this directory.
    pub(super) fn at_stages(self, directory: &Path) -> Self {
        let at = |place: Option<OutputFile>, name| place.map(|place| place.at_stage(directory.join(name)));
        Self {
            requests: at(self.requests, "requests"),
            summary: at(self.summary, "summary"),
            decisions: at(self.decisions, "decisions"),
            timeline: TimelineOutput { place: at(self.timeline.place, "timeline"), ..self.timeline },
            ..self
        }
    }

    /// Whether somebody sees the summary.
    pub(super) fn has_summary(&self) -> bool {
        self.summary.is_some() || matches!(self.printed, Printed::Text | Printed::Json)
    }

    /// Takes in the requests as they end, if they are wanted one by one.
    pub(super) fn rows(&self) -> Option<RequestRows> {
        let is_wanted = self.requests.is_some() || self.printed == Printed::Requests;
        is_wanted.then(|| RequestRows::new(self.requests.as_ref()))
    }

    /// Writes the files, then standard output: whoever reads the latter finds the former whole.
    pub(super) fn write(
        &self,
        outcome: &Outcome,
        mut rows: Option<RequestRows>,
        timeline: Option<Timeline>,
        stdout: &Stdout,
        messages: &Messages,
    ) -> Result<(), CliError> {
        if let (Some(file), Some(rows)) = (&self.requests, &mut rows) {
            file.write(|out| rows.write(out)).map_err(CliError::NotWritten)?;
        }
        if let Some(file) = &self.summary {
            file.write(|out| json::write(outcome, out)).map_err(CliError::NotWritten)?;
        }
        if let (Some(file), Some(log)) = (&self.decisions, &outcome.decisions) {
            file.write(|out| decisions::write(outcome, log, file.path(), out))
                .map_err(CliError::NotWritten)?;
        }
        self.timeline.write(outcome, timeline, messages)?;
        if self.printed != Printed::Text {
            // Nobody sees them in the summary.
            terminal::notes(outcome).iter().for_each(|note| messages.warning(note));
        }
        match self.printed {
            Printed::Nothing => Ok(()),
            Printed::Requests => stdout.print(|out| rows.map_or(Ok(()), |mut rows| rows.write(out))),
            Printed::Json => stdout.print(|out| json::write(outcome, out)),
            Printed::Text => {
                let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
                stdout.print(|out| terminal::write(outcome, style, out))
            }
        }
    }
}
