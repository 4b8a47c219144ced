//! Why there is no outcome.

use crate::config::ConfigError;
use crate::engine::RunError;
use crate::policy::PolicyFailure;
use crate::registry::PluginError;
use crate::workload::WorkloadError;

/// Why a run could not be made or did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The workload is wrong, or a file of it.
    #[error(transparent)]
    Workload(WorkloadError),
    /// A library is wrong.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// A policy failed, and the configuration says that the run fails with it.
    #[error(transparent)]
    Policy(PolicyFailure),
    /// The simulation could not go on.
    #[error("{0}")]
    Simulation(String),
    /// Somebody asked for the end.
    #[error("interrupted")]
    Interrupted,
}

impl From<WorkloadError> for RunFailure {
    fn from(error: WorkloadError) -> Self {
        match error {
            WorkloadError::Interrupted => Self::Interrupted,
            _ => Self::Workload(error),
        }
    }
}

impl From<RunError> for RunFailure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Workload(error) => error.into(),
            RunError::Policy(failure) => Self::Policy(failure),
            RunError::Clock { .. } => Self::Simulation(error.to_string()),
            RunError::Interrupted => Self::Interrupted,
        }
    }
}
