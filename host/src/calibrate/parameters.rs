//! What can be fitted: the parameters of each latency model.

use crate::engine::{LatencyModel, StepModel};

/// Which values a parameter may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bounds {
    /// Above 0, below 1.
    Share,
    /// Above 0.
    Positive,
    /// Above 1.
    AboveOne,
}

/// A parameter of a latency model.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name in files.
    pub name: &'static str,
    bounds: Bounds,
    /// Where the search starts if the model has 0 there, which has no logarithm.
    start: f64,
    at: fn(&mut LatencyModel) -> Option<&mut f64>,
}

impl Parameter {
    /// Its value in a model.
    #[must_use]
    pub fn value(&self, model: &LatencyModel) -> f64 {
        (self.at)(&mut model.clone()).map_or(f64::NAN, |value| *value)
    }

    /// As the optimiser sees it: any number, about 1 of which is a factor of e.
    pub(super) fn coordinate(&self, model: &LatencyModel) -> f64 {
        let value = self.value(model);
        let value = if value > 0.0 { value } else { self.start };
        match self.bounds {
            Bounds::Share => {
                let share = value.clamp(0.01, 0.99);
                (share / (1.0 - share)).ln()
            }
            Bounds::Positive => value.ln(),
            Bounds::AboveOne => (value.max(1.01) - 1.0).ln(),
        }
    }

    pub(super) fn set(&self, model: &mut LatencyModel, coordinate: f64) {
        if let Some(value) = (self.at)(model) {
            *value = self.at_coordinate(coordinate);
        }
    }

    pub(super) fn at_coordinate(&self, coordinate: f64) -> f64 {
        // Far beyond what a parameter can be; keeps all within doubles.
        let x = coordinate.clamp(-30.0, 30.0);
        match self.bounds {
            Bounds::Share => 1.0 / (1.0 + (-x).exp()),
            Bounds::Positive => x.exp(),
            Bounds::AboveOne => 1.0 + x.exp().min(900.0),
        }
    }
}

/// Defines a parameter of the step model.
macro_rules! of_step {
    ($name:literal, $bounds:ident, $start:expr, $model:ident, $($field:ident).+) => {
        Parameter {
            name: $name,
            bounds: Bounds::$bounds,
            start: $start,
            at: |model| match &mut model.step {
                StepModel::$model(step) => Some(&mut step.$($field).+),
                _ => None,
            },
        }
    };
}

const ALPHA0: Parameter = Parameter {
    name: "alpha0_us",
    bounds: Bounds::Positive,
    start: 2000.0,
    at: |model| Some(&mut model.alpha[0]),
};
const ALPHA2: Parameter = Parameter {
    name: "alpha2_us",
    bounds: Bounds::Positive,
    start: 2000.0,
    at: |model| Some(&mut model.alpha[2]),
};
const SHARPNESS: Parameter = Parameter {
    name: "sharpness",
    bounds: Bounds::AboveOne,
    start: 3.0,
    at: |model| match &mut model.step {
        StepModel::Roofline(step) => Some(step.sharpness.get_or_insert(3.0)),
        _ => None,
    },
};

fn beta(index: usize) -> Parameter {
    let at: [fn(&mut LatencyModel) -> Option<&mut f64>; 3] = [
        |model| if let StepModel::Linear(step) = &mut model.step { Some(&mut step.beta[0]) } else { None },
        |model| if let StepModel::Linear(step) = &mut model.step { Some(&mut step.beta[1]) } else { None },
        |model| if let StepModel::Linear(step) = &mut model.step { Some(&mut step.beta[2]) } else { None },
    ];
    let (name, start) = [("beta0_us", 7000.0), ("beta1_us", 20.0), ("beta2_us", 3.0)][index];
    Parameter { name, bounds: Bounds::Positive, start, at: at[index] }
}

/// What can be fitted of a model. The time on the way in and that on the way out are told apart by queueing
/// alone, hence hardly: both are fitted, and share what the prior gives them.
#[must_use]
pub fn of(model: &LatencyModel) -> Vec<Parameter> {
    let mut all = vec![ALPHA0, ALPHA2];
    match &model.step {
        StepModel::Linear(_) => all.extend([beta(0), beta(1), beta(2)]),
        StepModel::AffineContext(_) => all.extend([
            of_step!("base_us", Positive, 8000.0, AffineContext, base_us),
            of_step!("prefill_base_us", Positive, 1000.0, AffineContext, prefill_base_us),
            of_step!("per_prefill_token_us", Positive, 20.0, AffineContext, per_prefill_token_us),
            of_step!("per_prefill_pair_us", Positive, 0.001, AffineContext, per_prefill_pair_us),
            of_step!("per_decode_us", Positive, 10.0, AffineContext, per_decode_us),
            of_step!("per_context_token_us", Positive, 0.05, AffineContext, per_context_token_us),
        ]),
        StepModel::Roofline(model) => {
            all.extend([
                of_step!("efficiency.compute", Share, 0.7, Roofline, efficiency.compute),
                of_step!("efficiency.memory", Share, 0.8, Roofline, efficiency.memory),
                of_step!("efficiency.attention_compute", Share, 0.5, Roofline, efficiency.attention_compute),
                of_step!("efficiency.attention_memory", Share, 0.8, Roofline, efficiency.attention_memory),
                of_step!("overhead_us", Positive, 1500.0, Roofline, overhead_us),
                of_step!("prefill_overhead_us", Positive, 1000.0, Roofline, prefill_overhead_us),
                of_step!("per_request_us", Positive, 10.0, Roofline, per_request_us),
                SHARPNESS,
            ]);
            if model.tensor_parallel > 1 {
                all.push(of_step!("efficiency.link", Share, 0.7, Roofline, efficiency.link));
                all.push(of_step!("all_reduce_us", Positive, 10.0, Roofline, all_reduce_us));
            }
        }
        StepModel::Table(_) => all.push(Parameter {
            name: "overhead_us",
            bounds: Bounds::Positive,
            start: 500.0,
            at: |model| match &mut model.step {
                StepModel::Table(step) => Some(&mut std::sync::Arc::make_mut(step).overhead_us),
                _ => None,
            },
        }),
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::AffineContext;

    #[test]
    fn coordinates_are_values_and_back() {
        let mut model = LatencyModel {
            alpha: [5.0, 0.0, 0.0],
            step: StepModel::AffineContext(AffineContext { base_us: 900.0, ..AffineContext::default() }),
        };
        for parameter in of(&model) {
            let coordinate = parameter.coordinate(&model);
            parameter.set(&mut model, coordinate);
            let value = parameter.value(&model);
            assert!(value > 0.0, "{}", parameter.name);
            parameter.set(&mut model, coordinate + 0.5);
            assert!((parameter.value(&model) / value - 0.5_f64.exp()).abs() < 1e-9, "{}", parameter.name);
        }
        assert!((ALPHA0.value(&model) - 5.0 * 0.5_f64.exp()).abs() < 1e-9);
    }
}
