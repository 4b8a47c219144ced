//! Whether a run is past saturation: the queue still grows at the last arrival. In a closed loop that
//! is the last start of a session: later rounds come as slowly as the cluster lets them.

use serde::Serialize;

use crate::engine::Trend;

/// Fewer arrivals than this say nothing about a trend.
const FEWEST_ARRIVALS: u64 = 40;
/// The last quarter's mean must exceed the third's by this factor. A queue that grows steadily
/// from nothing gives 1.4.
const GROWTH: f64 = 1.15;

/// At least this share of the arrivals between the two quarters must have piled up: a queue near
/// saturation wanders, one past it keeps what it cannot serve.
const PILED_UP: f64 = 0.02;

/// How the waiting queue developed in the second half of the arrivals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Saturation {
    /// Mean number of waiting requests in the cluster, seen by the third quarter of the arrivals.
    pub waiting_third_quarter: f64,
    /// The same for the last quarter.
    pub waiting_last_quarter: f64,
    /// Whether the queue still grows: latencies then depend on how long the run is.
    pub still_growing: bool,
}

impl Saturation {
    /// From the waiting requests that the first `count` arrivals found; `None` for too few arrivals.
    #[must_use]
    pub fn of(waiting_at_arrival: &Trend, count: u64, instances: usize) -> Option<Self> {
        if count < FEWEST_ARRIVALS {
            return None;
        }
        let third = waiting_at_arrival.mean(count / 2, count * 3 / 4)?;
        let last = waiting_at_arrival.mean(count * 3 / 4, count)?;
        let piled_up = (last - third) / (count as f64 / 4.0);
        // Less than one waiting request per instance is no queue worth the word.
        let still_growing = last >= instances as f64 && last > GROWTH * third && piled_up > PILED_UP;
        Some(Self { waiting_third_quarter: third, waiting_last_quarter: last, still_growing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_climb_is_past_saturation_and_a_plateau_is_not() {
        let of = |waiting: &dyn Fn(u64) -> u64, count| {
            let mut trend = Trend::default();
            (0..count).for_each(|t| trend.push(waiting(t)));
            Saturation::of(&trend, count, 4)
        };
        assert!(of(&|t| t, 400).unwrap().still_growing);
        assert!(!of(&|t| t.min(100) + t % 7, 400).unwrap().still_growing);
        assert!(!of(&|t| u64::from(t == 390), 400).unwrap().still_growing);
        assert!(of(&|t| t, 10).is_none());
    }
}
