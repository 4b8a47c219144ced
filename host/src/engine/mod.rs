//! The simulation of a serving cluster (`host/docs/model.md`).

mod settings;

pub use settings::{ClusterSettings, EngineSettings, KvSettings, LinearLatency, Preemption, Reload};
