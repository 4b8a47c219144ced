//! Policies built with parameters as they are: for whoever wants to know what a policy itself makes
//! of them.

use pointsman_plugin_api::abi::{
    AdmissionBox, Failure, FilterBox, PickerBox, PriorityBox, RStr, SchedulerBox, ScorerBox,
};

use super::{
    Catalogue, Facts, PluginError, PolicyRef, create::policy_name, lookup::Resolved, object::Object,
};
use crate::policy::mark::{self, Mark, Stage};

/// An object, or why the policy itself gives none.
pub type Built<T> = Result<T, Failure>;

/// Defines the constructor of one kind.
macro_rules! constructors {
    ($($doc:literal, $name:ident, $object:ty;)*) => {
        impl Catalogue {$(
            #[doc = $doc]
            ///
            /// # Errors
            ///
            /// Why there is no such policy, or why its library cannot be loaded.
            pub fn $name(
                &self,
                wanted: &PolicyRef,
                facts: &Facts,
                params: &str,
            ) -> Result<Built<$object>, PluginError> {
                self.build(wanted, facts, params)
            }
        )*}
    };
}

constructors! {
    "Builds a scorer from JSON parameters, unchecked; those of `wanted` do not count.", build_scorer, ScorerBox;
    "Builds a scheduler; see [`Catalogue::build_scorer`].", build_scheduler, SchedulerBox;
    "Builds a priority policy; see [`Catalogue::build_scorer`].", build_priority, PriorityBox;
    "Builds a filter; see [`Catalogue::build_scorer`].", build_filter, FilterBox;
    "Builds a picker; see [`Catalogue::build_scorer`].", build_picker, PickerBox;
    "Builds an admission policy; see [`Catalogue::build_scorer`].", build_admission, AdmissionBox;
}

impl Catalogue {
    /// The one way in which a policy is built, of the host or of a library, which is loaded if it is
    /// not yet.
    pub(super) fn build<T: Object>(
        &self,
        wanted: &PolicyRef,
        facts: &Facts,
        params: &str,
    ) -> Result<Built<T>, PluginError> {
        let resolved = self.resolve(T::KIND, wanted)?;
        let params = RStr::from_str(params);
        let _noted = mark::enter(Mark::of(&policy_name(T::KIND, resolved).subject(Stage::Build)));
        let built = facts.lend(|setup| match resolved {
            Resolved::BuiltIn(built_in) => match T::built_in(&built_in.build) {
                Some(build) => Ok(build(setup, params)),
                None => unreachable!("looked up by kind"),
            },
            Resolved::Library(found, policy) => T::of_library(found, policy, setup, params),
        })?;
        Ok(built.into_result())
    }
}
