//! Measured against simulated: figures, their errors, the course over time, and a verdict.

mod course;
mod figures;
mod verdict;

pub use course::{Bin, Course, course};
pub use figures::{Compared, Figure, Metric, Statistic, compare};
pub use verdict::{Failing, Threshold, Thresholds};

use crate::measured::MeasuredRun;
use crate::replay::{Client, Replayed, Server};
use crate::run::RunFailure;

/// A run, measured and simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The run's name.
    pub name: String,
    /// Requests that were compared.
    pub compared: usize,
    /// Requests that warmed the server up.
    pub warming: usize,
    /// Requests that failed when it was measured.
    pub failed: usize,
    /// Requests that the simulated server did not complete.
    pub uncompleted: usize,
    /// All figures.
    pub figures: Vec<Compared>,
    /// How it went over time.
    pub course: Course,
    /// What the simulated server did.
    pub replayed: Replayed,
    /// The figures that are further off than they may be.
    pub failing: Vec<Failing>,
}

impl Validation {
    /// Whether every figure that has a threshold keeps it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failing.is_empty() && self.uncompleted == 0
    }
}

/// Replays a run and compares.
///
/// # Errors
///
/// Why the simulation ended early.
pub fn validate(
    server: &Server<'_>,
    run: &MeasuredRun,
    client: &Client,
    thresholds: &Thresholds,
) -> Result<Validation, RunFailure> {
    let replayed = server.replay(run, client)?;
    let figures = compare(&run.requests, &replayed.requests);
    let pairs = run.requests.iter().zip(&replayed.requests);
    let measured = |request: &crate::measured::MeasuredRequest| request.e2e_us.is_some();
    let uncompleted = pairs.clone().filter(|(was, is)| measured(was) && !measured(is)).count();
    Ok(Validation {
        name: run.name.clone(),
        compared: pairs.filter(|(was, is)| measured(was) && measured(is)).count(),
        warming: run.warming,
        failed: run.failed(),
        uncompleted,
        failing: thresholds.failing(&figures),
        course: course(&run.requests, &replayed.requests),
        figures,
        replayed,
    })
}

#[cfg(test)]
mod real;
#[cfg(test)]
mod tests;
