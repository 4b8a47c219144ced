//! Builds the libraries that the tests load, and calls what is in them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use pointsman::registry::{
    Catalogue, Facts, Handle, Need, PluginError, PluginFile, PolicyRef, ScorerHandle, Sources,
};
use pointsman_plugin_api::{
    Column, Key,
    abi::{PriorityBox, QueueCall, RResult, RSlice, RSliceMut, RStr, SchedulerBox, ScoreCall},
};
use tempfile::TempDir;

/// The facts that all policies here are built with.
pub(crate) const FACTS: Facts =
    Facts { instances: 3, block_size: 16, total_kv_blocks: 1000, seed: 7, instance: Some(0) };

/// The path of a built library, by its crate's name; `NAME+VARIANT` for a build with a feature.
///
/// A plain `cargo test` builds no `cdylib`, so this builds them: once, and where they stay for the
/// next time.
pub(crate) fn library(name: &str) -> &'static Path {
    static BUILT: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(build);
    built.get(name).unwrap_or_else(|| panic!("no library {name} among {:?}", built.keys()))
}

fn build() -> BTreeMap<String, PathBuf> {
    let host = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = host.join("tests/fixtures/Cargo.toml");
    let workspace = host.join("../Cargo.toml");
    let mut built = BTreeMap::new();
    let plugins = ["-p", "kv-pressure", "-p", "kv-pressure-slo", "-p", "priority-fcfs"];
    cargo(&mut built, "", &[&["build", "--manifest-path", path(&workspace)], &plugins[..]].concat());
    cargo(&mut built, "", &["build", "--manifest-path", path(&fixtures)]);
    let variants = [("external-scorer", &["reversed"][..]), ("raw", &["short", "long", "unlike", "hollow"])];
    for (name, feature) in
        variants.into_iter().flat_map(|(name, all)| all.iter().map(move |one| (name, *one)))
    {
        let variant = &format!("+{feature}");
        let build = ["build", "--manifest-path", path(&fixtures), "-p", name, "--features", feature];
        cargo(&mut built, variant, &build);
    }
    // Only the last crate: its dependencies unwind, as they would in a real mixture of profiles.
    let abort = ["rustc", "--manifest-path", path(&fixtures), "-p", "external-scorer"];
    cargo(&mut built, "+abort", &[&abort[..], &["--", "-C", "panic=abort"]].concat());
    built
}

/// Builds one library or program of a workspace of its own.
pub(crate) fn build_apart(manifest: &Path, name: &str) -> PathBuf {
    library("no-root"); // The others first: they share the target directory, and so their dependencies.
    let mut built = BTreeMap::new();
    cargo(&mut built, "", &["build", "--manifest-path", path(manifest), "-p", name]);
    built.remove(name).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs cargo and copies the libraries and programs that it made, since the next variant overwrites
/// them.
fn cargo(built: &mut BTreeMap<String, PathBuf>, variant: &str, args: &[&str]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
    let (verb, args) = args.split_first().unwrap();
    let output = Command::new(env!("CARGO"))
        .args([verb, "--message-format", "json", "--target-dir", path(&target)])
        .args(["--config", "profile.dev.debug=false"])
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    // What the compiler says is among the messages.
    let (messages, log) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "cargo {args:?}: {log}\n{messages}");
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libraries");
    fs::create_dir_all(&copies).unwrap();
    for line in messages.lines() {
        let message = serde_json::from_str::<serde_json::Value>(line).unwrap();
        let is_library = message["target"]["kind"] == serde_json::json!(["cdylib"]);
        let is_program = message["target"]["kind"] == serde_json::json!(["bin"]);
        if message["reason"] != "compiler-artifact" || !(is_library || is_program) {
            continue;
        }
        // Cargo writes the target's name with underscores or as it is, by version.
        let name = message["target"]["name"].as_str().unwrap().replace('_', "-") + variant;
        let file = copies.join(if is_library { format!("{name}.so") } else { name.clone() });
        // Beside and then renamed: another process may have the old one mapped.
        let fresh = file.with_extension(format!("{}.new", std::process::id()));
        fs::copy(message["filenames"][0].as_str().unwrap(), &fresh).unwrap();
        fs::rename(&fresh, &file).unwrap();
        built.insert(name, file);
    }
}

/// A directory that only this user may write to, with copies of libraries under given names.
pub(crate) fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = private();
    for (file, name) in files {
        fs::copy(library(name), directory.path().join(file)).unwrap();
    }
    directory
}

/// An empty directory that only this user may write to.
pub(crate) fn private() -> TempDir {
    tempfile::Builder::new().prefix("abi-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A catalogue of what `sources` have and nothing else.
pub(crate) fn catalogue(sources: &Sources) -> Result<Catalogue, PluginError> {
    let mut catalogue = Catalogue::new();
    catalogue.discover(sources)?;
    Ok(catalogue)
}

/// A catalogue of libraries named with `--plugin`.
pub(crate) fn named(names: &[&str]) -> Catalogue {
    catalogue(&Sources {
        named: names.iter().map(|name| file(library(name), None)).collect(),
        ..Sources::default()
    })
    .unwrap()
}

/// A named library.
pub(crate) fn file(path: &Path, label: Option<&str>) -> PluginFile {
    PluginFile { file: path.to_owned(), label: label.map(str::to_owned) }
}

/// What goes wrong when this file is named with `--plugin`.
pub(crate) fn error_of(path: &Path) -> PluginError {
    catalogue(&Sources { named: vec![file(path, None)], ..Sources::default() }).err().unwrap()
}

/// A policy with parameters.
pub(crate) fn with(name: &str, params: serde_json::Value) -> PolicyRef {
    PolicyRef { params, ..PolicyRef::named(name) }
}

/// Builds a scorer by its bare name.
pub(crate) fn scorer(catalogue: &Catalogue, name: &str) -> Result<ScorerHandle, PluginError> {
    catalogue.create_scorer(&PolicyRef::named(name), &FACTS)
}

/// Three instances: an idle one, a full one and one in between, and a critical request.
fn column(need: &Need) -> Column<'static> {
    static CRITICAL: [RStr<'static>; 1] = [RStr::from_str("critical")];
    match need.id.as_str() {
        "queue_depth" => Column::of(&[0_u64, 10, 5]),
        "kv_utilization" => Column::of(&[0.0, 1.0, 0.25]),
        "pending_transfer_latency" => Column::of(&[0_u64, 0, 1000]),
        "kv_thrashing_rate" => Column::of(&[0.0, 0.0, 0.0]),
        "slo_class" => Column::of(&CRITICAL),
        "arrival_us" => Column::of(&[10_u64, 20, 30]),
        "priority" => Column::of(&[0.0, 10.0, 5.0]),
        _ => Column::absent(),
    }
}

/// Calls a scorer as a host does. `Ok`: how many scores it says it wrote, and the scores.
pub(crate) fn call(scorer: &mut ScorerHandle) -> Result<(usize, [f64; 3]), (String, bool)> {
    let request = scorer.attributes.iter().map(column).collect::<Vec<_>>();
    let instances = scorer.signals.iter().map(column).collect::<Vec<_>>();
    let call = ScoreCall {
        now_us: 1000,
        rows: 3,
        request: RSlice::from_slice(&request),
        instances: RSlice::from_slice(&instances),
    };
    let mut scores = [f64::NAN; 3];
    let written = plain(scorer.object.score(call, RSliceMut::from_mut_slice(&mut scores)))?;
    Ok((written, scores))
}

/// The scores of a scorer that does as it should.
pub(crate) fn scores(scorer: &mut ScorerHandle) -> [f64; 3] {
    let (written, scores) = call(scorer).unwrap();
    assert_eq!(written, 3);
    scores
}

/// The keys of three waiting requests.
pub(crate) fn keys(scheduler: &mut Handle<SchedulerBox>) -> Result<[Key; 3], (String, bool)> {
    let requests = scheduler.attributes.iter().map(column).collect::<Vec<_>>();
    let mut keys = [Key { major: f64::NAN, minor: f64::NAN }; 3];
    let call = QueueCall { now_us: 1000, rows: 3, requests: RSlice::from_slice(&requests) };
    plain(scheduler.object.keys(call, RSliceMut::from_mut_slice(&mut keys)))?;
    Ok(keys)
}

/// The priorities of three waiting requests.
pub(crate) fn priorities(priority: &mut Handle<PriorityBox>) -> Result<[f64; 3], (String, bool)> {
    let requests = priority.attributes.iter().map(column).collect::<Vec<_>>();
    let mut priorities = [f64::NAN; 3];
    let call = QueueCall { now_us: 1000, rows: 3, requests: RSlice::from_slice(&requests) };
    plain(priority.object.priorities(call, RSliceMut::from_mut_slice(&mut priorities)))?;
    Ok(priorities)
}

fn plain<T>(outcome: RResult<T, pointsman_plugin_api::abi::Failure>) -> Result<T, (String, bool)> {
    outcome.into_result().map_err(|failure| (failure.message.into(), failure.panicked))
}
