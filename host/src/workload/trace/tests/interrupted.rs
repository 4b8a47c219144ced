//! A long trace is not read to its end against somebody's will.

use std::cell::Cell;

use super::{spec, trace};
use crate::workload::{WorkloadError, open_until};

const LINES: u64 = 10_000;

/// Opens a trace of many lines and asks for the end at the `nth` look; returns the looks.
fn opened(nth: u64, more: &str) -> (Result<u64, WorkloadError>, u64) {
    let line = |id| format!("{{\"id\":{id},\"arrival_us\":{id},\"input_len\":32,\"output_len\":4}}\n");
    let trace = trace("long.jsonl", (0..LINES).map(line).collect::<String>());
    let looks = Cell::new(0);
    let is_asked = || {
        looks.set(looks.get() + 1);
        looks.get() >= nth
    };
    let source = open_until(&spec(&trace.path, more), 1, 16, &is_asked);
    (source.map(|source| source.total().unwrap()), looks.get())
}

#[test]
fn the_end_may_be_asked_for_among_its_requests() {
    assert_eq!(opened(3, ""), (Err(WorkloadError::Interrupted), 3));
    assert_eq!(opened(u64::MAX, "").0, Ok(LINES));
}

#[test]
fn or_behind_its_limit_where_the_rest_is_hashed() {
    assert_eq!(opened(2, "limit: 1"), (Err(WorkloadError::Interrupted), 2));
    assert_eq!(opened(u64::MAX, "limit: 1").0, Ok(1));
}
