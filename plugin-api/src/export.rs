//! The one line that makes a crate a policy library.

/// Exports the policies of a `cdylib` crate; at most one call per library.
///
/// ```
/// # use pointsman_plugin_api::prelude::*;
/// # struct MyScorer;
/// # impl Scorer for MyScorer {
/// #     type Params = NoParams;
/// #     const INFO: PolicyInfo = PolicyInfo { name: "mine", aliases: &[], summary: "", version: "1.0.0" };
/// #     const SIGNALS: &'static [Need] = &[];
/// #     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> { Ok(Self) }
/// #     fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, _: &mut [f64]) -> Result<(), String> { Ok(()) }
/// # }
/// # struct MyPriority;
/// # impl Priority for MyPriority {
/// #     type Params = NoParams;
/// #     const INFO: PolicyInfo = PolicyInfo { name: "mine", aliases: &[], summary: "", version: "1.0.0" };
/// #     const ATTRIBUTES: &'static [Need] = &[];
/// #     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> { Ok(Self) }
/// #     fn order(&self) -> Order { Order::Fixed }
/// #     fn priorities(&mut self, _: &Queue<'_>, _: &mut [f64]) -> Result<(), String> { Ok(()) }
/// # }
/// export! { scorers: [MyScorer], priorities: [MyPriority] }
/// ```
///
/// The lists are `scorers`, `schedulers`, `priorities`, `filters`, `pickers` and `admissions`, in any
/// order; those that would be empty are left out.
#[macro_export]
macro_rules! export {
    ($($list:ident: [$($policy:ty),* $(,)?]),* $(,)?) => {
        const _: () = {
            const LIBRARY: $crate::manifest::LibraryDoc = $crate::manifest::LibraryDoc {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                panic_unwind: cfg!(panic = "unwind"),
                policies: &[$($($crate::__policy_doc!($list, $policy),)*)*],
            };

            #[used]
            #[unsafe(link_section = ".pointsman_manifest")]
            static MANIFEST: [u8; $crate::manifest::len(&LIBRARY)] = $crate::manifest::write(&LIBRARY);

            struct Exported;

            impl $crate::abi::Library for Exported {
                const DOC: $crate::manifest::LibraryDoc = LIBRARY;

                fn manifest() -> &'static [u8] {
                    &MANIFEST
                }

                $crate::__constructor!(scorers, scorer, Scorer, ScorerBox, $($list [$($policy),*])*);
                $crate::__constructor!(schedulers, scheduler, Scheduler, SchedulerBox, $($list [$($policy),*])*);
                $crate::__constructor!(priorities, priority, Priority, PriorityBox, $($list [$($policy),*])*);
                $crate::__constructor!(filters, filter, Filter, FilterBox, $($list [$($policy),*])*);
                $crate::__constructor!(pickers, picker, Picker, PickerBox, $($list [$($policy),*])*);
                $crate::__constructor!(admissions, admission, Admission, AdmissionBox, $($list [$($policy),*])*);
            }

            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static ROOT: $crate::abi::LibHeader = $crate::abi::header::<Exported>();
        };
    };
}

/// Describes a policy of a list.
#[doc(hidden)]
#[macro_export]
macro_rules! __policy_doc {
    (scorers, $policy:ty) => {
        $crate::manifest::PolicyDoc::scorer::<$policy>()
    };
    (schedulers, $policy:ty) => {
        $crate::manifest::PolicyDoc::scheduler::<$policy>()
    };
    (priorities, $policy:ty) => {
        $crate::manifest::PolicyDoc::priority::<$policy>()
    };
    (filters, $policy:ty) => {
        $crate::manifest::PolicyDoc::filter::<$policy>()
    };
    (pickers, $policy:ty) => {
        $crate::manifest::PolicyDoc::picker::<$policy>()
    };
    (admissions, $policy:ty) => {
        $crate::manifest::PolicyDoc::admission::<$policy>()
    };
    ($other:ident, $policy:ty) => {
        compile_error!(concat!(
            "`export!` has no list `",
            stringify!($other),
            "`: it has scorers, schedulers, priorities, filters, pickers and admissions"
        ))
    };
}

/// Finds the constructor of a policy of one kind by its name.
#[doc(hidden)]
#[macro_export]
macro_rules! __constructor {
    ($wanted:ident, $kind:ident, $trait:ident, $boxed:ident, $($list:ident [$($policy:ty),*])*) => {
        fn $kind(
            policy: &str,
            setup: $crate::abi::SetupCall<'_>,
            params: $crate::abi::RStr<'_>,
        ) -> $crate::abi::RResult<$crate::abi::$boxed, $crate::abi::Failure> {
            $($(
                $crate::__if_same!($wanted $list {
                    if policy == <$policy as $crate::$trait>::INFO.name {
                        return $crate::abi::$kind::<$policy>(setup, params);
                    }
                });
            )*)*
            let _ = (setup, params);
            $crate::abi::unknown(stringify!($kind), policy)
        }
    };
}

/// Keeps its block where both names are the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __if_same {
    (scorers scorers $block:block) => {
        $block
    };
    (schedulers schedulers $block:block) => {
        $block
    };
    (priorities priorities $block:block) => {
        $block
    };
    (filters filters $block:block) => {
        $block
    };
    (pickers pickers $block:block) => {
        $block
    };
    (admissions admissions $block:block) => {
        $block
    };
    ($wanted:ident $list:ident $block:block) => {};
}
