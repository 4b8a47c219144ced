//! What is compared: figures of stretches of each run, as logarithms of simulated over measured.

use crate::measured::MeasuredRequest;
use crate::metrics::percentile;

/// Stretches of a run: queues come and go within it, which tells more than its mean.
const STRETCHES: usize = 5;
/// Beyond so many standard deviations a residual counts linearly, no longer as its square (Huber 1964).
const ROBUST: f64 = 2.0;

/// What a deviation of each figure is worth: one standard deviation, as a share. Tails are noisier than
/// means, and no model is exact to less than 1 or 2 %.
const TTFT: [(Of, f64); 3] = [(Of::Mean, 0.05), (Of::Percentile(50.0), 0.05), (Of::Percentile(90.0), 0.08)];
const TPOT: [(Of, f64); 3] = [(Of::Mean, 0.015), (Of::Percentile(10.0), 0.03), (Of::Percentile(90.0), 0.03)];
const TTFT_P99: f64 = 0.15;

#[derive(Clone, Copy)]
enum Of {
    Mean,
    Percentile(f64),
}

/// Residuals of one run.
pub(super) fn residuals(measured: &[MeasuredRequest], simulated: &[MeasuredRequest]) -> Vec<f64> {
    let mut all = Vec::new();
    let size = measured.len().div_ceil(STRETCHES).max(1);
    for (was, is) in measured.chunks(size).zip(simulated.chunks(size)) {
        for (figures, time) in [(TTFT, ttft as fn(&MeasuredRequest) -> Option<f64>), (TPOT, tpot)] {
            let times = Times::of(was, is, time);
            all.extend(figures.iter().map(|&(of, sigma)| times.residual(of, sigma)));
        }
    }
    all.push(Times::of(measured, simulated, ttft).residual(Of::Percentile(99.0), TTFT_P99));
    // Each run has the same say, however many stretches it has.
    all
}

fn ttft(request: &MeasuredRequest) -> Option<f64> {
    request.ttft_us.map(|us| us as f64)
}

fn tpot(request: &MeasuredRequest) -> Option<f64> {
    request.tpot_us()
}

/// Times of the requests that have both, sorted.
struct Times {
    was: Vec<f64>,
    is: Vec<f64>,
}

impl Times {
    fn of(
        was: &[MeasuredRequest],
        is: &[MeasuredRequest],
        time: fn(&MeasuredRequest) -> Option<f64>,
    ) -> Self {
        let pairs = was.iter().zip(is).filter_map(|(was, is)| Some((time(was)?, time(is)?)));
        let (mut was, mut is): (Vec<f64>, Vec<f64>) = pairs.unzip();
        was.sort_unstable_by(f64::total_cmp);
        is.sort_unstable_by(f64::total_cmp);
        Self { was, is }
    }

    fn residual(&self, of: Of, sigma: f64) -> f64 {
        let figure = |times: &[f64]| match of {
            Of::Mean => times.iter().sum::<f64>() / times.len() as f64,
            Of::Percentile(p) => percentile(times.len() as u64, p, |at| times[at as usize]),
        };
        if self.was.is_empty() {
            return 0.0;
        }
        let log = (figure(&self.is).max(1.0) / figure(&self.was).max(1.0)).ln();
        robust(log / sigma)
    }
}

/// The residual whose square is twice Huber's loss of `x`.
fn robust(x: f64) -> f64 {
    let size = x.abs();
    if size <= ROBUST { x } else { x.signum() * (2.0 * ROBUST * size - ROBUST * ROBUST).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_residuals_count_linearly_and_without_a_jump() {
        assert_eq!([robust(1.5), robust(-1.5), robust(2.0)], [1.5, -1.5, 2.0]);
        assert!((robust(2.0 + 1e-9) - 2.0).abs() < 1e-8);
        assert!((robust(10.0).powi(2) - 36.0).abs() < 1e-9);
    }

    #[test]
    fn what_agrees_has_no_residual() {
        let request = |ttft_us| MeasuredRequest {
            arrival_us: 0,
            prompt_tokens: 5,
            output_tokens: 5,
            ttft_us: Some(ttft_us),
            e2e_us: Some(4 * ttft_us),
        };
        let runs: Vec<_> = (1..40).map(|at| request(1000 * at)).collect();
        assert!(residuals(&runs, &runs).iter().all(|&residual| residual == 0.0));
        let slower: Vec<_> = (1..40).map(|at| request(1010 * at)).collect();
        let off = residuals(&runs, &slower);
        assert!((off[0] - 1.01_f64.ln() / 0.05).abs() < 1e-6 && off.iter().all(|&one| one > 0.0));
    }
}
