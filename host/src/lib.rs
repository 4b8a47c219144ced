//! Pointsman: a laboratory for the policies that decide where an LLM inference request runs
//! and when.
//!
//! The model that this crate simulates is written down in `host/docs/model.md`. Read these
//! three files first: `engine/simulation.rs` (the order of events), `engine/step.rs` (one step
//! of an instance) and `policy/router.rs` (how policies are asked).
//!
//! Data flows one way, a module each:
//!
//! ```text
//! config -> registry -> workload -> engine -> metrics -> experiment -> report
//!               \_ policies are called only by the engine, through `policy` _/
//! ```
//!
//! `measured` reads what a real server did, `replay` puts the same requests to a simulated one, `validate` compares
//! both, and `calibrate` looks for the parameters with which they agree.
//!
//! `run` puts these together for one run, `schema` says what may be written in a configuration, and
//! `scaffold` writes new policy crates; `cli` is the command line over them, and the only module that
//! prints or exits. `recency` says what was used last, to the CPU tier and to `prefix-affinity`. `worker` runs a command in a process of its own, so that a policy that crashes
//! takes nothing else with it.

pub mod calibrate;
pub mod check;
pub mod cli;
pub mod config;
pub mod engine;
pub mod experiment;
pub mod measured;
pub mod metrics;
pub mod policy;
pub mod random;
mod recency;
pub mod registry;
pub mod replay;
pub mod report;
pub mod run;
pub mod scaffold;
pub mod schema;
pub mod validate;
#[cfg(unix)]
pub mod worker;
pub mod workload;
