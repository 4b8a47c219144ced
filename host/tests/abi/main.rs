//! Libraries and their host: good ones, broken ones, and many at once. A file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod calls;
mod command;
mod compilers;
mod containment;
mod damaged;
mod discovery;
mod evolution;
mod needs;
mod outside;
mod parameters;
mod plugins;
mod provenance;
mod refused;
mod replaced;
mod side_by_side;
mod support;
mod trust;
