//! Edited copies of plugin-api, and what is built with them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use pointsman_plugin_api::manifest::API_VERSION;

use crate::support::build_apart;

/// A file of plugin-api, a text in it and what is there instead.
pub(crate) type Edit<'a> = (&'a str, &'a str, &'a str);

/// A copy of some files. It has a fixed place, and only what differs is written, so that it need not
/// be built again each time.
pub(crate) struct Copy {
    place: PathBuf,
    files: Vec<(PathBuf, String)>,
}

impl Copy {
    pub(crate) fn new(name: &str) -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evolution").join(name);
        Self { place, files: Vec::new() }
    }

    pub(crate) fn add(&mut self, to: impl Into<PathBuf>, text: String) {
        self.files.push((to.into(), text));
    }

    /// A file, or all below a directory.
    pub(crate) fn take(&mut self, from: &Path, to: &Path) {
        if from.is_dir() {
            for entry in fs::read_dir(from).unwrap() {
                let path = entry.unwrap().path();
                self.take(&path, &to.join(path.file_name().unwrap()));
            }
        } else {
            self.add(to, fs::read_to_string(from).unwrap());
        }
    }

    /// Changes a file: `from` must be in it.
    pub(crate) fn edit(&mut self, file: &Path, from: &str, to: &str) {
        let (_, text) = self.files.iter_mut().find(|(other, _)| other == file).unwrap();
        assert!(text.contains(from), "{} has no {from}", file.display());
        *text = text.replacen(from, to, 1);
    }

    /// Builds the library or program of one of its crates.
    pub(crate) fn build(self, name: &str) -> PathBuf {
        self.forget(&self.place);
        for (file, text) in self.files {
            let file = self.place.join(file);
            if fs::read_to_string(&file).is_ok_and(|old| old == text) {
                continue;
            }
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        build_apart(&self.place.join("Cargo.toml"), name)
    }

    /// What has gone from the original since must go from its copy.
    fn forget(&self, directory: &Path) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            let here = path.strip_prefix(&self.place).unwrap();
            if path.is_dir() {
                self.forget(&path);
            } else if !self.files.iter().any(|(file, _)| file == here) {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

/// Builds the external scorer with an edited copy of plugin-api.
pub(crate) fn build_with(name: &str, edits: &[Edit<'_>]) -> PathBuf {
    let host = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut copy = Copy::new(name);
    // A name of its own too: in a shared target directory, cargo tells members of equal name and
    // version apart by their paths within their workspaces.
    let api = PathBuf::from(format!("plugin-api-{name}"));
    for part in ["src", "benches", "Cargo.toml", "build.rs"] {
        copy.take(&host.join("../plugin-api").join(part), &api.join(part));
    }
    copy.take(&host.join("tests/fixtures/external-scorer/src"), Path::new("scorer/src"));
    copy.take(&host.join("../Cargo.lock"), Path::new("Cargo.lock"));
    for (file, from, to) in edits {
        copy.edit(&api.join(file), from, to);
    }

    // The same versions and settings of everything else, for other members.
    let workspace = fs::read_to_string(host.join("../Cargo.toml")).unwrap();
    let lines = workspace.lines().map(|line| match line.split(" = ").next() {
        Some("members") => format!("members = [\"{}\", \"scorer\"]", api.display()),
        Some("default-members") => String::new(),
        Some("pointsman-plugin-api") => format!("pointsman-plugin-api = {{ path = \"{}\" }}", api.display()),
        _ => line.to_owned(),
    });
    copy.add("Cargo.toml", lines.collect::<Vec<_>>().join("\n"));
    let scorer = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.3.0\"\nedition = \"2024\"\n\
         [lib]\ncrate-type = [\"cdylib\"]\n[features]\nreversed = []\n\
         [dependencies]\npointsman-plugin-api.workspace = true\n"
    );
    copy.add("scorer/Cargo.toml", scorer);
    copy.build(name)
}

/// The line of plugin-api's `Cargo.toml` with its version, and that line with another.
pub(crate) fn version(other: &str) -> (String, String) {
    (format!("\nversion = \"{API_VERSION}\""), format!("\nversion = \"{other}\""))
}
