//! The three plugins of this repository, through the door that everyone uses.

use std::process::Command;

use pointsman::registry::{PolicyRef, load, probe};
use pointsman_plugin_api::Order;

use crate::support::{FACTS, directory, keys, library, named, scorer, scores};

#[test]
fn kv_pressure_scores_by_its_formula() {
    let catalogue = named(&["kv-pressure"]);
    let expected = [1.0, 0.0, 1.0 - 0.25 - 1000.0 / 10_000.0];
    assert_eq!(scores(&mut scorer(&catalogue, "kv-pressure").unwrap()), expected);
    assert_eq!(scores(&mut scorer(&catalogue, "kvp").unwrap()), expected, "by its alias");
}

#[test]
fn kv_pressure_slo_weighs_the_transfers_of_a_critical_request_five_times() {
    let catalogue = named(&["kv-pressure-slo"]);
    let mut scorer = scorer(&catalogue, "kv-pressure-slo").unwrap();
    assert_eq!(scores(&mut scorer), [1.0, 0.0, 1.0 - 0.25 - 1000.0 / 10_000.0 * 5.0]);
}

#[test]
fn priority_fcfs_orders_by_priority() {
    let catalogue = named(&["priority-fcfs"]);
    let mut scheduler = catalogue.create_scheduler(&PolicyRef::named("priority-fcfs"), &FACTS).unwrap();
    assert!(scheduler.object.uses_priority());
    assert_eq!(Order::from_code(scheduler.object.order()), Some(Order::Fixed));
    assert_eq!(keys(&mut scheduler).unwrap().map(|key| key.major), [0.0, -10.0, -5.0]);
}

/// What is read from the file without running it must be what the running library says.
#[test]
fn the_manifest_in_the_file_is_what_the_root_returns() {
    for name in ["kv-pressure", "kv-pressure-slo", "priority-fcfs", "misbehaving"] {
        let probed = probe(library(name), true).unwrap();
        let root = load(&probed).unwrap().root();
        let from_root = serde_json::from_str::<pointsman::registry::Manifest>(root.manifest().as_str());
        assert_eq!(from_root.unwrap(), probed.manifest);
        assert_eq!(root.name().as_str(), name);
        assert!(root.rustc().starts_with("rustc 1."), "{}", root.rustc());
    }
}

#[test]
fn the_manifest_lists_parameters_with_defaults_and_documentation() {
    let probed = probe(library("kv-pressure-slo"), true).unwrap();
    let [policy] = &probed.manifest.policies[..] else { panic!("one policy") };
    let scale = &policy.parameters[0];
    assert_eq!((scale.name.as_str(), scale.ty.as_str()), ("transfer_scale_us", "f64"));
    assert_eq!(scale.default, "10000.0");
    assert_eq!(scale.doc, "Pending transfers that cost a request of weight 1 a whole point. [us]");
    assert_eq!(policy.parameters.len(), 7);
    assert_eq!(policy.attributes[0].id, "slo_class");
    assert!(policy.signals.iter().all(|need| need.required));
}

#[test]
fn a_stripped_library_keeps_its_manifest_and_works() {
    let directory = directory(&[("stripped.so", "kv-pressure")]);
    let stripped = directory.path().join("stripped.so");
    match Command::new("strip").arg("-s").arg(&stripped).status() {
        Ok(status) => assert!(status.success()),
        // Not every machine has it.
        Err(_) => return,
    }
    let before = probe(library("kv-pressure"), true).unwrap();
    let after = probe(&stripped, true).unwrap();
    assert_ne!(before.sha256, after.sha256, "strip must have done something");
    assert_eq!(before.manifest, after.manifest);
    load(&after).unwrap();
}
