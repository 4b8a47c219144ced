//! What a policy says about itself.

/// Name, version and purpose of a policy.
///
/// It never gets another field, since authors write it out: what later versions can say about a
/// policy is another constant of its trait, with a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyInfo {
    /// The name in configurations: lower case, words joined by hyphens.
    pub name: &'static str,
    /// Shorter names for the same policy.
    pub aliases: &'static [&'static str],
    /// One line on what it does.
    pub summary: &'static str,
    /// Version of the policy, `MAJOR.MINOR.PATCH`.
    pub version: &'static str,
}
