//! Scores instances by a load signal, or leaves out those that are over a limit. Which signal, and
//! on what scale, are parameters; the policies under llm-d's names are presets of the same scorer.

mod limit;
mod presets;
mod scale;
mod scorer;
mod utilization;

use pointsman_plugin_api::export;

use limit::LoadLimit;
use presets::{ActiveRequest, LoadAware, Queue, RunningRequests, TokenLoad};
use scorer::LoadSignal;
use utilization::Utilization;

export! {
    scorers: [LoadSignal, Queue, RunningRequests, TokenLoad, LoadAware, ActiveRequest],
    filters: [LoadLimit, Utilization],
}
