//! The instances over simulated time, in bins: what plots are made from.

use serde::{Deserialize, Serialize};

use crate::engine::{Levels, Moment, Observer, Routed, Step, Transfer};

/// Each instance over simulated time, in bins of one width. The last bin may be cut by the end of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Width of a bin. \[us\]
    pub bin_us: u64,
    /// By instance.
    pub instances: Vec<InstanceSeries>,
}

/// One instance over time: a value per bin.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InstanceSeries {
    /// Used blocks / total blocks, averaged over the bin.
    pub kv_utilization: Vec<f64>,
    /// Waiting requests, averaged over the bin.
    pub queue_depth: Vec<f64>,
    /// Time of the reloads from the CPU tier that began in the bin. \[us\]
    pub reload_us: Vec<u64>,
    /// Requests routed here in the bin.
    pub routed: Vec<u64>,
    /// Preemptions.
    pub preemptions: Vec<u64>,
}

/// Bins at most: as many as a plot has room for.
const MOST_BINS: usize = 120;
/// The width to begin with; it doubles as often as the run needs. \[us\]
const FIRST_BIN_US: u64 = 1 << 10;

/// Sums of one bin of one instance.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    used_block_us: u128,
    waiting_us: u128,
    reload_us: u64,
    routed: u64,
    preemptions: u64,
}

impl Bin {
    fn add(&mut self, other: Self) {
        self.used_block_us += other.used_block_us;
        self.waiting_us += other.waiting_us;
        self.reload_us = self.reload_us.saturating_add(other.reload_us);
        self.routed += other.routed;
        self.preemptions += other.preemptions;
    }
}

/// Watches a run, in memory that does not grow with it.
#[derive(Debug)]
pub struct SeriesObserver {
    bin_us: u64,
    total_blocks: u32,
    bins: Vec<Vec<Bin>>,
    levels: Vec<Levels>,
    end_us: u64,
}

impl SeriesObserver {
    /// Of a cluster of so many instances of so many GPU blocks each.
    #[must_use]
    pub fn new(instances: u32, total_blocks: u32) -> Self {
        let count = instances as usize;
        let levels = vec![Levels::default(); count];
        Self { bin_us: FIRST_BIN_US, total_blocks, bins: vec![Vec::new(); count], levels, end_us: 0 }
    }

    /// What was seen, when the run is over.
    #[must_use]
    pub fn finish(self) -> Series {
        let (bin_us, end_us, total) = (self.bin_us, self.end_us, f64::from(self.total_blocks));
        let count = end_us.div_ceil(bin_us) as usize;
        let one = |bins: &Vec<Bin>| {
            let mut series = InstanceSeries::default();
            for index in 0..count {
                let bin = bins.get(index).copied().unwrap_or_default();
                let length_us = bin_us.min(end_us - bin_us * index as u64) as f64;
                series.kv_utilization.push(bin.used_block_us as f64 / (length_us * total));
                series.queue_depth.push(bin.waiting_us as f64 / length_us);
                series.reload_us.push(bin.reload_us);
                series.routed.push(bin.routed);
                series.preemptions.push(bin.preemptions);
            }
            series
        };
        Series { bin_us, instances: self.bins.iter().map(one).collect() }
    }

    /// The bin of a tick.
    fn at(&mut self, instance: u32, now_us: u64) -> &mut Bin {
        while now_us / self.bin_us >= MOST_BINS as u64 {
            self.widen();
        }
        let index = (now_us / self.bin_us) as usize;
        let bins = &mut self.bins[instance as usize];
        if bins.len() <= index {
            bins.resize(index + 1, Bin::default());
        }
        &mut bins[index]
    }

    /// Two bins become one.
    fn widen(&mut self) {
        self.bin_us *= 2;
        for bins in &mut self.bins {
            *bins = bins
                .chunks(2)
                .map(|pair| {
                    let mut sum = Bin::default();
                    pair.iter().for_each(|bin| sum.add(*bin));
                    sum
                })
                .collect();
        }
    }

    /// Accounts for the levels that an instance had until now.
    fn account(&mut self, instance: u32, until_us: u64) {
        let levels = self.levels[instance as usize];
        let mut from_us = levels.now_us;
        while from_us < until_us {
            // The last tick of the span decides how wide bins have to be.
            self.at(instance, until_us - 1);
            let to_us = until_us.min((from_us / self.bin_us + 1) * self.bin_us);
            let ticks = u128::from(to_us - from_us);
            let bin = self.at(instance, from_us);
            bin.used_block_us += ticks * u128::from(levels.used_blocks);
            bin.waiting_us += ticks * u128::from(levels.waiting);
            from_us = to_us;
        }
    }
}

impl Observer for SeriesObserver {
    fn sees_every_step(&self) -> bool {
        false
    }

    fn routed(&mut self, routed: &Routed<'_>) {
        self.at(routed.instance, routed.now_us).routed += 1;
    }

    fn preempted(&mut self, moment: &Moment) {
        self.at(moment.instance, moment.now_us).preemptions += 1;
    }

    fn step(&mut self, step: &Step) {
        if step.reload_us > 0 {
            let bin = self.at(step.instance, step.start_us);
            bin.reload_us = bin.reload_us.saturating_add(step.reload_us);
        }
    }

    fn async_reload(&mut self, transfer: &Transfer, _: u64) {
        let bin = self.at(transfer.instance, transfer.start_us);
        bin.reload_us = bin.reload_us.saturating_add(transfer.end_us - transfer.start_us);
    }

    fn levels(&mut self, levels: &Levels) {
        self.account(levels.instance, levels.now_us);
        self.levels[levels.instance as usize] = *levels;
    }

    fn ended(&mut self, end_us: u64) {
        for instance in 0..self.levels.len() as u32 {
            self.account(instance, end_us);
        }
        self.end_us = end_us;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(now_us: u64, waiting: u64, used_blocks: u32) -> Levels {
        Levels { now_us, waiting, used_blocks, ..Levels::default() }
    }

    #[test]
    fn levels_are_averaged_over_the_time_that_they_held() {
        let mut observer = SeriesObserver::new(1, 10);
        // 512 ticks of nothing, 512 of 5 blocks, then 256 of 10 blocks and the end.
        observer.levels(&levels(512, 2, 5));
        observer.levels(&levels(1024, 0, 10));
        observer.routed(&Routed { now_us: 1023, id: 0, slo_class: "", instance: 0, pending_transfer_us: 0 });
        observer.routed(&Routed { now_us: 1024, id: 1, slo_class: "", instance: 0, pending_transfer_us: 0 });
        observer.ended(1280);
        let series = observer.finish();
        assert_eq!(series.bin_us, 1024);
        let one = &series.instances[0];
        assert_eq!((&one.kv_utilization[..], &one.queue_depth[..]), (&[0.25, 1.0][..], &[1.0, 0.0][..]));
        assert_eq!(one.routed, [1, 1]);
    }

    #[test]
    fn a_long_run_has_wide_bins_and_loses_nothing() {
        let mut observer = SeriesObserver::new(2, 100);
        for tick in 0..1000 {
            let now_us = tick * 1_000_000;
            observer.levels(&Levels { instance: 1, ..levels(now_us, 3, 50) });
            observer.preempted(&Moment { now_us, instance: 1, id: tick });
            observer.step(&Step { instance: 1, start_us: now_us, reload_us: 7, ..Step::default() });
        }
        observer.ended(1_000_000_000);
        let series = observer.finish();
        let one = &series.instances[1];
        assert!((MOST_BINS / 2..=MOST_BINS).contains(&one.routed.len()), "{}", one.routed.len());
        assert_eq!((one.preemptions.iter().sum::<u64>(), one.reload_us.iter().sum::<u64>()), (1000, 7000));
        assert!(one.kv_utilization.iter().all(|share| (share - 0.5).abs() < 1e-12));
        assert_eq!(series.instances[0].queue_depth.len(), one.queue_depth.len());
    }
}
