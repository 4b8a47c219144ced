//! What the documents point to is there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The documents that a person reads, but for those of version 1.0, which are as they were.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![repository("README.md")];
    let mut places =
        ["plugin-api/docs", "host/docs", "host/benches", "plugins", "configs"].map(repository).to_vec();
    while let Some(place) = places.pop() {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                places.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_link_leads_to_a_file() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let linked = document.parent().unwrap().join(target);
            assert!(linked.exists(), "{} links to {target}", document.display());
        }
    }
}

/// A path of this repository between backquotes, such as that of a test: it has one of the top-level
/// folders in front.
#[test]
fn every_path_that_is_named_is_there() {
    let top = ["plugin-api/", "host/", "plugins/", "configs/", ".ci/"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let mut named = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            if top.iter().any(|top| word.starts_with(top)) && word.chars().all(plain) {
                named += 1;
                assert!(Path::new(&repository(word)).exists(), "{} names {word}", document.display());
            }
        }
    }
    assert!(named > 30, "{named}");
}
