//! Parts of a run: shares and windows.

use std::collections::BTreeSet;

use super::{Event, KINDS, Trace, run, scene};

/// The requests whose way is in the trace.
fn requests(trace: &Trace) -> BTreeSet<u64> {
    trace.of_kind("X", "routing").iter().map(|event| event.arg("request").unwrap()).collect()
}

/// The request that an event is of, if it is of one.
fn request(event: Event<'_>) -> Option<u64> {
    event.0["id"].as_u64().or(event.arg("request"))
}

/// The events that are in the first and not in the second; counters and what the trace says of itself aside.
fn lacking(first: &Trace, second: &Trace) -> Vec<String> {
    let counts = |line: &&String| line.contains("\"cat\":");
    first.lines.difference(&second.lines).filter(counts).cloned().collect()
}

#[test]
fn a_share_of_requests_is_there_with_all_that_is_theirs() {
    let scene = scene();
    for kind in KINDS {
        let whole = Trace::of(&scene, kind);
        let decisions = ["--decisions", "d.jsonl", "--decisions-sample", "0.4", "--timeline-sample", "0.4"];
        let part = Trace::of(&scene, &[kind, &decisions].concat());
        // Nothing is there that is not in the whole.
        assert_eq!(lacking(&part, &whole), [""; 0]);
        let kept = requests(&part);
        let all = requests(&whole);
        assert!(kept.len() * 5 > all.len() && kept.len() * 5 < all.len() * 3, "{} {}", kept.len(), all.len());
        // They are those of the decisions.
        let text = String::from_utf8(scene.read("d.jsonl")).unwrap();
        let ids = text
            .lines()
            .skip(1)
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_u64().unwrap());
        assert_eq!(kept, ids.collect());
        let own = |event: &Event<'_>| request(*event).is_some_and(|id| kept.contains(&id));
        let count = |trace: &Trace| trace.events().filter(own).count();
        assert_eq!(count(&part), count(&whole));
        let (keeps, seen) = (&part.about()["kept"], &part.about()["seen"]);
        assert_eq!(keeps["requests"].as_u64(), Some(kept.len() as u64));
        assert_eq!(seen, &whole.about()["seen"]);
        assert_eq!(keeps["steps"].as_u64(), Some(part.of_kind("X", "step").len() as u64));
        assert!(keeps["steps"].as_u64() < seen["steps"].as_u64());
    }
}

/// In a kept tenth of a second everything is there, on all instances.
#[test]
fn time_is_kept_in_stretches() {
    let scene = scene();
    let whole = Trace::of(&scene, &[]);
    let part = Trace::of(&scene, &["--timeline-sample", "0.5"]);
    let kept = requests(&part);
    let is_first = |trace: &Trace, step: &Event<'_>| {
        let ends = trace.of_kind("f", "routing");
        ends.iter().any(|end| end.thread() == step.thread() && end.ts() == step.ts())
    };
    // Steps that are not there for a request's sake alone say which stretches are kept.
    let steps = part.of_kind("X", "step");
    let stretches: BTreeSet<u64> =
        steps.iter().filter(|step| !is_first(&part, step)).map(|step| step.ts() / 100_000).collect();
    let there = |trace: &Trace| {
        trace
            .events()
            .filter(|event| matches!(event.ph(), "X" | "i") && stretches.contains(&(event.ts() / 100_000)))
            .filter(|event| event.0["cat"] != "routing" && event.0["cat"] != "rejection")
            .map(|event| event.0.to_string())
            .collect::<Vec<_>>()
    };
    assert!(stretches.len() > 10 && kept.len() > 20);
    assert_eq!(there(&part), there(&whole));
}

#[test]
fn in_a_window_everything_is_there() {
    let scene = scene();
    for kind in KINDS {
        for (text, start_us, end_us) in [
            ("0.7..1.2", 700_000, 1_200_000),
            ("0.95..", 950_000, u64::MAX),
            ("..0.4", 0, 400_000),
            // Between two events.
            ("1.0000011..1.0000019", 1_000_001, 1_000_002),
        ] {
            let whole = Trace::of(&scene, kind);
            let part = Trace::of(&scene, &[kind, &["--timeline-window", text]].concat());
            let lacks = lacking(&part, &whole);
            // The arrow of a request that began before the window has no step to lead to.
            assert!(lacks.is_empty(), "{kind:?} {text}: {lacks:?}");
            let is_in = |event: &Event<'_>| event.ts() < end_us && event.end() >= start_us.max(1);
            let strictly =
                |event: &Event<'_>| is_in(event) && (event.end() > start_us || event.end() == event.ts());
            let in_window = |trace: &Trace, with: &dyn Fn(&Event<'_>) -> bool| {
                let all = trace.events().filter(|event| event.ph() != "M" && with(event));
                all.map(|event| event.0.to_string()).collect::<BTreeSet<String>>()
            };
            // The counters at its start are written again there.
            let no_counter = |event: &Event<'_>| strictly(event) && event.ph() != "C";
            let missing: Vec<String> =
                in_window(&whole, &no_counter).difference(&in_window(&part, &no_counter)).cloned().collect();
            assert!(missing.is_empty(), "{kind:?} {text}: {missing:?}");
            let counters =
                |event: &Event<'_>| event.ph() == "C" && event.ts() > start_us && event.ts() < end_us;
            assert_eq!(in_window(&whole, &counters), in_window(&part, &counters), "{kind:?} {text}");
            // Whoever was there is there from queue to end.
            let kept = requests(&part);
            let span = |trace: &Trace| {
                let spans = trace.events().filter(|event| event.0["cat"] == "request");
                spans.filter(|event| kept.contains(&event.number("id"))).count()
            };
            assert_eq!(span(&part), span(&whole), "{kind:?} {text}");
            // Outside are counters, and nothing of others.
            let others =
                part.events().filter(|event| !is_in(event) && event.ph() != "M" && event.ph() != "C");
            for event in others {
                let is_first = event.0["cat"] == "step" || event.name() == "reload";
                assert!(is_first || request(event).is_some_and(|id| kept.contains(&id)), "{event:?}");
            }
        }
    }
}

/// What a counter says at a point of the grid is what it says in the whole trace.
#[test]
fn counters_are_right_wherever_they_are_written() {
    let scene = scene();
    for kind in KINDS {
        let whole = Trace::of(&scene, kind);
        for args in [["--timeline-sample", "0.3"], ["--timeline-window", "1..1.5"]] {
            let part = Trace::of(&scene, &[kind, &args].concat());
            let value =
                |event: Event<'_>| event.0["args"].as_object().unwrap().values().next().unwrap().as_u64();
            let counters: Vec<Event<'_>> = part.events().filter(|event| event.ph() == "C").collect();
            assert!(counters.len() > 100, "{}", counters.len());
            for counter in counters {
                let same = |event: &Event<'_>| {
                    event.ph() == "C"
                        && event.name() == counter.name()
                        && event.number("pid") == counter.number("pid")
                };
                let before =
                    whole.events().filter(same).take_while(|event| event.ts() <= counter.ts()).last();
                if counter.name() == "pending transfer" {
                    // It passes with time; the whole trace has it where something happens.
                    assert!(value(counter) <= before.map_or(Some(0), value), "{counter:?} {before:?}");
                } else {
                    assert_eq!(value(counter), before.map_or(Some(0), value), "{counter:?}");
                }
            }
        }
    }
}

#[test]
fn a_share_of_one_is_everything_and_a_window_of_everything_too() {
    let scene = scene();
    let whole = Trace::of(&scene, &[]);
    for args in [["--timeline-sample", "1"], ["--timeline-window", ".."]] {
        assert_eq!(Trace::of(&scene, &args).all["traceEvents"], whole.all["traceEvents"], "{args:?}");
    }
}

#[test]
fn a_window_after_the_end_is_said() {
    let scene = scene();
    let seen = run(&scene, &["--timeline", "t.json", "--timeline-window", "5000.."]);
    assert!(
        seen.err
            .contains("warning: the window of the timeline begins at 5,000 s, after the end of the run at "),
        "{}",
        seen.err
    );
    assert!(requests(&Trace::read(&scene, "t.json")).is_empty());
}
