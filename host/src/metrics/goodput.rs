//! Goodput: how many requests met all targets of their class.

use serde::Serialize;

use crate::engine::RequestRecord;

/// The latency targets of an SLO class; those not given are not asked for. \[ms\]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Targets {
    /// Time to the first token.
    pub ttft_ms: Option<f64>,
    /// Time per output token after the first.
    pub tpot_ms: Option<f64>,
    /// The longest gap between two tokens.
    pub itl_ms: Option<f64>,
    /// Time to the last token.
    pub e2e_ms: Option<f64>,
}

impl Targets {
    /// Whether a request completed within all targets.
    #[must_use]
    pub fn met(&self, record: &RequestRecord) -> bool {
        let within = |time_us: Option<f64>, target_ms: Option<f64>| match (time_us, target_ms) {
            // Divided, since 2.3 * 1e3 is less than 2300, and 2300 / 1e3 is 2.3.
            (Some(us), Some(target_ms)) => us / 1e3 <= target_ms,
            // No target, or no such time: a request of a single token has no TPOT.
            _ => true,
        };
        record.e2e_us.is_some()
            && within(record.ttft_us.map(|us| us as f64), self.ttft_ms)
            && within(record.tpot_us(), self.tpot_ms)
            && within(record.max_itl_us.map(|us| us as f64), self.itl_ms)
            && within(record.e2e_us.map(|us| us as f64), self.e2e_ms)
    }
}

/// Requests that met all targets of their class, out of all offered in classes with targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Goodput {
    /// Completed within all targets.
    pub met: u64,
    /// Arrived, in classes with targets.
    pub offered: u64,
}

impl Goodput {
    /// Share of the offered that met their targets.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.met as f64 / self.offered as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::State;

    /// A request of three tokens: seen at 2300, then after 100 and after 300.
    fn completed() -> RequestRecord {
        RequestRecord {
            id: 0,
            instance: Some(0),
            tenant: None,
            slo_class: None,
            session: None,
            round: None,
            arrival_us: 0,
            queued_us: Some(0),
            first_scheduled_us: Some(0),
            ttft_us: Some(2300),
            e2e_us: Some(2700),
            max_itl_us: Some(300),
            prompt_tokens: 16,
            output_tokens: 3,
            hit_tokens_gpu: 0,
            hit_tokens_cpu: 0,
            admitted_tokens: 16,
            pending_transfer_at_routing_us: Some(0),
            preemptions: 0,
            state: State::Completed,
        }
    }

    #[test]
    fn a_target_is_met_up_to_its_last_microsecond() {
        let all = Targets { ttft_ms: Some(2.3), tpot_ms: Some(0.2), itl_ms: Some(0.3), e2e_ms: Some(2.7) };
        assert!(all.met(&completed()));
        for missed in [
            Targets { ttft_ms: Some(2.299), ..all },
            Targets { tpot_ms: Some(0.199), ..all },
            Targets { itl_ms: Some(0.299), ..all },
            Targets { e2e_ms: Some(2.699), ..all },
        ] {
            assert!(!missed.met(&completed()), "{missed:?}");
        }
    }

    /// In doubles 1.001 * 1000 is above 1001, and 2.3 * 1000 below 2300.
    #[test]
    fn every_whole_number_of_microseconds_meets_itself_as_a_target() {
        for us in 1..10_000 {
            let ttft_ms = format!("{}.{:03}", us / 1000, us % 1000).parse().unwrap();
            let target = Targets { ttft_ms: Some(ttft_ms), ..Targets::default() };
            let seen = |us| RequestRecord { ttft_us: Some(us), e2e_us: Some(20_000), ..completed() };
            assert!(target.met(&seen(us)) && !target.met(&seen(us + 1)), "{us}");
        }
    }

    #[test]
    fn what_did_not_complete_meets_nothing_and_one_token_has_no_tpot() {
        assert!(!Targets::default().met(&RequestRecord { e2e_us: None, ..completed() }));
        let one = RequestRecord { output_tokens: 1, e2e_us: Some(2300), max_itl_us: None, ..completed() };
        let strict = Targets { tpot_ms: Some(1e-9), itl_ms: Some(1e-9), ..Targets::default() };
        assert!(strict.met(&one));
    }
}
