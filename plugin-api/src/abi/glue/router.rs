//! The kinds of the router: each answers its own question, and has the same hooks.

use abi_stable::{
    sabi_trait::TD_Opaque,
    std_types::{RErr, ROk, RResult, RSlice, RSliceMut, RStr},
};

use super::super::{
    AdmissionBox, AdmissionObject, AdmissionObject_TO, CompletionCall, Failure, FilterBox, FilterObject,
    FilterObject_TO, KvCall, PickerBox, PickerObject, PickerObject_TO, ScoreCall, ScorerBox, ScorerObject,
    ScorerObject_TO, SetupCall,
};
use crate::{
    guard::Guarded,
    params,
    policy::{Admission, Filter, Picker, Scorer},
    setup::Setup,
    view::{Completion, Instances, KvEvents, Request},
};

/// A policy of the router behind its fence.
struct Glue<T> {
    policy: Guarded<T>,
    /// Which of the declared signals and attributes it does not read.
    unread: Vec<&'static str>,
    /// Scratch: what a filter keeps.
    keep: Vec<bool>,
}

impl<T> Glue<T> {
    fn reads(&self, id: RStr<'_>) -> bool {
        !self.unread.contains(&id.as_str())
    }
}

/// Defines how a policy of one kind is built, and its object: the methods given and the hooks.
macro_rules! glue {
    ($doc:literal, $build:ident, $trait:ident, $object:ident, $to:ident, $boxed:ident, { $($answer:item)* }) => {
        #[doc = $doc]
        pub fn $build<T: $trait>(setup: SetupCall<'_>, params: RStr<'_>) -> RResult<$boxed, Failure> {
            let built = Guarded::build(|| T::new(params::read(params.as_str())?, &Setup::new(setup)));
            let asked = built.and_then(|mut policy| {
                let asked = policy.call(|policy| {
                    let declared = T::SIGNALS.iter().chain(T::ATTRIBUTES).map(|need| need.id);
                    Ok(declared.filter(|id| !policy.reads(id)).collect())
                });
                let unread = asked.into_result()?;
                Ok(Glue { policy, unread, keep: Vec::new() })
            });
            match asked {
                Ok(glue) => ROk($to::from_value(glue, TD_Opaque)),
                Err(failure) => RErr(failure),
            }
        }

        impl<T: $trait> $object for Glue<T> {
            $($answer)*

            fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure> {
                self.policy.call(|policy| {
                    let request = Request::new(&call, T::ATTRIBUTES)?;
                    policy.routed(&request, &Instances::new(&call, T::SIGNALS)?, chosen)
                })
            }

            fn reads(&self, id: RStr<'_>) -> bool {
                Glue::reads(self, id)
            }

            fn completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
                self.policy.call(|policy| policy.completed(&Completion::new(&call, T::ATTRIBUTES)?))
            }

            fn kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
                self.policy.call(|policy| policy.kv_events(&KvEvents::new(call)?))
            }
        }
    };
}

glue!("Builds a scorer from JSON parameters.", scorer, Scorer, ScorerObject, ScorerObject_TO, ScorerBox, {
    fn score(&mut self, call: ScoreCall<'_>, mut scores: RSliceMut<'_, f64>) -> RResult<usize, Failure> {
        self.policy.call(|policy| {
            let request = Request::new(&call, T::ATTRIBUTES)?;
            policy.score(&request, &Instances::new(&call, T::SIGNALS)?, scores.as_mut_slice())?;
            Ok(scores.len())
        })
    }
});

glue!("Builds a filter from JSON parameters.", filter, Filter, FilterObject, FilterObject_TO, FilterBox, {
    fn filter(&mut self, call: ScoreCall<'_>, mut keep: RSliceMut<'_, u8>) -> RResult<usize, Failure> {
        // Bytes cross, since a byte that is no truth value would be undefined as a `bool`.
        let Self { policy, keep: kept, .. } = self;
        kept.clear();
        kept.resize(keep.len(), true);
        policy.call(|policy| {
            let request = Request::new(&call, T::ATTRIBUTES)?;
            policy.filter(&request, &Instances::new(&call, T::SIGNALS)?, kept)?;
            for (slot, &kept) in keep.iter_mut().zip(&*kept) {
                *slot = u8::from(kept);
            }
            Ok(keep.len())
        })
    }
});

glue!("Builds a picker from JSON parameters.", picker, Picker, PickerObject, PickerObject_TO, PickerBox, {
    fn pick(&mut self, call: ScoreCall<'_>, totals: RSlice<'_, f64>) -> RResult<usize, Failure> {
        self.policy.call(|policy| {
            let request = Request::new(&call, T::ATTRIBUTES)?;
            policy.pick(&request, &Instances::new(&call, T::SIGNALS)?, totals.as_slice())
        })
    }
});

glue!(
    "Builds an admission policy from JSON parameters.",
    admission,
    Admission,
    AdmissionObject,
    AdmissionObject_TO,
    AdmissionBox,
    {
        fn admit(&mut self, call: ScoreCall<'_>) -> RResult<u8, Failure> {
            self.policy.call(|policy| {
                let request = Request::new(&call, T::ATTRIBUTES)?;
                policy.admit(&request, &Instances::new(&call, T::SIGNALS)?).map(u8::from)
            })
        }
    }
);
