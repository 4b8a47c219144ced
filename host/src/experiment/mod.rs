//! Experiments: many runs, and what can be said from them.
//!
//! | room | what happens there |
//! |---|---|
//! | `plan`, `check` | the arms, what each run depends on, what is wrong with claims |
//! | `pool`, `cache` | many runs at once, none of them twice |
//! | `measurement`, `measure`, `part` | what is kept of one run, and of each of two routings that shared it |
//! | `conduct`, `knee`, `notes` | seeds are run until the plan is done; where arms pass saturation, and what else one should know |
//! | `judge` | from measurements to the verdict on a claim |
//! | `ab` | is B better than A? |
//! | `tune` | which weights and parameters are best? |
//! | `statistics` | what can be said from values that differ from seed to seed |
//! | `results` | what an experiment came to, as `report` and `results.json` have it |
//!
//! Nothing here starts a process or reads a clock: whoever calls says how a run is made.

pub mod ab;
pub mod cache;
pub mod check;
pub mod conduct;
pub mod judge;
mod knee;
mod measure;
pub mod measurement;
mod notes;
pub mod part;
pub mod plan;
pub mod pool;
pub mod results;
pub mod statistics;
pub mod tune;
