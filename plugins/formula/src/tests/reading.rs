//! What a formula reads of the host, and what it asks of it.

use std::collections::BTreeSet;

use pointsman_plugin_api::prelude::*;

use crate::Formula;
use crate::compile::compile;
use crate::names::{ATTRIBUTES, NAMES, NO_VALUE, SIGNALS};

fn reads(expr: &str) -> BTreeSet<&'static str> {
    let program = compile(expr).unwrap();
    SIGNALS.iter().chain(ATTRIBUTES).map(|need| need.id).filter(|id| program.reads(id)).collect()
}

#[test]
fn every_signal_and_attribute_has_its_name() {
    let known = signal::ALL.iter().chain(attribute::ALL).copied().filter(|id| *id != NO_VALUE);
    let declared = SIGNALS.iter().chain(ATTRIBUTES).map(|need| need.id);
    assert_eq!(declared.collect::<BTreeSet<_>>(), known.clone().collect::<BTreeSet<_>>());
    for id in known {
        assert!(NAMES.iter().any(|(name, _)| *name == id), "{id}");
        assert!(compile(&format!("{id} == {id}")).is_ok(), "{id}");
    }
}

#[test]
fn nothing_is_required_but_what_the_formula_names() {
    assert!(Formula::SIGNALS.iter().chain(Formula::ATTRIBUTES).all(|need| !need.required));
    assert_eq!(reads("1 - kv_utilization"), BTreeSet::from(["kv_utilization"]));
    assert_eq!(reads("effective_load"), BTreeSet::from(["queue_depth", "batch_size", "pending_requests"]));
    assert_eq!(
        reads(r#"if(slo_class == "a", prompt_tokens, now_us)"#),
        BTreeSet::from(["slo_class", "prompt_tokens"])
    );
    assert_eq!(reads("1"), BTreeSet::new());
}

#[test]
fn what_the_host_lacks_is_named() {
    let mut scorer = super::scorer("cache_hit_rate + 1").unwrap();
    assert_eq!(scorer.score().unwrap_err(), "this host has no `cache_hit_rate`, which `expr` reads");
    let mut scorer = super::scorer("round + 1").unwrap();
    assert_eq!(scorer.score().unwrap_err(), "this host has no `round`, which `expr` reads");
    let mut scorer = pointsman_plugin_api::testkit::Scorers::new::<Formula>("{}").unwrap();
    scorer.instances.set(&signal::QUEUE_DEPTH, &[1]);
    assert_eq!(scorer.score().unwrap_err(), "this host has no `batch_size`, which `expr` reads");
}

#[test]
fn columns_are_used_again() {
    let program = compile("1 - (2 - (3 - (4 - (5 - queue_depth * batch_size))))").unwrap();
    assert_eq!(program.temporary_count, 2);
    assert_eq!(program.inputs.len(), 2);
    // All that is constant is computed beforehand.
    assert_eq!(compile("1 + 2 * 3 - max(4, 5)").unwrap().steps.len(), 0);
}
