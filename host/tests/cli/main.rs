//! The command line as its users meet it: the built binary, a file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod explained;
mod extremes;
mod inspected;
mod interrupted;
#[cfg(target_os = "linux")]
mod isolated;
mod libraries;
mod listed;
mod needless;
mod outputs;
mod plugins;
mod refused;
mod repeated;
mod scene;
mod seen;
