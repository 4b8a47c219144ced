//! `session-affinity-filter`: a session goes nowhere else.

use pointsman_plugin_api::prelude::*;

use crate::sessions::Sessions;

parameters! {
    /// Parameters of `session-affinity-filter`.
    pub struct Params {
        /// How long a session is remembered after its last request was routed. \[s\]
        idle_s: f64 = 300.0,
        /// How many sessions are remembered; the least recent is forgotten for one more. \[sessions\]
        max_sessions: u64 = 100_000,
    }
}

/// The filter.
pub(crate) struct SessionAffinityFilter(Sessions);

impl Filter for SessionAffinityFilter {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "session-affinity-filter",
        aliases: &[],
        summary: "keeps the instance that served the session last, and no other",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[signal::INSTANCE.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::SESSION.required()];

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        Sessions::new(params.idle_s, params.max_sessions, setup.get(&setup::INSTANCES)).map(Self)
    }

    fn filter(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        keep: &mut [bool],
    ) -> Result<(), String> {
        let home = self.0.instance_of(request.get(&attribute::SESSION), request.now_us());
        let numbers = instances.get(&signal::INSTANCE);
        if let Some(row) = numbers.iter().position(|&number| home == Some(number)) {
            keep.fill(false);
            keep[row] = true;
        }
        Ok(())
    }

    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        let session = request.get(&attribute::SESSION);
        if !session.is_empty() {
            self.0.bind(session, instances.get(&signal::INSTANCE)[chosen], request.now_us());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{attribute, signal, testkit::Filters};

    use super::SessionAffinityFilter;

    #[test]
    fn a_session_is_pinned_while_its_instance_is_there() {
        let mut filter = Filters::new::<SessionAffinityFilter>("{}").unwrap();
        filter.instances.set(&signal::INSTANCE, &[0, 1, 2]);
        filter.request.set(&attribute::SESSION, &["a"]);
        assert_eq!(filter.filter().unwrap(), [true; 3]);
        filter.routed(1).unwrap();
        assert_eq!(filter.filter().unwrap(), [false, true, false]);
        filter.request.set(&attribute::SESSION, &["b"]);
        assert_eq!(filter.filter().unwrap(), [true; 3]);
        filter.request.set(&attribute::SESSION, &["a"]);
        filter.instances.set(&signal::INSTANCE, &[0, 2]);
        assert_eq!(filter.filter().unwrap(), [true; 2], "another filter left its instance out");
        filter.routed(1).unwrap();
        filter.instances.set(&signal::INSTANCE, &[0, 1, 2]);
        assert_eq!(filter.filter().unwrap(), [false, false, true]);
    }

    #[test]
    fn requests_without_a_session_are_none_of_one() {
        let mut filter = Filters::new::<SessionAffinityFilter>("{}").unwrap();
        filter.instances.set(&signal::INSTANCE, &[0, 1]);
        filter.request.set(&attribute::SESSION, &[""]);
        filter.routed(1).unwrap();
        assert_eq!(filter.filter().unwrap(), [true; 2]);
    }
}
