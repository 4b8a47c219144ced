//! Calibration of the statistics on data whose truth is known, and on real runs.

mod real;
mod synthetic;
