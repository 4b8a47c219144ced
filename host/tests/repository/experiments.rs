//! Every experiment can be run: its arms, metrics and claims are sound. The runs themselves are for CI.

use std::fs;

use pointsman::config::Override;
use pointsman::config::experiment::ExperimentSpec;
use pointsman::config::flags;
use pointsman::experiment::check;
use pointsman::experiment::plan::Arm;

use crate::{catalogue, repository};

#[test]
fn every_experiment_is_sound_and_in_the_table() {
    let readme = fs::read_to_string(repository("configs/experiments/README.md")).unwrap();
    let catalogue = std::sync::Arc::new(catalogue(&[]));
    let directory = tempfile::tempdir().unwrap();
    let line = r#"{"timestamp": 0, "input_length": 600, "output_length": 4, "hash_ids": [1, 2]}"#;
    fs::write(directory.path().join("trace.jsonl"), format!("{line}\n")).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(repository("configs/experiments")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        // It is of a trace that is not in the repository: another one of the same form is as good here.
        let trace = directory.path().join("trace.jsonl");
        let is_of_trace = path.ends_with("mooncake.yaml");
        let overrides = is_of_trace
            .then(|| Override::flag(flags::by_name("--trace").unwrap(), trace.to_str().unwrap()).unwrap());
        let spec =
            ExperimentSpec::load(&path, overrides.as_slice()).unwrap_or_else(|error| panic!("{error}"));
        let arm = |arm: &pointsman::config::experiment::ArmSpec| {
            let catalogue = catalogue.clone();
            let built = Arm::new(arm.name.clone(), arm.levels.clone(), &arm.config, |_| Ok(catalogue));
            built.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let arms: Vec<Arm> = spec.arms.iter().map(arm).collect();
        check::classes(&spec, &arms).unwrap_or_else(|error| panic!("{error}"));
        check::terms(&spec, &arms).unwrap_or_else(|error| panic!("{error}"));
        assert!(!spec.hypotheses.is_empty(), "{} claims nothing", path.display());
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("`{name}`")) || name.ends_with("-load.yaml"), "{name}");
        count += 1;
    }
    assert_eq!(count, 11);
}
