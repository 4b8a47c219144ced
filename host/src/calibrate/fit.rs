//! Least squares over replays.

use std::cell::RefCell;

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::{DMatrix, DVector, Dyn, Owned};

use super::parameters::{self, Parameter};
use super::residuals::residuals;
use super::uncertainty::{Estimate, estimates};
use crate::engine::{ClusterSettings, LatencyModel};
use crate::measured::MeasuredRun;
use crate::replay::{Client, Server};
use crate::run::RunFailure;

/// How far a parameter is from where the search started, at one standard deviation: a factor of e. Keeps in
/// place what the data say nothing about.
pub(super) const PRIOR_SIGMA: f64 = 1.0;
/// Steps of the numerical derivatives: small against what parameters mean, large against the jumps of a
/// simulation in which one request more or less catches a step.
const STEP: f64 = 0.03;

/// What is fitted to what.
pub struct Fitting<'a> {
    /// The server.
    pub server: &'a Server<'a>,
    /// Its runs.
    pub runs: &'a [&'a MeasuredRun],
    /// Who sent them.
    pub client: &'a Client,
    /// Requests of each run that are used, from its beginning.
    pub requests: usize,
    /// Parameters that stay as they are, by name.
    pub fixed: &'a [String],
    /// Replays of all runs at most.
    pub most_replays: usize,
}

/// Why nothing was fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// A simulation ended early.
    #[error(transparent)]
    Run(#[from] RunFailure),
    /// A parameter is to be fixed that the model does not have.
    #[error("the model has no parameter `{name}` (it has: {known})")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Nothing is left to fit.
    #[error("all parameters are fixed: nothing is left to fit")]
    Nothing,
    /// The optimiser gave up.
    #[error("the optimiser found no parameters: {0}")]
    Failed(String),
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The model with its parameters.
    pub latency: LatencyModel,
    /// Each parameter with its uncertainty.
    pub estimates: Vec<Estimate>,
    /// Replays of all runs.
    pub replays: usize,
    /// Root of the mean square of the residuals of the data: 1 where they are as far off as expected.
    pub deviation: f64,
    /// Whether the search ended by itself.
    pub converged: bool,
}

/// Fits the server's latency model, starting from what it is.
///
/// # Errors
///
/// Why not.
pub fn fit(fitting: &Fitting<'_>) -> Result<Fit, FitError> {
    let start = fitting.server.resolved.settings.latency.clone();
    let mut free = parameters::of(&start);
    for name in fitting.fixed {
        if !free.iter().any(|parameter| parameter.name == name) {
            let known: Vec<&str> = free.iter().map(|parameter| parameter.name).collect();
            return Err(FitError::Unknown { name: name.clone(), known: known.join(", ") });
        }
    }
    free.retain(|parameter| !fitting.fixed.iter().any(|name| name == parameter.name));
    if free.is_empty() {
        return Err(FitError::Nothing);
    }
    // Once more from what was found: where the data say something, the first start must not.
    let first = search(fitting, &free, start)?;
    let again = search(fitting, &free, first.latency)?;
    Ok(Fit { replays: first.replays + again.replays, ..again })
}

/// One search, from a start that the prior lies around.
fn search(fitting: &Fitting<'_>, free: &[Parameter], start: LatencyModel) -> Result<Fit, FitError> {
    let shortened: Vec<MeasuredRun> = fitting.runs.iter().map(|run| shorten(run, fitting.requests)).collect();
    let prior: Vec<f64> = free.iter().map(|parameter| parameter.coordinate(&start)).collect();
    let problem = Problem {
        fitting,
        runs: &shortened,
        free,
        start: &start,
        at: DVector::from_vec(prior.clone()),
        prior: DVector::from_vec(prior),
        failure: RefCell::new(None),
        replays: RefCell::new(0),
        known: RefCell::new(None),
    };
    let patience = fitting.most_replays.div_ceil(2 * (free.len() + 1)).max(1);
    let (problem, report) = LevenbergMarquardt::new()
        .with_patience(patience)
        .with_ftol(1e-4)
        .with_xtol(1e-3)
        .with_gtol(0.0)
        .with_stepbound(1.0)
        .minimize(problem);
    if let Some(failure) = problem.failure.take() {
        return Err(FitError::Run(failure));
    }
    use levenberg_marquardt::TerminationReason as Reason;
    let converged = report.termination.was_successful();
    if !converged && !matches!(report.termination, Reason::LostPatience | Reason::NoImprovementPossible(_)) {
        return Err(FitError::Failed(format!("{:?}", report.termination)));
    }
    let residuals = problem.residuals().unwrap_or_else(|| DVector::zeros(0));
    let jacobian = problem.jacobian().unwrap_or_else(|| DMatrix::zeros(0, 0));
    if let Some(failure) = problem.failure.take() {
        return Err(FitError::Run(failure));
    }
    let data = residuals.len() - free.len();
    let deviation = (residuals.rows(0, data).norm_squared() / data.max(1) as f64).sqrt();
    let latency = problem.model(&problem.at);
    Ok(Fit {
        estimates: estimates(free, &problem.at, &jacobian, deviation),
        replays: *problem.replays.borrow(),
        latency,
        deviation,
        converged,
    })
}

/// The beginning of a run.
fn shorten(run: &MeasuredRun, requests: usize) -> MeasuredRun {
    MeasuredRun { requests: run.requests[..run.requests.len().min(requests)].to_vec(), ..run.clone() }
}

struct Problem<'a> {
    fitting: &'a Fitting<'a>,
    runs: &'a [MeasuredRun],
    free: &'a [Parameter],
    start: &'a LatencyModel,
    at: DVector<f64>,
    prior: DVector<f64>,
    failure: RefCell<Option<RunFailure>>,
    replays: RefCell<usize>,
    /// Residuals at a point that was asked for last.
    known: RefCell<Option<(DVector<f64>, DVector<f64>)>>,
}

impl Problem<'_> {
    fn model(&self, at: &DVector<f64>) -> LatencyModel {
        let mut model = self.start.clone();
        for (parameter, &coordinate) in self.free.iter().zip(at.iter()) {
            parameter.set(&mut model, coordinate);
        }
        model
    }

    /// Residuals of the data, then those of the prior.
    fn residuals_at(&self, at: &DVector<f64>) -> Option<DVector<f64>> {
        if let Some((known, residuals)) = &*self.known.borrow()
            && known == at
        {
            return Some(residuals.clone());
        }
        let server = self.fitting.server;
        let settings = ClusterSettings { latency: self.model(at), ..server.resolved.settings.clone() };
        *self.replays.borrow_mut() += 1;
        let mut all = Vec::new();
        for run in self.runs {
            match server.replay_with(&settings, run, self.fitting.client, false) {
                Ok(replayed) => all.extend(residuals(&run.requests, &replayed.requests)),
                Err(failure) => {
                    self.failure.borrow_mut().get_or_insert(failure);
                    return None;
                }
            }
        }
        all.extend((at - &self.prior).iter().map(|distance| distance / PRIOR_SIGMA));
        Some(DVector::from_vec(all))
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_> {
    type ParameterStorage = Owned<f64, Dyn>;
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;

    fn set_params(&mut self, at: &DVector<f64>) {
        self.at.copy_from(at);
    }

    fn params(&self) -> DVector<f64> {
        self.at.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let residuals = self.residuals_at(&self.at)?;
        *self.known.borrow_mut() = Some((self.at.clone(), residuals.clone()));
        Some(residuals)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let here = self.residuals()?;
        let mut jacobian = DMatrix::zeros(here.len(), self.at.len());
        for column in 0..self.at.len() {
            let mut there = self.at.clone();
            there[column] += STEP;
            let difference = (self.residuals_at(&there)? - &here) / STEP;
            jacobian.set_column(column, &difference);
        }
        Some(jacobian)
    }
}
