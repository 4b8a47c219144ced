//! Builds libraries, and checks them with the built program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The path of a deliberately bad library, by the name of its source file; `raw+FEATURE` for one that
/// speaks the raw ABI.
pub(crate) fn bad(name: &str) -> &'static Path {
    built(name)
}

/// The path of a library of the fixtures.
pub(crate) fn built(name: &str) -> &'static Path {
    static BUILT: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/Cargo.toml");
        let mut built = BTreeMap::new();
        cargo(&mut built, "", &fixtures, &["-p", "bad", "--examples"]);
        cargo(&mut built, "", &fixtures, &["-p", "misbehaving"]);
        for feature in ["short", "long", "unlike", "hollow"] {
            let variant = &format!("+{feature}");
            cargo(&mut built, variant, &fixtures, &["-p", "raw", "--features", feature]);
        }
        built
    });
    built.get(name).unwrap_or_else(|| panic!("no library {name} among {:?}", built.keys()))
}

/// The libraries of this repository's plugins, by the names of their crates.
pub(crate) fn plugins() -> BTreeMap<String, PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = fs::read_dir(workspace.join("plugins")).unwrap();
    let names: Vec<String> = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let packages: Vec<&str> = names.iter().flat_map(|name| ["-p", name]).collect();
    let mut built = BTreeMap::new();
    cargo(&mut built, "", &workspace.join("Cargo.toml"), &packages);
    built
}

/// Builds, and copies the libraries that came of it, since the next variant overwrites them.
fn cargo(built: &mut BTreeMap<String, PathBuf>, variant: &str, manifest: &Path, args: &[&str]) {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let output = Command::new(env!("CARGO"))
        .args(["build", "--message-format", "json", "--config", "profile.dev.debug=false"])
        .arg("--target-dir")
        .arg(temporary.join("fixtures"))
        .arg("--manifest-path")
        .arg(manifest)
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let copies = temporary.join("checked");
    fs::create_dir_all(&copies).unwrap();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message = serde_json::from_str::<Value>(line).unwrap();
        let is_library = message["target"]["crate_types"] == serde_json::json!(["cdylib"]);
        if message["reason"] != "compiler-artifact" || !is_library {
            continue;
        }
        // Cargo writes the name of a library with underscores or as it is, by version.
        let name = message["target"]["name"].as_str().unwrap().replace('_', "-") + variant;
        let file = copies.join(format!("{name}.so"));
        let fresh = file.with_extension(format!("{}.new", std::process::id()));
        fs::copy(message["filenames"][0].as_str().unwrap(), &fresh).unwrap();
        fs::rename(&fresh, &file).unwrap();
        built.insert(name, file);
    }
}

/// Runs `pointsman plugin check`.
pub(crate) fn check(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pointsman"));
    command.args(["plugin", "check"]).args(args);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "POINTSMAN_PLUGIN_PATH"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) verdict: String,
    pub(crate) detail: String,
    /// The lines of the calls that show it.
    pub(crate) example: Vec<String>,
}

/// Checks one library, and returns the exit code and the cases by name: those of the library, and
/// those of its only policy.
pub(crate) fn cases(file: &Path, args: &[&str]) -> (i32, BTreeMap<String, Seen>) {
    let output = check(&[&["--format", "json", file.to_str().unwrap()], args].concat());
    let document = serde_json::from_slice::<Value>(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)));
    let library = &document["libraries"][0];
    let policies = library["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1, "{document}");
    let lists = [&library["cases"], &policies[0]["cases"]];
    let results = lists.iter().flat_map(|list| list.as_array().unwrap());
    let seen = results.map(|result| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = result["example"]["lines"].as_array();
        let example = lines.into_iter().flatten().map(word).collect();
        let seen = Seen { verdict: word(&result["verdict"]), detail: word(&result["detail"]), example };
        (word(&result["case"]), seen)
    });
    (output.status.code().unwrap(), seen.collect())
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
