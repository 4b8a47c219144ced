//! The `latency:` map: coefficients of a latency model.

use crate::engine::LinearLatency;

use super::error::Diagnostic;
use super::limits;
use super::reader::{MapReader, Sink, number, wrong};
use super::tree::{Node, Value};

/// Reads a latency model; both lists of coefficients are needed.
pub(super) fn read(node: &Node, path: &str, sink: &Sink) -> Option<LinearLatency> {
    let mut map = MapReader::new(Some(node), path, sink);
    map.choice("model", (), &[("linear", ())]);
    let alpha_limits = [limits::CONSTANT_US, limits::PER_TOKEN_US, limits::CONSTANT_US];
    let beta_limits =
        [limits::CONSTANT_US, limits::PER_TOKEN_US, limits::PER_TOKEN_US, limits::PER_SQUARE_US];
    let alpha = coefficients(&mut map, "alpha", 3, &alpha_limits, sink);
    let beta = coefficients(&mut map, "beta", 3, &beta_limits, sink);
    map.finish();
    let (alpha, beta) = (alpha?, beta?);
    Some(LinearLatency {
        alpha: alpha.get(..3)?.try_into().ok()?,
        beta: beta.get(..3)?.try_into().ok()?,
        beta3: beta.get(3).copied(),
    })
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
