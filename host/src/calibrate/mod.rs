//! Looks for the parameters of a latency model with which the simulation agrees with measured runs.
//!
//! ```text
//! parameters -> replay of every run -> residuals (figures of stretches of each run, robust) -> least squares
//! ```
//!
//! `parameters` says what can be fitted and between which bounds, `residuals` what is compared, `fit` runs the
//! optimiser (Levenberg and Marquardt, as in MINPACK, by the crate `levenberg-marquardt`), `uncertainty` says
//! how well each parameter is known, `hold_out` predicts each run from the others, and `layers` makes a table
//! of measured layers. Nothing here is drawn at random.

mod fit;
mod hold_out;
mod layers;
mod parameters;
mod residuals;
mod uncertainty;

pub use fit::{Fit, FitError, Fitting, fit};
pub use hold_out::{HeldOut, hold_out};
pub use layers::{LayerError, Layers, read_layers};
pub use parameters::{Parameter, of as parameters_of};
pub use uncertainty::Estimate;

#[cfg(test)]
mod tests;
