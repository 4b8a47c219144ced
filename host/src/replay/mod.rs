//! A measured run once more, on a simulated server: the same requests at the same times.
//!
//! What the client did is modelled as such, apart from the server: a cap on the requests that it holds at
//! once, and the time that a request and its tokens spend on its side (`source`).

mod client;
mod levels;
mod source;

pub use client::Client;
pub use levels::{Level, Series};

use levels::Keeper;
use source::ReplaySource;

use crate::config::Resolved;
use crate::engine::{ClusterSettings, Engine, Gap, RequestRecord, Simulation, Sink, Unwatched};
use crate::measured::{MeasuredRequest, MeasuredRun};
use crate::registry::Catalogue;
use crate::run::{self, RunFailure};

/// A server to replay runs on: one instance with its policies.
pub struct Server<'a> {
    /// The configuration; its workload does not count.
    pub resolved: &'a Resolved,
    /// Where its policies are from.
    pub catalogue: &'a Catalogue,
}

/// What the simulated client saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// In the order of the measured requests; arrivals are when the simulated client sent them.
    pub requests: Vec<MeasuredRequest>,
    /// How full the server was.
    pub series: Series,
    /// Preemptions.
    pub preemptions: u64,
    /// Prefix hits out of all prompt tokens.
    pub hit_rate: f64,
}

/// Keeps what becomes of each request.
#[derive(Default)]
struct Records(Vec<RequestRecord>);

impl Sink for Records {
    fn record(&mut self, record: RequestRecord, _: &[Gap]) {
        self.0.push(record);
    }

    fn adds_up_gaps(&self) -> bool {
        true
    }
}

impl Server<'_> {
    /// Replays a run on the server as it is configured.
    ///
    /// # Errors
    ///
    /// Why the simulation ended early.
    pub fn replay(&self, run: &MeasuredRun, client: &Client) -> Result<Replayed, RunFailure> {
        self.replay_with(&self.resolved.settings, run, client, true)
    }

    /// The same with other settings; `watches`: the series is wanted, which takes longer.
    ///
    /// # Errors
    ///
    /// Why the simulation ended early.
    pub fn replay_with(
        &self,
        settings: &ClusterSettings,
        run: &MeasuredRun,
        client: &Client,
        watches: bool,
    ) -> Result<Replayed, RunFailure> {
        let mut policies = run::policies(self.resolved, self.catalogue)?;
        let mut source = ReplaySource::new(run, client, settings.kv.block_size);
        let mut records = Records::default();
        let mut keeper = Keeper::new(settings.kv.blocks);
        let mut simulation =
            Simulation::new(settings, Engine::Fast, &mut policies, &mut source, &mut records);
        if watches {
            simulation = simulation.observed_by(&mut keeper);
        }
        let totals = simulation.run(&mut Unwatched).map_err(RunFailure::from)?;
        records.0.sort_unstable_by_key(|record| record.id);
        let instance = totals.instances.first();
        let admitted = instance.map_or(0, |instance| instance.admitted_tokens);
        let hits = instance.map_or(0, |instance| instance.hit_tokens_gpu + instance.hit_tokens_cpu);
        Ok(Replayed {
            requests: records.0.iter().map(|record| seen(record, client)).collect(),
            series: keeper.into_series(),
            preemptions: instance.map_or(0, |instance| instance.preemptions),
            hit_rate: if admitted > 0 { hits as f64 / admitted as f64 } else { 0.0 },
        })
    }
}

/// What the client saw of a simulated request.
fn seen(record: &RequestRecord, client: &Client) -> MeasuredRequest {
    let later = |us: Option<u64>| us.map(|us| us.saturating_add(client.overhead_us));
    let e2e_us = later(record.e2e_us);
    MeasuredRequest {
        arrival_us: record.arrival_us,
        prompt_tokens: record.prompt_tokens,
        output_tokens: record.output_tokens.max(1),
        ttft_us: later(record.ttft_us).filter(|_| e2e_us.is_some()),
        e2e_us,
    }
}
