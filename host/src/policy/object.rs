//! What the objects of all kinds have in common, and those of the router besides.

use pointsman_plugin_api::abi::{
    AdmissionBox, CompletionCall, Failure, FilterBox, KvCall, PickerBox, PriorityBox, RResult, RStr,
    SchedulerBox, ScoreCall, ScorerBox,
};

use super::PolicyKind;

/// An object of some policy kind.
pub trait PolicyObject {
    /// The kind.
    const KIND: PolicyKind;

    /// Whether it reads this signal or attribute, which it declares, with the parameters that it has.
    fn reads(&self, id: &str) -> bool {
        let _ = id;
        true
    }
}

impl PolicyObject for SchedulerBox {
    const KIND: PolicyKind = PolicyKind::Scheduler;
}

impl PolicyObject for PriorityBox {
    const KIND: PolicyKind = PolicyKind::Priority;
}

/// An object of a kind of the router: it has hooks.
pub(super) trait RouterObject: PolicyObject {
    fn tell_routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure>;
    fn tell_completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure>;
    fn tell_kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure>;
}

macro_rules! router {
    ($($object:ty, $kind:ident;)*) => {$(
        impl PolicyObject for $object {
            const KIND: PolicyKind = PolicyKind::$kind;

            fn reads(&self, id: &str) -> bool {
                <$object>::reads(self, RStr::from_str(id))
            }
        }

        impl RouterObject for $object {
            fn tell_routed(&mut self, call: ScoreCall<'_>, chosen: usize) -> RResult<(), Failure> {
                self.routed(call, chosen)
            }

            fn tell_completed(&mut self, call: CompletionCall<'_>) -> RResult<(), Failure> {
                self.completed(call)
            }

            fn tell_kv_events(&mut self, call: KvCall<'_>) -> RResult<(), Failure> {
                self.kv_events(call)
            }
        }
    )*};
}

router! {
    ScorerBox, Scorer;
    FilterBox, Filter;
    PickerBox, Picker;
    AdmissionBox, Admission;
}
