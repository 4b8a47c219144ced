//! The metrics that experiments compare, by name: `ttft_p99`, `hit_rate`.
//!
//! A metric is a figure of a group of requests (all, those of a class) or of a whole run. Its name,
//! direction and scale are here, so that nobody has to guess whether more is better.

use super::{Distribution, Group, Summary};

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Less of it.
    Lower,
    /// More of it.
    Higher,
    /// Neither: it says how something came about.
    Neither,
}

impl Better {
    /// In one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neither => "neither",
        }
    }
}

/// What two values of a metric are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// By their ratio: times and rates, which are above 0.
    Ratio,
    /// By their difference: shares and counts, which may well be 0.
    Difference,
}

/// Whose metric it is.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// Of a group of requests.
    Group(fn(&Group) -> Option<f64>),
    /// Of a whole run.
    Run(fn(&Summary) -> Option<f64>),
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// `ms`, `1/s`, `share` (of 1), or nothing for a count.
    pub unit: &'static str,
    /// Which direction is good.
    pub better: Better,
    /// What two values are compared by.
    pub scale: Scale,
    /// What it is, for a person.
    pub meaning: &'static str,
    value: Value,
}

impl Metric {
    /// The metric of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// Whether groups of requests have it; otherwise only whole runs do.
    #[must_use]
    pub const fn is_of_groups(&self) -> bool {
        matches!(self.value, Value::Group(_))
    }

    /// Its value for a group.
    #[must_use]
    pub fn of_group(&self, group: &Group) -> Option<f64> {
        match self.value {
            Value::Group(of) => of(group),
            Value::Run(_) => None,
        }
    }

    /// Its value for a whole run.
    #[must_use]
    pub fn of_run(&self, summary: &Summary) -> Option<f64> {
        match self.value {
            Value::Group(of) => of(&summary.overall),
            Value::Run(of) => of(summary),
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn state(group: &Group, state: &str) -> Option<f64> {
    share(group.states.get(state).copied().unwrap_or(0), group.requests)
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

macro_rules! times {
    ($($field:ident: $($name:literal $figure:ident $meaning:literal),+;)+) => {
        [$($(
            Metric {
                name: $name,
                unit: "ms",
                better: Better::Lower,
                scale: Scale::Ratio,
                meaning: $meaning,
                value: Value::Group(|group| group.latencies.$field.map(|Distribution { $figure, .. }| $figure)),
            },
        )+)+]
    };
}

/// Latencies of completed requests.
const TIMES: [Metric; 20] = times! {
    ttft_ms:
        "ttft_mean" mean "time to the first token seen, mean",
        "ttft_p50" p50 "time to the first token seen, median",
        "ttft_p90" p90 "time to the first token seen, 90th percentile",
        "ttft_p99" p99 "time to the first token seen, 99th percentile";
    e2e_ms:
        "e2e_mean" mean "time to the last token seen, mean",
        "e2e_p50" p50 "time to the last token seen, median",
        "e2e_p90" p90 "time to the last token seen, 90th percentile",
        "e2e_p99" p99 "time to the last token seen, 99th percentile";
    itl_ms:
        "itl_mean" mean "gap between two tokens seen, mean",
        "itl_p50" p50 "gap between two tokens seen, median",
        "itl_p90" p90 "gap between two tokens seen, 90th percentile",
        "itl_p99" p99 "gap between two tokens seen, 99th percentile";
    tpot_ms:
        "tpot_mean" mean "time per output token after the first, mean",
        "tpot_p50" p50 "time per output token after the first, median",
        "tpot_p90" p90 "time per output token after the first, 90th percentile",
        "tpot_p99" p99 "time per output token after the first, 99th percentile";
    queueing_ms:
        "queueing_mean" mean "from arrival to the first step that computes something, mean",
        "queueing_p50" p50 "from arrival to the first step that computes something, median",
        "queueing_p90" p90 "from arrival to the first step that computes something, 90th percentile",
        "queueing_p99" p99 "from arrival to the first step that computes something, 99th percentile";
};

const fn metric(
    name: &'static str,
    unit: &'static str,
    better: Better,
    scale: Scale,
    meaning: &'static str,
    value: Value,
) -> Metric {
    Metric { name, unit, better, scale, meaning, value }
}

/// All others.
#[rustfmt::skip]
const OTHERS: [Metric; 27] = {
    use Better::{Higher, Lower, Neither};
    use Scale::{Difference, Ratio};
    use Value::{Group, Run};
    [
        metric("goodput", "share", Higher, Difference, "requests that met all targets of their class, of those offered", Group(|g| g.goodput?.share())),
        metric("completed", "share", Higher, Difference, "requests that completed", Group(|g| state(g, "completed"))),
        metric("rejected", "share", Lower, Difference, "requests that admission rejected", Group(|g| state(g, "rejected"))),
        metric("dropped", "share", Lower, Difference, "requests that could never fit", Group(|g| state(g, "dropped"))),
        metric("requests", "", Neither, Difference, "requests generated", Group(|g| Some(g.requests as f64))),
        metric("hit_rate", "share", Higher, Difference, "tokens hit in GPU memory or the CPU tier, of all admitted", Group(|g| g.hit_rate())),
        metric("hit_rate_gpu", "share", Higher, Difference, "tokens hit in GPU memory, of all admitted", Run(|s| Some(s.hit_rate_gpu))),
        metric("hit_rate_cpu", "share", Neither, Difference, "tokens hit in the CPU tier, of all admitted", Run(|s| Some(s.hit_rate_cpu))),
        metric("throughput_rps", "1/s", Higher, Ratio, "completed requests per second of simulated time", Run(|s| Some(s.throughput_rps))),
        metric("output_tokens_per_s", "1/s", Higher, Ratio, "output tokens per second of simulated time", Run(|s| Some(s.output_tokens_per_s))),
        metric("makespan_ms", "ms", Lower, Ratio, "simulated time at the last event", Run(|s| Some(s.end_ms))),
        metric("preemptions", "", Lower, Difference, "preemptions", Run(|s| Some(s.preemptions as f64))),
        metric("offloaded_blocks", "", Neither, Difference, "blocks copied to the CPU tier", Run(|s| Some(s.offloaded_blocks as f64))),
        metric("reloaded_blocks", "", Neither, Difference, "blocks reloaded from the CPU tier", Run(|s| Some(s.reloaded_blocks as f64))),
        metric("thrashed_blocks", "", Lower, Difference, "blocks reloaded within the thrash window", Run(|s| Some(s.thrashed_blocks as f64))),
        metric("kv_thrashing_rate", "share", Lower, Difference, "blocks reloaded within the thrash window, of those offloaded", Run(|s| Some(s.kv_thrashing_rate))),
        metric("kv_utilization_mean", "share", Neither, Difference, "used blocks, averaged over time and instances", Run(|s| mean(s.instances.iter().map(|i| i.kv_utilization_mean)))),
        metric("kv_utilization_peak", "share", Neither, Difference, "used blocks at the highest, of the fullest instance", Run(|s| s.instances.iter().map(|i| i.kv_utilization_peak).reduce(f64::max))),
        metric("reload_share", "share", Lower, Difference, "time in which an instance's reloads were under way, averaged over instances: pending_transfer_latency was above 0", Run(|s| (s.end_ms > 0.0).then(|| mean(s.instances.iter().map(|i| i.reload_ms / s.end_ms)))?)),
        metric("step_mean_reloading", "ms", Neither, Ratio, "duration of steps that blocking reloads made longer, mean", Run(|s| s.step_ms_mean_reloading)),
        metric("step_mean_plain", "ms", Neither, Ratio, "duration of all other steps, mean", Run(|s| s.step_ms_mean_plain)),
        metric("reloading_instances", "", Neither, Difference, "instances that reloaded anything", Run(|s| Some(s.instances.iter().filter(|i| i.reloaded_blocks > 0).count() as f64))),
        metric("busy_mean", "share", Neither, Difference, "time in which a step was under way, averaged over instances", Run(|s| mean(s.instances.iter().map(|i| i.busy)))),
        metric("routed_imbalance", "", Lower, Ratio, "requests of the instance with the most, over the mean", Run(imbalance)),
        metric("fairness_jain", "share", Higher, Difference, "Jain's index over tenants of output tokens received", Run(|s| s.fairness_jain)),
        metric("waiting_at_arrival", "", Lower, Difference, "waiting requests that arrivals of the last quarter found", Run(|s| Some(s.saturation?.waiting_last_quarter))),
        metric("steps", "", Neither, Ratio, "steps of all instances", Run(|s| Some(s.steps as f64))),
    ]
};

fn imbalance(summary: &Summary) -> Option<f64> {
    let most = summary.instances.iter().map(|instance| instance.routed).max()?;
    let mean = mean(summary.instances.iter().map(|instance| instance.routed as f64))?;
    (mean > 0.0).then(|| most as f64 / mean)
}

/// All metrics: latencies first, in the order in which lists show them.
pub static METRICS: [Metric; TIMES.len() + OTHERS.len()] = {
    let mut all = [OTHERS[0]; TIMES.len() + OTHERS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < TIMES.len() { TIMES[at] } else { OTHERS[at - TIMES.len()] };
        at += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (index, metric) in METRICS.iter().enumerate() {
            assert!(METRICS[..index].iter().all(|other| other.name != metric.name), "{}", metric.name);
            assert_eq!(Metric::by_name(metric.name).map(|found| found.name), Some(metric.name));
        }
        assert!(Metric::by_name("ttft").is_none());
    }

    #[test]
    fn a_figure_comes_from_where_its_name_says() {
        let times =
            |at: f64| Some(Distribution { count: 1, mean: at, p50: at + 1.0, p90: at + 2.0, p99: at + 3.0 });
        let mut group = Group { requests: 4, ..Group::default() };
        group.latencies.ttft_ms = times(10.0);
        group.latencies.e2e_ms = times(20.0);
        group.states.insert("completed", 3);
        let value = |name: &str| Metric::by_name(name).and_then(|metric| metric.of_group(&group));
        assert_eq!(
            (value("ttft_mean"), value("ttft_p90"), value("e2e_p99")),
            (Some(10.0), Some(12.0), Some(23.0))
        );
        assert_eq!((value("completed"), value("rejected")), (Some(0.75), Some(0.0)));
        assert_eq!((value("tpot_p50"), value("goodput"), value("preemptions")), (None, None, None));
    }
}
