//! Libraries and their host: good ones, broken ones, and many at once. A file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod calls;
mod command;
mod compilers;
mod containment;
mod copies;
mod damaged;
mod discovery;
mod evolution;
mod frozen;
mod majors;
mod matrix;
mod needs;
mod outside;
mod parameters;
mod plugins;
mod provenance;
mod recorded;
mod refused;
mod replaced;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary needs a part of it")]
mod shared_support;
mod side_by_side;
mod support;
mod trust;
