//! What policies may know of the instances: the signals of `model.md` section 8, as columns.

use pointsman_plugin_api::Column;

use super::column::SignalColumn;

/// What an instance reports of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct InstanceSignals {
    /// Waiting requests.
    pub queue_depth: u64,
    /// Running requests.
    pub batch_size: u64,
    /// Used blocks / total blocks.
    pub kv_utilization: f64,
    /// Blocks without a reference.
    pub free_kv_blocks: u64,
    /// Blocks.
    pub total_kv_blocks: u64,
    /// Tokens hit / num_tokens, over admissions.
    pub cache_hit_rate: f64,
    /// Ticks that reloads still need. \[us\]
    pub pending_transfer_latency: u64,
    /// Blocks reloaded within the thrash window / blocks offloaded.
    pub kv_thrashing_rate: f64,
    /// Preemptions so far.
    pub preemption_count: u64,
    /// Sum of num_tokens of waiting requests. \[tokens\]
    pub waiting_tokens: u64,
    /// CPU tier in use / capacity.
    pub cpu_kv_utilization: f64,
}

/// What the router counts of an instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouterCounts {
    /// Routed there, not yet in its queue.
    pub pending_requests: u64,
    /// Routed there, not yet finished.
    pub inflight_requests: u64,
    /// Prompt tokens of those. \[tokens\]
    pub inflight_tokens: u64,
}

/// Which signals somebody reads: the others are not measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalNeeds {
    /// Anything at all, the router's own counts included.
    pub any: bool,
    /// Anything that instances report.
    pub instances: bool,
    /// `cached_prefix_blocks`, a look-up per instance and request.
    pub cached_prefix_blocks: bool,
}

impl SignalNeeds {
    /// What either needs.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            any: self.any || other.any,
            instances: self.instances || other.instances,
            cached_prefix_blocks: self.cached_prefix_blocks || other.cached_prefix_blocks,
        }
    }
}

/// The values of one signal, by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cells<'a> {
    /// Whole numbers.
    Numbers(&'a [u64]),
    /// Shares and rates.
    Ratios(&'a [f64]),
}

/// The signals of all instances, one column per signal, and the age of each report.
#[derive(Debug, Clone, Default)]
pub struct SignalTable {
    instance: Vec<u64>,
    queue_depth: Vec<u64>,
    batch_size: Vec<u64>,
    kv_utilization: Vec<f64>,
    free_kv_blocks: Vec<u64>,
    total_kv_blocks: Vec<u64>,
    cache_hit_rate: Vec<f64>,
    pending_transfer_latency: Vec<u64>,
    kv_thrashing_rate: Vec<f64>,
    preemption_count: Vec<u64>,
    waiting_tokens: Vec<u64>,
    cpu_kv_utilization: Vec<f64>,
    cached_prefix_blocks: Vec<u64>,
    pending_requests: Vec<u64>,
    inflight_requests: Vec<u64>,
    inflight_tokens: Vec<u64>,
    /// Tick of each instance's last report. \[us\]
    reported_us: Vec<u64>,
    /// Age of each report at the decision \[us\]; `None` where reports are always current.
    ages_us: Option<Vec<u64>>,
}

impl SignalTable {
    /// A table of zeros for so many instances; `stale` where reports have an age.
    #[must_use]
    pub fn new(instances: u32, stale: bool) -> Self {
        let rows = instances as usize;
        let (numbers, ratios) = (vec![0; rows], vec![0.0; rows]);
        Self {
            instance: (0..u64::from(instances)).collect(),
            queue_depth: numbers.clone(),
            batch_size: numbers.clone(),
            kv_utilization: ratios.clone(),
            free_kv_blocks: numbers.clone(),
            total_kv_blocks: numbers.clone(),
            cache_hit_rate: ratios.clone(),
            pending_transfer_latency: numbers.clone(),
            kv_thrashing_rate: ratios.clone(),
            preemption_count: numbers.clone(),
            waiting_tokens: numbers.clone(),
            cpu_kv_utilization: ratios,
            cached_prefix_blocks: numbers.clone(),
            pending_requests: numbers.clone(),
            inflight_requests: numbers.clone(),
            inflight_tokens: numbers.clone(),
            reported_us: numbers.clone(),
            ages_us: stale.then_some(numbers),
        }
    }

    /// Number of instances.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.instance.len()
    }

    /// Which instance a row is.
    pub(super) fn instance(&self, row: usize) -> u32 {
        self.instance[row] as u32
    }

    /// Which instance each row is.
    #[must_use]
    pub fn instances(&self) -> &[u64] {
        &self.instance
    }

    /// The values of the signal with this id, by row; `None` if there is no such signal. What no policy
    /// reads is not measured, and stays 0.
    #[must_use]
    pub fn cells(&self, id: &str) -> Option<Cells<'_>> {
        let column = SignalColumn::with_id(id);
        let numbers = match column {
            SignalColumn::Instance => &self.instance,
            SignalColumn::QueueDepth => &self.queue_depth,
            SignalColumn::BatchSize => &self.batch_size,
            SignalColumn::FreeKvBlocks => &self.free_kv_blocks,
            SignalColumn::TotalKvBlocks => &self.total_kv_blocks,
            SignalColumn::PendingTransferLatency => &self.pending_transfer_latency,
            SignalColumn::PreemptionCount => &self.preemption_count,
            SignalColumn::WaitingTokens => &self.waiting_tokens,
            SignalColumn::CachedPrefixBlocks => &self.cached_prefix_blocks,
            SignalColumn::PendingRequests => &self.pending_requests,
            SignalColumn::InflightRequests => &self.inflight_requests,
            SignalColumn::InflightTokens => &self.inflight_tokens,
            SignalColumn::KvUtilization => return Some(Cells::Ratios(&self.kv_utilization)),
            SignalColumn::CacheHitRate => return Some(Cells::Ratios(&self.cache_hit_rate)),
            SignalColumn::KvThrashingRate => return Some(Cells::Ratios(&self.kv_thrashing_rate)),
            SignalColumn::CpuKvUtilization => return Some(Cells::Ratios(&self.cpu_kv_utilization)),
            SignalColumn::Absent => return None,
        };
        Some(Cells::Numbers(numbers))
    }

    /// Becomes a table of as many zeros as `other` has rows, with the same ages.
    pub(super) fn neutralise(&mut self, other: &Self) {
        let rows = other.rows();
        self.numbers_mut().into_iter().for_each(|column| column.resize(rows, 0));
        self.ratios_mut().into_iter().for_each(|column| column.resize(rows, 0.0));
        self.ages_us.clone_from(&other.ages_us);
    }

    /// Becomes a copy of `other`; memory that it has is used again.
    pub(super) fn copy_from(&mut self, other: &Self) {
        let pairs = self.numbers_mut().into_iter().zip(other.numbers());
        pairs.for_each(|(mine, theirs)| mine.clone_from(theirs));
        let pairs = self.ratios_mut().into_iter().zip(other.ratios());
        pairs.for_each(|(mine, theirs)| mine.clone_from(theirs));
        self.ages_us.clone_from(&other.ages_us);
    }

    /// Keeps the rows for which `keep` has 1.
    pub(super) fn retain(&mut self, keep: &[u8]) {
        fn retain<T>(column: &mut Vec<T>, keep: &[u8]) {
            let mut keep = keep.iter();
            column.retain(|_| keep.next() == Some(&1));
        }
        self.numbers_mut().into_iter().for_each(|column| retain(column, keep));
        self.ratios_mut().into_iter().for_each(|column| retain(column, keep));
        self.ages_us.iter_mut().for_each(|column| retain(column, keep));
    }

    /// The tick of the decision: how old the reports are at it.
    pub fn set_now(&mut self, now_us: u64) {
        if let Some(ages_us) = &mut self.ages_us {
            for (age_us, reported_us) in ages_us.iter_mut().zip(&self.reported_us) {
                *age_us = now_us - reported_us;
            }
        }
    }

    /// An instance's report.
    pub fn set_instance(&mut self, row: usize, reported_us: u64, signals: InstanceSignals) {
        self.queue_depth[row] = signals.queue_depth;
        self.batch_size[row] = signals.batch_size;
        self.kv_utilization[row] = signals.kv_utilization;
        self.free_kv_blocks[row] = signals.free_kv_blocks;
        self.total_kv_blocks[row] = signals.total_kv_blocks;
        self.cache_hit_rate[row] = signals.cache_hit_rate;
        self.pending_transfer_latency[row] = signals.pending_transfer_latency;
        self.kv_thrashing_rate[row] = signals.kv_thrashing_rate;
        self.preemption_count[row] = signals.preemption_count;
        self.waiting_tokens[row] = signals.waiting_tokens;
        self.cpu_kv_utilization[row] = signals.cpu_kv_utilization;
        self.reported_us[row] = reported_us;
    }

    /// What the router counts itself.
    pub fn set_router(&mut self, row: usize, counts: RouterCounts) {
        self.pending_requests[row] = counts.pending_requests;
        self.inflight_requests[row] = counts.inflight_requests;
        self.inflight_tokens[row] = counts.inflight_tokens;
    }

    /// The GPU hit that the request at hand would have.
    pub fn set_cached_prefix_blocks(&mut self, row: usize, blocks: u64) {
        self.cached_prefix_blocks[row] = blocks;
    }

    /// A column in the form in which it crosses the ABI.
    pub(crate) fn column(&self, signal: SignalColumn) -> Column<'_> {
        let column = match signal {
            SignalColumn::Instance => Column::of(&self.instance),
            SignalColumn::QueueDepth => Column::of(&self.queue_depth),
            SignalColumn::BatchSize => Column::of(&self.batch_size),
            SignalColumn::KvUtilization => Column::of(&self.kv_utilization),
            SignalColumn::FreeKvBlocks => Column::of(&self.free_kv_blocks),
            SignalColumn::TotalKvBlocks => Column::of(&self.total_kv_blocks),
            SignalColumn::CacheHitRate => Column::of(&self.cache_hit_rate),
            SignalColumn::PendingTransferLatency => Column::of(&self.pending_transfer_latency),
            SignalColumn::KvThrashingRate => Column::of(&self.kv_thrashing_rate),
            SignalColumn::PreemptionCount => Column::of(&self.preemption_count),
            SignalColumn::WaitingTokens => Column::of(&self.waiting_tokens),
            SignalColumn::CpuKvUtilization => Column::of(&self.cpu_kv_utilization),
            SignalColumn::CachedPrefixBlocks => Column::of(&self.cached_prefix_blocks),
            SignalColumn::PendingRequests => Column::of(&self.pending_requests),
            SignalColumn::InflightRequests => Column::of(&self.inflight_requests),
            SignalColumn::InflightTokens => Column::of(&self.inflight_tokens),
            SignalColumn::Absent => return Column::absent(),
        };
        match &self.ages_us {
            Some(ages_us) if signal.is_reported() => column.with_ages(ages_us),
            _ => column,
        }
    }

    fn numbers(&self) -> [&Vec<u64>; 13] {
        [
            &self.instance,
            &self.queue_depth,
            &self.batch_size,
            &self.free_kv_blocks,
            &self.total_kv_blocks,
            &self.pending_transfer_latency,
            &self.preemption_count,
            &self.waiting_tokens,
            &self.cached_prefix_blocks,
            &self.pending_requests,
            &self.inflight_requests,
            &self.inflight_tokens,
            &self.reported_us,
        ]
    }

    fn numbers_mut(&mut self) -> [&mut Vec<u64>; 13] {
        [
            &mut self.instance,
            &mut self.queue_depth,
            &mut self.batch_size,
            &mut self.free_kv_blocks,
            &mut self.total_kv_blocks,
            &mut self.pending_transfer_latency,
            &mut self.preemption_count,
            &mut self.waiting_tokens,
            &mut self.cached_prefix_blocks,
            &mut self.pending_requests,
            &mut self.inflight_requests,
            &mut self.inflight_tokens,
            &mut self.reported_us,
        ]
    }

    fn ratios(&self) -> [&Vec<f64>; 4] {
        [&self.kv_utilization, &self.cache_hit_rate, &self.kv_thrashing_rate, &self.cpu_kv_utilization]
    }

    fn ratios_mut(&mut self) -> [&mut Vec<f64>; 4] {
        [
            &mut self.kv_utilization,
            &mut self.cache_hit_rate,
            &mut self.kv_thrashing_rate,
            &mut self.cpu_kv_utilization,
        ]
    }
}
