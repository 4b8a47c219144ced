//! The kinds that order the queue of an instance.

use abi_stable::{
    sabi_trait::TD_Opaque,
    std_types::{RErr, ROk, RResult, RSliceMut, RStr},
};

use super::super::{
    Failure, PriorityBox, PriorityObject, PriorityObject_TO, QueueCall, SchedulerBox, SchedulerObject,
    SchedulerObject_TO, SetupCall,
};
use crate::{
    guard::Guarded,
    order::Key,
    params,
    policy::{Priority, Scheduler},
    setup::Setup,
    view::Queue,
};

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
