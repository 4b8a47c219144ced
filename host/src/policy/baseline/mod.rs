//! The policies that are built into the host, through the same traits as those of libraries.

mod age;
mod constant;
mod fcfs;
mod kv_utilization;
mod load_balance;
mod prefix_affinity;
mod queue_depth;
mod sjf;
mod slo_class;

pub use age::Age;
pub use constant::Constant;
pub use fcfs::Fcfs;
pub use kv_utilization::KvUtilization;
pub use load_balance::LoadBalance;
pub use prefix_affinity::PrefixAffinity;
pub use queue_depth::QueueDepth;
pub use sjf::Sjf;
pub use slo_class::SloClass;

use pointsman_plugin_api::Need;
use pointsman_plugin_api::signal::{BATCH_SIZE, PENDING_REQUESTS, QUEUE_DEPTH};

/// What the effective load is made of.
const LOAD_SIGNALS: &[Need] = &[QUEUE_DEPTH.required(), BATCH_SIZE.required(), PENDING_REQUESTS.required()];
