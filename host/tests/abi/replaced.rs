//! The file on disk may be replaced or overwritten at any time.

use std::fs;

use pointsman::registry::{PluginError, PolicyRef, Sources, load, probe};

use crate::support::{FACTS, catalogue, directory, file, library, scorer, scores};

#[test]
fn a_file_replaced_after_it_was_read_changes_nothing() {
    let directory = directory(&[("policy.so", "external-scorer"), ("next.so", "external-scorer+reversed")]);
    let path = directory.path().join("policy.so");
    let sources = Sources { named: vec![file(&path, None)], ..Sources::default() };
    let before = catalogue(&sources).unwrap();
    fs::rename(directory.path().join("next.so"), &path).unwrap();
    assert_eq!(scores(&mut scorer(&before, "external").unwrap()), [1.0, 0.0, 0.5]);

    // A new look at the same path gets the new code, though the old is loaded.
    let after = catalogue(&sources).unwrap();
    assert_eq!(scores(&mut scorer(&after, "external").unwrap()), [0.0, 1.0, 0.5]);
    assert_eq!(scores(&mut scorer(&before, "external").unwrap()), [1.0, 0.0, 0.5]);
}

#[test]
fn a_file_overwritten_in_place_after_it_was_loaded_changes_nothing() {
    let directory = directory(&[("policy.so", "external-scorer")]);
    let path = directory.path().join("policy.so");
    let wanted = PolicyRef::named("external");
    let catalogue = catalogue(&Sources { named: vec![file(&path, None)], ..Sources::default() }).unwrap();
    let mut policy = catalogue.create_scorer(&wanted, &FACTS).unwrap();
    fs::write(&path, vec![0xff; 1 << 20]).unwrap();
    assert_eq!(scores(&mut policy), [1.0, 0.0, 0.5]);
    fs::remove_file(&path).unwrap();
    assert_eq!(scores(&mut catalogue.create_scorer(&wanted, &FACTS).unwrap()), [1.0, 0.0, 0.5]);
}

#[test]
fn a_file_overwritten_between_the_two_reads_is_noticed() {
    let directory = directory(&[("policy.so", "external-scheduler")]);
    let path = directory.path().join("policy.so");
    let probed = probe(&path, true).unwrap();
    // A byte more, so that no other test has loaded this content.
    let mut bytes = fs::read(library("external-scheduler")).unwrap();
    bytes.push(0);
    fs::write(&path, &bytes).unwrap();
    let fresh = probe(&path, true).unwrap();
    assert_ne!(fresh.sha256, probed.sha256);
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = load(&fresh).err().unwrap();
    assert!(matches!(error, PluginError::Changed { .. }), "{error:?}");
}

#[test]
fn no_private_copy_stays_behind() {
    let probed = probe(library("priority-fcfs"), true).unwrap();
    load(&probed).unwrap();
    let left = fs::read_dir(std::env::temp_dir())
        .unwrap()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join(format!("{}.so", probed.sha256)).exists());
    assert_eq!(left.count(), 0);
}
