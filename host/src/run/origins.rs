//! Where the policies of a run come from, known without building any of them.

use super::RunFailure;
use super::policies::{Builder, reference};
use super::prepare::located;
use crate::config::{OnErrorAction, PolicyRef, Resolved};
use crate::registry::{Catalogue, Kind, Provenance};
use crate::workload::{self, WorkloadSpec};

/// What a run is made from, beside its configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Origins {
    /// Its policies, fallbacks among them.
    pub policies: Vec<Provenance>,
    /// The hash of its workload.
    pub workload_sha256: String,
    /// Whether the workload is a trace, which has nothing random in it.
    pub is_trace: bool,
}

/// Checks whatever can be checked without running a library, and opens the workload.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn origins(resolved: &Resolved, catalogue: &Catalogue) -> Result<Origins, RunFailure> {
    Builder::new(resolved, catalogue, None).check()?;
    let spec: WorkloadSpec = resolved.workload.spec()?;
    let source = workload::open(&spec, resolved.seed, resolved.settings.kv.block_size)
        .map_err(|error| located(resolved, error))?;
    let workload_sha256 = source.identity().map(|identity| identity.sha256.clone()).unwrap_or_default();
    let policies = policies(resolved).into_iter().filter_map(|(kind, policy)| {
        // What does not exist has been found above; a fallback is of one kind only.
        catalogue.check(kind, &reference(policy, None)).ok()
    });
    Ok(Origins { policies: policies.collect(), workload_sha256, is_trace: spec.trace.is_some() })
}

fn policies(resolved: &Resolved) -> Vec<(Kind, &PolicyRef)> {
    let spec = &resolved.policy;
    let mut all: Vec<(Kind, &PolicyRef)> =
        spec.routing.filters.iter().map(|filter| (Kind::Filter, filter)).collect();
    all.extend(spec.routing.scorers.iter().map(|scorer| (Kind::Scorer, &scorer.policy)));
    all.push((Kind::Picker, &spec.routing.picker));
    all.push((Kind::Scheduler, &spec.scheduler));
    all.push((Kind::Priority, &spec.priority));
    all.push((Kind::Admission, &spec.admission));
    for kind in Kind::ALL {
        if let OnErrorAction::Fallback(policy) = spec.on_error.action(kind) {
            all.push((kind, policy));
        }
    }
    all
}
