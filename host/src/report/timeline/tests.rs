//! Runs that are told call by call: how large a trace becomes, and what is left in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::event::Values;
use super::grid::MOST_VALUES;
use super::spool::Spool;
use super::{MOST_BYTES, Sampling, Timeline, Window};
use crate::engine::{Levels, Moment, Observer, Routed, Step, Transfer};
use crate::report::sample;

const INSTANCES: u32 = 4;
/// Of each request.
const STEPS: u64 = 6;
const STEP_US: u64 = 5000;

fn timeline(sampling: Sampling, most_bytes: u64) -> Timeline {
    let spool = Spool::new(&std::env::temp_dir()).unwrap();
    Timeline::with_spool(INSTANCES, sampling, spool, most_bytes)
}

/// Requests that come to all instances at once, one after the other.
fn tell(timeline: &mut Timeline, rounds: u64) {
    for round in 0..rounds {
        let begin_us = round * STEP_US * STEPS;
        let all = |tell: &mut dyn FnMut(u32, u64)| {
            (0..INSTANCES)
                .for_each(|instance| tell(instance, round * u64::from(INSTANCES) + u64::from(instance)));
        };
        all(&mut |instance, id| {
            let slo_class = if id % 3 == 0 { "critical" } else { "batch" };
            timeline.routed(&Routed { now_us: begin_us, id, slo_class, instance, pending_transfer_us: 0 });
        });
        all(&mut |instance, id| timeline.queued(&Moment { now_us: begin_us, instance, id }));
        for step in 0..STEPS {
            let start_us = begin_us + step * STEP_US;
            let end_us = start_us + STEP_US;
            all(&mut |instance, id| {
                let moment = Moment { now_us: start_us, instance, id };
                if step == 0 {
                    timeline.first_scheduled(&moment);
                }
                let (prefills, decodes) = if step == 0 { (1, 0) } else { (0, 1) };
                let plan = Step { prefill_tokens: 100 * prefills, prefills, decodes, ..Step::default() };
                timeline.step(&Step { instance, start_us, end_us, ..plan });
                let levels = Levels { now_us: start_us, instance, ..Levels::default() };
                timeline.levels(&Levels { running: 1, used_blocks: 7 + step as u32, ..levels });
            });
            all(&mut |instance, id| {
                let moment = Moment { now_us: end_us, instance, id };
                match step {
                    0 => timeline.first_token(&moment),
                    _ if step == STEPS - 1 => timeline.completed(&moment),
                    _ => {}
                }
            });
        }
    }
    timeline.ended(rounds * STEP_US * STEPS);
}

fn written(timeline: &mut Timeline) -> (Value, usize) {
    let mut text = Vec::new();
    timeline.write_to(&sample::outcome(), &mut text).unwrap();
    (serde_json::from_slice(&text).unwrap(), text.len())
}

#[test]
fn a_long_run_is_thinned_out_evenly_to_what_it_may_come_to() {
    const MOST: u64 = 1_000_000;
    let mut last_share = 1.0;
    for rounds in [100, 1000, 5000] {
        let mut timeline = timeline(Sampling::default(), MOST);
        tell(&mut timeline, rounds);
        let counted = timeline.keeper.bytes;
        let (trace, size) = written(&mut timeline);
        let about = &trace["otherData"];
        let share = about["sampling"]["share"].as_f64().unwrap();
        assert_eq!(share.log2().fract(), 0.0);
        assert!(counted <= MOST, "{counted}");
        // With counters at even distances, names, and what it says of itself.
        assert!((size as u64) < MOST + (MOST_VALUES * 5 * 100) as u64, "{size}");
        assert!(share <= last_share && (share < 1.0) == (rounds > 100), "{rounds} rounds, {share}");
        assert_eq!(share < 1.0, timeline.remark().is_some());
        last_share = share;

        let events = trace["traceEvents"].as_array().unwrap();
        let mut of_request: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for event in events {
            let id = event["id"].as_u64().or(event["args"]["request"].as_u64());
            if let Some(id) = id {
                of_request.entry(id).or_default().push(event["ph"].as_str().unwrap());
            }
        }
        // As many as the share says, from all of the run, each with all that is its own.
        let expected = share * (rounds * u64::from(INSTANCES)) as f64;
        let slack = 5.0 * expected.sqrt() + 1.0;
        assert!((of_request.len() as f64 - expected).abs() <= slack, "{} of {expected}", of_request.len());
        for phases in of_request.values() {
            // Decision and arrow; into the queue; to the first step; first token; the end.
            assert_eq!(phases.concat(), "Xsbbfebee");
        }
        let halves = of_request.range(..rounds * u64::from(INSTANCES) / 2).count() as f64;
        assert!((halves - expected / 2.0).abs() <= slack);
        // Steps too, and each that an arrow leads to.
        let steps: BTreeSet<(u64, u64)> = events
            .iter()
            .filter(|event| event["cat"] == "step")
            .map(|event| (event["tid"].as_u64().unwrap(), event["ts"].as_u64().unwrap()))
            .collect();
        assert_eq!(about["kept"]["steps"], steps.len());
        assert_eq!(about["seen"]["steps"], rounds * u64::from(INSTANCES) * STEPS);
        for end in events.iter().filter(|event| event["ph"] == "f") {
            assert!(steps.contains(&(end["tid"].as_u64().unwrap(), end["ts"].as_u64().unwrap())));
        }
    }
}

/// However many the requests: the whole file, counters at even distances included.
#[test]
fn the_limits_keep_any_file_below_200_megabytes() {
    // Five counters of 110 bytes each, at most.
    assert!(MOST_BYTES + (MOST_VALUES * 5 * 110) as u64 + 10_000_000 < 200_000_000);
}

#[test]
fn a_share_that_was_asked_for_is_kept_however_large() {
    let mut timeline = timeline(Sampling { share: Some(1.0), window: None }, 1000);
    tell(&mut timeline, 100);
    let (trace, size) = written(&mut timeline);
    assert!(size > 100_000 && timeline.remark().is_none());
    assert_eq!(trace["otherData"]["kept"], trace["otherData"]["seen"]);
}

/// A counter that runs down by itself is at 0 when it should be, between two calls.
#[test]
fn reloads_are_done_when_they_are_done() {
    let mut timeline = timeline(Sampling { share: Some(1.0), window: None }, 0);
    let levels = |now_us, pending_transfer_us| Levels { now_us, pending_transfer_us, ..Levels::default() };
    timeline.levels(&levels(100, 50));
    // As it is known again, and then longer.
    timeline.levels(&levels(120, 30));
    timeline.levels(&levels(140, 40));
    timeline.async_reload(&Transfer { instance: 0, start_us: 150, end_us: 180, blocks: 3 }, 5);
    timeline.async_reload(&Transfer { instance: 0, start_us: 900, end_us: 950, blocks: 3 }, 5);
    timeline.ended(500);
    let (trace, _) = written(&mut timeline);
    let events = trace["traceEvents"].as_array().unwrap();
    let values: Vec<(u64, u64)> = events
        .iter()
        .filter(|event| event["ph"] == "C")
        .map(|event| (event["ts"].as_u64().unwrap(), event["args"]["us"].as_u64().unwrap()))
        .collect();
    assert_eq!(values, [(100, 50), (120, 30), (140, 40), (150, 30), (180, 0)]);
    // What would have begun after the end is not there.
    let transfers: Vec<&Value> = events.iter().filter(|event| event["cat"] == "transfer").collect();
    assert_eq!((transfers.len(), &transfers[0]["ts"]), (1, &150.into()));
    assert_eq!(
        (&trace["otherData"]["seen"]["transfers"], transfers[0]["dur"].as_u64()),
        (&1.into(), Some(30))
    );
}

/// What is under way when a window begins is told from its beginning.
#[test]
fn a_window_shows_whoever_is_there() {
    let window = Some(Window { start_us: 17_000, end_us: 18_000 });
    let mut timeline = timeline(Sampling { share: None, window }, 0);
    tell(&mut timeline, 10);
    let (trace, _) = written(&mut timeline);
    let events = trace["traceEvents"].as_array().unwrap();
    let routed = |event: &&Value| event["cat"] == "routing" && event["ph"] == "X";
    assert_eq!(events.iter().filter(routed).count(), INSTANCES as usize);
    // Their first step is before the window: no arrow leads there.
    assert!(!events.iter().any(|event| event["ph"] == "s" || event["ph"] == "f"));
    let steps: Vec<u64> = events
        .iter()
        .filter(|event| event["cat"] == "step")
        .map(|event| event["ts"].as_u64().unwrap())
        .collect();
    assert_eq!(steps, [15_000; INSTANCES as usize]);
    let times = |name: &str| -> BTreeSet<u64> {
        let named = events.iter().filter(|event| event["name"] == name && event["cat"] == "request");
        named.map(|event| event["ts"].as_u64().unwrap()).collect()
    };
    assert_eq!(times("waiting"), [0].into());
    assert_eq!(times("prefill"), [0, STEP_US].into());
    assert_eq!(times("batch request"), [0, STEPS * STEP_US].into());
}

#[test]
fn counters_have_names_for_all_values() {
    assert_eq!(Values::default().len(), super::tracks::COUNTERS.len());
}
