//! What a crate and its policy may be called.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

use crate::policy::PolicyKind;

/// Longest name. \[characters\]
const MAX_CHARS: usize = 40;

/// What `cargo new` refuses, too: keywords of Rust, and crates that come with it.
const RESERVED: &str = "abstract as async await become box break const continue crate do dyn else enum extern \
    false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self \
    static struct super trait true try type typeof unsafe unsized use virtual where while yield \
    alloc core proc-macro std test";

/// The crates on this side of the plugin interface.
const OURS: [&str; 2] = ["pointsman", "pointsman-plugin-api"];

/// A name that is good for a crate and for a policy: lower-case words, joined by hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateName(String);

/// Why a name will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is not made of lower-case words.
    #[error(
        "`{name}` is no name for a policy: lower-case words that begin with a letter, joined by hyphens, are{hint}"
    )]
    Form {
        /// The name.
        name: String,
        /// A name that would do.
        hint: String,
    },
    /// It is longer than anyone wants to type.
    #[error("the name has {chars} characters: {MAX_CHARS} are the most")]
    Long {
        /// How many it has.
        chars: usize,
    },
    /// It means something else.
    #[error("`{name}` is {what}: add a word, such as `{name}-{kind}`")]
    Taken {
        /// The name.
        name: String,
        /// What it means.
        what: String,
        /// The kind of the policy.
        kind: PolicyKind,
    },
}

impl CrateName {
    /// Checks a name for a policy of this kind. `known` says what answers to a name already, such as `a
    /// built-in scorer`.
    ///
    /// # Errors
    ///
    /// Why it will not do, with one that would.
    pub fn new(
        name: &str,
        kind: PolicyKind,
        known: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, NameError> {
        let chars = name.chars().count();
        if chars > MAX_CHARS {
            return Err(NameError::Long { chars });
        }
        if !is_lower_case_words(name) {
            let near = lower_case_words(name);
            let hint =
                if is_lower_case_words(&near) { format!("; did you mean `{near}`?") } else { String::new() };
            return Err(NameError::Form { name: name.to_owned(), hint });
        }
        let what = if RESERVED.split_whitespace().any(|word| word == name) {
            Some("a word that Rust keeps for itself".to_owned())
        } else if OURS.contains(&name) {
            Some("a crate of Pointsman itself".to_owned())
        } else {
            known(name)
        };
        match what {
            Some(what) => Err(NameError::Taken { name: name.to_owned(), what, kind }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// As it is written in configurations and in Cargo.toml.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Rust type of the policy. It ends in the kind, so that it is never a type that the source knows
    /// already.
    #[must_use]
    pub fn type_name(&self, kind: PolicyKind) -> String {
        let kind = kind.name();
        let words = self.0.strip_suffix(kind).and_then(|rest| rest.strip_suffix('-')).unwrap_or(&self.0);
        words.split('-').chain([kind]).map(capitalized).collect()
    }

    /// The file that `cargo build` makes of the crate.
    #[must_use]
    pub fn library(&self) -> String {
        format!("{DLL_PREFIX}{}{DLL_SUFFIX}", self.0.replace('-', "_"))
    }
}

fn is_lower_case_words(name: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(is_word)
}

/// The same words in the form that is wanted, as far as that is clear: `MyScorer` is `my-scorer`.
fn lower_case_words(name: &str) -> String {
    let mut words = String::new();
    let mut after_lower = false;
    for c in name.chars() {
        let is_part = c.is_ascii_alphanumeric();
        let begins = (c.is_ascii_uppercase() && after_lower) || !is_part;
        if begins && !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
        if is_part {
            words.push(c.to_ascii_lowercase());
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.trim_end_matches('-').to_owned()
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Result<CrateName, String> {
        let known = |name: &str| (name == "sjf").then(|| "a built-in scheduler".to_owned());
        CrateName::new(name, PolicyKind::Scheduler, known).map_err(|error| error.to_string())
    }

    #[test]
    fn words_and_hyphens_are_a_name() {
        for good in ["a", "calm", "fair-2", "shortest-first", "x86", "typed"] {
            assert_eq!(name(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn another_form_is_refused_with_one_that_would_do() {
        for (bad, good) in [
            ("Calm", "calm"),
            ("MyFairOne", "my-fair-one"),
            ("my_fair_one", "my-fair-one"),
            ("HTTPFirst", "httpfirst"),
            ("--a--b--", "a-b"),
            ("fair 2", "fair-2"),
        ] {
            let error = name(bad).unwrap_err();
            assert!(error.starts_with(&format!("`{bad}` is no name")), "{error}");
            assert!(error.ends_with(&format!("; did you mean `{good}`?")), "{error}");
        }
        for hopeless in ["", "-", "2fair", "ü", "../x", "a/b\n"] {
            let error = name(hopeless).unwrap_err();
            assert!(error.contains("is no name for a policy"), "{error}");
        }
        assert_eq!(name(&"a".repeat(41)).unwrap_err(), "the name has 41 characters: 40 are the most");
    }

    #[test]
    fn a_name_that_means_something_else_is_refused() {
        assert_eq!(
            name("match").unwrap_err(),
            "`match` is a word that Rust keeps for itself: add a word, such as `match-scheduler`"
        );
        assert!(name("pointsman-plugin-api").unwrap_err().contains("a crate of Pointsman itself"));
        assert!(name("sjf").unwrap_err().starts_with("`sjf` is a built-in scheduler: add a word"));
    }

    #[test]
    fn types_end_in_the_kind_once() {
        let type_name = |text: &str| name(text).unwrap().type_name(PolicyKind::Scheduler);
        assert_eq!(type_name("calm"), "CalmScheduler");
        assert_eq!(type_name("my-scheduler"), "MyScheduler");
        assert_eq!(type_name("scheduler"), "SchedulerScheduler", "the trait has the shorter name");
        assert_eq!(type_name("fair-2"), "Fair2Scheduler");
        assert_eq!(type_name("string"), "StringScheduler");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_library_is_named_as_cargo_does() {
        assert_eq!(name("my-fair-one").unwrap().library(), "libmy_fair_one.so");
    }
}
