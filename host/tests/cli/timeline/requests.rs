//! Requests in a trace: decisions, arrows, spans.

use std::collections::BTreeMap;

use super::{Event, KINDS, Trace, run, scene};

/// A line of the requests file by its column.
type Row = BTreeMap<String, String>;

fn rows(text: &[u8]) -> Vec<Row> {
    let mut reader = text.split(|&byte| byte == b'\n');
    let columns: Vec<&[u8]> = reader.next().unwrap().split(|&byte| byte == b',').collect();
    let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    reader
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells = line.split(|&byte| byte == b',');
            columns.iter().map(|column| string(column)).zip(cells.map(string)).collect()
        })
        .collect()
}

fn number(row: &Row, column: &str) -> Option<u64> {
    row[column].parse().ok()
}

/// Every arrow leads from a decision to a step of the instance that was chosen, which begins when the
/// first step of the request did.
#[test]
fn arrows_lead_from_decisions_to_first_steps() {
    let scene = scene();
    for kind in KINDS {
        run(&scene, &[&["--timeline", "t.json", "--requests", "r.csv"], kind].concat());
        let trace = Trace::read(&scene, "t.json");
        let requests = rows(&scene.read("r.csv"));
        let routed: BTreeMap<u64, Event<'_>> = trace
            .of_kind("X", "routing")
            .iter()
            .map(|event| (event.arg("request").unwrap(), *event))
            .collect();
        let ends: BTreeMap<u64, Event<'_>> =
            trace.of_kind("f", "routing").iter().map(|event| (event.number("id"), *event)).collect();
        let starts = trace.of_kind("s", "routing");
        assert!(starts.len() > 40 && starts.len() == ends.len(), "{}", starts.len());
        let steps = trace.of_kind("X", "step");
        for start in &starts {
            let (id, end) = (start.number("id"), ends[&start.number("id")]);
            assert_eq!(start.ts(), routed[&id].ts());
            assert_eq!(end.instance() as u64, routed[&id].arg("instance").unwrap());
            assert!(end.ts() >= start.ts());
            let step = steps.iter().find(|step| step.thread() == end.thread() && step.ts() == end.ts());
            assert!(step.unwrap().arg("prefills").unwrap() > 0);
        }
        for row in &requests {
            let id = number(row, "id").unwrap();
            assert_eq!(routed.get(&id).map(|event| event.arg("instance").unwrap()), number(row, "instance"));
            assert_eq!(ends.get(&id).map(|event| event.ts()), number(row, "first_scheduled_us"), "{row:?}");
        }
    }
}

/// Spans begin and end when the requests file says so, and every one that begins ends.
#[test]
fn spans_are_those_of_the_requests() {
    let scene = scene();
    for kind in KINDS {
        run(&scene, &[&["--timeline", "t.json", "--requests", "r.csv"], kind].concat());
        let trace = Trace::read(&scene, "t.json");
        let end_us = trace.about()["end_us"].as_u64().unwrap();
        let mut spans: BTreeMap<(u64, String), (u64, Option<u64>)> = BTreeMap::new();
        for event in trace.events().filter(|event| event.0["cat"] == "request") {
            let key = (event.number("id"), event.name().to_owned());
            if event.ph() == "b" {
                assert!(spans.insert(key, (event.ts(), None)).is_none(), "{event:?}");
            } else {
                assert!(spans.get_mut(&key).unwrap().1.replace(event.ts()).is_none(), "{event:?}");
            }
        }
        let requests = rows(&scene.read("r.csv"));
        // Tokens are seen `alpha2` after the end of their step.
        let delivery_us = 1805;
        for row in &requests {
            let id = number(row, "id").unwrap();
            let span = |name: &str| spans.get(&(id, name.to_owned())).map(|&(from, to)| (from, to.unwrap()));
            let class = row["slo_class"].trim_matches('"').replace("\"\"", "\"");
            let queued_us = number(row, "queued_us");
            assert_eq!(span("waiting").map(|(from, _)| from), queued_us);
            let scheduled_us = number(row, "first_scheduled_us");
            let waited_until = queued_us.map(|_| scheduled_us.unwrap_or(end_us));
            assert_eq!(span("waiting").map(|(_, to)| to), waited_until);
            assert_eq!(span("prefill").map(|(from, _)| from), scheduled_us);
            let after = |column: &str| {
                number(row, column).map(|us| number(row, "arrival_us").unwrap() + us - delivery_us)
            };
            let first_token_us = scheduled_us.map(|_| after("ttft_us").unwrap_or(end_us));
            assert_eq!(span("prefill").map(|(_, to)| to), first_token_us);
            let whole = queued_us.map(|from| (from, after("e2e_us").unwrap_or(end_us)));
            assert_eq!(span(&format!("{class} request")), whole, "{row:?}");
        }
    }
}
