//! `model: table`.

use crate::engine::{Axis, Grid, Table};

use super::{Diagnostic, MapReader, Sink, limits, needed, numbers};

/// Tokens, requests and contexts of a table.
const MOST_POINT: f64 = 1e12;

pub(super) fn read(map: &mut MapReader<'_>, sink: &Sink) -> Option<Table> {
    let overhead_us = map.number("overhead_us", 0.0, 0.0..=limits::CONSTANT_US);
    let tokens = grid(map, "tokens", ["tokens"], sink);
    let requests = grid(map, "requests", ["requests"], sink);
    let axes = ["prefill_tokens", "prefill_context", "decodes", "decode_context"];
    let attention = grid(map, "attention", axes, sink);
    Some(Table { overhead_us, tokens: tokens?, requests: requests?, attention: attention? })
}

/// A map with a list for each axis, and the times under `us`.
fn grid<const N: usize>(
    map: &mut MapReader<'_>,
    key: &'static str,
    axes: [&'static str; N],
    sink: &Sink,
) -> Option<Grid<N>> {
    let path = map.path(key);
    let node = needed(map, key, sink)?;
    let mut map = MapReader::new(Some(node), path.clone(), sink);
    let mut list = |key, most| {
        let path = map.path(key);
        needed(&mut map, key, sink).and_then(|node| numbers(node, &path, most, sink))
    };
    let axes: Vec<Option<Axis>> = axes.into_iter().map(|axis| list(axis, MOST_POINT)).collect();
    let us = list("us", limits::CONSTANT_US);
    map.finish();
    let axes: [Axis; N] = axes.into_iter().collect::<Option<Vec<Axis>>>()?.try_into().ok()?;
    match Grid::new(axes, us?) {
        Ok(grid) => Some(grid),
        Err(why) => {
            sink.error(Diagnostic::at(&node.span, format!("`{path}` is no table: {why}")));
            None
        }
    }
}
