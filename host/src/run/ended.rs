//! The requests of a run as they end: to its summary, and to whoever wants to hear of each.

use crate::engine::{Gap, RequestRecord, Sink};
use crate::metrics::{Collector, Waits};

/// Hears of every request once: when it ends, or at the end of the run.
pub type Listener<'a> = &'a mut dyn FnMut(&RequestRecord);

/// Passes them on.
pub(super) struct Ended<'a> {
    pub(super) collector: Collector,
    /// How long each waited, where decisions are to be judged.
    pub(super) waits: Option<Waits>,
    pub(super) listener: Option<Listener<'a>>,
}

impl Sink for Ended<'_> {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        if let Some(waits) = &mut self.waits {
            waits.add(&record);
        }
        if let Some(listener) = &mut self.listener {
            listener(&record);
        }
        self.collector.record(record, gaps);
    }

    fn adds_up_gaps(&self) -> bool {
        self.collector.adds_up_gaps()
    }

    fn gaps_of(&mut self, class: &str, gaps: Gap) {
        self.collector.gaps_of(class, gaps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::engine::Unwatched;
    use crate::metrics::{Distribution, Group, Keep, RELATIVE_ERROR};
    use crate::report::rows::RequestRows;
    use crate::report::{csv, json};
    use crate::run::{Outcome, builtin_catalogue, prepare};

    /// Waiting, preemption, offloads, rejection by nobody, drops, sessions, tenants and an end before the end.
    fn config(horizon_us: Option<u64>, mode: &str) -> serde_json::Value {
        serde_json::json!({
            "seed": 3,
            "horizon_us": horizon_us,
            "cluster": {"instances": 3, "kv": {"blocks": 150, "cpu_blocks": 200, "offload_threshold": 0.5}},
            "policy": {"routing": "pa:1,qd:1"},
            "workload": {
                "requests": 900,
                "arrivals": {"process": "poisson", "rate_per_s": 30},
                "prompt_tokens": {"dist": "lognormal", "median": 120, "sigma": 1.0, "max": 3000},
                "output_tokens": {"dist": "uniform", "min": 1, "max": 60},
                "classes": [{"name": "critical", "share": 1}, {"name": "batch", "share": 2}],
                "tenants": [{"name": "a", "share": 1}, {"name": "b", "share": 3}],
                "sessions": {"rounds": 3, "think_time_s": {"dist": "exponential", "mean": 0.2}, "loop": mode},
            },
            "slo": {"critical": {"ttft_ms": 200, "tpot_ms": 30}},
        })
    }

    /// The run, and the lines of its requests as they were written while it went on.
    fn run(config: &serde_json::Value, keep: Keep) -> (Outcome, Vec<u8>) {
        let resolved = Config::from_value(config, "test", &[]).unwrap().resolve().unwrap();
        let prepared = prepare(resolved, &builtin_catalogue(), None).unwrap().keeping(keep);
        let mut rows = RequestRows::new(None);
        let mut push = |record: &RequestRecord| rows.push(record);
        let outcome = prepared.execute_told(&mut Unwatched, None, Some(&mut push)).unwrap();
        let mut lines = Vec::new();
        rows.write(&mut lines).unwrap();
        (outcome, lines)
    }

    fn written(outcome: &Outcome) -> serde_json::Value {
        let mut out = Vec::new();
        json::write(outcome, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn percentiles(group: &Group) -> Vec<Distribution> {
        let times = &group.latencies;
        let all = [times.ttft_ms, times.itl_ms, times.tpot_ms, times.e2e_ms, times.queueing_ms];
        all.into_iter().flatten().collect()
    }

    /// Counts, sums, means, shares: all but percentiles.
    fn without_percentiles(mut document: serde_json::Value) -> serde_json::Value {
        fn strip(value: &mut serde_json::Value) {
            match value {
                serde_json::Value::Object(entries) => {
                    ["p50", "p90", "p99", "percentiles"].iter().for_each(|key| drop(entries.remove(*key)));
                    if let Some(mean) = entries.get_mut("mean") {
                        // Sums in another order differ in their last digits.
                        *mean = format!("{:.8}", mean.as_f64().unwrap()).into();
                    }
                    entries.values_mut().for_each(strip);
                }
                serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
                _ => {}
            }
        }
        strip(&mut document);
        document
    }

    #[test]
    fn beyond_the_limit_only_percentiles_differ_and_by_no_more_than_is_said() {
        let cut = Some(20_000_000);
        for (horizon_us, mode) in [(None, "closed"), (cut, "closed"), (None, "open"), (cut, "open")] {
            let config = config(horizon_us, mode);
            let (all, lines) = run(&config, Keep::All);
            let requests = all.summary.overall.requests;
            assert_eq!(requests as usize, all.collector.records().len());
            assert!(requests > 300 && all.summary.overall.completed() > 200, "{requests}");
            for limit in [0, 1, 200, requests - 1] {
                let (some, same_lines) = run(&config, Keep::UpTo(limit));
                assert!(some.collector.records().is_empty(), "nothing is retained");
                assert_eq!(same_lines, lines);
                assert_eq!(without_percentiles(written(&some)), without_percentiles(written(&all)));
                assert_eq!(some.summary.percentiles.relative_error, Some(RELATIVE_ERROR));
                let groups = |outcome: &Outcome| {
                    let all = std::iter::once(&outcome.summary.overall);
                    all.chain(outcome.summary.per_class.values()).flat_map(percentiles).collect::<Vec<_>>()
                };
                for (found, exact) in groups(&some).iter().zip(groups(&all)) {
                    for (found, exact) in
                        [(found.p50, exact.p50), (found.p90, exact.p90), (found.p99, exact.p99)]
                    {
                        assert!((found - exact).abs() <= exact * RELATIVE_ERROR + 1e-6, "{found} {exact}");
                    }
                }
            }
        }
    }

    #[test]
    fn up_to_the_limit_nothing_differs() {
        let config = config(None, "open");
        let (all, lines) = run(&config, Keep::All);
        let requests = all.summary.overall.requests;
        let (some, same_lines) = run(&config, Keep::UpTo(requests));
        assert_eq!((written(&some), &same_lines), (written(&all), &lines));
        assert_eq!(some.collector.records(), all.collector.records());
        let mut kept = Vec::new();
        csv::write(all.collector.records(), &mut kept).unwrap();
        assert_eq!(kept, lines);
        assert_eq!(written(&all)["summary"]["percentiles"], serde_json::json!({"method": "exact"}));
    }
}
