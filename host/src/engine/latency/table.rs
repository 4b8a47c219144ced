//! The `table` model: measured times of a step's parts, and between two points what lies between.
//!
//! Three grids are added up: what depends on the tokens of a step, what depends on its requests, and
//! attention, by the tokens of a prompt, its context before them, the number of decodes and their mean
//! context. Where several prompts share a step, attention is looked up for their mean; each beyond the
//! first adds what a prompt alone takes beyond the smallest measured, as one kernel computes them all.

use super::StepLoad;

/// Where something was measured: ascending.
pub type Axis = Vec<f64>;

/// Times at every combination of the points of `N` axes, the last axis fastest. \[us\]
#[derive(Debug, Clone, PartialEq)]
pub struct Grid<const N: usize> {
    axes: [Axis; N],
    us: Vec<f64>,
}

impl<const N: usize> Grid<N> {
    /// A grid; `Err` says what is wrong with it.
    ///
    /// More work never takes less time: where the noise of a measurement says so, the larger point counts
    /// as the smaller one before it.
    pub fn new(axes: [Axis; N], mut us: Vec<f64>) -> Result<Self, String> {
        let good = |number: &f64| number.is_finite() && *number >= 0.0;
        for axis in &axes {
            if axis.is_empty() || !axis.iter().all(good) || axis.windows(2).any(|two| two[0] >= two[1]) {
                return Err("points must be ascending numbers, 0 or more".to_owned());
            }
        }
        let points: usize = axes.iter().map(Vec::len).product();
        if us.len() != points {
            return Err(format!(
                "{points} times are needed, one per combination, and there are {}",
                us.len()
            ));
        }
        if !us.iter().all(good) {
            return Err("times must be numbers, 0 or more".to_owned());
        }
        let mut stride = 1;
        for axis in axes.iter().rev() {
            for at in 0..us.len() {
                if (at / stride) % axis.len() > 0 {
                    us[at] = us[at].max(us[at - stride]);
                }
            }
            stride *= axis.len();
        }
        Ok(Self { axes, us })
    }

    /// Its axes.
    #[must_use]
    pub fn axes(&self) -> &[Axis; N] {
        &self.axes
    }

    /// Its times.
    #[must_use]
    pub fn us(&self) -> &[f64] {
        &self.us
    }

    /// The time at a point: linear between the measured ones, constant before the first, and beyond the last
    /// proportional to the axis that is exceeded most.
    pub(super) fn at(&self, point: [f64; N]) -> f64 {
        let mut beyond = 1.0_f64;
        let mut cells = [(0, 0, 0.0); N];
        let mut stride = self.us.len();
        for ((cell, axis), &x) in cells.iter_mut().zip(&self.axes).zip(&point) {
            stride /= axis.len();
            let last = axis[axis.len() - 1];
            if x > last && last > 0.0 {
                beyond = beyond.max(x / last);
            }
            let upper = axis.partition_point(|&known| known < x).min(axis.len() - 1);
            let lower = upper.saturating_sub(1);
            let width = axis[upper] - axis[lower];
            let share = if width > 0.0 { ((x - axis[lower]) / width).clamp(0.0, 1.0) } else { 0.0 };
            *cell = (lower * stride, upper * stride, share);
        }
        let mut sum = 0.0;
        for corner in 0..(1_usize << N) {
            let (mut at, mut weight) = (0, 1.0);
            for (axis, &(lower, upper, share)) in cells.iter().enumerate() {
                let is_upper = (corner >> axis) & 1 == 1;
                at += if is_upper { upper } else { lower };
                weight *= if is_upper { share } else { 1.0 - share };
            }
            if weight > 0.0 {
                sum += weight * self.us[at];
            }
        }
        sum * beyond
    }
}

/// Measured times.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What every step costs beside. \[us\]
    pub overhead_us: f64,
    /// By tokens of the step: the layers, attention aside.
    pub tokens: Grid<1>,
    /// By requests of the step: the head, sampling.
    pub requests: Grid<1>,
    /// By tokens of a prompt, its context before them, decodes, and their mean context.
    pub attention: Grid<4>,
}

impl Table {
    pub(super) fn step_us(&self, load: &StepLoad) -> f64 {
        if load.requests() == 0 {
            return 0.0;
        }
        self.overhead_us
            + self.tokens.at([load.tokens() as f64])
            + self.requests.at([load.requests() as f64])
            + self.attention_us(load)
    }

    fn attention_us(&self, load: &StepLoad) -> f64 {
        let decodes = load.decode_requests as f64;
        let decode_context = load.decode_context as f64 / decodes.max(1.0);
        let prompts = load.prefill_requests as f64;
        let chunk = load.prefill_tokens as f64 / prompts.max(1.0);
        let before = (load.prefill_context - load.prefill_tokens) as f64 / prompts.max(1.0);
        let us = self.attention.at([chunk, before, decodes, decode_context]);
        if load.prefill_requests < 2 {
            return us;
        }
        let alone = self.attention.at([chunk, before, 0.0, 0.0]);
        let chunks = &self.attention.axes[0];
        let least = chunks.iter().copied().find(|&tokens| tokens > 0.0).unwrap_or(0.0);
        us + (prompts - 1.0) * (alone - self.attention.at([least, 0.0, 0.0, 0.0])).max(0.0)
    }
}
