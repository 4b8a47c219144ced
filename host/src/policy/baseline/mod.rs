//! The policies that are built into the host, through the same traits as those of libraries.

mod age;
mod always_admit;
mod constant;
mod fcfs;
mod kv_utilization;
mod least_loaded;
mod load_balance;
mod max_score;
mod prefix_affinity;
mod queue_depth;
mod round_robin;
mod sjf;
mod slo_class;
mod slo_gated;
mod tie_break;
mod token_bucket;

pub use age::Age;
pub use always_admit::{AlwaysAdmit, RejectAll};
pub use constant::Constant;
pub use fcfs::Fcfs;
pub use kv_utilization::KvUtilization;
pub use least_loaded::LeastLoaded;
pub use load_balance::LoadBalance;
pub use max_score::MaxScore;
pub use prefix_affinity::PrefixAffinity;
pub use queue_depth::QueueDepth;
pub use round_robin::RoundRobin;
pub use sjf::Sjf;
pub use slo_class::SloClass;
pub use slo_gated::SloGated;
pub use token_bucket::TokenBucket;

use pointsman_plugin_api::signal::{BATCH_SIZE, PENDING_REQUESTS, QUEUE_DEPTH};
use pointsman_plugin_api::{Need, Scorer};

/// The one policy here that makes something of being told where requests went.
pub(super) const HEARS_OF_ROUTING: &str = PrefixAffinity::INFO.name;

/// What the effective load is made of.
const LOAD_SIGNALS: &[Need] = &[QUEUE_DEPTH.required(), BATCH_SIZE.required(), PENDING_REQUESTS.required()];
