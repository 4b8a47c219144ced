//! Policies of an instance under test.

use abi_stable::std_types::{RSlice, RSliceMut, RStr};

use super::{OfFacts, OfRequests, Table, build, facts, plain};
use crate::{
    Key, Need, Order, Priority, Scheduler,
    abi::{self, PriorityBox, QueueCall, SchedulerBox},
    attribute,
};

/// Defines a policy under test that orders a queue.
macro_rules! under_test {
    ($doc:literal, $name:ident, $trait:ident, $object:ident, $build:ident) => {
        #[doc = $doc]
        pub struct $name {
            object: $object,
            attributes: &'static [Need],
            /// The waiting requests, one a row; none at first.
            pub queue: Table<OfRequests>,
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
                let object = build(&facts, true, |setup| abi::$build::<T>(setup, RStr::from_str(params)))?;
                Ok(Self { object, attributes: T::ATTRIBUTES, queue: Table::default(), now_us: 0 })
            }

            /// When its order can change; `None`: a way that this version does not know.
            #[must_use]
            pub fn order(&self) -> Option<Order> {
                Order::from_code(self.object.order())
            }

            /// Calls it for the whole queue.
            fn ask<A>(
                &mut self,
                call: impl FnOnce(&mut $object, QueueCall<'_>) -> Result<A, String>,
            ) -> Result<A, String> {
                let (now_us, rows, object) = (self.now_us, self.queue.len(), &mut self.object);
                self.queue.lend(
                    self.attributes,
                    |_| true,
                    |requests| {
                        call(object, QueueCall { now_us, rows, requests: RSlice::from_slice(requests) })
                    },
                )
            }
        }
    };
}

under_test!("A scheduler under test.", Schedulers, Scheduler, SchedulerBox, scheduler);
under_test!("A priority policy under test.", Priorities, Priority, PriorityBox, priority);

impl Schedulers {
    /// Whether it reads priorities.
    #[must_use]
    pub fn uses_priority(&self) -> bool {
        self.object.uses_priority()
    }

    /// The keys of all requests.
    ///
    /// # Errors
    ///
    /// What the scheduler refuses, and a panic in it.
    pub fn keys(&mut self) -> Result<Vec<Key>, String> {
        let mut keys = vec![Key { major: f64::NAN, minor: f64::NAN }; self.queue.len()];
        self.ask(|object, call| plain(object.keys(call, RSliceMut::from_mut_slice(&mut keys))))?;
        Ok(keys)
    }

    /// The rows of all requests in the order in which they go: by key, then by arrival, then by id.
    ///
    /// # Errors
    ///
    /// What the scheduler refuses, and a panic in it.
    pub fn order_of_rows(&mut self) -> Result<Vec<usize>, String> {
        let keys = self.keys()?;
        let (arrivals, ids) =
            (self.queue.numbers(attribute::ARRIVAL_US.id()), self.queue.numbers(attribute::ID.id()));
        let mut rows = (0..keys.len()).collect::<Vec<_>>();
        rows.sort_by(|&a, &b| {
            let by_key =
                keys[a].major.total_cmp(&keys[b].major).then(keys[a].minor.total_cmp(&keys[b].minor));
            by_key.then_with(|| (arrivals[a], ids[a]).cmp(&(arrivals[b], ids[b])))
        });
        Ok(rows)
    }
}

impl Priorities {
    /// The priorities of all requests.
    ///
    /// # Errors
    ///
    /// What the policy refuses, and a panic in it.
    pub fn priorities(&mut self) -> Result<Vec<f64>, String> {
        let mut priorities = vec![f64::NAN; self.queue.len()];
        self.ask(|object, call| plain(object.priorities(call, RSliceMut::from_mut_slice(&mut priorities))))?;
        Ok(priorities)
    }
}
