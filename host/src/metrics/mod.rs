//! From request records to the figures that people read (`model.md` section 11).
//!
//! Latency figures are over completed requests; those that did not finish are counted beside
//! them, always. In output, times are milliseconds.

mod attribution;
mod collector;
mod decision_log;
pub mod digest;
mod distribution;
mod folded;
mod goodput;
mod hindsight;
mod leave_one_out;
mod metric;
mod saturation;
mod series;
mod sketch;
mod summary;
mod tally;

pub use attribution::{Attributed, Attribution, Attributor, Margin, ScorerShare};
pub use collector::{Collector, EXACT_REQUESTS, Keep};
pub use decision_log::{
    DecisionLog, LoggedDecision, LoggedScorer, SignalValues, is_rank_within, is_sampled, sample_rank,
};
pub use distribution::{Distribution, Histogram, percentile};
pub use goodput::{Goodput, Targets};
pub use hindsight::{Routings, WINDOW_US, Waits};
pub use leave_one_out::{flips, has_say, margin};
pub use metric::{Better, METRICS, Metric, Scale};
pub use saturation::Saturation;
pub use series::{InstanceSeries, Series, SeriesObserver};
pub use sketch::RELATIVE_ERROR;
pub use summary::{Group, InstanceSummary, Latencies, Percentiles, Summary, group_of, summarise};
