//! One run, from a configuration to its outcome.
//!
//! `policies` builds what the configuration names, `fallbacks` notes what may take the place of a policy,
//! `origins` says where they come from without building them, `effects` finds what is asked for in vain, `look` is what somebody wants to know besides, for which
//! `shadows` builds second objects of scorers, and `trial` a second router on the same cluster,
//! `prepare` puts policies, workload and cluster together, `ended` passes requests on as they end, `outcome` is what is left when the
//! simulation has ended. Everything that can be wrong is found before the first event.

mod effects;
mod ended;
mod error;
mod fallbacks;
mod look;
mod origins;
mod outcome;
mod policies;
mod prepare;
mod shadows;
mod trial;

pub use ended::Listener;
pub use error::RunFailure;
pub use look::Look;
pub use origins::{Origins, origins};
pub use outcome::{IdleLibrary, Outcome, Provenance, Trialled, Used, WorkloadRecord};
pub use policies::{builtin_catalogue, policies, referenced_libraries};
pub use prepare::{Prepared, prepare, prepare_to_look, prepare_until};
pub use trial::Rival;
