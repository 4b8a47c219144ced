//! From an author's trait to an ABI object: the same way for libraries and for the policies that
//! are built into the host.

use abi_stable::{
    sabi_trait::TD_Opaque,
    std_types::{RErr, ROk, RResult, RSliceMut, RStr},
};

use super::{
    Failure, PriorityBox, PriorityObject, PriorityObject_TO, QueueCall, SchedulerBox, SchedulerObject,
    SchedulerObject_TO, ScoreCall, ScorerBox, ScorerObject, ScorerObject_TO, SetupCall,
};
use crate::{
    guard::Guarded,
    order::Key,
    params,
    policy::{Priority, Scheduler, Scorer},
    setup::Setup,
    view::{Instances, Queue, Request},
};

/// Builds a scorer from JSON parameters.
pub fn scorer<T: Scorer>(setup: SetupCall<'_>, params: RStr<'_>) -> RResult<ScorerBox, Failure> {
    match Guarded::build(|| T::new(params::read(params.as_str())?, &Setup::new(setup))) {
        Ok(policy) => ROk(ScorerObject_TO::from_value(ScorerGlue(policy), TD_Opaque)),
        Err(failure) => RErr(failure),
    }
}

/// Builds a scheduler from JSON parameters.
pub fn scheduler<T: Scheduler>(setup: SetupCall<'_>, params: RStr<'_>) -> RResult<SchedulerBox, Failure> {
    let built = Guarded::build(|| T::new(params::read(params.as_str())?, &Setup::new(setup)));
    let asked = built.and_then(|mut policy| {
        let asked = policy.call(|policy| Ok((policy.order().code(), policy.uses_priority())));
        let (order, uses_priority) = asked.into_result()?;
        Ok(SchedulerGlue { policy, order, uses_priority })
    });
    match asked {
        Ok(glue) => ROk(SchedulerObject_TO::from_value(glue, TD_Opaque)),
        Err(failure) => RErr(failure),
    }
}

/// Builds a priority policy from JSON parameters.
pub fn priority<T: Priority>(setup: SetupCall<'_>, params: RStr<'_>) -> RResult<PriorityBox, Failure> {
    let built = Guarded::build(|| T::new(params::read(params.as_str())?, &Setup::new(setup)));
    let asked = built.and_then(|mut policy| {
        let order = policy.call(|policy| Ok(policy.order().code())).into_result()?;
        Ok(PriorityGlue { policy, order })
    });
    match asked {
        Ok(glue) => ROk(PriorityObject_TO::from_value(glue, TD_Opaque)),
        Err(failure) => RErr(failure),
    }
}

struct ScorerGlue<T>(Guarded<T>);

impl<T: Scorer> ScorerObject for ScorerGlue<T> {
    fn score(&mut self, call: ScoreCall<'_>, mut scores: RSliceMut<'_, f64>) -> RResult<usize, Failure> {
        self.0.call(|policy| {
            let request = Request::new(&call, T::ATTRIBUTES)?;
            let instances = Instances::new(&call, T::SIGNALS)?;
            policy.score(&request, &instances, scores.as_mut_slice())?;
            Ok(scores.len())
        })
    }

    fn routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure> {
        self.0.call(|policy| {
            let request = Request::new(&call, T::ATTRIBUTES)?;
            let instances = Instances::new(&call, T::SIGNALS)?;
            policy.routed(&request, &instances, chosen)
        })
    }
}

struct SchedulerGlue<T> {
    policy: Guarded<T>,
    order: u8,
    uses_priority: bool,
}

impl<T: Scheduler> SchedulerObject for SchedulerGlue<T> {
    fn keys(&mut self, call: QueueCall<'_>, mut keys: RSliceMut<'_, Key>) -> RResult<usize, Failure> {
        self.policy.call(|policy| {
            policy.keys(&Queue::new(&call, T::ATTRIBUTES)?, keys.as_mut_slice())?;
            Ok(keys.len())
        })
    }

    fn order(&self) -> u8 {
        self.order
    }

    fn uses_priority(&self) -> bool {
        self.uses_priority
    }
}

struct PriorityGlue<T> {
    policy: Guarded<T>,
    order: u8,
}

impl<T: Priority> PriorityObject for PriorityGlue<T> {
    fn priorities(
        &mut self,
        call: QueueCall<'_>,
        mut priorities: RSliceMut<'_, f64>,
    ) -> RResult<usize, Failure> {
        self.policy.call(|policy| {
            policy.priorities(&Queue::new(&call, T::ATTRIBUTES)?, priorities.as_mut_slice())?;
            Ok(priorities.len())
        })
    }

    fn order(&self) -> u8 {
        self.order
    }
}
