//! What may be typed, and what is said about the rest.

use std::path::Path;

use super::*;
use crate::config::Config;

fn vary(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn read(space: &str, varied: &[&str]) -> Result<SpaceSpec, String> {
    let space = (!space.is_empty()).then_some(space);
    SpaceSpec::read(space, &vary(varied)).map_err(|error| error.to_string())
}

/// All labels, the last axis fastest.
fn labels(space: &SpaceSpec) -> Vec<String> {
    let mut all = vec![Vec::new()];
    for axis in space.axes() {
        let longer = |row: &Vec<usize>, level| row.iter().copied().chain([level]).collect::<Vec<usize>>();
        all = all.iter().flat_map(|row| (0..axis.len()).map(move |level| longer(row, level))).collect();
    }
    all.iter().map(|levels| space.label(levels)).collect()
}

#[test]
fn weights_and_values_may_be_open() {
    assert_eq!(labels(&read("pa:1..2, qd:0|3", &[]).unwrap()), ["pa:1", "pa:1,qd:3", "pa:2", "pa:2,qd:3"]);
    assert_eq!(
        labels(&read("pa:1", &["cluster.kv.blocks=500,2000", "policy.scheduler=fcfs|sjf"]).unwrap()),
        [
            "pa:1 blocks=500 scheduler=fcfs",
            "pa:1 blocks=500 scheduler=sjf",
            "pa:1 blocks=2000 scheduler=fcfs",
            "pa:1 blocks=2000 scheduler=sjf"
        ]
    );
    let long = "{scheduler: fcfs|sjf, routing: {scorers: [{name: pa, weight: 0..1, params: {c: 1..2}}, {name: qd, weight: 1}]}}";
    let long = read(long, &[]).unwrap();
    assert_eq!(long.axes().iter().map(Axis::len).collect::<Vec<_>>(), [2, 2, 2, 1]);
    assert_eq!(long.groups(), [[1, 3]]);
    assert_eq!(long.label(&[1, 1, 0, 0]), "scheduler=sjf pa.weight=1 pa.c=1");
    assert_eq!(long.label(&[0, 0, 1, 0]), "scheduler=fcfs pa.weight=0", "what is left out has no parameters");
    assert_eq!(
        long.arguments(&[1, 0, 0, 0]),
        ["--set", "policy={routing: {scorers: [{name: qd, weight: 1}]}, scheduler: sjf}"]
    );
    assert_eq!(labels(&read("round-robin|least-loaded", &[]).unwrap()).len(), 2);
    let tie_break = read("pa:1..2", &["policy.routing.tie_break=first,random"]).unwrap();
    assert_eq!(
        tie_break.arguments(&[1, 0]),
        ["--routing", "pa:2", "--set", "policy.routing.tie_break=first"]
    );
    let text = "policy: {routing: round-robin}\nworkload: {requests: 1}\n";
    let config = Config::from_text(Path::new("c.yaml"), text, &tie_break.point(&[1, 0])).unwrap();
    let routing = config.resolve().unwrap().policy.routing;
    assert_eq!((routing.scorers[0].weight, routing.tie_break.name()), (2.0, "first"));
    let classes = read("{routing: {by_class: {critical: 'pa:1..2,qd:1', default: 'pa:3'}}}", &[]).unwrap();
    assert_eq!(classes.groups().len(), 2);
}

#[test]
fn quoted_texts_and_paths_mean_themselves() {
    let space = read("{scheduler: {name: 'a|b', library: ../x.so}}", &["policy.priority=constant,slo-class"]);
    assert_eq!(space.unwrap().axes().len(), 1);
}

#[test]
fn mistakes_have_their_places() {
    for (space, varied, part) in [
        ("pa:5..1", &[][..], " | --space pa:5..1\n |            ^^^^"),
        ("pa:1..5,qd:1..x", &[], " | --space pa:1..5,qd:1..x\n |                       ^"),
        ("pa:1..5,pa:1", &[], "the scorer `pa` is there twice"),
        ("pa:1..5,,qd:1", &[], "a scorer is missing between the commas"),
        ("pa:1..5,qd", &[], "the scorer `qd` has no weights"),
        ("round-robin", &[], "leaves nothing open"),
        ("{routing: 'pa:1..2', workload: {requests: 1|2}}", &[], "`workload` cannot vary"),
        ("", &["seed=1,2"], "`seed` cannot vary"),
        ("", &["cluster.kv.blocks=5"], "has one level"),
        ("", &["cluster.kv.blocks"], "there is no `=`"),
        ("", &["cluster.kv.blocks=1,,2"], "a level is missing"),
        ("", &["cluster.kv.blocks=1,1"], "the level `1` is there twice"),
        ("", &["cluster.kv.blocks=9..1"], "descends"),
        ("", &["a.b=1,2", "a.b=3,4"], "`a.b` is varied twice"),
        ("pa:1..2", &["policy.routing=round-robin,least-loaded"], "is varied twice"),
        ("pa:1..2", &["policy.routing.scorers='pa:1','qd:1'"], "is varied twice"),
        ("{scheduler: fcfs||sjf}", &[], "a level is missing"),
    ] {
        let message = read(space, varied).map(|_| ()).unwrap_err();
        assert!(message.contains(part), "{space} {varied:?}\n{message}");
    }
}

#[test]
fn the_probe_says_where_a_name_is_wrong_and_replaces_what_is_below() {
    let text = "policy: {routing: {picker: least-loaded, filters: [x]}}\nworkload: {requests: 1}\n";
    let space = read("pa:0..2,qx:1..5", &[]).unwrap();
    let config = Config::from_text(Path::new("c.yaml"), text, &space.probe()).unwrap();
    let routing = config.resolve().unwrap().policy.routing;
    assert!(routing.filters.is_empty());
    assert_eq!(routing.picker.name.value, "max-score");
    assert_eq!(routing.scorers.len(), 2);
    let place = &routing.scorers[1].policy.name.span;
    assert_eq!((place.text(), place.start), ("qx", "--space pa:0..2,".len()));
}

#[test]
fn a_file_gives_the_same_run() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("run.yaml");
    std::fs::write(&base, "policy: {routing: {picker: least-loaded}}\nworkload: {requests: 1, arrivals: {process: constant, rate_per_s: 1}, prompt_tokens: 1, output_tokens: 1}\n").unwrap();
    std::fs::create_dir(directory.path().join("out")).unwrap();
    let space = read("pa:1..2,qd:1", &["cluster.instances=2,4"]).unwrap();
    let mut overrides = vec![Override::set("workload.rate=5").unwrap()];
    overrides.extend(space.point(&[1, 0, 1]));
    let place = directory.path().join("out/front-1.yaml");
    let text = as_file(&base, &overrides, &place).unwrap().unwrap();
    assert!(text.contains("base: ../run.yaml") && text.contains("routing: pa:2,qd:1"), "{text}");
    let resolved = Config::from_text(&place, &text, &[]).unwrap().resolve().unwrap();
    assert_eq!(resolved, Config::load(&base, &overrides).unwrap().resolve().unwrap());
}
