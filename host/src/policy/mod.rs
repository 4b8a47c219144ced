//! The seam through which the engine, and nothing else, calls policies.
//!
//! | room | what happens there |
//! |---|---|
//! | `router` | scorers are asked, their scores added, an instance picked |
//! | `picker` | who wins, and how ties go |
//! | `admission` | whether a request is let in |
//! | `ordering` | priorities and keys of an instance's waiting requests |
//! | `facts`, `table` | what policies see of requests and instances |
//! | `seat` | a policy with the columns that it declared, and what happens when it fails |
//! | `baseline` | the policies that are built in |

mod admission;
pub mod baseline;
mod facts;
mod failure;
mod kind;
mod ordering;
mod picker;
mod router;
mod seat;
mod table;

pub use admission::{Admission, Cost, TokenBucket};
pub use facts::{QueueRow, RequestFacts};
pub use failure::{FailureCount, OnError, PolicyFailure};
pub use kind::PolicyKind;
pub use ordering::{Answers, Ordering};
pub use picker::{Picker, TieBreak};
pub use router::{ClassWeights, Router};
pub use seat::{Loaded, Seat};
pub use table::{InstanceSignals, SignalNeeds, SignalTable};

/// All policies of a run.
pub struct Policies {
    /// Whether a request is let in.
    pub admission: Admission,
    /// Where a request goes.
    pub router: Router,
    /// The order of each instance's waiting queue, by instance.
    pub orderings: Vec<Ordering>,
}

impl Policies {
    /// What the engine has to measure for them.
    #[must_use]
    pub fn signals(&self) -> SignalNeeds {
        let router = self.router.signals();
        SignalNeeds { instances: router.instances || self.admission.reads_signals(), ..router }
    }

    /// How often policies failed, of those that did.
    #[must_use]
    pub fn failures(&self) -> Vec<FailureCount> {
        let mut counts = self.router.failures();
        for ordering in &self.orderings {
            for count in ordering.failures() {
                match counts.iter_mut().find(|seen| seen.is_of(&count)) {
                    Some(seen) => seen.calls += count.calls,
                    None => counts.push(count),
                }
            }
        }
        counts
    }
}
