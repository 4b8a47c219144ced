//! Pickers and tie-breaks: inside the host until they have a kind of their own.

use super::super::suggest::nearest;
use crate::policy::Picker;

pub(super) const PICKERS: [(&str, Picker); 3] = [
    ("max-score", Picker::MaxScore),
    ("round-robin", Picker::RoundRobin),
    ("least-loaded", Picker::LeastLoaded),
];

impl Picker {
    /// The picker of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        PICKERS.iter().find(|(known, _)| *known == name).map(|(_, picker)| *picker)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        PICKERS.iter().find(|(_, picker)| *picker == self).map_or("", |(name, _)| name)
    }

    pub(super) fn nearest(word: &str) -> Option<&'static str> {
        nearest(word, PICKERS.iter().map(|(name, _)| *name))
    }
}

/// Who is chosen among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TieBreak {
    /// The lowest index.
    First,
    /// Any, from the seed.
    Random,
    /// The one that follows the last choice.
    RoundRobin,
}

pub(super) const TIE_BREAKS: [(&str, TieBreak); 3] =
    [("first", TieBreak::First), ("random", TieBreak::Random), ("round-robin", TieBreak::RoundRobin)];

impl TieBreak {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        TIE_BREAKS.iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }
}
