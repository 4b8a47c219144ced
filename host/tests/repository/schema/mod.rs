//! The schema and the reader agree: on everything in this repository, on what is broken, and with the
//! documentation on what there is.

mod broken;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jsonschema::Validator;
use pointsman::config::DEFAULT_PROFILE;
use pointsman::schema::{File, schema};
use serde_json::Value;

use crate::{catalogue, repository};

/// A validator that knows the policies of the workspace's libraries.
pub(crate) fn validator(file: File) -> Validator {
    let schema = schema(file, &catalogue(&[]));
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}"))
}

/// What the schema says against a text, each with its place.
pub(crate) fn objections(validator: &Validator, text: &str) -> Vec<String> {
    let value: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn assert_valid(validator: &Validator, text: &str, name: &str) {
    let objections = objections(validator, text);
    assert!(objections.is_empty(), "{name}: {objections:?}\n{text}");
}

/// The YAML files of a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    assert!(!files.is_empty(), "{folder}");
    files
}

/// The YAML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let text = fs::read_to_string(repository(page)).unwrap();
    text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn every_file_of_the_repository_is_valid() {
    let kinds = [
        ("configs", File::Run),
        ("configs/bases", File::Run),
        ("configs/workloads", File::Workload),
        ("configs/profiles", File::Profile),
    ];
    for (folder, kind) in kinds {
        let validator = validator(kind);
        for file in files(folder) {
            assert_valid(&validator, &fs::read_to_string(&file).unwrap(), &file.display().to_string());
        }
    }
}

#[test]
fn every_example_of_the_pages_is_valid() {
    let workload = validator(File::Workload);
    let examples = blocks("host/docs/workloads.md");
    assert!(examples.len() >= 5);
    examples.iter().for_each(|example| assert_valid(&workload, example, "workloads.md"));
    // The first block is a list of all options: its workload is no more than a place for one.
    let run = validator(File::Run);
    let others = blocks("configs/README.md").into_iter().skip(1);
    others.for_each(|example| assert_valid(&run, &example, "configs/README.md"));
}

/// Dotted paths of a map's leaves; maps that are values of their own count as leaves.
fn leaves(value: &Value, path: &str, stop: &[&str], all: &mut BTreeMap<String, Value>) {
    for (key, below) in value.as_object().unwrap() {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if below.is_object() && !stop.contains(&path.as_str()) {
            leaves(below, &path, stop, all);
        } else {
            all.insert(path, below.clone());
        }
    }
}

/// Dotted paths of a schema's keys with their defaults.
fn defaults(schema: &Value, path: &str, all: &mut BTreeMap<String, Value>) {
    for (key, below) in schema["properties"].as_object().unwrap() {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if below.get("properties").is_some() {
            defaults(below, &path, all);
        } else {
            all.insert(path, below["default"].clone());
        }
    }
}

#[test]
fn the_documentation_and_the_schema_have_the_same_keys_and_defaults() {
    // These have no default: the page gives an example.
    let examples = ["workload", "slo"];
    let page: Value = serde_yaml::from_str(&blocks("configs/README.md")[0]).unwrap();
    let mut documented = BTreeMap::new();
    leaves(&page, "", &examples, &mut documented);
    let mut known = BTreeMap::new();
    defaults(&schema(File::Run, &catalogue(&[])), "", &mut known);
    // It is not an option, but says where they come from; the page has it in its text.
    known.remove("base");
    assert_eq!(known.keys().collect::<Vec<_>>(), documented.keys().collect::<Vec<_>>());
    for (path, default) in &known {
        if !examples.contains(&path.as_str()) {
            let number = |value: &Value| value.as_f64();
            let is_same = *default == documented[path]
                || number(default).is_some() && number(default) == number(&documented[path]);
            assert!(is_same, "{path}: the page has {}, the schema {default}", documented[path]);
        }
    }
    assert_eq!(known["cluster.profile"], DEFAULT_PROFILE);
}
