//! What may be written, as the reader itself asks for it: what the schema is made from.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::resolved::Resolved;
use super::{Config, RoutingSpec};

/// A key that a configuration may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its dotted path from the root.
    pub path: String,
    /// What its value is.
    pub value: KeyValue,
}

/// What the value of a key is.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyValue {
    /// A whole number.
    Whole {
        /// From here to there.
        bounds: RangeInclusive<u64>,
        /// Whether it may be null.
        or_null: bool,
    },
    /// A whole number, or a word that stands for one.
    WholeOrWord {
        /// From here to there.
        bounds: RangeInclusive<u64>,
        /// The word.
        word: &'static str,
    },
    /// A number, or null.
    NumberOrNull {
        /// From here to there.
        bounds: RangeInclusive<f64>,
    },
    /// A number.
    Number {
        /// From here to there.
        bounds: RangeInclusive<f64>,
    },
    /// `true` or `false`.
    Truth,
    /// A name.
    Word,
    /// One of these words.
    Choice(Vec<String>),
    /// A map with keys of its own; null is the same as nothing.
    Map,
    /// Something that is read otherwise.
    Other,
}

/// All keys with fixed names that are asked for in a configuration that has none of them. What may be
/// below a key that is read otherwise is not among them.
#[must_use]
pub fn keys() -> Vec<Key> {
    Resolved::keys()
}

/// The keys of the long form of routing, from there on.
#[must_use]
pub fn keys_of_routing() -> Vec<Key> {
    RoutingSpec::keys()
}

/// Every value of a configuration that says nothing; its workload, which must be given, is of no use.
#[must_use]
pub fn defaults() -> Value {
    const NOTHING: &str = "workload: {trace: any}";
    let config = Config::from_text(std::path::Path::new("defaults"), NOTHING, &[]);
    config.and_then(|config| config.resolve()).map_or(Value::Null, |resolved| resolved.to_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_that_the_reader_asks_for() {
        let keys = keys();
        let value = |path: &str| keys.iter().find(|key| key.path == path).map(|key| key.value.clone());
        assert_eq!(keys.first().map(|key| key.path.as_str()), Some("base"));
        assert_eq!(
            value("horizon_us"),
            Some(KeyValue::Whole { bounds: 0..=super::super::limits::HORIZON_US, or_null: true })
        );
        assert_eq!(value("cluster"), Some(KeyValue::Map));
        assert_eq!(value("cluster.kv.offload_threshold"), Some(KeyValue::Number { bounds: 0.0..=1.0 }));
        let words = ["tail", "priority"].map(str::to_owned).to_vec();
        assert_eq!(value("cluster.engine.preemption"), Some(KeyValue::Choice(words)));
        assert_eq!(value("policy.routing"), Some(KeyValue::Other));
        assert_eq!(value("nonsense"), None);
    }

    #[test]
    fn a_configuration_that_says_nothing_has_defaults() {
        let defaults = defaults();
        assert_eq!(defaults["seed"], 42);
        assert_eq!(defaults["cluster"]["kv"]["block_size"], 16);
    }
}
