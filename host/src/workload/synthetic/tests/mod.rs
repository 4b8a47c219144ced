//! Laws of the synthetic generator.

mod arrivals;
mod edges;
mod identities;
mod mixes;
mod sessions;

use crate::workload::{Arrival, End, Source, WorkloadSpec, open};

/// A description from YAML, with usual values for what the text leaves out.
fn spec(text: &str) -> WorkloadSpec {
    let mut spec: WorkloadSpec = serde_yaml::from_str(text).unwrap();
    let usual: WorkloadSpec = serde_yaml::from_str(
        "{requests: 1000, arrivals: {process: poisson, rate_per_s: 100}, prompt_tokens: 100, output_tokens: 20}",
    )
    .unwrap();
    spec.requests = spec.requests.or(usual.requests);
    spec.arrivals = spec.arrivals.or(usual.arrivals);
    spec.prompt_tokens = spec.prompt_tokens.or(usual.prompt_tokens);
    spec.output_tokens = spec.output_tokens.or(usual.output_tokens);
    spec
}

fn source(text: &str, seed: u64) -> Box<dyn Source> {
    open(&spec(text), seed, 16).unwrap()
}

/// Runs a source against an engine in which every request takes `service_us`, and returns all arrivals
/// in the order of their creation.
fn run(source: &mut dyn Source, service_us: impl Fn(&Arrival) -> u64) -> Vec<Arrival> {
    let mut running: Vec<(u64, u64)> = Vec::new();
    let mut all = Vec::new();
    loop {
        let next_end = running.iter().copied().min();
        let next_arrival = source.peek_us().unwrap();
        let arrival = match (next_end, next_arrival) {
            (None, None) => return all,
            (Some((end_us, ticket)), arrival_us) if arrival_us.is_none_or(|us| end_us <= us) => {
                running.retain(|&(_, other)| other != ticket);
                let created = source.on_end(ticket, End::Completed { seen_us: end_us }).unwrap();
                assert!(created.as_ref().is_none_or(|arrival| arrival.arrival_us >= end_us));
                created
            }
            _ => {
                let arrival = source.take().unwrap();
                assert_eq!(arrival.as_ref().map(|arrival| arrival.arrival_us), next_arrival);
                arrival
            }
        };
        if let Some(arrival) = arrival {
            if let Some(ticket) = arrival.ticket {
                running.push((arrival.arrival_us + service_us(&arrival), ticket));
            }
            all.push(arrival);
        }
    }
}

/// All requests of a source in which nothing waits for anything.
fn all(text: &str, seed: u64) -> Vec<Arrival> {
    run(&mut *source(text, seed), |_| 1000)
}

/// Mean and standard deviation.
#[expect(clippy::cast_precision_loss, reason = "small samples")]
fn moments(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    (mean, variance.sqrt())
}
