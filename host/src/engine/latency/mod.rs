//! How long things take (`model.md` section 10): one interface, and a model behind it each.
//!
//! | model | a step takes | file |
//! |---|---|---|
//! | `linear` | base, tokens, requests | `linear` |
//! | `affine-context` | the same, and what attention reads; batches padded as CUDA graphs do | `affine` |
//! | `roofline` | the slower of arithmetic and memory, from figures of model and GPU | `roofline` |
//! | `table` | what was measured, and between two points what lies between | `table` |
//!
//! A model sees a [`StepLoad`]: sums over the requests of a step. It is a pure function of them, monotonic
//! in each (the tests of this module hold that), and gives microseconds as a double, which are truncated.

mod affine;
mod linear;
mod load;
mod roofline;
mod table;
#[cfg(test)]
mod tests;

pub use affine::AffineContext;
pub use linear::Linear;
pub use load::StepLoad;
pub use roofline::{Architecture, Efficiency, Experts, Gpu, Roofline};
pub use table::{Axis, Grid, Table};

/// How long a request's way in, a step, and the way out of a token take.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyModel {
    /// alpha0 \[us\], alpha1 \[us/token\], alpha2 \[us\]: finite and not negative.
    pub alpha: [f64; 3],
    /// How long a step takes.
    pub step: StepModel,
}

/// How long a step takes.
#[derive(Debug, Clone, PartialEq)]
pub enum StepModel {
    /// `linear`.
    Linear(Linear),
    /// `affine-context`.
    AffineContext(AffineContext),
    /// `roofline`.
    Roofline(Box<Roofline>),
    /// `table`.
    Table(std::sync::Arc<Table>),
}

impl LatencyModel {
    /// The `linear` model: `beta` as in [`Linear`].
    #[must_use]
    pub fn linear(alpha: [f64; 3], beta: [f64; 3], beta3: Option<f64>) -> Self {
        Self { alpha, step: StepModel::Linear(Linear { beta, beta3 }) }
    }

    /// Ticks of a step, transfers aside. Truncated; a cast saturates, so that an absurd result ends at the
    /// clock's own check.
    #[must_use]
    pub fn step_us(&self, load: &StepLoad) -> u64 {
        self.step.step_us(load) as u64
    }

    /// Ticks between the routing decision and the instance's queue.
    #[must_use]
    pub fn pipeline_us(&self, prompt_tokens: u64) -> u64 {
        (self.alpha[0] + self.alpha[1] * prompt_tokens as f64) as u64
    }

    /// Ticks between a step's end and the client's sight of its tokens.
    #[must_use]
    pub fn delivery_us(&self) -> u64 {
        self.alpha[2] as u64
    }
}

impl StepModel {
    /// Its name in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Linear(_) => "linear",
            Self::AffineContext(_) => "affine-context",
            Self::Roofline(_) => "roofline",
            Self::Table(_) => "table",
        }
    }

    /// Length of a step, transfers aside, before it is truncated. \[us\]
    #[must_use]
    pub fn step_us(&self, load: &StepLoad) -> f64 {
        match self {
            Self::Linear(model) => model.step_us(load),
            Self::AffineContext(model) => model.step_us(load),
            Self::Roofline(model) => model.step_us(load),
            Self::Table(model) => model.step_us(load),
        }
    }

    /// Whether steps of decodes alone are equally long as long as their number is.
    #[must_use]
    pub(crate) fn ignores_decode_context(&self) -> bool {
        match self {
            Self::Linear(_) => true,
            Self::AffineContext(model) => model.per_context_token_us == 0.0,
            Self::Roofline(_) | Self::Table(_) => false,
        }
    }
}
