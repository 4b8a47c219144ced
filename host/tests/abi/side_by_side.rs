//! Many libraries in one process, two builds of one policy among them.

use pointsman::registry::{PluginError, PolicyRef, Sources};
use serde_json::json;

use crate::support::{FACTS, catalogue, directory, file, library, named, scorer, scores};

fn two_builds(old: Option<&str>, new: Option<&str>) -> Sources {
    let named = vec![file(library("external-scorer"), old), file(library("external-scorer+reversed"), new)];
    Sources { named, ..Sources::default() }
}

#[test]
fn each_library_keeps_its_own_policies() {
    let catalogue = named(&["kv-pressure", "external-scorer", "kv-pressure-slo", "misbehaving"]);
    let mut slo = scorer(&catalogue, "kv-pressure-slo").unwrap();
    let mut external = scorer(&catalogue, "external").unwrap();
    let mut plain = scorer(&catalogue, "kv-pressure").unwrap();
    assert_eq!(scores(&mut external), [1.0, 0.0, 0.5]);
    assert_eq!(scores(&mut plain), [1.0, 0.0, 0.65]);
    assert_eq!(scores(&mut slo), [1.0, 0.0, 0.25]);
}

#[test]
fn two_builds_of_one_scorer_run_side_by_side_under_labels() {
    let catalogue = catalogue(&two_builds(Some("old"), Some("new"))).unwrap();
    let build = |label: &str| {
        let wanted = PolicyRef { label: Some(label.to_owned()), ..PolicyRef::named("external") };
        catalogue.create_scorer(&wanted, &FACTS).unwrap()
    };
    let (mut old, mut new) = (build("old"), build("new"));
    assert_eq!(scores(&mut old), [1.0, 0.0, 0.5]);
    assert_eq!(scores(&mut new), [0.0, 1.0, 0.5]);
    assert_eq!(scores(&mut old), [1.0, 0.0, 0.5], "and the first is still itself");
}

#[test]
fn two_builds_are_told_apart_by_their_files() {
    let catalogue = catalogue(&two_builds(None, None)).unwrap();
    for (name, expected) in
        [("external-scorer", [1.0, 0.0, 0.5]), ("external-scorer+reversed", [0.0, 1.0, 0.5])]
    {
        let wanted = PolicyRef { library: Some(library(name).to_owned()), ..PolicyRef::named("external") };
        assert_eq!(scores(&mut catalogue.create_scorer(&wanted, &FACTS).unwrap()), expected);
    }
}

#[test]
fn a_bare_name_in_two_libraries_is_an_error_that_lists_both() {
    let catalogue = catalogue(&two_builds(None, None)).unwrap();
    let error = scorer(&catalogue, "external").err().unwrap();
    assert!(matches!(error, PluginError::Ambiguous { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("external-scorer.so"), "{message}");
    assert!(message.contains("external-scorer+reversed.so"), "{message}");
    assert!(message.contains("external@new"), "it says how to tell them apart: {message}");
}

#[test]
fn a_bare_name_means_the_library_without_a_label() {
    let catalogue = catalogue(&two_builds(None, Some("new"))).unwrap();
    assert_eq!(scores(&mut scorer(&catalogue, "external").unwrap()), [1.0, 0.0, 0.5]);
}

#[test]
fn one_label_for_two_builds_tells_nothing_apart() {
    let catalogue = catalogue(&two_builds(Some("same"), Some("same"))).unwrap();
    let wanted = PolicyRef { label: Some("same".into()), ..PolicyRef::named("external") };
    let error = catalogue.create_scorer(&wanted, &FACTS).err().unwrap();
    assert!(matches!(error, PluginError::Ambiguous { .. }), "{error}");
}

#[test]
fn an_unknown_label_is_not_the_unlabelled_library() {
    let catalogue = catalogue(&two_builds(None, Some("new"))).unwrap();
    let wanted = PolicyRef { label: Some("newer".into()), ..PolicyRef::named("external") };
    let error = catalogue.create_scorer(&wanted, &FACTS).err().unwrap();
    assert!(error.to_string().contains("`external@newer`"), "{error}");
}

#[test]
fn the_same_content_in_two_places_is_one_library() {
    let directory = directory(&[("copy.so", "external-scorer")]);
    let sources = Sources {
        named: vec![file(library("external-scorer"), None)],
        directories: vec![directory.path().to_owned()],
        ..Sources::default()
    };
    let catalogue = catalogue(&sources).unwrap();
    assert_eq!(catalogue.entries().count(), 1);
    scorer(&catalogue, "external").unwrap();
    // It answers to either path.
    let copy = Some(directory.path().join("copy.so"));
    catalogue.create_scorer(&PolicyRef { library: copy, ..PolicyRef::named("external") }, &FACTS).unwrap();
}

/// Objects of one library share nothing: each has its own parameters.
#[test]
fn two_objects_of_one_library_are_independent() {
    let catalogue = named(&["external-scorer"]);
    let params = json!({"full_requests": 20});
    let wanted = crate::support::with("external", params);
    let mut wide = catalogue.create_scorer(&wanted, &FACTS).unwrap();
    let mut narrow = scorer(&catalogue, "external").unwrap();
    assert_eq!(scores(&mut wide), [1.0, 0.5, 0.75]);
    assert_eq!(scores(&mut narrow), [1.0, 0.0, 0.5]);
}
