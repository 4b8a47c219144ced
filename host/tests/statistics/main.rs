//! Calibration of the statistics on data whose truth is known, and on real runs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod judged;
mod real;
mod synthetic;
mod tuned;
mod verdicts;
