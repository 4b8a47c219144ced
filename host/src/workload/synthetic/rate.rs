//! Rates that change over time, as a warp between time and expected requests.

use std::f64::consts::PI;

use crate::workload::spec::ArrivalsSpec;

/// The rate as a function of time, through its inverse integral.
#[derive(Debug)]
pub(super) enum Rate {
    /// Always the same. \[requests/s\]
    Constant(f64),
    /// A sinusoid around `mean`.
    Swing { mean: f64, period_s: f64, amplitude: f64 },
    /// Piece by piece. `cycle` is the length of a cycle and the requests expected in it, if it repeats.
    Phases { pieces: Vec<Piece>, cycle: Option<(f64, f64)> },
}

/// One phase.
#[derive(Debug)]
pub(super) struct Piece {
    start_s: f64,
    rate_per_s: f64,
    /// Requests expected before it.
    before: f64,
}

impl Rate {
    /// The rate of a validated description; `replaced` stands for its `rate_per_s`.
    pub(super) fn new(spec: &ArrivalsSpec, replaced: Option<f64>) -> Self {
        let mean = replaced.or(spec.rate_per_s).unwrap_or(1.0);
        let Some(phases) = &spec.phases else {
            return match &spec.swing {
                Some(swing) => Self::Swing { mean, period_s: swing.period_s, amplitude: swing.amplitude },
                None => Self::Constant(mean),
            };
        };
        let mut pieces = Vec::with_capacity(phases.len());
        let (mut start_s, mut before) = (0.0, 0.0);
        for phase in phases {
            pieces.push(Piece { start_s, rate_per_s: phase.rate_per_s, before });
            if let Some(until_s) = phase.until_s {
                before += phase.rate_per_s * (until_s - start_s);
                start_s = until_s;
            }
        }
        Self::Phases { pieces, cycle: spec.repeat.then_some((start_s, before)) }
    }

    /// The time by which `expected` requests are expected to have arrived. \[s\]
    pub(super) fn time_s(&self, expected: f64) -> f64 {
        match self {
            Self::Constant(rate) => expected / rate,
            Self::Swing { mean, period_s, amplitude } => swing_time_s(expected / mean, *period_s, *amplitude),
            Self::Phases { pieces, cycle } => {
                let (cycles, within) = match cycle {
                    Some((_, per_cycle)) => {
                        let cycles = (expected / per_cycle).floor();
                        (cycles, (expected - cycles * per_cycle).max(0.0))
                    }
                    None => (0.0, expected),
                };
                // The last piece that begins by then, so that a pause (which begins and ends with
                // the same count) is passed over.
                let at = pieces.partition_point(|piece| piece.before <= within).saturating_sub(1);
                let piece = &pieces[at];
                let into =
                    if piece.rate_per_s > 0.0 { (within - piece.before) / piece.rate_per_s } else { 0.0 };
                cycles * cycle.map_or(0.0, |(length_s, _)| length_s) + piece.start_s + into
            }
        }
    }
}

/// Solves `t + amplitude * period / (2 pi) * (1 - cos(2 pi t / period)) = target` by bisection. The
/// left side never decreases, and exceeds `t` by at most `amplitude * period / pi`.
fn swing_time_s(target: f64, period_s: f64, amplitude: f64) -> f64 {
    let height = amplitude * period_s / (2.0 * PI);
    let (mut low, mut high) = ((target - 2.0 * height).max(0.0), target);
    // A double has 53 significant bits; more halvings change nothing.
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if middle + height * (1.0 - cos_turns(middle / period_s)) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// `cos(2 pi turns)` by its Taylor series, to about 1e-12. The platform's cosine may differ in its
/// last bit from one processor to the next, and arrivals must not.
fn cos_turns(turns: f64) -> f64 {
    let x = 2.0 * PI * (turns - turns.round());
    let square = x * x;
    // |x| <= pi: the terms after x^30/30! are below 1e-17.
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..=16_u32 {
        let n = f64::from(2 * k);
        term *= -square / (n * (n - 1.0));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_is_one() {
        for i in -500..500 {
            let turns = f64::from(i) / 97.0;
            assert!((cos_turns(turns) - (2.0 * PI * turns).cos()).abs() < 1e-11, "{turns}");
        }
    }

    #[test]
    fn the_swing_is_the_inverse_of_its_integral() {
        let rate = Rate::Swing { mean: 20.0, period_s: 60.0, amplitude: 1.0 };
        let mut last = 0.0;
        for n in 0..5000 {
            let t = rate.time_s(f64::from(n));
            let expected = 20.0 * (t + 60.0 / (2.0 * PI) * (1.0 - (2.0 * PI * t / 60.0).cos()));
            assert!((expected - f64::from(n)).abs() < 1e-6, "{n}: {expected}");
            assert!(t >= last);
            last = t;
        }
    }

    #[test]
    fn phases_pause_and_repeat() {
        let phase = |until_s, rate_per_s| crate::workload::PhaseSpec { until_s: Some(until_s), rate_per_s };
        let spec = ArrivalsSpec {
            process: crate::workload::Process::Constant,
            rate_per_s: None,
            cv: None,
            swing: None,
            phases: Some(vec![phase(10.0, 1.0), phase(20.0, 0.0), phase(25.0, 2.0)]),
            repeat: true,
        };
        let rate = Rate::new(&spec, None);
        let times: Vec<f64> = (0..25).map(|n| rate.time_s(f64::from(n))).collect();
        assert_eq!(times[..11], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 20.0]);
        assert_eq!(times[11..22], [20.5, 21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.0, 24.5, 25.0, 26.0]);
    }
}
