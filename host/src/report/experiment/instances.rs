//! What reports need of the instances over time. Only this file knows how a measurement holds them.

use crate::experiment::results::Arm;

/// One run over time.
pub(super) struct Timeline {
    pub(super) seed: u64,
    /// Width of a bin. \[s\]
    pub(super) bin_s: f64,
    pub(super) instances: Vec<InstanceLine>,
}

/// One instance: a value per bin.
pub(super) struct InstanceLine {
    /// Used blocks / total blocks.
    pub(super) kv: Vec<f64>,
    /// Time of reloads from the CPU tier. \[ms\]
    pub(super) reload_ms: Vec<f64>,
    /// Requests routed here.
    pub(super) routed: Vec<u64>,
}

/// The first run of an arm that reached its end.
pub(super) fn timeline(arm: &Arm) -> Option<Timeline> {
    arm.measured().next().map(|(seed, run)| {
        let series = &run.series;
        let instances = series.instances.iter().map(|instance| InstanceLine {
            kv: instance.kv_utilization.clone(),
            reload_ms: instance.reload_us.iter().map(|&us| us as f64 / 1e3).collect(),
            routed: instance.routed.clone(),
        });
        Timeline { seed, bin_s: series.bin_us as f64 / 1e6, instances: instances.collect() }
    })
}

/// The share of requests that each instance got, over all its runs.
pub(super) fn shares(arm: &Arm) -> Vec<f64> {
    let mut routed: Vec<u64> = Vec::new();
    for series in arm.measured().map(|(_, run)| &run.series) {
        routed.resize(routed.len().max(series.instances.len()), 0);
        for (sum, instance) in routed.iter_mut().zip(&series.instances) {
            *sum += instance.routed.iter().sum::<u64>();
        }
    }
    let all = routed.iter().sum::<u64>().max(1) as f64;
    routed.iter().map(|&count| count as f64 / all).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn shares_are_of_all_requests() {
        let shares = shares(&sample::results().arms[0]);
        assert_eq!(shares.len(), 4);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shares[3] > shares[0], "the sample routes more to the last");
    }
}
