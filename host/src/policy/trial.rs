//! Two routers over one cluster, as tests in production have them: which of them decides about a request,
//! and what the other one would have done.
//!
//! Both are told all that happens, whoever decided: as in a router process that holds both behind a flag.

use std::collections::BTreeMap;

use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::facts::RequestFacts;
use super::failure::PolicyFailure;
use super::recording::DecisionRecorder;
use super::router::Router;
use super::table::SignalTable;
use crate::random;

/// Who decides about a request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// B decides about this share of the sessions, chosen by hash; a request without a session is one.
    Split {
        /// 0 to 1.
        share: f64,
    },
    /// A and B decide in turns, a window each; which is first is drawn for each pair of windows.
    Switchback {
        /// Length of a window, at least 1. \[us\]
        window_us: u64,
    },
    /// A decides, and B is asked too.
    Shadow,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The router of the run's own configuration.
    A,
    /// The other one.
    B,
}

impl Assignment {
    /// Who decides about a request at a tick, in the run of a seed.
    #[must_use]
    pub fn side(&self, seed: u64, now_us: u64, request: &RequestFacts<'_>) -> Side {
        let is_b = match self {
            Self::Shadow => false,
            Self::Split { share } => {
                let unit = match request.session {
                    "" => format!("ab/split/request/{}", request.id),
                    session => format!("ab/split/session/{session}"),
                };
                // 53 bits: every such number is one of f64, below 1.
                let drawn = (random::stream(seed, &unit).next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                drawn < *share
            }
            Self::Switchback { window_us } => {
                let window = now_us / window_us;
                let first = random::stream(seed, &format!("ab/switchback/{}", window / 2)).next_u64() & 1;
                (window & 1) ^ first == 1
            }
        };
        if is_b { Side::B } else { Side::A }
    }
}

/// Who decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The request.
    pub id: u64,
    /// When. \[us\]
    pub now_us: u64,
    /// Who.
    pub side: Side,
}

/// A decision on which the two do not agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// The request.
    pub id: u64,
    /// When. \[us\]
    pub now_us: u64,
    /// Its SLO class.
    pub slo_class: String,
    /// The instance that A chose, which got the request.
    pub a: u32,
    /// The instance that B would have chosen.
    pub b: u32,
    /// A's totals of both instances, A's choice first; `None` where it has none.
    pub a_totals: [Option<f64>; 2],
    /// B's totals of both instances, A's choice first.
    pub b_totals: [Option<f64>; 2],
}

impl Disagreement {
    /// How much better B finds its own choice.
    #[must_use]
    pub fn gain_to_b(&self) -> Option<f64> {
        let [of_a, of_b] = self.b_totals;
        Some(of_b? - of_a?)
    }

    /// How much better A finds its own choice.
    #[must_use]
    pub fn loss_to_a(&self) -> Option<f64> {
        let [of_a, of_b] = self.a_totals;
        Some(of_a? - of_b?)
    }
}

/// What was seen of the two.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrialLog {
    /// The decisions, in order.
    pub assigned: Vec<Assigned>,
    /// Decisions about which both were asked, by SLO class.
    pub asked: BTreeMap<String, u64>,
    /// Of those, the ones on which they do not agree.
    pub disagreements: Vec<Disagreement>,
}

/// The second router, and who decides.
pub struct Trial {
    assignment: Assignment,
    seed: u64,
    pub(super) other: Router,
    log: TrialLog,
}

impl Trial {
    /// Of a router B, in the run of a seed.
    #[must_use]
    pub fn new(assignment: Assignment, seed: u64, other: Router) -> Self {
        Self { assignment, seed, other, log: TrialLog::default() }
    }

    /// What was seen.
    #[must_use]
    pub fn into_log(self) -> TrialLog {
        self.log
    }

    /// Lets one of the two choose an instance, and tells both.
    pub(super) fn route(
        &mut self,
        first: &mut Router,
        (now_us, request): (u64, &RequestFacts<'_>),
        all: &SignalTable,
        recorder: Option<&mut dyn DecisionRecorder>,
    ) -> Result<u32, PolicyFailure> {
        let decision = Decision::new(now_us, request);
        let side = self.assignment.side(self.seed, now_us, request);
        self.log.assigned.push(Assigned { id: request.id, now_us, side });
        let (decides, looks_on) = match side {
            Side::A => (first, &mut self.other),
            Side::B => (&mut self.other, first),
        };
        let row = decides.route(&decision, request.slo_class, all)?;
        let chosen = decides.candidates(all).instance(row);
        if self.assignment == Assignment::Shadow {
            let would = looks_on.route(&decision, request.slo_class, all)?;
            let b = looks_on.candidates(all).instance(would);
            match self.log.asked.get_mut(request.slo_class) {
                Some(count) => *count += 1,
                None => drop(self.log.asked.insert(request.slo_class.to_owned(), 1)),
            }
            if b != chosen {
                let totals = |router: &Router| [chosen, b].map(|instance| router.total_of(instance, all));
                self.log.disagreements.push(Disagreement {
                    id: request.id,
                    now_us,
                    slo_class: request.slo_class.to_owned(),
                    a: chosen,
                    b,
                    a_totals: totals(decides),
                    b_totals: totals(looks_on),
                });
            }
        }
        if let Some(recorder) = recorder {
            decides.show((now_us, request), all, row, recorder);
        }
        decides.tell_routed(&decision, all, row)?;
        looks_on.tell_routed_by_another(&decision, all, chosen)?;
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: u64, session: &str) -> RequestFacts<'_> {
        RequestFacts {
            id,
            arrival_us: 0,
            prompt_tokens: 1,
            max_tokens: 0,
            slo_class: "standard",
            tenant: "",
            session,
            round: 0,
            prompt_blocks: &[],
        }
    }

    #[test]
    fn a_session_stays_with_its_side_and_the_share_is_met() {
        let split = Assignment::Split { share: 0.3 };
        let count = (0..10_000)
            .filter(|id| {
                let name = format!("s{id}");
                let side = split.side(7, 0, &request(*id, &name));
                assert_eq!(side, split.side(7, 99, &request(id + 1, &name)), "whatever the round and time");
                side == Side::B
            })
            .count();
        // Five standard deviations of a binomial count around 3,000 are 229.
        assert!((2771..=3229).contains(&count), "{count}");
        let without = |id| split.side(7, 0, &request(id, ""));
        assert!((0..100).any(|id| without(id) == Side::A) && (0..100).any(|id| without(id) == Side::B));
        let nobody = Assignment::Split { share: 0.0 };
        let all = Assignment::Split { share: 1.0 };
        assert!((0..100).all(|id| nobody.side(1, 0, &request(id, "")) == Side::A));
        assert!((0..100).all(|id| all.side(1, 0, &request(id, "")) == Side::B));
    }

    #[test]
    fn each_pair_of_windows_has_both_and_the_first_is_drawn() {
        let switchback = Assignment::Switchback { window_us: 100 };
        let at = |window: u64| switchback.side(3, window * 100 + 50, &request(0, ""));
        let firsts: Vec<Side> = (0..100)
            .map(|pair| {
                assert_ne!(at(2 * pair), at(2 * pair + 1));
                at(2 * pair)
            })
            .collect();
        let count = firsts.iter().filter(|side| **side == Side::B).count();
        assert!((25..=75).contains(&count), "{count}");
        assert_eq!(switchback.side(3, 0, &request(0, "")), switchback.side(3, 99, &request(5, "x")));
    }
}
