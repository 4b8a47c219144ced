//! Where a new crate finds pointsman-plugin-api.

use std::fs;
use std::path::{Path, PathBuf};

use pointsman_plugin_api::abi::ABI_MAJOR;

/// The crate that every policy library depends on.
const CRATE: &str = "pointsman-plugin-api";

/// Its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginApi {
    /// A directory.
    Path(PathBuf),
    /// A git repository, wherever in it the crate lies.
    Git(String),
    /// A version, in a registry that the user's cargo knows.
    Version(String),
}

/// Why a new crate would not find it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The sources of this very binary are elsewhere by now.
    #[error("this pointsman was built from {}, which is not there any more; say where {CRATE} is, with --plugin-api PATH (its directory) or --plugin-api URL (a git repository that has it)", path.display())]
    Gone {
        /// Where they were.
        path: PathBuf,
    },
    /// A directory without that crate.
    #[error("{} is not the directory of {CRATE}: {what}", path.display())]
    NotIt {
        /// The directory.
        path: PathBuf,
        /// What is there instead, and what may help.
        what: String,
    },
    /// A crate whose libraries this host would refuse.
    #[error("{} has version {found} of {CRATE}; this host loads libraries that are built with {ABI_MAJOR}.x", path.display())]
    OtherMajor {
        /// The directory.
        path: PathBuf,
        /// Its version.
        found: String,
    },
    /// The short form of an address, which cargo does not read.
    #[error("cargo does not read `{given}`; write `{url}`")]
    NoUrl {
        /// What was given.
        given: String,
        /// The same as a URL.
        url: String,
    },
}

impl PluginApi {
    /// The sources that this binary was built from.
    ///
    /// # Errors
    ///
    /// That they are not there any more, as on a machine that only got the binary.
    pub fn of_this_host() -> Result<Self, ApiError> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("plugin-api");
        if !path.join("Cargo.toml").exists() {
            return Err(ApiError::Gone { path });
        }
        Self::directory(&path)
    }

    /// What `--plugin-api` says: a version, a git URL, or else a path.
    ///
    /// # Errors
    ///
    /// That it is none of them.
    pub fn parse(given: &str) -> Result<Self, ApiError> {
        let path = Path::new(given);
        if path.exists() {
            return Self::directory(path);
        }
        let digits = given.trim_start_matches(['=', '^', '~']);
        let is_version = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if is_version {
            return Ok(Self::Version(given.to_owned()));
        }
        if given.contains("://") {
            return Ok(Self::Git(given.to_owned()));
        }
        match given.split_once(':') {
            Some((host, rest)) if host.contains('@') && !host.contains('/') => {
                let url = format!("ssh://{host}/{rest}");
                Err(ApiError::NoUrl { given: given.to_owned(), url })
            }
            _ => Self::directory(path),
        }
    }

    fn directory(path: &Path) -> Result<Self, ApiError> {
        let not_it = |what: String| ApiError::NotIt { path: path.to_owned(), what };
        let real = path.canonicalize().map_err(|why| not_it(why.to_string()))?;
        let below = path.join("plugin-api");
        let manifest = match fs::read_to_string(real.join("Cargo.toml")) {
            Ok(manifest) => manifest,
            Err(_) => return Err(not_it("it has no Cargo.toml".to_owned())),
        };
        if entry(&manifest, "name") != Some(CRATE) {
            let hint =
                below.join("Cargo.toml").exists().then(|| format!("; did you mean {}?", below.display()));
            return Err(not_it(format!("its Cargo.toml is another's{}", hint.unwrap_or_default())));
        }
        let version = entry(&manifest, "version").unwrap_or("an unknown version");
        if version.split('.').next() != Some(ABI_MAJOR.to_string().as_str()) {
            return Err(ApiError::OtherMajor { path: path.to_owned(), found: version.to_owned() });
        }
        match real.to_str() {
            Some(_) => Ok(Self::Path(real)),
            None => Err(not_it("its path is not UTF-8, which Cargo.toml has to be".to_owned())),
        }
    }

    /// The right-hand side of the dependency in Cargo.toml.
    #[must_use]
    pub fn dependency(&self) -> String {
        match self {
            Self::Path(path) => format!("{{ path = {} }}", toml_string(&path.display().to_string())),
            Self::Git(url) => format!("{{ git = {} }}", toml_string(url)),
            Self::Version(version) => toml_string(version),
        }
    }
}

/// The string that a key of `[package]` has. Nothing else of TOML is needed here.
fn entry<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    let package = manifest.lines().skip_while(|line| line.trim() != "[package]").skip(1);
    let mut lines = package.take_while(|line| !line.starts_with('['));
    lines.find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"'))
    })
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_with(manifest: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("Cargo.toml"), manifest).unwrap();
        directory
    }

    #[test]
    fn the_sources_of_this_build_are_found() {
        let PluginApi::Path(path) = PluginApi::of_this_host().unwrap() else { panic!("a path") };
        assert!(path.is_absolute() && path.join("src/lib.rs").exists());
    }

    #[test]
    fn a_path_a_url_and_a_version_are_told_apart() {
        let dependency = |given: &str| PluginApi::parse(given).unwrap().dependency();
        assert_eq!(dependency("1.1"), "\"1.1\"");
        assert_eq!(dependency("=1.1.0"), "\"=1.1.0\"");
        assert_eq!(dependency("https://example.org/p.git"), "{ git = \"https://example.org/p.git\" }");
        assert_eq!(dependency("ssh://git@example.org/p"), "{ git = \"ssh://git@example.org/p\" }");
        let directory = crate_with("[package]\nname = \"pointsman-plugin-api\"\nversion = \"1.7.0\"\n");
        let path = directory.path().canonicalize().unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(dependency(path), format!("{{ path = \"{path}\" }}"));
    }

    #[test]
    fn what_is_not_it_is_said() {
        let error = |given: &str| PluginApi::parse(given).unwrap_err().to_string();
        assert!(
            error("no/such/place")
                .starts_with("no/such/place is not the directory of pointsman-plugin-api: ")
        );
        assert!(error("git@example.org:a/p.git").ends_with("write `ssh://git@example.org/a/p.git`"));
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        assert!(error(root).ends_with(&format!("did you mean {root}/plugin-api?")), "{}", error(root));
        let empty = tempfile::tempdir().unwrap();
        assert!(error(empty.path().to_str().unwrap()).ends_with("it has no Cargo.toml"));
        let later = crate_with("[package]\nname = \"pointsman-plugin-api\"\nversion = \"2.0.0\"\n");
        let error = error(later.path().to_str().unwrap());
        assert!(error.contains("has version 2.0.0") && error.contains("built with 1.x"), "{error}");
    }

    #[test]
    fn a_path_is_quoted_as_toml_wants_it() {
        assert_eq!(toml_string("a \"b\" \\ \t"), r#""a \"b\" \\ \u0009""#);
    }
}
