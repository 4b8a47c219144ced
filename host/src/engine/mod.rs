//! The simulation of a serving cluster (`host/docs/model.md`).
//!
//! | room | what happens there |
//! |---|---|
//! | `simulation`, `ending` | the loop over events, and its end; `watch`: who may end it before |
//! | `event`, `timers` | which event comes next |
//! | `way_in` | arrival, admission, routing, entry into a queue |
//! | `step`, `step_end` | one step of an instance |
//! | `preemption` | who gives way when blocks run out |
//! | `latency` | how long it takes |
//! | `transfer` | offloads and reloads |
//! | `quiet` | what the fast engine does instead of steps in which nothing happens |
//! | `kv` | blocks, prefix cache, CPU tier |
//! | `feed` | what policies are told besides, and when |
//! | `signals` | what the router sees, and how old it is |
//! | `observer` | what a run shows to those who look on |
//! | `laws` | what must always hold |

mod ending;
mod event;
mod feed;
mod instance;
mod kv;
mod latency;
mod laws;
mod observer;
mod outcome;
mod preemption;
mod queue;
mod quiet;
mod request;
mod settings;
mod signals;
mod simulation;
mod step;
mod step_end;
mod timers;
mod transfer;
mod trend;
mod watch;
mod way_in;

pub use latency::{
    AffineContext, Architecture, Axis, Efficiency, Experts, Gpu, Grid, LatencyModel, Linear, Roofline,
    StepLoad, StepModel, Table,
};
pub use observer::{Levels, Moment, Observer, Routed, Step, Transfer};
pub use outcome::{Gap, InstanceTotals, RequestRecord, Sink, State, StateCounts, Totals};
pub use settings::{ClusterSettings, Engine, EngineSettings, KvSettings, Preemption, Reload};
pub use simulation::{LAST_TICK_US, RunError, Simulation};
pub use trend::Trend;
pub use watch::{Progress, Unwatched, Watch};
