//! Policies built with parameters as they are: for whoever wants to know what a policy itself makes
//! of them.

use pointsman_plugin_api::abi::{Failure, PriorityBox, RStr, SchedulerBox, ScorerBox};

use super::{
    Catalogue, Facts, PluginError, PolicyRef, create::policy_name, lookup::Resolved, object::Object,
};
use crate::policy::mark::{self, Mark, Stage};

impl Catalogue {
    /// Builds a scorer from JSON parameters, of which nothing is checked; those of `wanted` do not
    /// count. The inner error is the policy's own.
    ///
    /// # Errors
    ///
    /// Why there is no such scorer, or why its library cannot be loaded.
    pub fn build_scorer(
        &self,
        wanted: &PolicyRef,
        facts: &Facts,
        params: &str,
    ) -> Result<Result<ScorerBox, Failure>, PluginError> {
        self.build(wanted, facts, params)
    }

    /// Builds a scheduler; as [`Catalogue::build_scorer`].
    ///
    /// # Errors
    ///
    /// Why there is no such scheduler, or why its library cannot be loaded.
    pub fn build_scheduler(
        &self,
        wanted: &PolicyRef,
        facts: &Facts,
        params: &str,
    ) -> Result<Result<SchedulerBox, Failure>, PluginError> {
        self.build(wanted, facts, params)
    }

    /// Builds a priority policy; as [`Catalogue::build_scorer`].
    ///
    /// # Errors
    ///
    /// Why there is no such priority policy, or why its library cannot be loaded.
    pub fn build_priority(
        &self,
        wanted: &PolicyRef,
        facts: &Facts,
        params: &str,
    ) -> Result<Result<PriorityBox, Failure>, PluginError> {
        self.build(wanted, facts, params)
    }

    fn build<T: Object>(
        &self,
        wanted: &PolicyRef,
        facts: &Facts,
        params: &str,
    ) -> Result<Result<T, Failure>, PluginError> {
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
