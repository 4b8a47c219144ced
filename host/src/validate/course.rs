//! How a run went over time: does the simulated queue grow when the real one did?

use crate::measured::MeasuredRequest;

/// Bins of a run.
const BINS: usize = 60;

/// A stretch of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// Its beginning. \[s\]
    pub from_s: f64,
    /// Requests between sending and last token, averaged over the bin: measured, simulated.
    pub in_flight: [f64; 2],
    /// Mean time to first token of the requests sent in it: measured, simulated. \[ms\]
    pub ttft_ms: Option<[f64; 2]>,
}

/// All bins, with what they say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// In order of time.
    pub bins: Vec<Bin>,
    /// Mean absolute difference of requests in flight, as a share of the mean that was measured.
    pub in_flight_error: f64,
    /// Requests in flight at the end of sending over those halfway: measured, simulated. Well above 1: the
    /// server did not keep up.
    pub growth: [f64; 2],
}

/// The course of a run, from the first request sent to the last token that was measured.
#[must_use]
pub fn course(measured: &[MeasuredRequest], simulated: &[MeasuredRequest]) -> Course {
    let sent_us = measured.iter().map(|request| request.arrival_us).max().unwrap_or(0);
    let end_us = measured.iter().map(|request| request.arrival_us + request.e2e_us.unwrap_or(0)).max();
    let width_us = (end_us.unwrap_or(0) as f64 / BINS as f64).max(1.0);
    let mut bins: Vec<Bin> =
        (0..BINS).map(|at| Bin { from_s: at as f64 * width_us / 1e6, ..Bin::default() }).collect();
    for (side, requests) in [measured, simulated].into_iter().enumerate() {
        for request in requests {
            let Some(e2e_us) = request.e2e_us else { continue };
            let (from, to) =
                (request.arrival_us as f64 / width_us, (request.arrival_us + e2e_us) as f64 / width_us);
            for (at, bin) in
                bins.iter_mut().enumerate().skip(from as usize).take(1 + (to - from).ceil() as usize)
            {
                let overlap = to.min(at as f64 + 1.0) - from.max(at as f64);
                bin.in_flight[side] += overlap.max(0.0);
            }
        }
    }
    let mut sums = vec![([0.0; 2], 0_u64); BINS];
    for (was, is) in measured.iter().zip(simulated) {
        let at = ((was.arrival_us as f64 / width_us) as usize).min(BINS - 1);
        if let (Some(measured_us), Some(simulated_us)) = (was.ttft_us, is.ttft_us) {
            sums[at].0[0] += measured_us as f64 / 1e3;
            sums[at].0[1] += simulated_us as f64 / 1e3;
            sums[at].1 += 1;
        }
    }
    for (bin, (sum, count)) in bins.iter_mut().zip(sums) {
        bin.ttft_ms = (count > 0).then(|| sum.map(|sum| sum / count as f64));
    }
    let total: f64 = bins.iter().map(|bin| bin.in_flight[0]).sum();
    let difference: f64 = bins.iter().map(|bin| (bin.in_flight[1] - bin.in_flight[0]).abs()).sum();
    let mean = |side: usize, from: f64, to: f64| {
        let part = &bins[from as usize..(to as usize).max(from as usize + 1).min(BINS)];
        part.iter().map(|bin| bin.in_flight[side]).sum::<f64>() / part.len() as f64
    };
    // While requests were sent: what follows only works them off.
    let sending = (sent_us as f64 / width_us).min(BINS as f64 - 1.0);
    let growth = [0, 1].map(|side| {
        let (middle, end) = (mean(side, 0.4 * sending, 0.6 * sending), mean(side, 0.8 * sending, sending));
        if middle > 0.0 { end / middle } else { 1.0 }
    });
    Course { in_flight_error: if total > 0.0 { difference / total } else { 0.0 }, growth, bins }
}
