//! Experiments: many runs, and what can be said from them.
//!
//! | room | what happens there |
//! |---|---|
//! | `measurement` | what is kept of one run |
//! | `results` | what an experiment came to, as `report` and `results.json` have it |

pub mod measurement;
pub mod results;
