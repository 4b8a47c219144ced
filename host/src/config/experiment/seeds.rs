//! `seeds:`: a number, a list, or a number that is found out.

use super::super::error::Diagnostic;
use super::super::reader::{MapReader, Sink, whole, wrong};
use super::super::tree::{Node, Value};

/// Which seeds are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedSpec {
    /// These.
    Fixed(Vec<u64>),
    /// From 1 on, until every claim is decided or there are as many as the plan has.
    Sequential {
        /// Before the first look.
        min: u32,
        /// At most.
        max: u32,
    },
}

/// Where nothing is said: enough for an interval, few enough to wait for.
const DEFAULT: u64 = 10;
/// More is a mistake.
const MOST: u64 = 10_000;

impl SeedSpec {
    /// Seeds from 1 to `count`.
    #[must_use]
    pub fn first(count: u64) -> Self {
        Self::Fixed((1..=count).collect())
    }

    /// How many there can be.
    #[must_use]
    pub fn most(&self) -> usize {
        match self {
            Self::Fixed(seeds) => seeds.len(),
            Self::Sequential { max, .. } => *max as usize,
        }
    }
}

pub(super) fn read(node: Option<&Node>, sink: &Sink) -> SeedSpec {
    let default = SeedSpec::first(DEFAULT);
    let Some(node) = node else { return default };
    match &node.value {
        Value::List(items) => list(node, items, sink).unwrap_or(default),
        Value::Map(_) => sequential(node, sink).unwrap_or(default),
        _ => whole(node, "seeds", 1..=MOST, sink).map_or(default, SeedSpec::first),
    }
}

fn list(node: &Node, items: &[Node], sink: &Sink) -> Option<SeedSpec> {
    if items.is_empty() || items.len() as u64 > MOST {
        sink.error(wrong(node, "seeds", &format!("a list of 1 to {MOST} seeds")));
        return None;
    }
    let mut seeds = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let seed = whole(item, &format!("seeds[{index}]"), 0..=u64::MAX, sink)?;
        if seeds.contains(&seed) {
            let message = format!("seed {seed} is there twice: two equal runs say no more than one");
            sink.error(Diagnostic::at(&item.span, message));
            return None;
        }
        seeds.push(seed);
    }
    Some(SeedSpec::Fixed(seeds))
}

fn sequential(node: &Node, sink: &Sink) -> Option<SeedSpec> {
    let mut outer = MapReader::new(Some(node), "seeds", sink);
    let mut map = outer.map("sequential");
    if !map.is_map() {
        let help = "write `seeds: 10`, `seeds: [1, 2, 3]` or `seeds: {sequential: {min: 5, max: 40}}`";
        sink.error(Diagnostic::at(&node.span, "`seeds` has no `sequential`").help(help.to_owned()));
    }
    let (min, max) = (map.whole("min", 5, 2..=MOST), map.whole("max", 40, 2..=MOST));
    if min > max {
        let message = format!("`seeds.sequential.min` ({min}) is above `max` ({max})");
        sink.error(Diagnostic::at(&map.span(), message));
    }
    map.finish();
    outer.finish();
    Some(SeedSpec::Sequential { min: min as u32, max: max as u32 })
}
