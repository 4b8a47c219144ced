//! All cases of a library or a policy, one after the other.

use super::cases;
use super::subject::Subject;
use super::verdict::{CaseResult, Verdict};
use super::{Case, Options};
use crate::registry::{Catalogue, Kind, PluginError, PolicyRef, Probed, load};

/// Follows a check.
pub trait Observer {
    /// These cases are being decided, together.
    fn started(&mut self, cases: &[Case]);
    /// The trial of this number, among all, is about to be made. Whoever watches the process learns
    /// from it which one ended it.
    fn trying(&mut self, trial: usize);
    /// A case is decided.
    fn ended(&mut self, result: CaseResult);
}

/// The cases of a library as a whole: loads it.
pub fn check_library(library: &Probed, observer: &mut dyn Observer) {
    observer.started(&Case::OF_LIBRARY);
    let (loads, manifest) = match load_all(library) {
        Ok(()) => (CaseResult::passed(Case::Loads, ""), CaseResult::passed(Case::Manifest, "")),
        Err(error @ (PluginError::WrongName { .. } | PluginError::BadManifest { .. })) => {
            (CaseResult::passed(Case::Loads, ""), CaseResult::failed(Case::Manifest, error.to_string()))
        }
        Err(error) => (
            CaseResult::failed(Case::Loads, error.to_string()),
            CaseResult::behind(Case::Manifest, Case::Loads),
        ),
    };
    observer.ended(loads);
    observer.ended(manifest);
}

/// Loads it, and finds the modules of all kinds that it announces.
fn load_all(library: &Probed) -> Result<(), PluginError> {
    let loaded = load(library)?;
    for policy in &library.manifest.policies {
        match policy.known_kind() {
            Some(Kind::Scorer) => drop(loaded.scorers(library)?),
            Some(Kind::Scheduler) => drop(loaded.schedulers(library)?),
            Some(Kind::Priority) => drop(loaded.priorities(library)?),
            Some(Kind::Filter) => drop(loaded.filters(library)?),
            Some(Kind::Picker) => drop(loaded.pickers(library)?),
            Some(Kind::Admission) => drop(loaded.admissions(library)?),
            None => {}
        }
    }
    Ok(())
}

/// Decides `only` these cases of a policy, in order.
///
/// # Errors
///
/// If there is no such policy.
pub fn check_policy(
    catalogue: &Catalogue,
    kind: Kind,
    wanted: &PolicyRef,
    only: &[Case],
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<(), PluginError> {
    let subject = Subject::find(catalogue, kind, wanted)?;
    let mut in_the_way = None;
    for step in cases::steps(only) {
        if let Some(case) = in_the_way {
            step.iter().for_each(|&other| observer.ended(CaseResult::behind(other, case)));
            continue;
        }
        observer.started(&step);
        for result in cases::decide(&step, &subject, options, observer) {
            // Without an object there are no calls, and what this host lacks cannot be passed.
            let is_needed = matches!(result.case, Case::Metadata | Case::Defaults);
            if is_needed && result.verdict == Verdict::Failed {
                let lacks = matches!(catalogue.check(kind, wanted), Err(PluginError::Lacking { .. }));
                in_the_way = (result.case == Case::Defaults || lacks).then_some(result.case);
            }
            observer.ended(result);
        }
    }
    Ok(())
}
