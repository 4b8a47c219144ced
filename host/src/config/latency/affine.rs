//! `model: affine-context`.

use crate::engine::AffineContext;

use super::{Diagnostic, MapReader, Node, Sink, Value, limits, needed, number, wrong};
use crate::config::reader::whole;

/// Batch sizes that a server records: far more than any does.
const MOST_SIZES: usize = 4096;

pub(super) fn read(map: &mut MapReader<'_>, sink: &Sink) -> Option<AffineContext> {
    let base_us = needed(map, "base_us", sink)
        .and_then(|node| number(node, &map.path("base_us"), 0.0..=limits::CONSTANT_US, sink));
    let mut coefficient = |key, most| map.number(key, 0.0, 0.0..=most);
    let prefill_base_us = coefficient("prefill_base_us", limits::CONSTANT_US);
    let per_prefill_token_us = coefficient("per_prefill_token_us", limits::PER_TOKEN_US);
    let per_prefill_pair_us = coefficient("per_prefill_pair_us", limits::PER_SQUARE_US);
    let per_decode_us = coefficient("per_decode_us", limits::PER_TOKEN_US);
    let per_context_token_us = coefficient("per_context_token_us", limits::PER_TOKEN_US);
    let path = map.path("graph_sizes");
    let graph_sizes = match map.take_written("graph_sizes") {
        Some(node) => sizes(node, &path, sink)?,
        None => Vec::new(),
    };
    Some(AffineContext {
        base_us: base_us?,
        prefill_base_us,
        per_prefill_token_us,
        per_prefill_pair_us,
        per_decode_us,
        per_context_token_us,
        graph_sizes,
    })
}

/// Ascending sizes of batches.
fn sizes(node: &Node, path: &str, sink: &Sink) -> Option<Vec<u64>> {
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, path, "a list of batch sizes"));
        return None;
    };
    if items.len() > MOST_SIZES {
        sink.error(Diagnostic::at(&node.span, format!("`{path}` has more than {MOST_SIZES} batch sizes")));
        return None;
    }
    let read =
        |(index, item): (usize, &Node)| whole(item, &format!("{path}[{index}]"), 1..=limits::SEATS, sink);
    let sizes: Vec<Option<u64>> = items.iter().enumerate().map(read).collect();
    let sizes = sizes.into_iter().collect::<Option<Vec<u64>>>()?;
    if let Some(at) = sizes.windows(2).position(|two| two[0] >= two[1]) {
        let message = format!("`{path}` must be ascending: {} comes after {}", sizes[at + 1], sizes[at]);
        sink.error(Diagnostic::at(&items[at + 1].span, message));
        return None;
    }
    Some(sizes)
}
