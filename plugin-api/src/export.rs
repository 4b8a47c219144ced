//! The one line that makes a crate a policy library.

/// Exports the policies of a `cdylib` crate; at most one call per library.
///
/// ```ignore
/// pointsman_plugin_api::export! { scorers: [MyScorer, Another], priorities: [MyPriority] }
/// ```
///
/// Lists that are empty may be left out; the order is scorers, schedulers, priorities, filters, pickers,
/// admissions.
#[macro_export]
macro_rules! export {
    (
        $(scorers: [$($scorer:ty),* $(,)?])? $(,)?
        $(schedulers: [$($scheduler:ty),* $(,)?])? $(,)?
        $(priorities: [$($priority:ty),* $(,)?])? $(,)?
        $(filters: [$($filter:ty),* $(,)?])? $(,)?
        $(pickers: [$($picker:ty),* $(,)?])? $(,)?
        $(admissions: [$($admission:ty),* $(,)?])? $(,)?
    ) => {
        const _: () = {
            const LIBRARY: $crate::manifest::LibraryDoc = $crate::manifest::LibraryDoc {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                panic_unwind: cfg!(panic = "unwind"),
                policies: &[
                    $($($crate::manifest::PolicyDoc::scorer::<$scorer>(),)*)?
                    $($($crate::manifest::PolicyDoc::scheduler::<$scheduler>(),)*)?
                    $($($crate::manifest::PolicyDoc::priority::<$priority>(),)*)?
                    $($($crate::manifest::PolicyDoc::filter::<$filter>(),)*)?
                    $($($crate::manifest::PolicyDoc::picker::<$picker>(),)*)?
                    $($($crate::manifest::PolicyDoc::admission::<$admission>(),)*)?
                ],
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

                $crate::__constructor!(scorer, Scorer, ScorerBox, [$($($scorer),*)?]);
                $crate::__constructor!(scheduler, Scheduler, SchedulerBox, [$($($scheduler),*)?]);
                $crate::__constructor!(priority, Priority, PriorityBox, [$($($priority),*)?]);
                $crate::__constructor!(filter, Filter, FilterBox, [$($($filter),*)?]);
                $crate::__constructor!(picker, Picker, PickerBox, [$($($picker),*)?]);
                $crate::__constructor!(admission, Admission, AdmissionBox, [$($($admission),*)?]);
            }

            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static ROOT: $crate::abi::LibHeader = $crate::abi::header::<Exported>();
        };
    };
}

/// Finds the constructor of a policy of one kind by its name.
#[doc(hidden)]
#[macro_export]
macro_rules! __constructor {
    ($kind:ident, $trait:ident, $boxed:ident, [$($policy:ty),*]) => {
        fn $kind(
            policy: &str,
            setup: $crate::abi::SetupCall<'_>,
            params: $crate::abi::RStr<'_>,
        ) -> $crate::abi::RResult<$crate::abi::$boxed, $crate::abi::Failure> {
            $(
                if policy == <$policy as $crate::$trait>::INFO.name {
                    return $crate::abi::$kind::<$policy>(setup, params);
                }
            )*
            let _ = (setup, params);
            $crate::abi::unknown(stringify!($kind), policy)
        }
    };
}
