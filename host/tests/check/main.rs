//! `pointsman plugin check`: libraries that break one promise each, and those of this repository,
//! which keep all.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![cfg(unix)]

mod bad;
mod command;
mod repository;
mod support;
