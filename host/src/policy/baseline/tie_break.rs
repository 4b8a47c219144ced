//! How ties go (`model.md` section 9).

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::random;

/// Which of several equally good instances is chosen.
#[derive(Debug)]
pub(super) enum TieBreak {
    /// The lowest index.
    First,
    /// Any, uniformly; drawn only on a tie.
    // Boxed: the generator is far larger than the other variants.
    Random(Box<ChaCha8Rng>),
    /// The tied instance that follows, cyclically, the one chosen last.
    RoundRobin {
        /// Chosen last, tie or not.
        last: Option<u64>,
    },
}

impl TieBreak {
    /// From its word. `seed` is the root seed of the run, of which the stream `tie-break` is the
    /// pickers' own.
    pub(super) fn new(word: &str, seed: u64) -> Self {
        match word {
            "first" => Self::First,
            "round-robin" => Self::RoundRobin { last: None },
            _ => Self::Random(Box::new(random::stream(seed, "tie-break"))),
        }
    }

    /// Chooses among the rows `tied`, of which there is one at least, and which ascend; `instances` says
    /// which instance each row is.
    pub(super) fn choose(&mut self, tied: &[usize], instances: &[u64]) -> usize {
        match self {
            Self::First => tied[0],
            Self::Random(rng) if tied.len() > 1 => tied[rng.random_range(0..tied.len())],
            Self::Random(_) => tied[0],
            Self::RoundRobin { last } => {
                let next = tied.iter().copied().find(|&row| last.is_none_or(|last| instances[row] > last));
                let chosen = next.unwrap_or(tied[0]);
                *last = Some(instances[chosen]);
                chosen
            }
        }
    }
}
