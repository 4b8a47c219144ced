//! The versioned modules behind the root, one per policy kind.

use abi_stable::{
    StableAbi,
    prefix_type::{PrefixRef, PrefixRefTrait, PrefixTypeTrait, WithMetadata},
    std_types::{RResult, RSome, RStr},
};

use super::{
    AdmissionBox, Failure, FilterBox, Mismatch, PickerBox, PriorityBox, SchedulerBox, ScorerBox, SetupCall,
    check,
    root::{Extension, Library, RootRef},
};

/// Defines the module of one policy kind, how a library offers it and how a host finds it.
macro_rules! module {
    ($kind:literal, $id:literal, $module:ident, $reference:ident, $object:ident, $make:ident, $find:ident) => {
        #[doc = concat!("What a library with ", $kind, " offers under `", $id, "`. May grow at its end.")]
        #[repr(C)]
        #[derive(StableAbi)]
        #[sabi(kind(Prefix(prefix_ref = $reference)))]
        pub struct $module {
            /// Builds a policy from its name, the facts it is built with and its parameters as JSON.
            #[sabi(last_prefix_field)]
            pub create: extern "C" fn(
                policy: RStr<'_>,
                setup: SetupCall<'_>,
                params: RStr<'_>,
            ) -> RResult<$object, Failure>,
        }

        impl $module {
            /// The id under which a root offers it.
            pub const ID: &'static str = $id;

            pub(super) fn extension<L: Library>() -> Extension {
                extern "C" fn create<L: Library>(
                    policy: RStr<'_>,
                    setup: SetupCall<'_>,
                    params: RStr<'_>,
                ) -> RResult<$object, Failure> {
                    L::$make(policy.as_str(), setup, params)
                }
                let module = Self { create: create::<L> }.leak_into_prefix();
                Extension {
                    layout: <$reference as StableAbi>::LAYOUT,
                    module: module.to_prefix_ref().to_raw_ptr().cast(),
                }
            }
        }

        impl RootRef {
            #[doc = concat!("The library's module of ", $kind, "; `None` if it has none.")]
            ///
            /// # Errors
            ///
            /// How its type differs from the one that this crate knows.
            pub fn $find(self) -> Result<Option<$reference>, Mismatch> {
                let RSome(found) = self.extension()(RStr::from_str($id)) else { return Ok(None) };
                check(<$reference as StableAbi>::LAYOUT, found.layout)?;
                // SAFETY: the two-way check has just shown that the pointer is to a module of this
                // type, or one that only has more or fewer fields at its end; modules are leaked,
                // so they live for ever.
                let module = unsafe { PrefixRef::from_raw(found.module.cast::<WithMetadata<$module>>()) };
                Ok(Some($reference(module)))
            }
        }
    };
}

module!("scorers", "scorer/1", ScorerModule, ScorerModuleRef, ScorerBox, scorer, scorers);
module!(
    "schedulers",
    "scheduler/1",
    SchedulerModule,
    SchedulerModuleRef,
    SchedulerBox,
    scheduler,
    schedulers
);
module!("priorities", "priority/1", PriorityModule, PriorityModuleRef, PriorityBox, priority, priorities);
module!("filters", "filter/1", FilterModule, FilterModuleRef, FilterBox, filter, filters);
module!("pickers", "picker/1", PickerModule, PickerModuleRef, PickerBox, picker, pickers);
module!(
    "admission policies",
    "admission/1",
    AdmissionModule,
    AdmissionModuleRef,
    AdmissionBox,
    admission,
    admissions
);
