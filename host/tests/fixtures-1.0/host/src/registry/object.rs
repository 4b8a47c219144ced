//! The objects of the three kinds, so that one way of building them serves all.

use pointsman_plugin_api::abi::{Failure, PriorityBox, RResult, RStr, SchedulerBox, ScorerBox, SetupCall};

use super::{
    Kind, PluginError, Policy,
    built_in::{Build, BuildKind},
    discover::Found,
    load,
};

/// An object of one policy kind.
pub(super) trait Object: Sized {
    /// The kind.
    const KIND: Kind;

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
            const KIND: Kind = Kind::$kind;

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
