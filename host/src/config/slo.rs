//! The `slo:` map: targets by class, for goodput.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::error::Diagnostic;
use super::limits;
use super::reader::{MapReader, Sink, positive, wrong};
use super::tree::{Node, join};
use crate::metrics::Targets;

/// Targets by class.
pub type SloTargets = BTreeMap<String, Targets>;

pub(super) fn read(node: Option<&Node>, sink: &Sink) -> SloTargets {
    let mut targets = BTreeMap::new();
    let Some(node) = node.filter(|node| !node.is_null()) else { return targets };
    let Some(entries) = node.entries() else {
        sink.error(wrong(node, "slo", "a map from classes to targets"));
        return targets;
    };
    for entry in entries {
        let path = join("slo", &entry.key);
        let mut map = MapReader::new(Some(&entry.value), path.as_str(), sink);
        let mut target = |key| {
            let node = map.take_written(key)?;
            positive(node, &map.path(key), limits::RATE, sink)
        };
        let read = Targets {
            ttft_ms: target("ttft_ms"),
            e2e_ms: target("e2e_ms"),
            tpot_ms: target("tpot_ms"),
            itl_ms: target("itl_ms"),
        };
        map.finish();
        if entry.value.is_null() || entry.value.entries().is_some_and(<[_]>::is_empty) {
            let message = format!("`{path}` has no target");
            let help = "give one, such as `ttft_ms: 500`, or remove the class".to_owned();
            sink.error(Diagnostic::at(&entry.key_span, message).help(help));
        }
        targets.insert(entry.key.clone(), read);
    }
    targets
}

pub(super) fn to_value(targets: &SloTargets) -> Value {
    let one = |target: &Targets| {
        let all = [
            ("ttft_ms", target.ttft_ms),
            ("e2e_ms", target.e2e_ms),
            ("tpot_ms", target.tpot_ms),
            ("itl_ms", target.itl_ms),
        ];
        let given = all.iter().filter_map(|(key, value)| Some(((*key).to_owned(), json!((*value)?))));
        Value::Object(given.collect::<Map<_, _>>())
    };
    Value::Object(targets.iter().map(|(class, target)| (class.clone(), one(target))).collect())
}
