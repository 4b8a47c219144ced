//! The policies that pages show are policies that run.

use std::fs;
use std::path::PathBuf;

use pointsman::schema::File;

use crate::{repository, run, schema};

/// A cluster and requests that give each policy something to do, over in a moment.
const SCENE: &str = "
cluster:
  instances: 3
  kv: {blocks: 300, cpu_blocks: 200, offload_threshold: 0.5}
workload:
  requests: 60
  arrivals: {process: poisson, rate_per_s: 50}
  prompt_tokens: 100
  output_tokens: 20
  classes: [{name: critical, share: 1}, {name: batch, share: 1}]
  shared_prefixes: {groups: 3, tokens: 320}
  sessions: {rounds: 2, think_time_s: 0.1}
";

/// The YAML blocks of a page that are a `policy:`.
fn blocks(page: &str) -> Vec<String> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.starts_with("policy:")).map(str::to_owned).collect()
}

/// What stands in backticks and goes below `policy:`.
fn inline(page: &str) -> Vec<String> {
    let prose = page.split("```").step_by(2).flat_map(str::lines);
    let spans = prose.flat_map(|line| line.split('`').skip(1).step_by(2));
    let starts = ["routing: ", "admission: ", "{scheduler: "];
    spans.filter(|span| starts.iter().any(|start| span.starts_with(start))).map(str::to_owned).collect()
}

/// Runs each of them, to the end of all requests.
fn assert_they_run(page: &str, policies: &[String]) {
    let validator = schema::validator(File::Run);
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for policy in policies {
        let file = directory.path().join("run.yaml");
        let text = format!("{SCENE}{policy}\n");
        // What runs is valid for an editor, too.
        assert_eq!(schema::objections(&validator, &text), Vec::<String>::new(), "{page}: {policy}");
        fs::write(&file, text).unwrap();
        let outcome = run(&file, &[], &[]);
        assert!(outcome.failures.is_empty() && outcome.clamped_scores == 0, "{page}: {policy}");
        let records = outcome.collector.records();
        let all_done = records.iter().all(|record| record.e2e_us.is_some() || record.instance.is_none());
        assert!(all_done && records.iter().any(|record| record.e2e_us.is_some()), "{page}: {policy}");
    }
}

#[test]
fn the_page_of_names_runs() {
    let page = fs::read_to_string(repository("host/docs/routers.md")).unwrap();
    let lines = inline(&page);
    // Every row of a table that says `here` has one.
    assert!(lines.len() > 40 && blocks(&page).len() == 2, "{lines:?}");
    let written = lines.iter().map(|line| {
        let is_map = line.starts_with('{');
        if is_map { format!("policy: {line}") } else { format!("policy:\n  {line}") }
    });
    let all: Vec<String> = written.chain(blocks(&page)).collect();
    assert_they_run("routers.md", &all);
}

#[test]
fn the_pages_of_the_libraries_run() {
    let folders = fs::read_dir(repository("plugins")).unwrap().map(|entry| entry.unwrap().path());
    let pages: Vec<PathBuf> =
        folders.map(|folder| folder.join("README.md")).filter(|page| page.exists()).collect();
    assert!(pages.len() >= 9);
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let policies = blocks(&text);
        assert!(!policies.is_empty(), "{}", page.display());
        assert_they_run(&page.display().to_string(), &policies);
    }
}
