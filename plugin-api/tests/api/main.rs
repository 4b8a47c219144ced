//! What authors can rely on. A file per promise.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod columns;
mod guard;
mod manifest;
mod order;
mod parameters;
mod policies;
mod views;
