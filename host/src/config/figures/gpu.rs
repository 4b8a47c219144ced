//! A GPU's figures, from its data sheet.

use serde_json::{Value, json};

use crate::config::error::Diagnostic;
use crate::config::reader::{MapReader, Sink, positive};
use crate::config::tree::Node;
use crate::engine::Gpu;

/// Any figure of a GPU.
const MOST: f64 = 1e9;

/// Reads a GPU. A file says beside the figures where they are from.
pub(super) fn read(node: &Node, path: &str, _is_strict: bool, sink: &Sink) -> Option<Gpu> {
    let mut map = MapReader::new(Some(node), path, sink);
    let mut figure = |key| {
        let path = map.path(key);
        match map.take(key) {
            Some(node) => positive(node, &path, MOST, sink),
            None => {
                if map.is_map() {
                    sink.error(Diagnostic::at(&map.span(), format!("`{path}` is missing")));
                }
                None
            }
        }
    };
    let peak_tflops = figure("peak_tflops");
    let memory_gb_per_s = figure("memory_gb_per_s");
    let memory_gib = figure("memory_gib");
    let link_gb_per_s = figure("link_gb_per_s");
    map.take("source");
    map.finish();
    Some(Gpu {
        peak_tflops: peak_tflops?,
        memory_gb_per_s: memory_gb_per_s?,
        memory_gib: memory_gib?,
        link_gb_per_s: link_gb_per_s?,
    })
}

/// What reads back as the same.
pub(in crate::config) fn to_value(gpu: &Gpu) -> Value {
    json!({
        "peak_tflops": gpu.peak_tflops,
        "memory_gb_per_s": gpu.memory_gb_per_s,
        "memory_gib": gpu.memory_gib,
        "link_gb_per_s": gpu.link_gb_per_s,
    })
}
