//! The command line as its users meet it: the built binary, a file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod configured;
mod decisions;
mod ejected;
mod experiments;
mod explained;
mod extremes;
mod inspected;
mod interrupted;
#[cfg(target_os = "linux")]
mod isolated;
mod libraries;
mod listed;
mod measured;
mod needless;
mod new_crates;
mod one_cluster;
mod outputs;
mod plugins;
mod refused;
mod repeated;
mod scene;
mod seen;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary needs a part of it")]
mod support;
mod timeline;
#[cfg(unix)]
mod tuned;
