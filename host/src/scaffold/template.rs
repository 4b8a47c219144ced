//! The files of a new crate: texts with `{{words}}` in them, each of which stands for what differs.

use pointsman_plugin_api::manifest::RUST_VERSION;

use super::Scaffold;
use crate::policy::PolicyKind;

/// What the crates of all kinds have in common; licences are those of this repository.
const CARGO_TOML: &str = include_str!("templates/Cargo.toml");
const README: &str = include_str!("templates/README.md");
const RUN: &str = include_str!("templates/try.yaml");
const LICENSE_APACHE: &str = include_str!("../../../LICENSE-APACHE");
const LICENSE_MIT: &str = include_str!("templates/LICENSE-MIT");

/// What a kind has of its own.
struct Template {
    /// `src/lib.rs`.
    source: &'static str,
    /// One line on what the policy does.
    summary: &'static str,
    /// The part of the README on what it does, and its parameters.
    about: &'static str,
    /// The `policy` of the run file.
    policy: &'static str,
    /// Options that take the policy out of the run again.
    comparison: &'static str,
}

macro_rules! template {
    ($folder:literal, $comparison:literal, $summary:literal) => {
        Template {
            source: include_str!(concat!("templates/", $folder, "/lib.rs")),
            summary: $summary,
            about: include_str!(concat!("templates/", $folder, "/about.md")),
            policy: include_str!(concat!("templates/", $folder, "/policy.yaml")),
            comparison: $comparison,
        }
    };
}

const fn template(kind: PolicyKind) -> Template {
    match kind {
        PolicyKind::Scorer => {
            template!("scorer", "--routing pa:3", "prefers instances with few tokens waiting")
        }
        PolicyKind::Scheduler => {
            template!("scheduler", "--scheduler fcfs", "short prompts first, but no long wait")
        }
        PolicyKind::Priority => {
            template!("priority", "--priority constant", "conversations under way go first")
        }
        PolicyKind::Filter => template!(
            "filter",
            "--routing pa:3",
            "leaves out instances that have much more to do than others"
        ),
        PolicyKind::Picker => template!(
            "picker",
            "--routing pa:3,qd:2",
            "of the instances that score nearly best, the least busy"
        ),
        PolicyKind::Admission => template!(
            "admission",
            "--admission always-admit",
            "turns long prompts away while every instance has a queue"
        ),
    }
}

/// Options of a run that take a policy of this kind out again.
pub(super) const fn comparison(kind: PolicyKind) -> &'static str {
    template(kind).comparison
}

/// The files, each with its path within the crate.
pub(super) fn files(scaffold: &Scaffold) -> Vec<(String, String)> {
    let template = template(scaffold.kind);
    let words = [
        ("name", scaffold.name.as_str().to_owned()),
        ("Policy", scaffold.name.type_name(scaffold.kind)),
        ("kind", scaffold.kind.name().to_owned()),
        ("library", scaffold.name.library()),
        ("summary", template.summary.to_owned()),
        ("comparison", template.comparison.to_owned()),
        ("api", scaffold.api.dependency()),
        ("rust-version", RUST_VERSION.to_owned()),
    ];
    let about = ("about", render(template.about, &words));
    let policy = ("policy", render(template.policy, &words));
    let words = [&words[..], &[about, policy]].concat();
    let file = |name: &str, text: &str| (name.to_owned(), render(text, &words));
    vec![
        file("Cargo.toml", CARGO_TOML),
        file("src/lib.rs", template.source),
        file("README.md", README),
        file("try.yaml", RUN),
        file(".gitignore", "/target\n"),
        file("LICENSE-APACHE", LICENSE_APACHE),
        file("LICENSE-MIT", LICENSE_MIT),
    ]
}

/// The text with its words put in, each once: what is put in is not looked at again. A word that is
/// not known stays, for the tests to find.
fn render(text: &str, words: &[(&str, String)]) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        done.push_str(before);
        let found = after.split_once("}}").and_then(|(word, after)| {
            words.iter().find(|(name, _)| *name == word).map(|(_, value)| (value, after))
        });
        match found {
            Some((value, after)) => {
                done.push_str(value);
                rest = after;
            }
            None => {
                done.push_str("{{");
                rest = after;
            }
        }
    }
    done.push_str(rest);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaffold::{CrateName, PluginApi};

    fn made(kind: PolicyKind, name: &str) -> Vec<(String, String)> {
        let name = CrateName::new(name, kind, |_| None).unwrap();
        files(&Scaffold { name, kind, api: PluginApi::of_this_host().unwrap() })
    }

    #[test]
    fn every_word_has_its_value() {
        for kind in PolicyKind::ALL {
            for (file, text) in made(kind, "calm") {
                assert!(!text.contains("{{"), "{kind}: {file}: {text}");
            }
        }
    }

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let words = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(render("{{a}} {{b}} {{c}} {{", &words), "{{b}} 2 {{c}} {{");
    }

    /// What the policy says about itself is what Cargo.toml says.
    #[test]
    fn the_summary_is_said_once() {
        for kind in PolicyKind::ALL {
            let template = template(kind);
            assert!(template.source.contains("summary: \"{{summary}}\""), "{kind}");
            assert!(CARGO_TOML.contains("{{summary}}"));
        }
    }
}
