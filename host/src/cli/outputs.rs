//! Where the results of a run go.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::stdout::Stdout;
use super::{CliError, Messages};
use crate::report::file::OutputFile;
use crate::report::staged::Staged;
use crate::report::{Style, csv, json, terminal};
use crate::run::Outcome;

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
    /// Form of the summary on standard output; `json` is what `--summary` writes
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// No summary and no progress; errors and warnings stay
    #[arg(short, long, conflicts_with = "format")]
    pub(super) quiet: bool,
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
        if let (Some(requests), Some(summary)) = (&requests, &summary)
            && requests.is_same(summary)
        {
            let path = summary.path().display();
            return Err(CliError::Usage(format!(
                "--requests and --summary both name {path}: choose another"
            )));
        }
        Ok(Outputs { requests, summary, printed })
    }
}

impl Outputs {
    /// Refuses to destroy what the run is made from.
    pub(super) fn spare<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), CliError> {
        let named = [("--requests", &self.requests), ("--summary", &self.summary)];
        for input in inputs {
            for (option, place) in &named {
                if place.as_ref().is_some_and(|place| place.overwrites(input)) {
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
        let named = [("requests", &self.requests), ("summary", &self.summary)];
        let staged = named.into_iter().filter_map(|(name, place)| {
            Some(Staged::new(place.as_ref()?, elsewhere).map(|staged| (name, staged)))
        });
        staged.collect::<Result<_, _>>().map_err(CliError::NoPlace)
    }

    /// As a worker process: writes go to the stages that the parent put into this directory.
    pub(super) fn at_stages(self, directory: &Path) -> Self {
        let at = |place: Option<OutputFile>, name| place.map(|place| place.at_stage(directory.join(name)));
        Self { requests: at(self.requests, "requests"), summary: at(self.summary, "summary"), ..self }
    }

    /// Writes the files, then standard output: whoever reads the latter finds the former whole.
    pub(super) fn write(
        &self,
        outcome: &Outcome,
        stdout: &Stdout,
        messages: &Messages,
    ) -> Result<(), CliError> {
        let records = outcome.collector.records();
        if let Some(file) = &self.requests {
            file.write(|out| csv::write(records, out)).map_err(CliError::NotWritten)?;
        }
        if let Some(file) = &self.summary {
            file.write(|out| json::write(outcome, out)).map_err(CliError::NotWritten)?;
        }
        if self.printed != Printed::Text {
            // Nobody sees them in the summary.
            terminal::notes(outcome).iter().for_each(|note| messages.warning(note));
        }
        match self.printed {
            Printed::Nothing => Ok(()),
            Printed::Requests => stdout.print(|out| csv::write(records, out)),
            Printed::Json => stdout.print(|out| json::write(outcome, out)),
            Printed::Text => {
                let style = Style { colour: messages.colour_on(stdout.stream()), ..Style::PLAIN };
                stdout.print(|out| terminal::write(outcome, style, out))
            }
        }
    }
}
