//! Scores instances by what a request would cost there, in work or in memory.

mod cost;
mod dynamo;
mod lmetric;

use pointsman_plugin_api::export;

use dynamo::DynamoCost;
use lmetric::LMetric;

export! { scorers: [DynamoCost, LMetric] }
