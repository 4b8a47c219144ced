//! What a group of requests adds up to, exactly or in bounded memory.

use super::sketch::Sketch;
use super::{Distribution, Goodput, Group, Latencies, Targets};
use crate::engine::{RequestRecord, State, StateCounts};

/// Times of requests, each `span_us / parts`.
pub(super) trait Times {
    /// None yet; of times that may be less than a microsecond, or of whole ones.
    fn empty(is_whole: bool) -> Self;

    /// One more; `parts` is not 0.
    fn add(&mut self, span_us: u64, parts: u64);

    /// Mean and percentiles; `None` if there are none.
    fn into_distribution(self) -> Option<Distribution>;
}

/// All of them, in microseconds.
impl Times for Vec<f64> {
    fn empty(_: bool) -> Self {
        Self::new()
    }

    fn add(&mut self, span_us: u64, parts: u64) {
        self.push(span_us as f64 / parts as f64);
    }

    fn into_distribution(mut self) -> Option<Distribution> {
        Distribution::of_us(&mut self)
    }
}

impl Times for Sketch {
    fn empty(is_whole: bool) -> Self {
        Self::new(if is_whole { 1 } else { 1000 })
    }

    fn add(&mut self, span_us: u64, parts: u64) {
        self.add(span_us, parts, 1);
    }

    fn into_distribution(self) -> Option<Distribution> {
        self.distribution()
    }
}

/// Counts and latencies of a group.
#[derive(Debug, Clone)]
pub(super) struct Tally<T> {
    states: StateCounts,
    goodput: Goodput,
    hit_tokens: u64,
    admitted_tokens: u64,
    ttft: T,
    tpot: T,
    e2e: T,
    queueing: T,
}

impl<T: Times> Tally<T> {
    /// Of nobody.
    pub(super) fn new() -> Self {
        Self {
            states: StateCounts::default(),
            goodput: Goodput::default(),
            hit_tokens: 0,
            admitted_tokens: 0,
            ttft: T::empty(true),
            tpot: T::empty(false),
            e2e: T::empty(true),
            queueing: T::empty(true),
        }
    }

    /// One more request, with the targets of its class.
    pub(super) fn add(&mut self, record: &RequestRecord, targets: Option<&Targets>) {
        self.states.add(record.state);
        self.hit_tokens += record.hit_tokens_gpu + record.hit_tokens_cpu;
        self.admitted_tokens += record.admitted_tokens;
        if let Some(targets) = targets.filter(|_| record.state != State::NotArrived) {
            self.goodput.offered += 1;
            self.goodput.met += u64::from(targets.met(record));
        }
        if record.state != State::Completed {
            return;
        }
        let whole = [
            (&mut self.ttft, record.ttft_us),
            (&mut self.e2e, record.e2e_us),
            (&mut self.queueing, record.queueing_us()),
        ];
        for (times, time_us) in whole {
            if let Some(time_us) = time_us {
                times.add(time_us, 1);
            }
        }
        if let Some((span_us, gaps)) = record.decode_us() {
            self.tpot.add(span_us, gaps);
        }
    }

    /// What it comes to, with the gaps between the tokens of the group.
    pub(super) fn finish(self, itl_ms: Option<Distribution>) -> Group {
        Group {
            requests: self.states.total(),
            states: State::ALL.into_iter().map(|state| (state.name(), self.states.get(state))).collect(),
            latencies: Latencies {
                ttft_ms: self.ttft.into_distribution(),
                itl_ms,
                tpot_ms: self.tpot.into_distribution(),
                e2e_ms: self.e2e.into_distribution(),
                queueing_ms: self.queueing.into_distribution(),
            },
            goodput: (self.goodput.offered > 0).then_some(self.goodput),
            hit_tokens: self.hit_tokens,
            admitted_tokens: self.admitted_tokens,
        }
    }
}

impl Tally<Sketch> {
    /// Adds all requests of another group.
    pub(super) fn merge(&mut self, other: &Self) {
        self.states.merge(&other.states);
        self.goodput.offered += other.goodput.offered;
        self.goodput.met += other.goodput.met;
        self.hit_tokens += other.hit_tokens;
        self.admitted_tokens += other.admitted_tokens;
        self.ttft.merge(&other.ttft);
        self.tpot.merge(&other.tpot);
        self.e2e.merge(&other.e2e);
        self.queueing.merge(&other.queueing);
    }
}

#[cfg(test)]
impl Tally<Sketch> {
    /// Numbers that are kept.
    pub(super) fn retained(&self) -> usize {
        [&self.ttft, &self.tpot, &self.e2e, &self.queueing].iter().map(|sketch| sketch.retained()).sum()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A request of three tokens that completed after this.
    pub(in crate::metrics) fn completed(id: u64, e2e_us: u64) -> RequestRecord {
        RequestRecord {
            id,
            instance: Some(0),
            tenant: None,
            slo_class: None,
            session: None,
            round: None,
            arrival_us: 10 * id,
            queued_us: Some(10 * id),
            first_scheduled_us: Some(10 * id + e2e_us / 5),
            ttft_us: Some(e2e_us / 3),
            e2e_us: Some(e2e_us),
            max_itl_us: Some(e2e_us / 2),
            prompt_tokens: 16,
            output_tokens: 3,
            hit_tokens_gpu: id % 3,
            hit_tokens_cpu: 1,
            admitted_tokens: 16,
            pending_transfer_at_routing_us: Some(0),
            preemptions: 0,
            state: State::Completed,
        }
    }

    /// Counts are the same either way; percentiles within the error.
    #[test]
    fn a_sketched_group_is_the_exact_one_but_for_its_percentiles() {
        let records: Vec<_> = (0..5000_u64)
            .map(|id| {
                let record = completed(id, 1000 + id * id * 17 % 9_000_000);
                match id % 7 {
                    0 => RequestRecord { state: State::Running, e2e_us: None, ..record },
                    1 => RequestRecord { output_tokens: 1, ..record },
                    _ => record,
                }
            })
            .collect();
        let targets = Targets { e2e_ms: Some(4000.0), ..Targets::default() };
        let (mut exact, mut sketched) = (Tally::<Vec<f64>>::new(), Tally::<Sketch>::new());
        for record in &records {
            exact.add(record, Some(&targets));
            sketched.add(record, Some(&targets));
        }
        let (exact, sketched) = (exact.finish(None), sketched.finish(None));
        let counts = |group: &Group| (group.requests, group.states.clone(), group.goodput, group.hit_rate());
        assert_eq!(counts(&exact), counts(&sketched));
        let times = |group: &Group| {
            let Latencies { ttft_ms, tpot_ms, e2e_ms, queueing_ms, .. } = group.latencies.clone();
            [ttft_ms, tpot_ms, e2e_ms, queueing_ms].map(Option::unwrap)
        };
        for (exact, sketched) in times(&exact).into_iter().zip(times(&sketched)) {
            assert_eq!(exact.count, sketched.count);
            assert!((exact.mean - sketched.mean).abs() < 1e-6);
            for (exact, sketched) in
                [exact.p50, exact.p90, exact.p99].into_iter().zip([sketched.p50, sketched.p90, sketched.p99])
            {
                assert!(
                    (exact - sketched).abs() <= exact * crate::metrics::RELATIVE_ERROR,
                    "{exact} {sketched}"
                );
            }
        }
    }
}
