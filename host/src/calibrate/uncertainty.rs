//! How well a parameter is known: the curvature of the fit around its result (Laplace's approximation).

use nalgebra::{DMatrix, DVector};

use super::fit::PRIOR_SIGMA;
use super::parameters::Parameter;

/// Where the data leave more than this share of the prior's standard deviation, they say next to nothing.
const UNIDENTIFIED: f64 = 0.6;
/// Two parameters that vary together this much are known only together.
const TOGETHER: f64 = 0.9;

/// A parameter that was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// Where it is with 95 %.
    pub interval: [f64; 2],
    /// Whether the data say something about it.
    pub is_identified: bool,
    /// Others that the data cannot tell it apart from, with the correlation.
    pub together: Vec<(&'static str, f64)>,
}

/// Estimates at a point, from the derivatives of all residuals there. `deviation`: how much larger than
/// expected the residuals of the data are; where they are, parameters are known that much less.
pub(super) fn estimates(
    free: &[Parameter],
    at: &DVector<f64>,
    jacobian: &DMatrix<f64>,
    deviation: f64,
) -> Vec<Estimate> {
    let count = free.len();
    let data = jacobian.nrows() - count;
    let of_data = jacobian.rows(0, data);
    let scale = deviation.max(1.0).powi(2);
    let precision = of_data.transpose() * of_data / scale
        + DMatrix::<f64>::identity(count, count) / (PRIOR_SIGMA * PRIOR_SIGMA);
    // The prior makes it positive definite.
    let covariance = precision.try_inverse().unwrap_or_else(|| DMatrix::identity(count, count));
    let sigma = |index: usize| covariance[(index, index)].max(0.0).sqrt();
    let correlation = |a: usize, b: usize| covariance[(a, b)] / (sigma(a) * sigma(b));
    (0..count)
        .map(|index| {
            let bound = |sign: f64| free[index].at_coordinate(at[index] + sign * 1.96 * sigma(index));
            let others = (0..count).filter(|&other| other != index);
            Estimate {
                name: free[index].name,
                value: free[index].at_coordinate(at[index]),
                interval: [bound(-1.0), bound(1.0)],
                is_identified: sigma(index) < UNIDENTIFIED * PRIOR_SIGMA,
                together: others
                    .map(|other| (free[other].name, correlation(index, other)))
                    .filter(|(_, correlation)| correlation.abs() > TOGETHER)
                    .collect(),
            }
        })
        .collect()
}
