//! The seam through which the engine, and nothing else, calls policies.
//!
//! | room | what happens there |
//! |---|---|
//! | `admission` | whether a request is let in |
//! | `router` | filters leave candidates (`filtering`), scorers are asked and added up (`scoring`), a picker chooses |
//! | `ordering` | priorities and keys of an instance's waiting requests |
//! | `hooks` | what policies are told besides: completions, KV events |
//! | `recording` | what a decision looks like to somebody who writes it down |
//! | `probe` | which signals make a difference to scorers |
//! | `trial` | two routers over one cluster, and which of them decides |
//! | `facts`, `table`, `column`, `decision` | what policies see of requests and instances |
//! | `mark` | which call is under way, for whoever watches the process from outside |
//! | `object`, `loaded` | a policy with the columns that it declared, and what the host knows of it |
//! | `seat`, `failure` | a policy in its place, and what happens when it fails |
//! | `baseline` | the policies that are built in |

mod admission;
pub mod baseline;
mod column;
mod decision;
mod facts;
mod failure;
mod filtering;
mod hooks;
mod kind;
mod loaded;
pub mod mark;
mod object;
mod ordering;
mod probe;
mod recording;
mod router;
mod scoring;
mod seat;
mod table;
mod trial;

use pointsman_plugin_api::abi::AdmissionBox;

pub use facts::{QueueRow, RequestFacts};
pub use failure::{CallCount, Ejection, FailureCount, OnError, PolicyFailure};
pub use hooks::{CompletionFacts, KvEventRows};
pub use kind::PolicyKind;
pub use loaded::{Hooks, Loaded};
pub use object::PolicyObject;
pub use ordering::{Answers, Ordering};
pub use probe::{ProbeCounts, Shadow, SignalCounts};
pub use recording::{DecisionRecorder, DecisionView, ScorerView, best_row};
pub use router::Router;
pub use scoring::ClassWeights;
pub use seat::Seat;
pub use table::{Cells, InstanceSignals, RouterCounts, SignalNeeds, SignalTable};
pub use trial::{Assigned, Assignment, Disagreement, Side, Trial, TrialLog};

use decision::Decision;
use hooks::{Completed, KvBatch};

/// All policies of a run.
pub struct Policies {
    /// Whether a request is let in.
    pub admission: Seat<AdmissionBox>,
    /// Where a request goes.
    pub router: Router,
    /// The order of each instance's waiting queue, by instance.
    pub orderings: Vec<Ordering>,
    /// A second router on the same cluster, where two are compared.
    pub trial: Option<Trial>,
}

impl Policies {
    /// What the engine has to measure for them.
    #[must_use]
    pub fn signals(&self) -> SignalNeeds {
        self.routers().fold(self.admission.signals(), |needs, router| needs.or(router.signals()))
    }

    /// What admission alone reads.
    #[must_use]
    pub fn admission_signals(&self) -> SignalNeeds {
        self.admission.signals()
    }

    /// The hooks that somebody has.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        self.routers().fold(self.admission.hooks(), |hooks, router| hooks.or(router.hooks()))
    }

    fn routers(&self) -> impl Iterator<Item = &Router> {
        std::iter::once(&self.router).chain(self.trial.as_ref().map(|trial| &trial.other))
    }

    /// Whether a request is let in, on the signals in `table`.
    ///
    /// # Errors
    ///
    /// A failure of a policy that ends the run.
    pub fn admits(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        table: &SignalTable,
    ) -> Result<bool, PolicyFailure> {
        admission::admits(&mut self.admission, &Decision::new(now_us, request), table)
    }

    /// The instance that a request goes to, on the signals in `table`. The recorder sees the decision, then
    /// the policies are told.
    ///
    /// # Errors
    ///
    /// A failure of a policy that ends the run.
    pub fn route(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        table: &SignalTable,
        recorder: Option<&mut dyn DecisionRecorder>,
    ) -> Result<u32, PolicyFailure> {
        let decision = Decision::new(now_us, request);
        if let Some(trial) = &mut self.trial {
            let chosen = trial.route(&mut self.router, (now_us, request), table, recorder)?;
            decision.tell_routed(&mut self.admission, table, chosen as usize)?;
            return Ok(chosen);
        }
        let chosen = self.router.route(&decision, request.slo_class, table)?;
        if let Some(recorder) = recorder {
            self.router.show((now_us, request), table, chosen, recorder);
        }
        self.router.tell_routed(&decision, table, chosen)?;
        let candidates = self.router.candidates(table);
        decision.tell_routed(&mut self.admission, candidates, chosen)?;
        Ok(candidates.instance(chosen))
    }

    /// A routed request came to an end, and it is `now_us`.
    ///
    /// # Errors
    ///
    /// A failure of a policy that ends the run.
    pub fn completed(
        &mut self,
        now_us: u64,
        request: &RequestFacts<'_>,
        facts: &CompletionFacts<'_>,
    ) -> Result<(), PolicyFailure> {
        let completed = Completed::new(now_us, request, facts);
        completed.tell(&mut self.admission)?;
        self.router.tell_completed(&completed)?;
        self.trial.iter_mut().try_for_each(|trial| trial.other.tell_completed(&completed))
    }

    /// Something happened to blocks of an instance at `happened_us`, and it is `now_us`.
    ///
    /// # Errors
    ///
    /// A failure of a policy that ends the run.
    pub fn kv_events(
        &mut self,
        now_us: u64,
        happened_us: u64,
        instance: u32,
        rows: &KvEventRows,
    ) -> Result<(), PolicyFailure> {
        let batch = KvBatch { now_us, happened_us, instance, rows };
        batch.tell(&mut self.admission)?;
        self.router.tell_kv_events(&batch)?;
        self.trial.iter_mut().try_for_each(|trial| trial.other.tell_kv_events(&batch))
    }

    /// The policies that others took the place of, in the order in which that happened.
    #[must_use]
    pub fn ejections(&self) -> Vec<Ejection> {
        let orderings = self.orderings.iter().flat_map(Ordering::ejections);
        let all = self
            .admission
            .ejection()
            .into_iter()
            .chain(self.routers().flat_map(Router::ejections))
            .chain(orderings);
        let mut all: Vec<Ejection> = all.cloned().collect();
        all.sort_by_key(|ejection| ejection.failed.now_us);
        all
    }

    /// How often each policy was asked, in the order of admission, routing and queues; the queues of all
    /// instances together.
    #[must_use]
    pub fn calls(&self) -> Vec<CallCount> {
        let mut counts = vec![self.admission.calls()];
        counts.extend(self.routers().flat_map(Router::calls));
        let before = counts.len();
        for count in self.orderings.iter().flat_map(Ordering::calls) {
            let same = |seen: &&mut CallCount| (seen.kind, &seen.policy) == (count.kind, &count.policy);
            match counts[before..].iter_mut().find(same) {
                Some(seen) => seen.decisions += count.decisions,
                None => counts.push(count),
            }
        }
        counts
    }

    /// How often policies failed, of those that did.
    #[must_use]
    pub fn failures(&self) -> Vec<FailureCount> {
        let mut counts: Vec<FailureCount> = self.admission.failures().collect();
        counts.extend(self.routers().flat_map(Router::failures));
        for ordering in &self.orderings {
            for count in ordering.failures() {
                match counts.iter_mut().find(|seen| seen.is_of(&count)) {
                    Some(seen) => seen.add(count),
                    None => counts.push(count),
                }
            }
        }
        counts
    }
}
