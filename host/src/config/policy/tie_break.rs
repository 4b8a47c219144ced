//! How ties go, for the pickers that ask.

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
