//! The `cluster:` map: from options to the settings that the engine trusts.

use crate::engine::{ClusterSettings, EngineSettings, KvSettings, Preemption, Reload};

use super::latency;
use super::limits;
use super::profile::{self, Profile};
use super::reader::{MapReader, Sink, word};
use super::source::{Span, Spanned};

/// What the `cluster:` map says.
pub(super) struct Cluster {
    pub(super) settings: ClusterSettings,
    pub(super) profile_name: String,
    /// `None` when nothing was left to take from it.
    pub(super) profile: Option<Profile>,
    pub(super) preemption_span: Span,
}

/// Reads the map; the horizon belongs to the run and comes from outside it.
pub(super) fn read(mut map: MapReader<'_>, horizon_us: Option<u64>, sink: &Sink) -> Option<Cluster> {
    let instances = map.whole("instances", 1, 1..=limits::INSTANCES);
    let name = match map.take("profile") {
        Some(node) => word(node, &map.path("profile"), sink),
        None => Some(Spanned::of_default(profile::DEFAULT.to_owned())),
    };
    let latency_node = map.take_written("latency");
    let latency = latency_node.and_then(|node| latency::read(node, &map.path("latency"), sink));
    let kv_map = map.map("kv");
    // A record of a run holds all figures: then the profile is a name alone, and need not exist.
    let needed = latency_node.is_none() || !kv_map.is_set("blocks");
    let profile = name.as_ref().filter(|_| needed).and_then(|name| sink.ok(profile::find(name)));
    let kv = read_kv(kv_map, profile.as_ref().map_or(1, |profile| profile.blocks));
    let (engine, preemption_span) = read_engine(map.map("engine"));
    let mut signals = map.map("signals");
    let refresh_interval_us = signals.whole("refresh_interval_us", 0, 0..=limits::LATENCY_US);
    let completion_delay_us = signals.whole("completion_delay_us", 0, 0..=limits::LATENCY_US);
    let kv_event_delay_us = signals.whole("kv_event_delay_us", 0, 0..=limits::LATENCY_US);
    signals.finish();
    let admission_latency_us = map.whole("admission_latency_us", 0, 0..=limits::LATENCY_US);
    let routing_latency_us = map.whole("routing_latency_us", 0, 0..=limits::LATENCY_US);
    map.finish();
    let settings = ClusterSettings {
        instances: narrow(instances),
        kv,
        engine,
        latency: latency.or_else(|| profile.as_ref().map(|profile| profile.latency.clone()))?,
        refresh_interval_us,
        completion_delay_us,
        kv_event_delay_us,
        admission_latency_us,
        routing_latency_us,
        horizon_us,
    };
    Some(Cluster { settings, profile_name: name?.value, profile, preemption_span })
}

fn read_kv(mut map: MapReader<'_>, profile_blocks: u32) -> KvSettings {
    let blocks = map.whole("blocks", profile_blocks.into(), 1..=limits::BLOCKS);
    let block_size = map.whole("block_size", 16, 1..=limits::BLOCK_SIZE);
    let cpu_blocks = map.whole("cpu_blocks", 0, 0..=limits::BLOCKS);
    let offload_threshold = map.number("offload_threshold", 0.9, 0.0..=1.0);
    let transfer_bandwidth = map.whole("transfer_bandwidth", 100, 1..=limits::BANDWIDTH);
    let transfer_base_latency_us = map.whole("transfer_base_latency_us", 0, 0..=limits::TRANSFER_US);
    let modes = [("blocking", Reload::Blocking), ("async", Reload::Async)];
    let reload = map.choice("reload", Reload::Blocking, &modes);
    let thrash_window_us = map.whole("thrash_window_us", 1000, 0..=limits::HORIZON_US);
    if cpu_blocks == 0 {
        let without = [
            "offload_threshold",
            "transfer_bandwidth",
            "transfer_base_latency_us",
            "reload",
            "thrash_window_us",
        ];
        map.warn_without_effect(&without, "there is no CPU tier: `cpu_blocks` is 0");
    } else if offload_threshold >= 1.0 {
        let why = "nothing is ever offloaded: no more than all blocks are used, and `offload_threshold` is 1";
        map.warn_without_effect(&["cpu_blocks"], why);
    }
    map.finish();
    KvSettings {
        blocks: narrow(blocks),
        block_size,
        cpu_blocks: narrow(cpu_blocks),
        offload_threshold,
        transfer_bandwidth,
        transfer_base_latency_us,
        reload,
        thrash_window_us,
    }
}

fn read_engine(mut map: MapReader<'_>) -> (EngineSettings, Span) {
    let max_num_seqs = map.whole("max_num_seqs", 256, 1..=limits::SEATS);
    let max_num_batched_tokens = map.whole("max_num_batched_tokens", 2048, 1..=limits::STEP_TOKENS);
    let long_prefill_token_threshold = map.whole("long_prefill_token_threshold", 0, 0..=limits::STEP_TOKENS);
    if long_prefill_token_threshold >= max_num_batched_tokens {
        let why = format!("no step has more tokens: `max_num_batched_tokens` is {max_num_batched_tokens}");
        map.warn_without_effect(&["long_prefill_token_threshold"], &why);
    }
    let victims = [("tail", Preemption::Tail), ("priority", Preemption::Priority)];
    let preemption = map.choice("preemption", Preemption::Tail, &victims);
    let span = map.take("preemption").map_or_else(Span::of_default, |node| node.span.clone());
    map.finish();
    let engine =
        EngineSettings { max_num_seqs, max_num_batched_tokens, long_prefill_token_threshold, preemption };
    (engine, span)
}

/// The bounds above keep these within 32 bits.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
