//! The columns of the instances that this host can pass to a policy.

use pointsman_plugin_api::signal;

/// The signals that this host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignalColumn {
    Instance,
    QueueDepth,
    BatchSize,
    KvUtilization,
    FreeKvBlocks,
    TotalKvBlocks,
    CacheHitRate,
    PendingTransferLatency,
    KvThrashingRate,
    PreemptionCount,
    WaitingTokens,
    CpuKvUtilization,
    CachedPrefixBlocks,
    PendingRequests,
    InflightRequests,
    InflightTokens,
    /// Declared as optional by a policy, and unknown to this host.
    Absent,
}

impl SignalColumn {
    /// All of them, with their ids.
    const KNOWN: [(&'static str, Self); 16] = [
        (signal::INSTANCE.id(), Self::Instance),
        (signal::QUEUE_DEPTH.id(), Self::QueueDepth),
        (signal::BATCH_SIZE.id(), Self::BatchSize),
        (signal::KV_UTILIZATION.id(), Self::KvUtilization),
        (signal::FREE_KV_BLOCKS.id(), Self::FreeKvBlocks),
        (signal::TOTAL_KV_BLOCKS.id(), Self::TotalKvBlocks),
        (signal::CACHE_HIT_RATE.id(), Self::CacheHitRate),
        (signal::PENDING_TRANSFER_LATENCY.id(), Self::PendingTransferLatency),
        (signal::KV_THRASHING_RATE.id(), Self::KvThrashingRate),
        (signal::PREEMPTION_COUNT.id(), Self::PreemptionCount),
        (signal::WAITING_TOKENS.id(), Self::WaitingTokens),
        (signal::CPU_KV_UTILIZATION.id(), Self::CpuKvUtilization),
        (signal::CACHED_PREFIX_BLOCKS.id(), Self::CachedPrefixBlocks),
        (signal::PENDING_REQUESTS.id(), Self::PendingRequests),
        (signal::INFLIGHT_REQUESTS.id(), Self::InflightRequests),
        (signal::INFLIGHT_TOKENS.id(), Self::InflightTokens),
    ];

    /// The signal with this id; `Absent` if the host has none.
    pub(crate) fn with_id(id: &str) -> Self {
        Self::KNOWN.into_iter().find(|(known, _)| *known == id).map_or(Self::Absent, |(_, column)| column)
    }

    /// Its id; `None` for one that the host lacks.
    pub(super) fn id(self) -> Option<&'static str> {
        Self::KNOWN.into_iter().find(|(_, column)| *column == self).map(|(id, _)| id)
    }

    /// Whether it is from an instance's report; what the router knows by itself is always current.
    pub(super) fn is_reported(self) -> bool {
        use SignalColumn as S;
        !matches!(
            self,
            S::Instance | S::PendingRequests | S::InflightRequests | S::InflightTokens | S::Absent
        )
    }
}
