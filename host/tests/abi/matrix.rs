//! Hosts and libraries of version 1.0 and of today, each with each: the same answers to the last bit,
//! and what a host lacks is said in one sentence.
//!
//! The host of 1.0 is a program of its own (`fixtures-1.0/host`), that of today the real registry, here
//! in the process. The library of 1.0 is `fixtures-1.0/plugin`; that of today (`fixtures/evolved`) is
//! built from the same source files with the present plugin-api, and has policies besides that 1.0
//! could not have.

use std::{fmt::Write as _, path::Path};

use pointsman::registry::{Catalogue, Facts, Kind, Need, PluginError, PolicyRef, Sources};

use crate::{
    frozen,
    support::{catalogue, file, library},
};

#[rustfmt::skip]
#[path = "../fixtures-1.0/host/src/drive.rs"]
#[allow(warnings, clippy::all, reason = "as it was")]
mod drive;

/// Every policy of a library: what it answers to the host of today, or why it is not built. The same
/// text as that of the frozen host. Kinds that 1.0 did not have are left out.
pub(crate) fn report(path: &Path) -> String {
    let catalogue = catalogue(&Sources { named: vec![file(path, None)], ..Sources::default() }).unwrap();
    let mut said = String::new();
    for entry in catalogue.entries() {
        if !matches!(entry.kind, Kind::Scorer | Kind::Scheduler | Kind::Priority) {
            continue;
        }
        for params in drive::parameters(&entry.policy.name) {
            let name = &entry.policy.name;
            writeln!(said, "{} {name} {params}", entry.kind).unwrap();
            let params = serde_json::from_str(params).unwrap();
            let wanted = PolicyRef { params, ..PolicyRef::named(name) };
            said += &answers(&catalogue, entry.kind, &wanted).unwrap_or_else(|error| {
                format!("  refused: {}\n", error.to_string().replace(path.to_str().unwrap(), "FILE"))
            });
        }
    }
    said
}

fn answers(catalogue: &Catalogue, kind: Kind, wanted: &PolicyRef) -> Result<String, PluginError> {
    let instance = if kind == Kind::Scorer { None } else { Some(3) };
    let facts =
        Facts { instances: drive::INSTANCES, block_size: 16, total_kv_blocks: 1000, seed: 7, instance };
    Ok(match kind {
        Kind::Scorer => {
            let mut handle = catalogue.create_scorer(wanted, &facts)?;
            drive::scorer(&mut handle.object, &ids(&handle.signals), &ids(&handle.attributes))
        }
        Kind::Scheduler => {
            let mut handle = catalogue.create_scheduler(wanted, &facts)?;
            drive::scheduler(&mut handle.object, &ids(&handle.attributes))
        }
        _ => {
            let mut handle = catalogue.create_priority(wanted, &facts)?;
            drive::priority(&mut handle.object, &ids(&handle.attributes))
        }
    })
}

fn ids(needs: &[Need]) -> Vec<&str> {
    needs.iter().map(|need| need.id.as_str()).collect()
}

/// A report by policy: the line that names it, and what it said.
fn parts(report: &str) -> Vec<(&str, String)> {
    let mut parts = Vec::<(&str, String)>::new();
    for line in report.lines() {
        match (line.strip_prefix("  "), parts.last_mut()) {
            (Some(answer), Some((_, answers))) => writeln!(answers, "{answer}").unwrap(),
            _ => parts.push((line, String::new())),
        }
    }
    parts
}

/// What a library said through the frozen host, which must have loaded it.
fn reported(path: &Path) -> String {
    let (code, report, message) = frozen::host(path);
    assert_eq!(code, Some(0), "{message}");
    report
}

fn is_newer(name: &str) -> bool {
    name.contains(" newer-")
}

#[test]
fn host_1_0_with_library_1_0_is_as_it_was() {
    assert_eq!(reported(frozen::library()), frozen::results());
}

#[test]
fn host_of_today_with_library_1_0_gives_the_same_answers() {
    assert_eq!(report(frozen::library()), frozen::results());
}

#[test]
fn host_1_0_with_library_of_today_gives_the_same_answers_for_all_that_needs_nothing_newer() {
    let report = reported(library("evolved"));
    let parts = parts(&report);
    let [mut old, newer] = [false, true]
        .map(|newer| parts.iter().filter(|(name, _)| is_newer(name) == newer).cloned().collect::<Vec<_>>());
    let results = frozen::results();
    // Both lists are in the order of the library's `export!`.
    let mut expected = self::parts(&results);
    old.sort();
    expected.sort();
    assert_eq!(old, expected);

    let of = |id: &str, what: &str, name: &str| {
        let (kind, policy) = name.split_once(' ').unwrap();
        let sentence = format!(
            "refused: the {kind} `{policy}` of FILE needs the {what} `{id}`, which this host does not have; \
             use a newer host or an older library\n"
        );
        (format!("{name} {{}}"), sentence)
    };
    let refused = newer.iter().filter(|(_, answers)| answers.starts_with("refused"));
    let refused = refused.map(|(name, answers)| ((*name).to_owned(), answers.clone())).collect::<Vec<_>>();
    assert_eq!(
        refused,
        [
            of("inflight_tokens", "signal", "scorer newer-tokens"),
            of("hook/completed", "ability", "scorer newer-learning"),
            of("remaining_prefill_tokens", "attribute", "scheduler newer-shortest-prefill"),
        ],
        "only what requires something newer is refused, in one sentence each"
    );
    let easygoing = newer.iter().find(|(name, _)| name.contains("newer-easygoing")).unwrap();
    assert!(easygoing.1.contains("score 3: 0000000000000000"), "it does without: {}", easygoing.1);
    assert!(!report.contains("newer-roomy"), "a kind that 1.0 does not know is left alone");
}

#[test]
fn host_of_today_with_library_of_today_gives_the_same_answers_and_builds_the_rest() {
    let report = report(library("evolved"));
    let parts = parts(&report);
    let mut old = parts.iter().filter(|(name, _)| !is_newer(name)).cloned().collect::<Vec<_>>();
    let results = frozen::results();
    let mut expected = self::parts(&results);
    old.sort();
    expected.sort();
    assert_eq!(old, expected);
    let newer = parts.iter().filter(|(name, _)| is_newer(name)).collect::<Vec<_>>();
    assert_eq!(newer.len(), 4);
    for (name, answers) in newer {
        assert!(!answers.contains("refused"), "{name}: {answers}");
    }
}
