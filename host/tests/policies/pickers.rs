//! Pickers that draw.

use crate::{BUSY, busy, records};

const PICKERS: [&str; 5] = [
    "{picker: power-of-two-choices}",
    "{scorers: 'pa:3,qd:2', picker: power-of-two-scores}",
    "{scorers: 'pa:3,qd:2', picker: {name: softmax, params: {temperature: 0.5}}}",
    "{scorers: 'pa:3,qd:2', picker: weighted-random-picker}",
    "random",
];

#[test]
fn the_seed_decides_what_is_drawn() {
    for picker in PICKERS {
        let first = busy(picker);
        assert_eq!(first, busy(picker), "{picker}");
        let other = BUSY.replace("seed: 7", "seed: 8");
        assert_ne!(first, records(&format!("{other}policy:\n  routing: {picker}\n")), "{picker}");
    }
}

#[test]
fn what_a_picker_draws_leaves_the_workload_as_it_is() {
    // Open loop: who arrives when does not depend on what became of the others.
    let open = BUSY.replace("loop: closed", "loop: open");
    let met = |routing: &str| {
        let records = records(&format!("{open}policy:\n  routing: {routing}\n"));
        records.iter().map(|record| (record.arrival_us, record.prompt_tokens)).collect::<Vec<_>>()
    };
    let expected = met("'pa:3,qd:2'");
    assert!(PICKERS.iter().all(|picker| met(picker) == expected));
}

#[test]
fn a_softmax_without_temperature_takes_the_best() {
    let cold = "{scorers: 'pa:3,qd:2', picker: {name: softmax, params: {temperature: 0}}}";
    let best = "{scorers: 'pa:3,qd:2', tie_break: random}";
    // Ties are drawn from other streams, so only what no tie has touched can agree.
    let (cold, best) = (busy(cold), busy(best));
    let hits = |records: &[pointsman::engine::RequestRecord]| {
        records.iter().map(|record| record.hit_tokens_gpu).sum::<u64>() as f64
    };
    let hot = busy("{scorers: 'pa:3,qd:2', picker: {name: softmax, params: {temperature: 1000}}}");
    assert!((hits(&cold) / hits(&best) - 1.0).abs() < 0.1, "{} and {}", hits(&cold), hits(&best));
    assert!(hits(&hot) < 0.8 * hits(&best), "{} and {}", hits(&hot), hits(&best));
}

#[test]
fn two_choices_balance_better_than_one() {
    let most = |picker: &str| {
        let records = busy(picker);
        (0..4).map(|at| records.iter().filter(|record| record.instance == Some(at)).count()).max()
    };
    let two = most("{picker: {name: power-of-two-choices, params: {signal: inflight_requests}}}");
    assert!(two < most("random"));
}
