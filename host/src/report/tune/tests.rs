//! A small answer, made up, as people and programs get it.

use super::*;
use crate::experiment::ab::{Effect, GuardrailRow, GuardrailState, Row, Verdict};
use crate::experiment::results::{Interval, MetricInfo};
use crate::experiment::tune::{
    Baseline, Estimate, FrontPoint, FrontRow, PointRow, RungRow, SpaceInfo, Standing,
};
use crate::report::Style;

fn interval(estimate: f64, half: f64) -> Interval {
    Interval { estimate, low: Some(estimate - half), high: Some(estimate + half), seeds: 20 }
}

fn front_row(metric: &str, a: f64, search: f64, held_out: f64, verdict: Verdict) -> FrontRow {
    let effect = Effect {
        relative: Some(interval(held_out, 0.02)),
        absolute: interval(a * held_out, 0.02 * a),
        is_ratio: true,
    };
    let held_out = Row {
        metric: metric.to_owned(),
        unit: "ms".to_owned(),
        better: "lower".to_owned(),
        decides: true,
        a,
        b: a * (1.0 + held_out),
        effect,
        p_value: 0.01,
        variance_saved: None,
        verdict,
        by_seed: Vec::new(),
    };
    FrontRow { search: Some(interval(search, 0.01)), held_out }
}

fn front_point(point: &str, rows: Vec<FrontRow>, standing: Standing) -> FrontPoint {
    FrontPoint {
        point: point.to_owned(),
        arguments: vec!["--routing".to_owned(), point.to_owned()],
        file: None,
        same: Vec::new(),
        rows,
        guardrails: Vec::new(),
        standing,
        dominated_by: Vec::new(),
    }
}

fn point_row(point: &str, rung: usize, x: f64, y: f64) -> PointRow {
    let estimate = |relative: f64| Estimate {
        mean: 200.0 * (1.0 + relative),
        baseline: 200.0,
        relative: Some(relative),
    };
    PointRow {
        point: point.to_owned(),
        rung,
        seeds: 2 * rung as u32,
        estimates: vec![estimate(x), estimate(y)],
        violation: 0.0,
        is_chosen: false,
        failure: None,
    }
}

fn answer() -> Answer {
    let metric = |name: &str| MetricInfo {
        metric: name.to_owned(),
        unit: "ms".to_owned(),
        better: "lower".to_owned(),
    };
    let guardrail = GuardrailRow {
        text: "hit_rate>=-5%".to_owned(),
        relative: Some(interval(0.01, 0.02)),
        state: GuardrailState::Holds,
    };
    let first = FrontPoint {
        file: Some("out/front-1.yaml".to_owned()),
        same: vec!["pa:1,kv:0".to_owned()],
        guardrails: vec![guardrail],
        ..front_point(
            "pa:1,qd:2",
            vec![
                front_row("ttft_mean", 200.0, -0.12, -0.08, Verdict::Better),
                front_row("e2e_p99", 4000.0, 0.03, 0.05, Verdict::Worse),
            ],
            Standing::TradeOff,
        )
    };
    let second = FrontPoint {
        dominated_by: vec!["pa:1,qd:2".to_owned(), "the baseline".to_owned()],
        ..front_point(
            "pa:2,qd:1",
            vec![
                front_row("ttft_mean", 200.0, -0.05, 0.001, Verdict::Undecided),
                front_row("e2e_p99", 4000.0, -0.04, 0.06, Verdict::Worse),
            ],
            Standing::Worse,
        )
    };
    let failed = PointRow {
        estimates: Vec::new(),
        failure: Some("`x` panicked\u{1b}[2J".to_owned()),
        ..point_row("pa:3,x:1", 1, 0.0, 0.0)
    };
    Answer {
        schema_version: 1,
        host_version: "0.1.0".to_owned(),
        command: "pointsman tune run.yaml".to_owned(),
        config: "run.yaml".to_owned(),
        space: SpaceInfo {
            texts: vec!["pa:1..3,qd:1..3".to_owned()],
            combinations: "1234567".to_owned(),
            without_scorers: Some(1),
            equal: Some(20),
            points: 4,
            is_sampled: true,
        },
        metrics: vec![metric("ttft_mean"), metric("e2e_p99")],
        guardrails: vec!["hit_rate>=-5%".to_owned()],
        min_effect: 0.01,
        rungs: vec![RungRow { points: 4, seeds: 2, runs: 10 }, RungRow { points: 3, seeds: 4, runs: 8 }],
        stopped: "all rungs".to_owned(),
        search_seeds: (100..104).collect(),
        held_out_seeds: (1..21).collect(),
        baseline: Baseline { composition: "pa:1,qd:1, fcfs".to_owned() },
        front: vec![first, second],
        points: vec![
            PointRow { is_chosen: true, ..point_row("pa:1,qd:2", 2, -0.12, 0.03) },
            PointRow { is_chosen: true, ..point_row("pa:2,qd:1", 2, -0.05, -0.04) },
            point_row("pa:3,qd:1", 2, 0.08, 0.02),
            failed,
        ],
        notes: vec!["1 points failed: `x` panicked\u{1b}[2J".to_owned()],
    }
}

fn shown(style: Style) -> String {
    let mut out = Vec::new();
    write(&answer(), style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_front_beside_what_the_search_saw() {
    insta::assert_snapshot!(shown(Style::PLAIN));
}

#[test]
fn without_colour_the_words_are_the_same() {
    let coloured = shown(Style { colour: true, ..Style::PLAIN });
    assert!(coloured.contains('\u{1b}'));
    let stripped: String = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(stripped, shown(Style::PLAIN));
}

#[test]
fn every_point_has_a_row() {
    let mut out = Vec::new();
    write_csv(&answer(), &mut out).unwrap();
    let mut csv = ::csv::Reader::from_reader(&out[..]);
    let heads = csv.headers().unwrap().clone();
    let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
    let cell = |row: usize, head: &str| {
        let column = heads.iter().position(|one| one == head).unwrap();
        rows[row][column].to_owned()
    };
    assert_eq!(rows.len(), 4);
    assert_eq!((cell(0, "chosen"), cell(2, "chosen")), ("1".to_owned(), "0".to_owned()));
    assert_eq!((cell(1, "ttft_mean"), cell(1, "e2e_p99.relative")), ("190".to_owned(), "-0.04".to_owned()));
    assert_eq!((cell(3, "ttft_mean"), cell(3, "rung")), (String::new(), "1".to_owned()));
    assert!(cell(3, "failure").contains("panicked"));
}

#[test]
fn the_file_holds_all_of_it() {
    let mut out = Vec::new();
    write_json(&answer(), &mut out).unwrap();
    assert!(out.ends_with(b"}\n"));
    assert_eq!(serde_json::from_slice::<Answer>(&out).unwrap(), answer());
}
