//! From what a configuration asks for to the one policy that it means.

use super::{
    Catalogue, Kind, PluginError, Policy, PolicyRef,
    built_in::BuiltIn,
    discover::{Found, real},
    error::near,
};

/// A policy that was looked up.
#[derive(Clone, Copy)]
pub(super) enum Resolved<'a> {
    BuiltIn(&'a BuiltIn),
    Library(&'a Found, &'a Policy),
}

impl<'a> Resolved<'a> {
    pub(super) fn policy(self) -> &'a Policy {
        match self {
            Self::BuiltIn(built_in) => &built_in.policy,
            Self::Library(_, policy) => policy,
        }
    }

    /// How a message says where it is.
    fn place(self) -> String {
        match self {
            Self::BuiltIn(_) => "built in".to_owned(),
            Self::Library(found, _) => found.library.path.display().to_string(),
        }
    }
}

impl Catalogue {
    /// The one policy that is meant.
    pub(super) fn resolve(&self, kind: Kind, wanted: &PolicyRef) -> Result<Resolved<'_>, PluginError> {
        let candidates = self.of_kind(kind).filter(|candidate| self.is_meant(*candidate, wanted));
        let mut candidates = candidates.collect::<Vec<_>>();
        // A policy's own name goes before another's alias, and a library that has no label before
        // those that have: their labels are there to be used.
        prefer(&mut candidates, |candidate| candidate.policy().name == wanted.name);
        if wanted.label.is_none() && wanted.library.is_none() {
            prefer(
                &mut candidates,
                |candidate| matches!(candidate, Resolved::Library(found, _) if found.first),
            );
            prefer(&mut candidates, |candidate| match candidate {
                Resolved::BuiltIn(_) => true,
                Resolved::Library(found, _) => found.bare,
            });
        }
        match candidates[..] {
            [one] => check_hash(one, wanted),
            [] => Err(self.unknown(kind, wanted)),
            _ => Err(PluginError::Ambiguous {
                kind,
                name: wanted.name.clone(),
                places: candidates.into_iter().map(Resolved::place).collect(),
            }),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Resolved<'_>> {
        let built_in = self.built_in.iter().filter(move |built_in| built_in.kind() == kind);
        let libraries = self.found.iter().flat_map(move |found| {
            let policies = found.library.manifest.policies.iter();
            let policies = policies.filter(move |policy| policy.known_kind() == Some(kind));
            policies.map(move |policy| Resolved::Library(found, policy))
        });
        built_in.map(Resolved::BuiltIn).chain(libraries)
    }

    fn is_meant(&self, candidate: Resolved<'_>, wanted: &PolicyRef) -> bool {
        let place = match candidate {
            Resolved::BuiltIn(_) => wanted.label.is_none() && wanted.library.is_none(),
            Resolved::Library(found, _) => match (&wanted.library, &wanted.label) {
                (Some(path), _) => found.paths.contains(&real(path)),
                (None, Some(label)) => found.labels.contains(label),
                (None, None) => found.bare || !found.labels.is_empty(),
            },
        };
        place && candidate.policy().answers_to(&wanted.name)
    }

    /// Says what there is instead.
    fn unknown(&self, kind: Kind, wanted: &PolicyRef) -> PluginError {
        let mut known = Vec::new();
        for candidate in self.of_kind(kind) {
            let here = match (candidate, &wanted.library, &wanted.label) {
                (_, None, None) => true,
                (Resolved::BuiltIn(_), ..) => false,
                (Resolved::Library(found, _), Some(path), _) => found.paths.contains(&real(path)),
                (Resolved::Library(found, _), None, Some(label)) => found.labels.contains(label),
            };
            if here {
                known.push(candidate.policy().name.as_str());
            }
        }
        known.sort_unstable();
        known.dedup();
        let mut name = wanted.name.clone();
        if let Some(label) = &wanted.label {
            name = format!("{name}@{label}");
        }
        let mut hint = match &wanted.library {
            Some(path) => format!(" in {}", path.display()),
            None => String::new(),
        };
        let aliases = self.of_kind(kind).flat_map(|policy| &policy.policy().aliases);
        let aliases: Vec<&str> = aliases.map(String::as_str).collect();
        hint += &near(&wanted.name, &known, &aliases);
        for other in Kind::ALL {
            if other != kind && self.of_kind(other).any(|policy| policy.policy().answers_to(&wanted.name)) {
                let advice = match (kind, other) {
                    (Kind::Picker, Kind::Scorer) => format!(": give it a weight, `{}:1`", wanted.name),
                    _ => String::new(),
                };
                hint += &format!(" (there is a {other} of that name{advice})");
            }
        }
        if let [first, rest @ ..] = &self.left_out[..] {
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
            hint += &format!(" (left out: {first}{more})");
        }
        PluginError::Unknown { kind, name, hint }
    }
}

/// Keeps those that `better` holds for, if there are any.
fn prefer<T: Copy>(candidates: &mut Vec<T>, better: impl Fn(T) -> bool) {
    if candidates.iter().any(|candidate| better(*candidate)) {
        candidates.retain(|candidate| better(*candidate));
    }
}

/// A record that is run again must get the very library that it names.
fn check_hash<'a>(found: Resolved<'a>, wanted: &PolicyRef) -> Result<Resolved<'a>, PluginError> {
    match (found, &wanted.sha256) {
        (Resolved::Library(found, _), Some(recorded)) if *recorded != found.library.sha256 => {
            Err(PluginError::OtherHash {
                path: found.library.path.clone(),
                found: found.library.sha256.clone(),
                recorded: recorded.clone(),
            })
        }
        _ => Ok(found),
    }
}
