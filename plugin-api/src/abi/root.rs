//! The frozen root of a library and the versioned modules behind it.

use abi_stable::{
    StableAbi,
    library::{
        __call_root_module_loader, CheckTypeLayout, LibHeader, ROOT_MODULE_LOADER_NAME, RootModule,
        RootModuleResult,
    },
    package_version_strings,
    prefix_type::PrefixTypeTrait,
    sabi_types::VersionStrings,
    std_types::{RErr, RNone, ROption, RResult, RSome, RStr},
    type_layout::TypeLayout,
};

use crate::manifest::{LibraryDoc, RUSTC};

use super::{
    AdmissionBox, AdmissionModule, Failure, FilterBox, FilterModule, PickerBox, PickerModule, PriorityBox,
    PriorityModule, SchedulerBox, SchedulerModule, ScorerBox, ScorerModule, SetupCall,
};

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
    pub(super) layout: &'static TypeLayout,
    /// The module, a prefix reference.
    pub(super) module: *const (),
}

impl RootModule for RootRef {
    abi_stable::declare_root_module_statics! {RootRef}
    const BASE_NAME: &'static str = "pointsman_policies";
    const NAME: &'static str = "pointsman policy library";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

/// What [`export!`](crate::export) says about a library.
pub trait Library: 'static {
    /// What it says about itself.
    const DOC: LibraryDoc;

    /// The manifest: the bytes in its section.
    fn manifest() -> &'static [u8];

    /// Builds one of its scorers by name.
    fn scorer(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<ScorerBox, Failure> {
        let _ = (setup, params);
        unknown("scorer", policy)
    }

    /// Builds one of its schedulers by name.
    fn scheduler(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<SchedulerBox, Failure> {
        let _ = (setup, params);
        unknown("scheduler", policy)
    }

    /// Builds one of its priorities by name.
    fn priority(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<PriorityBox, Failure> {
        let _ = (setup, params);
        unknown("priority", policy)
    }

    /// Builds one of its filters by name.
    fn filter(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<FilterBox, Failure> {
        let _ = (setup, params);
        unknown("filter", policy)
    }

    /// Builds one of its pickers by name.
    fn picker(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<PickerBox, Failure> {
        let _ = (setup, params);
        unknown("picker", policy)
    }

    /// Builds one of its admission policies by name.
    fn admission(policy: &str, setup: SetupCall<'_>, params: RStr<'_>) -> RResult<AdmissionBox, Failure> {
        let _ = (setup, params);
        unknown("admission", policy)
    }
}

/// The answer to a name that a library does not have.
#[doc(hidden)]
pub fn unknown<T>(kind: &str, policy: &str) -> RResult<T, Failure> {
    RErr(Failure::error(format!("the library has no {kind} `{policy}`")))
}

extern "C" fn extension<L: Library>(id: RStr<'_>) -> ROption<Extension> {
    let has = |kind| L::DOC.policies.iter().any(|policy| policy.kind == kind);
    match id.as_str() {
        ScorerModule::ID if has("scorer") => RSome(ScorerModule::extension::<L>()),
        SchedulerModule::ID if has("scheduler") => RSome(SchedulerModule::extension::<L>()),
        PriorityModule::ID if has("priority") => RSome(PriorityModule::extension::<L>()),
        FilterModule::ID if has("filter") => RSome(FilterModule::extension::<L>()),
        PickerModule::ID if has("picker") => RSome(PickerModule::extension::<L>()),
        AdmissionModule::ID if has("admission") => RSome(AdmissionModule::extension::<L>()),
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
        manifest: RStr::from_str(std::str::from_utf8(L::manifest()).unwrap_or_default()),
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
