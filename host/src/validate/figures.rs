//! The figures of a run.

use std::fmt;
use std::str::FromStr;

use crate::measured::MeasuredRequest;
use crate::metrics::percentile;

/// What is measured of a request, or of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// From sending it to its first token.
    Ttft,
    /// Time per output token after the first: the mean of a request's gaps.
    Tpot,
    /// From sending it to its last token.
    E2e,
    /// Output tokens per second, from the first request sent to the last token seen.
    Throughput,
}

/// What is made of a metric over requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// The mean.
    Mean,
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 99th percentile.
    P99,
}

/// A statistic of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    /// Of what.
    pub metric: Metric,
    /// Which; of the throughput always the mean.
    pub statistic: Statistic,
}

/// A figure, measured and simulated: times in ms, throughput in tokens per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Which.
    pub figure: Figure,
    /// Of the real server.
    pub measured: f64,
    /// Of the simulated one.
    pub simulated: f64,
}

impl Compared {
    /// How much more the simulation says, as a share of what was measured.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.simulated / self.measured - 1.0
    }
}

const STATISTICS: [(Statistic, &str); 4] =
    [(Statistic::Mean, "mean"), (Statistic::P50, "p50"), (Statistic::P90, "p90"), (Statistic::P99, "p99")];
const METRICS: [(Metric, &str); 3] = [(Metric::Ttft, "ttft"), (Metric::Tpot, "tpot"), (Metric::E2e, "e2e")];

impl Figure {
    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        let times = METRICS.iter().flat_map(|(metric, _)| {
            STATISTICS.iter().map(|(statistic, _)| Self { metric: *metric, statistic: *statistic })
        });
        times.chain([Self { metric: Metric::Throughput, statistic: Statistic::Mean }])
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metric = METRICS.iter().find(|(metric, _)| *metric == self.metric);
        let statistic = STATISTICS.iter().find(|(statistic, _)| *statistic == self.statistic);
        match (metric, statistic) {
            (Some((_, metric)), Some((_, statistic))) => write!(f, "{metric}_{statistic}"),
            _ => write!(f, "throughput"),
        }
    }
}

impl FromStr for Figure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::all().find(|figure| figure.to_string() == text).ok_or_else(|| {
            let names: Vec<String> = Self::all().map(|figure| figure.to_string()).collect();
            let near = crate::config::nearest(text, names.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("there is no figure `{text}`{hint} (there are: {})", names.join(", "))
        })
    }
}

/// All figures over the requests that completed both times.
#[must_use]
pub fn compare(measured: &[MeasuredRequest], simulated: &[MeasuredRequest]) -> Vec<Compared> {
    let both: Vec<(&MeasuredRequest, &MeasuredRequest)> = measured
        .iter()
        .zip(simulated)
        .filter(|(was, is)| was.e2e_us.is_some() && is.e2e_us.is_some())
        .collect();
    let was: Vec<&MeasuredRequest> = both.iter().map(|(was, _)| *was).collect();
    let is: Vec<&MeasuredRequest> = both.iter().map(|(_, is)| *is).collect();
    let mut all = Vec::new();
    for (metric, _) in METRICS {
        let (was, is) = (Sorted::of(&was, metric), Sorted::of(&is, metric));
        for (statistic, _) in STATISTICS {
            if let (Some(measured), Some(simulated)) = (was.statistic(statistic), is.statistic(statistic)) {
                all.push(Compared { figure: Figure { metric, statistic }, measured, simulated });
            }
        }
    }
    if let (Some(measured), Some(simulated)) = (throughput(&was), throughput(&is)) {
        let figure = Figure { metric: Metric::Throughput, statistic: Statistic::Mean };
        all.push(Compared { figure, measured, simulated });
    }
    all
}

/// Times in ascending order. \[ms\]
struct Sorted(Vec<f64>);

impl Sorted {
    fn of(requests: &[&MeasuredRequest], metric: Metric) -> Self {
        let time = |request: &MeasuredRequest| match metric {
            Metric::Ttft => request.ttft_us.map(|us| us as f64),
            Metric::Tpot => request.tpot_us(),
            Metric::E2e => request.e2e_us.map(|us| us as f64),
            Metric::Throughput => None,
        };
        let mut times: Vec<f64> =
            requests.iter().filter_map(|request| time(request)).map(|us| us / 1e3).collect();
        times.sort_unstable_by(f64::total_cmp);
        Self(times)
    }

    fn statistic(&self, statistic: Statistic) -> Option<f64> {
        let p = match statistic {
            _ if self.0.is_empty() => return None,
            Statistic::Mean => return Some(self.0.iter().sum::<f64>() / self.0.len() as f64),
            Statistic::P50 => 50.0,
            Statistic::P90 => 90.0,
            Statistic::P99 => 99.0,
        };
        Some(percentile(self.0.len() as u64, p, |at| self.0[at as usize]))
    }
}

fn throughput(requests: &[&MeasuredRequest]) -> Option<f64> {
    let tokens: u64 = requests.iter().map(|request| request.output_tokens).sum();
    let first_us = requests.iter().map(|request| request.arrival_us).min()?;
    let last_us = requests.iter().filter_map(|request| Some(request.arrival_us + request.e2e_us?)).max()?;
    (last_us > first_us).then(|| tokens as f64 * 1e6 / (last_us - first_us) as f64)
}
