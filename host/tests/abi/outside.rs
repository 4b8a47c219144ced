//! Policies from outside the workspace, built by themselves against plugin-api alone.

use pointsman::registry::PolicyRef;

use crate::support::{FACTS, keys, library, named, scorer, scores};

#[test]
fn an_external_scorer_scores() {
    let catalogue = named(&["external-scorer"]);
    assert_eq!(scores(&mut scorer(&catalogue, "external").unwrap()), [1.0, 0.0, 0.5]);
}

#[test]
fn an_external_scheduler_turns_the_queue_around() {
    let catalogue = named(&["external-scheduler"]);
    let mut lifo = catalogue.create_scheduler(&PolicyRef::named("lifo"), &FACTS).unwrap();
    let keys = keys(&mut lifo).unwrap();
    assert!(keys[2].major < keys[1].major && keys[1].major < keys[0].major);
    assert!(!lifo.object.uses_priority());
}

#[test]
fn one_library_has_policies_of_all_kinds() {
    let catalogue = named(&["misbehaving"]);
    let kinds = catalogue.entries().map(|entry| entry.kind).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(kinds.len(), 3);
    let wanted = PolicyRef::named("panicking");
    let scheduler = catalogue.create_scheduler(&wanted, &FACTS).unwrap();
    let priority = catalogue.create_priority(&wanted, &FACTS).unwrap();
    // The same name in two kinds is two policies.
    assert_ne!(scheduler.object.order(), priority.object.order());
}

/// The same build, twice asked for, is loaded once.
#[test]
fn equal_content_is_loaded_once() {
    use pointsman::registry::{load, probe};
    let directory = crate::support::directory(&[("copy.so", "external-scorer")]);
    let first = load(&probe(library("external-scorer"), true).unwrap()).unwrap();
    let second = load(&probe(&directory.path().join("copy.so"), true).unwrap()).unwrap();
    assert!(std::ptr::eq(first, second));
}
