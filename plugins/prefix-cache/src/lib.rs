//! Scorers and filters by what instances have cached of a request.

mod cache_aware;
mod no_hit_lru;
mod precise_prefix;
mod prefix_cache_affinity;

use pointsman_plugin_api::export;

use cache_aware::CacheAware;
use no_hit_lru::NoHitLru;
use precise_prefix::PrecisePrefix;
use prefix_cache_affinity::PrefixCacheAffinity;

export! {
    scorers: [PrecisePrefix, NoHitLru],
    filters: [PrefixCacheAffinity, CacheAware],
}
