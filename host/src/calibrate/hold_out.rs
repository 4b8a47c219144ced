//! Each run predicted from the others: what a fit is worth where it was not fitted.

use super::fit::{Fit, FitError, Fitting, fit};
use crate::config::Resolved;
use crate::measured::MeasuredRun;
use crate::replay::Server;
use crate::validate::{Thresholds, Validation, validate};

/// A run that a fit to the others predicts.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The fit to the others.
    pub fit: Fit,
    /// The run itself, whole.
    pub validation: Validation,
}

/// Leaves out each run once.
///
/// # Errors
///
/// Why a fit or a simulation failed.
pub fn hold_out(
    fitting: &Fitting<'_>,
    thresholds: &Thresholds,
    mut done: impl FnMut(&HeldOut),
) -> Result<Vec<HeldOut>, FitError> {
    let mut all = Vec::new();
    for (left_out, run) in fitting.runs.iter().enumerate() {
        let others: Vec<&MeasuredRun> =
            fitting.runs.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, run)| *run).collect();
        let fit = fit(&Fitting { runs: &others, ..*fitting })?;
        let mut resolved: Resolved = fitting.server.resolved.clone();
        resolved.settings.latency = fit.latency.clone();
        let server = Server { resolved: &resolved, catalogue: fitting.server.catalogue };
        let validation = validate(&server, run, fitting.client, thresholds)?;
        let held_out = HeldOut { fit, validation };
        done(&held_out);
        all.push(held_out);
    }
    Ok(all)
}
