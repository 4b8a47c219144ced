//! What the router sees of the instances, and how old it is (`model.md` section 8).

use rustc_hash::FxHashSet;

use super::event::Event;
use super::instance::Instance;
use super::quiet::Due;
use super::request::Request;
use super::settings::ClusterSettings;
use super::simulation::{LAST_TICK_US, RunError, Simulation};
use crate::policy::{InstanceSignals, RouterCounts, SignalNeeds, SignalTable};

/// The last report of every instance, and the table that policies read.
pub(crate) struct Reports {
    /// 0: signals are read when a decision is made.
    interval_us: u64,
    needs: SignalNeeds,
    table: SignalTable,
    /// Per instance, what was cached at its last report; kept only where somebody asks for it.
    cached: Vec<FxHashSet<u64>>,
}

impl Reports {
    pub(crate) fn new(settings: &ClusterSettings, instances: &[Instance], needs: SignalNeeds) -> Self {
        let interval_us = settings.refresh_interval_us;
        let mut table = SignalTable::new(settings.instances, interval_us > 0);
        for (index, instance) in instances.iter().enumerate() {
            table.set_instance(index, 0, instance.signals(0));
        }
        Self { interval_us, needs, table, cached: vec![FxHashSet::default(); instances.len()] }
    }

    /// The table as last read.
    pub(crate) fn table(&self) -> &SignalTable {
        &self.table
    }

    /// Whether a decision with these needs reads instances as they are now.
    pub(crate) fn looks_at_instances(&self, needs: SignalNeeds) -> bool {
        self.interval_us == 0 && (needs.instances || needs.cached_prefix_blocks)
    }

    /// All that somebody reads.
    pub(crate) fn needs(&self) -> SignalNeeds {
        self.needs
    }

    /// Brings what is needed in the table up to date for a decision at `now_us` about a request.
    pub(crate) fn read(
        &mut self,
        now_us: u64,
        instances: &[Instance],
        needs: SignalNeeds,
        (request, block_size): (&Request, u64),
    ) {
        self.table.set_now(now_us);
        for (index, instance) in instances.iter().enumerate() {
            if self.interval_us == 0 && needs.instances {
                self.table.set_instance(index, now_us, instance.signals(now_us));
            }
            let counts = RouterCounts {
                pending_requests: instance.pending_requests,
                inflight_requests: instance.inflight_requests,
                inflight_tokens: instance.inflight_tokens,
            };
            self.table.set_router(index, counts);
            if needs.cached_prefix_blocks {
                let hit = if self.interval_us == 0 {
                    instance.gpu_hit(request, block_size)
                } else {
                    hit_in(&self.cached[index], request, block_size)
                };
                self.table.set_cached_prefix_blocks(index, hit);
            }
        }
    }

    /// An instance reports.
    fn report(&mut self, index: usize, now_us: u64, instance: &Instance) {
        self.table.set_instance(index, now_us, instance.signals(now_us));
        if self.needs.cached_prefix_blocks {
            self.cached[index].clear();
            self.cached[index].extend(instance.blocks.cached());
        }
    }
}

/// The GPU hit of a request on a cache that held these identities.
fn hit_in(cached: &FxHashSet<u64>, request: &Request, block_size: u64) -> u64 {
    let most = (request.num_tokens() - 1) / block_size;
    let content = &request.arrival.content;
    (0..most).find(|&at| !cached.contains(&content.block(at))).unwrap_or(most)
}

impl Instance {
    /// The instance's signals at this tick.
    pub(crate) fn signals(&self, now_us: u64) -> InstanceSignals {
        let totals = &self.totals;
        let ratio = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        InstanceSignals {
            queue_depth: self.waiting.len() as u64,
            batch_size: self.batch_size(),
            kv_utilization: f64::from(self.blocks.used()) / f64::from(self.blocks.total()),
            free_kv_blocks: u64::from(self.blocks.free()),
            total_kv_blocks: u64::from(self.blocks.total()),
            cache_hit_rate: ratio(totals.hit_tokens_gpu + totals.hit_tokens_cpu, totals.admitted_tokens),
            pending_transfer_latency: self.reload_link.pending_us(now_us),
            kv_thrashing_rate: ratio(totals.thrashed_blocks, totals.offloaded_blocks),
            preemption_count: totals.preemptions,
            waiting_tokens: self.waiting_tokens,
            cpu_kv_utilization: self.cpu.utilization(),
        }
    }
}

impl Simulation<'_> {
    /// An instance reports, and will again after the interval.
    pub(super) fn refresh(&mut self, index: u32) -> Result<(), RunError> {
        self.catch_up(index, Due::Before(self.now_us));
        self.land_offloads(index, self.now_us);
        let instance = &mut self.instances[index as usize];
        if self.reports.needs().cached_prefix_blocks {
            instance.settle_cache(&mut self.requests);
        }
        self.reports.report(index as usize, self.now_us, instance);
        let next_us = self.now_us.saturating_add(self.settings.refresh_interval_us);
        if next_us <= LAST_TICK_US {
            self.events.push(next_us, Event::Refresh(index));
        }
        Ok(())
    }
}
