//! What the libraries' pages call the same is the same, to the last request.

use crate::busy;

#[test]
fn the_load_scorers_of_llm_d_are_load_signal_with_parameters() {
    let pairs = [
        ("queue-scorer", "signal: queue_depth"),
        ("running-requests-size-scorer", "signal: batch_size"),
        ("token-load-scorer", "signal: inflight_tokens, scale: fixed, max: 4194304"),
        ("load-aware-scorer", "signal: queue_depth, scale: fixed, max: 128, best: 0.5"),
        ("active-request-scorer", "signal: inflight_requests, scale: proportional"),
    ];
    let mut seen = Vec::new();
    for (name, params) in pairs {
        // The draws follow the scores, not their order alone.
        let with = |scorer: &str| {
            busy(&format!("{{scorers: [{scorer}, {{name: pa, weight: 1}}], picker: weighted-random}}"))
        };
        let preset = with(&format!("{{name: {name}, weight: 2}}"));
        assert_eq!(
            preset,
            with(&format!("{{name: load-signal, weight: 2, params: {{{params}}}}}")),
            "{name}"
        );
        assert!(!seen.contains(&preset), "{name} makes a difference");
        seen.push(preset);
    }
}

#[test]
fn the_default_of_load_signal_is_the_built_in_queue_depth() {
    assert_eq!(busy("'pa:1,qd:2'"), busy("'pa:1,load-signal:2'"));
    assert_ne!(busy("'pa:1,qd:2'"), busy("'pa:1,queue-scorer:2'"), "of which running requests are no part");
}

#[test]
fn the_default_profile_of_llm_d_has_its_names_here() {
    let own =
        "{scorers: [{name: pa, weight: 3}, {name: load-signal, weight: 2, params: {signal: queue_depth}},
              {name: kv, weight: 2}]}";
    assert_eq!(busy("'prefix-cache-scorer:3,queue-scorer:2,kv-cache-utilization-scorer:2'"), busy(own));
}

/// AIBrix's weighted mix, and whatever else weighs two loads against each other.
#[test]
fn one_scorer_with_two_loads_is_two_scorers() {
    let load = |signal: &str, weight: u32| {
        format!("{{name: load-signal, weight: {weight}, params: {{signal: {signal}}}}}")
    };
    let (requests, tokens) = (load("inflight_requests", 10), load("inflight_tokens", 1));
    let mixed = busy(&format!("{{scorers: [{requests}, {tokens}], picker: weighted-random}}"));
    assert_ne!(mixed, busy(&format!("{{scorers: [{requests}], picker: weighted-random}}")));
    assert_ne!(mixed, busy(&format!("{{scorers: [{tokens}], picker: weighted-random}}")));
    // The order of scorers is that of summation, and no more.
    assert_eq!(mixed, busy(&format!("{{scorers: [{tokens}, {requests}], picker: weighted-random}}")));
}
