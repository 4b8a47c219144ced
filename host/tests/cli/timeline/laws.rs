//! What holds of every trace.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Event, KINDS, Trace, run, scene, summary};

fn assert_valid(trace: &Trace) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/timeline.schema.json");
    let schema = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&trace.all)
        .take(3)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn every_trace_is_as_the_schema_says_and_in_order_of_time() {
    let scene = scene();
    let parts: [&[&str]; 4] =
        [&[], &["--timeline-sample", "0.4"], &["--timeline-window", "1..2"], &["--timeline-window", "0.7.."]];
    for kind in KINDS {
        for part in parts {
            let trace = Trace::of(&scene, &[kind, part].concat());
            assert_valid(&trace);
            let events: Vec<Event<'_>> = trace.events().collect();
            assert!(events.is_sorted_by_key(|event| event.ts()), "{kind:?} {part:?}");
            let end_us = trace.about()["end_us"].as_u64().unwrap();
            assert!(events.iter().all(|event| event.end() <= end_us), "{kind:?} {part:?}");
        }
    }
}

/// A slice begins when the one before on its thread has ended; only a blocking reload is within its step.
#[test]
fn slices_of_a_thread_never_overlap() {
    let scene = scene();
    for kind in KINDS {
        let trace = Trace::of(&scene, kind);
        let mut last: BTreeMap<(u64, u64), Event<'_>> = BTreeMap::new();
        let mut within = 0;
        for event in trace.events().filter(|event| event.ph() == "X") {
            let Some(before) = last.get(&event.thread()) else {
                last.insert(event.thread(), event);
                continue;
            };
            if event.0["cat"] == "transfer" && before.0["cat"] == "step" {
                within += 1;
                assert_eq!((event.ts(), before.arg("reloaded_blocks")), (before.ts(), event.arg("blocks")));
                let full_us = before.arg("reload_us").unwrap();
                let is_whole = event.0["args"]["unfinished"].is_null();
                assert!(event.end() <= before.end() && (!is_whole || event.end() - event.ts() == full_us));
            } else {
                assert!(event.ts() >= before.end(), "{before:?} and {event:?}");
                last.insert(event.thread(), event);
            }
        }
        let is_async = kind.iter().any(|arg| arg.contains("async"));
        assert_eq!(within > 0, !is_async, "{kind:?}");
        let reloads = trace.of_kind("X", "transfer");
        let waited_for = reloads.iter().filter(|event| event.arg("request").is_some()).count();
        assert_eq!(waited_for > 0, is_async, "{kind:?}");
    }
}

/// Steps, transfers and instants add up to what the summary says.
#[test]
fn a_whole_trace_adds_up_to_the_summary() {
    let scene = scene();
    for kind in KINDS {
        run(&scene, &[&["--timeline", "t.json", "--summary", "s.json"], kind].concat());
        let (trace, all) = (Trace::read(&scene, "t.json"), summary(&scene, "s.json"));
        let all = &all["summary"];
        assert_eq!(trace.about()["kept"], trace.about()["seen"]);
        let steps = trace.of_kind("X", "step");
        assert_eq!(all["steps"], steps.len());
        for (index, instance) in all["instances"].as_array().unwrap().iter().enumerate() {
            let own: Vec<_> = steps.iter().filter(|event| event.instance() == index).collect();
            assert_eq!(instance["steps"], own.len());
            let busy_us: u64 = own.iter().map(|event| event.end() - event.ts()).sum();
            let busy = instance["busy"].as_f64().unwrap() * all["end_ms"].as_f64().unwrap() * 1e3;
            assert!((busy - busy_us as f64).abs() < 1.0, "{busy} and {busy_us}");
        }
        let named =
            |name: &str| trace.events().filter(|event| event.ph() == "i" && event.name() == name).count();
        let state = |name: &str| all["overall"]["states"][name].as_u64().unwrap_or(0) as usize;
        assert!(named("preempted") > 0 && named("dropped") > 0 && named("rejected") > 0, "{kind:?}");
        assert_eq!(all["preemptions"], named("preempted"));
        assert_eq!((named("dropped"), named("rejected")), (state("dropped"), state("rejected")));
        let transfers = trace.of_kind("X", "transfer");
        let blocks = |name: &str| -> u64 {
            let named = transfers.iter().filter(|event| event.name() == name);
            named.map(|event| event.arg("blocks").unwrap()).sum()
        };
        let (offloaded, reloaded) = (all["offloaded_blocks"].as_u64(), all["reloaded_blocks"].as_u64());
        if kind.iter().any(|arg| arg.contains("horizon")) {
            // Transfers that would have begun after the end are not there.
            assert!(Some(blocks("offload")) <= offloaded && Some(blocks("reload")) <= reloaded);
        } else {
            assert_eq!((Some(blocks("offload")), Some(blocks("reload"))), (offloaded, reloaded));
        }
    }
}

/// Without preemptions, all that was admitted and not hit is prefilled once.
#[test]
fn prefill_tokens_of_steps_are_those_of_the_requests() {
    let scene = crate::scene::Scene::new();
    for routing in ["pa:1,qd:1", "round-robin"] {
        let args = ["--timeline", "t.json", "--summary", "s.json", "--routing", routing];
        run(&scene, &args);
        let (trace, all) = (Trace::read(&scene, "t.json"), summary(&scene, "s.json"));
        let overall = &all["summary"]["overall"];
        assert_eq!(
            (&all["summary"]["preemptions"], &overall["states"]["completed"]),
            (&0.into(), &60.into())
        );
        let computed = overall["admitted_tokens"].as_u64().unwrap() - overall["hit_tokens"].as_u64().unwrap();
        let steps = trace.of_kind("X", "step");
        let prefilled: u64 = steps.iter().map(|event| event.arg("prefill_tokens").unwrap()).sum();
        assert_eq!(prefilled, computed);
        // Every token but the first of a request is decoded.
        let decodes: u64 = steps.iter().map(|event| event.arg("decodes").unwrap()).sum();
        assert_eq!(decodes, 60 * 19);
    }
}

/// The value of a counter of an instance at the end of a tick is that of the requests there.
#[test]
fn counters_change_whenever_they_are_written_and_agree_with_the_requests() {
    let scene = scene();
    for kind in KINDS {
        let trace = Trace::of(&scene, kind);
        let mut values: BTreeMap<(u64, &str), u64> = BTreeMap::new();
        let mut there = [0_u64; 2];
        let mut events = trace.events().peekable();
        while let Some(event) = events.next() {
            match event.ph() {
                "C" => {
                    let (_, value) = event.0["args"].as_object().unwrap().iter().next().unwrap();
                    let before = values.insert((event.number("pid"), event.name()), value.as_u64().unwrap());
                    assert_ne!(before.unwrap_or(0), value.as_u64().unwrap(), "{event:?}");
                }
                "b" if event.name().ends_with(" request") => there[event.instance()] += 1,
                "e" if event.name().ends_with(" request") && event.0["args"].is_null() => {
                    there[event.instance()] -= 1;
                }
                _ => {}
            }
            if events.peek().is_some_and(|next| next.ts() == event.ts()) {
                continue;
            }
            for (index, &there) in there.iter().enumerate() {
                let value = |name| values.get(&(10 * (index as u64 + 1), name)).copied().unwrap_or(0);
                let counted = value("waiting") + value("running") + value("loading");
                assert_eq!(counted, there, "instance {index} at {}, {kind:?}", event.ts());
                assert!(value("KV used") <= 90);
            }
        }
        if !kind.iter().any(|arg| arg.contains("horizon")) {
            assert!(values.values().all(|&value| value == 0), "{values:?}");
        }
        let is_async = kind.iter().any(|arg| arg.contains("async"));
        assert_eq!(values.keys().any(|(_, name)| *name == "loading"), is_async);
        assert!(values.keys().any(|(_, name)| *name == "pending transfer"));
    }
}
