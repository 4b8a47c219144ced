//! The times at which sessions start.

use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Gamma};

use super::draw::TICKS_PER_S;
use super::rate::Rate;
use crate::random;
use crate::workload::spec::{ArrivalsSpec, Process};
use crate::workload::{MAX_ARRIVAL_US, WorkloadError};

/// The clock that starts sessions, one after the other.
///
/// It counts expected requests, in which unit every session takes `rounds` and gaps have mean 1
/// session. The count is warped into time by the rate and cut to a whole microsecond only then:
/// rounding never accumulates. Equal gaps are counted in whole numbers; random ones are summed in
/// doubles, whose error stays below a thousandth of a gap for 10^12 sessions.
#[derive(Debug)]
pub(super) struct StartClock {
    gaps: Gaps,
    rate: Rate,
    rounds: f64,
    /// Sessions started so far, and the sum of their gaps in sessions.
    started: u64,
    sum: f64,
    rng: ChaCha8Rng,
}

#[derive(Debug)]
enum Gaps {
    Equal,
    Exponential,
    Gamma(Gamma<f64>),
}

impl StartClock {
    /// A clock for a validated description; `rate` replaces its mean rate.
    #[expect(clippy::cast_precision_loss, reason = "rounds are at most 2^16")]
    pub(super) fn new(
        spec: &ArrivalsSpec,
        rate: Option<f64>,
        rounds: u64,
        seed: u64,
    ) -> Result<Self, WorkloadError> {
        let gaps = match spec.process {
            Process::Constant => Gaps::Equal,
            Process::Poisson => Gaps::Exponential,
            Process::Gamma => {
                // Shape 1/cv^2 and scale cv^2 give mean 1 and standard deviation cv.
                let cv = spec.cv.unwrap_or(1.0);
                let square = cv * cv;
                let gamma = Gamma::new(1.0 / square, square);
                Gaps::Gamma(
                    gamma.map_err(|_| WorkloadError::config("workload.arrivals.cv", "is out of range"))?,
                )
            }
        };
        let rng = random::stream(seed, "arrivals");
        Ok(Self { gaps, rate: Rate::new(spec, rate), rounds: rounds as f64, started: 0, sum: 0.0, rng })
    }

    /// Start of the next session. \[us\]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the latest arrival"
    )]
    pub(super) fn next_us(&mut self) -> Result<u64, WorkloadError> {
        let sessions = match &self.gaps {
            Gaps::Equal => self.started as f64,
            Gaps::Exponential => {
                self.sum += Distribution::<f64>::sample(&Exp1, &mut self.rng);
                self.sum
            }
            Gaps::Gamma(gamma) => {
                self.sum += gamma.sample(&mut self.rng);
                self.sum
            }
        };
        self.started += 1;
        let ticks = match self.rate {
            // One division, so that a rate that divides the ticks gives exact times.
            Rate::Constant(rate) => sessions * self.rounds * TICKS_PER_S / rate,
            _ => self.rate.time_s(sessions * self.rounds) * TICKS_PER_S,
        };
        if ticks < MAX_ARRIVAL_US as f64 {
            Ok(ticks as u64)
        } else {
            let problem = format!("session {} would start after 2^62 us: raise the rate", self.started - 1);
            Err(WorkloadError::Range(problem))
        }
    }
}
