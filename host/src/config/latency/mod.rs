//! The `latency:` map: a latency model and its parameters.

mod affine;
mod linear;
mod roofline;
mod table;
mod write;

use crate::engine::{LatencyModel, StepModel};

use super::error::Diagnostic;
use super::figures::Figures;
use super::limits;
use super::reader::{MapReader, Sink, choice, number, wrong};
use super::tree::{Node, Value};

pub use write::to_value;

/// The models by name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Linear,
    AffineContext,
    Roofline,
    Table,
}

const NAMES: [(&str, Name); 4] = [
    ("linear", Name::Linear),
    ("affine-context", Name::AffineContext),
    ("roofline", Name::Roofline),
    ("table", Name::Table),
];

/// Whether a map cannot be read without the figures of a profile.
pub(super) fn needs_figures(node: &Node) -> bool {
    let name = node.get("model").and_then(Node::text).unwrap_or_default();
    name.trim() == "roofline"
        && ["architecture", "gpu", "tensor_parallel"].iter().any(|key| node.get(key).is_none())
}

/// Reads a latency model; a roofline that does not say which model and GPU it is of takes them from
/// `figures`.
pub(super) fn read(node: &Node, path: &str, figures: &Figures, sink: &Sink) -> Option<LatencyModel> {
    let mut map = MapReader::new(Some(node), path, sink);
    let name = match map.take("model") {
        Some(node) => choice(node, &map.path("model"), &NAMES, sink),
        None => Some(Name::Linear),
    };
    // Which keys there are is not known without it.
    let name = name?;
    let alpha = alpha(&mut map, name == Name::Linear, sink);
    let step = match name {
        Name::Linear => linear::read(&mut map, sink).map(StepModel::Linear),
        Name::AffineContext => affine::read(&mut map, sink).map(StepModel::AffineContext),
        Name::Roofline => {
            roofline::read(&mut map, figures, sink).map(|model| StepModel::Roofline(Box::new(model)))
        }
        Name::Table => table::read(&mut map, sink).map(|table| StepModel::Table(table.into())),
    };
    map.finish();
    Some(LatencyModel { alpha: alpha?, step: step? })
}

fn alpha(map: &mut MapReader<'_>, is_needed: bool, sink: &Sink) -> Option<[f64; 3]> {
    if !is_needed && !map.is_set("alpha") {
        map.take("alpha");
        return Some([0.0; 3]);
    }
    let limits = [limits::CONSTANT_US, limits::PER_TOKEN_US, limits::CONSTANT_US];
    coefficients(map, "alpha", 3, &limits, sink)?.try_into().ok()
}

/// A list of finite numbers, 0 or more; as many as `limits`, the last ones from `least` on optional.
fn coefficients(
    map: &mut MapReader<'_>,
    key: &'static str,
    least: usize,
    limits: &[f64],
    sink: &Sink,
) -> Option<Vec<f64>> {
    let path = map.path(key);
    let Some(node) = map.take(key) else {
        // A map of the wrong type has been reported; only a real one can lack something.
        if map.is_map() {
            let message = format!("`{path}` is missing");
            sink.error(
                Diagnostic::at(&map.span(), message)
                    .help("`latency` replaces the profile's as a whole: give `alpha` and `beta`".to_owned()),
            );
        }
        return None;
    };
    let many =
        if least == limits.len() { format!("{least}") } else { format!("{least} or {}", limits.len()) };
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, &path, &format!("a list of {many} numbers")));
        return None;
    };
    if !(least..=limits.len()).contains(&items.len()) {
        let message = format!("`{path}` must have {many} numbers, and has {}", items.len());
        sink.error(Diagnostic::at(&node.span, message));
        return None;
    }
    let read =
        |(index, item): (usize, &Node)| number(item, &format!("{path}[{index}]"), 0.0..=limits[index], sink);
    // All are read, so that all mistakes are seen.
    let numbers: Vec<Option<f64>> = items.iter().enumerate().map(read).collect();
    numbers.into_iter().collect()
}

/// The value under a key that must be there.
fn needed<'a>(map: &mut MapReader<'a>, key: &'static str, sink: &Sink) -> Option<&'a Node> {
    let found = map.take(key);
    if found.is_none() && map.is_map() {
        sink.error(Diagnostic::at(&map.span(), format!("`{}` is missing", map.path(key))));
    }
    found
}

/// A list of numbers within bounds, of any length.
fn numbers(node: &Node, path: &str, most: f64, sink: &Sink) -> Option<Vec<f64>> {
    let Value::List(items) = &node.value else {
        sink.error(wrong(node, path, "a list of numbers"));
        return None;
    };
    let read = |(index, item): (usize, &Node)| number(item, &format!("{path}[{index}]"), 0.0..=most, sink);
    let numbers: Vec<Option<f64>> = items.iter().enumerate().map(read).collect();
    numbers.into_iter().collect()
}
