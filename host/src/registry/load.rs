//! From a file that was looked at to code that runs: the only place of the host with `unsafe`.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Mutex, OnceLock, PoisonError},
};

use abi_stable::{
    StableAbi as _,
    library::{LibraryError, lib_header_from_path},
};
use pointsman_plugin_api::abi::{
    ABI_MAJOR, AdmissionModuleRef, FilterModuleRef, Mismatch, PickerModuleRef, PriorityModuleRef, RootRef,
    SchedulerModuleRef, ScorerModuleRef, check,
};

use super::{PluginError, Probed};
use crate::policy::mark::{self, Mark, Subject};

/// A library that has become code.
pub struct Loaded {
    root: RootRef,
    // Each is found and checked when it is first asked for.
    scorers: OnceLock<ScorerModuleRef>,
    schedulers: OnceLock<SchedulerModuleRef>,
    priorities: OnceLock<PriorityModuleRef>,
    filters: OnceLock<FilterModuleRef>,
    pickers: OnceLock<PickerModuleRef>,
    admissions: OnceLock<AdmissionModuleRef>,
}

/// Loads a library, from a private copy of the content that was hashed: a loaded file that is
/// overwritten crashes the process, and the system's loader takes a replaced file under an old
/// name for the old one. It is never unloaded, and equal content is loaded once.
///
/// # Errors
///
/// Why it does not load, or does not fit.
pub fn load(library: &Probed) -> Result<&'static Loaded, PluginError> {
    static LOADED: Mutex<BTreeMap<String, &'static Loaded>> = Mutex::new(BTreeMap::new());
    // Held while loading, so that two threads do not load the same library twice. No panic can
    // leave the map torn.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = loaded.get(&library.sha256) {
        return Ok(known);
    }
    let call = mark::enter(Mark::of(&Subject::Library { path: library.path.display().to_string() }));
    let root = open(library)?;
    drop(call);
    let entry: &'static Loaded = Box::leak(Box::new(Loaded {
        root,
        scorers: OnceLock::new(),
        schedulers: OnceLock::new(),
        priorities: OnceLock::new(),
        filters: OnceLock::new(),
        pickers: OnceLock::new(),
        admissions: OnceLock::new(),
    }));
    loaded.insert(library.sha256.clone(), entry);
    Ok(entry)
}

impl Loaded {
    /// The root of the library.
    #[must_use]
    pub const fn root(&self) -> RootRef {
        self.root
    }

    /// Its scorers. `library` is where it came from, for the message.
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn scorers(&self, library: &Probed) -> Result<ScorerModuleRef, PluginError> {
        once(&self.scorers, library, || self.root.scorers())
    }

    /// Its schedulers; as [`Loaded::scorers`].
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn schedulers(&self, library: &Probed) -> Result<SchedulerModuleRef, PluginError> {
        once(&self.schedulers, library, || self.root.schedulers())
    }

    /// Its priority policies; as [`Loaded::scorers`].
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn priorities(&self, library: &Probed) -> Result<PriorityModuleRef, PluginError> {
        once(&self.priorities, library, || self.root.priorities())
    }

    /// Its filters; as [`Loaded::scorers`].
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn filters(&self, library: &Probed) -> Result<FilterModuleRef, PluginError> {
        once(&self.filters, library, || self.root.filters())
    }

    /// Its pickers; as [`Loaded::scorers`].
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn pickers(&self, library: &Probed) -> Result<PickerModuleRef, PluginError> {
        once(&self.pickers, library, || self.root.pickers())
    }

    /// Its admission policies; as [`Loaded::scorers`].
    ///
    /// # Errors
    ///
    /// If it has none, though its manifest lists some, or their types differ from the host's.
    pub fn admissions(&self, library: &Probed) -> Result<AdmissionModuleRef, PluginError> {
        once(&self.admissions, library, || self.root.admissions())
    }
}

/// Finds a module, unless that has been done.
fn once<M: Copy>(
    known: &OnceLock<M>,
    library: &Probed,
    find: impl FnOnce() -> Result<Option<M>, Mismatch>,
) -> Result<M, PluginError> {
    if let Some(module) = known.get() {
        return Ok(*module);
    }
    match find() {
        Ok(Some(module)) => Ok(*known.get_or_init(|| module)),
        Ok(None) => Err(PluginError::WrongName {
            path: library.path.clone(),
            what: "it offers no policies of a kind that its manifest lists".to_owned(),
        }),
        Err(mismatch) => Err(layout(library, mismatch)),
    }
}

fn open(library: &Probed) -> Result<RootRef, PluginError> {
    let cannot = |cause: String| PluginError::Load { path: library.path.clone(), cause };

    // The directory is open to this user alone, and the file goes once it is mapped: the mapping
    // keeps the content, and nothing is left behind.
    let private = tempfile::Builder::new()
        .prefix("pointsman-")
        .tempdir()
        .map_err(|error| cannot(format!("no private directory for its copy ({error}); set TMPDIR")))?;
    let copy = private.path().join(format!("{}{}", library.sha256, std::env::consts::DLL_SUFFIX));
    fs::write(&copy, library.content()?)
        .map_err(|error| cannot(format!("no space for its private copy ({error}); set TMPDIR")))?;

    let header = lib_header_from_path(&copy).map_err(|error| cannot(brief(&error)))?;
    let Some(theirs) = header.layout() else {
        return Err(cannot("its root does not say what its types are".to_owned()));
    };
    check(RootRef::LAYOUT, theirs).map_err(|mismatch| layout(library, mismatch))?;
    // SAFETY: the check above has compared the root's type with ours, in both directions.
    let root = unsafe { header.init_root_module_with_unchecked_layout::<RootRef>() }
        .map_err(|error| cannot(brief(&error)))?;
    agree(library, root)?;
    Ok(root)
}

/// The manifest was read from the file; the root is what runs. They must say the same.
fn agree(library: &Probed, root: RootRef) -> Result<(), PluginError> {
    let wrong = |what: String| PluginError::WrongName { path: library.path.clone(), what };
    if root.abi_major() != ABI_MAJOR {
        let library_version = root.abi_major().to_string();
        return Err(PluginError::OtherMajor {
            path: library.path.clone(),
            library: library_version,
            host: ABI_MAJOR,
        });
    }
    if !root.panic_unwind() {
        return Err(PluginError::PanicAbort { path: library.path.clone() });
    }
    if root.name() != library.manifest.name {
        return Err(wrong(format!(
            "its manifest says `{}`, its root `{}`",
            library.manifest.name,
            root.name()
        )));
    }
    match super::Manifest::parse(&library.path, root.manifest().as_bytes()) {
        Ok(manifest) if manifest == library.manifest => Ok(()),
        _ => Err(wrong("its manifest differs from what its root returns".to_owned())),
    }
}

fn layout(library: &Probed, mismatch: Mismatch) -> PluginError {
    PluginError::Layout { path: library.path.clone(), brief: mismatch.brief, full: mismatch.full }
}

/// The loader's errors in one line; its own are several, with paths of the private copy.
fn brief(error: &LibraryError) -> String {
    match error {
        LibraryError::OpenError { err, .. } => format!("the system says: {err}"),
        LibraryError::GetSymbolError { .. } => "it lacks the root symbol".to_owned(),
        LibraryError::InvalidAbiHeader(_) => {
            "it was built with another major version of abi_stable; build it with the \
             pointsman-plugin-api of this host"
                .to_owned()
        }
        LibraryError::IncompatibleVersionNumber { expected_version, actual_version, .. } => {
            format!("its API version is {actual_version}, this host's {expected_version}")
        }
        LibraryError::InvalidCAbi { .. } => {
            "its compiler passes values otherwise than this host's".to_owned()
        }
        LibraryError::RootModule { .. } => "its root failed to start".to_owned(),
        other => other.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}
