//! `session-affinity`: 1 for the instance that serves the session, 0 for the others.

use pointsman_plugin_api::prelude::*;

use crate::sessions::Sessions;

parameters! {
    /// Parameters of `session-affinity`.
    pub struct Params {
        /// How long a session is remembered after its last request was routed. \[s\]
        idle_s: f64 = 600.0,
        /// How many sessions are remembered; the least recent is forgotten for one more. \[sessions\]
        max_sessions: u64 = 100_000,
        /// Which instances score 1 for a session that has none: those with the `fewest-sessions`, or
        /// `none`.
        unbound: String = "fewest-sessions".into() => ["fewest-sessions", "none"],
    }
}

/// The scorer.
pub(crate) struct SessionAffinity {
    sessions: Sessions,
    spreads: bool,
}

impl Scorer for SessionAffinity {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "session-affinity",
        aliases: &["session-affinity-scorer"],
        summary: "prefers the instance that served the session last",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = &[signal::INSTANCE.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::SESSION.required()];

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let sessions = Sessions::new(params.idle_s, params.max_sessions, setup.get(&setup::INSTANCES))?;
        Ok(Self { sessions, spreads: params.unbound == "fewest-sessions" })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        scores.fill(0.0);
        let session = request.get(&attribute::SESSION);
        if session.is_empty() {
            return Ok(());
        }
        let numbers = instances.get(&signal::INSTANCE);
        let home = self.sessions.instance_of(session, request.now_us());
        if let Some(row) = numbers.iter().position(|&number| home == Some(number)) {
            scores[row] = 1.0;
        } else if self.spreads {
            let count = |number: &u64| self.sessions.count(*number);
            let fewest = numbers.iter().map(count).min();
            for (score, number) in scores.iter_mut().zip(numbers) {
                *score = if Some(count(number)) == fewest { 1.0 } else { 0.0 };
            }
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
            self.sessions.bind(session, instances.get(&signal::INSTANCE)[chosen], request.now_us());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{attribute, signal, testkit::Scorers};

    use super::SessionAffinity;

    fn scorer(params: &str) -> Scorers {
        let mut scorer = Scorers::new::<SessionAffinity>(params).unwrap();
        scorer.instances.set(&signal::INSTANCE, &[0, 1, 2]);
        scorer
    }

    fn scored(scorer: &mut Scorers, session: &'static str) -> Vec<f64> {
        scorer.request.set(&attribute::SESSION, &[session]);
        scorer.score().unwrap()
    }

    #[test]
    fn a_session_stays_and_new_ones_go_where_there_are_fewest() {
        let mut scorer = scorer("{}");
        assert_eq!(scored(&mut scorer, "a"), [1.0; 3]);
        scorer.routed(1).unwrap();
        assert_eq!(scored(&mut scorer, "a"), [0.0, 1.0, 0.0]);
        assert_eq!(scored(&mut scorer, "b"), [1.0, 0.0, 1.0]);
        scorer.routed(2).unwrap();
        assert_eq!(scored(&mut scorer, "c"), [1.0, 0.0, 0.0]);
        assert_eq!(scored(&mut scorer, ""), [0.0; 3], "without a session it has no say");
    }

    #[test]
    fn it_can_leave_new_sessions_to_others() {
        let mut scorer = scorer(r#"{"unbound": "none"}"#);
        assert_eq!(scored(&mut scorer, "a"), [0.0; 3]);
        scorer.routed(1).unwrap();
        assert_eq!(scored(&mut scorer, "a"), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn where_the_instance_is_no_candidate_the_session_moves() {
        let mut scorer = scorer("{}");
        scored(&mut scorer, "a");
        scorer.routed(1).unwrap();
        scorer.instances.set(&signal::INSTANCE, &[2, 0]);
        assert_eq!(scored(&mut scorer, "a"), [1.0, 1.0]);
        scorer.routed(0).unwrap();
        scorer.instances.set(&signal::INSTANCE, &[0, 1, 2]);
        assert_eq!(scored(&mut scorer, "a"), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn an_idle_session_is_forgotten() {
        let mut scorer = scorer(r#"{"idle_s": 1, "unbound": "none"}"#);
        scored(&mut scorer, "a");
        scorer.routed(1).unwrap();
        scorer.now_us = 1_000_001;
        assert_eq!(scored(&mut scorer, "a"), [0.0; 3]);
    }
}
