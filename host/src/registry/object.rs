//! The objects of all kinds, so that one way of building them serves all.

use pointsman_plugin_api::abi::{
    AdmissionBox, Failure, FilterBox, PickerBox, PriorityBox, RResult, RStr, SchedulerBox, ScorerBox,
    SetupCall,
};

use super::{
    PluginError, Policy,
    built_in::{Build, BuildKind},
    discover::Found,
    load,
};
use crate::policy::PolicyObject;

/// An object of one policy kind, as the registry makes it.
pub(super) trait Object: PolicyObject + Sized {
    /// The constructor of a built-in policy of this kind.
    fn built_in(build: &BuildKind) -> Option<Build<Self>>;

    /// Builds a policy of a library, which is loaded if it is not yet.
    fn of_library(
        found: &Found,
        policy: &Policy,
        setup: SetupCall<'_>,
        params: RStr<'_>,
    ) -> Result<RResult<Self, Failure>, PluginError>;
}

macro_rules! object {
    ($object:ty, $kind:ident, $module:ident) => {
        impl Object for $object {
            #[doc(hidden)]
            fn built_in(build: &BuildKind) -> Option<Build<Self>> {
                match build {
                    BuildKind::$kind(build) => Some(*build),
                    _ => None,
                }
            }

            fn of_library(
                found: &Found,
                policy: &Policy,
                setup: SetupCall<'_>,
                params: RStr<'_>,
            ) -> Result<RResult<Self, Failure>, PluginError> {
                let module = load(&found.library)?.$module(&found.library)?;
                Ok(module.create()(RStr::from_str(&policy.name), setup, params))
            }
        }
    };
}

object!(ScorerBox, Scorer, scorers);
object!(SchedulerBox, Scheduler, schedulers);
object!(PriorityBox, Priority, priorities);
object!(FilterBox, Filter, filters);
object!(PickerBox, Picker, pickers);
object!(AdmissionBox, Admission, admissions);
