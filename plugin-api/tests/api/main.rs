//! What authors can rely on. A file per promise.

#![allow(non_local_definitions, reason = "the expansion of `sabi_trait` has them")]
#![allow(clippy::unwrap_used, reason = "a test may")]

mod columns;
mod guard;
mod hooks;
mod layouts;
mod manifest;
mod order;
mod parameters;
mod policies;
mod testkit;
mod views;
