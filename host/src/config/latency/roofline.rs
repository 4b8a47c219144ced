//! `model: roofline`.

use crate::engine::{Efficiency, Roofline};

use super::{Diagnostic, Figures, MapReader, Sink, limits, number};
use crate::config::figures;
use crate::config::reader::{positive, whole};

/// What the profiles that were fitted here have in common (`host/docs/latency.md`): for a model and a GPU
/// that nothing measures.
const TYPICAL: Efficiency =
    Efficiency { compute: 0.68, memory: 0.88, attention_compute: 0.51, attention_memory: 0.79, link: 0.7 };
const TYPICAL_OVERHEAD_US: f64 = 1450.0;
const TYPICAL_PREFILL_OVERHEAD_US: f64 = 1000.0;
const TYPICAL_PER_REQUEST_US: f64 = 9.0;
const TYPICAL_ALL_REDUCE_US: f64 = 11.0;
const TYPICAL_SHARPNESS: f64 = 3.0;
/// GPUs of an instance.
const MOST_GPUS: u64 = 1024;
/// Exponents beyond this are the maximum.
const MOST_SHARPNESS: f64 = 1000.0;

pub(super) fn read(map: &mut MapReader<'_>, given: &Figures, sink: &Sink) -> Option<Roofline> {
    let path = map.path("architecture");
    let architecture = match map.take_written("architecture") {
        Some(node) => figures::architecture(node, &path, sink),
        None => lacking(given.architecture.clone(), map, "architecture", sink),
    };
    let path = map.path("gpu");
    let gpu = match map.take_written("gpu") {
        Some(node) => figures::gpu(node, &path, sink),
        None => lacking(given.gpu.clone(), map, "gpu", sink),
    };
    let path = map.path("tensor_parallel");
    let tensor_parallel = match map.take_written("tensor_parallel") {
        Some(node) => whole(node, &path, 1..=MOST_GPUS, sink),
        None => Some(given.tensor_parallel.unwrap_or(1)),
    };
    let efficiency = efficiency(map.map("efficiency"), sink);
    let mut constant = |key, typical| map.number(key, typical, 0.0..=limits::CONSTANT_US);
    let overhead_us = constant("overhead_us", TYPICAL_OVERHEAD_US);
    let prefill_overhead_us = constant("prefill_overhead_us", TYPICAL_PREFILL_OVERHEAD_US);
    let per_request_us = constant("per_request_us", TYPICAL_PER_REQUEST_US);
    let all_reduce_us = constant("all_reduce_us", TYPICAL_ALL_REDUCE_US);
    let path = map.path("sharpness");
    let sharpness = match map.take("sharpness") {
        None => Some(TYPICAL_SHARPNESS),
        Some(node) if node.is_null() => None,
        Some(node) => Some(number(node, &path, 1.0..=MOST_SHARPNESS, sink)?),
    };
    let tensor_parallel = tensor_parallel?;
    if tensor_parallel == 1 {
        map.warn_without_effect(&["all_reduce_us"], "`tensor_parallel` is 1: nothing is sent");
    }
    Some(Roofline {
        architecture: architecture?,
        gpu: gpu?,
        tensor_parallel,
        efficiency: efficiency?,
        overhead_us,
        prefill_overhead_us,
        per_request_us,
        all_reduce_us,
        sharpness,
    })
}

/// What the profile says, or an error that it says nothing.
fn lacking<T>(found: Option<T>, map: &MapReader<'_>, key: &str, sink: &Sink) -> Option<T> {
    if found.is_none() && map.is_map() {
        let message = format!("`{}` is missing", map.path(key));
        let help = format!("give its name or its figures here, or use a profile that has `{key}`");
        sink.error_if_none(|| Diagnostic::at(&map.span(), message).help(help));
    }
    found
}

fn efficiency(mut map: MapReader<'_>, sink: &Sink) -> Option<Efficiency> {
    let mut share = |key, typical| {
        let path = map.path(key);
        map.take(key).map_or(Some(typical), |node| positive(node, &path, 1.0, sink))
    };
    let compute = share("compute", TYPICAL.compute);
    let memory = share("memory", TYPICAL.memory);
    let attention_compute = share("attention_compute", TYPICAL.attention_compute);
    let attention_memory = share("attention_memory", TYPICAL.attention_memory);
    let link = share("link", TYPICAL.link);
    map.finish();
    Some(Efficiency {
        compute: compute?,
        memory: memory?,
        attention_compute: attention_compute?,
        attention_memory: attention_memory?,
        link: link?,
    })
}
