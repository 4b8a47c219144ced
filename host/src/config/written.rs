//! Options of which a run may say that they have no effect: which of them somebody wrote. A record of a
//! run writes out all of them, so that this cannot be seen there.

use std::collections::BTreeSet;

use super::resolved::Resolved;

/// The options.
pub mod option {
    /// The priority policy.
    pub const PRIORITY: &str = "policy.priority";
    /// The scorers.
    pub const SCORERS: &str = "policy.routing.scorers";
    /// What decides between equal scores.
    pub const TIE_BREAK: &str = "policy.routing.tie_break";
    /// The classes that admission looks at.
    pub const GATED_CLASSES: &str = "policy.admission.params.classes";
    /// How often instances report.
    pub const REFRESH_INTERVAL: &str = "cluster.signals.refresh_interval_us";
}

impl Resolved {
    /// Whether it is worth saying that this option has no effect.
    #[must_use]
    pub fn warns_of(&self, option: &str) -> bool {
        !self.is_record || self.written.contains(option)
    }

    /// Those that somebody wrote, and that are not what would hold without.
    #[must_use]
    pub fn written(&self) -> BTreeSet<String> {
        if self.is_record {
            return self.written.clone();
        }
        let policy = &self.policy;
        let priority = &policy.priority.name;
        let scorers = &policy.routing.scorers;
        let all = [
            (option::PRIORITY, priority.span.is_written() && priority.value != "constant"),
            (option::SCORERS, scorers.first().is_some_and(|first| first.policy.name.span.is_written())),
            (option::TIE_BREAK, self.span(option::TIE_BREAK).is_some()),
            (option::GATED_CLASSES, policy.admission.params.contains_key("classes")),
            (option::REFRESH_INTERVAL, self.settings.refresh_interval_us > 0),
        ];
        all.into_iter().filter(|(_, is_written)| *is_written).map(|(option, _)| option.to_owned()).collect()
    }
}
