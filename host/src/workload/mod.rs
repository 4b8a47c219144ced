//! Workloads: streams of requests, made up or read from a trace.
//!
//! `spec` is what a configuration says, `synthetic` makes requests up, `trace` reads them, and
//! [`open()`] turns the first into one of the others. The engine sees only [`Source`].

mod content;
mod error;
mod identity;
mod limits;
mod open;
mod request;
mod source;
mod spec;
mod synthetic;
mod trace;

pub use content::Content;
pub use error::WorkloadError;
pub use identity::WorkloadIdentity;
pub(crate) use identity::hex;
pub use limits::{MAX_ARRIVAL_US, MAX_GROUPS, MAX_LINE_BYTES, MAX_ROUNDS, MAX_SECONDS, MAX_TOKENS};
pub use open::{open, open_until};
pub use request::{Arrival, End};
pub use source::Source;
pub use spec::{
    ArrivalsSpec, ClassSpec, Columns, DistKind, DistSpec, Loop, PhaseSpec, Popularity, Process, SessionSpec,
    SharedPrefixSpec, SwingSpec, TenantSpec, TimeUnit, TraceFormat, WorkloadSpec,
};
