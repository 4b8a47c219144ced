//! Who wins, and how ties go (`model.md` section 9).

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// How an instance is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picker {
    /// The highest sum of weighted scores.
    MaxScore,
    /// One after the other, from instance 0 on.
    RoundRobin,
    /// The lowest effective load.
    LeastLoaded,
}

/// Which of several equally good instances is chosen.
#[derive(Debug)]
pub enum TieBreak {
    /// The lowest index.
    First,
    /// Any, uniformly; drawn only on a tie.
    // Boxed: the generator is far larger than the other variants.
    Random(Box<ChaCha8Rng>),
    /// The tied instance that follows, cyclically, the one chosen last.
    RoundRobin {
        /// Chosen last, tie or not.
        last: Option<usize>,
    },
}

impl TieBreak {
    /// Chooses among `tied`, which is not empty and ascends.
    pub(crate) fn choose(&mut self, tied: &[usize]) -> usize {
        match self {
            Self::First => tied[0],
            Self::Random(rng) if tied.len() > 1 => tied[rng.random_range(0..tied.len())],
            Self::Random(_) => tied[0],
            Self::RoundRobin { last } => {
                let next = tied.iter().copied().find(|&at| last.is_none_or(|last| at > last));
                let chosen = next.unwrap_or(tied[0]);
                *last = Some(chosen);
                chosen
            }
        }
    }
}
