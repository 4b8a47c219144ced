//! Why a command ended without doing all that was asked for.

use std::io;
use std::path::{Path, PathBuf};

use super::exit;
use crate::calibrate::{FitError, LayerError};
use crate::config::ConfigError;
use crate::experiment::ab::AskError;
use crate::experiment::conduct::ConductError;
use crate::experiment::tune::TuneError;
use crate::measured::MeasuredError;
use crate::registry::{ErrorClass, PluginError};
use crate::report::decisions::ReadError;
use crate::report::file::OutputError;
use crate::report::json::RecordError;
use crate::run::RunFailure;
use crate::scaffold::{ApiError, NameError, PlaceError};
#[cfg(unix)]
use crate::worker::{Crash, How, WorkerError};

/// Each says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Options that contradict each other or an input.
    #[error("{0}")]
    Usage(String),
    /// An input cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A folder of results cannot be written to.
    #[error("cannot write to {}: {cause}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A and B cannot be compared.
    #[error(transparent)]
    Ab(AskError),
    /// A search has no answer.
    #[error(transparent)]
    Tune(TuneError),
    /// Every run of an experiment failed.
    #[error("every run failed: there is nothing to say; the messages are in the results")]
    AllFailed,
    /// A claim or a gate does not hold, which the results say.
    #[error("not all that was claimed holds")]
    NotHeld,
    /// An input is no summary file.
    #[error("{}: {cause}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: RecordError,
    },
    /// An input is no decisions file, or a damaged one.
    #[error(transparent)]
    Decisions(#[from] ReadError),
    /// No parameters were found.
    #[error(transparent)]
    Fit(FitError),
    /// Measured layers cannot be read.
    #[error(transparent)]
    Layers(LayerError),
    /// A measured run cannot be read.
    #[error(transparent)]
    Measured(MeasuredError),
    /// A result has no place to go; nothing has been simulated.
    #[error(transparent)]
    NoPlace(OutputError),
    /// A result could not be written at the end.
    #[error(transparent)]
    NotWritten(OutputError),
    /// Standard output failed, otherwise than by being closed.
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    /// A process was started as a worker and cannot be one.
    #[error("cannot set up the worker process: {0}")]
    Worker(io::Error),
    /// There is no worker process.
    #[cfg(unix)]
    #[error(transparent)]
    NoWorker(#[from] WorkerError),
    /// A worker process ended in the midst of its work.
    #[cfg(unix)]
    #[error("{0}{hint}", hint = hint(.0.how))]
    Crashed(Box<Crash>),
    /// A worker process, or a report, has said why, and this is the exit code.
    #[error("exit code {0}")]
    Said(u8),
    /// A new crate cannot have that name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A new crate would not find the plugin API.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A new crate has no place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A process that checks a library ended as it should, and did not say all.
    #[cfg(unix)]
    #[error("the process that checked the library did not say what came of all cases; please report this")]
    CheckIncomplete,
    /// A run could not be made, or failed.
    #[error(transparent)]
    Run(#[from] RunFailure),
}

/// What to do where a limit may have been too low.
#[cfg(unix)]
fn hint(how: How) -> &'static str {
    match how {
        How::Hung { .. } => "; raise --policy-timeout if it needs longer",
        How::OutOfMemory { .. } => "; raise --memory-limit if the run needs more",
        _ => "",
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::Run(error.into())
    }
}

impl From<PluginError> for CliError {
    fn from(error: PluginError) -> Self {
        Self::Run(error.into())
    }
}

impl CliError {
    /// Of an experiment whose results go to `directory`.
    pub(super) fn of_lab(error: ConductError, directory: &Path) -> Self {
        match error {
            ConductError::Interrupted => Self::Run(RunFailure::Interrupted),
            ConductError::Cache(cause) => Self::Unwritable { path: directory.to_owned(), cause },
        }
    }

    /// The exit code of the process.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Unreadable { .. } | Self::Record { .. } | Self::NoPlace(_) => exit::USAGE,
            Self::Unwritable { .. } => exit::USAGE,
            Self::Ab(_) | Self::Tune(_) | Self::AllFailed => exit::RUN_FAILED,
            Self::NotHeld => exit::NOT_HELD,
            Self::Fit(FitError::Unknown { .. } | FitError::Nothing) => exit::USAGE,
            Self::Fit(_) => exit::RUN_FAILED,
            Self::Layers(_)
            | Self::Measured(_)
            | Self::Decisions(_)
            | Self::Name(_)
            | Self::Api(_)
            | Self::Place(_) => exit::USAGE,
            Self::NotWritten(_) | Self::Stdout(_) => exit::RUN_FAILED,
            Self::Worker(_) => exit::RUN_FAILED,
            #[cfg(unix)]
            Self::NoWorker(_) => exit::RUN_FAILED,
            #[cfg(unix)]
            Self::Crashed(crash) if crash.is_of_library() => exit::PLUGIN,
            #[cfg(unix)]
            Self::Crashed(_) | Self::CheckIncomplete => exit::RUN_FAILED,
            Self::Said(code) => *code,
            Self::Run(failure) => match failure {
                RunFailure::Config(_) | RunFailure::Workload(_) => exit::USAGE,
                RunFailure::Plugin(error) => match error.class() {
                    ErrorClass::Configuration => exit::USAGE,
                    ErrorClass::Library => exit::PLUGIN,
                },
                // A policy of the host itself is no plugin.
                RunFailure::Policy(failure) if failure.library == "built in" => exit::RUN_FAILED,
                RunFailure::Policy(_) => exit::PLUGIN,
                RunFailure::Simulation(_) => exit::RUN_FAILED,
                RunFailure::Interrupted => exit::INTERRUPTED,
            },
        }
    }
}
