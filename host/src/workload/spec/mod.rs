//! The `workload:` section of a configuration, as typed data.

mod arrivals;
mod check;
mod describe;
mod dist;
mod mix;
mod trace;
mod validate;
mod workload;

pub use arrivals::{ArrivalsSpec, PhaseSpec, Process, SwingSpec};
pub use dist::{DistKind, DistSpec};
pub use mix::{ClassSpec, Loop, Popularity, SessionSpec, SharedPrefixSpec, TenantSpec};
pub use trace::{Columns, TimeUnit, TraceFormat};
pub use workload::WorkloadSpec;

#[cfg(test)]
mod tests;
