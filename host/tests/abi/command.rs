//! Libraries through the built program: exit codes, messages, and results that differ.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::{library, private};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pointsman");

/// Three small instances that are soon busy: two seats each, so that queues form.
const CONFIG: &str = "
seed: 1
cluster: {instances: 3, kv: {blocks: 500}, engine: {max_num_seqs: 2}}
workload: {requests: 30, arrivals: {process: constant, rate_per_s: 200}, prompt_tokens: 256, output_tokens: 8}
";

struct Place(TempDir);

impl Place {
    fn with(config: &str) -> Self {
        let place = Self(private());
        fs::write(place.path("run.yaml"), config).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, plugin: Option<&Path>, args: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.arg("run").arg(self.path("run.yaml")).args(args);
        if let Some(plugin) = plugin {
            command.arg("--plugin").arg(plugin);
        }
        // Other places to look in must not matter.
        command.env_remove("POINTSMAN_PLUGIN_PATH").output().unwrap()
    }

    /// Runs to the end and returns a column of `requests.csv`.
    fn column(&self, plugin: Option<&str>, args: &[&str], column: &str) -> Vec<String> {
        let file = self.path("requests.csv");
        let args = [args, &["--quiet", "--requests", file.to_str().unwrap()]].concat();
        let output = self.run(plugin.map(library), &args);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut reader = csv::Reader::from_path(file).unwrap();
        let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
        reader.records().map(|record| record.unwrap()[at].to_owned()).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs with a policy that fails, and returns the message.
fn failure(name: &str, args: &[&str]) -> String {
    let output = Place::with(CONFIG).run(Some(library(name)), args);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    assert!(message.contains(library(name).to_str().unwrap()), "it names the library: {message}");
    message
}

#[test]
fn a_scorer_and_a_scheduler_from_outside_steer_the_built_program() {
    let program = fs::read(PROGRAM).unwrap();
    let place = Place::with(CONFIG);
    let first = ["--set", "policy.routing.tie_break=first"];
    let instances = |name: &str| {
        let routing = ["--set", "policy.routing.scorers=[{name: external, weight: 1}]"];
        place.column(Some(name), &[first, routing].concat(), "instance")
    };
    let (short, long) = (instances("external-scorer"), instances("external-scorer+reversed"));
    assert_ne!(short, long, "one goes to short queues, the other to long ones");
    assert!(long.iter().all(|instance| *instance == long[0]), "{long:?}");

    let one = ["--set", "cluster.instances=1", "--routing", "round-robin"];
    let fcfs = place.column(None, &one, "first_scheduled_us");
    let lifo = [&one[..], &["--scheduler", "lifo"]].concat();
    let lifo = place.column(Some("external-scheduler"), &lifo, "first_scheduled_us");
    let number = |text: &String| text.parse::<u64>().unwrap();
    assert!(fcfs.iter().map(number).is_sorted());
    assert!(number(&lifo[29]) < number(&lifo[5]), "the last overtakes: {lifo:?}");
    assert!(fs::read(PROGRAM).unwrap() == program, "the program is the same");
}

#[test]
fn two_builds_of_one_scorer_steer_one_run() {
    let plugin = |name, label| format!("{{file: {}, label: {label}}}", library(name).display());
    let (old, new) = (plugin("external-scorer", "old"), plugin("external-scorer+reversed", "new"));
    let routing = "policy: {routing: 'external@old:3,external@new:1'}";
    let place = Place::with(&format!("{CONFIG}plugins: [{old}, {new}]\n{routing}\n"));
    let output = place.run(None, &["--format", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let summary = serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let policies = summary["provenance"]["policies"].as_array().unwrap();
    let hashes = policies.iter().filter_map(|policy| policy["library"]["sha256"].as_str());
    let hashes = hashes.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(hashes.len(), 2, "{policies:?}");
}

#[test]
fn each_of_two_builds_has_the_say_that_its_label_was_given() {
    let plugin = |name, label| format!("{{file: {}, label: {label}}}", library(name).display());
    let (old, new) = (plugin("external-scorer", "old"), plugin("external-scorer+reversed", "new"));
    let place = Place::with(&format!("{CONFIG}plugins: [{old}, {new}]\n"));
    let first = ["--set", "policy.routing.tie_break=first", "--routing"];
    let instances = |routing| place.column(None, &[&first[..], &[routing]].concat(), "instance");
    let (old, new) = (instances("external@old:1"), instances("external@new:1"));
    assert_ne!(old, new, "the builds differ");
    assert_eq!(instances("external@old:3,external@new:1"), old);
    assert_eq!(instances("external@old:1,external@new:3"), new);
    assert_eq!(instances("external@new:3,external@old:1"), new, "whichever is named first");
}

#[test]
fn a_panic_ends_the_run_with_library_policy_request_and_message() {
    let message = failure("misbehaving", &["--routing", "panics-in-score:1"]);
    for part in ["scorer `panics-in-score`", "request 0", "boom in score"] {
        assert!(message.contains(part), "{message}");
    }
    let message = failure("misbehaving", &["--routing", "panics-in-new:1"]);
    assert!(message.contains("boom in new"), "{message}");
    let message = failure("misbehaving", &["--scheduler", "panicking"]);
    assert!(message.contains("scheduler `panicking`") && message.contains("boom in keys"), "{message}");
}

#[test]
fn nan_names_policy_instance_and_request() {
    let message = failure("misbehaving", &["--routing", "returns-nan:1"]);
    for part in ["scorer `returns-nan`", "request 0", "instance 0", "NaN"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_wrong_number_of_scores_is_named() {
    assert!(failure("raw+short", &["--routing", "raw:1"]).contains("2 scores for 3 instances"));
    assert!(failure("raw+long", &["--routing", "raw:1"]).contains("4 scores for 3 instances"));
}

#[test]
fn a_failing_scorer_can_be_skipped_or_replaced() {
    let place = Place::with(CONFIG);
    for (on_error, routing, what) in [
        ("skip", "panics-in-score:1,qd:1", "policy failed"),
        ("{fallback: queue-depth}", "panics-in-score:1", "policy ejected"),
    ] {
        let on_error = format!("policy.on_error={on_error}");
        let output = place.run(Some(library("misbehaving")), &["--routing", routing, "--set", &on_error]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let summary = text(&output.stdout);
        assert!(summary.contains(&format!("{what}: scorer `panics-in-score`")), "{summary}");
    }
}

#[test]
fn a_policy_that_prints_does_not_spoil_json() {
    let place = Place::with(CONFIG);
    let output = place.run(Some(library("misbehaving")), &["--routing", "prints:1", "--format", "json"]);
    assert!(output.status.success());
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    assert!(text(&output.stderr).contains("printed in score"));
}

#[test]
fn a_panic_that_is_contained_prints_one_message_and_no_backtrace() {
    let message = failure("misbehaving", &["--routing", "panics-in-score:1"]);
    assert_eq!(message.lines().count(), 1, "{message}");
}

#[test]
fn another_layout_is_one_line_and_the_whole_comparison_with_v() {
    assert_eq!(failure("other-layout", &["--routing", "other-layout:1"]).lines().count(), 1);
    assert!(failure("other-layout", &["--routing", "other-layout:1", "-v"]).lines().count() > 50);
}

#[test]
fn every_bad_file_ends_in_one_line_and_code_3() {
    let place = Place::with(CONFIG);
    let whole = fs::read(library("external-scorer")).unwrap();
    fs::write(place.path("empty.so"), "").unwrap();
    fs::write(place.path("text.so"), "not a library").unwrap();
    fs::write(place.path("truncated.so"), &whole[..whole.len() / 2]).unwrap();
    let made = ["missing.so", "empty.so", "text.so", "truncated.so", ""].map(|name| place.path(name));
    let built = ["no-root", "external-scorer+abort"].map(|name| library(name).to_owned());
    for file in made.into_iter().chain(built) {
        let output = place.run(Some(&file), &["--summary", place.path("summary.json").to_str().unwrap()]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(file.to_str().unwrap()), "{message}");
        assert!(output.stdout.is_empty() && !place.path("summary.json").exists(), "nothing half-written");
    }
}
