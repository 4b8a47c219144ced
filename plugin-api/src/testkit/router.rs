//! Policies of the router under test.

use abi_stable::std_types::{RSlice, RSliceMut, RStr};

use super::{KvEventList, OfFacts, OfInstances, OfOutcomes, OfRequests, Table, build, facts, named, plain};
use crate::{
    Admission, Filter, Need, Picker, Scorer,
    abi::{self, AdmissionBox, CompletionCall, FilterBox, PickerBox, ScoreCall, ScorerBox},
    hook, outcome,
};

/// Defines a policy of the router under test, with the hooks that all of them have.
macro_rules! under_test {
    ($doc:literal, $name:ident, $trait:ident, $object:ident, $build:ident, { $($field:ident: $type:ty = $value:expr)? }) => {
        #[doc = $doc]
        pub struct $name {
            object: $object,
            signals: &'static [Need],
            attributes: &'static [Need],
            hooks: &'static [Need],
            $($field: $type,)?
            /// The candidates, one instance a row; four idle ones until something is put in.
            pub instances: Table<OfInstances>,
            /// The request, one row; a plain one until something is put in.
            pub request: Table<OfRequests>,
            /// The tick of the decision. \[us\]
            pub now_us: u64,
        }

        impl $name {
            /// Builds it from JSON parameters, for a cluster of 4 instances of 1000 blocks of 16 tokens.
            ///
            /// # Errors
            ///
            /// What its constructor refuses.
            pub fn new<T: $trait>(params: &str) -> Result<Self, String> {
                Self::with_facts::<T>(params, facts())
            }

            /// Builds it from JSON parameters and these facts.
            ///
            /// # Errors
            ///
            /// What its constructor refuses.
            pub fn with_facts<T: $trait>(params: &str, facts: Table<OfFacts>) -> Result<Self, String> {
                Ok(Self {
                    object: build(&facts, false, |setup| abi::$build::<T>(setup, RStr::from_str(params)))?,
                    signals: T::SIGNALS,
                    attributes: T::ATTRIBUTES,
                    hooks: T::HOOKS,
                    $($field: $value,)?
                    instances: Table::fresh(4),
                    request: Table::fresh(1),
                    now_us: 0,
                })
            }

            /// Whether it reads a declared signal or attribute, with the parameters that it has.
            #[must_use]
            pub fn reads(&self, id: &str) -> bool {
                self.object.reads(RStr::from_str(id))
            }

            /// Tells it where the request went: to the instance of this row.
            ///
            /// # Errors
            ///
            /// What the policy refuses, and a panic in it.
            pub fn routed(&mut self, chosen: usize) -> Result<(), String> {
                self.ask(|object, call| plain(object.routed(call, chosen)))
            }

            /// Tells it what became of the request; see [`completion`](super::completion).
            ///
            /// # Errors
            ///
            /// What the policy refuses, a panic in it, and that it does not declare the hook.
            pub fn completed(&mut self, completion: Table<OfOutcomes>) -> Result<(), String> {
                self.check_hook(hook::COMPLETED.id())?;
                let unread = self.unread();
                let reads = |id: &str| !unread.contains(&id);
                let (now_us, object) = (self.now_us, &mut self.object);
                self.request.lend(self.attributes, reads, |request| {
                    named(&completion, outcome::ALL, |_| true, |outcomes| {
                        let request = RSlice::from_slice(request);
                        plain(object.completed(CompletionCall { now_us, request, outcomes }))
                    })
                })
            }

            /// Tells it what an instance's KV cache got and lost; see [`kv_events`](super::kv_events).
            ///
            /// # Errors
            ///
            /// What the policy refuses, a panic in it, and that it does not declare the hook.
            pub fn kv_events(&mut self, events: KvEventList) -> Result<(), String> {
                self.check_hook(hook::KV_EVENTS.id())?;
                events.lend(self.now_us, |call| plain(self.object.kv_events(call)))
            }

            fn check_hook(&self, id: &str) -> Result<(), String> {
                if self.hooks.iter().any(|hook| hook.id == id) {
                    return Ok(());
                }
                Err(format!("the policy does not declare the hook `{id}`, so no host calls it"))
            }

            /// What it declares and does not read: a host passes that as absent.
            fn unread(&self) -> Vec<&'static str> {
                let declared = self.signals.iter().chain(self.attributes).map(|need| need.id);
                declared.filter(|id| !self.reads(id)).collect()
            }

            /// Calls it for the request and all instances.
            fn ask<A>(
                &mut self,
                call: impl FnOnce(&mut $object, ScoreCall<'_>) -> Result<A, String>,
            ) -> Result<A, String> {
                let unread = self.unread();
                let reads = |id: &str| !unread.contains(&id);
                let (now_us, rows, object) = (self.now_us, self.instances.len(), &mut self.object);
                self.request.lend(self.attributes, reads, |request| {
                    self.instances.lend(self.signals, reads, |instances| {
                        let request = RSlice::from_slice(request);
                        let instances = RSlice::from_slice(instances);
                        call(object, ScoreCall { now_us, rows, request, instances })
                    })
                })
            }
        }
    };
}

under_test!("A scorer under test.", Scorers, Scorer, ScorerBox, scorer, {});
under_test!("A filter under test.", Filters, Filter, FilterBox, filter, {});
under_test!("A picker under test.", Pickers, Picker, PickerBox, picker, { uses_scores: bool = T::USES_SCORES });
under_test!("An admission policy under test.", Admissions, Admission, AdmissionBox, admission, {});

impl Scorers {
    /// The scores of all instances.
    ///
    /// # Errors
    ///
    /// What the scorer refuses, and a panic in it.
    pub fn score(&mut self) -> Result<Vec<f64>, String> {
        let mut scores = vec![f64::NAN; self.instances.len()];
        self.ask(|object, call| plain(object.score(call, RSliceMut::from_mut_slice(&mut scores))))?;
        Ok(scores)
    }
}

impl Filters {
    /// Which candidates stay.
    ///
    /// # Errors
    ///
    /// What the filter refuses, and a panic in it.
    pub fn filter(&mut self) -> Result<Vec<bool>, String> {
        let mut keep = vec![u8::MAX; self.instances.len()];
        self.ask(|object, call| plain(object.filter(call, RSliceMut::from_mut_slice(&mut keep))))?;
        Ok(keep.into_iter().map(|keep| keep == 1).collect())
    }
}

impl Pickers {
    /// The row that it chooses by these totals, one per instance. One that uses no scores gets none.
    ///
    /// # Errors
    ///
    /// What the picker refuses, and a panic in it.
    pub fn pick(&mut self, totals: &[f64]) -> Result<usize, String> {
        if self.instances.is_fresh() && !totals.is_empty() {
            self.instances = Table::fresh(totals.len());
        }
        if self.uses_scores && totals.len() != self.instances.len() {
            return Err(format!("{} totals are given for {} instances", totals.len(), self.instances.len()));
        }
        let totals = if self.uses_scores { totals } else { &[] };
        self.ask(|object, call| plain(object.pick(call, RSlice::from_slice(totals))))
    }
}

impl Admissions {
    /// Whether the request is let in.
    ///
    /// # Errors
    ///
    /// What the policy refuses, and a panic in it.
    pub fn admit(&mut self) -> Result<bool, String> {
        self.ask(|object, call| plain(object.admit(call))).map(|admitted| admitted == 1)
    }
}
