//! The frozen root of a library and the versioned modules behind it.

use abi_stable::{
    StableAbi,
    library::{
        __call_root_module_loader, CheckTypeLayout, LibHeader, ROOT_MODULE_LOADER_NAME, RootModule,
        RootModuleResult,
    },
    package_version_strings,
    prefix_type::{PrefixRefTrait, PrefixTypeTrait, WithMetadata},
    sabi_types::VersionStrings,
    std_types::{RErr, RNone, ROption, RResult, RSome, RStr},
    type_layout::TypeLayout,
};

use crate::manifest::{LibraryDoc, RUSTC};

use super::{Failure, Mismatch, PriorityBox, SchedulerBox, ScorerBox, SetupCall, check};

/// Name of the symbol by which a library shows that it is one of ours.
pub const ROOT_SYMBOL: &str = ROOT_MODULE_LOADER_NAME;

/// Major version of the ABI: a host loads libraries of its own major version only.
pub const ABI_MAJOR: u32 = 1;

/// The root of a library. **Frozen: it never gets another field.** What is new is found through
/// `extension`.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = RootRef)))]
pub struct Root {
    /// [`ABI_MAJOR`] of the crate that the library was built with.
    pub abi_major: u32,
    /// Whether the library was built so that a panic can be contained.
    pub panic_unwind: bool,
    /// Name of the library.
    pub name: RStr<'static>,
    /// Version of the library.
    pub version: RStr<'static>,
    /// What `rustc --version` said when it was built.
    pub rustc: RStr<'static>,
    /// The manifest: the same JSON as in the library's section.
    pub manifest: RStr<'static>,
    /// Finds a versioned module by its id, such as `scorer/1`; none if the library lacks it.
    #[sabi(last_prefix_field)]
    pub extension: extern "C" fn(id: RStr<'_>) -> ROption<Extension>,
}

/// A module whose type its id stands for, with the layout that proves it.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct Extension {
    /// Layout of the module's type.
    layout: &'static TypeLayout,
    /// The module, a prefix reference.
    module: *const (),
}

impl RootModule for RootRef {
    abi_stable::declare_root_module_statics! {RootRef}
    const BASE_NAME: &'static str = "pointsman_policies";
    const NAME: &'static str = "pointsman policy library";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

/// Defines the module of one policy kind, how a library offers it and how a host finds it.
macro_rules! module {
    ($kind:literal, $id:literal, $module:ident, $reference:ident, $object:ident, $find:ident) => {
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

            fn extension<L: Library>() -> Extension {
                let module = Self { create: create::$find::<L> }.leak_into_prefix();
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
                let module = unsafe {
                    abi_stable::prefix_type::PrefixRef::from_raw(found.module.cast::<WithMetadata<$module>>())
                };
                Ok(Some($reference(module)))
            }
        }
    };
}

module!("scorers", "scorer/1", ScorerModule, ScorerModuleRef, ScorerBox, scorers);
module!("schedulers", "scheduler/1", SchedulerModule, SchedulerModuleRef, SchedulerBox, schedulers);
module!("priorities", "priority/1", PriorityModule, PriorityModuleRef, PriorityBox, priorities);

/// What [`export!`](crate::export) says about a library.
pub trait Library: 'static {
    /// What it says about itself.
    const DOC: LibraryDoc;

    /// The manifest: the bytes in its section.
    fn manifest() -> &'static [u8];

    /// Builds one of its scorers by name.
    fn scorer(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<ScorerBox, Failure>;
    /// Builds one of its schedulers by name.
    fn scheduler(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<SchedulerBox, Failure>;
    /// Builds one of its priorities by name.
    fn priority(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<PriorityBox, Failure>;
}

/// The answer to a name that a library does not have.
#[doc(hidden)]
pub fn unknown<T>(kind: &str, policy: &str) -> RResult<T, Failure> {
    RErr(Failure::error(format!("the library has no {kind} `{policy}`")))
}

/// The functions behind the modules, one instance per library.
mod create {
    use super::{Failure, Library, PriorityBox, RResult, RStr, SchedulerBox, ScorerBox, SetupCall};

    pub(super) extern "C" fn scorers<L: Library>(
        policy: RStr<'_>,
        setup: SetupCall<'_>,
        params: RStr<'_>,
    ) -> RResult<ScorerBox, Failure> {
        L::scorer(policy.as_str(), setup, params)
    }

    pub(super) extern "C" fn schedulers<L: Library>(
        policy: RStr<'_>,
        setup: SetupCall<'_>,
        params: RStr<'_>,
    ) -> RResult<SchedulerBox, Failure> {
        L::scheduler(policy.as_str(), setup, params)
    }

    pub(super) extern "C" fn priorities<L: Library>(
        policy: RStr<'_>,
        setup: SetupCall<'_>,
        params: RStr<'_>,
    ) -> RResult<PriorityBox, Failure> {
        L::priority(policy.as_str(), setup, params)
    }
}

extern "C" fn extension<L: Library>(id: RStr<'_>) -> ROption<Extension> {
    let has = |kind| L::DOC.policies.iter().any(|policy| policy.kind == kind);
    match id.as_str() {
        ScorerModule::ID if has("scorer") => RSome(ScorerModule::extension::<L>()),
        SchedulerModule::ID if has("scheduler") => RSome(SchedulerModule::extension::<L>()),
        PriorityModule::ID if has("priority") => RSome(PriorityModule::extension::<L>()),
        _ => RNone,
    }
}

fn root<L: Library>() -> RootRef {
    Root {
        abi_major: ABI_MAJOR,
        panic_unwind: L::DOC.panic_unwind,
        name: RStr::from_str(L::DOC.name),
        version: RStr::from_str(L::DOC.version),
        rustc: RStr::from_str(RUSTC),
        manifest: RStr::from_str(str::from_utf8(L::manifest()).unwrap_or_default()),
        extension: extension::<L>,
    }
    .leak_into_prefix()
}

/// What a library exports as [`ROOT_SYMBOL`].
#[doc(hidden)]
#[must_use]
pub const fn header<L: Library>() -> LibHeader {
    extern "C" fn load<L: Library>() -> RootModuleResult {
        __call_root_module_loader(root::<L>)
    }
    // SAFETY: `load` returns a `RootRef`, erased.
    unsafe { LibHeader::from_constructor::<RootRef>(load::<L>, CheckTypeLayout::Yes) }
}
