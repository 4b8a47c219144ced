//! Which weights and parameters are best? A search over a space of configurations, and what can be
//! claimed of what it found.
//!
//! | room | what happens there |
//! |---|---|
//! | `space` | the points of a space: none twice, none silently left out |
//! | `seeds` | seeds to search on, and others to claim on |
//! | `pareto` | which points no other point beats |
//! | `halving` | how many points get how many seeds |
//! | `search` | rung after rung, the better part goes on |
//! | `claim` | the front against the baseline, on seeds that the search never saw |
//! | `answer` | what was found, as plain data |
//! | `conduct` | all of it |
//!
//! The search picks the best of many noisy estimates, so that its own estimates flatter what it picked:
//! the winner's curse. Nothing is claimed from them.

mod answer;
mod claim;
mod conduct;
mod halving;
mod pareto;
mod search;
mod seeds;
mod space;

pub use answer::{Answer, Baseline, Estimate, FrontPoint, FrontRow, PointRow, RungRow, SpaceInfo, Standing};
pub use claim::{Claims, claim};
pub use conduct::{Ask, tune};
pub use halving::{Rung, plan, runs};
pub use pareto::{crowding, dominates, order, ranks};
pub use search::{Budget, Found, Known, Measure, TuneError, search};
pub use seeds::Seeds;
pub use space::{Points, points};
