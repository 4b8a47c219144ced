//! Where libraries are found, and what happens to those that are of no use.

use std::fs;

use pointsman::registry::{ErrorClass, Kind, Origin, PluginError, PolicyRef, Sources};

use crate::support::{FACTS, catalogue, directory, file, library, named, private, scorer, scores};

fn searching(directory: &tempfile::TempDir) -> Sources {
    Sources { directories: vec![directory.path().to_owned()], ..Sources::default() }
}

#[test]
fn a_directory_is_searched_by_manifest_and_other_files_are_left_alone() {
    let directory = directory(&[("b.so", "kv-pressure"), ("a.so", "priority-fcfs"), ("c.so", "no-root")]);
    fs::write(directory.path().join("notes.txt"), "not a library").unwrap();
    fs::write(directory.path().join("empty-script.so"), "#!/bin/sh\n").unwrap();
    fs::create_dir(directory.path().join("folder.so")).unwrap();
    let catalogue = catalogue(&searching(&directory)).unwrap();
    let names = catalogue.entries().map(|entry| entry.policy.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["priority-fcfs", "kv-pressure"], "in the order of the files' names");
    assert_eq!(catalogue.left_out(), []);
}

/// A library that does not fit lies there and harms nobody until one of its policies is asked for.
#[test]
fn a_library_is_loaded_only_when_it_is_used() {
    let directory = directory(&[("a.so", "other-layout"), ("b.so", "kv-pressure")]);
    let catalogue = catalogue(&searching(&directory)).unwrap();
    scores(&mut scorer(&catalogue, "kv-pressure").unwrap());
    let error = scorer(&catalogue, "other-layout").err().unwrap();
    assert!(matches!(error, PluginError::Layout { .. }), "{error:?}");
}

#[test]
fn a_broken_library_in_a_directory_is_mentioned_where_a_policy_is_missing() {
    let directory = directory(&[("abort.so", "external-scorer+abort")]);
    let catalogue = catalogue(&searching(&directory)).unwrap();
    let error = scorer(&catalogue, "external").err().unwrap();
    assert_eq!(error.class(), ErrorClass::Configuration);
    assert!(error.to_string().contains("abort.so was built with panic"), "{error}");
}

#[test]
fn a_directory_that_was_named_must_exist_and_an_ambient_one_need_not() {
    let missing = private().path().join("missing");
    let ambient = Sources { ambient: vec![missing.clone()], ..Sources::default() };
    catalogue(&ambient).unwrap();
    let named = Sources { directories: vec![missing], ..Sources::default() };
    assert!(matches!(catalogue(&named).err().unwrap(), PluginError::Unreadable { .. }));
}

#[test]
fn all_sources_are_searched_in_order() {
    let [searched, ambient] =
        [directory(&[("s.so", "kv-pressure-slo")]), directory(&[("a.so", "external-scheduler")])];
    let sources = Sources {
        named: vec![file(library("external-scorer"), None)],
        instead: Vec::new(),
        configured: vec![file(library("kv-pressure"), None)],
        referenced: vec![library("priority-fcfs").to_owned()],
        directories: vec![searched.path().to_owned()],
        ambient: vec![ambient.path().to_owned()],
        only: None,
    };
    let catalogue = catalogue(&sources).unwrap();
    let names = catalogue.entries().map(|entry| entry.policy.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["external", "kv-pressure", "priority-fcfs", "kv-pressure-slo", "lifo"]);
}

/// Whoever knows which files count spares reading the others; what is named is read in any case.
#[test]
fn of_directories_only_the_wanted_files_are_read() {
    let directory = directory(&[("a.so", "kv-pressure"), ("b.so", "kv-pressure-slo")]);
    let only = std::collections::BTreeSet::from([directory.path().join("b.so")]);
    let named = vec![file(library("external-scorer"), None)];
    let sources = Sources { named, only: Some(only), ..searching(&directory) };
    let catalogue = catalogue(&sources).unwrap();
    let names = catalogue.entries().map(|entry| entry.policy.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["external", "kv-pressure-slo"]);
}

#[test]
fn a_referenced_library_is_found_by_its_path_only() {
    let sources = Sources { referenced: vec![library("external-scorer").to_owned()], ..Sources::default() };
    let catalogue = catalogue(&sources).unwrap();
    assert!(scorer(&catalogue, "external").is_err());
    let wanted =
        PolicyRef { library: Some(library("external-scorer").to_owned()), ..PolicyRef::named("external") };
    catalogue.create_scorer(&wanted, &FACTS).unwrap();
}

#[test]
fn an_unknown_policy_gets_the_nearest_name_the_list_or_its_kind() {
    let catalogue = named(&["kv-pressure", "kv-pressure-slo", "priority-fcfs"]);
    let message = |name| scorer(&catalogue, name).err().unwrap().to_string();
    assert!(message("kv-presure").contains("did you mean `kv-pressure`?"));
    assert!(message("kvpp").contains("did you mean `kvp`?"));
    assert!(message("zebra").contains("there are kv-pressure, kv-pressure-slo"));
    assert!(message("priority-fcfs").contains("there is a scheduler of that name"));
}

#[test]
fn a_policy_that_a_named_library_lacks_is_not_taken_from_another() {
    let catalogue = named(&["kv-pressure", "external-scorer"]);
    let wanted =
        PolicyRef { library: Some(library("external-scorer").to_owned()), ..PolicyRef::named("kv-pressure") };
    let message = catalogue.create_scorer(&wanted, &FACTS).err().unwrap().to_string();
    assert!(message.contains("external-scorer.so"), "{message}");
}

#[test]
fn the_list_says_where_each_policy_is() {
    let sources = Sources { named: vec![file(library("kv-pressure"), Some("mine"))], ..Sources::default() };
    let catalogue = catalogue(&sources).unwrap();
    let entry = catalogue.entries().next().unwrap();
    assert_eq!((entry.kind, entry.policy.name.as_str()), (Kind::Scorer, "kv-pressure"));
    let Origin::Library { record, labels } = entry.origin else { panic!("it is in a library") };
    assert_eq!(labels, ["mine"]);
    assert_eq!(record.path, library("kv-pressure").display().to_string());
}
