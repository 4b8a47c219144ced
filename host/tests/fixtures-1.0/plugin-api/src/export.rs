//! The one line that makes a crate a policy library.

/// Exports the policies of a `cdylib` crate; at most one call per library.
///
/// ```ignore
/// pointsman_plugin_api::export! { scorers: [MyScorer, Another], priorities: [MyPriority] }
/// ```
///
/// Lists that are empty may be left out; the order is scorers, schedulers, priorities.
#[macro_export]
macro_rules! export {
    (
        $(scorers: [$($scorer:ty),* $(,)?])? $(,)?
        $(schedulers: [$($scheduler:ty),* $(,)?])? $(,)?
        $(priorities: [$($priority:ty),* $(,)?])? $(,)?
    ) => {
        const _: () = {
            use $crate::abi::{self, Failure, RResult, RStr, SetupCall};

            const LIBRARY: $crate::manifest::LibraryDoc = $crate::manifest::LibraryDoc {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                panic_unwind: cfg!(panic = "unwind"),
                policies: &[
                    $($($crate::manifest::PolicyDoc::scorer::<$scorer>(),)*)?
                    $($($crate::manifest::PolicyDoc::scheduler::<$scheduler>(),)*)?
                    $($($crate::manifest::PolicyDoc::priority::<$priority>(),)*)?
                ],
            };

            #[used]
            #[unsafe(link_section = ".pointsman_manifest")]
            static MANIFEST: [u8; $crate::manifest::len(&LIBRARY)] = $crate::manifest::write(&LIBRARY);

            struct Exported;

            impl abi::Library for Exported {
                const DOC: $crate::manifest::LibraryDoc = LIBRARY;

                fn manifest() -> &'static [u8] {
                    &MANIFEST
                }

                fn scorer(
                    policy: &str,
                    setup: SetupCall<'_>,
                    params: RStr<'_>,
                ) -> RResult<abi::ScorerBox, Failure> {
                    $($(
                        if policy == <$scorer as $crate::Scorer>::INFO.name {
                            return abi::scorer::<$scorer>(setup, params);
                        }
                    )*)?
                    let _ = (setup, params);
                    abi::unknown("scorer", policy)
                }

                fn scheduler(
                    policy: &str,
                    setup: SetupCall<'_>,
                    params: RStr<'_>,
                ) -> RResult<abi::SchedulerBox, Failure> {
                    $($(
                        if policy == <$scheduler as $crate::Scheduler>::INFO.name {
                            return abi::scheduler::<$scheduler>(setup, params);
                        }
                    )*)?
                    let _ = (setup, params);
                    abi::unknown("scheduler", policy)
                }

                fn priority(
                    policy: &str,
                    setup: SetupCall<'_>,
                    params: RStr<'_>,
                ) -> RResult<abi::PriorityBox, Failure> {
                    $($(
                        if policy == <$priority as $crate::Priority>::INFO.name {
                            return abi::priority::<$priority>(setup, params);
                        }
                    )*)?
                    let _ = (setup, params);
                    abi::unknown("priority", policy)
                }
            }

            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static ROOT: abi::LibHeader = abi::header::<Exported>();
        };
    };
}
