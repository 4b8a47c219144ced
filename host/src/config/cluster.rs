//! The `cluster:` map: from options to the settings that the engine trusts.

use crate::engine::{ClusterSettings, EngineSettings, Preemption};

use super::figures::Figures;
use super::kv;
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
    let kv_map = map.map("kv");
    // A record of a run holds all figures: then the profile is a name alone, and need not exist.
    let needed = latency_node.is_none_or(latency::needs_figures)
        || !kv_map.is_set("blocks")
        || kv_map.has_text("blocks")
        || kv_map.is_set("transfer_gb_per_s");
    let profile = name.as_ref().filter(|_| needed).and_then(|name| sink.ok(profile::find(name, sink)));
    let none = Figures::default();
    let figures = profile.as_ref().map_or(&none, |profile| &profile.figures);
    let latency = latency_node.and_then(|node| latency::read(node, &map.path("latency"), figures, sink));
    let kv = kv::read(kv_map, profile.as_ref());
    let (engine, preemption_span) = read_engine(map.map("engine"));
    let kv = kv.settle(profile.as_ref(), &engine, sink);
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
    let async_scheduling = map.truth("async_scheduling", false);
    map.finish();
    let engine = EngineSettings {
        max_num_seqs,
        max_num_batched_tokens,
        long_prefill_token_threshold,
        preemption,
        async_scheduling,
    };
    (engine, span)
}

/// The bounds above keep these within 32 bits.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
