//! Several files: bases, references, paths, and what cannot be read.

use std::fs;
use std::path::Path;

use super::super::Config;

/// Writes files into a new directory.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    directory
}

/// The message, with the directory cut off the paths.
fn message(directory: &Path, file: &str) -> String {
    let result = Config::load(&directory.join(file), &[]).and_then(|config| config.resolve());
    result.expect_err(file).to_string().replace(&format!("{}/", directory.display()), "")
}

#[test]
fn a_base_lies_below_and_paths_are_relative_to_their_file() {
    let files = directory(&[
        ("run.yaml", "base: bases/a.yaml\ncluster: {kv: {blocks: 7}}\nplugins: [lib/p.so]\n"),
        ("bases/a.yaml", "base: b.yaml\nseed: 5\nplugins: [q.so, r.so]\n"),
        (
            "bases/b.yaml",
            "seed: 4\ncluster: {instances: 3, kv: {blocks: 1, cpu_blocks: 2}}\nworkload: ../w/w.yaml\n",
        ),
        ("w/w.yaml", "trace: t.jsonl\nlengths: {file: l.csv}\n"),
    ]);
    let config = Config::load(&files.path().join("run.yaml"), &[]).expect("good");
    let resolved = config.resolve().expect("good");
    assert_eq!(resolved.seed, 5);
    assert_eq!((resolved.settings.instances, resolved.settings.kv.blocks), (3, 7));
    assert_eq!(resolved.settings.kv.cpu_blocks, 2);
    assert_eq!(resolved.plugins.len(), 1);
    assert_eq!(resolved.plugins[0].file.value, files.path().join("lib/p.so"));
    let workload = resolved.workload.to_value();
    assert_eq!(workload["trace"], files.path().join("w/t.jsonl").display().to_string());
    assert_eq!(workload["lengths"]["file"], files.path().join("w/l.csv").display().to_string());
}

#[test]
fn a_map_over_a_reference_changes_what_is_in_the_file() {
    let files = directory(&[
        ("run.yaml", "base: base.yaml\nworkload: {rate: 5}\n"),
        ("base.yaml", "workload: w.yaml\n"),
        ("w.yaml", "rate: 1\nrequests: 9\n"),
        ("other.yaml", "base: run.yaml\nworkload: v.yaml\n"),
        ("v.yaml", "requests: 1\n"),
    ]);
    let workload = |name: &str| {
        let config = Config::load(&files.path().join(name), &[]).expect("good");
        config.resolve().expect("good").workload.to_value().clone()
    };
    assert_eq!(workload("run.yaml"), serde_json::json!({"rate": 5, "requests": 9}));
    assert_eq!(workload("other.yaml"), serde_json::json!({"requests": 1}));
}

#[test]
fn a_mistake_in_a_base_is_shown_in_the_base() {
    let files = directory(&[
        ("run.yaml", "base: base.yaml\n"),
        ("base.yaml", "workload: {}\ncluster:\n  instances: 0\n"),
    ]);
    insta::assert_snapshot!(message(files.path(), "run.yaml"), @r#"
    error: `cluster.instances` must be a whole number from 1 to 65536, found `0`
     --> base.yaml:3:14
      |
    3 |   instances: 0
      |              ^
    "#);
}

#[test]
fn bases_that_go_round_are_shown_as_a_chain() {
    let files = directory(&[
        ("a.yaml", "base: sub/b.yaml\n"),
        ("sub/b.yaml", "seed: 1\nbase: ../c.yaml\n"),
        ("c.yaml", "base: ./sub/../a.yaml\n"),
        ("self.yaml", "base: self.yaml\n"),
    ]);
    insta::assert_snapshot!(message(files.path(), "a.yaml"), @r#"
    error: a configuration cannot build on itself
     --> c.yaml:1:7
      |
    1 | base: ./sub/../a.yaml
      |       ^^^^^^^^^^^^^^^
      |
      = note: the bases are a.yaml -> sub/b.yaml -> c.yaml -> a.yaml
    "#);
    insta::assert_snapshot!(message(files.path(), "self.yaml"), @r#"
    error: a configuration cannot build on itself
     --> self.yaml:1:7
      |
    1 | base: self.yaml
      |       ^^^^^^^^^
      |
      = note: the bases are self.yaml -> self.yaml
    "#);
}

#[test]
fn many_bases_end_with_an_error() {
    let files: Vec<(String, String)> =
        (0..40).map(|i| (format!("{i}.yaml"), format!("base: {}.yaml\n", i + 1))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert!(message(directory(&files).path(), "0.yaml").contains("more than 32 files"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let files = directory(&[
        ("empty.yaml", ""),
        ("comment.yaml", "# nothing\n"),
        ("base.yaml", "base: empty.yml\n"),
        ("number.yaml", "base: 3\n"),
        ("workload.yaml", "workload: comment.yaml\n"),
    ]);
    fs::write(files.path().join("latin.yaml"), b"seed: 1\nname: \xff\n").expect("a file");
    let large = format!("#{}\n", "x".repeat(5 << 20));
    fs::write(files.path().join("large.yaml"), large).expect("a file");
    insta::assert_snapshot!(message(files.path(), "empty.yaml"), @"error: `empty.yaml` is empty");
    insta::assert_snapshot!(message(files.path(), "comment.yaml"), @"error: `comment.yaml` is empty");
    insta::assert_snapshot!(message(files.path(), "base.yaml"), @r#"
    error: cannot read `empty.yml`: No such file or directory (os error 2)
     --> base.yaml:1:7
      |
    1 | base: empty.yml
      |       ^^^^^^^^^
      |
      = help: did you mean `empty.yaml`?
    "#);
    insta::assert_snapshot!(message(files.path(), "number.yaml"), @r#"
    error: `base` must be the path of a file, found `3`
     --> number.yaml:1:7
      |
    1 | base: 3
      |       ^
    "#);
    insta::assert_snapshot!(message(files.path(), "workload.yaml"), @r#"
    error: `comment.yaml` is empty
     --> workload.yaml:1:11
      |
    1 | workload: comment.yaml
      |           ^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(message(files.path(), "latin.yaml"), @"error: `latin.yaml` is not UTF-8 text: its line 2 has other bytes");
    insta::assert_snapshot!(message(files.path(), "large.yaml"), @"error: `large.yaml` is larger than 4 MiB, too large for a configuration");
    insta::assert_snapshot!(message(files.path(), "basse.yaml"), @r#"
    error: cannot read `basse.yaml`: No such file or directory (os error 2)
     |
     = help: did you mean `base.yaml`?
    "#);
    fs::create_dir(files.path().join("dir")).expect("a directory");
    insta::assert_snapshot!(message(files.path(), "dir"), @"error: cannot read `dir`: it is a directory");
}

#[test]
fn the_nearest_profile_counts_and_its_mistakes_are_shown() {
    let good = "latency: {alpha: [1, 2, 3], beta: [4, 5, 6]}\nkv: {blocks: 77}\n";
    let files = directory(&[
        ("profiles/mine.yaml", good),
        ("profiles/llama-3.1-8b-h100-tp2.yaml", good),
        ("profiles/bad.yaml", "latency: {alpha: [1, 2, 3], beta: [4, 5]}\ngpus: 3\n"),
        ("deep/er/run.yaml", "cluster: {profile: mine}\nworkload: {}\n"),
        ("deep/default.yaml", "workload: {}\n"),
        ("deep/named.yaml", "cluster: {profile: llama-3.1-8b-h100-tp2}\nworkload: {}\n"),
        ("bad.yaml", "cluster: {profile: bad}\nworkload: {}\n"),
        ("typo.yaml", "cluster: {profile: mne}\nworkload: {}\n"),
    ]);
    let blocks = |name: &str| {
        let config = Config::load(&files.path().join(name), &[]).expect("good");
        config.resolve().expect("good").settings.kv.blocks
    };
    assert_eq!(blocks("deep/er/run.yaml"), 77);
    assert_eq!(blocks("deep/named.yaml"), 77);
    // A default is nobody's file: it is the program's own.
    assert_eq!(blocks("deep/default.yaml"), 132_139);
    insta::assert_snapshot!(message(files.path(), "bad.yaml"), @r#"
    error: `latency.beta` must have 3 or 4 numbers, and has 2
     --> profiles/bad.yaml:1:35
      |
    1 | latency: {alpha: [1, 2, 3], beta: [4, 5]}
      |                                   ^^^^^^

    error: `kv.blocks` is missing in this profile
     --> profiles/bad.yaml:1:1
      |
    1 | latency: {alpha: [1, 2, 3], beta: [4, 5]}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: unknown key `gpus`
     --> profiles/bad.yaml:2:1
      |
    2 | gpus: 3
      | ^^^^
      |
      = help: did you mean `gpu`?
    "#);
    insta::assert_snapshot!(message(files.path(), "typo.yaml"), @r#"
    error: there is no profile `mne`
     --> typo.yaml:1:20
      |
    1 | cluster: {profile: mne}
      |                    ^^^ did you mean `mine`?
      |
      = help: there are: bad, llama-3.1-8b-h100-tp2, mine
    "#);
}
